//! Maps by the numbers and addresses that programs say: a record is looked up in a handful of them.

use std::collections::HashMap;

/// A map whose keys are numbers, or short.
pub(crate) type Numbered<K, V> = HashMap<K, V, foldhash::fast::RandomState>;
