//! One JSON document: `{"header": …, "sources": […], "records": […]}`, an element a line.

use std::io::{self, Write};

use serde::Serialize;

use crate::Part;

pub(crate) fn write(part: &Part<'_>, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(b"{\"header\":")?;
    serde_json::to_writer(&mut *out, &*part.header())?;
    out.write_all(b",\n\"sources\":")?;
    array(part.sources().into_iter(), out)?;
    out.write_all(b",\n\"records\":")?;
    array(part.records(), out)?;
    out.write_all(b"}\n")
}

/// Writes elements as they come: nothing is held back, however many there are.
fn array<T: Serialize>(elements: impl Iterator<Item = T>, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(b"[")?;
    for (i, element) in elements.enumerate() {
        out.write_all(if i == 0 { b"\n" } else { b",\n" })?;
        serde_json::to_writer(&mut *out, &element)?;
    }
    out.write_all(b"]")
}
