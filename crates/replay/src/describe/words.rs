//! What is said of each event.

use evscope_trace::{ActiveWhy, ConnectProgress, Event, Nanos, Record};

use super::line::Line;
use super::phrases::{
    buffer_change, flags_change, io_result, length_change, listener_new, nothing_more, peek, plain,
    poll, poll_errno, reasons, watermark,
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
        } => line.text("→").count(*ready, "ready"),
        Event::EventBaseLoop {
            ended: Some(ended), ..
        } => line.base().text("ended:").value(ended),
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
            line.base().value(backend);
            if *priorities > 1 {
                line.sign(",")
                    .number(format_args!("{priorities} priorities"));
            }
        }
        Event::EventBaseLoop { flags, .. } => {
            line.base().flags(*flags);
        }
        Event::Poll {
            timeout,
            ready,
            errno,
        } => poll(line, *timeout, *ready, errno.as_ref()),
        Event::EventBaseLoopexit { timeout } => {
            line.base();
            match timeout {
                Some(timeout) => line.text("after").number(span(*timeout)),
                None => line.text("after this turn"),
            };
        }
        Event::EventBaseLoopbreak {} => {
            line.base().text("after this callback");
        }
        Event::EventBaseLoopcontinue {} => {
            line.base().text("with a new turn");
        }

        Event::EventAssign {
            events,
            callback,
            priority,
        } => {
            line.event().fd().flags(*events);
            if *priority > 0 {
                line.text("priority").number(priority);
            }
            line.text("→").callback(callback);
        }
        Event::EventAdd { timeout } => {
            line.event().fd();
            if let Some(timeout) = timeout {
                line.sign(",").text("timeout").number(span(*timeout));
            }
        }
        Event::EventActive { what, why } => {
            line.event().fd().flags(*what);
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
            line.own_callback(callback).event().fd().flags(*what);
        }
        Event::EventPrioritySet { priority } => {
            line.event().text("priority").number(priority);
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
        Event::Accept { peer, errno } => {
            line.listener();
            match (errno, peer) {
                (Some(errno), _) => nothing_more(line, errno),
                (None, Some(peer)) => drop(line.text("→").fd().text("from").value(peer)),
                (None, None) => drop(line.text("→").fd()),
            }
        }
        Event::ListenerCb { callback } | Event::ListenerErrorcb { callback } => {
            line.own_callback(callback).listener().fd();
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
            line.buf().bytes(*len).sign(":");
            length_change(line, *before, *after);
            line.sign(",").text("from").buffer(*from);
            line.text("(now").number(from_after).sign(")");
        }
        Event::EvbufferPeek {
            offset,
            asked,
            pieces,
            bytes,
        } => peek(line, *offset, *asked, *pieces, *bytes),
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
                line.text("of").number(asked);
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
            line.number(before);
            if *added > 0 {
                line.number(format_args!("+{added}"));
            }
            if *deleted > 0 {
                line.number(format_args!("−{deleted}"));
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
            line.bev().fd().flags(*options);
            if let Some(state) = tls {
                line.text("TLS").value(state);
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
            line.flags(*options);
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
            line.flags(*options);
            if let Some(state) = tls {
                line.text("TLS").value(state);
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
                line.text(side).callback(callback);
                if set.peek().is_some() {
                    line.sign(",");
                }
            }
        }
        Event::BuffereventSetwatermark { events, low, high } => {
            line.bev().flags(*events);
            line.text("low").number(low);
            line.sign(",").text("high");
            match high {
                0 => line.value("none"),
                high => line.number(high),
            };
        }
        Event::BuffereventSetTimeouts { read, write } => {
            let timeout = |timeout: &Option<Nanos>| timeout.map_or("none".to_owned(), span);
            line.bev().text("read").number(timeout(read));
            line.sign(",").text("write").number(timeout(write));
        }
        Event::BuffereventWrite { len } => {
            line.bev().bytes(*len);
        }
        Event::BuffereventRead { asked } => {
            line.bev().text("at most").bytes(*asked);
        }
        Event::BuffereventSocketConnect { addr } => {
            line.bev();
            if let Some(addr) = addr {
                line.text("to").value(addr);
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
        Event::BuffereventReadcb { what } | Event::BuffereventWritecb { what } => {
            line.bev().fd().flags(*what);
        }
        Event::Readcb { callback } | Event::Writecb { callback } => {
            line.own_callback(callback).bev();
        }
        Event::Eventcb {
            callback,
            what,
            errno,
        } => {
            line.own_callback(callback).bev().flags(*what);
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
                line.value("eventcb").flags(*events);
            }
        }
        Event::Ratelimit { side, change, left } => {
            line.bev().number(side);
            line.number(format_args!("{change:+}")).sign(",");
            line.number(left).text("left");
        }
        Event::BuffereventFlush { events, mode } => {
            line.bev().flags(*events).value(mode);
        }
        Event::BuffereventSetfd {} | Event::BuffereventFree {} => {
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
            line.value(call).sign(":").error(errno);
            if !action.is_empty() {
                line.sign(",").said(action);
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
                line.text("status").number(status);
            }
            (None, None) => {}
        },
        Event::Unknown { .. } => {
            for object in ObjectId::all_of(&record.objects) {
                line.other(object);
            }
            for (name, value) in &record.extra {
                line.said(&format!("{name}:")).value(&value.to_string());
            }
        }

        event => plain(line, event),
    }
}
