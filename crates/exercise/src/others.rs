//! What others do, done for real: peers of a program in C that runs beside, over TCP on this machine.
//!
//! A scenario's time is this program's, in milliseconds. It begins when the program is first reached, so that a slow
//! start is nobody's fault.

use std::collections::HashMap;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use evscope_scenario::{Heard, Instruction, Op, Scenario};
use rustix::net::sockopt;

/// How long the program may take until it listens, or connects.
const LONG: Duration = Duration::from_secs(5);
/// Who reads waits so long for more.
const QUIET: Duration = Duration::from_millis(150);
/// Between two looks.
const LOOK: Duration = Duration::from_millis(2);
/// The two sorts of servers that nobody listens to, in the order of the scenarios' words.
const GONE: [i64; 2] = [2, 3];
/// The signals of scenarios, in the order of the words.
const SIGNALS: [i32; 2] = [libc::SIGUSR1, libc::SIGUSR2];

/// The others.
#[derive(Debug)]
pub struct Others<'a> {
    scenario: &'a Scenario,
    /// Where the servers and the ready connections are, by the number of the name.
    ports: HashMap<i64, u16>,
    /// Those that are ours to accept at.
    listeners: HashMap<i64, TcpListener>,
    peers: HashMap<i64, TcpStream>,
    heard: Vec<Heard>,
    /// What is still to be done, in order.
    rest: Vec<(Duration, Instruction)>,
    began: Instant,
    started: bool,
}

/// What the program's keeper is to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Look again soon.
    Wait,
    /// Give the program this signal.
    Signal(i32),
    /// There is nothing left to do.
    Over,
}

impl<'a> Others<'a> {
    /// Opens what the program will look for.
    ///
    /// # Errors
    /// If there are no sockets.
    pub fn begin(scenario: &'a Scenario) -> io::Result<Self> {
        let mut ports = HashMap::new();
        let mut listeners = HashMap::new();
        let of_ours = |server: i64| {
            let mut all = scenario.program();
            all.any(|i| i.op == Op::ListenerNew && i.args[1] == server)
        };
        for i in &scenario.main {
            let name = match i.op {
                Op::ServerNew | Op::PeerNew => i.args[0],
                _ => continue,
            };
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
            ports.insert(name, listener.local_addr()?.port());
            // Where the program itself listens, and where nobody does, the port is only known.
            let gone = i.op == Op::ServerNew && (of_ours(name) || GONE.contains(&i.args[1]));
            if !gone {
                if let Some(room) = i.args.get(2).and_then(|room| usize::try_from(*room).ok())
                    && i.op == Op::PeerNew
                    && room > 0
                {
                    sockopt::set_socket_recv_buffer_size(&listener, room)?;
                }
                listener.set_nonblocking(true)?;
                listeners.insert(name, listener);
            }
        }
        let at = scenario.at.iter();
        let rest = at.flat_map(|at| {
            let time = Duration::from_millis(at.time);
            at.body.iter().map(move |i| (time, i.clone()))
        });
        Ok(Self {
            scenario,
            ports,
            listeners,
            peers: HashMap::new(),
            heard: Vec::new(),
            rest: rest.collect(),
            began: Instant::now(),
            started: false,
        })
    }

    /// What the program's environment must say.
    pub fn environment(&self) -> Vec<(String, String)> {
        let ports = self.ports.iter();
        ports
            .filter_map(|(name, port)| {
                Some((
                    format!("EXERCISE_{}", name_in(self.scenario, *name)?),
                    port.to_string(),
                ))
            })
            .collect()
    }

    /// Does what is to be done by now.
    pub fn turn(&mut self) -> Next {
        if !self.started {
            match self.meet() {
                true => {
                    self.started = true;
                    self.began = Instant::now();
                }
                false if self.began.elapsed() > LONG => self.started = true,
                false => return Next::Wait,
            }
        }
        let Some((time, _)) = self.rest.first() else {
            return Next::Over;
        };
        if self.began.elapsed() < *time {
            return Next::Wait;
        }
        let (_, instruction) = self.rest.remove(0);
        match instruction.op {
            Op::Raise => {
                let signal = usize::try_from(instruction.args[0]).unwrap_or(0);
                return Next::Signal(SIGNALS[signal.min(1)]);
            }
            Op::Sleep => thread::sleep(Duration::from_millis(instruction.args[0].unsigned_abs())),
            _ => self.act(&instruction),
        }
        Next::Wait
    }

    /// What the others got.
    pub fn heard(self) -> Vec<Heard> {
        self.heard
    }

    /// Takes the connections that are there from the beginning. True when all are.
    fn meet(&mut self) -> bool {
        let ready = self.scenario.main.iter().filter(|i| i.op == Op::PeerNew);
        for i in ready {
            let name = i.args[0];
            if self.peers.contains_key(&name) {
                continue;
            }
            match self.listeners.get(&name).map(TcpListener::accept) {
                Some(Ok((peer, _))) => {
                    let _ = peer.set_nonblocking(false);
                    self.peers.insert(name, peer);
                }
                _ => return false,
            }
        }
        true
    }

    fn act(&mut self, i: &Instruction) {
        match i.op {
            Op::PeerConnect => {
                if let Some(peer) = self.connect(i.args[1]) {
                    self.peers.insert(i.args[0], peer);
                }
            }
            Op::ServerAccept => {
                if let Some(peer) = self.accept(i.args[1]) {
                    self.peers.insert(i.args[0], peer);
                }
            }
            Op::PeerSend => {
                if let Some(peer) = self.peers.get_mut(&i.args[0]) {
                    let _ = peer.set_write_timeout(Some(QUIET));
                    let _ = peer.write_all(&i.bytes(1));
                }
            }
            Op::PeerRead => self.read(i.args[0], usize::try_from(i.args[1]).unwrap_or(0)),
            Op::PeerShutdown => {
                if let Some(peer) = self.peers.get(&i.args[0]) {
                    let _ = peer.shutdown(Shutdown::Write);
                }
            }
            Op::PeerReset => {
                if let Some(peer) = self.peers.remove(&i.args[0]) {
                    let _ = sockopt::set_socket_linger(&peer, Some(Duration::ZERO));
                }
            }
            Op::PeerClose => drop(self.peers.remove(&i.args[0])),
            _ => {}
        }
    }

    /// Connects to the program, when it listens. What it takes to begin is not counted.
    fn connect(&mut self, server: i64) -> Option<TcpStream> {
        let port = *self.ports.get(&server)?;
        let asked = Instant::now();
        loop {
            match TcpStream::connect((Ipv4Addr::LOCALHOST, port)) {
                Ok(peer) => {
                    let _ = peer.set_nodelay(true);
                    self.began += asked.elapsed();
                    return Some(peer);
                }
                Err(_) if asked.elapsed() < LONG => thread::sleep(LOOK),
                Err(_) => return None,
            }
        }
    }

    fn accept(&mut self, server: i64) -> Option<TcpStream> {
        let listener = self.listeners.get(&server)?;
        let asked = Instant::now();
        loop {
            match listener.accept() {
                Ok((peer, _)) => {
                    let _ = peer.set_nonblocking(false);
                    return Some(peer);
                }
                Err(_) if asked.elapsed() < QUIET => thread::sleep(LOOK),
                Err(_) => return None,
            }
        }
    }

    /// Reads what comes, so many bytes at most, until it is quiet or at its end.
    fn read(&mut self, name: i64, most: usize) {
        let Some(peer) = self.peers.get_mut(&name) else {
            return;
        };
        let _ = peer.set_read_timeout(Some(QUIET));
        let (mut bytes, mut ended) = (vec![0; most], false);
        let mut got = 0;
        while got < most {
            match peer.read(&mut bytes[got..]) {
                Ok(0) => {
                    ended = true;
                    break;
                }
                Ok(n) => got += n,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => break,
            }
        }
        if let Some(name) = name_in(self.scenario, name) {
            Heard::note(&mut self.heard, name, &bytes[..got], ended);
        }
    }
}

/// The name that an instruction means by a number.
fn name_in(scenario: &Scenario, name: i64) -> Option<&str> {
    let (name, _) = scenario.names.get(usize::try_from(name).ok()?)?;
    Some(name)
}
