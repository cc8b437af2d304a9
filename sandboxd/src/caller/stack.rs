//! Who called the caller: frame by frame, from what the kernel half copied of the stack.
//!
//! Where a module's tables say how a function keeps its caller's registers, they are followed; where there are none, the
//! frame pointer is. Either way a return address must lie in executable memory, behind a call where its code can be read:
//! what cannot be trusted ends the list, and the end says why.

mod memory;
#[cfg(test)]
mod tests;
mod walk;

use kprobe_common::record::Frame;

use super::code::Want;
use super::{Callers, Class, Place};
use crate::record::Record;
use crate::world::World;
use walk::Walk;

/// Why a stack goes no further.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StackEnd {
    /// There is no caller: the thread, or the program, begins here.
    Outermost,
    /// There are as many frames as are followed at most.
    Limit,
    /// The function keeps no frame pointer; `--stack=dwarf` follows such.
    NoFrame,
    /// The frame lies beyond what was copied of the stack.
    NotCopied,
    /// The frame could not be read.
    Unread,
    /// The caller's frame lies below this one.
    Backwards,
    /// The caller's frame lies on another stack.
    Elsewhere,
    /// Tables are missing, or say what is not understood here.
    NoRule,
    /// The return address is not known to be of executable memory.
    NotCode,
    /// There is no call before the return address.
    NotCalled,
    /// Too much new code at once: it was not looked at.
    Busy,
    /// The call's entry was not seen.
    NoEntry,
    /// Stacks of 32-bit programs are not followed.
    Arm32,
}

/// Who called whom, innermost first.
#[derive(Clone, Debug)]
pub struct Stack {
    /// The `svc`, then the calls that led to it.
    pub places: Vec<Place>,
    /// Why there are no more.
    pub end: StackEnd,
    /// How many of them follow each other for sure.
    sure: usize,
}

impl Stack {
    /// Of these places, each called by the next.
    #[cfg(test)]
    pub(crate) fn of(places: Vec<Place>) -> Self {
        Self {
            sure: places.len(),
            places,
            end: StackEnd::Outermost,
        }
    }

    /// Whether all of them are known to be the platform's: nobody else had a part in the call.
    #[must_use]
    pub fn is_platforms(&self) -> bool {
        let is_whole = self.end == StackEnd::Outermost && self.sure == self.places.len();
        is_whole && self.places.iter().all(|it| it.class.is_platform())
    }

    /// The first that is not the platform's; nothing if one before it may be missing.
    #[must_use]
    pub fn origin(&self) -> Option<&Place> {
        self.places
            .iter()
            .take(self.sure)
            .find(|place| !place.class.is_platform())
            .filter(|place| place.class != Class::Unknown)
    }
}

/// So many instructions are looked at in so long, nanoseconds: a program can make up addresses faster than anybody can look.
const LOOKS_MAX: u32 = 200;
const LOOKS_NS: u64 = 100_000_000;

/// Looks at the code of stacks, of late.
#[derive(Debug, Default)]
pub(super) struct Looks {
    now: u64,
    since: u64,
    count: u32,
}

impl Looks {
    /// A record came.
    pub(super) fn pass(&mut self, time: u64) {
        self.now = self.now.max(time);
    }

    /// A look was taken.
    pub(super) fn count(&mut self) {
        if self.now < self.since.saturating_add(LOOKS_NS) {
            self.count += 1;
        } else {
            (self.since, self.count) = (self.now, 1);
        }
    }

    /// Whether one more may be taken at this time.
    pub(super) fn are_left(&self, time: u64) -> bool {
        self.count < LOOKS_MAX || time >= self.since.saturating_add(LOOKS_NS)
    }
}

/// Why a walk stops: for good, or until something was looked at.
enum Stop {
    End(StackEnd),
    Want(Want),
}

impl From<StackEnd> for Stop {
    fn from(end: StackEnd) -> Self {
        Self::End(end)
    }
}

impl Callers {
    /// Who called the caller; `first` is the caller.
    #[must_use]
    pub(super) fn walked(
        &self,
        world: &World,
        record: &Record<'_>,
        frame: &Frame,
        first: &Place,
    ) -> Stack {
        let mut walk = Walk::new(self, world, record, frame, first);
        let end = match walk.whole(record, first) {
            Stop::End(end) => end,
            Stop::Want(_) => StackEnd::Busy,
        };
        walk.found(end)
    }

    /// The look that is due before it can be said who called the caller.
    pub(super) fn wanted(
        &self,
        world: &World,
        record: &Record<'_>,
        frame: &Frame,
        first: &Place,
    ) -> Option<Want> {
        let mut walk = Walk::new(self, world, record, frame, first);
        match walk.whole(record, first) {
            Stop::End(_) => None,
            Stop::Want(want) => Some(want),
        }
    }
}

impl StackEnd {
    /// As lines have it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Outermost => "outermost",
            Self::Limit => "limit",
            Self::NoFrame => "no_frame",
            Self::NotCopied => "not_copied",
            Self::Unread => "unread",
            Self::Backwards => "backwards",
            Self::Elsewhere => "elsewhere",
            Self::NoRule => "no_rule",
            Self::NotCode => "not_code",
            Self::NotCalled => "not_called",
            Self::Busy => "busy",
            Self::NoEntry => "no_entry",
            Self::Arm32 => "arm32",
        }
    }

    /// All of them.
    pub const ALL: [Self; 13] = [
        Self::Outermost,
        Self::Limit,
        Self::NoFrame,
        Self::NotCopied,
        Self::Unread,
        Self::Backwards,
        Self::Elsewhere,
        Self::NoRule,
        Self::NotCode,
        Self::NotCalled,
        Self::Busy,
        Self::NoEntry,
        Self::Arm32,
    ];
}
