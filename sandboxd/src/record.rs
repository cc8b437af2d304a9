//! Records as the kernel half wrote them, read without trust: any bytes give a record or `None`.

use bytemuck::Pod;
use kprobe_common::ending::Ending;
use kprobe_common::index;
use kprobe_common::record::{Exec, Fork, Frame, Header, Mapped, Return, Slot, flag, kind, state};

/// A record: its head, its fixed part, its slots.
#[derive(Clone, Copy, Debug)]
pub struct Record<'a> {
    /// The head.
    pub header: Header,
    /// The fixed part.
    pub body: Body,
    rest: &'a [u8],
    /// All of it.
    pub bytes: &'a [u8],
}

/// The fixed part of a record.
#[derive(Clone, Copy, Debug)]
pub enum Body {
    /// A call was entered.
    Enter(Frame),
    /// The call in the thread's slot returned.
    Exit(Return),
    /// A return without a reported entry.
    ExitOnly(Return, Frame),
    /// The thread lives on after a call that asked for a restart.
    Resumed,
    /// A task was made.
    Fork(Fork),
    /// A program was executed.
    Exec(Exec),
    /// A thread ended.
    ThreadExit(Ending),
    /// A thread is no target any more.
    Left,
    /// An executable mapping was made.
    Mapped(Mapped),
    /// A program is about to be loaded into memory of its own.
    Loading,
    /// Mappings were made that nobody told of.
    Untold,
    /// A candidate's command line begins otherwise than before.
    Named,
}

/// A slot and its bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part<'a> {
    /// The register it was read through.
    pub register: u8,
    /// 0 for what the register points at, 1 and on for what that points at.
    pub part: u8,
    /// One of [`state`], without [`state::LATE`].
    pub state: u8,
    /// An input that was read at exit.
    pub late: bool,
    /// The kernel's error (negative), or 0.
    pub error: i16,
    /// What was read.
    pub bytes: &'a [u8],
}

/// How long an address is that a call gives, and how much room there is for it: the kernel leaves its whole length in
/// the caller's `socklen_t`, and fills no more than that said at entry.
/// See `move_addr_to_user` in <https://github.com/torvalds/linux/blob/v6.12/net/socket.c>.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extent {
    /// The whole length.
    pub whole: u64,
    /// The room; `None`: not known.
    pub room: Option<u64>,
}

impl Extent {
    /// How many bytes the call filled, as far as known.
    #[must_use]
    pub fn filled(self) -> u64 {
        self.whole.min(self.room.unwrap_or(u64::MAX))
    }

    /// Whether there was room for the whole, for sure.
    #[must_use]
    pub fn fits(self) -> bool {
        self.room.is_some_and(|room| self.whole <= room)
    }
}

/// A `socklen_t`.
#[must_use]
pub fn socklen(bytes: &[u8]) -> Option<u64> {
    let bytes = <[u8; 4]>::try_from(bytes).ok()?;
    Some(u64::from(u32::from_le_bytes(bytes)))
}

impl<'a> Record<'a> {
    /// Reads a record; `None` if it is too short for what it says it is.
    #[must_use]
    pub fn parse(bytes: &'a [u8]) -> Option<Self> {
        let (header, rest) = take::<Header>(bytes)?;
        let (body, rest) = match header.kind {
            kind::ENTER => take(rest).map(|(frame, rest)| (Body::Enter(frame), rest))?,
            kind::EXIT => take(rest).map(|(ret, rest)| (Body::Exit(ret), rest))?,
            kind::EXIT_ONLY => {
                let (ret, rest) = take(rest)?;
                let (frame, rest) = take(rest)?;
                (Body::ExitOnly(ret, frame), rest)
            }
            kind::RESUMED => (Body::Resumed, rest),
            kind::FORK => take(rest).map(|(fork, rest)| (Body::Fork(fork), rest))?,
            kind::EXEC => take(rest).map(|(exec, rest)| (Body::Exec(exec), rest))?,
            kind::THREAD_EXIT => {
                // Older recordings do not say how.
                let (ending, rest) = take(rest).unwrap_or((Ending::default(), rest));
                (Body::ThreadExit(ending), rest)
            }
            kind::LEFT => (Body::Left, rest),
            kind::MAPPED => take(rest).map(|(mapped, rest)| (Body::Mapped(mapped), rest))?,
            kind::LOADING => (Body::Loading, rest),
            kind::UNTOLD => (Body::Untold, rest),
            kind::NAMED => (Body::Named, rest),
            _ => return None,
        };
        Some(Self {
            header,
            body,
            rest,
            bytes,
        })
    }

    /// The slots, as far as they are whole.
    #[must_use]
    pub fn parts(&self) -> Parts<'a> {
        Parts {
            rest: self.rest,
            left: self.header.slots,
        }
    }

    /// Whether a bit of [`flag`] is set.
    #[must_use]
    pub fn has(&self, bit: u8) -> bool {
        self.header.flags & bit != 0
    }

    /// Whether it belongs to the ring of state.
    #[must_use]
    pub fn is_state(&self) -> bool {
        match self.body {
            Body::Enter(_) | Body::Exit(_) | Body::ExitOnly(..) => self.has(flag::STATE),
            Body::Resumed => false,
            Body::Fork(_)
            | Body::Exec(_)
            | Body::ThreadExit(_)
            | Body::Left
            | Body::Mapped(_)
            | Body::Loading
            | Body::Untold
            | Body::Named => true,
        }
    }

    /// Whether a line of output begins with it: an entry, or a return without one, of a call that is shown.
    #[must_use]
    pub fn begins_call(&self) -> bool {
        matches!(self.body, Body::Enter(_) | Body::ExitOnly(..)) && self.is_shown()
    }

    /// Whether its call is selected and not dropped by a filter of the kernel half.
    #[must_use]
    pub fn is_shown(&self) -> bool {
        !self.has(flag::UNSHOWN)
    }

    /// Whether the call was refused before the kernel's function.
    #[must_use]
    pub fn is_blocked(&self) -> bool {
        self.has(flag::BLOCKED)
    }
}

/// Slots, one after the other.
#[derive(Clone, Debug, Default)]
pub struct Parts<'a> {
    rest: &'a [u8],
    left: u16,
}

impl<'a> Iterator for Parts<'a> {
    type Item = Part<'a>;

    fn next(&mut self) -> Option<Part<'a>> {
        self.left = self.left.checked_sub(1)?;
        let (slot, rest) = take::<Slot>(self.rest)?;
        let len = slot.len as usize;
        let bytes = rest.get(..len)?;
        self.rest = rest.get(len.next_multiple_of(8)..).unwrap_or_default();
        Some(Part {
            register: slot.register,
            part: slot.part,
            state: slot.state & !state::LATE,
            late: slot.state & state::LATE != 0,
            error: slot.error,
            bytes,
        })
    }
}

/// Whether a record is the return of the call that the other one is the entry of, where it is the next of all.
#[must_use]
pub fn returns_from(enter: &[u8], exit: &[u8]) -> bool {
    let (Some(enter), Some(exit)) = (header(enter), header(exit)) else {
        return false;
    };
    (enter.kind, exit.kind) == (kind::ENTER, kind::EXIT)
        && (enter.tid, enter.tgid, enter.uid, enter.index)
            == (exit.tid, exit.tgid, exit.uid, exit.index)
}

/// Whether a record is the entry of a call.
#[must_use]
pub fn is_entry(bytes: &[u8]) -> bool {
    header(bytes).is_some_and(|header| header.kind == kind::ENTER)
}

/// The header alone, to order records by.
#[must_use]
pub fn header(bytes: &[u8]) -> Option<Header> {
    take(bytes).map(|(header, _)| header)
}

/// The index, if it is one.
#[must_use]
pub fn index(header: &Header) -> Option<u16> {
    (header.index < index::INDEXES).then_some(header.index)
}

fn take<T: Pod>(bytes: &[u8]) -> Option<(T, &[u8])> {
    let (head, rest) = bytes.split_at_checked(size_of::<T>())?;
    Some((bytemuck::pod_read_unaligned(head), rest))
}

#[cfg(test)]
pub(crate) mod tests;
