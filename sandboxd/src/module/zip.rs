//! Where an ELF lies in an archive: Android maps libraries straight out of a `base.apk`, in which they are stored as they
//! are.

use std::io;

use rawzip::{CompressionMethod, ReaderAt, ZipArchive};

use super::bytes::{self, Bytes};

/// Entries of an archive that are looked at; Android's own limit is 65,535, and no archive of an app comes near this.
const ENTRIES: u64 = 1 << 18;
/// A name longer than that is none of a library.
const NAME: usize = 4096;
/// How far from its end a file is searched for the end of the directory: a comment can have 65,535 bytes.
const SEARCH: u64 = (1 << 16) + 22;

/// An entry that is stored as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Its name.
    pub name: String,
    /// Its first byte in the archive.
    pub start: u64,
    /// Its bytes.
    pub len: u64,
}

struct Reader<'a>(&'a dyn Bytes);

impl ReaderAt for Reader<'_> {
    fn read_at(&self, into: &mut [u8], offset: u64) -> io::Result<usize> {
        Ok(self.0.read_at(into, offset))
    }
}

/// Whether a file begins as an archive does.
#[must_use]
pub fn is_one(file: &dyn Bytes) -> bool {
    let mut magic = [0; 4];
    bytes::fill(file, &mut magic, 0) && &magic == b"PK\x03\x04"
}

/// The stored entry that holds that byte of the archive.
#[must_use]
pub fn stored_at(file: &dyn Bytes, offset: u64) -> Option<Stored> {
    let mut buffer = vec![0; 1 << 16];
    let locator = ZipArchive::with_max_search_space(SEARCH);
    let archive = locator
        .locate_in_reader(Reader(file), &mut buffer, file.len())
        .ok()?;
    let mut entries = archive.entries(&mut buffer);
    let mut best: Option<(u64, _, Vec<u8>)> = None;
    let mut left = ENTRIES;
    while let Some(entry) = entries.next_entry().ok()? {
        // Of more than that nothing is said: one that is left out might be nearer.
        left = left.checked_sub(1)?;
        let header = entry.local_header_offset();
        let is_nearer = best.as_ref().is_none_or(|(best, ..)| header > *best);
        // The entry that holds the byte is the one whose header comes last before it.
        if header < offset && is_nearer {
            let name = entry.file_path().as_ref().to_vec();
            let is_stored = entry.compression_method() == CompressionMethod::STORE;
            let way = (is_stored && name.len() <= NAME).then(|| entry.wayfinder());
            best = Some((header, way, name));
        }
    }
    let (_, way, name) = best?;
    let entry = archive.get_entry(way?).ok()?;
    let (start, end) = entry.compressed_data_range();
    let is_there = end <= file.len() && (start..end).contains(&offset);
    is_there.then(|| Stored {
        name: String::from_utf8_lossy(&name).into_owned(),
        start,
        len: end - start,
    })
}
