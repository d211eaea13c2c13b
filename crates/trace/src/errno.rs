//! Names of error numbers, as a trace says them.

use std::borrow::Cow;

use crate::Text;

macro_rules! names {
    ($($number:literal $name:ident),* $(,)?) => {
        /// The name of a Linux error number: `EPIPE` for 32. A number without a name is `errno 4095`.
        pub fn errno_name(number: i32) -> Text {
            match number {
                $($number => Cow::Borrowed(stringify!($name)),)*
                _ => Cow::Owned(format!("errno {number}")),
            }
        }
    };
}

// The numbers are those of every Linux architecture that Rust calls tier 1 or 2 and that is not MIPS or
// SPARC. They are spelled out because a trace may be made from what another process recorded.
names! {
    1 EPERM, 2 ENOENT, 3 ESRCH, 4 EINTR, 5 EIO, 6 ENXIO, 7 E2BIG, 8 ENOEXEC, 9 EBADF, 10 ECHILD,
    11 EAGAIN, 12 ENOMEM, 13 EACCES, 14 EFAULT, 16 EBUSY, 17 EEXIST, 18 EXDEV, 19 ENODEV, 20 ENOTDIR,
    21 EISDIR, 22 EINVAL, 23 ENFILE, 24 EMFILE, 25 ENOTTY, 27 EFBIG, 28 ENOSPC, 29 ESPIPE, 30 EROFS,
    31 EMLINK, 32 EPIPE, 33 EDOM, 34 ERANGE, 35 EDEADLK, 36 ENAMETOOLONG, 38 ENOSYS, 39 ENOTEMPTY,
    40 ELOOP, 71 EPROTO, 75 EOVERFLOW, 84 EILSEQ, 88 ENOTSOCK, 89 EDESTADDRREQ, 90 EMSGSIZE,
    91 EPROTOTYPE, 92 ENOPROTOOPT, 93 EPROTONOSUPPORT, 94 ESOCKTNOSUPPORT, 95 EOPNOTSUPP,
    97 EAFNOSUPPORT, 98 EADDRINUSE, 99 EADDRNOTAVAIL, 100 ENETDOWN, 101 ENETUNREACH, 102 ENETRESET,
    103 ECONNABORTED, 104 ECONNRESET, 105 ENOBUFS, 106 EISCONN, 107 ENOTCONN, 108 ESHUTDOWN,
    110 ETIMEDOUT, 111 ECONNREFUSED, 112 EHOSTDOWN, 113 EHOSTUNREACH, 114 EALREADY, 115 EINPROGRESS,
    122 EDQUOT, 125 ECANCELED,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_names() {
        assert_eq!(errno_name(32), "EPIPE");
        assert_eq!(errno_name(111), "ECONNREFUSED");
        assert_eq!(errno_name(4095), "errno 4095");
    }
}
