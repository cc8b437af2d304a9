//! How much of an output is the call's: what a call says it gave can be more than there was room for, and what lies behind
//! the caller's buffer is none of it.

use kprobe_common::record::state;

use super::Argument;
use super::memory::{Source, raise};
use crate::record::Part;
use crate::status::{State, Status};

impl<'a> Argument<'_, 'a> {
    /// The return value of a call that succeeded, or the room that it had, as the named argument says it.
    pub(super) fn returned_within(&self, room: &str) -> u64 {
        self.returned().unwrap_or(0).min(self.other(room))
    }

    /// What the call gave of as many bytes as the `socklen_t` behind the named argument says, and how many these are:
    /// the kernel leaves there how long the whole is, and fills what that number was at entry.
    /// See `move_addr_to_user` in <https://github.com/torvalds/linux/blob/v6.12/net/socket.c>.
    pub(super) fn within(&self, len: &str, status: &mut Option<Status>) -> (Source<'a>, u64) {
        let source = self.given();
        let Some(at) = self.row.args.iter().position(|arg| arg.name == len) else {
            return (source, 0);
        };
        let register = self.row.registers(self.call.abi)[at];
        let whole = number(self.call.given(register).next()).unwrap_or(0);
        let taken = self.call.taken(register).next();
        let room = number(taken).filter(|_| taken.is_some_and(|part| !part.late));
        let Source::Read(part) = source else {
            return (source, whole);
        };
        if room.is_none() {
            // What was read late is what the call left there: how much room there was is not known.
            raise(status, Status::new(State::Late));
        }
        let given = whole.min(room.unwrap_or(u64::MAX));
        if whole > given {
            raise(
                status,
                Status {
                    len: Some(whole),
                    ..Status::new(State::Cut)
                },
            );
        }
        (Source::Read(first(part, given)), given)
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

fn number(part: Option<Part<'_>>) -> Option<u64> {
    match part?.bytes {
        &[a, b, c, d] => Some(u64::from(u32::from_le_bytes([a, b, c, d]))),
        _ => None,
    }
}
