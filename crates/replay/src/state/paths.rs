//! Parts of the state by name, for queries and watchpoints.

use evscope_trace::{FieldKind, ThreadId};

use super::diff::{list, stack_value};
use super::objects::Object;
use super::value::ToValue;
use super::{State, Value, Watched};
use crate::ObjectId;

impl State {
    /// The value at a path; none when there is no such path or no such object (yet).
    ///
    /// A path is an object and a field of it: `bev1.enabled`, `event3.pending`, `buf2.len`,
    /// `listener1.accepted`, `base1.polls`. Where a field is another object the path may go on into it:
    /// `bev1.output.len`, `bev1.ev_write.pending`, `event3.bev.fd`. An object alone is itself.
    /// `freed` is whether an object was freed. Besides: `fd8` and `base1.fd8` (what the kernel watches
    /// for on an fd), `thread1.stack`, `thread1.depth`, `active`, `lost`.
    pub fn value(&self, path: &str) -> Option<Value> {
        let (head, rest) = match path.split_once('.') {
            Some((head, rest)) => (head, Some(rest)),
            None => (path, None),
        };
        if let Ok(object) = head.parse::<ObjectId>() {
            return self.object_value(object, rest);
        }
        if let Some(thread) = head.strip_prefix("thread") {
            let stack = self.stacks.get(&ThreadId(thread.parse().ok()?))?;
            return match rest? {
                "stack" => Some(stack_value(stack)),
                "depth" => Some(stack.len().to_value()),
                _ => None,
            };
        }
        match (head, rest) {
            ("active", None) => Some(list(&self.active)),
            ("lost", None) => Some(self.lost.to_value()),
            _ => None,
        }
    }

    /// The names of the fields that objects of this kind have, for completion and help.
    pub fn fields_of(object: ObjectId) -> &'static [&'static str] {
        match object {
            ObjectId::Base(_) => super::BaseState::FIELDS,
            ObjectId::Event(_) => super::EventState::FIELDS,
            ObjectId::Bev(_) => super::BevState::FIELDS,
            ObjectId::Buf(_) => super::BufState::FIELDS,
            ObjectId::Listener(_) => super::ListenerState::FIELDS,
            ObjectId::Fd(_) => &[],
        }
    }

    /// The kinds of the values of these fields, in the same order.
    pub(crate) fn kinds_of(object: ObjectId) -> &'static [FieldKind] {
        match object {
            ObjectId::Base(_) => super::BaseState::KINDS,
            ObjectId::Event(_) => super::EventState::KINDS,
            ObjectId::Bev(_) => super::BevState::KINDS,
            ObjectId::Buf(_) => super::BufState::KINDS,
            ObjectId::Listener(_) => super::ListenerState::KINDS,
            ObjectId::Fd(_) => &[],
        }
    }

    fn object_value(&self, object: ObjectId, rest: Option<&str>) -> Option<Value> {
        match object {
            ObjectId::Base(id) => match rest.and_then(|rest| rest.parse().ok()) {
                Some(ObjectId::Fd(fd)) => {
                    let base = Some(id);
                    self.interest
                        .get(Watched { base, fd })
                        .map(ToValue::to_value)
                }
                _ => self.field(object, self.bases.get(id)?, rest),
            },
            ObjectId::Event(id) => self.field(object, self.events.get(id)?, rest),
            ObjectId::Bev(id) => self.field(object, self.bevs.get(id)?, rest),
            ObjectId::Buf(id) => self.field(object, self.bufs.get(id)?, rest),
            ObjectId::Listener(id) => self.field(object, self.listeners.get(id)?, rest),
            ObjectId::Fd(fd) => {
                let mut watched = self.interest.iter().filter(|(key, _)| key.fd == fd);
                let (_, flags) = watched.next()?;
                rest.is_none().then(|| flags.to_value())
            }
        }
    }

    fn field<V: Object>(&self, id: ObjectId, object: &V, rest: Option<&str>) -> Option<Value> {
        let Some(rest) = rest else {
            return Some(Value::Object(id));
        };
        let (name, further) = match rest.split_once('.') {
            Some((name, further)) => (name, Some(further)),
            None => (rest, None),
        };
        let value = match name {
            "freed" => Value::Bool(object.field("freed_at")? != Value::Absent),
            _ => object.field(name)?,
        };
        match (value, further) {
            (value, None) => Some(value),
            (Value::Object(object), further) => self.object_value(object, further),
            (_, Some(_)) => None,
        }
    }
}
