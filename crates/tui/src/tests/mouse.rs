//! The mouse, and windows of all sizes.

use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};

use super::User;
use crate::model::message::Message;
use crate::model::pane::Pane;

fn mouse(kind: MouseEventKind, column: u16, row: u16) -> Message {
    Message::Mouse(MouseEvent {
        kind,
        column,
        row,
        modifiers: KeyModifiers::NONE,
    })
}

pub(super) fn click(column: u16, row: u16) -> Message {
    mouse(MouseEventKind::Down(MouseButton::Left), column, row)
}

#[test]
fn a_click_goes_to_a_step() {
    let mut user = User::new();
    user.tell(click(10, 4));
    assert_eq!(user.step(), 4);
    let first = user.press("G").model.looks.top;
    user.tell(click(10, 1));
    assert_eq!(user.step(), user.model.rows().get(first).unwrap().step());
}

#[test]
fn a_click_takes_the_focus() {
    let mut user = User::new();
    for pane in [Pane::SOURCE, Pane("state"), Pane("explain")] {
        let area = user.model.layout().unwrap().area(pane).unwrap();
        user.tell(click(area.x + 2, area.y + 1));
        assert_eq!(user.model.looks.wanted.focus, pane);
    }
}

#[test]
fn a_click_on_the_timeline_goes_to_its_mark() {
    let mut user = User::new();
    let area = user.model.layout().unwrap().area(Pane("timeline")).unwrap();
    let column = user.model.timeline.column(user.model.trace(), 67).unwrap() as u16;
    user.tell(click(area.x + column, area.y + 1));
    assert_eq!(user.step(), 67);
    user.tell(mouse(
        MouseEventKind::Drag(MouseButton::Left),
        0,
        area.y + 1,
    ));
    assert_eq!(user.step(), 0);
    user.tell(click(area.right() - 1, area.y + 1));
    assert!(user.step() >= 108, "{}", user.step());
}

#[test]
fn a_click_on_a_cause_goes_there() {
    let mut user = User::new();
    user.press(":67<enter>w");
    let cause = user.model.here.causes[1].step;
    let area = user.model.layout().unwrap().area(Pane::WHY).unwrap();
    let line = user
        .screen()
        .lines()
        .position(|line| {
            line.contains(&format!("← {cause} ")) || line.contains(&format!("+ {cause} "))
        })
        .unwrap();
    user.tell(click(area.x + 4, line as u16));
    assert_eq!(user.step(), cause);
}

#[test]
fn a_click_on_a_lane_goes_to_its_step() {
    let mut user = User::at(200, 60);
    let area = user.model.layout().unwrap().area(Pane::LANES).unwrap();
    user.tell(click(area.x + 5, area.y + 4));
    assert_eq!(user.step(), user.model.rows().get(2).unwrap().step());
    assert_eq!(user.model.looks.wanted.focus, Pane::LANES);
}

#[test]
fn the_wheel_scrolls_what_is_under_it() {
    let mut user = User::new();
    user.tell(mouse(MouseEventKind::ScrollDown, 5, 5));
    assert_eq!(user.step(), 4);
    user.tell(mouse(MouseEventKind::ScrollUp, 5, 5));
    assert_eq!(user.step(), 0);
    let area = user.model.layout().unwrap().area(Pane::SOURCE).unwrap();
    user.tell(mouse(MouseEventKind::ScrollDown, area.x + 1, area.y + 2));
    assert_eq!((user.step(), user.model.scroll_of(Pane::SOURCE)), (0, 3));
}

#[test]
fn a_click_closes_what_stands_over_the_panes() {
    let mut user = User::new();
    user.press("?").tell(click(3, 3));
    assert_eq!((user.model.overlay, user.step()), (None, 0));
}

#[test]
fn a_window_of_any_size_is_drawn() {
    let mut user = User::new();
    user.press(":67<enter>w");
    for width in (0..210).step_by(13) {
        for height in (0..70).step_by(5) {
            user.tell(Message::Size(width, height));
            user.screen();
        }
    }
    user.tell(Message::Size(50, 12));
    assert!(
        user.screen()
            .contains("evscope needs 60 columns and 15 rows;")
    );
    assert!(user.screen().contains("this window has 50 and 12."));
    user.tell(Message::Size(120, 40));
    assert_eq!(user.step(), 67);
}
