//! The program's callbacks: how they are kept and how they are run.

use std::any::Any;
use std::cell::Cell;
use std::error::Error as StdError;
use std::panic::{AssertUnwindSafe, Location, catch_unwind};
use std::rc::Rc;

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

pub(crate) type CallbackResult = Result<(), Box<dyn StdError>>;

/// A callback, with what a trace says of it.
pub(crate) struct Callback<F: ?Sized> {
    /// What to call. Shared, so that a callback may free the object it was called for, or set another
    /// callback in its own place, while it runs.
    pub(crate) run: Rc<F>,
    pub(crate) name: CallbackName,
}

impl<F: ?Sized> Clone for Callback<F> {
    fn clone(&self) -> Self {
        Self { run: Rc::clone(&self.run), name: self.name }
    }
}

thread_local! {
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
    path: &'static str,
    /// What there is to show of it.
    short: &'static str,
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
        Self { path, short: short(path), set_at: Location::caller() }
    }

    /// Where the path lies: the same for all of one function's.
    pub(crate) fn path_at(&self) -> usize {
        self.path.as_ptr() as usize
    }

    /// The function's name, or that of the function around a closure: `conn_writecb`, `main`.
    pub(crate) fn short(&self) -> &'static str {
        self.short
    }

    /// Whether the program gave a function, not a closure.
    pub(crate) fn is_function(&self) -> bool {
        !self.path.ends_with("{{closure}}")
    }
}

/// The last part of a path that is a function's.
fn short(path: &'static str) -> &'static str {
    let mut path = path;
    while let Some(outer) = path.strip_suffix("::{{closure}}") {
        path = outer;
    }
    path.rsplit("::").next().unwrap_or(path)
}

impl EventBase {
    /// Runs a callback of the program. If it fails or panics, the loop is left after it, and whoever runs
    /// the loop is told.
    pub(crate) fn run_callback(
        &mut self,
        name: CallbackName,
        run: impl FnOnce(&mut Self) -> CallbackResult,
    ) {
        let outcome = catch_unwind(AssertUnwindSafe(|| run(self)));
        let error = match outcome {
            Ok(Ok(())) => return,
            Ok(Err(source)) => Error::Callback { callback: name.short(), source },
            Err(panic) => {
                Error::Panicked { callback: name.short(), message: panic_message(&*panic) }
            }
        };
        self.callback_failed(name, error);
    }

    /// The first failure is the one that is told; those that follow from it would only hide it.
    fn callback_failed(&mut self, name: CallbackName, error: Error) {
        let what = match &error {
            Error::Callback { source, .. } => source.to_string(),
            Error::Panicked { message, .. } => format!("panic: {message}"),
            other => other.to_string(),
        };
        self.trace_error(name.short(), what, "leaves the loop");
        self.failure.get_or_insert(error);
        self.break_requested = true;
    }
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
