//! How the caller's registers are found while an instruction runs: what an ELF's `.eh_frame` says of it, or else what the
//! code does. Pure and total: the bytes are a watched program's, so each read has a bound, and what is malformed is not
//! said.
//!
//! Only the entry of the one function is read: an index (`.eh_frame_hdr`) says where it lies, and `gimli` reads it.

mod ahead;
#[cfg(test)]
mod tests;

use gimli::{
    AArch64, BaseAddresses, CfaRule, EhFrame, EhFrameOffset, LittleEndian, RegisterRule,
    UnwindContext, UnwindSection as _, Vendor,
};

use crate::input::{FrameFound, Kept, Link, Pointer, Rule};

/// How the index begins in what linkers write: version 1, the address of `.eh_frame` and the number of entries in 4 bytes
/// each, and a table of pairs of 4 bytes, counted from where the index begins.
/// <https://refspecs.linuxfoundation.org/LSB_5.0.0/LSB-Core-generic/LSB-Core-generic/ehframechpt.html>
const INDEX: [u8; 4] = [1, 0x1b, 0x03, 0x3b];
/// Bytes of the index before its table, and of an entry of the table.
const HEAD: u64 = 12;
const ENTRY: u64 = 8;
/// Bytes of what is said of one function, and of what it has in common with others; the longest seen have some thousand.
const FUNCTION: usize = 64 * 1024;
const COMMON: usize = 4 * 1024;

/// `mov x8, #139; svc #0`: how the kernel and C libraries let a signal handler end, which debuggers know it by.
/// <https://github.com/torvalds/linux/blob/v6.12/arch/arm64/kernel/vdso/sigreturn.S#L71-L75>
const RESTORER: [u32; 2] = [0xd280_1168, 0xd400_0001];

/// Reads memory of a module, by the addresses of its ELF, and says whether all of it was there.
pub type Read<'a> = &'a dyn Fn(u64, &mut [u8]) -> bool;

/// What there is of a frame at an instruction: what the address behind it is for, and how its caller is found, by the index
/// if there is one.
#[must_use]
pub fn frame(read: Read<'_>, index: Option<u64>, address: u64) -> FrameFound {
    let link = link(read, address);
    let said = index.and_then(|index| rule(read, index, address));
    let done = || {
        let is_call = link == Some(Link::Call);
        let from = address.checked_add(if is_call { 4 } else { 0 })?;
        ahead::rule(read, from, is_call)
    };
    FrameFound {
        link,
        rule: said.or_else(done),
    }
}

/// What the address behind an instruction is for.
fn link(read: Read<'_>, address: u64) -> Option<Link> {
    let code = |from: u64| {
        let mut code = [0; 4];
        read(from, &mut code).then(|| u32::from_le_bytes(code))
    };
    if is_call(code(address)?) {
        return Some(Link::Call);
    }
    let behind = [4, 8].map(|distance| code(address.wrapping_add(distance)));
    Some(if behind == RESTORER.map(Some) {
        Link::Restorer
    } else {
        Link::Other
    })
}

/// `bl`; `blr` and its likes, which may ask for a signature (`blraa`, `blrabz` and so on).
pub(super) fn is_call(instruction: u32) -> bool {
    instruction & 0xfc00_0000 == 0x9400_0000 || instruction & 0xfeff_f000 == 0xd63f_0000
}

/// What is said of an instruction, by the index at that address; nothing if it is not said, or in a way that no compiler uses
/// in its code.
#[must_use]
pub fn rule(read: Read<'_>, index: u64, address: u64) -> Option<Rule> {
    let at = function(read, index, address)?;
    let (both, common) = entry(read, at)?;
    let mut section = EhFrame::new(&both, LittleEndian);
    section.set_address_size(8);
    section.set_vendor(Vendor::AArch64);
    let bases = BaseAddresses::default().set_eh_frame(at.checked_sub(common as u64)?);
    let function = section
        .fde_from_offset(&bases, EhFrameOffset(common), EhFrame::cie_from_offset)
        .ok()?;
    let mut context = UnwindContext::new();
    let row = function
        .unwind_info_for_address(&section, &bases, &mut context, address)
        .ok()?;
    Some(Rule {
        frame: end(row.cfa())?,
        fp: kept(row.register(AArch64::X29).as_ref())?,
        lr: kept(row.register(AArch64::X30).as_ref())?,
    })
}

/// Where the entry of the function lies that begins last before the address.
fn function(read: Read<'_>, index: u64, address: u64) -> Option<u64> {
    let mut head = [0; HEAD as usize];
    if !read(index, &mut head) || head[..4] != INDEX {
        return None;
    }
    let pair = |number: u64| {
        let mut entry = [0; ENTRY as usize];
        let at = index.checked_add(HEAD)?.checked_add(number * ENTRY)?;
        if !read(at, &mut entry) {
            return None;
        }
        let from = |offset: u32| index.checked_add_signed(i64::from(offset.cast_signed()));
        Some((from(word(&entry, 0)?)?, from(word(&entry, 4)?)?))
    };
    let (mut below, mut above) = (0, u64::from(word(&head, 8)?));
    while below < above {
        let middle = below.midpoint(above);
        if pair(middle)?.0 <= address {
            below = middle + 1;
        } else {
            above = middle;
        }
    }
    pair(below.checked_sub(1)?).map(|(_, at)| at)
}

/// The entry at an address behind the one that it has things in common with, as if they lay together; and where the one
/// ends and the other begins.
fn entry(read: Read<'_>, at: u64) -> Option<(Vec<u8>, usize)> {
    let mut function = one(read, at, FUNCTION)?;
    // How far before itself this word says that the other lies.
    let back = u64::from(word(&function, 4)?);
    let common = at.checked_add(4)?.checked_sub(back).filter(|_| back > 0)?;
    let mut both = one(read, common, COMMON)?;
    let begin = both.len();
    let back = u32::try_from(begin + 4).ok()?;
    function[4..8].copy_from_slice(&back.to_le_bytes());
    both.append(&mut function);
    Some((both, begin))
}

/// An entry: its length, and so many bytes.
fn one(read: Read<'_>, at: u64, most: usize) -> Option<Vec<u8>> {
    let mut len = [0; 4];
    if !read(at, &mut len) {
        return None;
    }
    let len = usize::try_from(u32::from_le_bytes(len)).ok()?;
    if !(8..=most).contains(&len) {
        return None;
    }
    let mut bytes = vec![0; len + 4];
    read(at, &mut bytes).then_some(bytes)
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    let bytes = bytes.get(at..at + 4)?;
    Some(u32::from_le_bytes(bytes.try_into().ok()?))
}

fn end(rule: &CfaRule<usize>) -> Option<(Pointer, i64)> {
    match rule {
        CfaRule::RegisterAndOffset { register, offset } if *register == AArch64::SP => {
            Some((Pointer::Stack, *offset))
        }
        CfaRule::RegisterAndOffset { register, offset } if *register == AArch64::X29 => {
            Some((Pointer::Frame, *offset))
        }
        CfaRule::RegisterAndOffset { .. } | CfaRule::Expression(_) => None,
    }
}

fn kept(rule: Option<&RegisterRule<usize>>) -> Option<Kept> {
    match rule {
        None | Some(RegisterRule::SameValue) => Some(Kept::Same),
        Some(RegisterRule::Offset(offset)) => Some(Kept::At(*offset)),
        Some(RegisterRule::Undefined) => Some(Kept::Gone),
        Some(_) => None,
    }
}
