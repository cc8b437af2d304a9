//! Hostile files take little memory to look into. A test binary of its own, since all tests of one share the memory.

#[expect(dead_code, reason = "the other binary's")]
#[path = "modules/build.rs"]
mod build;

use peak_alloc::PeakAlloc;
use sandboxd::module::bytes::{Bytes, Span};
use sandboxd::module::{self, mini};

use build::{ARM32, ARM64, archive, library, xz};

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

const TEXT: &str = ".text\n.global f\n.type f, %function\nf: nop\nsvc #0\nnop\n.size f, . - f\n";

#[test]
fn hostile_files_take_little() {
    a_file_that_claims_much_takes_little();
    what_unpacks_to_much_is_not_unpacked();
}

/// A file of any length, without the bytes.
struct Endless(Vec<u8>);

impl Bytes for Endless {
    fn len(&self) -> u64 {
        1 << 44
    }

    fn read_at(&self, into: &mut [u8], offset: u64) -> usize {
        into.fill(0xff);
        self.0.as_slice().read_at(into, offset);
        into.len()
    }
}

fn a_file_that_claims_much_takes_little() {
    let small = library(ARM64, TEXT, &["-Wl,-soname,libfirst.so", "-Wl,--build-id"]);
    let other = library(ARM32, TEXT, &["-Wl,--hash-style=sysv"]);
    let zipped = archive(&[("lib/arm64-v8a/libfirst.so", &small)]);
    for file in [small, other, zipped] {
        for at in 0..0x80.min(file.len() - 8) {
            for value in [u64::MAX, 0x7fff_ffff_ffff, 0x7fff_ffff, 0xffff] {
                let mut file = file.clone();
                let len = if value == 0xffff { 2 } else { 8 };
                file[at..at + len].copy_from_slice(&value.to_le_bytes()[..len]);
                let file = Endless(file);
                MEMORY.reset_peak_usage();
                let before = MEMORY.current_usage();
                let _ = module::at(&file, 5000);
                let took = MEMORY.peak_usage() - before;
                assert!(took < 8 << 20, "{took} bytes, {at:#x}, {value:#x}");
            }
        }
    }
}

fn what_unpacks_to_much_is_not_unpacked() {
    let packed = xz(&vec![0; 16 << 20]);
    let len = packed.len() as u64;
    assert!(len < 1 << 20, "{len}");
    let before = MEMORY.current_usage();
    MEMORY.reset_peak_usage();
    assert_eq!(mini::unpack(&packed, Span { offset: 0, len }), None);
    let took = MEMORY.peak_usage() - before;
    // Twice the window, as it grows, and what came out.
    assert!(took < 10 << 20, "{took} bytes");
}
