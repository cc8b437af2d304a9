//! What calls do to mappings, from their arguments and what they returned.

use kprobe_common::regs::untag;
use kprobe_common::table::Effect;

use super::backing::Backing;
use super::ranges::Range;
use super::{Changing, MAP_SHARED, Maps, PROT_EXEC, PROT_MASK, PROT_WRITE};
use crate::event::Perms;

const MAP_FIXED: u64 = 0x10;
const MAP_ANONYMOUS: u64 = 0x20;
const MAP_FIXED_NOREPLACE: u64 = 0x10_0000;
const MREMAP_FIXED: u64 = 0x2;
const MREMAP_DONTUNMAP: u64 = 0x4;
const PROT_READ_WRITE: u8 = 0x3;

impl Maps {
    /// A call was entered that may change mappings.
    pub fn before(&mut self, effect: Effect, args: &[u64; 6], time: u64, tid: u32) {
        let args = &untagged(args);
        let nothing = (0, 0);
        let spans = match effect {
            Effect::Map if args[3] & (MAP_FIXED | MAP_FIXED_NOREPLACE) == 0 => [nothing; 2],
            Effect::Map | Effect::Unmap | Effect::Protect => [self.span(args[0], args[1]), nothing],
            Effect::Remap => {
                let old = self.span(args[0], args[1].max(args[2]));
                let new = self.span(untag(args[4]), args[2]);
                [
                    old,
                    if args[3] & MREMAP_FIXED == 0 {
                        nothing
                    } else {
                        new
                    },
                ]
            }
            Effect::Brk | Effect::Attach | Effect::Detach | Effect::Unclear => [nothing; 2],
        };
        let call = Changing {
            effect,
            spans,
            entered: time,
            told: false,
            writes: effect == Effect::Protect && args[2] as u8 & PROT_WRITE != 0,
        };
        self.changing.insert(tid, call);
    }

    /// A call returned.
    pub fn apply(&mut self, effect: Effect, args: &[u64; 6], ret: u64, time: u64, tid: u32) {
        let call = self.changing.remove(&tid);
        if !self.is_news(time) {
            return;
        }
        // Without its entry, it may have begun long ago.
        let (entered, told) = call.map_or((0, false), |call| (call.entered, call.told));
        let (args, failed) = (&untagged(args), is_error(ret));
        let asked = self.span(args[0], args[1]);
        match effect {
            Effect::Map if failed && args[3] & MAP_FIXED != 0 => self.loosen(asked),
            Effect::Unmap if failed => self.loosen(asked),
            Effect::Protect if failed => {
                self.loosen(asked);
                if args[2] as u8 & PROT_WRITE != 0 {
                    self.ranges
                        .change(asked.0, asked.1, |range| range.written = true);
                }
            }
            Effect::Remap if failed => {
                self.doubt(self.span(args[0], args[1].max(args[2])));
                if args[3] & MREMAP_FIXED != 0 {
                    self.doubt(self.span(untag(args[4]), args[2]));
                }
            }
            _ if failed => {}
            Effect::Map if told => {}
            Effect::Map => self.map(args, address(ret), entered, time, tid),
            Effect::Unmap => self.unmap(asked, entered),
            Effect::Protect => self.protect(asked, (args[2] & PROT_MASK) as u8, entered),
            Effect::Remap => self.remap(args, address(ret), entered, time, tid),
            Effect::Brk => self.brk(address(ret)),
            // Of what is executable among it the kernel told; what is gone, no code runs in.
            Effect::Attach | Effect::Detach | Effect::Unclear => {}
        }
    }

    /// A change failed, perhaps half way.
    fn loosen(&mut self, (start, end): (u64, u64)) {
        self.ranges
            .change(start, end, |range| range.is_loose = true);
    }

    fn doubt(&mut self, (start, end): (u64, u64)) {
        self.ranges.change(start, end, |range| {
            (range.backing, range.is_loose) = (Backing::Unknown, true);
        });
    }

    /// A mapping of which the kernel did not tell: not executable, or its event was missed.
    fn map(&mut self, args: &[u64; 6], ret: u64, entered: u64, time: u64, tid: u32) {
        let (start, end) = self.span(ret, args[1]);
        // Another thread put something there meanwhile: before it, or after?
        let disputed = self.ranges.any(start, end, |range| range.since > entered);
        let is_anonymous = args[3] & MAP_ANONYMOUS != 0 && !disputed;
        let range = Range {
            end,
            perms: Perms {
                prot: (args[2] & PROT_MASK) as u8 | if disputed { PROT_EXEC } else { 0 },
                shared: args[3] & MAP_SHARED != 0,
            },
            backing: if is_anonymous {
                Backing::Anonymous(None)
            } else {
                Backing::Unknown
            },
            since: time,
            by: tid,
            is_loose: disputed,
            written: args[2] as u8 & PROT_WRITE != 0,
        };
        self.ranges.insert(start, range);
    }

    /// What came there after the call began stays: either it came after the unmapping, or no code runs in it any more.
    fn unmap(&mut self, (start, end): (u64, u64), entered: u64) {
        for (at, range) in self.ranges.take(start, end) {
            if range.since > entered {
                let range = Range {
                    is_loose: true,
                    ..range
                };
                self.ranges.insert(at, range);
            }
        }
    }

    /// The kernel leaves alone what has these permissions already: that stays part of its mapping.
    fn protect(&mut self, (start, end): (u64, u64), prot: u8, entered: u64) {
        let changes = |range: &Range| range.since <= entered && range.perms.prot != prot;
        for (from, to) in self.ranges.parts(start, end, changes) {
            self.ranges.change(from, to, |range| {
                range.perms.prot = prot;
                range.written |= prot & PROT_WRITE != 0;
            });
        }
    }

    fn remap(&mut self, args: &[u64; 6], ret: u64, entered: u64, time: u64, tid: u32) {
        let [old, old_size, new_size, flags, ..] = *args;
        let (start, end) = self.span(old, old_size.max(1));
        let mut taken = self.ranges.take(start, end);
        // In the middle of a read, that may have seen what was moved, or what came in its place.
        let in_read = self.known.is_some_and(|known| time < known.since);
        let disputed =
            in_read || taken.iter().any(|(_, range)| range.since > entered) || taken.len() != 1;
        if flags & MREMAP_DONTUNMAP != 0 {
            for (at, range) in &taken {
                self.ranges.insert(*at, range.clone());
            }
        }
        let (start, end) = self.span(ret, new_size);
        let moved = taken.pop().map_or_else(Range::default, |(_, range)| range);
        let range = Range {
            end,
            since: time,
            by: tid,
            is_loose: moved.is_loose || disputed,
            backing: if disputed {
                Backing::Unknown
            } else {
                moved.backing.clone()
            },
            ..moved
        };
        self.ranges.insert(start, range);
    }

    /// The heap ends at `end` now. Where it begins, `/proc` said; or it is where the first call said that it ends.
    fn brk(&mut self, end: u64) {
        let end = end.next_multiple_of(self.page.max(1));
        let before = self.break_end.replace(end);
        let Some(start) = self.heap.or(before) else {
            return;
        };
        self.heap = Some(start);
        let before = before.unwrap_or(start);
        if end < before {
            self.ranges.take(end, before);
        }
        let perms = Perms {
            prot: PROT_READ_WRITE,
            shared: false,
        };
        // The kernel makes one mapping of neighbours that are alike.
        let below = before.saturating_sub(1);
        let grown = self.ranges.at(below).filter(|(_, range)| {
            range.backing == Backing::Heap && range.perms == perms && range.end == before
        });
        let range = Range {
            end,
            perms,
            backing: Backing::Heap,
            ..Range::default()
        };
        self.ranges
            .insert(grown.map_or(before, |(at, _)| at), range);
    }
}

/// The kernel clears the top byte of the addresses that it is given here (but not of `mmap`'s, which is a hint):
/// <https://github.com/torvalds/linux/blob/v6.12/mm/mprotect.c#L716>.
fn untagged(args: &[u64; 6]) -> [u64; 6] {
    let mut args = *args;
    args[0] = untag(args[0]);
    args
}

/// A returned address. No 64-bit program has one with the highest bit set: that is a 32-bit one, which the kernel half
/// extended like every 32-bit return.
fn address(ret: u64) -> u64 {
    if ret >> 63 == 0 {
        ret
    } else {
        u64::from(ret as u32)
    }
}

/// Whether a return value is an error: -4095 to -1.
fn is_error(ret: u64) -> bool {
    (-4095..0).contains(&(ret as i64))
}
