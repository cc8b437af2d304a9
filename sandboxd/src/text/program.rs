//! Filters in classic BPF, as strace prints them: the macros of `linux/filter.h`.

use std::fmt::{self, Display, Formatter};

use kprobe_common::table::flags::SECCOMP_RET;

use crate::args::Program;
use crate::json::program::Instruction;
use crate::json::value::OneOf;

impl Display for Program<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{{len={}, filter=[", self.len)?;
        let mut count = 0;
        for instruction in self.instructions() {
            let comma = if count > 0 { ", " } else { "" };
            write!(f, "{comma}{}", Macro(instruction))?;
            count += 1;
        }
        f.write_str(match count {
            0 if self.len > 0 => "...]}",
            _ if count < self.len => ", ...]}",
            _ => "]}",
        })
    }
}

struct Macro(Instruction);

impl Display for Macro {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Instruction {
            code, jt, jf, k, ..
        } = self.0;
        if jt != 0 || jf != 0 {
            return write!(f, "BPF_JUMP({}, {k:#x}, {jt:#x}, {jf:#x})", Code(code));
        }
        write!(f, "BPF_STMT({}, ", Code(code))?;
        match self.0.judgement() {
            Some((answer, data)) => {
                let answer = OneOf {
                    set: &SECCOMP_RET,
                    value: u64::from(answer),
                };
                write!(f, "{answer}")?;
                if data != 0 {
                    write!(f, "|{data:#x}")?;
                }
            }
            None => write!(f, "{k:#x}")?,
        }
        f.write_str(")")
    }
}

/// What an instruction does, by the names of its bits.
struct Code(u16);

impl Display for Code {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        const CLASSES: [&str; 8] = [
            "BPF_LD", "BPF_LDX", "BPF_ST", "BPF_STX", "BPF_ALU", "BPF_JMP", "BPF_RET", "BPF_MISC",
        ];
        const SIZES: [&str; 4] = ["BPF_W", "BPF_H", "BPF_B", "0x18"];
        const MODES: [&str; 6] = [
            "BPF_IMM", "BPF_ABS", "BPF_IND", "BPF_MEM", "BPF_LEN", "BPF_MSH",
        ];
        const OPERATIONS: [&str; 11] = [
            "BPF_ADD", "BPF_SUB", "BPF_MUL", "BPF_DIV", "BPF_OR", "BPF_AND", "BPF_LSH", "BPF_RSH",
            "BPF_NEG", "BPF_MOD", "BPF_XOR",
        ];
        const JUMPS: [&str; 5] = ["BPF_JA", "BPF_JEQ", "BPF_JGT", "BPF_JGE", "BPF_JSET"];
        let code = self.0;
        let class = CLASSES[usize::from(code & 7)];
        let operation = usize::from(code >> 4 & 0xf);
        let source = if code & 8 == 0 { "BPF_K" } else { "BPF_X" };
        let size = SIZES[usize::from(code >> 3 & 3)];
        match (code & 7, code >> 8) {
            (0 | 1, 0) if let Some(mode) = MODES.get(usize::from(code >> 5)) => {
                write!(f, "{class}|{size}|{mode}")
            }
            (4, 0) if let Some(name) = OPERATIONS.get(operation) => {
                write!(f, "{class}|{source}|{name}")
            }
            (5, 0) if let Some(name) = JUMPS.get(operation) => write!(f, "{class}|{source}|{name}"),
            (6, 0) if code & 0x10 != 0 => write!(f, "{class}|BPF_A"),
            (6, 0) => write!(f, "{class}|{source}"),
            (7, 0) if code & 0xf8 == 0x80 => write!(f, "{class}|BPF_TXA"),
            (7, 0) if code & 0xf8 == 0 => write!(f, "{class}|BPF_TAX"),
            (2 | 3, 0) if code < 8 => f.write_str(class),
            _ => write!(f, "{code:#x}"),
        }
    }
}
