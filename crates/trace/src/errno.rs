//! Names of error numbers, as a trace says them: those of the system that the program runs on.

use std::borrow::Cow;

use crate::Text;

macro_rules! names {
    ($system:ident: $($number:literal $name:ident),* $(,)?) => {
        fn $system(number: i32) -> Option<&'static str> {
            match number {
                $($number => Some(stringify!($name)),)*
                _ => None,
            }
        }
    };
}

/// The name of an error number of this system: `EPIPE` for 32. A number without a name is `errno 4095`.
pub fn errno_name(number: i32) -> Text {
    let name = match cfg!(target_vendor = "apple") {
        true => of_macos(number),
        false => of_linux(number),
    };
    name.map_or_else(|| Cow::Owned(format!("errno {number}")), Cow::Borrowed)
}

// The numbers are those of every Linux architecture that Rust calls tier 1 or 2 and that is not MIPS or
// SPARC. They are spelled out because a trace may be made from what another process recorded.
names! {
    of_linux:
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

names! {
    of_macos:
    1 EPERM, 2 ENOENT, 3 ESRCH, 4 EINTR, 5 EIO, 6 ENXIO, 7 E2BIG, 8 ENOEXEC, 9 EBADF, 10 ECHILD,
    11 EDEADLK, 12 ENOMEM, 13 EACCES, 14 EFAULT, 16 EBUSY, 17 EEXIST, 18 EXDEV, 19 ENODEV, 20 ENOTDIR,
    21 EISDIR, 22 EINVAL, 23 ENFILE, 24 EMFILE, 25 ENOTTY, 27 EFBIG, 28 ENOSPC, 29 ESPIPE, 30 EROFS,
    31 EMLINK, 32 EPIPE, 33 EDOM, 34 ERANGE, 35 EAGAIN, 36 EINPROGRESS, 37 EALREADY, 38 ENOTSOCK,
    39 EDESTADDRREQ, 40 EMSGSIZE, 41 EPROTOTYPE, 42 ENOPROTOOPT, 43 EPROTONOSUPPORT, 44 ESOCKTNOSUPPORT,
    45 ENOTSUP, 47 EAFNOSUPPORT, 48 EADDRINUSE, 49 EADDRNOTAVAIL, 50 ENETDOWN, 51 ENETUNREACH,
    52 ENETRESET, 53 ECONNABORTED, 54 ECONNRESET, 55 ENOBUFS, 56 EISCONN, 57 ENOTCONN, 58 ESHUTDOWN,
    60 ETIMEDOUT, 61 ECONNREFUSED, 62 ELOOP, 63 ENAMETOOLONG, 64 EHOSTDOWN, 65 EHOSTUNREACH,
    66 ENOTEMPTY, 69 EDQUOT, 78 ENOSYS, 84 EOVERFLOW, 89 ECANCELED, 92 EILSEQ, 100 EPROTO,
    102 EOPNOTSUPP,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_names() {
        assert_eq!(errno_name(32), "EPIPE");
        assert_eq!(errno_name(4095), "errno 4095");
        assert_eq!(of_linux(111), Some("ECONNREFUSED"));
        assert_eq!(of_macos(61), Some("ECONNREFUSED"));
    }

    /// What a program may meet has a name on both systems.
    #[test]
    fn both_systems_know_the_same_names() {
        let names = |of: fn(i32) -> Option<&'static str>| {
            let names: std::collections::BTreeSet<_> = (0..200).filter_map(of).collect();
            names
        };
        let (linux, macos) = (names(of_linux), names(of_macos));
        let only: Vec<_> = linux.symmetric_difference(&macos).copied().collect();
        // Where Linux has one number for both, macOS has two.
        assert_eq!(only, ["ENOTSUP"]);
    }
}
