//! The lanes, and one connection among several.

use super::{HELLO_WORLD, User};
use crate::look::text;

/// The hello-world as if what happens from the loop's first callback on belonged to a second connection.
fn two_connections() -> String {
    let mut lines: Vec<String> = HELLO_WORLD.lines().map(str::to_owned).collect();
    for line in &mut lines {
        let step = line
            .strip_prefix("{\"seq\":")
            .and_then(|rest| rest.split(',').next()?.parse::<usize>().ok());
        if step.is_some_and(|step| step >= 56) {
            *line = line.replace("\"bev\":1", "\"bev\":2");
        }
    }
    lines.join("\n") + "\n"
}

/// At which column of the screen a text stands in the line that has another one too.
fn column(screen: &str, line: &str, text: &str) -> Option<usize> {
    let line = screen.lines().find(|other| other.contains(line))?;
    Some(text::width(line.split_once(text)?.0))
}

#[test]
fn connections_have_lanes_of_their_own_where_there_is_room() {
    let trace = two_connections();
    let lanes = |width| {
        User::with(&trace, |begin| begin.size = (width, 40))
            .press(":67<enter>vz")
            .screen()
    };
    let all = lanes(160);
    let place = |text| column(&all, "K kernel", text).unwrap();
    assert!(place("B bev1") < place("P bev1") && place("P bev1") < place("B bev2"));
    assert_eq!(
        column(&all, "● conn_writecb", "● conn_writecb"),
        Some(place("P bev2"))
    );
    assert_eq!(
        column(&all, " 44 ", "●◀ bufferevent_write "),
        Some(place("B bev1"))
    );
    assert_eq!(
        column(&all, " 87 ", "● signal_cb"),
        Some(place("P your code"))
    );
    let some = lanes(110);
    assert!(
        some.contains("B bev2") && !some.contains("P bev2"),
        "{some}"
    );
    let none = lanes(80);
    assert!(
        none.contains("B bufferevent") && !none.contains("B bev2"),
        "{none}"
    );
    assert!(none.contains("● watermark bev2"), "{none}");
}

#[test]
fn one_connection_needs_no_lane_of_its_own() {
    let screen = User::at(200, 40).press(":67<enter>vz").screen();
    assert!(!screen.contains("B bev1"), "{screen}");
}

#[test]
fn labels_stand_clear_of_the_lanes() {
    let screen = User::at(120, 40).press(":67<enter>v").screen();
    for label in ["accept listener1 ", "◀ poll ", "poll → 1 ready "] {
        assert!(screen.contains(label), "`{label}`:\n{screen}");
    }
}

#[test]
fn one_connection_is_listed_alone_and_all_again() {
    let mut user = User::of(&two_connections());
    let all = user.model.rows().len();
    user.press("V");
    assert!(
        user.complaint()
            .starts_with("this step belongs to no connection")
    );
    user.press(":44<enter>V");
    let text = |user: &User| {
        user.model
            .filter
            .as_ref()
            .map(|filter| filter.query.text().to_owned())
    };
    assert_eq!(text(&user).as_deref(), Some("bev=1"));
    assert!(user.model.rows().len() < all);
    assert_eq!(user.press("G").press("V").model.rows().len(), all);
    // Inside a call of the connection its steps are meant, whatever else they are about.
    user.press("3:60<enter>V");
    assert_eq!(text(&user).as_deref(), Some("bev=2"));
}
