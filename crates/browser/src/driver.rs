//! The browser as a process, and how it is spoken to: JSON over HTTP to chromedriver, which speaks to Chromium.

use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdin, Command, Stdio};

use serde_json::{Value, json};

use crate::PATIENCE;

/// It ends when its input does: so no browser outlives a test that was killed.
const WITH_US: &str = "chromedriver --port=0 & driver=$!; read -r _; kill $driver";

/// Where chromedriver says how it can be reached.
const STARTED: &str = "started successfully on port ";

#[derive(Debug)]
pub(crate) struct Driver {
    process: Child,
    input: Option<ChildStdin>,
    session: String,
}

impl Driver {
    /// None where it is not installed, with a word on stderr.
    pub(crate) fn start() -> Option<Self> {
        let is_there = Command::new("chromedriver")
            .arg("--version")
            .stdout(Stdio::null())
            .status();
        if is_there.is_err() {
            eprintln!("LEFT OUT without chromium-driver: tests of pages in a real browser");
            return None;
        }
        let mut process = Command::new("sh")
            .args(["-c", WITH_US])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("sh does not start: {error}"));
        let input = process.stdin.take();
        let output = process.stdout.take().map(BufReader::new);
        let mut lines = output
            .into_iter()
            .flat_map(BufRead::lines)
            .map_while(Result::ok);
        let port = lines
            .find_map(|line| {
                let (_, port) = line.split_once(STARTED)?;
                Some(port.trim_end_matches('.').to_owned())
            })
            .unwrap_or_else(|| panic!("chromedriver ends before it has a port"));
        // What more it says is read, so that it never waits for a reader.
        std::thread::spawn(move || lines.for_each(drop));
        let address = format!("http://127.0.0.1:{port}/session");
        let options = json!({ "capabilities": { "alwaysMatch": {
            "timeouts": { "script": PATIENCE.as_millis() as u64 },
            "goog:loggingPrefs": { "browser": "ALL" },
            "goog:chromeOptions": { "args": [
                "--headless=new",
                // Root has no sandbox, and a container little shared memory.
                "--no-sandbox",
                "--disable-dev-shm-usage",
                "--disable-gpu",
                // Nothing of its own in the network.
                "--disable-background-networking",
                "--disable-component-update",
                "--no-first-run",
                // It ends with chromedriver, however that ends.
                "--remote-debugging-pipe",
                "--lang=en-US",
                "--hide-scrollbars",
            ] },
        } } });
        let answer = ask(minreq::post(&address), Some(&options));
        let id = answer["sessionId"].as_str().unwrap_or_default();
        Some(Self {
            process,
            input,
            session: format!("{address}/{id}"),
        })
    }

    #[track_caller]
    pub(crate) fn get(&self, what: &str) -> Value {
        ask(minreq::get(format!("{}/{what}", self.session)), None)
    }

    #[track_caller]
    pub(crate) fn post(&self, what: &str, with: &Value) -> Value {
        ask(minreq::post(format!("{}/{what}", self.session)), Some(with))
    }
}

/// The value of an answer.
#[track_caller]
fn ask(request: minreq::Request, with: Option<&Value>) -> Value {
    // The browser gives up first, and says at what.
    let request = request.with_timeout(2 * PATIENCE.as_secs());
    let request = match with {
        Some(body) => request
            .with_header("Content-Type", "application/json; charset=utf-8")
            .with_body(body.to_string()),
        None => request,
    };
    let answer = request
        .send()
        .unwrap_or_else(|error| panic!("chromedriver does not answer: {error}"));
    let value = serde_json::from_slice::<Value>(answer.as_bytes())
        .map(|mut answer| answer["value"].take())
        .unwrap_or_else(|error| panic!("chromedriver's answer is no JSON: {error}"));
    assert!(
        answer.status_code == 200,
        "the browser: {}: {}",
        value["error"].as_str().unwrap_or_default(),
        value["message"].as_str().unwrap_or_default()
    );
    value
}

impl Drop for Driver {
    fn drop(&mut self) {
        // The browser ends with its session; that it may be gone already is no matter.
        let _ = minreq::delete(&self.session)
            .with_timeout(PATIENCE.as_secs())
            .send();
        drop(self.input.take());
        let _ = self.process.wait();
    }
}
