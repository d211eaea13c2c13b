//! The session: bookmarks, copying, leaving.

use evscope_replay::Lang;

use super::Call;
use crate::message::Effect;
use crate::model::{Count, Following, Model, Overlay};
use crate::prompt::{Kind, Prompt};
use crate::words::words;

type Done = Result<(), String>;

pub(super) fn mark(model: &mut Model, call: Call<'_>) -> Done {
    let step = model.step;
    let note = model.marks.get(&step);
    if call.arg.is_empty() && note.is_some_and(|note| !note.is_empty()) {
        return Err(model
            .say(words(
                "this bookmark has a note; ' lists the bookmarks, d there removes it",
                "这个书签带有注释；按 ' 列出书签，在那里按 d 删除",
            ))
            .to_owned());
    }
    if call.arg.is_empty() && model.marks.remove(&step).is_some() {
        model.notify(match model.lang {
            Lang::En => format!("bookmark at step {step} removed"),
            Lang::Zh => format!("已去掉第 {step} 步的书签"),
        });
    } else {
        model.marks.insert(step, call.arg.to_owned());
        model.notify(match model.lang {
            Lang::En => {
                format!("bookmark at step {step}; ' goes to bookmarks, :note TEXT says why")
            }
            Lang::Zh => format!("已为第 {step} 步加书签；' 转到书签，:note 写注释"),
        });
    }
    save_marks(model);
    Ok(())
}

pub(super) fn note(model: &mut Model, call: Call<'_>) -> Done {
    if call.arg.is_empty() {
        return Err(model
            .say(words(
                "a note needs a text: :note TEXT",
                "注释需要文字：:note TEXT",
            ))
            .to_owned());
    }
    model.marks.insert(model.step, call.arg.to_owned());
    save_marks(model);
    Ok(())
}

fn save_marks(model: &mut Model) {
    let text = crate::marks::write(&model.marks);
    model.effects.push(Effect::SaveMarks(text));
}

pub(super) fn marks(model: &mut Model, _: Call<'_>) -> Done {
    if model.marks.is_empty() {
        return Err(model
            .say(words(
                "there is no bookmark; m sets one",
                "还没有书签；按 m 添加",
            ))
            .to_owned());
    }
    model.overlay = match model.overlay {
        Some(Overlay::Marks(_)) => None,
        // The next one after the cursor is the likely goal.
        _ => Some(Overlay::Marks(
            model
                .marks
                .keys()
                .position(|step| *step > model.step)
                .unwrap_or(0),
        )),
    };
    Ok(())
}

pub(super) fn command(model: &mut Model, _: Call<'_>) -> Done {
    model.prompt = Some(Prompt::new(Kind::Command, ""));
    Ok(())
}

pub(super) fn copy(model: &mut Model, _: Call<'_>) -> Done {
    let Some(record) = model.trace().get(model.step) else {
        return Ok(());
    };
    let text = serde_json::to_string(record).map_err(|error| error.to_string())?;
    model.effects.push(Effect::Copy(text));
    model.notify(match model.lang {
        Lang::En => format!(
            "step {} is on the clipboard as JSON, where the terminal allows it",
            model.step
        ),
        Lang::Zh => format!("第 {} 步已作为 JSON 复制到剪贴板（如终端允许）", model.step),
    });
    Ok(())
}

pub(super) fn export(model: &mut Model, call: Call<'_>) -> Done {
    let (format, out) = call
        .arg
        .split_once(char::is_whitespace)
        .map_or((call.arg, None), |(format, out)| {
            (format, Some(out.trim().to_owned()))
        });
    if format.is_empty() {
        return Err(model
            .say(words(
                "say the format, and a file if you like: :export svg FILE",
                "请写明格式，也可写文件名：:export svg FILE",
            ))
            .to_owned());
    }
    model.effects.push(Effect::Export {
        format: format.to_owned(),
        out,
    });
    Ok(())
}

pub(super) fn follow(model: &mut Model, _: Call<'_>) -> Done {
    model.following = match model.following {
        Following::Not => {
            return Err(model
                .say(words(
                    "this trace does not grow; evscope play --follow opens one that does",
                    "此跟踪不会增长；用 evscope play --follow 打开会增长的跟踪",
                ))
                .to_owned());
        }
        Following::Live => Following::Paused,
        Following::Paused => {
            if let Some(last) = model.shown.rows().last() {
                let step = last.step();
                model.move_to(step);
            }
            Following::Live
        }
    };
    Ok(())
}

/// Lets the program go on, or holds it.
pub(super) fn hold(model: &mut Model, _: Call<'_>) -> Done {
    model
        .hold_or_let_run()
        .map_err(|why| model.say(why).to_owned())
}

pub(super) fn redraw(model: &mut Model, _: Call<'_>) -> Done {
    model.effects.push(Effect::Redraw);
    Ok(())
}

pub(super) fn suspend(model: &mut Model, _: Call<'_>) -> Done {
    model.effects.push(Effect::Suspend);
    Ok(())
}

/// Leaves the innermost mode there is.
pub(super) fn cancel(model: &mut Model, _: Call<'_>) -> Done {
    if model.overlay.take().is_some() {
        return Ok(());
    }
    if model.count != Count::None {
        model.count = Count::None;
    } else if model.job.take().is_some() {
        cancelled(model);
    } else if model.hold_here() || model.autoplay.take().is_some() {
    } else if model.looks.wanted.zoom {
        model.looks.wanted.zoom = false;
    } else if model.looks.wanted.why {
        model.looks.wanted.why = false;
        model.looks.wanted.focus = crate::layout::Pane::Steps;
    } else if model.search.take().is_some() {
    } else if model.looks.wanted.focus != crate::layout::Pane::Steps {
        model.looks.wanted.focus = crate::layout::Pane::Steps;
    }
    Ok(())
}

/// A filter or a search that was not looked through to the end is no filter and no search.
fn cancelled(model: &mut Model) {
    if model.filter_is_pending() {
        model.set_filter(None);
    }
    if model.search.is_some() && !model.search_is_done() {
        model.search = None;
    }
    model.job = None;
    model.notify(model.say(words("cancelled", "已取消")));
}

pub(super) fn quit(model: &mut Model, _: Call<'_>) -> Done {
    model.effects.push(Effect::Quit);
    Ok(())
}
