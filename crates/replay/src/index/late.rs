//! What is taken out of an index when it is asked for.

use std::fmt;
use std::ops::Deref;
use std::sync::{Arc, LazyLock};

/// A value that is there, or is made when somebody asks for it first.
#[derive(Clone)]
pub(crate) enum Late<T> {
    Here(T),
    Later(Arc<LazyLock<T, Make<T>>>),
}

type Make<T> = Box<dyn FnOnce() -> T + Send>;

impl<T> Late<T> {
    pub(crate) fn new(make: impl FnOnce() -> T + Send + 'static) -> Self {
        Self::Later(Arc::new(LazyLock::new(Box::new(make))))
    }
}

impl<T: Clone> Late<T> {
    /// The value, to be changed; copies of this do not change with it.
    pub(crate) fn make_mut(&mut self) -> &mut T {
        if let Self::Later(value) = self {
            *self = Self::Here(T::clone(value));
        }
        match self {
            Self::Here(value) => value,
            Self::Later(_) => unreachable!("it is here now"),
        }
    }
}

impl<T> Deref for Late<T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        match self {
            Self::Here(value) => value,
            Self::Later(value) => value,
        }
    }
}

impl<T: Default> Default for Late<T> {
    fn default() -> Self {
        Self::Here(T::default())
    }
}

impl<T: fmt::Debug> fmt::Debug for Late<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}
