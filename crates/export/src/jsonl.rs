//! The trace itself, written anew: what was read is normal afterwards (order of fields, no blank lines,
//! no cut-off line), and a part of a trace is a trace.

use std::io::{self, Write};

use evscope_trace::Writer;

use crate::Part;

pub(crate) fn write(part: &Part<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut writer = Writer::new(out, &part.header())?;
    for source in part.sources() {
        writer.source(source)?;
    }
    for record in part.records() {
        writer.record(&record)?;
    }
    writer.flush()
}
