//! Damaged and hostile files: nothing panics or loops, and nothing that lies outside is said.

use std::fs;
use std::sync::LazyLock;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use sandboxd::input::Isa;
use sandboxd::module::bytes::{Bytes, Span};
use sandboxd::module::{self, mini, number};

use crate::build::{ARM32, ARM64, archive, function, library, with_mini, xz};

const TEXT: &str =
    ".text\n.global f\n.type f, %function\nf: nop\nnop\nsvc #0\nnop\n.size f, . - f\n";

/// Whole files: each kind that is read.
static FILES: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let small = library(ARM64, TEXT, &["-Wl,-soname,libfirst.so", "-Wl,--build-id"]);
    let other = library(ARM32, TEXT, &["-Wl,--hash-style=sysv", "-Wl,--build-id"]);
    let packed = with_mini(ARM64, &small, &small);
    let zipped = archive(&[
        ("a", b"a"),
        ("lib/arm64-v8a/libfirst.so", &small),
        ("b", &other),
    ]);
    let linker = fs::read(format!("/usr/{ARM64}/lib/ld-linux-aarch64.so.1")).unwrap();
    vec![small, other, packed, zipped, linker]
});

static PACKED: LazyLock<Vec<u8>> = LazyLock::new(|| xz(&FILES[0]));

/// Asks everything about a file, of some places.
fn ask(file: &dyn Bytes, places: &[u64]) {
    for &place in places {
        let module = module::at(file, place);
        let found = module.found;
        if found.entry.is_some() {
            let end = found.start.checked_add(found.len).unwrap();
            assert!((found.start..end).contains(&place) && end <= file.len());
        }
        let Some(elf) = module.elf else { continue };
        for load in &elf.found.loads {
            for address in [load.address, load.address.wrapping_add(place), place] {
                let symbol = function(file, &elf, address);
                if let Some(symbol) = &symbol {
                    assert!(address >= symbol.start && address - symbol.start < symbol.size);
                }
                for isa in [Isa::A64, Isa::A32, Isa::T32] {
                    let _ = number::of_svc(file, &elf, address, isa, symbol.as_ref());
                }
            }
        }
        if let Some(span) = elf.mini {
            let _ = mini::unpack(file, span);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Headers are where damage matters: most changes are there, or in the last bytes of an archive.
    #[test]
    fn damaged_files_do_no_harm(
        file in select(FILES.as_slice()),
        changes in vec((any::<Index>(), any::<Index>(), 0..4_u8, any::<u64>(), 1..9_usize), 1..12),
        cut in prop::option::weighted(0.2, any::<Index>()),
        places in vec(any::<Index>(), 3),
    ) {
        let mut file = file.clone();
        for (near, anywhere, kind, value, len) in changes {
            let at = match kind {
                0 => near.index(file.len().min(0x200)),
                1 => file.len() - 1 - near.index(file.len().min(0x800)),
                _ => anywhere.index(file.len()),
            };
            for (byte, new) in file[at..].iter_mut().zip(value.to_le_bytes()).take(len) {
                *byte = new;
            }
        }
        if let Some(cut) = cut {
            file.truncate(cut.index(file.len()).max(1));
        }
        let places: Vec<u64> = places.iter().map(|place| place.index(file.len()) as u64).collect();
        ask(&file, &places);
    }

    #[test]
    fn any_bytes_do_no_harm(bytes in vec(any::<u8>(), 0..4096), magic in 0..3_u8, place in any::<u64>()) {
        let mut bytes = bytes;
        let heads: [&[u8]; 3] = [b"\x7fELF\x02\x01", b"\x7fELF\x01\x01", b"PK\x03\x04"];
        for (byte, new) in bytes.iter_mut().zip(heads[usize::from(magic)]) {
            *byte = *new;
        }
        ask(&bytes, &[0, place]);
    }

    #[test]
    fn damaged_symbols_are_not_unpacked_far(change in any::<Index>(), value in any::<u8>()) {
        let mut packed = PACKED.clone();
        let at = change.index(packed.len());
        packed[at] = value;
        let len = packed.len() as u64;
        let _ = mini::unpack(&packed, Span { offset: 0, len });
    }
}
