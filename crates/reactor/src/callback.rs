//! The program's callbacks: how they are kept and how they are run.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::error::Error as StdError;
use std::ops::Deref;
use std::panic::{AssertUnwindSafe, Location, catch_unwind, resume_unwind};
use std::rc::Rc;
use std::sync::atomic::{AtomicU64, Ordering};

use evscope_trace::Text;

use crate::event::Asked;
use crate::recording::{Said, out_of_line};
use crate::{Error, EventBase};

/// What a callback may return: nothing, or a result. An `Err` leaves the loop, and
/// [`event_base_loop`](EventBase::event_base_loop) returns it as [`Error::Callback`].
pub trait Outcome {
    /// The result.
    fn into_result(self) -> Result<(), Box<dyn StdError>>;
}

impl Outcome for () {
    fn into_result(self) -> Result<(), Box<dyn StdError>> {
        Ok(())
    }
}

impl<E: Into<Box<dyn StdError>>> Outcome for Result<(), E> {
    fn into_result(self) -> Result<(), Box<dyn StdError>> {
        self.map_err(Into::into)
    }
}

/// How deep callbacks may run within callbacks. Each takes a part of the thread's stack, which has an end.
const MAX_NESTED: i32 = 100;

/// The callbacks that are running, each within the one before.
#[derive(Debug)]
pub(crate) struct Nesting {
    /// How many more may run within them; far below 0 once they were too deep, until the first of them has returned.
    room: i32,
    /// Each base has another.
    base: u64,
}

impl Nesting {
    /// The room when the last of too many is refused.
    const REFUSES: i32 = i32::MIN / 2;
}

impl Default for Nesting {
    fn default() -> Self {
        static BASES: AtomicU64 = AtomicU64::new(0);
        let base = BASES.fetch_add(1, Ordering::Relaxed);
        Self { room: MAX_NESTED, base }
    }
}

/// Unwinds to the loop: a callback has put another base in the place of its own, and what its callers know is of no
/// use there.
struct Replaced(&'static str);

pub(crate) type CallbackResult = Result<(), Box<dyn StdError>>;

/// A callback, with what a trace says of it.
pub(crate) struct Named<F> {
    pub(crate) name: CallbackName,
    /// What to call.
    pub(crate) run: F,
}

/// What is called for an object with a handle `H`, is told `A` besides and gives `R`, whichever function it is.
pub(crate) trait Calls<H, A = (), R = CallbackResult> {
    fn name(&self) -> CallbackName;
    fn run(&self, base: &mut EventBase, object: H, with: A) -> R;
}

impl<H, A, R, F: Fn(&mut EventBase, H, A) -> R> Calls<H, A, R> for Named<F> {
    fn name(&self) -> CallbackName {
        self.name
    }

    fn run(&self, base: &mut EventBase, object: H, with: A) -> R {
        (self.run)(base, object, with)
    }
}

/// Shared, so that a callback may free the object it was called for, or set another callback in its own place, while
/// it runs.
pub(crate) type Callback<F> = Rc<F>;

/// Something of the program's that the library drops, maybe in the middle of its work. If that panics, it is told as
/// if a callback had: by the loop.
pub(crate) struct Held<T>(Option<T>);

impl<T> Held<T> {
    pub(crate) fn new(value: T) -> Self {
        Self(Some(value))
    }
}

impl<T> Deref for Held<T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        self.0.as_ref().expect("only its drop takes it out")
    }
}

impl<T> Drop for Held<T> {
    fn drop(&mut self) {
        if !std::mem::needs_drop::<T>() {
            return;
        }
        let value = self.0.take();
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| drop(value))) {
            let callback = CallbackName::internal(std::any::type_name::<T>()).short();
            let message = panic_message(&*panic);
            DROP_PANICKED.with_borrow_mut(|told| {
                told.get_or_insert(Error::Panicked { callback, message });
            });
            HAS_PANICKED.set(true);
        }
    }
}

thread_local! {
    /// What was dropped and panicked since a loop was asked last.
    static DROP_PANICKED: RefCell<Option<Error>> = const { RefCell::new(None) };
    /// Whether anything has; this is asked in every loop.
    static HAS_PANICKED: Cell<bool> = const { Cell::new(false) };
    /// The name that callbacks get instead of their function's.
    static GIVEN_NAME: Cell<Option<&'static str>> = const { Cell::new(None) };
}

/// Callbacks that are given to the library while `give` runs are recorded under `name`, not under that of their
/// function: for an interpreter, whose callbacks are all the same function.
pub fn name_callbacks<R>(name: &'static str, give: impl FnOnce() -> R) -> R {
    struct Before(Option<&'static str>);
    impl Drop for Before {
        fn drop(&mut self) {
            GIVEN_NAME.set(self.0);
        }
    }
    let _before = Before(GIVEN_NAME.replace(Some(name)));
    give()
}

/// A callback's name, and where it was given to the library.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CallbackName {
    /// The path of the function or closure, as the compiler names its type.
    pub(crate) path: &'static str,
    /// The line of the program that set it.
    pub(crate) set_at: &'static Location<'static>,
}

impl CallbackName {
    /// The name of a callback of type `F`, set by the caller of the caller.
    #[track_caller]
    pub(crate) fn of<F>() -> Self {
        Self::internal(GIVEN_NAME.get().unwrap_or_else(std::any::type_name::<F>))
    }

    /// The name of a function of the library's, in the file where this stands.
    #[track_caller]
    pub(crate) fn internal(path: &'static str) -> Self {
        Self { path, set_at: Location::caller() }
    }

    /// The function's name, or that of the function around a closure: `conn_writecb`, `main`. It is looked for when
    /// somebody records, so it must not take long.
    pub(crate) fn short(&self) -> &'static str {
        let mut path = self.path;
        while let Some(outer) = path.strip_suffix("::{{closure}}") {
            path = outer;
        }
        last_part(path)
    }

    /// Whether the program gave a function, not a closure.
    pub(crate) fn is_function(&self) -> bool {
        !self.path.ends_with("{{closure}}")
    }
}

/// What follows the last `::`. A single `:` may be a part of a name that was given.
fn last_part(path: &'static str) -> &'static str {
    let mut before = path;
    while let Some(colon) = before.rfind(':') {
        before = &before[..colon];
        if before.ends_with(':') {
            return &path[colon + 1..];
        }
    }
    path
}

impl EventBase {
    /// Runs a callback of the program, as the step that `about` makes of its name. If it fails or panics, the loop is
    /// left after it, and whoever runs the loop is told.
    #[inline(always)]
    #[track_caller]
    pub(crate) fn run_callback(
        &mut self,
        name: impl Fn() -> CallbackName,
        about: impl FnOnce(&Self, Text) -> Said,
        run: impl FnOnce(&mut Self) -> CallbackResult,
    ) {
        if self.is_recorded() {
            let here = Location::caller();
            out_of_line(move || {
                self.enter_callback(here, name(), about);
                self.run_unsaid(name, run);
                self.exit_callback();
            });
        } else {
            self.run_unsaid(name, run);
        }
    }

    /// The same where it is no step.
    #[inline(always)]
    pub(crate) fn run_unsaid(
        &mut self,
        name: impl Fn() -> CallbackName,
        run: impl FnOnce(&mut Self) -> CallbackResult,
    ) {
        self.nesting.room -= 1;
        if self.nesting.room < 0 && self.nested_too_deep(&name()) {
            return;
        }
        let base = self.nesting.base;
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            if let Err(source) = run(self) {
                self.callback_erred(&name(), base, source);
            }
        }));
        if self.nesting.base != base {
            base_replaced(&name());
        }
        self.nesting.room += 1;
        if let Err(panic) = outcome {
            self.callback_panicked(&name(), panic);
        }
    }

    /// It returned an error, to the base that it was called by or to one that it has put there.
    #[cold]
    fn callback_erred(&mut self, name: &CallbackName, base: u64, source: Box<dyn StdError>) {
        if self.nesting.base == base {
            self.callback_failed(Error::Callback { callback: name.short(), source });
        }
    }

    #[cold]
    fn callback_panicked(&mut self, name: &CallbackName, panic: Box<dyn Any + Send>) {
        if panic.is::<Replaced>() {
            resume_unwind(panic);
        }
        let message = panic_message(&*panic);
        self.callback_failed(Error::Panicked { callback: name.short(), message });
    }

    /// Neither this one nor those that the running ones would still call are called. What room it has taken, it gives back.
    #[cold]
    fn nested_too_deep(&mut self, name: &CallbackName) -> bool {
        self.nesting.room += 1;
        // All that were running have returned.
        if self.nesting.room == Nesting::REFUSES + MAX_NESTED {
            self.nesting.room = MAX_NESTED - 1;
            return false;
        }
        if self.nesting.room == 0 {
            self.nesting.room = Nesting::REFUSES;
            let what = format!(
                "it was not called: {MAX_NESTED} callbacks of callbacks are running; put it off to the loop"
            );
            self.program_failed(name, what);
        }
        true
    }

    /// A callback did what it must not.
    #[cold]
    pub(crate) fn program_failed(&mut self, name: &CallbackName, what: String) {
        self.callback_failed(Error::Callback { callback: name.short(), source: what.into() });
    }

    /// Something of the program's panicked when it was dropped.
    pub(crate) fn tell_of_drops(&mut self) {
        if HAS_PANICKED.get()
            && let Some(error) = Self::forget_drops()
        {
            self.callback_failed(error);
        }
    }

    /// For the end of a base: what of its panicked is told to nobody.
    #[cold]
    pub(crate) fn forget_drops() -> Option<Error> {
        HAS_PANICKED.set(false);
        DROP_PANICKED.take()
    }

    /// The loop's part of that: which callback it was.
    pub(crate) fn replaced_by(panic: &(dyn Any + Send)) -> Option<&'static str> {
        panic.downcast_ref::<Replaced>().map(|replaced| replaced.0)
    }

    /// The first failure is the one that is told; those that follow from it would only hide it.
    fn callback_failed(&mut self, error: Error) {
        let (callback, what) = match &error {
            Error::Callback { callback, source } => (*callback, source.to_string()),
            Error::Panicked { callback, message } => (*callback, format!("panic: {message}")),
            other => ("", other.to_string()),
        };
        self.event_warn(callback, what, "leaves the loop");
        self.failure.get_or_insert(error);
        self.turn.asked |= Asked::BREAK;
    }
}

#[cold]
fn base_replaced(name: &CallbackName) -> ! {
    resume_unwind(Box::new(Replaced(name.short())))
}

fn panic_message(panic: &(dyn Any + Send)) -> String {
    if let Some(text) = panic.downcast_ref::<&str>() {
        (*text).to_owned()
    } else if let Some(text) = panic.downcast_ref::<String>() {
        text.clone()
    } else {
        "(a panic without a message)".to_owned()
    }
}
