//! Filters in classic BPF: an instruction as a text like those of the kernel's own `bpf_dbg`.
//!
//! `include/uapi/linux/bpf_common.h`, `filter.h`, `seccomp.h`.

use std::fmt::{self, Display, Formatter};

use kprobe_common::table::flags::SECCOMP_RET;
use serde::ser::{Serialize, SerializeStruct, Serializer};

use crate::args::Program;

/// Bytes in an instruction: code, two jumps, a constant.
const SIZE: usize = 8;
const OPERATIONS: [&str; 11] = [
    "add", "sub", "mul", "div", "or", "and", "lsh", "rsh", "neg", "mod", "xor",
];

/// An instruction.
#[derive(Clone, Copy)]
pub(crate) struct Instruction {
    pub(crate) code: u16,
    pub(crate) jt: u8,
    pub(crate) jf: u8,
    pub(crate) k: u32,
    /// Whether a return value is an answer of seccomp.
    seccomp: bool,
}

impl Program<'_> {
    /// Its instructions, as far as they were copied.
    pub(crate) fn instructions(&self) -> impl Iterator<Item = Instruction> {
        let seccomp = self.seccomp;
        let (whole, _) = self.bytes.as_chunks::<SIZE>();
        whole.iter().map(move |bytes| Instruction {
            code: u16::from_le_bytes([bytes[0], bytes[1]]),
            jt: bytes[2],
            jf: bytes[3],
            k: u32::from_le_bytes([bytes[4], bytes[5], bytes[6], bytes[7]]),
            seccomp,
        })
    }
}

impl Instruction {
    /// What a filter of system calls answers, and the number beside it, where it returns.
    pub(crate) fn judgement(self) -> Option<(u32, u32)> {
        let returns = self.seccomp && self.code & 7 == 6;
        returns.then_some((self.k & 0xffff_0000, self.k & 0xffff))
    }

    fn load(self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { code, k, .. } = self;
        let width = match code & 0x18 {
            0x00 => "",
            0x08 => "h",
            0x10 => "b",
            _ => return self.unknown(f),
        };
        match (code & 7, code & 0xe0, width) {
            (0, 0x00, "") => write!(f, "ld #{k:#x}"),
            (0, 0x20, _) => write!(f, "ld{width} [{k}]"),
            (0, 0x40, _) => write!(f, "ld{width} [x + {k}]"),
            (0, 0x60, "") => write!(f, "ld M[{k}]"),
            (0, 0x80, "") => f.write_str("ld #len"),
            (1, 0x00, "") => write!(f, "ldx #{k:#x}"),
            (1, 0x60, "") => write!(f, "ldx M[{k}]"),
            (1, 0x80, "") => f.write_str("ldx #len"),
            (1, 0xa0, "b") => write!(f, "ldxb 4*([{k}]&0xf)"),
            _ => self.unknown(f),
        }
    }

    fn compute(self, f: &mut Formatter<'_>) -> fmt::Result {
        let operation = OPERATIONS.get(usize::from(self.code >> 4 & 0xf));
        match (operation, self.code & 8) {
            _ if self.code > 0xff => self.unknown(f),
            (Some(&"neg"), _) => f.write_str("neg"),
            (Some(operation), 0) => write!(f, "{operation} #{:#x}", self.k),
            (Some(operation), _) => write!(f, "{operation} x"),
            (None, _) => self.unknown(f),
        }
    }

    fn jump(self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self {
            code, jt, jf, k, ..
        } = self;
        let condition = match code & 0xfff0 {
            0x00 => return write!(f, "ja {k}"),
            0x10 => "jeq",
            0x20 => "jgt",
            0x30 => "jge",
            0x40 => "jset",
            _ => return self.unknown(f),
        };
        if code & 8 == 0 {
            write!(f, "{condition} #{k:#x} jt {jt} jf {jf}")
        } else {
            write!(f, "{condition} x jt {jt} jf {jf}")
        }
    }

    fn answer(self, f: &mut Formatter<'_>) -> fmt::Result {
        let name = self.judgement().and_then(|(answer, data)| {
            let name = SECCOMP_RET.name(u64::from(answer))?;
            Some((name.trim_start_matches("SECCOMP_RET_"), data))
        });
        match (self.code, name) {
            (0x06, Some((name, 0))) => write!(f, "ret {name}"),
            (0x06, Some((name, data))) => write!(f, "ret {name}({data})"),
            (0x06, _) => write!(f, "ret #{:#x}", self.k),
            (0x0e, _) => f.write_str("ret x"),
            (0x16, _) => f.write_str("ret a"),
            _ => self.unknown(f),
        }
    }

    fn unknown(self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self {
            code, jt, jf, k, ..
        } = self;
        write!(f, ".insn {code:#x} jt {jt} jf {jf} #{k:#x}")
    }
}

impl Display for Instruction {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match (self.code & 7, self.code) {
            (0 | 1, ..=0xff) => self.load(f),
            (2, 0x02) => write!(f, "st M[{}]", self.k),
            (3, 0x03) => write!(f, "stx M[{}]", self.k),
            (4, _) => self.compute(f),
            (5, _) => self.jump(f),
            (6, _) => self.answer(f),
            (7, 0x07) => f.write_str("tax"),
            (7, 0x87) => f.write_str("txa"),
            _ => self.unknown(f),
        }
    }
}

impl Serialize for Instruction {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// What is written as a list.
struct Instructions<'a>(&'a Program<'a>);

impl Serialize for Instructions<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.instructions())
    }
}

impl Serialize for Program<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("program", 2)?;
        object.serialize_field("len", &self.len)?;
        object.serialize_field("filter", &Instructions(self))?;
        object.end()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn json(seccomp: bool, instructions: &[(u16, u8, u8, u32)]) -> String {
        let mut bytes = Vec::new();
        for (code, jt, jf, k) in instructions {
            bytes.extend(code.to_le_bytes());
            bytes.extend([*jt, *jf]);
            bytes.extend(k.to_le_bytes());
        }
        let program = Program {
            len: instructions.len() as u16,
            bytes: &bytes,
            seccomp,
        };
        serde_json::to_string(&program).unwrap()
    }

    #[test]
    fn a_seccomp_filter_can_be_read() {
        let filter = [
            (0x20, 0, 0, 4),
            (0x15, 2, 0, 0xc000_00b7),
            (0x06, 0, 0, 0x8000_0000),
            (0x20, 0, 0, 0),
            (0x15, 0, 1, 117),
            (0x06, 0, 0, 0x0005_0001),
            (0x06, 0, 0, 0x7fff_0000),
        ];
        let wanted = r#"{"len":7,"filter":["ld [4]","jeq #0xc00000b7 jt 2 jf 0","ret KILL_PROCESS","ld [0]","jeq #0x75 jt 0 jf 1","ret ERRNO(1)","ret ALLOW"]}"#;
        assert_eq!(json(true, &filter), wanted);
    }

    #[test]
    fn every_class_of_instruction_has_a_form() {
        let filter = [
            (0x28, 0, 0, 12),
            (0x48, 0, 0, 14),
            (0xb1, 0, 0, 14),
            (0x02, 0, 0, 1),
            (0x61, 0, 0, 1),
            (0x54, 0, 0, 0xff),
            (0x0c, 0, 0, 0),
            (0x84, 0, 0, 0),
            (0x05, 0, 0, 3),
            (0x2d, 1, 2, 0),
            (0x07, 0, 0, 0),
            (0x16, 0, 0, 0),
            (0x06, 0, 0, 0x4_0000),
            (0xffff, 1, 2, 3),
        ];
        let wanted = concat!(
            r#"{"len":14,"filter":["ldh [12]","ldh [x + 14]","ldxb 4*([14]&0xf)","st M[1]","ldx M[1]","and #0xff","add x","neg","#,
            r#""ja 3","jgt x jt 1 jf 2","tax","ret a","ret #0x40000",".insn 0xffff jt 1 jf 2 #0x3"]}"#
        );
        assert_eq!(json(false, &filter), wanted);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]

        #[test]
        fn any_instruction_is_a_text(code in any::<u16>(), jt in any::<u8>(), jf in any::<u8>(), k in any::<u32>(), seccomp in any::<bool>()) {
            let value: serde_json::Value = serde_json::from_str(&json(seccomp, &[(code, jt, jf, k)])).unwrap();
            prop_assert!(value["filter"][0].is_string());
        }
    }
}
