//! The documents and pictures that are inside the binary.

use std::io::{self, Read};

/// Each by its path below the folder of documents, packed.
const ALL: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/documents.rs"));

/// All of them, each by its path below the folder of documents.
pub(crate) fn all() -> impl Iterator<Item = io::Result<(&'static str, Vec<u8>)>> {
    ALL.iter().map(|(path, packed)| {
        let mut bytes = Vec::new();
        evscope_trace::read(*packed)?.read_to_end(&mut bytes)?;
        Ok((*path, bytes))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documents_are_inside_the_binary() {
        let all: Vec<_> = all().map(Result::unwrap).collect();
        for wanted in [
            "walkthrough/1-main.md",
            "walkthrough/zh/README.md",
            "rules/spin.md",
            "images/writecb.svg",
        ] {
            let (_, bytes) = all.iter().find(|(path, _)| *path == wanted).expect(wanted);
            let file = format!("{}/../../docs/{wanted}", env!("CARGO_MANIFEST_DIR"));
            assert_eq!(*bytes, std::fs::read(file).unwrap(), "{wanted}");
        }
    }
}
