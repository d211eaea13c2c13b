//! A headless Chromium for tests, driven through chromedriver (WebDriver): a page is opened, keys are pressed, buttons are
//! clicked, and what is there is looked at.
//!
//! Knows: how to drive a browser, and what no page may do (errors in the console, violations of axe-core's rules, a page wider
//! than its window).
//! Never knows: what is on a page.
//!
//! ```no_run
//! # use std::path::Path;
//! let Some(browser) = evscope_browser::shared() else {
//!     return; // No browser is installed; a word on stderr says so.
//! };
//! browser.open(Path::new("page.html"));
//! browser.press(&["n", "n"]);
//! browser.wait_for("document.querySelector('[aria-current]').textContent.includes('13')");
//! browser.has_no_errors();
//! ```
//!
//! One browser serves all tests of a program, one after the other: to start takes a second. What a test asks for that cannot
//! be done is a panic that says what, so that tests are short.

#![forbid(unsafe_code)]

mod axe;
mod driver;
mod keys;

use std::ops::Deref;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use driver::Driver;

/// How long a browser may take for anything on a machine that is busy with other tests.
const PATIENCE: Duration = Duration::from_secs(60);

/// A browser with one window.
#[derive(Debug)]
pub struct Browser {
    driver: Driver,
}

/// A browser as one test has it, until it lets go of it.
#[derive(Debug)]
pub struct Shared {
    // Let go of in this order: who waits for the browser keeps it, and the last one ends it.
    _turn: MutexGuard<'static, ()>,
    browser: Arc<Browser>,
}

impl Deref for Shared {
    type Target = Browser;

    fn deref(&self) -> &Browser {
        &self.browser
    }
}

static TURN: Mutex<()> = Mutex::new(());
static BROWSER: Mutex<Weak<Browser>> = Mutex::new(Weak::new());

/// The browser of all tests of this program, when it is this test's turn: an empty window of 1280×800, light, with nothing kept
/// from the test before. None where no browser is installed, with a word on stderr.
pub fn shared() -> Option<Shared> {
    let browser = {
        let mut known = BROWSER.lock().unwrap_or_else(PoisonError::into_inner);
        match known.upgrade() {
            Some(browser) => browser,
            None => {
                let browser = Arc::new(Browser::start()?);
                *known = Arc::downgrade(&browser);
                browser
            }
        }
    };
    let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    browser.forget();
    Some(Shared {
        _turn: turn,
        browser,
    })
}

/// Light or dark, as the reader's system prefers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

impl Scheme {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Light, Self::Dark];
}

impl Browser {
    /// None where no browser is installed, with a word on stderr.
    fn start() -> Option<Self> {
        let driver = Driver::start()?;
        Some(Self { driver })
    }

    /// Makes it as it was in the beginning.
    fn forget(&self) {
        self.visit("about:blank");
        let storage = json!({ "origin": "file://", "storageTypes": "all" });
        self.devtools("Storage.clearDataForOrigin", &storage);
        self.size(1280, 800);
        self.scheme(Scheme::Light);
        self.console();
    }

    /// Opens a file.
    #[track_caller]
    pub fn open(&self, file: &Path) {
        self.open_at(file, "");
    }

    /// Opens a file, with something behind its address: `#67`.
    #[track_caller]
    pub fn open_at(&self, file: &Path, behind: &str) {
        let file = file.canonicalize().unwrap_or_else(|error| {
            panic!("{} cannot be opened: {error}", file.display());
        });
        self.visit(&format!("file://{}{behind}", file.display()));
    }

    /// Opens an address, and waits until it is loaded.
    #[track_caller]
    pub fn visit(&self, address: &str) {
        self.driver.post("url", &json!({ "url": address }));
    }

    /// Loads the page again.
    #[track_caller]
    pub fn reload(&self) {
        self.driver.post("refresh", &json!({}));
    }

    /// The size of the window's inside.
    #[track_caller]
    pub fn size(&self, width: u32, height: u32) {
        let size =
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.devtools("Emulation.setDeviceMetricsOverride", &size);
    }

    /// What the reader's system prefers.
    #[track_caller]
    pub fn scheme(&self, scheme: Scheme) {
        let value = match scheme {
            Scheme::Light => "light",
            Scheme::Dark => "dark",
        };
        self.media("", &[("prefers-color-scheme", value)]);
    }

    /// A medium (`print`, or as it is: ``), and features of it.
    #[track_caller]
    pub fn media(&self, medium: &str, features: &[(&str, &str)]) {
        let features: Vec<Value> = features
            .iter()
            .map(|(name, value)| json!({ "name": name, "value": value }))
            .collect();
        let media = json!({ "media": medium, "features": features });
        self.devtools("Emulation.setEmulatedMedia", &media);
    }

    /// Presses keys, one after the other: a character, or a name as in `KeyboardEvent.key` (`ArrowRight`); `Shift+Tab` holds one.
    #[track_caller]
    pub fn press(&self, pressed: &[&str]) {
        let actions = keys::actions(pressed);
        self.driver.post("actions", &actions);
    }

    /// Types a text where the focus is.
    #[track_caller]
    pub fn type_text(&self, text: &str) {
        let letters: Vec<String> = text.chars().map(String::from).collect();
        let letters: Vec<&str> = letters.iter().map(String::as_str).collect();
        self.press(&letters);
    }

    /// Clicks an element, which must be there to be clicked, and with nothing above it.
    #[track_caller]
    pub fn click(&self, selector: &str) {
        let found = json!({ "using": "css selector", "value": selector });
        let element = self.driver.post("element", &found);
        let id = element.as_object().and_then(|it| it.values().next());
        let id = id.and_then(Value::as_str).unwrap_or_default();
        self.driver.post(&format!("element/{id}/click"), &json!({}));
    }

    /// The value of an expression in JavaScript.
    #[track_caller]
    pub fn value(&self, expression: &str) -> Value {
        let script = json!({ "script": format!("return ({expression});"), "args": [] });
        self.driver.post("execute/sync", &script)
    }

    /// The value of an expression that is a text.
    #[track_caller]
    pub fn text(&self, expression: &str) -> String {
        match self.value(expression) {
            Value::String(text) => text,
            other => panic!("{expression} is no text but {other}"),
        }
    }

    /// Waits until an expression is true.
    #[track_caller]
    pub fn wait_for(&self, expression: &str) {
        let begin = Instant::now();
        while self.value(&format!("!!({expression})")) != Value::Bool(true) {
            assert!(
                begin.elapsed() < PATIENCE,
                "this did not become true: {expression}"
            );
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// What the console said since it was last asked, from warnings on: errors that nobody caught are among it.
    pub fn console(&self) -> Vec<String> {
        let log = self.driver.post("se/log", &json!({ "type": "browser" }));
        let entries = log.as_array().map(Vec::as_slice).unwrap_or_default();
        entries
            .iter()
            .filter(|entry| ["WARNING", "SEVERE"].iter().any(|it| entry["level"] == *it))
            .map(|entry| entry["message"].as_str().unwrap_or_default().to_owned())
            .collect()
    }

    /// The console said nothing.
    #[track_caller]
    pub fn has_no_errors(&self) {
        let said = self.console();
        assert!(said.is_empty(), "the console says {said:#?}");
    }

    /// The page is no wider than its window, and nothing in it is cut off: where there is no room one can scroll.
    #[track_caller]
    pub fn fits(&self) {
        let wide = self.value(
            "(() => { const width = document.documentElement.clientWidth; \
             if (document.scrollingElement.scrollWidth <= width) return []; \
             return [...document.querySelectorAll('body *')] \
               .filter((element) => element.getBoundingClientRect().right > width + 1) \
               .slice(0, 5).map((element) => element.outerHTML.slice(0, 200)); })()",
        );
        assert_eq!(wide, json!([]), "the page is wider than its window");
        let cut = self.value(
            "[...document.querySelectorAll('body *')].filter((element) => { \
               const hides = /hidden|clip/.test(getComputedStyle(element).overflowX); \
               return hides && !element.querySelector('svg') && element.clientWidth > 1 && element.scrollWidth > element.clientWidth + 1; \
             }).slice(0, 5).map((element) => element.outerHTML.slice(0, 200))",
        );
        assert_eq!(cut, json!([]), "text is cut off");
    }

    /// No rule of axe-core is violated. Where axe-core is not at hand this is left out, with a word on stderr.
    #[track_caller]
    pub fn is_accessible(&self) {
        if let Some(violations) = axe::violations(self) {
            assert!(violations.is_empty(), "{violations:#?}");
        }
    }

    /// The window as a PNG.
    pub fn picture(&self) -> Vec<u8> {
        decoded(&self.driver.get("screenshot"))
    }

    /// The page as it is printed, as a PDF, on paper of the size that it asks for.
    pub fn printed(&self) -> Vec<u8> {
        let how = json!({ "printBackground": true, "preferCSSPageSize": true });
        decoded(&self.devtools("Page.printToPDF", &how)["data"])
    }

    /// So many pages are printed.
    #[track_caller]
    pub fn pages(&self) -> usize {
        // Of its objects, those that are pages.
        let page = b"/Type /Page\n";
        let printed = self.printed();
        printed.windows(page.len()).filter(|at| at == page).count()
    }

    /// What the browser's own protocol can.
    #[track_caller]
    fn devtools(&self, command: &str, params: &Value) -> Value {
        let command = json!({ "cmd": command, "params": params });
        self.driver.post("goog/cdp/execute", &command)
    }
}

fn decoded(value: &Value) -> Vec<u8> {
    let text = value.as_str().unwrap_or_default();
    BASE64_STANDARD
        .decode(text)
        .unwrap_or_else(|error| panic!("the browser's answer is not base64: {error}"))
}
