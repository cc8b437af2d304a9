//! Numbers: what strace writes as a name where JSON has the number, by contract, and numbers of several widths.

use crate::tree::{Field, Tree};

/// Names that stand for numbers where JSON says the number by contract: descriptors, permissions, limits.
const NAMES: &[(&str, i128)] = &[
    ("NULL", 0),
    ("AT_FDCWD", -100),
    ("PR_SET_PTRACER_ANY", -1),
    ("RLIM_INFINITY", -1),
    ("RLIM64_INFINITY", -1),
    ("S_IFSOCK", 0o140_000),
    ("S_IFLNK", 0o120_000),
    ("S_IFREG", 0o100_000),
    ("S_IFBLK", 0o060_000),
    ("S_IFDIR", 0o040_000),
    ("S_IFCHR", 0o020_000),
    ("S_IFIFO", 0o010_000),
    ("S_ISUID", 0o4000),
    ("S_ISGID", 0o2000),
    ("S_ISVTX", 0o1000),
];

/// Whether two numbers are the same one: signed or not, 32 or 64 bits wide.
pub(super) fn same(one: i128, other: i128) -> bool {
    let narrow = |number: i128| i32::try_from(number).is_ok() || u32::try_from(number).is_ok();
    one == other
        || one as u64 == other as u64
        || narrow(one) && narrow(other) && one as u32 == other as u32
}

/// The number that a value stands for, where it does.
pub(super) fn of(tree: &Tree) -> Option<i128> {
    match tree {
        Tree::Number(number) => Some(*number),
        Tree::Word(word) => NAMES
            .iter()
            .find(|(name, _)| name == word)
            .map(|(_, number)| *number),
        Tree::Flags(parts) => parts
            .iter()
            .map(of)
            .try_fold(0, |all, part| Some(all | part?)),
        Tree::Call(name, arguments) => called(name, arguments),
        _ => None,
    }
}

fn called(name: &str, arguments: &[Field]) -> Option<i128> {
    let argument = |at: usize| arguments.get(at).and_then(|field| of(&field.value));
    match (name, arguments.len()) {
        ("htons" | "htonl" | "ntohs" | "ntohl", 1) => argument(0),
        ("makedev", 2) => device(argument(0)?, argument(1)?),
        ("_IOC", 4) => {
            let direction = direction(&arguments[0].value)?;
            Some(direction << 30 | argument(3)? << 16 | argument(1)? << 8 | argument(2)?)
        }
        _ => None,
    }
}

/// `_IOC_READ|_IOC_WRITE`
fn direction(tree: &Tree) -> Option<i128> {
    match tree {
        Tree::Word(word) if word == "_IOC_NONE" => Some(0),
        Tree::Word(word) if word == "_IOC_WRITE" => Some(1),
        Tree::Word(word) if word == "_IOC_READ" => Some(2),
        Tree::Flags(parts) => parts
            .iter()
            .map(direction)
            .try_fold(0, |all, part| Some(all | part?)),
        _ => of(tree),
    }
}

/// A device number as the kernel packs it for programs.
fn device(major: i128, minor: i128) -> Option<i128> {
    let (major, minor) = (u64::try_from(major).ok()?, u64::try_from(minor).ok()?);
    let packed =
        (minor & 0xff) | (major & 0xfff) << 8 | (minor & !0xff) << 12 | (major & !0xfff) << 32;
    Some(i128::from(packed))
}

/// A number in a JSON string: `"0x7f"`.
pub(super) fn hex(text: &str) -> Option<i128> {
    i128::from_str_radix(text.strip_prefix("0x")?, 16).ok()
}
