//! The TLS engine: a rustls connection, with the questions OpenSSL would answer (`SSL_read`, `SSL_write`,
//! `SSL_pending`). It knows nothing of events; ciphertext comes and goes as bytes.

use std::io::{self, Read, Write};

use rustls::Connection;

use super::TlsError;

/// How long the head of a record is: its kind, a version, and the length of its body in the last two bytes.
const HEAD: usize = 5;

/// A connection, and what of it the program was not told yet.
pub(super) struct Session {
    pub(super) connection: Connection,
    /// The handshake is over and was told.
    pub(super) open: bool,
    pub(super) allow_dirty_shutdown: bool,
    /// Of the record that comes: what there is of its head, and how much of its body is missing.
    head: Vec<u8>,
    body: usize,
    /// Decrypted bytes that nobody has taken (`SSL_pending`).
    waiting: usize,
    /// The peer said that it sends no more (close_notify).
    peer_closed: bool,
    /// The program has said that it sends no more (close_notify).
    pub(super) said_goodbye: bool,
    /// Reading has come to its end, and the program was told.
    pub(super) ended: bool,
    /// Why it has, if it was not a good end.
    ended_by: Option<TlsError>,
    /// How many bytes of the output's first piece are encrypted. They leave the output when all of it is handed on.
    pub(super) in_flight: usize,
    /// Why the connection failed.
    pub(super) error: Option<TlsError>,
}

/// What [`Session::read`] gives.
pub(super) enum Plaintext {
    Bytes(Vec<u8>),
    /// More ciphertext is needed.
    NeedMore,
    /// The peer has ended the connection properly.
    Closed,
}

impl Session {
    pub(super) fn new(connection: Connection) -> Self {
        Self {
            open: !connection.is_handshaking(),
            connection,
            allow_dirty_shutdown: false,
            head: Vec::with_capacity(HEAD),
            body: 0,
            waiting: 0,
            peer_closed: false,
            said_goodbye: false,
            ended: false,
            ended_by: None,
            in_flight: 0,
            error: None,
        }
    }

    /// How many bytes there are still to come of the head of a record, or of its body.
    pub(super) fn wanted(&self) -> usize {
        match self.head.len() {
            HEAD => self.body,
            n => HEAD - n,
        }
    }

    /// Takes in what was wanted, or some of it; what it decrypts to waits.
    pub(super) fn feed(&mut self, ciphertext: &[u8]) -> Result<(), TlsError> {
        self.follow(ciphertext);
        let mut rest = ciphertext;
        // After close_notify it takes nothing more, and nothing more counts.
        while !rest.is_empty() && !matches!(self.connection.read_tls(&mut rest), Ok(0) | Err(_)) {
            self.process()?;
        }
        Ok(())
    }

    /// Notes how far the record is.
    fn follow(&mut self, ciphertext: &[u8]) {
        if self.head.len() < HEAD {
            self.head.extend_from_slice(ciphertext);
            if let [_, _, _, high, low] = self.head[..] {
                self.body = usize::from(u16::from_be_bytes([high, low]));
            }
        } else {
            self.body = self.body.saturating_sub(ciphertext.len());
        }
        if self.head.len() == HEAD && self.body == 0 {
            self.head.clear();
        }
    }

    fn process(&mut self) -> Result<(), TlsError> {
        let state = self
            .connection
            .process_new_packets()
            .map_err(TlsError::Protocol)?;
        self.waiting = state.plaintext_bytes_to_read();
        self.peer_closed |= state.peer_has_closed();
        Ok(())
    }

    /// Reading has come to its end.
    pub(super) fn end(&mut self, why: Option<TlsError>) {
        self.ended = true;
        self.ended_by = why;
    }

    /// Nothing can be sent any more: the program has said so, or what came was wrong.
    pub(super) fn cannot_send(&self) -> Option<TlsError> {
        match self.error {
            _ if self.said_goodbye => Some(TlsError::Shutdown),
            Some(TlsError::Protocol(_)) => Some(TlsError::DirtyShutdown),
            _ => None,
        }
    }

    /// What there is to say of the end to who goes on behind it: a socket gives an errno once.
    pub(super) fn told_again(&self) -> Option<TlsError> {
        let why = self.ended_by.clone()?;
        Some(match why {
            TlsError::Os(_) => TlsError::DirtyShutdown,
            why => why,
        })
    }

    /// Up to `limit` decrypted bytes.
    pub(super) fn read(&mut self, limit: usize) -> Plaintext {
        let mut bytes = vec![0; limit.min(self.waiting)];
        if bytes.is_empty() {
            return if self.peer_closed {
                Plaintext::Closed
            } else {
                Plaintext::NeedMore
            };
        }
        let n = self.connection.reader().read(&mut bytes).unwrap_or(0);
        self.waiting = if n == 0 { 0 } else { self.waiting - n };
        bytes.truncate(n);
        Plaintext::Bytes(bytes)
    }

    /// How many bytes can be had without more ciphertext (`SSL_pending`). A close that was not told yet
    /// counts as one.
    pub(super) fn pending(&self) -> usize {
        let close = usize::from(self.peer_closed && !self.ended);
        self.waiting.max(close)
    }

    /// Encrypts bytes; returns how many it took. They are ciphertext to be taken out now.
    pub(super) fn write(&mut self, plaintext: &[u8]) -> usize {
        self.connection.writer().write(plaintext).unwrap_or(0)
    }

    /// Ciphertext that is to go to the peer, at most `limit` bytes.
    pub(super) fn take_ciphertext(&mut self, limit: usize) -> Vec<u8> {
        let mut out = Limited { bytes: Vec::new(), left: limit };
        while self.connection.wants_write() && out.left > 0 {
            // Writing into memory fails only when there is no room.
            if self.connection.write_tls(&mut out).is_err() {
                break;
            }
        }
        out.bytes
    }
}

/// Memory that takes so much and no more.
struct Limited {
    bytes: Vec<u8>,
    left: usize,
}

impl Write for Limited {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        let n = data.len().min(self.left);
        if n == 0 && !data.is_empty() {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        self.bytes.extend_from_slice(&data[..n]);
        self.left -= n;
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
