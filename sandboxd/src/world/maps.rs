//! The mappings of one address space, over time: which code lay at an address when a call was made from it.
//!
//! The kernel tells of every executable mapping that it makes (`PERF_RECORD_MMAP2`), at the moment of it and with its
//! file; calls tell of all others, and of what is taken away, from their entry to their return. An address that code ran
//! at was executable: so it is of what the last event said of it, whatever is being unmapped meanwhile, unless memory that
//! is not executable is known to have come after it. One read of `/proc/PID/maps` is where this begins.

pub mod backing;
mod change;
mod lines;
mod ranges;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::rc::Rc;

use kprobe_common::record;
use kprobe_common::regs::untag;
use kprobe_common::table::Effect;

use crate::event::{Hex, Mapping, Perms};
use crate::input::MapLine;
use backing::{Backing, Files};
use lines::{found, stack_among};
use ranges::{Range, Ranges};

/// `MAP_SHARED` and `MAP_SHARED_VALIDATE` are the values 1 and 3 of this field.
const MAP_SHARED: u64 = 0x1;
const PROT_WRITE: u8 = 0x2;
const PROT_EXEC: u8 = 0x4;
const PROT_MASK: u64 = 0x7;
/// Below the top of the stack the kernel maps nothing by itself in so many bytes: `MIN_GAP` in
/// <https://github.com/torvalds/linux/blob/v6.12/mm/util.c#L364>.
const STACK_ROOM: u64 = 128 << 20;
/// Above the stack pointer of a program that begins lie its arguments, a quarter of 8 MiB at most (`bprm_stack_limits` in
/// <https://github.com/torvalds/linux/blob/v6.12/fs/exec.c>), or of another limit.
const ARGUMENTS: u64 = 8 << 20;
/// So long a fork takes at most, where it was not seen when it began, nanoseconds.
const FORK_NS: u64 = 50_000_000;

/// The mappings of an address space.
#[derive(Clone, Debug, Default)]
pub struct Maps {
    ranges: Ranges,
    /// Calls under way that change mappings, by thread.
    changing: BTreeMap<u32, Changing>,
    /// Bytes of a page: lengths are rounded up to a multiple of it, starts are multiples anyway.
    page: u64,
    known: Option<Known>,
    /// Where the heap begins, and the last end that `brk` told.
    heap: Option<u64>,
    break_end: Option<u64>,
    /// Where the stack begins: the first address behind it.
    stack_top: Option<u64>,
    /// Or, as long as that is not known, where its pointer was when the program began.
    stack_near: Option<u64>,
}

/// Since when it is known what is mapped.
#[derive(Clone, Copy, Debug)]
struct Known {
    /// Changes from this time on are news.
    news: u64,
    /// Answers can be given for this time and later.
    since: u64,
}

/// A call that changes mappings.
#[derive(Clone, Debug)]
struct Changing {
    effect: Effect,
    spans: [(u64, u64); 2],
    entered: u64,
    /// The kernel told of a mapping that it made.
    told: bool,
    /// It lets memory be written.
    writes: bool,
}

/// What lay at an address.
#[derive(Clone, Debug)]
pub struct Held<'a> {
    /// What it is of.
    pub backing: &'a Backing,
    /// How far into that range the address lies: to be added to the place in the file that the range begins with.
    pub distance: u64,
    /// The mapping; `None` where its ends are uncertain.
    pub mapping: Option<Mapping>,
    /// It could be written since it was mapped: its bytes need not be the file's.
    pub written: bool,
}

impl Maps {
    /// Of a program that is just being loaded: there is nothing yet, and everything will be told.
    #[must_use]
    pub fn fresh(page: u64, time: u64) -> Self {
        Self {
            page: page.max(1),
            known: Some(Known {
                news: time,
                since: time,
            }),
            ..Self::default()
        }
    }

    /// Whether the mappings are known at all.
    #[must_use]
    pub fn is_known(&self) -> bool {
        self.known.is_some()
    }

    /// What executable memory held `address` at `time`; `None` where there was none or it is not known.
    #[must_use]
    pub fn at(&self, address: u64, time: u64) -> Option<Held<'_>> {
        if self.known.is_none_or(|known| time < known.since) {
            return None;
        }
        let mut changing = self.changing.values().filter(|call| call.covers(address));
        let is_moving = changing.clone().any(|call| call.effect == Effect::Remap);
        let is_written = changing.clone().any(|call| call.writes);
        let is_changing = changing.any(|call| call.effect != Effect::Map || !call.told);
        // Code may be moved, without telling, to where something is gone or is going.
        let mut all = self.changing.values();
        let may_be_moved = all.any(|call| call.effect == Effect::Remap);
        let Some((start, range)) = self.ranges.at(address) else {
            return self.in_stack(address).filter(|_| !may_be_moved);
        };
        if is_moving
            || may_be_moved && (is_changing || range.is_loose)
            || range.perms.prot & PROT_EXEC == 0
        {
            return None;
        }
        if time < range.since {
            let is_stack = range.backing == Backing::Stack;
            return is_stack.then(|| stack_without_ends(&range.backing));
        }
        let mapping = Mapping {
            start: Hex(start),
            end: Hex(range.end),
            perms: range.perms,
        };
        Some(Held {
            backing: &range.backing,
            distance: address - start,
            mapping: (!is_changing && !range.is_loose).then_some(mapping),
            written: range.written || is_written,
        })
    }

    /// Nobody tells where a stack is that can be executed from the start, nor that it grows: with nothing between it and
    /// the stack, or, before anybody has looked, so near to its top, code that ran there is in the stack.
    fn in_stack(&self, address: u64) -> Option<Held<'_>> {
        const STACK: &Backing = &Backing::Stack;
        let grows =
            |range: &Range| range.backing == Backing::Stack && range.perms.prot & PROT_EXEC != 0;
        let above = self.ranges.above(address);
        let is_below = above.is_some_and(|(_, range)| grows(range));
        let is_near = self.stack_top.is_none() && self.has_room(address);
        (is_below || is_near).then(|| stack_without_ends(STACK))
    }

    /// Whether an address lies where the kernel leaves room for the stack alone.
    fn has_room(&self, address: u64) -> bool {
        let near = self.stack_near.map(|near| near.saturating_add(ARGUMENTS));
        let top = self.stack_top.or(near);
        top.is_some_and(|top| address < top && top - address <= STACK_ROOM)
    }

    /// The executable ranges and what they are of; `None` while that is not known or a call may be changing it.
    #[must_use]
    pub fn code(&self) -> Option<impl Iterator<Item = (u64, u64, &Backing)>> {
        let changes = |call: &Changing| call.effect != Effect::Brk;
        let is_settled = self.known.is_some() && !self.changing.values().any(changes);
        is_settled.then(|| self.ranges.executable())
    }

    /// Where the stack ends that an address lies in: all that can be written, with no gap. `None` where it is not known.
    #[must_use]
    pub fn stack_end(&self, address: u64, time: u64) -> Option<u64> {
        let is_known = self.known.is_some_and(|known| known.since <= time);
        if !is_known || self.changing.values().any(|call| call.covers(address)) {
            return None;
        }
        let holds = |address| {
            let (_, range) = self.ranges.at(address)?;
            (range.perms.prot & PROT_WRITE != 0 && range.since <= time).then_some(range.end)
        };
        // The first thread's grows without telling.
        let first = holds(address).or_else(|| {
            let (_, range) = self.ranges.above(address)?;
            (range.backing == Backing::Stack).then_some(range.end)
        });
        std::iter::successors(first, |&end| holds(end)).last()
    }

    /// Takes a read of `/proc/PID/maps`, begun and ended at these times, on a machine with pages of so many bytes.
    pub fn read(
        &mut self,
        lines: &[MapLine],
        files: &mut Files,
        page: u64,
        (began, ended): (u64, u64),
    ) {
        *self = Self {
            known: Some(Known {
                news: began,
                since: ended,
            }),
            // Calls that it found under way are applied when they return.
            changing: std::mem::take(&mut self.changing),
            ..Self::fresh(page, began)
        };
        let stack = stack_among(lines);
        self.stack_top = stack.map(|(_, top)| top);
        for line in lines {
            self.ranges.insert(line.start, found(line, files, stack, 0));
            if line.path == "[heap]" {
                (self.heap, self.break_end) = (Some(line.start), Some(line.end));
            }
        }
    }

    /// Takes what another read, ended at `time`, has that was not known. Of what was known it may be too new.
    pub fn fill(&mut self, lines: &[MapLine], files: &mut Files, time: u64) {
        let stack = stack_among(lines);
        self.stack_top = self.stack_top.or(stack.map(|(_, top)| top));
        for line in lines.iter().filter(|line| line.prot & PROT_EXEC != 0) {
            let range = found(line, files, stack, time);
            let grown = |old: &Range| old.backing == Backing::Stack && range.backing == old.backing;
            let is_known = |old: &Range| {
                old.perms.prot & PROT_EXEC != 0 && old.backing != Backing::Unknown && !grown(old)
            };
            if !self.ranges.any(line.start, line.end, is_known) {
                self.ranges.insert(line.start, range);
            }
        }
    }

    /// Nothing is known any more.
    pub fn forget(&mut self) {
        *self = Self::default();
    }

    /// A copy for a child that thread `tid` forked from `began` to `time`: nothing is known if the parent was read after
    /// that. What other threads changed meanwhile may have come after the copying.
    #[must_use]
    pub fn for_child(&self, tid: u32, began: Option<u64>, time: u64) -> Self {
        if self.known.is_none_or(|known| time < known.since) {
            return Self::default();
        }
        let began = began.unwrap_or(time.saturating_sub(FORK_NS));
        let mut child = self.clone();
        for call in std::mem::take(&mut child.changing).into_values() {
            for (start, end) in call.spans {
                child.ranges.change(start, end, |range| {
                    range.is_loose = true;
                    if call.effect == Effect::Remap {
                        range.backing = Backing::Unknown;
                    }
                });
            }
        }
        for range in child.ranges.all_mut() {
            if range.by != 0 && range.by != tid && range.since >= began {
                range.backing = Backing::Unknown;
            }
            range.by = 0;
        }
        child
    }

    /// The kernel made an executable mapping, for thread `tid`.
    pub fn told(&mut self, mapped: &record::Mapped, backing: Backing, time: u64, tid: u32) {
        if !self.is_news(time) {
            return;
        }
        let (start, end) = (mapped.address, mapped.address.saturating_add(mapped.len));
        let call = self.changing.get_mut(&tid);
        let is_new = call
            .as_ref()
            .is_some_and(|call| call.effect != Effect::Protect);
        if let Some(call) = call {
            call.told = true;
        }
        let range = Range {
            end,
            perms: Perms {
                prot: mapped.prot as u8 & PROT_MASK as u8,
                shared: mapped.flags as u64 & MAP_SHARED != 0,
            },
            backing: match backing {
                Backing::Anonymous(None) if !is_new => self.told_as_anonymous(start, end),
                backing => backing,
            },
            since: time,
            by: tid,
            is_loose: false,
            written: mapped.prot as u8 & PROT_WRITE != 0,
        };
        let written = if is_new {
            Vec::new()
        } else {
            self.ranges.parts(start, end, |range| range.written)
        };
        self.ranges.insert(start, range);
        for (start, end) in written {
            self.ranges.change(start, end, |range| range.written = true);
        }
    }

    /// What memory is that the kernel called anonymous when it became executable: parts of the heap and of the stack it
    /// calls so too, and it does not tell names that memory was given.
    fn told_as_anonymous(&self, start: u64, end: u64) -> Backing {
        let is_told_better = |range: &Range| {
            matches!(
                range.backing,
                Backing::Heap | Backing::Stack | Backing::Anonymous(Some(_))
            )
        };
        if let Some(range) = self.ranges.first(start, end, is_told_better) {
            return range.backing.clone();
        }
        if self
            .ranges
            .any(start, end, |range| range.backing != Backing::Unknown)
        {
            return Backing::Anonymous(None);
        }
        match self.stack_top.or(self.stack_near) {
            Some(_) if self.has_room(start) => Backing::Stack,
            Some(_) => Backing::Anonymous(None),
            None => Backing::Unknown,
        }
    }

    /// A program was executed, with its stack pointer near that address: the kernel put its arguments above it.
    pub fn begins_near(&mut self, stack: u64) {
        self.stack_near = Some(stack);
    }

    /// Memory without a file was given a name, or none.
    pub fn named(&mut self, start: u64, len: u64, name: Option<&Rc<str>>, time: u64) {
        if !self.is_news(time) {
            return;
        }
        let (start, end) = self.span(untag(start), len);
        self.ranges.change(start, end, |range| {
            if let Backing::Anonymous(_) = range.backing {
                range.backing = Backing::Anonymous(name.cloned());
            }
        });
    }

    /// Whether a change at `time` is news. What came before the read of `/proc`, the read saw.
    fn is_news(&self, time: u64) -> bool {
        self.known.is_some_and(|known| known.news <= time)
    }

    /// The pages that `len` bytes from `start` touch.
    fn span(&self, start: u64, len: u64) -> (u64, u64) {
        let page = self.page.max(1);
        let start = start - start % page;
        let end = start.saturating_add(len);
        let last = u64::MAX - u64::MAX % page;
        (start, end.checked_next_multiple_of(page).unwrap_or(last))
    }
}

/// A place in the stack, where it is not known how far the mapping goes.
fn stack_without_ends(backing: &Backing) -> Held<'_> {
    Held {
        backing,
        distance: 0,
        mapping: None,
        written: true,
    }
}

impl Changing {
    fn covers(&self, address: u64) -> bool {
        self.spans
            .iter()
            .any(|&(start, end)| (start..end).contains(&address))
    }
}
