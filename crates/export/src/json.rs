//! One JSON document: `{"header": …, "sources": […], "records": […]}`, an element a line.

use std::io::{self, Write};

use evscope_trace::{PlaceTexts, Record};
use serde::Serialize;

use crate::{ExportError, Part};

pub(crate) fn write(part: &Part<'_>, out: &mut dyn Write) -> Result<(), ExportError> {
    out.write_all(b"{\"header\":")?;
    serde_json::to_writer(&mut *out, &*part.header()?).map_err(io::Error::from)?;
    out.write_all(b",\n\"sources\":")?;
    let mut array = Array::begin(out)?;
    for source in part.sources()? {
        array.element(source)?;
    }
    array.end()?;
    out.write_all(b",\n\"records\":")?;
    let mut array = Array::begin(out)?;
    part.each_record(|record| Ok::<(), ExportError>(array.record(record)?))?;
    array.end()?;
    Ok(out.write_all(b"}\n")?)
}

/// An array whose elements are written as they come: nothing is held back, however many there are.
struct Array<'a> {
    out: &'a mut dyn Write,
    element: Vec<u8>,
    places: PlaceTexts,
    is_empty: bool,
}

impl<'a> Array<'a> {
    fn begin(out: &'a mut dyn Write) -> io::Result<Self> {
        out.write_all(b"[")?;
        Ok(Self {
            out,
            element: Vec::new(),
            places: PlaceTexts::default(),
            is_empty: true,
        })
    }

    fn record(&mut self, record: &Record) -> io::Result<()> {
        self.separate();
        record.json_among(&mut self.places, &mut self.element);
        self.out.write_all(&self.element)
    }

    fn element<T: Serialize>(&mut self, element: &T) -> io::Result<()> {
        self.separate();
        serde_json::to_writer(&mut self.element, element)?;
        self.out.write_all(&self.element)
    }

    /// Begins the next element with what is between it and the one before.
    fn separate(&mut self) {
        self.element.clear();
        let before: &[u8] = if self.is_empty { b"\n" } else { b",\n" };
        self.element.extend_from_slice(before);
        self.is_empty = false;
    }

    fn end(self) -> io::Result<()> {
        self.out.write_all(b"]")
    }
}
