//! How much of an output is the call's: what a call says it gave can be more than there was room for, and what lies behind
//! the caller's buffer is none of it.

use kprobe_common::record::state;
use kprobe_common::table::kind::Kind;
use kprobe_common::table::structs::MSGBUF;

use super::Argument;
use super::memory::{Source, raise};
use crate::args::Value;
use crate::record::{Extent, Part, socklen};
use crate::status::{State, Status};

impl<'a> Argument<'_, 'a> {
    /// The return value of a call that succeeded, or the room that it had, as the named argument says it.
    pub(super) fn returned_within(&self, room: &str) -> u64 {
        self.returned().unwrap_or(0).min(self.other(room))
    }

    /// What the call gave of as many bytes as the `socklen_t` behind the named argument says, and how many these are:
    /// see [`Extent`].
    pub(super) fn within(&self, len: &str, status: &mut Option<Status>) -> (Source<'a>, u64) {
        let source = self.given();
        let Some(at) = self.form.position(len) else {
            return (source, 0);
        };
        let register = self.registers[at];
        let number = |part: Option<Part<'_>>| part.and_then(|part| socklen(part.bytes));
        // What was read late is what the call left there.
        let taken = self.call.taken(register).next().filter(|part| !part.late);
        let extent = Extent {
            whole: number(self.call.given(register).next()).unwrap_or(0),
            room: number(taken),
        };
        let Source::Read(part) = source else {
            return (source, extent.whole);
        };
        let (part, given) = Self::fit(part, extent, status);
        (Source::Read(part), given)
    }

    /// A type and the text behind it, which the call takes or gives: its length, or the room for it, is the named
    /// argument.
    pub(super) fn message_of(&self, len: &str, status: &mut Option<Status>) -> Value<'a> {
        let (source, len) = match self.kind {
            Kind::MsgbufOut(_) => (self.given(), self.returned_within(len)),
            _ => (self.taken(), self.other(len)),
        };
        let Some(bytes) = self.bytes(source, status) else {
            return Value::Null;
        };
        let behind = MSGBUF.fields[1].at(self.call.abi);
        if len > (bytes.len() as u64).saturating_sub(behind.into()) {
            let cut = Status {
                len: Some(len),
                ..Status::new(State::Cut)
            };
            raise(status, cut);
        }
        Value::Struct(&MSGBUF, self.call.abi, bytes)
    }

    /// What the call gave of the address of a message: as much as the structure said at entry that there is room for.
    pub(super) fn address_within(
        &self,
        part: Part<'a>,
        head: &Part<'a>,
        status: &mut Option<Status>,
    ) -> Part<'a> {
        let len = |head: &Part<'a>| self.word(head.bytes, 1) & 0xffff_ffff;
        let taken = self
            .call
            .taken(self.register)
            .find(|taken| taken.part == head.part)
            .filter(|taken| !taken.late && taken.state != state::UNREAD);
        let extent = Extent {
            whole: len(head),
            room: taken.as_ref().map(len),
        };
        Self::fit(part, extent, status).0
    }

    /// The part of a slot that the call filled, and its length.
    fn fit(part: Part<'a>, extent: Extent, status: &mut Option<Status>) -> (Part<'a>, u64) {
        if extent.room.is_none() {
            // What was read late is what the call left there: how much room there was is not known.
            raise(status, Status::new(State::Late));
        }
        let given = extent.filled();
        if extent.whole > given {
            raise(
                status,
                Status {
                    len: Some(extent.whole),
                    ..Status::new(State::Cut)
                },
            );
        }
        (first(part, given), given)
    }
}

/// The first `len` bytes of a slot, which are all of it: it matters no more where reading it ended.
fn first(part: Part<'_>, len: u64) -> Part<'_> {
    let bytes = usize::try_from(len)
        .ok()
        .and_then(|len| part.bytes.get(..len));
    match bytes {
        Some(bytes) if part.state == state::CUT => Part {
            bytes,
            state: state::WHOLE,
            ..part
        },
        Some(bytes) => Part { bytes, ..part },
        None => part,
    }
}
