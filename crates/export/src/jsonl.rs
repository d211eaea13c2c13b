//! The trace itself, written anew: what was read is normal afterwards (order of fields, no blank lines,
//! no cut-off line), and a part of a trace is a trace.

use std::io::Write;

use evscope_trace::Writer;

use crate::{ExportError, Part};

pub(crate) fn write(part: &Part<'_>, out: &mut dyn Write) -> Result<(), ExportError> {
    let mut writer = Writer::new(out, &*part.header()?)?;
    for source in part.sources()? {
        writer.source(source)?;
    }
    part.each_record(|record| Ok::<(), ExportError>(writer.record(record)?))?;
    Ok(writer.flush()?)
}
