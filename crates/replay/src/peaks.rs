//! The most that was ever in each buffer.

use std::collections::HashMap;

use evscope_trace::{BufId, FieldValue, Record};

/// The most of each buffer, as far as records were looked at.
#[derive(Debug, Clone, Default)]
pub struct Peaks(HashMap<BufId, u64>);

impl Peaks {
    /// Looks at the next record.
    pub fn step(&mut self, record: &Record) {
        let number = |name| match record.event.field(name) {
            Some(FieldValue::Number(n)) => u64::try_from(n).ok(),
            _ => None,
        };
        if let Some(buf) = record.objects.buf
            && let Some(after) = number("after")
        {
            let most = after.max(number("before").unwrap_or(0));
            let peak = self.0.entry(buf).or_default();
            *peak = most.max(*peak);
        }
    }

    /// The most that was in a buffer.
    pub fn of(&self, buf: BufId) -> u64 {
        self.0.get(&buf).copied().unwrap_or(0)
    }
}
