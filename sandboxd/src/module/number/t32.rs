//! T32, by the classes of the Arm Architecture Reference Manual (DDI 0406C, A6). Instructions have two or four bytes,
//! and only from a known beginning on it is known where they begin.

use super::Write;
use super::code::{Flow, Step, signed, to};

/// How far before a `svc` walks begin whose agreement is asked for, bytes.
const DOUBT: u64 = 96;

/// The instructions around a `svc`. A walk from any place falls into step with the code soon, but what lies between
/// functions is data. So it begins anew at the function's entry, if that is known; if not, walks from many places must
/// agree, and what is before the place where they do is left out.
pub(super) fn steps(bytes: &[u8], first: u64, svc: u64, entry: Option<u64>) -> Vec<Step> {
    let last = first + bytes.len() as u64;
    let entry = entry.filter(|entry| (first..=svc).contains(entry));
    if let Some(entry) = entry {
        let mut steps = sweep(bytes, first, first, entry);
        steps.extend(sweep(bytes, first, entry, last));
        return steps;
    }
    let from = svc.saturating_sub(DOUBT).max(first);
    let sweeps = (0..DOUBT / 3).step_by(2).filter_map(|at| {
        let steps = sweep(bytes, first, from + at, svc + 2);
        (steps.last()?.address == svc).then_some(steps)
    });
    let mut agreed: Option<Vec<Step>> = None;
    for steps in sweeps {
        let common = match agreed {
            None => steps,
            Some(agreed) => {
                let same = agreed.iter().rev().zip(steps.iter().rev());
                let count = same.take_while(|(a, b)| a.address == b.address).count();
                agreed[agreed.len() - count..].to_vec()
            }
        };
        agreed = Some(common);
    }
    let agreed = agreed.unwrap_or_default();
    let Some(begin) = agreed.first().map(|step| step.address) else {
        return Vec::new();
    };
    // One step is left out in between, so that nothing is walked over from what is agreed on to what is not.
    let mut steps = sweep(bytes, first, first, begin);
    while steps
        .last()
        .is_some_and(|step| step.address + u64::from(step.len) >= begin)
    {
        steps.pop();
    }
    steps.extend(agreed);
    steps.extend(sweep(bytes, first, svc + 2, last));
    steps
}

/// The instructions from one address up to another.
fn sweep(bytes: &[u8], first: u64, from: u64, to: u64) -> Vec<Step> {
    let half = |address: u64| {
        let at = usize::try_from(address.checked_sub(first)?).ok()?;
        let bytes = bytes.get(at..at.checked_add(2)?)?;
        Some(u32::from(u16::from_le_bytes([bytes[0], bytes[1]])))
    };
    let mut steps = Vec::new();
    let mut address = from;
    let mut conditions = 0;
    while address < to {
        let Some(head) = half(address) else { break };
        let is_long = head >> 11 >= 0b11101;
        let (word, len) = if is_long {
            let Some(tail) = half(address + 2) else { break };
            (head << 16 | tail, 4)
        } else {
            (head, 2)
        };
        let is_conditional = conditions > 0;
        conditions = match word {
            // `it`: so many of the next are done on a condition.
            0xbf00..=0xbfff if word & 15 != 0 => 4 - (word & 15).trailing_zeros(),
            _ => conditions.saturating_sub(1),
        };
        let flow = if is_long {
            long_flow(word, address)
        } else {
            short_flow(word, address)
        };
        let flow = match flow {
            Flow::Jump(to) if is_conditional => Flow::Branch(to),
            Flow::Stop if is_conditional => Flow::Next,
            flow => flow,
        };
        steps.push(Step {
            address,
            len,
            word,
            flow,
            is_conditional,
        });
        address += u64::from(len);
    }
    steps
}

fn short_flow(word: u32, address: u64) -> Flow {
    let near = |distance: i64| to(address, 4 + distance);
    match word {
        // `cbz`, `cbnz`.
        _ if word & 0xf500 == 0xb100 => {
            Flow::Branch(near(i64::from(word >> 3 & 0x40 | word >> 2 & 0x3e)))
        }
        // `bx`, `blx`, and `mov` and `add` into the program counter.
        0x4700..=0x477f | 0xde00..=0xdeff | 0xbe00..=0xbeff => Flow::Stop,
        0x4780..=0x47ff => Flow::Call(None),
        _ if word & 0xff87 == 0x4687 || word & 0xff87 == 0x4487 => Flow::Stop,
        // `pop`.
        0xbd00..=0xbdff => Flow::Stop,
        0xd000..=0xddff => Flow::Branch(near(signed(word, 0, 8) * 2)),
        0xe000..=0xe7ff => Flow::Jump(near(signed(word, 0, 11) * 2)),
        _ => Flow::Next,
    }
}

/// Where an instruction of four bytes leads.
pub(super) fn long_flow(word: u32, address: u64) -> Flow {
    if word & 0xf800_8000 == 0xf000_8000 {
        return branch(word, address);
    }
    if word >> 27 < 0b11101 {
        return Flow::Next;
    }
    let loads_pc = word >> 12 & 15 == 15;
    match word >> 16 {
        // `tbb`, `tbh`.
        0xe8d0..=0xe8df if word & 0xf0e0 == 0xf000 => Flow::Stop,
        // `ldm` and `pop`.
        head if head & 0xfe50 == 0xe810 && head >> 7 & 3 != 0 && head >> 7 & 3 != 3 => {
            if word >> 15 & 1 == 1 {
                Flow::Stop
            } else {
                Flow::Next
            }
        }
        // `ldr`.
        head if head & 0xff70 == 0xf850 && loads_pc => Flow::Stop,
        _ => Flow::Next,
    }
}

/// Branches, and what shares their place.
fn branch(word: u32, address: u64) -> Flow {
    let sign = word >> 26 & 1;
    let far = || {
        let (i1, i2) = (!(word >> 13 ^ sign) & 1, !(word >> 11 ^ sign) & 1);
        let bits =
            sign << 24 | i1 << 23 | i2 << 22 | (word >> 16 & 0x3ff) << 12 | (word & 0x7ff) << 1;
        signed(bits, 0, 25)
    };
    match word & 0xd000 {
        0xd000 => Flow::Call(Some(to(address, 4 + far()))),
        // To A32.
        0xc000 => Flow::Call(Some(to(address & !3, 4 + (far() & !3)))),
        0x9000 => Flow::Jump(to(address, 4 + far())),
        _ if word & 0xfff0_f000 == 0xf7f0_a000 => Flow::Stop,
        _ if word >> 23 & 7 != 7 => {
            let (j1, j2) = (word >> 13 & 1, word >> 11 & 1);
            let bits =
                sign << 20 | j2 << 19 | j1 << 18 | (word >> 16 & 63) << 12 | (word & 0x7ff) << 1;
            Flow::Branch(to(address, 4 + signed(bits, 0, 21)))
        }
        _ => Flow::Next,
    }
}

/// What it does to a register.
pub(super) fn write(step: Step, register: u8) -> Write {
    if step.len == 2 {
        short(step, u32::from(register))
    } else {
        long(step, u32::from(register))
    }
}

fn unknown_if(is_written: bool) -> Write {
    if is_written {
        Write::Unknown
    } else {
        Write::Keep
    }
}

fn short(step: Step, wanted: u32) -> Write {
    let word = step.word;
    let field = |low: u32| word >> low & 7 == wanted;
    let from = (word >> 3 & 7) as u8;
    let is_load = word >> 11 & 1 == 1;
    match word >> 10 {
        // `movs` of a register is a shift by nothing.
        0b00_0000 | 0b00_0001 if field(0) && word >> 6 == 0 => Write::Copy(from, 0),
        0b00_0111 if field(0) => {
            let value = word >> 6 & 7;
            let is_sub = word >> 9 & 1 == 1;
            Write::Copy(from, if is_sub { value.wrapping_neg() } else { value })
        }
        0b00_0000..=0b00_0111 => unknown_if(field(0)),
        0b00_1000 | 0b00_1001 if field(8) => Write::Constant(word & 0xff),
        0b00_1100 | 0b00_1101 if field(8) => Write::Copy((word >> 8 & 7) as u8, word & 0xff),
        0b00_1110 | 0b00_1111 if field(8) => {
            Write::Copy((word >> 8 & 7) as u8, (word & 0xff).wrapping_neg())
        }
        // `tst`, `cmp` and `cmn` write nothing.
        0b01_0000 => unknown_if(field(0) && !matches!(word >> 6 & 15, 8 | 10 | 11)),
        0b01_0001 => {
            let to = word >> 4 & 8 | word & 7;
            match word >> 8 & 3 {
                0b10 if to == wanted => Write::Copy((word >> 3 & 15) as u8, 0),
                0b00 => unknown_if(to == wanted),
                _ => Write::Keep,
            }
        }
        0b01_0010 | 0b01_0011 if field(8) => {
            Write::Literal(to(step.address & !3, 4 + i64::from(word & 0xff) * 4))
        }
        0b01_0100..=0b01_0111 => unknown_if(field(0) && word >> 9 & 7 >= 3),
        0b01_1000..=0b10_0011 => unknown_if(field(0) && is_load),
        0b10_0100..=0b10_0111 => unknown_if(field(8) && is_load),
        0b10_1000..=0b10_1011 => unknown_if(field(8)),
        0b10_1100..=0b10_1111 => unknown_if(miscellaneous(word, wanted)),
        0b11_0000..=0b11_0011 => {
            let is_listed = is_load && word >> wanted & 1 == 1 && wanted < 8;
            unknown_if(is_listed || field(8))
        }
        // `svc`: the kernel leaves everything but the result.
        0b11_0111 if word >> 8 == 0xdf => unknown_if(wanted == 0),
        _ => Write::Keep,
    }
}

/// Sign extension, reversal and `pop`; the others write no register.
fn miscellaneous(word: u32, wanted: u32) -> bool {
    let first = word & 7 == wanted;
    match word >> 8 & 15 {
        0b0010 | 0b1010 => first,
        0b1100 | 0b1101 => wanted < 8 && word >> wanted & 1 == 1,
        _ => false,
    }
}

fn long(step: Step, wanted: u32) -> Write {
    let word = step.word;
    let field = |low: u32| word >> low & 15 == wanted;
    match word >> 25 & 15 {
        0b0100 => unknown_if(multiple(word, wanted)),
        0b0101 if field(8) => shifted(word),
        0b1000..=0b1011 if word >> 15 & 1 == 1 => {
            // `mrs` among the branches.
            unknown_if(word & 0xffe0_d000 == 0xf3e0_8000 && field(8))
        }
        0b1000 | 0b1010 if field(8) => modified(word),
        0b1001 | 0b1011 if field(8) => plain(word),
        0b1100 => single(step, wanted),
        0b1101 => unknown_if(field(8) || word >> 23 & 3 == 3 && field(12)),
        // Coprocessors and vectors: two registers, one, or a base that is moved.
        0b0110 | 0b1110 => {
            let is_pair = word & 0x0ff0_0000 == 0x0c50_0000;
            let moves = word >> 21 & 1 == 1;
            unknown_if(is_pair && (field(12) || field(16)) || moves && field(16))
        }
        0b0111 | 0b1111 => {
            let is_moved = word & 0x0f10_0010 == 0x0e10_0010;
            unknown_if(is_moved && field(12))
        }
        _ => Write::Keep,
    }
}

/// Loads and stores of many registers or two, and exclusives.
fn multiple(word: u32, wanted: u32) -> bool {
    let field = |low: u32| word >> low & 15 == wanted;
    let is_load = word >> 20 & 1 == 1;
    let moves = word >> 21 & 1 == 1;
    if word >> 22 & 1 == 0 {
        return is_load && word >> wanted & 1 == 1 || moves && field(16);
    }
    // Pairs have an offset or move the base; what has neither is exclusive, and writes whether it could store.
    let is_pair = word >> 24 & 1 == 1 || moves;
    if is_pair {
        return is_load && (field(12) || field(8)) || moves && field(16);
    }
    field(12) || field(8) || field(0)
}

/// Data processing with a shifted register, which writes the register.
fn shifted(word: u32) -> Write {
    // `mov` is `orr` of nothing and a register that is not shifted.
    if word & 0xffef_f0f0 == 0xea4f_0000 {
        return Write::Copy((word & 15) as u8, 0);
    }
    Write::Unknown
}

/// Data processing with an immediate that says a pattern, which writes the register.
fn modified(word: u32) -> Write {
    let value = expand(word >> 15 & 0x800 | word >> 4 & 0x700 | word & 0xff);
    let from = (word >> 16 & 15) as u8;
    match (word >> 21 & 15, from) {
        (0b0010, 15) => Write::Constant(value),
        (0b0011, 15) => Write::Constant(!value),
        (0b1000, 0..15) => Write::Copy(from, value),
        (0b1101, 0..15) => Write::Copy(from, value.wrapping_neg()),
        _ => Write::Unknown,
    }
}

/// `ThumbExpandImm` of the manual.
fn expand(bits: u32) -> u32 {
    let byte = bits & 0xff;
    match bits >> 8 {
        0 => byte,
        1 => byte << 16 | byte,
        2 => byte << 24 | byte << 8,
        3 => byte * 0x0101_0101,
        _ => (bits & 0x7f | 0x80).rotate_right(bits >> 7),
    }
}

/// Data processing with a plain number, which writes the register.
fn plain(word: u32) -> Write {
    let value = word >> 15 & 0x800 | word >> 4 & 0x700 | word & 0xff;
    let from = (word >> 16 & 15) as u8;
    match (word >> 20 & 31, from) {
        (0b00100, _) => Write::Constant(u32::from(from) << 12 | value),
        (0b01100, _) => Write::Upper((u32::from(from) << 12 | value) << 16),
        (0b00000, 0..15) => Write::Copy(from, value),
        (0b01010, 0..15) => Write::Copy(from, value.wrapping_neg()),
        _ => Write::Unknown,
    }
}

/// Loads and stores of one register.
fn single(step: Step, wanted: u32) -> Write {
    let word = step.word;
    let field = |low: u32| word >> low & 15 == wanted;
    if word >> 24 & 1 == 1 && word >> 20 & 1 == 0 {
        // Vectors in structures move the base unless they say that they do not.
        return unknown_if(word & 15 != 15 && field(16));
    }
    let is_load = word >> 20 & 1 == 1;
    if is_load && field(12) && word & 0xff7f_0000 == 0xf85f_0000 {
        let distance = i64::from(word & 0xfff);
        let is_up = word >> 23 & 1 == 1;
        let from = to(step.address & !3, 4);
        return Write::Literal(to(from, if is_up { distance } else { -distance }));
    }
    let moves = word >> 23 & 1 == 0 && word & 0x0900 == 0x0900;
    unknown_if(is_load && field(12) || moves && field(16))
}
