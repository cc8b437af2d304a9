//! `.gnu_debugdata`: an ELF within an ELF, compressed, with the symbols that `strip` would have thrown away. Android's own
//! libraries have it.

use std::io::Read;

use lzma_rust2::XzReader;

use super::bytes::{self, Bytes, Span};

/// What it may have, compressed. bionic's has some ten thousand bytes.
const COMPRESSED: u64 = 1 << 20;
/// What it may have when it is not; a hostile one would have gigabytes.
const PLAIN: u64 = 2 << 20;
/// What a dictionary may have, KiB. The window grows with what was unpacked, so this need not be small: `xz -9` asks for
/// 64 MiB for whatever it packs.
const DICTIONARY: u32 = (64 << 10) + 1024;

/// The ELF in it; nothing if it is not one, or too large.
#[must_use]
pub fn unpack(file: &dyn Bytes, span: Span) -> Option<Vec<u8>> {
    let packed = bytes::read(file, span, COMPRESSED)?;
    let reader = XzReader::new_mem_limit(packed.as_slice(), true, DICTIONARY);
    let mut plain = Vec::with_capacity(PLAIN as usize + 1);
    reader.take(PLAIN + 1).read_to_end(&mut plain).ok()?;
    plain.shrink_to_fit();
    (plain.len() as u64 <= PLAIN).then_some(plain)
}
