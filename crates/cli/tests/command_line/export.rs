//! `evscope export`.

use evscope_export::Format;
use serde_json::Value;

use crate::support::{Folder, SMALL};

#[test]
fn every_format_goes_to_the_standard_output_and_to_a_file() {
    let folder = Folder::new();
    for format in Format::ALL {
        let text = folder
            .run(&format!("export small.jsonl --to {format}"))
            .fine();
        assert!(!text.is_empty());
        let dash = folder
            .run(&format!("export small.jsonl --to {format} -o -"))
            .fine();
        assert_eq!(dash, text);
        let quiet = folder
            .run(&format!("export small.jsonl --to {format} -o out.{format}"))
            .fine();
        assert_eq!(quiet, "");
        assert_eq!(folder.read(&format!("out.{format}")), text);
    }
}

#[test]
fn the_name_of_the_file_chooses_the_packing() {
    let folder = Folder::new();
    let plain = folder.run("export small.jsonl --to jsonl").fine();
    for (ending, magic) in [
        ("gz", &[0x1f, 0x8b][..]),
        ("zst", &[0x28, 0xb5, 0x2f, 0xfd][..]),
    ] {
        folder
            .run(&format!(
                "export small.jsonl --to jsonl -o out.jsonl.{ending}"
            ))
            .fine();
        let bytes = std::fs::read(folder.path().join(format!("out.jsonl.{ending}"))).unwrap();
        assert!(bytes.starts_with(magic), "{ending}");
        assert_eq!(
            folder
                .run(&format!("export out.jsonl.{ending} --to jsonl"))
                .fine(),
            plain
        );
    }
}

#[test]
fn a_trace_can_be_rewritten_in_its_own_place() {
    let folder = Folder::new();
    let expected = folder.run("export small.jsonl --to jsonl").fine();
    folder
        .run("export small.jsonl --to jsonl -o small.jsonl")
        .fine();
    assert_eq!(folder.read("small.jsonl"), expected);
    assert_ne!(
        expected, SMALL,
        "blank lines went, source texts moved to the top"
    );
}

#[test]
fn a_level_leaves_out_what_is_deeper() {
    let folder = Folder::new();
    let text = folder.run("export small.jsonl --to jsonl --level 1").fine();
    assert!(text.contains("\"writecb\""));
    assert!(!text.contains("\"bufferevent_writecb\""));
    folder.write("part.jsonl", &text);
    folder.run("stats part.jsonl").fine();
}

#[test]
fn a_range_of_steps_is_all_there_is() {
    let folder = Folder::new();
    let text = folder
        .run("export small.jsonl --to csv --steps 10-13")
        .fine();
    let steps: Vec<&str> = text
        .lines()
        .skip(1)
        .filter_map(|row| row.split(',').next())
        .collect();
    // The end of the call that begins at step 13 comes along.
    assert_eq!(steps, ["10", "11", "12", "13", "19"]);
    assert_eq!(
        folder
            .run("export small.jsonl --to csv --steps -99")
            .refused(),
        "evscope: small.jsonl: no step 99; its steps are 0 to 21\n"
    );
}

#[test]
fn what_is_too_long_for_a_picture_leaves_the_file_that_was_there() {
    let folder = Folder::new();
    let header = SMALL.lines().next().unwrap();
    let record = |seq: usize| {
        format!(
            "\n{{\"seq\":{seq},\"t\":1,\"thread\":1,\"depth\":0,\"ph\":\"point\",\"ev\":\"event_free\",\"base\":1}}"
        )
    };
    let long: String = (0..400).map(record).collect();
    folder.write("long.jsonl", &(header.to_owned() + &long));
    folder.write("out.svg", "mine <!-- evscope -->");
    let refused = folder
        .run("export long.jsonl --to svg -o out.svg")
        .refused();
    assert!(
        refused.contains("400 steps are too many for svg") && refused.contains("--steps"),
        "{refused}"
    );
    assert!(folder.read("out.svg").starts_with("mine"));
    folder
        .run("export long.jsonl --to svg -o out.svg --steps 100-200")
        .fine();
}

#[test]
fn the_replay_is_a_recording_for_a_player() {
    let folder = Folder::new();
    let cast = |more: &str| {
        folder
            .run(&format!("export hello-world --to cast {more}"))
            .fine()
    };
    let text = cast("--steps 53-78");
    let mut lines = text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    let header = lines.next().unwrap();
    assert_eq!(header["version"], 2);
    assert_eq!(header["width"], 120);
    let pieces: Vec<Value> = lines.collect();
    let listed = folder
        .run("print hello-world --level 2 --from 53 --to 78")
        .fine();
    // One for each step that the screen lists, and the end.
    assert_eq!(pieces.len(), listed.lines().count() + 1);
    // A character of two cells is drawn by itself.
    assert!(cast("--steps 53-78 --lang zh").contains("骤"));
    // Its own file is written over, and somebody else's is not.
    folder.write("mine.cast", "{\"version\":2,\"title\":\"mine\"}\n");
    let refused = folder.run("export hello-world --to cast -o mine.cast");
    assert!(refused.refused().contains("mine.cast"));
    for _ in 0..2 {
        assert_eq!(cast("--steps 53-78 -o ours.cast"), "");
    }
    assert_eq!(folder.read("ours.cast"), text);
}

#[test]
fn a_filter_leaves_a_trace_of_what_it_matches() {
    let folder = Folder::new();
    let text = folder
        .run("export small.jsonl --to jsonl --filter ev=writecb")
        .fine();
    folder.write("part.jsonl", &text);
    let steps = folder.run("print part.jsonl").fine();
    assert_eq!(steps.lines().count(), 1, "{steps}");
    assert!(
        steps.starts_with("  0  ") && steps.contains("conn_writecb"),
        "{steps}"
    );
    assert!(text.contains("fn conn_writecb"), "its source comes along");
}

#[test]
fn a_place_that_cannot_be_written_is_named() {
    let folder = Folder::new();
    assert_eq!(
        folder
            .run("export small.jsonl --to json -o no/such/folder.json")
            .refused(),
        "evscope: no/such/folder.json: there is no folder no/such; make it, or give another name\n"
    );
}

#[test]
fn a_full_disk_is_an_error() {
    let folder = Folder::new();
    let full = std::path::Path::new("/dev/full");
    if full.exists() {
        assert_eq!(
            folder
                .run("export small.jsonl --to json -o /dev/full")
                .refused(),
            "evscope: /dev/full: No space left on device (os error 28)\n"
        );
    }
}

#[test]
fn a_page_has_notes_and_a_lesson_and_slides_are_made_of_them() {
    let folder = Folder::new();
    std::fs::write(folder.path().join("n.marks"), "67 Who called this?\n").unwrap();
    let page = folder
        .run("export hello-world --to html --notes n.marks --lesson writecb")
        .fine();
    assert!(page.contains("[67,\"Who called this?\"]"));
    assert!(page.contains("delete `ev_write`") && !page.contains("the classic busy loop"));
    let slides = folder
        .run("export hello-world --to html --slides --lesson writecb -o s.html")
        .fine();
    assert_eq!(slides, "");
    assert!(folder.read("s.html").contains("the classic busy loop"));
    // They are evscope's own, to be written over.
    folder
        .run("export hello-world --to html --slides -o s.html")
        .fine();
    for (args, wrong) in [
        ("hello-world --to svg --slides", "go with --to html"),
        ("echo --to html --lesson writecb", "writecb.toml:"),
        ("echo --to html --lesson nothing", "nothing"),
        (
            "echo --to html --notes small.jsonl",
            "small.jsonl has no notes",
        ),
        ("echo --to html --notes nowhere", "nowhere: "),
    ] {
        let said = folder.run(&format!("export {args}")).refused();
        assert!(said.contains(wrong), "{said}");
    }
}
