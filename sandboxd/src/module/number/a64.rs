//! A64, by the classes of the Arm Architecture Reference Manual (DDI 0487, C4.1).

use super::Write;
use super::code::{Flow, Step, signed, to};

/// An instruction of four bytes.
pub(in crate::module) fn step(word: u32, address: u64) -> Step {
    Step {
        address,
        len: 4,
        word,
        flow: flow(word, address),
        is_conditional: false,
    }
}

/// Where it leads.
pub(in crate::module) fn flow(word: u32, address: u64) -> Flow {
    let near = |low, count| to(address, signed(word, low, count) * 4);
    match word >> 26 {
        0b00_0101 => Flow::Jump(near(0, 26)),
        0b10_0101 => Flow::Call(Some(near(0, 26))),
        _ if word & 0xff00_0000 == 0x5400_0000 => Flow::Branch(near(5, 19)),
        _ if word & 0x7e00_0000 == 0x3400_0000 => Flow::Branch(near(5, 19)),
        _ if word & 0x7e00_0000 == 0x3600_0000 => Flow::Branch(near(5, 14)),
        // To a register: `blr` and its kind come back, `br`, `ret` and `eret` do not.
        _ if word & 0xfe00_0000 == 0xd600_0000 => match word >> 21 & 7 {
            1 => Flow::Call(None),
            _ => Flow::Stop,
        },
        // `hvc`, `smc`, `brk`, `hlt`: not in programs, or for those that do not go on.
        _ if word & 0xff00_0000 == 0xd400_0000 && word & 0xffe0_001f != 0xd400_0001 => Flow::Stop,
        // `udf`; zeroes between functions are it.
        _ if word & 0xffff_0000 == 0 => Flow::Stop,
        _ => Flow::Next,
    }
}

/// What it does to a register.
pub(in crate::module) fn write(step: Step, register: u8) -> Write {
    let word = step.word;
    let wanted = u32::from(register);
    let first = word & 31 == wanted;
    match word >> 25 & 15 {
        0b1000 | 0b1001 if first => immediate(word),
        0b0101 | 0b1101 if first => registers(word),
        0b0100 | 0b0110 | 0b1100 | 0b1110 => memory(step, wanted),
        0b0111 | 0b1111 if first && is_general(word) => Write::Unknown,
        // The kernel leaves everything but the result.
        0b1010 | 0b1011 if word & 0xffe0_001f == 0xd400_0001 && wanted == 0 => Write::Unknown,
        // `mrs` and `sysl`.
        0b1010 | 0b1011 if word & 0xffe0_0000 == 0xd520_0000 && first => Write::Unknown,
        // Scalable vectors, and what this does not know.
        0b0000..=0b0011 if first => Write::Unknown,
        _ => Write::Keep,
    }
}

/// Data processing with an immediate, which writes its first register.
fn immediate(word: u32) -> Write {
    let from = (word >> 5 & 31) as u8;
    match word >> 23 & 7 {
        // `add` and `sub`; register 31 is the stack here.
        0b010 if from != 31 => {
            let value = (word >> 10 & 0xfff) << ((word >> 22 & 1) * 12);
            let is_sub = word >> 30 & 1 == 1;
            Write::Copy(from, if is_sub { value.wrapping_neg() } else { value })
        }
        // `orr` with the zero register. Numbers of calls that are such a pattern lie in one element.
        0b100 if word >> 29 & 3 == 1 && from == 31 => {
            pattern(word).map_or(Write::Unknown, Write::Constant)
        }
        0b101 => {
            let value = (word >> 5 & 0xffff) << ((word >> 21 & 1) * 16);
            let is_high = word >> 22 & 1 == 1;
            match word >> 29 & 3 {
                0 => Write::Constant(if is_high { u32::MAX } else { !value }),
                2 => Write::Constant(if is_high { 0 } else { value }),
                _ => Write::Unknown,
            }
        }
        // `sxtw`.
        0b110 if word & 0xffff_fc00 == 0x9340_7c00 => Write::Copy(from, 0),
        _ => Write::Unknown,
    }
}

/// The lower half of a bit pattern (`DecodeBitMasks` of the manual).
fn pattern(word: u32) -> Option<u32> {
    let is_64 = word >> 31 == 1;
    let (n, rotate, ones) = (word >> 22 & 1, word >> 16 & 63, word >> 10 & 63);
    if n == 1 && !is_64 {
        return None;
    }
    let size = 1 << (n << 6 | !ones & 63).checked_ilog2()?;
    let (rotate, ones) = (rotate & (size - 1), ones & (size - 1));
    if size < 2 || ones == size - 1 {
        return None;
    }
    let mut element = (1_u128 << (ones + 1)) - 1;
    element = element >> rotate | element << (size - rotate);
    element &= (1 << size) - 1;
    let copies = (0..64).step_by(size as usize);
    let whole = copies.fold(0_u128, |whole, at| whole | element << at);
    Some(whole as u32)
}

/// Data processing with registers, which writes its first register.
fn registers(word: u32) -> Write {
    // `mov`: `orr` of the zero register and one that is not shifted.
    if word & 0x7fe0_ffe0 == 0x2a00_03e0 {
        return Write::Copy((word >> 16 & 31) as u8, 0);
    }
    // `ccmp` and `ccmn` have flags there.
    if word & 0x1fe0_0000 == 0x1a40_0000 {
        return Write::Keep;
    }
    Write::Unknown
}

/// Loads and stores.
fn memory(step: Step, wanted: u32) -> Write {
    let word = step.word;
    let is_vector = word >> 26 & 1 == 1;
    let field = |low: u32| word >> low & 31 == wanted;
    let (data, base) = (field(0) && !is_vector, field(5));
    let is_written = match word >> 28 & 3 {
        // Literals.
        0b01 if word >> 24 & 1 == 0 => {
            if data && word >> 30 != 3 {
                return Write::Literal(to(step.address, signed(word, 5, 19) * 4));
            }
            false
        }
        // Pairs; the base is written by those that move it.
        0b10 => {
            let is_load = word >> 22 & 1 == 1;
            let moves = word >> 23 & 1 == 1;
            is_load && (data || field(10) && !is_vector) || moves && base
        }
        // One register: with a large offset, or (bit 21) as an atomic or by a register, or moving the base.
        0b11 => {
            let is_load = word >> 22 & 3 != 0;
            let by_register = word >> 21 & 1 == 1;
            let (is_plain, way) = (word >> 24 & 1 == 1, word >> 10 & 3);
            let is_atomic = !is_plain && by_register && way != 0b10;
            let moves = !is_plain && !by_register && way & 1 == 1;
            data && (is_load || is_atomic) || moves && base
        }
        // Vectors in structures.
        0b00 if is_vector => word >> 23 & 1 == 1 && base,
        // Exclusives, and copies of memory: all that they name.
        _ => data || base && word >> 28 & 3 == 1 || field(10) || field(16),
    };
    if is_written {
        Write::Unknown
    } else {
        Write::Keep
    }
}

/// Whether an instruction of the vector unit writes a general register.
fn is_general(word: u32) -> bool {
    // Conversions and `fmov`, in both directions.
    let is_conversion = word & 0x5f20_0000 == 0x1e20_0000 && word & 0xfc00 == 0;
    let is_fixed = word & 0x5f20_0000 == 0x1e00_0000;
    let is_from_general = matches!(word >> 16 & 7, 0b010 | 0b011 | 0b111);
    let is_moved = word & 0xbfe0_8400 == 0x0e00_0400 && matches!(word >> 11 & 15, 5 | 7);
    (is_conversion || is_fixed) && !is_from_general || is_moved
}
