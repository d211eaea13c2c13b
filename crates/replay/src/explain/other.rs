//! Diagnostics, and the ends of calls.

use evscope_words::{Arg, Text, ToArg, all_of, text, word};

use super::cases::LONG_CALLBACK;
use super::phrases::{first_whose, span};
use super::{Said, Scene, say};
use crate::{Change, Value};

pub(super) fn no_step(step: usize, len: usize) -> Said {
    say(text!(no_step, step), text!(no_step_why, len))
}

pub(super) fn error(_: &Scene, call: &str, errno: &str, action: &str) -> Said {
    say(
        text!(error_failed, call, errno),
        match action {
            "" => text!(error_unknown_why),
            action => text!(error_why, action = handled(action)),
        },
    )
}

pub(super) fn program_exit(_: &Scene, status: Option<i32>, signal: Option<&str>) -> Said {
    let what = match (status, signal) {
        (_, Some(signal)) => text!(exit_signal, signal),
        (Some(status), None) => text!(exit_status, status),
        (None, None) => text!(exit),
    };
    let why = match signal {
        Some(_) => {
            text!(exit_signal_why)
        }
        None => text!(exit_why),
    };
    say(what, why)
}

pub(super) fn unknown(s: &Scene, name: &str) -> Said {
    let fields = s
        .record
        .extra
        .keys()
        .map(ToArg::to_arg)
        .reduce(|list, next| text!(unknown_fields, list, next).to_arg());
    say(
        text!(unknown, name),
        match fields {
            None => text!(unknown_why),
            Some(fields) => text!(unknown_fields_why, fields),
        },
    )
    .watch(text!(unknown_watch))
}

pub(super) fn returns(s: &Scene) -> Said {
    say(
        text!(returns, name = s.record.event.name(), after = after(s)),
        changes(s, text!(returns_nothing)),
    )
}

pub(super) fn callback_returns(s: &Scene, callback: &str) -> Said {
    let (whose, after) = (first_whose(callback), after(s));
    let e = say(
        match s.parent() {
            Some(parent) => {
                let parent = parent.event.name();
                text!(callback_returns, whose, callback, parent, after)
            }
            None => text!(callback_returns_program, whose, callback, after),
        },
        changes(s, text!(callback_changed_nothing)),
    );
    match s.took() {
        Some(took) if took >= LONG_CALLBACK => e.watch(text!(callback_long)),
        _ => e,
    }
}

/// How long a call took.
fn after(s: &Scene) -> Option<Text> {
    s.took().map(|took| text!(call_after, span = span(took)))
}

/// What the library did about an error. A trace says it in English; what this version does not know stays
/// as it is.
fn handled(action: &str) -> Arg {
    match action {
        "goes on" => word!(error_goes_on),
        "goes on; the listener's error callback is told, if it has one" => {
            word!(error_goes_on_told)
        }
        "leaves the loop" => word!(error_leaves),
        "tells the event callback" => word!(error_tells),
        "the event is not pending" => word!(error_not_pending),
        "the event is deleted all the same" => word!(error_deleted),
        "there is no listener" => word!(error_no_listener),
        action => return action.to_arg(),
    }
    .to_arg()
}

/// What the call that ends here has changed.
fn changes(s: &Scene, nothing: Text) -> Text {
    let (shown, more) = s.changes_of_call();
    let value = |value: &Value| match value {
        Value::Bool(true) => word!(changed_yes).to_arg(),
        Value::Bool(false) => word!(changed_no).to_arg(),
        value => value.to_string().to_arg(),
    };
    let list = shown.iter().map(|Change { path, from, to }| match to {
        Value::Object(object) if object.to_string() == *path => text!(changed_new, path),
        _ => text!(changed, path, from = value(from), to = value(to)),
    });
    match all_of(list, |list, next| text!(changed_more, list, next)) {
        None => nothing,
        Some(list) if more > 0 => {
            text!(changed_meanwhile, list = text!(changed_others, list, more))
        }
        Some(list) => text!(changed_meanwhile, list),
    }
}
