//! What is said of each event.

use evscope_trace::{ActiveWhy, BufferEnd, ConnectProgress, Event, Nanos, Record};

use super::line::Line;
use super::phrases::{
    buffer_change, flags_change, io_result, length_change, listener_new, nothing_more, peek, poll,
    poll_errno, reasons, watermark,
};
use super::units::{bytes, span};
use crate::ObjectId;

/// An exit, with the result it tells, if any.
pub(super) fn of_exit(line: &mut Line<'_>, event: &Event) {
    match event {
        Event::Poll {
            errno: Some(errno), ..
        } => poll_errno(line, errno),
        Event::Poll {
            ready: Some(ready), ..
        } => line.text("→").value(format!("{ready} ready")),
        Event::EventBaseLoop {
            ended: Some(ended), ..
        } => line.base().text("ended:").value(ended.clone()),
        _ => line.text("returned"),
    };
}

/// Any other record.
pub(super) fn of_begin(line: &mut Line<'_>, record: &Record) {
    match &record.event {
        Event::EventBaseNew {
            backend,
            priorities,
        } => {
            line.base().value(backend.clone());
            if *priorities > 1 {
                line.sign(",").value(format!("{priorities} priorities"));
            }
        }
        Event::EventBaseLoop { flags, .. } => {
            line.base().value(flags.to_string());
        }
        Event::Poll {
            timeout,
            ready,
            errno,
        } => poll(line, *timeout, *ready, errno.as_ref()),
        Event::EventBaseLoopexit { timeout } => {
            line.base();
            match timeout {
                Some(timeout) => line.text("after").value(span(*timeout)),
                None => line.text("after this turn"),
            };
        }
        Event::EventBaseLoopbreak {} => {
            line.base().text("after this callback");
        }
        Event::EventBaseLoopcontinue {} => {
            line.base().text("with a new turn");
        }
        Event::EventBaseFree {} => {
            line.base();
        }

        Event::EventAssign {
            events,
            callback,
            priority,
        } => {
            line.event().fd().value(events.to_string());
            if *priority > 0 {
                line.text("priority").value(priority.to_string());
            }
            line.text("→").callback(callback);
        }
        Event::EventAdd { timeout } => {
            line.event().fd();
            if let Some(timeout) = timeout {
                line.sign(",").text("timeout").value(span(*timeout));
            }
        }
        Event::EventDel {} => {
            line.event().fd();
        }
        Event::EventActive { what, why } => {
            line.event().fd().value(what.to_string());
            line.text(match why {
                ActiveWhy::Io => "(ready)",
                ActiveWhy::Timeout => "(timeout)",
                ActiveWhy::Signal => "(signal)",
                ActiveWhy::Manual => "(by hand)",
                ActiveWhy::Deferred => "(deferred callbacks)",
                ActiveWhy::Finalize => "(to be taken apart)",
            });
        }
        Event::EventCallback { callback, what } => {
            line.own_callback(callback)
                .event()
                .fd()
                .value(what.to_string());
        }
        Event::EventOnceCb {} | Event::EvsigCb {} | Event::EventFree {} => {
            line.event().fd();
        }
        Event::EventPrioritySet { priority } => {
            line.event().text("priority").value(priority.to_string());
        }
        Event::BackendAdd { old, new } | Event::BackendDel { old, new } => {
            line.fd();
            flags_change(line, *old, *new);
        }

        Event::EvconnlistenerNew {
            addr,
            callback,
            options,
            ..
        } => listener_new(line, addr.as_ref(), callback.as_ref(), *options),
        Event::EvconnlistenerEnable {}
        | Event::EvconnlistenerDisable {}
        | Event::ListenerReadCb {}
        | Event::EvconnlistenerFree {} => {
            line.listener().fd();
        }
        Event::Accept { peer, errno } => {
            line.listener();
            match (errno, peer) {
                (Some(errno), _) => nothing_more(line, errno),
                (None, Some(peer)) => drop(line.text("→").fd().text("from").value(peer.clone())),
                (None, None) => drop(line.text("→").fd()),
            }
        }
        Event::ListenerCb { callback } | Event::ListenerErrorcb { callback } => {
            line.own_callback(callback).listener().fd();
        }

        Event::EvbufferNew {} | Event::EvbufferFree {} => {
            line.buf();
        }
        Event::EvbufferAdd {
            len,
            before,
            after,
            data,
        }
        | Event::EvbufferPrepend {
            len,
            before,
            after,
            data,
        }
        | Event::EvbufferRemove {
            len,
            before,
            after,
            data,
        } => buffer_change(line, *len, *before, *after, data.as_ref()),
        Event::EvbufferDrain { len, before, after } => {
            buffer_change(line, *len, *before, *after, None);
        }
        Event::EvbufferMove {
            from,
            len,
            before,
            after,
            from_after,
        } => {
            line.buf().value(bytes(*len)).sign(":");
            length_change(line, *before, *after);
            line.sign(",").text("from").buffer(*from);
            line.text("(now").value(from_after.to_string()).sign(")");
        }
        Event::EvbufferPeek {
            offset,
            asked,
            pieces,
            bytes,
        } => peek(line, *offset, *asked, *pieces, *bytes),
        Event::EvbufferFreeze { end } | Event::EvbufferUnfreeze { end } => {
            line.buf().value(match end {
                BufferEnd::Start => "start",
                BufferEnd::End => "end",
            });
        }
        Event::EvbufferRead {
            result,
            errno,
            before,
            after,
            data,
            ..
        } => {
            line.buf().text("←").fd().sign(":");
            io_result(line, *result, errno.as_ref(), "end of file");
            if *result > 0 {
                line.sign(",");
                length_change(line, *before, *after);
                line.data(data.as_ref());
            }
        }
        Event::EvbufferWrite {
            asked,
            result,
            errno,
            before,
            after,
            data,
        } => {
            line.buf().text("→").fd().sign(":");
            io_result(line, *result, errno.as_ref(), "nothing written");
            if u64::try_from(*result).is_ok_and(|result| result > 0 && result < *asked) {
                line.text("of").value(asked.to_string());
            }
            if *result > 0 {
                line.sign(",");
                length_change(line, *before, *after);
                line.data(data.as_ref());
            }
        }
        Event::EvbufferCb {
            callback,
            before,
            added,
            deleted,
        } => {
            line.own_callback(callback).buf().text("was");
            line.value(before.to_string());
            if *added > 0 {
                line.value(format!("+{added}"));
            }
            if *deleted > 0 {
                line.value(format!("−{deleted}"));
            }
        }

        Event::BuffereventSocketNew {
            options,
            input,
            output,
            ev_read,
            ev_write,
            tls,
        } => {
            line.bev().fd().value(options.to_string());
            if let Some(state) = tls {
                line.text("TLS").value(state.to_string());
            }
            line.sign(",").text("input").other(ObjectId::Buf(*input));
            line.sign(",").text("output").other(ObjectId::Buf(*output));
            line.sign(",")
                .text("ev_read")
                .other(ObjectId::Event(*ev_read));
            line.sign(",")
                .text("ev_write")
                .other(ObjectId::Event(*ev_write));
        }
        Event::BuffereventPairNew {
            options,
            input,
            output,
            partner,
        } => {
            line.bev().text("with").other(ObjectId::Bev(*partner));
            line.value(options.to_string());
            line.sign(",").text("input").other(ObjectId::Buf(*input));
            line.sign(",").text("output").other(ObjectId::Buf(*output));
        }
        Event::BuffereventFilterNew {
            options,
            input,
            output,
            underlying,
            tls,
        } => {
            line.bev().text("above").other(ObjectId::Bev(*underlying));
            line.value(options.to_string());
            if let Some(state) = tls {
                line.text("TLS").value(state.to_string());
            }
            line.sign(",").text("input").other(ObjectId::Buf(*input));
            line.sign(",").text("output").other(ObjectId::Buf(*output));
        }
        Event::BuffereventSetcb {
            readcb,
            writecb,
            eventcb,
        } => {
            line.bev();
            let callbacks = [("read", readcb), ("write", writecb), ("event", eventcb)];
            let mut set = callbacks
                .iter()
                .filter_map(|(side, callback)| Some((side, callback.as_ref()?)))
                .peekable();
            if set.peek().is_none() {
                line.text("none");
            }
            while let Some((side, callback)) = set.next() {
                line.text(*side).callback(callback);
                if set.peek().is_some() {
                    line.sign(",");
                }
            }
        }
        Event::BuffereventEnable { events }
        | Event::BuffereventDisable { events }
        | Event::BeSocketEnable { events }
        | Event::BeSocketDisable { events }
        | Event::BuffereventTrigger { events } => {
            line.bev().value(events.to_string());
        }
        Event::BuffereventSetwatermark { events, low, high } => {
            line.bev().value(events.to_string());
            line.text("low").value(low.to_string());
            line.sign(",").text("high");
            match high {
                0 => line.value("none"),
                high => line.value(high.to_string()),
            };
        }
        Event::BuffereventSetTimeouts { read, write } => {
            let timeout = |timeout: &Option<Nanos>| timeout.map_or("none".to_owned(), span);
            line.bev().text("read").value(timeout(read));
            line.sign(",").text("write").value(timeout(write));
        }
        Event::BuffereventWrite { len } => {
            line.bev().value(bytes(*len));
        }
        Event::BuffereventRead { asked } => {
            line.bev().text("at most").value(bytes(*asked));
        }
        Event::BuffereventSocketConnect { addr } => {
            line.bev();
            if let Some(addr) = addr {
                line.text("to").value(addr.clone());
            }
        }
        Event::Connect { progress, errno } => {
            line.bev().fd();
            match progress {
                ConnectProgress::Started => line.value("started"),
                ConnectProgress::Connected => line.value("connected"),
                ConnectProgress::Failed => {
                    line.text("failed").error(errno.as_deref().unwrap_or(""))
                }
            };
        }
        Event::BuffereventSetfd {} => {
            line.bev().fd();
        }
        Event::BuffereventPrioritySet { priority } => {
            line.bev().text("priority").value(priority.to_string());
        }
        Event::BuffereventReadcb { what } | Event::BuffereventWritecb { what } => {
            line.bev().fd().value(what.to_string());
        }
        Event::Readcb { callback } | Event::Writecb { callback } => {
            line.own_callback(callback).bev();
        }
        Event::Eventcb {
            callback,
            what,
            errno,
        } => {
            line.own_callback(callback).bev().value(what.to_string());
            if let Some(errno) = errno {
                line.error(errno);
            }
        }
        Event::Watermark {
            side,
            mark,
            at,
            from,
            to,
            crossed,
        } => watermark(line, *side, *mark, *at, (*from, *to), *crossed),
        Event::SuspendRead { reason, now } | Event::SuspendWrite { reason, now } => {
            reasons(line, *reason, *now, "also");
        }
        Event::UnsuspendRead { reason, now } | Event::UnsuspendWrite { reason, now } => {
            reasons(line, *reason, *now, "still");
        }
        Event::DeferredCb {
            readcb,
            writecb,
            events,
        } => {
            line.bev();
            for (waits, name) in [(*readcb, "readcb"), (*writecb, "writecb")] {
                if waits {
                    line.value(name);
                }
            }
            if !events.is_empty() {
                line.value("eventcb").value(events.to_string());
            }
        }
        Event::Ratelimit { side, change, left } => {
            line.bev().value(side.to_string());
            line.value(format!("{change:+}")).sign(",");
            line.value(left.to_string()).text("left");
        }
        Event::BuffereventFlush { events, mode } => {
            line.bev().value(events.to_string()).value(mode.clone());
        }
        Event::BuffereventFree {} => {
            line.bev().fd();
        }
        Event::BuffereventFinalize { closed, unsent } => {
            line.bev();
            if *closed {
                line.fd().text("closed");
            }
            if *unsent > 0 {
                line.sign(",").error(&format!("{} unsent", bytes(*unsent)));
            }
        }

        Event::Error {
            call,
            errno,
            action,
        } => {
            line.value(call.clone()).sign(":").error(errno);
            if !action.is_empty() {
                line.sign(",").text(action.clone());
            }
        }
        Event::Lost { count } => {
            line.error(&match count {
                1 => "1 record".to_owned(),
                count => format!("{count} records"),
            });
        }
        Event::ProgramExit { status, signal } => match (signal, status) {
            (Some(signal), _) => {
                line.error(signal);
            }
            (None, Some(status)) => {
                line.text("status").value(status.to_string());
            }
            (None, None) => {}
        },
        Event::Unknown { .. } => {
            for object in ObjectId::all_of(&record.objects) {
                line.other(object);
            }
            for (name, value) in &record.extra {
                line.text(format!("{name}:")).value(value.to_string());
            }
        }
    }
}
