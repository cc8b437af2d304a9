//! Instructions of filters in classic BPF: strace writes the macros that make one, JSON the text of a disassembler. Both
//! are put together again, and the numbers compared.
//!
//! `include/uapi/linux/bpf_common.h`, `filter.h`

use super::{number, set};
use crate::tree::{Field, Tree};

/// Names of bits in an instruction's code.
const BITS: &[(&str, u64)] = &[
    ("BPF_LD", 0x00),
    ("BPF_LDX", 0x01),
    ("BPF_ST", 0x02),
    ("BPF_STX", 0x03),
    ("BPF_ALU", 0x04),
    ("BPF_JMP", 0x05),
    ("BPF_RET", 0x06),
    ("BPF_MISC", 0x07),
    ("BPF_W", 0x00),
    ("BPF_H", 0x08),
    ("BPF_B", 0x10),
    ("BPF_IMM", 0x00),
    ("BPF_ABS", 0x20),
    ("BPF_IND", 0x40),
    ("BPF_MEM", 0x60),
    ("BPF_LEN", 0x80),
    ("BPF_MSH", 0xa0),
    ("BPF_K", 0x00),
    ("BPF_X", 0x08),
    ("BPF_A", 0x10),
    ("BPF_TAX", 0x00),
    ("BPF_TXA", 0x80),
    ("BPF_ADD", 0x00),
    ("BPF_SUB", 0x10),
    ("BPF_MUL", 0x20),
    ("BPF_DIV", 0x30),
    ("BPF_OR", 0x40),
    ("BPF_AND", 0x50),
    ("BPF_LSH", 0x60),
    ("BPF_RSH", 0x70),
    ("BPF_NEG", 0x80),
    ("BPF_MOD", 0x90),
    ("BPF_XOR", 0xa0),
    ("BPF_JA", 0x00),
    ("BPF_JEQ", 0x10),
    ("BPF_JGT", 0x20),
    ("BPF_JGE", 0x30),
    ("BPF_JSET", 0x40),
];

/// What an instruction is made of; what a text does not say, because it means nothing there, is none.
#[derive(Debug, PartialEq, Eq)]
struct Instruction {
    code: u64,
    constant: Option<u64>,
    jumps: Option<(u64, u64)>,
}

/// Whether the arguments of `BPF_STMT` or `BPF_JUMP` make the instruction of a text.
pub(super) fn same(arguments: &[Field], text: &str) -> bool {
    let (Some(strace), Some(own)) = (made(arguments), assembled(text)) else {
        return false;
    };
    strace.code == own.code
        && own.constant.is_none_or(|own| strace.constant == Some(own))
        && own.jumps.is_none_or(|own| strace.jumps == Some(own))
}

/// Of strace's macro.
fn made(arguments: &[Field]) -> Option<Instruction> {
    let number = |at: usize| u64::try_from(number::of(&arguments.get(at)?.value)?).ok();
    let jumps = match arguments.len() {
        2 => (0, 0),
        4 => (number(2)?, number(3)?),
        _ => return None,
    };
    Some(Instruction {
        code: bits(&arguments[0].value, &|word| {
            BITS.iter()
                .find(|known| known.0 == word)
                .map(|known| known.1)
        })?,
        constant: Some(bits(&arguments[1].value, &|word| {
            u64::try_from(set::value_of(word)?).ok()
        })?),
        jumps: Some(jumps),
    })
}

/// `A|B|0x10`
fn bits(tree: &Tree, named: &dyn Fn(&str) -> Option<u64>) -> Option<u64> {
    match tree {
        Tree::Number(number) => u64::try_from(*number).ok(),
        Tree::Word(word) => named(word),
        Tree::Flags(parts) => parts
            .iter()
            .try_fold(0, |all, part| Some(all | bits(part, named)?)),
        _ => None,
    }
}

/// Of JSON's text.
fn assembled(text: &str) -> Option<Instruction> {
    let (word, rest) = text.split_once(' ').unwrap_or((text, ""));
    let of = |code, constant| {
        Some(Instruction {
            code,
            constant,
            jumps: None,
        })
    };
    let code = |name: &str| {
        let name = format!("BPF_{}", name.to_uppercase());
        BITS.iter()
            .find(|known| known.0 == name)
            .map(|known| known.1)
    };
    match (word, rest) {
        ("ld" | "ldh" | "ldb" | "ldx" | "ldxb", _) => {
            let size = match word.chars().last() {
                Some('h') => 0x08,
                Some('b') => 0x10,
                _ => 0x00,
            };
            let (mode, constant) = loaded(rest)?;
            of(u64::from(word.starts_with("ldx")) | size | mode, constant)
        }
        ("st", _) => of(0x02, Some(within(rest, "M[", "]")?)),
        ("stx", _) => of(0x03, Some(within(rest, "M[", "]")?)),
        ("tax", "") => of(0x07, None),
        ("txa", "") => of(0x87, None),
        ("neg", "") => of(0x84, None),
        ("ret", "x") => of(0x0e, None),
        ("ret", "a") => of(0x16, None),
        ("ret", _) => of(0x06, Some(answer(rest)?)),
        ("ja", _) => of(0x05, Some(digits(rest)?)),
        (".insn", _) => jump(rest, 0),
        ("jeq" | "jgt" | "jge" | "jset", _) => jump(rest, 0x05 | code(word)?),
        (_, "x") => of(0x04 | 0x08 | code(word)?, None),
        _ => of(0x04 | code(word)?, Some(within(rest, "#", "")?)),
    }
}

/// Where a load finds its value: the mode, and the constant.
fn loaded(place: &str) -> Option<(u64, Option<u64>)> {
    let known = [
        ("[x + ", "]", 0x40),
        ("[", "]", 0x20),
        ("M[", "]", 0x60),
        ("4*([", "]&0xf)", 0xa0),
        ("#", "", 0x00),
    ];
    if place == "#len" {
        return Some((0x80, None));
    }
    known
        .into_iter()
        .find_map(|(before, after, mode)| Some((mode, Some(within(place, before, after)?))))
}

/// `ERRNO(1)`, `ALLOW`, `#0x40000`.
fn answer(text: &str) -> Option<u64> {
    if let Some(number) = within(text, "#", "") {
        return Some(number);
    }
    let (name, data) = match text.split_once('(') {
        Some((name, data)) => (name, digits(data.strip_suffix(')')?)?),
        None => (text, 0),
    };
    let answer = set::value_of(&format!("SECCOMP_RET_{name}"))?;
    Some(u64::try_from(answer).ok()? | data)
}

/// `#0x7 jt 2 jf 0`, `x jt 2 jf 0`, and of what has no form `0xffff jt 1 jf 2 #0x3`.
fn jump(text: &str, code: u64) -> Option<Instruction> {
    let words: Vec<_> = text.split(' ').collect();
    let (first, jt, jf, last) = match words[..] {
        [first, "jt", jt, "jf", jf] => (first, jt, jf, None),
        [first, "jt", jt, "jf", jf, last] => (first, jt, jf, Some(last)),
        _ => return None,
    };
    let (code, constant) = match (first, last) {
        (code, Some(constant)) => (digits(code)?, Some(within(constant, "#", "")?)),
        ("x", None) => (code | 0x08, None),
        (constant, None) => (code, Some(within(constant, "#", "")?)),
    };
    Some(Instruction {
        code,
        constant,
        jumps: Some((digits(jt)?, digits(jf)?)),
    })
}

fn within(text: &str, before: &str, after: &str) -> Option<u64> {
    digits(text.strip_prefix(before)?.strip_suffix(after)?)
}

fn digits(text: &str) -> Option<u64> {
    match text.strip_prefix("0x") {
        Some(hex) => u64::from_str_radix(hex, 16).ok(),
        None => text.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn says(strace: &str, text: &str) -> bool {
        match crate::value(&mut &strace[..]).expect("a value") {
            Tree::Call(_, arguments) => same(&arguments, text),
            other => panic!("{other}"),
        }
    }

    #[test]
    fn texts_are_what_the_macros_make() {
        for (strace, text) in [
            ("BPF_STMT(BPF_LD|BPF_W|BPF_ABS, 0x4)", "ld [4]"),
            ("BPF_STMT(BPF_LD|BPF_H|BPF_IND, 0xe)", "ldh [x + 14]"),
            ("BPF_STMT(BPF_LD|BPF_W|BPF_LEN, 0)", "ld #len"),
            ("BPF_STMT(BPF_LDX|BPF_B|BPF_MSH, 0xe)", "ldxb 4*([14]&0xf)"),
            ("BPF_STMT(BPF_LDX|BPF_W|BPF_MEM, 0x1)", "ldx M[1]"),
            ("BPF_STMT(BPF_ST, 0x1)", "st M[1]"),
            ("BPF_STMT(BPF_ALU|BPF_K|BPF_AND, 0xff)", "and #0xff"),
            ("BPF_STMT(BPF_ALU|BPF_X|BPF_ADD, 0)", "add x"),
            ("BPF_STMT(BPF_JMP|BPF_K|BPF_JA, 0x3)", "ja 3"),
            (
                "BPF_JUMP(BPF_JMP|BPF_K|BPF_JEQ, 0xc00000b7, 0x2, 0)",
                "jeq #0xc00000b7 jt 2 jf 0",
            ),
            (
                "BPF_JUMP(BPF_JMP|BPF_X|BPF_JGT, 0, 0x1, 0x2)",
                "jgt x jt 1 jf 2",
            ),
            (
                "BPF_STMT(BPF_RET|BPF_K, SECCOMP_RET_ERRNO|0x1)",
                "ret ERRNO(1)",
            ),
            (
                "BPF_STMT(BPF_RET|BPF_K, SECCOMP_RET_KILL_THREAD)",
                "ret KILL_THREAD",
            ),
            ("BPF_STMT(BPF_RET|BPF_K, 0x40000)", "ret #0x40000"),
            ("BPF_STMT(BPF_RET|BPF_A, 0)", "ret a"),
            ("BPF_STMT(BPF_MISC|BPF_TXA, 0)", "txa"),
            (
                "BPF_JUMP(0xffff, 0x3, 0x1, 0x2)",
                ".insn 0xffff jt 1 jf 2 #0x3",
            ),
        ] {
            assert!(says(strace, text), "{strace}: {text}");
        }
    }

    #[test]
    fn another_instruction_is_another() {
        for (strace, text) in [
            ("BPF_STMT(BPF_LD|BPF_W|BPF_ABS, 0x4)", "ld [5]"),
            ("BPF_STMT(BPF_LD|BPF_W|BPF_ABS, 0x4)", "ldb [4]"),
            (
                "BPF_JUMP(BPF_JMP|BPF_K|BPF_JEQ, 0x7, 0x2, 0)",
                "jeq #0x7 jt 0 jf 2",
            ),
            (
                "BPF_JUMP(BPF_JMP|BPF_K|BPF_JEQ, 0x7, 0x2, 0)",
                "jge #0x7 jt 2 jf 0",
            ),
            (
                "BPF_STMT(BPF_RET|BPF_K, SECCOMP_RET_ERRNO|0x1)",
                "ret ERRNO(2)",
            ),
            ("BPF_STMT(BPF_RET|BPF_K, SECCOMP_RET_ALLOW)", "ret TRAP"),
            ("BPF_STMT(BPF_RET|BPF_K, SECCOMP_RET_ALLOW)", "what is that"),
        ] {
            assert!(!says(strace, text), "{strace}: {text}");
        }
    }
}
