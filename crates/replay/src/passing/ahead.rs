//! Reads in a thread of its own, some lines ahead: to do something with them takes as long as to read them.

use std::io::BufRead;
use std::ops::ControlFlow;
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::thread;

use evscope_trace::{Line, ReadError, Reader};

/// So many batches are read before the first of them is looked at.
const AHEAD: usize = 4;

/// Reads the lines that are left, and has `each` look at them until it has seen enough. So many as `batch` are handed on
/// at once: one, where somebody waits for each. What comes before a line that cannot be read is looked at all the same.
/// Whoever wants to keep a record takes its box, and leaves one there that is used up.
///
/// # Errors
/// That of `each`, or else that of the reader, unless enough was seen before.
pub fn each_line<R: BufRead + Send, E: From<ReadError>>(
    reader: &mut Reader<R>,
    batch: usize,
    mut each: impl FnMut(&mut Line) -> Result<ControlFlow<()>, E>,
) -> Result<(), E> {
    thread::scope(|scope| {
        let (to, from) = mpsc::sync_channel(AHEAD);
        // What was looked at goes back: the reader has room for as many lines again, and no thread frees what another one
        // has allocated.
        let (back, used) = mpsc::channel();
        let reading = scope.spawn(move || send_all(reader, batch, &to, &used));
        let mut is_over = false;
        while !is_over && let Ok(mut lines) = from.recv() {
            for line in &mut lines {
                is_over = each(line)?.is_break();
                if is_over {
                    break;
                }
            }
            // After the last nobody takes it.
            let _ = back.send(lines);
        }
        // Then nobody takes what is still read.
        drop(from);
        match reading.join() {
            // What was read ahead in vain may be wrong.
            Ok(_) if is_over => Ok(()),
            Ok(read) => Ok(read?),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}

/// It ends early when nobody takes it any more.
fn send_all<R: BufRead>(
    reader: &mut Reader<R>,
    size: usize,
    to: &SyncSender<Vec<Line>>,
    used: &Receiver<Vec<Line>>,
) -> Result<(), ReadError> {
    let mut batch = Vec::new();
    let read = loop {
        match reader.next_line() {
            Ok(Some(line)) => batch.push(line),
            Ok(None) => break Ok(()),
            Err(error) => break Err(error),
        }
        if batch.len() == size {
            let mut next = used.try_recv().unwrap_or_default();
            reader.take_back(&mut next);
            if to.send(std::mem::replace(&mut batch, next)).is_err() {
                return Ok(());
            }
        }
    };
    // If nobody takes them, nobody wants to know of an error either.
    match to.send(batch) {
        Ok(()) => read,
        Err(_) => Ok(()),
    }
}
