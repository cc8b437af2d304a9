//! How the caller's registers are found where no table says so: by what the code does before it returns. Whichever way a
//! function goes on, it puts them back first; so one way to its `ret` is followed, and what it reads them from is where
//! they are.
//!
//! A64, by the classes of the Arm Architecture Reference Manual (DDI 0487, C4.1).

#[cfg(test)]
mod tests;

use super::Read;
use crate::input::{Kept, Pointer, Rule};
use crate::module::number::code::Flow;
use crate::module::number::{Write, a64};

/// Instructions that are followed.
const STEPS: usize = 256;
const FP: u8 = 29;
const LR: u8 = 30;
const SP: u32 = 31;

/// A place in the stack: bytes from where a register pointed in the beginning.
type Spot = (Pointer, i64);

/// What a register has by now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Held {
    /// What this register had in the beginning.
    First(u8),
    /// What was read from there.
    From(Spot),
    /// Something else.
    Other,
}

#[derive(Debug)]
struct Ahead {
    sp: Spot,
    fp: Held,
    lr: Held,
    /// Where they were stored since: a function that this one goes on as does that.
    stored: Vec<(Spot, Held)>,
}

/// What the code from an address on says; `called`: it begins behind a call, which used the link register.
pub(super) fn rule(read: Read<'_>, from: u64, called: bool) -> Option<Rule> {
    let mut at = from;
    let mut ahead = Ahead {
        sp: (Pointer::Stack, 0),
        fp: Held::First(FP),
        lr: if called { Held::Other } else { Held::First(LR) },
        stored: Vec::new(),
    };
    for _ in 0..STEPS {
        let mut word = [0; 4];
        if !read(at, &mut word) {
            return None;
        }
        let word = u32::from_le_bytes(word);
        if is_return(word) {
            return ahead.rule();
        }
        if is_begin(word) && ahead.lr == Held::Other {
            return None;
        }
        match a64::flow(word, at) {
            Flow::Next => ahead.step(word, at)?,
            Flow::Branch(_) => {}
            Flow::Jump(to) => {
                at = to;
                continue;
            }
            Flow::Call(_) => ahead.lr = Held::Other,
            Flow::Stop => return None,
        }
        at = at.checked_add(4)?;
    }
    None
}

/// `ret`, `retaa`, `retab`.
fn is_return(word: u32) -> bool {
    matches!(word, 0xd65f_03c0 | 0xd65f_0bff | 0xd65f_0fff)
}

/// `paciasp`, `pacibsp`, `bti c`, `bti jc`: what functions begin with, and what is nowhere else behind a call.
fn is_begin(word: u32) -> bool {
    matches!(word, 0xd503_233f | 0xd503_237f | 0xd503_245f | 0xd503_24df)
}

impl Ahead {
    /// What was found when the function returns.
    fn rule(&self) -> Option<Rule> {
        let (base, end) = self.sp;
        // Below the stack pointer there is nothing: this is another function, behind a call that does not come back.
        let is_above = |at: i64| base == Pointer::Frame || at >= 0;
        let kept = |register, held| match held {
            Held::First(first) if first == register => Some(Kept::Same),
            Held::From((from, at)) if from == base && is_above(at) => {
                Some(Kept::At(at.checked_sub(end)?))
            }
            Held::First(_) | Held::From(_) | Held::Other => None,
        };
        if !is_above(end) {
            return None;
        }
        Some(Rule {
            frame: self.sp,
            fp: kept(FP, self.fp)?,
            lr: kept(LR, self.lr)?,
        })
    }

    /// Does what an instruction does; nothing if that is not understood.
    fn step(&mut self, word: u32, at: u64) -> Option<()> {
        if let Some((from, by)) = moves_stack(word) {
            let (base, at) = self.base(from)?;
            self.sp = (base, at.checked_add(by)?);
            return Some(());
        }
        if word >> 25 & 0b101 == 0b100 {
            return self.memory(word, at);
        }
        self.rest(word, at)
    }

    /// Where a register points into the stack.
    fn base(&self, register: u32) -> Option<Spot> {
        match register {
            SP => Some(self.sp),
            29 if self.fp == Held::First(FP) => Some((Pointer::Frame, 0)),
            _ => None,
        }
    }

    /// Loads and stores: of pairs and of one register, with a number.
    fn memory(&mut self, word: u32, at: u64) -> Option<()> {
        let (is_vector, base) = (word >> 26 & 1 == 1, word >> 5 & 31);
        let access = match word >> 27 & 7 {
            0b101 => pair(word, is_vector),
            0b111 if word >> 24 & 1 == 1 => large(word),
            0b111 if word >> 21 & 1 == 0 => small(word),
            _ if base == SP && may_move_base(word) => return None,
            _ => return self.rest(word, at),
        };
        let spot = self.base(base);
        let here = spot.and_then(|(base, at)| Some((base, at.checked_add(access.at)?)));
        let registers = access.registers.into_iter().flatten().enumerate();
        for (number, register) in registers.filter(|_| !is_vector) {
            let whole = here.filter(|_| access.size == 8);
            let spot = whole.map(|(base, at)| (base, at.saturating_add(8 * number as i64)));
            match spot {
                Some(spot) if access.is_load => self.put(register, self.at(spot)),
                None if access.is_load => self.put(register, Held::Other),
                // Nobody keeps a link register that a call has used: another function begins here.
                _ if register == LR && self.lr == Held::Other => return None,
                Some(spot) => {
                    let held = self.get(register).map(|held| (spot, held));
                    self.stored.extend(held);
                }
                None => {}
            }
        }
        match (access.moves, base) {
            (0, _) => {}
            (by, SP) => self.sp = (self.sp.0, self.sp.1.checked_add(by)?),
            (_, base) => self.put(base as u8, Held::Other),
        }
        Some(())
    }

    /// Any other instruction: it must leave the stack pointer alone.
    fn rest(&mut self, word: u32, at: u64) -> Option<()> {
        let step = a64::step(word, at);
        for register in [FP, LR] {
            if a64::write(step, register) != Write::Keep {
                self.put(register, Held::Other);
            }
        }
        (!may_move_stack(word)).then_some(())
    }

    /// What is in memory there.
    fn at(&self, spot: Spot) -> Held {
        let stored = self.stored.iter().rev().find(|(at, _)| *at == spot);
        stored.map_or(Held::From(spot), |(_, held)| *held)
    }

    fn get(&self, register: u8) -> Option<Held> {
        match register {
            FP => Some(self.fp),
            LR => Some(self.lr),
            _ => None,
        }
    }

    fn put(&mut self, register: u8, held: Held) {
        match register {
            FP => self.fp = held,
            LR => self.lr = held,
            _ => {}
        }
    }
}

/// `add`, `sub` with a number, to the stack pointer: from which register, and how far.
fn moves_stack(word: u32) -> Option<(u32, i64)> {
    // With bit 29 it sets flags, and 31 is no stack pointer.
    let is_it = word >> 23 & 0x3f == 0b10_0010 && word >> 29 & 1 == 0 && word & 31 == SP;
    let by = i64::from((word >> 10 & 0xfff) << ((word >> 22 & 1) * 12));
    let by = if word >> 30 & 1 == 1 { -by } else { by };
    is_it.then_some((word >> 5 & 31, by))
}

/// What an instruction does to memory.
struct Access {
    is_load: bool,
    registers: [Option<u8>; 2],
    /// Bytes of a register.
    size: i64,
    /// Where, from the base on.
    at: i64,
    /// How far it moves the base.
    moves: i64,
}

/// `ldp`, `stp`.
fn pair(word: u32, is_vector: bool) -> Access {
    let size = match (is_vector, word >> 30) {
        (true, width) => 4 << width.min(2),
        (false, 2) => 8,
        // Memory tags.
        (false, 1) if word >> 22 & 1 == 0 => 16,
        (false, _) => 4,
    };
    let offset = signed(word >> 15, 7) * size;
    let (at, moves) = match word >> 23 & 3 {
        1 => (0, offset),
        3 => (offset, offset),
        _ => (offset, 0),
    };
    Access {
        is_load: word >> 22 & 1 == 1,
        registers: [Some((word & 31) as u8), Some((word >> 10 & 31) as u8)],
        size,
        at,
        moves,
    }
}

/// `ldr`, `str` with a large offset, which counts in the size of what is moved.
fn large(word: u32) -> Access {
    let size = 1 << (word >> 30);
    Access {
        is_load: word >> 22 & 3 != 0,
        registers: [Some((word & 31) as u8), None],
        size,
        at: i64::from(word >> 10 & 0xfff) * size,
        moves: 0,
    }
}

/// `ldur`, `stur`, and those that move the base.
fn small(word: u32) -> Access {
    let offset = signed(word >> 12, 9);
    let (at, moves) = match word >> 10 & 3 {
        1 => (0, offset),
        3 => (offset, offset),
        _ => (offset, 0),
    };
    Access {
        is_load: word >> 22 & 3 != 0,
        registers: [Some((word & 31) as u8), None],
        size: 1 << (word >> 30),
        at,
        moves,
    }
}

/// Whether a load or store of another kind can move its base: those can not that are exclusive, of what lies beside the
/// code, with a register, or atomic.
fn may_move_base(word: u32) -> bool {
    let (is_vector, is_register) = (word >> 26 & 1 == 1, word >> 21 & 1 == 1);
    match word >> 27 & 7 {
        0b001 => is_vector,
        0b011 => word >> 24 & 1 == 1,
        0b111 => !is_register || word >> 10 & 1 == 1,
        _ => true,
    }
}

/// So many of the lowest bits, as a number with a sign.
fn signed(bits: u32, count: u32) -> i64 {
    let shift = 64 - count;
    (i64::from(bits) << shift) >> shift
}

/// Whether an instruction can write the stack pointer: 31 means it in some of those that calculate, and in no other.
fn may_move_stack(word: u32) -> bool {
    let is_31 = word & 31 == SP;
    // `add`, `sub` with an extended register; `and`, `orr`, `eor` with a pattern; those that set flags do not.
    let is_extended = word & 0x1fe0_0000 == 0x0b20_0000 && word >> 29 & 1 == 0;
    let is_pattern = word >> 23 & 0x3f == 0b10_0100 && word >> 29 & 3 != 3;
    let is_number = word >> 23 & 0x3f == 0b10_0010 && word >> 29 & 1 == 0;
    // Tags: `addg`, `subg`, and those that are not known here.
    let is_tagged = word >> 23 & 0x3f == 0b10_0011;
    let is_unknown = word & 0x1800_0000 == 0;
    is_31 && (is_extended || is_pattern || is_number || is_tagged) || is_unknown
}
