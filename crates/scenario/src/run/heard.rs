//! What the other side got.

/// What somebody at the other end has read, in all that was done under its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heard {
    /// Its name.
    pub peer: String,
    /// What it has read.
    pub bytes: Vec<u8>,
    /// Whether it read until the program had hung up.
    pub ended: bool,
}

impl Heard {
    /// Notes that somebody has read.
    pub fn note(all: &mut Vec<Self>, peer: &str, bytes: &[u8], ended: bool) {
        match all.iter_mut().find(|heard| heard.peer == peer) {
            Some(heard) => {
                heard.bytes.extend_from_slice(bytes);
                heard.ended = ended;
            }
            None => all.push(Self {
                peer: peer.to_owned(),
                bytes: bytes.to_owned(),
                ended,
            }),
        }
    }
}
