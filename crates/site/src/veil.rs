//! What one should find out, not read: texts that a look at the source of a page does not give away at once. Who wants
//! to know can undo it, as he can look at the whole trace.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// A text under a veil; `name` is what it belongs to. `assets/lesson.js` lifts it.
pub(crate) fn veil(text: &str, name: &str) -> String {
    let bytes: Vec<u8> = text
        .bytes()
        .zip(noise(name))
        .map(|(byte, noise)| byte ^ noise)
        .collect();
    STANDARD.encode(bytes)
}

/// Bytes that follow from a name: FNV-1a, and then xorshift.
fn noise(name: &str) -> impl Iterator<Item = u8> {
    let begin = name.bytes().fold(0x811c_9dc5_u32, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    });
    // Nothing follows from 0.
    let mut state = begin | 1;
    std::iter::repeat_with(move || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state.to_le_bytes()[0]
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_veiled_text_is_not_to_be_read_and_can_be_had_again() {
        let text = r#"{"number":14,"after":"内核全部收下了"}"#;
        let veiled = veil(text, "writecb/0");
        assert!(!veiled.contains("14,") && veiled.is_ascii());
        assert_ne!(veiled, veil(text, "writecb/1"));
        let bytes = STANDARD.decode(veiled).unwrap();
        let again: Vec<u8> = bytes
            .into_iter()
            .zip(noise("writecb/0"))
            .map(|(b, n)| b ^ n)
            .collect();
        assert_eq!(String::from_utf8(again).unwrap(), text);
    }
}
