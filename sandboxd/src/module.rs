//! What the bytes of a mapped file say: which ELF or which entry of an archive lies there, the function that an address
//! lies in, and where a `svc` takes its number from. Pure and total: the bytes are a watched program's, so each read and
//! each loop has a bound, and what is malformed is not said.

pub mod bytes;
pub mod elf;
pub mod link;
pub mod mini;
pub mod number;
mod role;
pub mod symbols;
pub mod unwind;
pub mod zip;

use crate::input::ModuleFound;
use bytes::Bytes;
use elf::Elf;

/// An ELF in a file, or a file that is none.
#[derive(Debug)]
pub struct Module {
    /// What is said of it.
    pub found: ModuleFound,
    /// How its tables lie, if it is an ELF.
    pub elf: Option<Elf>,
}

/// What lies at a place of a file.
#[must_use]
pub fn at(file: &dyn Bytes, offset: u64) -> Module {
    let is_archive = zip::is_one(file);
    let entry = is_archive.then(|| zip::stored_at(file, offset)).flatten();
    let alone = is_archive && entry.is_none();
    let (entry, start, len) = match entry {
        Some(entry) => (Some(entry.name), entry.start, entry.len),
        None => (None, 0, file.len()),
    };
    let part = bytes::Part {
        whole: file,
        start,
        len,
    };
    let elf = Elf::read(&part);
    Module {
        found: ModuleFound {
            deleted: false,
            changed: 0,
            start,
            len,
            entry,
            alone,
            elf: elf.as_ref().map(|elf| elf.found.clone()),
        },
        elf,
    }
}
