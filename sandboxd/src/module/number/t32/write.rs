//! What instructions do to a register.

use super::super::Write;
use super::super::code::Step;
use super::literal;

/// What it does to a register.
pub(in super::super) fn write(step: Step, register: u8) -> Write {
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
        0b01_0010 | 0b01_0011 if field(8) => literal(step).map_or(Write::Unknown, Write::Literal),
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
    if is_load
        && field(12)
        && let Some(address) = literal(step)
    {
        return Write::Literal(address);
    }
    let moves = word >> 23 & 1 == 0 && word & 0x0900 == 0x0900;
    unknown_if(is_load && field(12) || moves && field(16))
}
