//! The mappings of one address space, over time.
//!
//! One read of `/proc/PID/maps` and then every call that changes them. A range that a call is about to change is
//! uncertain from the call's entry to its return: nothing is said about it meanwhile.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use kprobe_common::regs::untag;
use kprobe_common::table::Effect;

use crate::event::{Hex, Mapping, Perms};
use crate::input::MapLine;

/// `MAP_SHARED` and `MAP_SHARED_VALIDATE` are the values 1 and 3 of this field.
const MAP_SHARED: u64 = 0x1;
const MAP_FIXED: u64 = 0x10;
const MAP_FIXED_NOREPLACE: u64 = 0x10_0000;
const MREMAP_FIXED: u64 = 0x2;
const MREMAP_DONTUNMAP: u64 = 0x4;
const PROT_MASK: u64 = 0x7;
const PROT_READ_WRITE: u8 = 0x3;

/// The mappings of an address space.
#[derive(Clone, Debug, Default)]
pub struct Maps {
    ranges: BTreeMap<u64, Range>,
    /// Changes under way: by thread, the ranges that they may change.
    uncertain: BTreeMap<u32, (u64, u64)>,
    /// Bytes of a page: lengths are rounded up to a multiple of it, starts are multiples anyway.
    page: u64,
    /// When `/proc/PID/maps` was read, from its beginning to its end; `None`: nothing is known.
    read: Option<(u64, u64)>,
    /// Where the heap begins, and the last end that `brk` told.
    heap: Option<u64>,
    break_end: Option<u64>,
}

#[derive(Clone, Copy, Debug)]
struct Range {
    end: u64,
    perms: Perms,
}

impl Maps {
    /// Whether the mappings are known at all.
    #[must_use]
    pub fn is_known(&self) -> bool {
        self.read.is_some()
    }

    /// The mapping that held `address` at `time`; `None` where there was none or it is not known.
    #[must_use]
    pub fn at(&self, address: u64, time: u64) -> Option<Mapping> {
        if self.read.is_none_or(|(_, ended)| time < ended) {
            return None;
        }
        if self
            .uncertain
            .values()
            .any(|&(start, end)| (start..end).contains(&address))
        {
            return None;
        }
        let (&start, range) = self.ranges.range(..=address).next_back()?;
        (address < range.end).then_some(Mapping {
            start: Hex(start),
            end: Hex(range.end),
            perms: range.perms,
        })
    }

    /// Takes a read of `/proc/PID/maps`, begun and ended at these times, on a machine with pages of so many bytes.
    pub fn read(&mut self, lines: &[MapLine], page: u64, began: u64, ended: u64) {
        *self = Self {
            page: page.max(1),
            read: Some((began, ended)),
            ..Self::default()
        };
        for line in lines {
            let perms = Perms {
                prot: line.prot,
                shared: line.shared,
            };
            self.ranges.insert(
                line.start,
                Range {
                    end: line.end,
                    perms,
                },
            );
            if line.path == "[heap]" {
                self.heap = Some(line.start);
                self.break_end = Some(line.end);
            }
        }
    }

    /// Nothing is known any more.
    pub fn forget(&mut self) {
        *self = Self::default();
    }

    /// A copy for a child that was forked at `time`: nothing is known if the parent was read after that, and nothing
    /// of what was changing then.
    #[must_use]
    pub fn for_child(&self, time: u64) -> Self {
        if self.read.is_none_or(|(_, ended)| time < ended) {
            return Self::default();
        }
        let mut child = self.clone();
        for (start, end) in std::mem::take(&mut child.uncertain).into_values() {
            child.cut(start, end);
        }
        child
    }

    /// A call was entered that may take something away.
    pub fn before(&mut self, effect: Effect, args: &[u64; 6], time: u64, tid: u32) {
        let args = &untagged(args);
        if !self.is_news(time) {
            return;
        }
        let range = match effect {
            Effect::Map if args[3] & (MAP_FIXED | MAP_FIXED_NOREPLACE) == 0 => return,
            Effect::Map | Effect::Unmap | Effect::Protect => self.span(args[0], args[1]),
            Effect::Remap if args[3] & MREMAP_FIXED != 0 => (0, u64::MAX),
            Effect::Remap => self.span(args[0], args[1].max(args[2])),
            Effect::Brk | Effect::Attach => return,
            Effect::Detach | Effect::Unclear => (0, u64::MAX),
        };
        self.uncertain.insert(tid, range);
    }

    /// A call returned.
    pub fn apply(&mut self, effect: Effect, args: &[u64; 6], ret: u64, time: u64, tid: u32) {
        self.uncertain.remove(&tid);
        if !self.is_news(time) || is_error(ret) {
            return;
        }
        let (args, ret) = (&untagged(args), address(ret));
        match effect {
            Effect::Map => {
                let perms = Perms {
                    prot: (args[2] & PROT_MASK) as u8,
                    shared: args[3] & MAP_SHARED != 0,
                };
                let (start, end) = self.span(ret, args[1]);
                self.insert(start, Range { end, perms });
            }
            Effect::Unmap => {
                let (start, end) = self.span(args[0], args[1]);
                self.cut(start, end);
            }
            Effect::Protect => {
                let (start, end) = self.span(args[0], args[1]);
                self.protect(start, end, (args[2] & PROT_MASK) as u8);
            }
            Effect::Remap => self.remap(args, ret),
            Effect::Brk => self.brk(ret),
            Effect::Attach | Effect::Detach | Effect::Unclear => self.forget(),
        }
    }

    /// Whether a change at `time` is news. What came before the read of `/proc`, the read saw; what came in the middle
    /// of it, it may have seen or not, and nothing is known any more.
    fn is_news(&mut self, time: u64) -> bool {
        match self.read {
            Some((began, ended)) if began <= time && time < ended => {
                self.forget();
                false
            }
            Some((_, ended)) => ended <= time,
            None => false,
        }
    }

    /// The pages that `len` bytes from `start` touch.
    fn span(&self, start: u64, len: u64) -> (u64, u64) {
        let start = start - start % self.page;
        let end = start.saturating_add(len);
        let last = u64::MAX - u64::MAX % self.page;
        (
            start,
            end.checked_next_multiple_of(self.page).unwrap_or(last),
        )
    }

    fn insert(&mut self, start: u64, range: Range) {
        self.cut(start, range.end);
        self.ranges.insert(start, range);
    }

    /// Takes `start..end` out of whatever lies there.
    fn cut(&mut self, start: u64, end: u64) {
        let touched: Vec<(u64, Range)> = self
            .ranges
            .range(..end)
            .rev()
            .take_while(|(_, range)| range.end > start)
            .map(|(&start, &range)| (start, range))
            .collect();
        for (old, range) in touched {
            self.ranges.remove(&old);
            if old < start {
                self.ranges.insert(
                    old,
                    Range {
                        end: start,
                        ..range
                    },
                );
            }
            if range.end > end {
                self.ranges.insert(end, range);
            }
        }
    }

    fn protect(&mut self, start: u64, end: u64, prot: u8) {
        let inside: Vec<(u64, Range)> = self
            .ranges
            .range(..end)
            .rev()
            .take_while(|(_, range)| range.end > start)
            .map(|(&from, &range)| {
                (
                    from.max(start),
                    Range {
                        end: range.end.min(end),
                        ..range
                    },
                )
            })
            .collect();
        for (from, mut range) in inside {
            range.perms.prot = prot;
            self.insert(from, range);
        }
    }

    fn remap(&mut self, args: &[u64; 6], ret: u64) {
        let [old, old_size, new_size, flags, ..] = *args;
        let perms = match self.ranges.range(..=old).next_back() {
            Some((_, range)) if range.end > old => range.perms,
            _ => return self.forget(),
        };
        if flags & MREMAP_DONTUNMAP == 0 {
            let (start, end) = self.span(old, old_size);
            self.cut(start, end);
        }
        let (start, end) = self.span(ret, new_size);
        self.insert(start, Range { end, perms });
    }

    /// The heap ends at `end` now. Where it begins, `/proc` said; or it is where the first call said that it ends.
    fn brk(&mut self, end: u64) {
        let end = end.next_multiple_of(self.page);
        let before = self.break_end.replace(end);
        let Some(start) = self.heap.or(before) else {
            return;
        };
        self.heap = Some(start);
        if let Some(before) = before {
            self.cut(start, before);
        }
        if start < end {
            let perms = Perms {
                prot: PROT_READ_WRITE,
                shared: false,
            };
            self.insert(start, Range { end, perms });
        }
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
