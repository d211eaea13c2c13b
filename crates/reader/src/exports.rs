//! How a page calls this: it asks where each input goes (`input`), puts it there, calls `read`, and looks where the output is
//! (`output`, `output_len`).

#![allow(
    unsafe_code,
    reason = "a name for a page to call is an unsafe attribute; there is no other unsafe code"
)]

use std::sync::{Mutex, MutexGuard, PoisonError};

use evscope_replay::Lang;

/// The trace's name, its bytes, and the code of the language to speak.
static INPUT: Mutex<[Vec<u8>; 3]> = Mutex::new([const { Vec::new() }; 3]);
static OUTPUT: Mutex<Vec<u8>> = Mutex::new(Vec::new());

fn of<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    // A page has one thread.
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Where an input of `len` bytes goes: 0 the trace's name, 1 its bytes, 2 the language. It is there until the input is asked for
/// again, or read.
// SAFETY: no other function that is linked in has this name.
#[unsafe(no_mangle)]
pub extern "C" fn input(which: usize, len: usize) -> *mut u8 {
    let mut inputs = of(&INPUT);
    let input = &mut inputs[which];
    *input = vec![0; len];
    input.as_mut_ptr()
}

/// Reads the inputs, and has the output.
// SAFETY: as above.
#[unsafe(no_mangle)]
pub extern "C" fn read() {
    let [name, bytes, lang] = std::mem::take(&mut *of(&INPUT));
    let lang = String::from_utf8_lossy(&lang).parse().unwrap_or(Lang::EN);
    *of(&OUTPUT) = crate::read(&String::from_utf8_lossy(&name), bytes, lang);
}

/// Where the output is, until the next is read.
// SAFETY: as above.
#[unsafe(no_mangle)]
pub extern "C" fn output() -> *const u8 {
    of(&OUTPUT).as_ptr()
}

/// How many bytes it has.
// SAFETY: as above.
#[unsafe(no_mangle)]
pub extern "C" fn output_len() -> usize {
    of(&OUTPUT).len()
}
