//! One walk over a stack, frame by frame.

use std::rc::Rc;

use kprobe_common::index::{self, Abi};
use kprobe_common::record::{FRAMES, Frame, Header};
use kprobe_common::regs::untag;

use super::memory::Memory;
use super::{Stack, StackEnd, Stop};
use crate::caller::{Ask, Callers, Class, Place};
use crate::input::{Kept, Link, Pointer, Rule};
use crate::record::{Body, Record};
use crate::world::World;

/// What is asked of the code of a frame.
const FRAME: Ask = Ask {
    isa: None,
    frame: true,
};
/// Bytes of an instruction, so of the one that a function returns behind.
const INSTRUCTION: u64 = 4;
/// Where a signal's handler finds the registers of before it, from the stack pointer that it returns with: behind a
/// `siginfo` (128 bytes) and what a `ucontext` begins with (176), and there behind a fault's address.
/// <https://github.com/torvalds/linux/blob/v6.12/arch/arm64/kernel/signal.c#L44-L47>,
/// <https://github.com/torvalds/linux/blob/v6.12/arch/arm64/include/uapi/asm/sigcontext.h#L28-L36>
const BEFORE: u64 = 128 + 176 + 8;
const BEFORE_FP: u64 = BEFORE + 29 * 8;
pub(super) const BEFORE_LR: u64 = BEFORE + 30 * 8;
pub(super) const BEFORE_SP: u64 = BEFORE + 31 * 8;
pub(super) const BEFORE_PC: u64 = BEFORE + 32 * 8;

/// A walk, at one of its frames.
pub(super) struct Walk<'a> {
    callers: &'a Callers,
    world: &'a World,
    header: &'a Header,
    memory: Memory<'a>,
    /// So far; the last is the frame that it is at.
    places: Vec<Place>,
    /// The stack pointer in this frame, where known.
    sp: Option<u64>,
    /// What it is at least.
    floor: u64,
    /// Where the stack ends, where known.
    limit: Option<u64>,
    /// The frame pointer in this frame.
    fp: u64,
    /// The link register, as long as it can be the return address: in the innermost frame, and in one that a signal
    /// interrupted.
    lr: Option<u64>,
    /// How many of the places follow each other for sure: code without tables may have no frame.
    sure: Option<usize>,
}

impl<'a> Walk<'a> {
    /// Of a call of the process of a record, from its first place on.
    pub(super) fn new(
        callers: &'a Callers,
        world: &'a World,
        record: &'a Record<'_>,
        frame: &Frame,
        first: &Place,
    ) -> Self {
        Self {
            callers,
            world,
            header: &record.header,
            memory: Memory::of(record, frame),
            places: vec![first.clone()],
            sp: Some(untag(frame.sp)),
            floor: untag(frame.sp),
            limit: world.stack_end(&record.header, untag(frame.sp)),
            fp: untag(frame.fp),
            lr: Some(frame.lr),
            sure: None,
        }
    }

    /// What was found, and why there is no more.
    pub(super) fn found(self, end: StackEnd) -> Stack {
        Stack {
            sure: self.sure.unwrap_or(self.places.len()),
            places: self.places,
            end,
        }
    }

    /// Goes on to the end, if this is a call whose stack can be followed.
    pub(super) fn whole(&mut self, record: &Record<'_>, first: &Place) -> Stop {
        if index::abi(record.header.index) == Abi::Arm32 {
            StackEnd::Arm32.into()
        } else if !matches!(record.body, Body::Enter(_)) {
            StackEnd::NoEntry.into()
        } else if first.class == Class::Unknown {
            StackEnd::NotCode.into()
        } else {
            self.run()
        }
    }

    fn run(&mut self) -> Stop {
        while self.places.len() < FRAMES {
            if let Err(stop) = self.step() {
                return stop;
            }
        }
        StackEnd::Limit.into()
    }

    /// From a frame to its caller's.
    fn step(&mut self) -> Result<(), Stop> {
        let last = self.places.last();
        let rule = last
            .and_then(|place| place.site.as_ref())
            .and_then(|site| site.frame.rule);
        let back = match rule {
            Some(rule) => self.by_rule(rule)?,
            None if self.lr.is_some() => self.by_link()?,
            None => self.perhaps_by_frame()?,
        };
        let back = self.callers.bare(back, Abi::Arm64);
        if back == 0 {
            return Err(StackEnd::Outermost.into());
        }
        let call = self.place(back.saturating_sub(INSTRUCTION))?;
        match call.site.as_ref().and_then(|site| site.frame.link) {
            Some(Link::Other) => Err(StackEnd::NotCalled.into()),
            Some(Link::Restorer) => self.interrupted(back),
            // Of code that is in no file it cannot be said.
            Some(Link::Call) | None => {
                self.places.push(call);
                Ok(())
            }
        }
    }

    /// As the function's tables say.
    fn by_rule(&mut self, rule: Rule) -> Result<u64, Stop> {
        if rule.lr == Kept::Gone {
            return Err(StackEnd::Outermost.into());
        }
        let base = match rule.frame.0 {
            Pointer::Stack => self.sp,
            Pointer::Frame => Some(self.fp),
        };
        let Some(base) = base else {
            // Only the frame pointer is known. Where it points, such a function keeps its caller's and the return address.
            return match (rule.fp, rule.lr) {
                (Kept::At(fp), Kept::At(lr)) if lr == fp + 8 => self.by_frame(fp),
                _ if self.memory.has_stack() => Err(StackEnd::NoRule.into()),
                _ => Err(StackEnd::NoFrame.into()),
            };
        };
        let end = base.wrapping_add_signed(rule.frame.1);
        let is_inner = self.lr.is_some();
        if end < self.floor || end == self.floor && !is_inner {
            return Err(StackEnd::Backwards.into());
        }
        let back = match rule.lr {
            Kept::Same | Kept::Gone => self.lr.ok_or(StackEnd::NoRule)?,
            Kept::At(at) => self.memory.read(end.wrapping_add_signed(at))?,
        };
        match rule.fp {
            Kept::Same => {}
            Kept::At(at) => self.fp = untag(self.memory.read(end.wrapping_add_signed(at))?),
            Kept::Gone => self.fp = 0,
        }
        (self.sp, self.floor, self.lr) = (Some(end), end, None);
        Ok(back)
    }

    /// The same of code without tables, which may have no frame of its own.
    fn perhaps_by_frame(&mut self) -> Result<u64, Stop> {
        self.sure.get_or_insert(self.places.len());
        self.by_frame(0)
    }

    /// Where the frame pointer points; the frame ends `before` bytes behind that, if that is not 0.
    fn by_frame(&mut self, before: i64) -> Result<u64, Stop> {
        if self.fp == 0 {
            return Err(StackEnd::Outermost.into());
        }
        if self.fp < self.floor {
            return Err(StackEnd::Backwards.into());
        }
        if self.limit.is_some_and(|limit| self.fp >= limit) {
            return Err(StackEnd::Elsewhere.into());
        }
        let back = self.memory.read(self.fp.wrapping_add(8))?;
        let fp = untag(self.memory.read(self.fp)?);
        self.sp = (before != 0).then(|| self.fp.wrapping_add_signed(before.wrapping_neg()));
        self.floor = self.fp.saturating_add(16);
        (self.fp, self.lr) = (fp, None);
        Ok(back)
    }

    /// In code without tables that has just been entered: the link register, if it is not left over from a call that this
    /// very function made, which it then points into.
    fn by_link(&mut self) -> Result<u64, Stop> {
        let lr = self.lr.take().unwrap_or(0);
        let back = self.callers.bare(lr, Abi::Arm64);
        let stored = self.memory.read(self.fp.wrapping_add(8)).ok();
        if stored.is_some_and(|stored| self.callers.bare(stored, Abi::Arm64) == back) {
            return self.by_frame(0);
        }
        let call = match self.place(back.saturating_sub(INSTRUCTION)) {
            Ok(call) => Some(call),
            Err(Stop::End(_)) => None,
            Err(want) => return Err(want),
        };
        let is_caller = call.is_some_and(|call| {
            self.places
                .last()
                .is_some_and(|place| is_other(place, &call))
        });
        if !is_caller {
            return self.perhaps_by_frame();
        }
        self.sp = None;
        Ok(lr)
    }

    /// A signal's handler returns to code that puts the registers of before it back.
    fn interrupted(&mut self, restorer: u64) -> Result<(), Stop> {
        let here = self.place(restorer)?;
        self.places.push(here);
        let Some(from) = self.sp.filter(|_| self.memory.has_stack()) else {
            // The kernel links a frame of its own to that of the interrupted function, which is not known itself: what it
            // goes back to is.
            // https://github.com/torvalds/linux/blob/v6.12/arch/arm64/kernel/signal.c#L1118-L1124
            self.fp = untag(self.memory.read(self.fp)?);
            (self.sp, self.floor, self.lr) = (None, 0, None);
            self.limit = self.world.stack_end(self.header, self.fp);
            let back = self.perhaps_by_frame()?;
            let back = self.callers.bare(back, Abi::Arm64);
            let call = self.place(back.saturating_sub(INSTRUCTION))?;
            if call.site.as_ref().and_then(|site| site.frame.link) == Some(Link::Other) {
                return Err(StackEnd::NotCalled.into());
            }
            self.places.push(call);
            return Ok(());
        };
        let before = |at: u64| self.memory.read(from.wrapping_add(at));
        let (pc, sp) = (before(BEFORE_PC)?, untag(before(BEFORE_SP)?));
        let (fp, lr) = (untag(before(BEFORE_FP)?), before(BEFORE_LR)?);
        (self.sp, self.floor, self.fp, self.lr) = (Some(sp), sp, fp, Some(lr));
        self.limit = self.world.stack_end(self.header, sp);
        let there = self.place(pc)?;
        self.places.push(there);
        Ok(())
    }

    /// What lies at an address, which must be code.
    fn place(&self, at: u64) -> Result<Place, Stop> {
        let place = self.callers.look(self.world, self.header, at, FRAME);
        match place.map_err(Stop::Want)? {
            place if place.class == Class::Unknown => Err(StackEnd::NotCode.into()),
            place => Ok(place),
        }
    }
}

/// Whether two places are in two functions, for certain.
fn is_other(one: &Place, other: &Place) -> bool {
    let module = |place: &Place| place.module.as_ref().map(Rc::as_ptr);
    let function = |place: &Place| {
        let site = place.site.clone()?;
        site.symbol.clone()
    };
    module(one) != module(other)
        || function(one)
            .zip(function(other))
            .is_some_and(|(one, other)| one != other)
}
