//! What the hooks take and give back, as the C compiler would say it. A test compares it with what that says of
//! libevent's headers: a function that takes an argument more or gives back nothing where there is a result
//! would change the program.

/// A type that a function of C takes or gives back.
#[cfg(test)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CType {
    Void,
    Pointer,
    /// A number with a sign, of so many bytes.
    Signed(u64),
    Unsigned(u64),
    /// A word that is a size or the address of a function.
    Word,
    /// Any number of arguments more.
    Rest,
}

/// A type that stands for one of C's.
#[cfg(test)]
pub(crate) trait InC {
    const C: CType;
}

/// Stands for any number of arguments more.
#[cfg(test)]
pub(crate) struct Rest;

#[cfg(test)]
macro_rules! in_c {
    ($($type:ty => $c:expr;)*) => {$(impl InC for $type { const C: CType = $c; })*};
}

#[cfg(test)]
in_c! {
    () => CType::Void;
    i8 => CType::Signed(1);
    i16 => CType::Signed(2);
    i32 => CType::Signed(4);
    i64 => CType::Signed(8);
    isize => CType::Signed(8);
    u8 => CType::Unsigned(1);
    u16 => CType::Unsigned(2);
    u32 => CType::Unsigned(4);
    u64 => CType::Unsigned(8);
    usize => CType::Word;
    Rest => CType::Rest;
}

#[cfg(test)]
impl<T> InC for *mut T {
    const C: CType = CType::Pointer;
}

#[cfg(test)]
impl<T> InC for *const T {
    const C: CType = CType::Pointer;
}

/// A function of C's, as it is called here.
#[cfg(test)]
#[repr(C)]
pub(crate) struct Signature {
    name: &'static str,
    arguments: &'static [CType],
    result: CType,
}

/// Puts the signature of a function among those that the test compares.
#[cfg(test)]
macro_rules! tell {
    ($name:ident($($type:ty),*) -> $ret:ty) => {
        const _: () = {
            #[used]
            #[unsafe(link_section = "evscope_signatures")]
            static TOLD: $crate::signature::Signature = $crate::signature::Signature::new(
                stringify!($name),
                &[$(<$type as $crate::signature::InC>::C),*],
                <$ret as $crate::signature::InC>::C,
            );
        };
    };
}

#[cfg(not(test))]
macro_rules! tell {
    ($name:ident($($type:ty),*) -> $ret:ty) => {};
}

pub(crate) use tell;

#[cfg(test)]
impl Signature {
    pub(crate) const fn new(
        name: &'static str,
        arguments: &'static [CType],
        result: CType,
    ) -> Self {
        Self {
            name,
            arguments,
            result,
        }
    }
}

#[cfg(test)]
mod tests;
