//! Whose call leads back to an address: the function of the call, which need not be the one that the address lies in.

use object::elf;

use super::symbols::Symbol;
use super::unwind::{self, Read};

/// The function that leads back to an address. What comes behind a call that does not come back is another function, or
/// none: there it is the function of the call, if that is one.
pub fn function(
    find: impl Fn(u64) -> Option<Symbol>,
    read: Read<'_>,
    machine: u16,
    address: u64,
) -> Option<Symbol> {
    let found = find(address);
    let is_inside = found.as_ref().is_some_and(|it| it.start < address);
    if is_inside || !is_behind_call(read, machine, address) {
        return found;
    }
    find(address - 1)
}

fn is_behind_call(read: Read<'_>, machine: u16, address: u64) -> bool {
    let half = |distance: u64| {
        let mut half = [0; 2];
        let from = address.checked_sub(distance)?;
        read(from, &mut half).then(|| u16::from_le_bytes(half))
    };
    let word = half(4).zip(half(2));
    let word = word.map(|(low, high)| u32::from(high) << 16 | u32::from(low));
    match machine {
        elf::EM_AARCH64 => word.is_some_and(unwind::is_call),
        elf::EM_ARM => word.is_some_and(is_call32) || half(2).is_some_and(is_short_call),
        _ => false,
    }
}

/// `bl`, `blx` to an address and `blx` to a register's, in A32; `bl` and `blx` to an address in T32.
fn is_call32(word: u32) -> bool {
    let is_arm = word & 0x0f00_0000 == 0x0b00_0000
        || word & 0xfe00_0000 == 0xfa00_0000
        || word & 0x0fff_fff0 == 0x012f_ff30;
    is_arm || word & 0xc000_f800 == 0xc000_f000
}

/// `blx` to a register's address, in T32.
fn is_short_call(half: u16) -> bool {
    half & 0xff87 == 0x4780
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOP: u32 = 0xd503_201f;
    const BL: u32 = 0x97ff_ff58;
    const BLR: u32 = 0xd63f_02a0;

    /// What leads back to an address of this code, whose functions begin at these addresses and follow each other.
    fn named(code: &[u32], starts: &[u64], machine: u16, address: u64) -> Option<(String, u64)> {
        let bytes: Vec<u8> = code.iter().flat_map(|word| word.to_le_bytes()).collect();
        let read = |from: u64, into: &mut [u8]| {
            let from = usize::try_from(from).unwrap();
            let Some(found) = bytes.get(from..from + into.len()) else {
                return false;
            };
            into.copy_from_slice(found);
            true
        };
        let find = |at: u64| {
            let start = starts.iter().rfind(|start| **start <= at)?;
            Some(Symbol {
                name: format!("at{start}"),
                start: *start,
                size: 0,
            })
        };
        let symbol = function(find, &read, machine, address)?;
        Some((symbol.name, address - symbol.start))
    }

    #[test]
    fn the_last_instruction_of_a_function_can_be_a_call() {
        let arm64 = |code: &[u32], address| named(code, &[4, 12], elf::EM_AARCH64, address);
        let of = |name: &str, offset| Some((name.to_owned(), offset));
        for call in [BL, BLR] {
            assert_eq!(arm64(&[NOP, NOP, call, NOP], 12), of("at4", 8));
            // Called from nowhere that has a name.
            assert_eq!(arm64(&[call, NOP, NOP, NOP], 4), None);
            // The function goes on.
            assert_eq!(arm64(&[NOP, call, NOP, NOP], 8), of("at4", 4));
        }
        assert_eq!(arm64(&[NOP, BL, NOP, NOP], 12), of("at12", 0));
        assert_eq!(named(&[BL], &[0], elf::EM_AARCH64, 0), of("at0", 0));
        assert_eq!(named(&[BL, NOP], &[0, 4], elf::EM_X86_64, 4), of("at4", 0));
    }

    #[test]
    fn calls_of_both_32_bit_instruction_sets() {
        let arm32 = |word| named(&[word, 0], &[0, 4], elf::EM_ARM, 4).unwrap().0;
        // `bl`, `blne`, `blx`, `blx r3`; `bl` and `blx` of T32, and behind a `nop` its `blx r3`.
        let calls = [
            0xebff_fffe,
            0x1b00_0000,
            0xfa00_0000,
            0xe12f_ff33,
            0xf800_f000,
            0xe800_f000,
            0x4798_bf00,
        ];
        for word in calls {
            assert_eq!(arm32(word), "at0", "{word:#x}");
        }
        // `nop` and `bx r3` of A32, `nop` and `b` of T32.
        for word in [0xe1a0_0000, 0xe12f_ff13, 0xbf00_bf00, 0xbffe_f7ff] {
            assert_eq!(arm32(word), "at4", "{word:#x}");
        }
    }
}
