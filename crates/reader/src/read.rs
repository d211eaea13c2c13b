//! From a trace's bytes to the data of a page.

use std::io::{Cursor, Read};

use evscope_export::{Part, html};
use evscope_replay::{Lang, Trace};
use evscope_trace::Level;
use evscope_words::text;
use serde_json::json;

/// What is read of a trace, unpacked: a browser gives no more memory than for this. What comes behind is not read.
const MOST_BYTES: u64 = 256 << 20;

/// What the page needs of a trace, as JSON: `data` for the view, `all`, how many steps there are, and a `note` of what is missing at
/// the trace's end; or, if it cannot be read, the `error`.
pub fn read(name: &str, bytes: Vec<u8>, lang: Lang) -> Vec<u8> {
    // What is wrong with a trace is said in the language that is spoken.
    lang.speak();
    told(name, bytes, lang)
        .unwrap_or_else(|error| json!({ "error": error }).to_string().into_bytes())
}

fn told(name: &str, bytes: Vec<u8>, lang: Lang) -> Result<Vec<u8>, String> {
    let input =
        evscope_trace::read(Cursor::new(bytes)).map_err(|error| format!("{name}: {error}"))?;
    let trace = Trace::read(input.take(MOST_BYTES), name).map_err(|error| error.to_string())?;
    let whole = Part::whole(&trace);
    let listed = whole
        .listed(Level::Everything)
        .map_err(|error| error.to_string())?;
    let part = match listed.get(html::MOST) {
        None => whole,
        // Up to the last one that a page takes.
        Some(_) => Part::whole(&trace).steps(0..=listed[html::MOST - 1]),
    };
    let data = html::data(&part).map_err(|error| error.in_lang(lang))?;
    let note = trace.cut_off().map(|cut| {
        let (line, bytes) = (cut.line.to_string(), cut.bytes);
        text!(cli_cut_off, file = name, line, bytes).in_lang(lang)
    });
    let about = json!({ "all": listed.len(), "note": note }).to_string();
    let mut out = b"{\"data\":".to_vec();
    out.extend(data);
    out.push(b',');
    // Its fields, without the brace before them.
    out.extend(&about.as_bytes()[1..]);
    Ok(out)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use serde_json::Value;

    use super::*;

    fn trace(name: &str) -> Vec<u8> {
        let path = format!("{}/../../traces/{name}.jsonl", env!("CARGO_MANIFEST_DIR"));
        std::fs::read(path).unwrap()
    }

    fn asked(bytes: Vec<u8>, lang: Lang) -> Value {
        serde_json::from_slice(&read("mine.jsonl", bytes, lang)).unwrap()
    }

    #[test]
    fn a_trace_becomes_what_an_exported_page_has() {
        let told = asked(trace("hello-world"), Lang::EN);
        assert_eq!(told["note"], Value::Null);
        assert_eq!(told["data"]["steps"].as_array().unwrap().len(), told["all"]);
        let trace = Trace::read(&*trace("hello-world"), "mine.jsonl").unwrap();
        let data = html::data(&Part::whole(&trace)).unwrap();
        assert_eq!(
            told["data"],
            serde_json::from_slice::<Value>(&data).unwrap()
        );
    }

    #[test]
    fn a_packed_trace_is_unpacked() {
        let folder = tempfile::tempdir().unwrap();
        for ending in ["gz", "zst"] {
            let file = folder.path().join(format!("t.jsonl.{ending}"));
            let mut out = evscope_trace::create(&file).unwrap();
            out.write_all(&trace("echo")).unwrap();
            out.finish().unwrap();
            let told = asked(std::fs::read(&file).unwrap(), Lang::EN);
            assert!(told["all"].as_u64().unwrap() > 50, "{ending}: {told}");
        }
    }

    #[test]
    fn of_a_long_trace_there_is_the_beginning() {
        let text = String::from_utf8(trace("hello-world")).unwrap();
        let mut lines = text.lines();
        let mut long = format!("{}\n", lines.next().unwrap());
        let step = lines
            .find(|line| line.contains("\"ev\":\"event_active\""))
            .unwrap();
        let (_, rest) = step.split_once(',').unwrap();
        for seq in 0..html::MOST + 100 {
            long.push_str(&format!("{{\"seq\":{seq},{rest}\n"));
        }
        let told = asked(long.into_bytes(), Lang::EN);
        assert_eq!(
            told["data"]["steps"].as_array().map(Vec::len),
            Some(html::MOST),
            "{told}"
        );
        assert_eq!(told["all"], html::MOST + 100);
    }

    #[test]
    fn what_is_no_trace_is_told_in_the_language_asked_for() {
        for (bytes, words) in [
            ("", ["mine.jsonl", "空"]),
            ("# a text\n", ["mine.jsonl", "跟踪"]),
        ] {
            let told = asked(bytes.as_bytes().to_vec(), Lang::ZH);
            for word in words {
                assert!(told["error"].as_str().unwrap().contains(word), "{told}");
            }
        }
        let mut cut = trace("hello-world");
        cut.truncate(cut.len() - 20);
        let told = asked(cut, Lang::EN);
        assert!(
            told["note"].as_str().unwrap().contains("mine.jsonl"),
            "{}",
            told["note"]
        );
        Lang::EN.speak();
    }

    /// Whatever the bytes are, the answer is JSON.
    #[test]
    fn damaged_traces_have_an_answer() {
        let whole = trace("hello-world");
        for at in (0..whole.len()).step_by(whole.len() / 50) {
            let mut damaged = whole.clone();
            damaged[at] ^= 0x15;
            let told = asked(damaged, Lang::EN);
            assert!(told["error"].is_string() || told["data"].is_object());
        }
    }
}
