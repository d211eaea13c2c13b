//! Maps by ids, which are looked up at every step: their hash is a quick one. Another one in each process, so that no trace is
//! made to be slow.

use foldhash::fast::RandomState;

pub(crate) type HashMap<K, V> = std::collections::HashMap<K, V, RandomState>;
pub(crate) type HashSet<K> = std::collections::HashSet<K, RandomState>;
