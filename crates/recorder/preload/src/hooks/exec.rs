//! The C library's functions that start another program. Where such programs are recorded, too, each that can be is given
//! the recorder's variables, which the program itself does not see; no other is.

use core::ffi::CStr;

use super::hook;
use crate::environment::{List, OURS, is_followed, ours as ours_of};
use crate::program::{descriptor_takes_library, found_takes_library, takes_library};
use crate::real;
use crate::room;
use crate::sys::{self, c_char, c_int, c_void};

type Strings = *const *const c_char;

/// Calls with the environment for a program.
unsafe fn given<T>(
    environment: Strings,
    takes_library: impl FnOnce() -> bool,
    call: impl FnOnce(Strings) -> T,
) -> T {
    if !is_followed() {
        return call(environment);
    }
    // SAFETY: the caller has such a list.
    unsafe { List::new(environment).with_ours(takes_library(), call) }
}

/// The same, with the process's own.
unsafe fn given_own<T>(takes_library: impl FnOnce() -> bool, call: impl FnOnce(Strings) -> T) -> T {
    // SAFETY: the C library keeps such a list there.
    unsafe { given(sys::environ.cast_const().cast(), takes_library, call) }
}

hook! { execve/3 (path: *const c_char, args: Strings, environment: Strings) -> c_int, site, real => {
    given(environment, || takes_library(path), |environment| real(path, args, environment))
}}

hook! { execv/2 (path: *const c_char, args: Strings) -> c_int, site, real => {
    if !is_followed() {
        return real(path, args);
    }
    given_own(|| takes_library(path), |environment| real::execve(path, args, environment))
}}

hook! { execvp/2 (file: *const c_char, args: Strings) -> c_int, site, real => {
    if !is_followed() {
        return real(file, args);
    }
    given_own(|| found_takes_library(file), |environment| real::execvpe(file, args, environment))
}}

hook! { execvpe/3 (file: *const c_char, args: Strings, environment: Strings) -> c_int, site, real => {
    given(environment, || found_takes_library(file), |environment| real(file, args, environment))
}}

hook! { fexecve/3 (fd: c_int, args: Strings, environment: Strings) -> c_int, site, real => {
    given(environment, || descriptor_takes_library(fd), |environment| real(fd, args, environment))
}}

hook! { execveat/5 (folder: c_int, path: *const c_char, args: Strings, environment: Strings, flags: c_int) -> c_int, site, real => {
    let takes = || match flags & sys::AT_EMPTY_PATH != 0 && *path == 0 {
        true => descriptor_takes_library(folder),
        false => crate::program::takes_library_at(folder, path),
    };
    given(environment, takes, |environment| real(folder, path, args, environment, flags))
}}

hook! { posix_spawn/6 (pid: *mut c_int, path: *const c_char, actions: *const c_void, attributes: *const c_void, args: Strings, environment: Strings) -> c_int, site, real => {
    given(environment, || takes_library(path), |environment| {
        real(pid, path, actions, attributes, args, environment)
    })
}}

hook! { posix_spawnp/6 (pid: *mut c_int, file: *const c_char, actions: *const c_void, attributes: *const c_void, args: Strings, environment: Strings) -> c_int, site, real => {
    given(environment, || found_takes_library(file), |environment| {
        real(pid, file, actions, attributes, args, environment)
    })
}}

// ---- with a shell: within the C library, where no hook is -----------------------------------------------

const SHELL: &CStr = c"/bin/sh";

hook! { system/1 (command: *const c_char) -> c_int, site, real => {
    with_shell(command, |command| real(command))
}}

hook! { popen/2 (command: *const c_char, mode: *const c_char) -> *mut c_void, site, real => {
    with_shell(command, |command| real(command, mode))
}}

/// Calls with a command that has a shell, which is given the variables, do what the command says.
unsafe fn with_shell<T>(command: *const c_char, call: impl FnOnce(*const c_char) -> T) -> T {
    if command.is_null() || !is_followed() || !takes_library(SHELL.as_ptr()) {
        return call(command);
    }
    // SAFETY: the caller has a C string, the C library a list of them, and there is as much room as was counted.
    unsafe {
        let text = CStr::from_ptr(command).to_bytes();
        List::own().with_ours(true, |environment| {
            let mut ours = [core::ptr::null(); OURS];
            let ours = ours_of(environment, &mut ours);
            let mut bytes = 1;
            say(ours, text, &mut |_| bytes += 1);
            room::with(bytes, |memory| {
                if memory.is_null() {
                    return call(command);
                }
                let mut at = memory;
                let mut put = |byte| {
                    *at = byte;
                    at = at.add(1);
                };
                say(ours, text, &mut put);
                put(0);
                call(memory.cast())
            })
        })
    }
}

/// Says, byte by byte, a command that has a shell do another with variables in its environment.
unsafe fn say(variables: &[*const c_char], command: &[u8], put: &mut impl FnMut(u8)) {
    for &variable in variables {
        // SAFETY: the caller has C strings.
        let variable = unsafe { CStr::from_ptr(variable) }.to_bytes();
        let name = variable.iter().take_while(|&&b| b != b'=').count() + 1;
        let (name, value) = variable.split_at(name.min(variable.len()));
        name.iter().for_each(|&b| put(b));
        say_quoted(value, put);
        put(b' ');
    }
    b"exec /bin/sh -c -- ".iter().for_each(|&b| put(b));
    say_quoted(command, put);
}

/// Says a text as the shell takes it for one word.
fn say_quoted(text: &[u8], put: &mut impl FnMut(u8)) {
    put(b'\'');
    for &byte in text {
        match byte {
            b'\'' => b"'\\''".iter().for_each(|&b| put(b)),
            other => put(other),
        }
    }
    put(b'\'');
}

// ---- with any number of arguments -----------------------------------------------------------------------

/// The arguments of a call, as a C compiler's `va_list` has them.
#[repr(C)]
pub(super) struct Rest {
    /// How far into the saved registers the next one is.
    next: u32,
    _next_float: u32,
    on_stack: *const *const c_char,
    registers: *const u8,
}

impl Rest {
    unsafe fn next(&mut self) -> *const c_char {
        const REGISTERS: u32 = 48;
        // SAFETY: the caller knows that there is one more.
        unsafe {
            if self.next < REGISTERS {
                let at = self.registers.add(self.next as usize);
                self.next += 8;
                return *at.cast();
            }
            let at = self.on_stack;
            self.on_stack = at.add(1);
            *at
        }
    }
}

/// Calls with the list of arguments, which a null ends, and with what comes after that.
unsafe fn listed(rest: *mut Rest, call: impl FnOnce(Strings, &mut Rest) -> c_int) -> c_int {
    // SAFETY: the program has given a null after the last of them.
    unsafe {
        let begin = core::ptr::read(rest);
        let mut count = 1;
        while !(*rest).next().is_null() {
            count += 1;
        }
        let after = rest;
        let mut rest = begin;
        room::with(count * size_of::<usize>(), |memory| {
            let list = memory.cast::<*const c_char>();
            if list.is_null() {
                sys::set_errno(sys::ENOMEM);
                return -1;
            }
            for i in 0..count {
                *list.add(i) = rest.next();
            }
            call(list, &mut *after)
        })
    }
}

unsafe extern "C-unwind" fn execl_within(path: *const c_char, rest: *mut Rest) -> c_int {
    // SAFETY: the program called execl with what is valid for it.
    unsafe {
        listed(rest, |args, _| {
            given_own(
                || takes_library(path),
                |environment| real::execve(path, args, environment),
            )
        })
    }
}

unsafe extern "C-unwind" fn execlp_within(file: *const c_char, rest: *mut Rest) -> c_int {
    // SAFETY: the program called execlp with what is valid for it.
    unsafe {
        listed(rest, |args, _| {
            given_own(
                || found_takes_library(file),
                |environment| real::execvpe(file, args, environment),
            )
        })
    }
}

unsafe extern "C-unwind" fn execle_within(path: *const c_char, rest: *mut Rest) -> c_int {
    // SAFETY: the program called execle with what is valid for it: an environment comes after the arguments.
    unsafe {
        listed(rest, |args, rest| {
            let environment: Strings = rest.next().cast();
            given(
                environment,
                || takes_library(path),
                |environment| real::execve(path, args, environment),
            )
        })
    }
}

/// The entry: makes a `va_list` at the stack's top, of which one argument, the path, is taken already.
macro_rules! entry {
    ($name:ident, $within:ident) => {
        #[cfg_attr(feature = "interpose", unsafe(no_mangle))]
        #[unsafe(naked)]
        unsafe extern "C" fn $name() {
            core::arch::naked_asm!(
                ".cfi_startproc",
                "push rbp",
                ".cfi_def_cfa_offset 16",
                ".cfi_offset rbp, -16",
                "mov rbp, rsp",
                ".cfi_def_cfa_register rbp",
                "sub rsp, 80",
                "mov [rsp + 40], rsi",
                "mov [rsp + 48], rdx",
                "mov [rsp + 56], rcx",
                "mov [rsp + 64], r8",
                "mov [rsp + 72], r9",
                "mov dword ptr [rsp], 8",
                "mov dword ptr [rsp + 4], 48",
                "lea rax, [rbp + 16]",
                "mov [rsp + 8], rax",
                "lea rax, [rsp + 32]",
                "mov [rsp + 16], rax",
                "mov rsi, rsp",
                "call {}",
                "leave",
                ".cfi_def_cfa rsp, 8",
                "ret",
                ".cfi_endproc",
                sym $within,
            );
        }
        crate::signature::tell!($name(*const c_char, *const c_char, crate::signature::Rest) -> c_int);
    };
}

entry!(execl, execl_within);
entry!(execlp, execlp_within);
entry!(execle, execle_within);
