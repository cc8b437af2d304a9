//! What the kernel half copied of a stack: the chain of frames, perhaps the stack itself. Any bytes are taken.

use kprobe_common::record::{FRAME, Frame, register, state};
use kprobe_common::regs::untag;

use super::StackEnd;
use crate::record::{Part, Record};

/// Memory of a thread.
pub(super) struct Memory<'a> {
    /// Where the first frame of the chain lies.
    first: u64,
    chain: Option<Part<'a>>,
    /// Where the copy begins.
    sp: u64,
    stack: Option<Part<'a>>,
}

impl<'a> Memory<'a> {
    /// What came with a record that has these registers.
    pub(super) fn of(record: &Record<'a>, frame: &Frame) -> Self {
        let part = |register| record.parts().find(|part| part.register == register);
        Self {
            first: untag(frame.fp),
            chain: part(register::FRAMES),
            sp: untag(frame.sp),
            stack: part(register::STACK),
        }
    }

    /// Whether there is a copy of the stack.
    pub(super) fn has_stack(&self) -> bool {
        self.stack.is_some()
    }

    /// The word at an address.
    pub(super) fn read(&self, address: u64) -> Result<u64, StackEnd> {
        self.copied(address)
            .or_else(|| self.chained(address).ok())
            .ok_or_else(|| self.why(address))
    }

    fn copied(&self, address: u64) -> Option<u64> {
        let at = usize::try_from(address.checked_sub(self.sp)?).ok()?;
        word(self.stack?.bytes, at)
    }

    /// The word of a frame of the chain; else where the chain ends.
    fn chained(&self, address: u64) -> Result<u64, u64> {
        let mut at = self.first;
        for frame in self
            .chain
            .iter()
            .flat_map(|part| part.bytes.chunks_exact(FRAME))
        {
            let next = word(frame, 0).unwrap_or_default();
            if address == at {
                return Ok(next);
            }
            if address == at.wrapping_add(8) {
                return Ok(word(frame, 8).unwrap_or_default());
            }
            at = untag(next);
        }
        Err(at)
    }

    /// Why a word is not there.
    fn why(&self, address: u64) -> StackEnd {
        if let Some(stack) = self.stack {
            let is_behind = address >= self.sp && stack.state == state::CUT;
            return if is_behind {
                StackEnd::Unread
            } else {
                StackEnd::NotCopied
            };
        }
        let (Some(chain), Err(end)) = (self.chain, self.chained(address)) else {
            return StackEnd::Unread;
        };
        let is_next = address == end || address == end.wrapping_add(8);
        match (is_next && end % 8 == 0, chain.state, chain.error) {
            (false, ..) => StackEnd::NoFrame,
            (true, state::CUT, 0) => StackEnd::Limit,
            (true, state::CUT, _) => StackEnd::Unread,
            (true, ..) => StackEnd::Backwards,
        }
    }
}

fn word(bytes: &[u8], at: usize) -> Option<u64> {
    let bytes = bytes.get(at..at.checked_add(8)?)?;
    Some(u64::from_le_bytes(bytes.try_into().ok()?))
}
