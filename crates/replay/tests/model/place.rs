//! Where one stands in a function of the walkthrough when not every line in it is known, as in a recorded libevent.

use evscope_replay::place::{place, stands};
use evscope_trace::Level;

use crate::support::trace;

#[test]
fn one_stays_in_the_function_where_a_line_is_not_known() {
    let trace = trace(
        r#"
        > event_base_loop base=1 flags="" caller={"file":"main.c","line":88,"fn":"main"}
          > bufferevent_writecb bev=1 fd=7 what=WRITE src={"file":"sock.c","line":229,"fn":"bufferevent_writecb"}
            . watermark bev=1 side=output mark=low at=0 from=14 to=0 crossed=down
            > event_del event=5 caller={"file":"sock.c","line":316,"fn":"bufferevent_writecb"} src={"file":"event.c","line":2786,"fn":"event_del"}
              . backend_del fd=7 old=WRITE new=""
            < event_del
            . watermark bev=1 side=output mark=low at=0 from=14 to=0 crossed=down
            . event_assign event=4 role=timer fd=-1 events="" callback=x priority=0 src={"file":"event.c","line":2112,"fn":"other"} caller={"file":"event.c","line":3076,"fn":"helper"}
          < bufferevent_writecb
        < event_base_loop
        "#,
    );
    let line = |step| {
        let level = Level::Walkthrough;
        let place = place(&trace, step, level, stands(&trace, step, level)).unwrap();
        (place.line.file.to_string(), place.line.line)
    };
    let at = |number| ("sock.c".to_owned(), number);
    assert_eq!(line(1), at(229), "it is entered");
    assert_eq!(line(2), at(229), "nothing is known yet");
    assert_eq!(
        line(3),
        at(316),
        "what it calls, called from a line of its own"
    );
    assert_eq!(line(6), at(316), "of no known line");
    assert_eq!(
        line(7),
        at(316),
        "by a helper, which was called from a line nobody knows"
    );
    let program = place(&trace, 6, Level::Program, stands(&trace, 6, Level::Program));
    assert_eq!(program.unwrap().line.line, 88, "the program's own");
}
