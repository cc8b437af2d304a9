//! A32, by the classes of the Arm Architecture Reference Manual (DDI 0406C, A5).

use super::Write;
use super::code::{Flow, Step, signed, to};

const PC: u32 = 15;

/// An instruction of four bytes.
pub(super) fn step(word: u32, address: u64) -> Step {
    let condition = word >> 28;
    let flow = flow(word, address);
    let is_conditional = condition < 14;
    Step {
        address,
        len: 4,
        word,
        flow: if is_conditional { flow.perhaps() } else { flow },
        is_conditional,
    }
}

/// Where it leads, if its condition holds.
pub(super) fn flow(word: u32, address: u64) -> Flow {
    let near = to(address, 8 + signed(word, 0, 24) * 4);
    let writes_pc = word >> 12 & 15 == PC;
    match word >> 25 & 7 {
        // `blx` to Thumb.
        0b101 if word >> 28 == PC => Flow::Call(None),
        _ if word >> 28 == PC => Flow::Next,
        0b101 if word >> 24 & 1 == 1 => Flow::Call(Some(near)),
        0b101 => Flow::Jump(near),
        0b000 if word & 0x0fff_fff0 == 0x012f_ff10 => Flow::Stop,
        0b000 if word & 0x0fff_fff0 == 0x012f_ff30 => Flow::Call(None),
        // Data processing into the program counter; comparisons have ones there.
        0b000 | 0b001 if writes_pc && !is_comparison(word) && !is_extra(word) => Flow::Stop,
        0b010 if writes_pc && is_load(word) => Flow::Stop,
        0b011 if word & 0x0ff0_00f0 == 0x07f0_00f0 => Flow::Stop,
        0b011 if writes_pc && is_load(word) && word >> 4 & 1 == 0 => Flow::Stop,
        0b100 if is_load(word) && word >> PC & 1 == 1 => Flow::Stop,
        _ => Flow::Next,
    }
}

fn is_load(word: u32) -> bool {
    word >> 20 & 1 == 1
}

/// `tst`, `teq`, `cmp`, `cmn`, and what stands in their place without flags.
fn is_comparison(word: u32) -> bool {
    word >> 23 & 3 == 0b10
}

/// Multiplications, exclusives, and loads and stores of other sizes.
fn is_extra(word: u32) -> bool {
    word & 0x0e00_0090 == 0x90
}

/// What it does to a register.
pub(super) fn write(step: Step, register: u8) -> Write {
    let word = step.word;
    let wanted = u32::from(register);
    let field = |low: u32| word >> low & 15 == wanted;
    let unknown_if = |is_written| {
        if is_written {
            Write::Unknown
        } else {
            Write::Keep
        }
    };
    if word >> 28 == PC {
        return Write::Keep;
    }
    match word >> 25 & 7 {
        0b000 if is_extra(word) => unknown_if(extra(word, wanted)),
        0b000 if is_comparison(word) && !is_load(word) => unknown_if(field(12)),
        // `movw` and `movt`; the other two are hints and `msr`.
        0b001 if is_comparison(word) && !is_load(word) => match word >> 20 & 0xff {
            0x30 if field(12) => Write::Constant(word >> 4 & 0xf000 | word & 0xfff),
            0x34 if field(12) => Write::Upper((word >> 4 & 0xf000 | word & 0xfff) << 16),
            _ => Write::Keep,
        },
        0b000 | 0b001 if is_comparison(word) => Write::Keep,
        0b000 if field(12) => registers(word),
        0b001 if field(12) => immediate(word),
        0b010 if field(12) && word & 0x0f7f_0000 == 0x051f_0000 => {
            let distance = i64::from(word & 0xfff);
            let is_up = word >> 23 & 1 == 1;
            let from = to(step.address & !3, 8);
            Write::Literal(to(from, if is_up { distance } else { -distance }))
        }
        0b011 if word >> 4 & 1 == 1 => unknown_if(field(12) || field(16)),
        0b010 | 0b011 => {
            let moves = word >> 24 & 1 == 0 || word >> 21 & 1 == 1;
            unknown_if(is_load(word) && field(12) || moves && field(16))
        }
        0b100 => {
            let moves = word >> 21 & 1 == 1;
            unknown_if(is_load(word) && word >> wanted & 1 == 1 || moves && field(16))
        }
        // Two registers from a coprocessor, or its loads and stores, which can move the base.
        0b110 => {
            let is_pair = word & 0x0ff0_0000 == 0x0c50_0000;
            let moves = word >> 21 & 1 == 1;
            unknown_if(is_pair && (field(12) || field(16)) || moves && field(16))
        }
        // The kernel leaves everything but the result.
        0b111 if word >> 24 & 1 == 1 => unknown_if(wanted == 0),
        0b111 => unknown_if(is_load(word) && word >> 4 & 1 == 1 && field(12)),
        _ => Write::Keep,
    }
}

fn extra(word: u32, wanted: u32) -> bool {
    let field = |low: u32| word >> low & 15 == wanted;
    let is_plain_store = matches!(word & 0xf0, 0xb0 | 0xf0) && !is_load(word);
    let moves = word >> 24 & 1 == 0 || word >> 21 & 1 == 1;
    if is_plain_store {
        return moves && field(16);
    }
    // Pairs write the next register too.
    field(12) || field(16) || word >> 12 & 15 == wanted.wrapping_sub(1)
}

/// Data processing with an immediate, which writes the register.
fn immediate(word: u32) -> Write {
    let value = (word & 0xff).rotate_right((word >> 8 & 15) * 2);
    let from = (word >> 16 & 15) as u8;
    match word >> 21 & 15 {
        0b1101 => Write::Constant(value),
        0b1111 => Write::Constant(!value),
        0b0100 if from != 15 => Write::Copy(from, value),
        0b0010 if from != 15 => Write::Copy(from, value.wrapping_neg()),
        _ => Write::Unknown,
    }
}

/// Data processing with registers, which writes the register.
fn registers(word: u32) -> Write {
    match (word >> 21 & 15, word >> 4 & 0xff, word & 15) {
        (0b1101, 0, from) if from != PC => Write::Copy(from as u8, 0),
        _ => Write::Unknown,
    }
}
