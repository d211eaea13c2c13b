//! `evbuffer_add_printf`, which takes any number of arguments. Rust cannot write such a function, so its entry makes the
//! list of them as a C compiler would, and passes on that and the return address.

use core::ffi::c_char;

use super::buffer::formatted;
use crate::layout::Ptr;
use crate::put::active;
use crate::real;
use crate::sys::{c_int, c_void};

unsafe extern "C-unwind" fn within(
    buf: Ptr,
    format: *const c_char,
    list: *mut c_void,
    site: usize,
) -> c_int {
    // SAFETY: the program called evbuffer_add_printf with arguments that are valid for it; the list is theirs.
    unsafe {
        if !active() {
            return real::evbuffer_add_vprintf(buf, format, list);
        }
        formatted(buf, site, || real::evbuffer_add_vprintf(buf, format, list))
    }
}

/// The `va_list` lies at the stack's top: how far into the saved registers the next integer and the next float
/// is (two are named), where the arguments on the stack are, where the registers are saved.
#[cfg_attr(feature = "interpose", unsafe(no_mangle))]
#[unsafe(naked)]
unsafe extern "C" fn evbuffer_add_printf() {
    core::arch::naked_asm!(
        ".cfi_startproc",
        "push rbp",
        ".cfi_def_cfa_offset 16",
        ".cfi_offset rbp, -16",
        "mov rbp, rsp",
        ".cfi_def_cfa_register rbp",
        "sub rsp, 208",
        "mov [rsp + 48], rdx",
        "mov [rsp + 56], rcx",
        "mov [rsp + 64], r8",
        "mov [rsp + 72], r9",
        // In al: whether there are floats.
        "test al, al",
        "je 2f",
        "movaps [rsp + 80], xmm0",
        "movaps [rsp + 96], xmm1",
        "movaps [rsp + 112], xmm2",
        "movaps [rsp + 128], xmm3",
        "movaps [rsp + 144], xmm4",
        "movaps [rsp + 160], xmm5",
        "movaps [rsp + 176], xmm6",
        "movaps [rsp + 192], xmm7",
        "2:",
        "mov dword ptr [rsp], 16",
        "mov dword ptr [rsp + 4], 48",
        "lea rax, [rbp + 16]",
        "mov [rsp + 8], rax",
        "lea rax, [rsp + 32]",
        "mov [rsp + 16], rax",
        "mov rdx, rsp",
        "mov rcx, [rbp + 8]",
        "call {}",
        "leave",
        ".cfi_def_cfa rsp, 8",
        "ret",
        ".cfi_endproc",
        sym within,
    );
}

crate::signature::tell!(evbuffer_add_printf(Ptr, *const c_char, crate::signature::Rest) -> c_int);
