//! Looks into mapped files. What was found of a file is kept, with the file held open, as long as the file stays as it
//! is; nothing of it stays mapped, since a program that shortens a file under a mapping kills whoever reads there.

mod open;
#[cfg(test)]
mod tests;

use std::fs::{self, File, Metadata};
use std::io;
use std::ops::Range;
use std::os::unix::fs::{FileExt, MetadataExt};

use super::clock_offset;
use crate::caller::Ask;
use crate::input::{FileKey, FrameFound, ModuleLook, SiteFound, SiteLook};
use crate::module::bytes::{self, Bytes, Part};
use crate::module::elf::Elf;
use crate::module::symbols::{self, Symbol, Table};
use crate::module::{self, Module, link, mini, number, unwind};

/// Files that are held open. An app maps some hundreds, but few of them make calls.
const FILES: usize = 64;
/// Modules of a file that are remembered; an archive has many.
const MODULES: usize = 64;
/// Bytes of unpacked symbols that are kept, of all files.
const UNPACKED: usize = 3 << 20;
/// What is known of mapped files.
#[derive(Debug, Default)]
pub struct Modules {
    /// The one that was asked for last comes last.
    known: Vec<Known>,
    /// The one that was asked for last comes last.
    unpacked: Vec<Unpacked>,
}

#[derive(Debug)]
struct Known {
    key: FileKey,
    /// What it was when it was looked into.
    state: Option<State>,
    source: Source,
    /// By the place that was asked for.
    modules: Vec<(u64, Module)>,
}

/// What tells whether a file is as it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct State {
    device: u64,
    inode: u64,
    size: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

#[derive(Debug)]
enum Source {
    File(File),
    /// Pages that the kernel maps of itself.
    Memory(Vec<u8>),
}

/// Symbols that a module has compressed; nothing if they could not be read.
#[derive(Debug)]
struct Unpacked {
    key: FileKey,
    start: u64,
    elf: Option<(Vec<u8>, Elf)>,
}

struct OpenFile<'a> {
    file: &'a File,
    len: u64,
}

impl Bytes for OpenFile<'_> {
    fn len(&self) -> u64 {
        self.len
    }

    fn read_at(&self, into: &mut [u8], offset: u64) -> usize {
        self.file.read_at(into, offset).unwrap_or(0)
    }
}

impl Modules {
    /// Finds out what lies at a place of a file that a process has mapped in that range.
    pub fn module(
        &mut self,
        pid: u32,
        file: &FileKey,
        offset: u64,
        mapping: Range<u64>,
    ) -> ModuleLook {
        let known = self.known(pid, file, Some(mapping));
        let found = known.map(|known| {
            let mut found = known.at(offset).found.clone();
            found.deleted = known.is_deleted(pid);
            if found.deleted {
                found.changed = known.changed();
            }
            found
        });
        ModuleLook {
            pid,
            file: file.clone(),
            offset,
            found,
        }
    }

    /// Finds out what there is at an address of the module that begins at `start`; what else is asked: where the `svc`
    /// there takes its number from, how the caller of its function is found.
    pub fn site(
        &mut self,
        pid: u32,
        file: &FileKey,
        (start, address): (u64, u64),
        ask: Ask,
        mapping: Option<Range<u64>>,
    ) -> SiteLook {
        SiteLook {
            file: file.clone(),
            start,
            address,
            isa: ask.isa,
            frame: ask.frame,
            found: self
                .site_found(pid, file, (start, address), ask, mapping)
                .unwrap_or_default(),
        }
    }

    fn site_found(
        &mut self,
        pid: u32,
        file: &FileKey,
        (start, address): (u64, u64),
        ask: Ask,
        mapping: Option<Range<u64>>,
    ) -> Option<SiteFound> {
        self.known(pid, file, mapping)?;
        let known = self.known.last_mut()?;
        known.at(start);
        let module = known.find(start)?;
        let elf = module
            .elf
            .as_ref()
            .filter(|_| module.found.start == start)?;
        let whole = known.source.bytes(known.state);
        let part = Part {
            whole: whole.as_ref(),
            start,
            len: module.found.len,
        };
        let mut tables: Vec<(&dyn Bytes, Table, u16)> = Vec::new();
        tables.extend(
            elf.tables
                .iter()
                .map(|table| (&part as _, *table, elf.machine)),
        );
        let unpacked = unpacked(&mut self.unpacked, file, start, elf, &part);
        if let Some((bytes, inner)) = unpacked {
            tables.extend(
                inner
                    .tables
                    .iter()
                    .map(|table| (bytes as _, *table, elf.machine)),
            );
        }
        let symbol = function(&tables, &part, elf, address, ask);
        let number = ask
            .isa
            .and_then(|isa| number::of_svc(&part, elf, address, isa, symbol.as_ref()));
        Some(SiteFound {
            symbol_offset: symbol.as_ref().map_or(0, |symbol| address - symbol.start),
            symbol: symbol.map(|symbol| symbol.name),
            number,
            frame: ask.frame.then(|| frame(&part, elf, address)),
        })
    }

    /// The file, looked into as far as it was asked for; it is the last one then.
    fn known(
        &mut self,
        pid: u32,
        key: &FileKey,
        mapping: Option<Range<u64>>,
    ) -> Option<&mut Known> {
        let index = self.known.iter().rposition(|known| known.key == *key);
        let kept = index.map(|index| self.known.remove(index));
        let kept = kept.filter(Known::is_as_it_was);
        if kept.is_none() {
            self.unpacked.retain(|unpacked| unpacked.key != *key);
        }
        let known = match kept {
            Some(known) => known,
            None => Known::open(pid, key, mapping)?,
        };
        if self.known.len() >= FILES {
            self.known.remove(0);
        }
        self.known.push(known);
        self.known.last_mut()
    }
}

/// The function of an instruction; of what the link register said, the one that calls.
fn function(
    tables: &[(&dyn Bytes, Table, u16)],
    part: &Part<'_>,
    elf: &Elf,
    address: u64,
    ask: Ask,
) -> Option<Symbol> {
    let find = |address| symbols::function(tables, address);
    if ask != Ask::default() {
        return find(address);
    }
    link::function(find, &reader(part, elf), elf.machine, address)
}

/// What there is of a frame at an address.
fn frame(part: &Part<'_>, elf: &Elf, address: u64) -> FrameFound {
    unwind::frame(&reader(part, elf), elf.unwind, address)
}

/// Reads by the addresses of an ELF.
fn reader(part: &Part<'_>, elf: &Elf) -> impl Fn(u64, &mut [u8]) -> bool {
    move |address, into| {
        let place = elf.place(address);
        place.is_some_and(|place| {
            place.len >= into.len() as u64 && bytes::fill(part, into, place.offset)
        })
    }
}

/// The symbols that a module has compressed, unpacked once.
fn unpacked<'a>(
    all: &'a mut Vec<Unpacked>,
    key: &FileKey,
    start: u64,
    elf: &Elf,
    part: &Part<'_>,
) -> Option<(&'a Vec<u8>, &'a Elf)> {
    let span = elf.mini?;
    let index = all
        .iter()
        .rposition(|known| known.start == start && known.key == *key);
    let known = if let Some(index) = index {
        all.remove(index)
    } else {
        let bytes = mini::unpack(part, span);
        let elf = bytes.and_then(|bytes| Elf::read(&bytes).map(|elf| (bytes, elf)));
        Unpacked {
            key: key.clone(),
            start,
            elf,
        }
    };
    all.push(known);
    let size = |known: &Unpacked| known.elf.as_ref().map_or(0, |(bytes, _)| bytes.len());
    while all.len() > FILES || all.len() > 1 && all.iter().map(size).sum::<usize>() > UNPACKED {
        all.remove(0);
    }
    all.last()?.elf.as_ref().map(|(bytes, elf)| (bytes, elf))
}

impl Known {
    fn open(pid: u32, key: &FileKey, mapping: Option<Range<u64>>) -> Option<Self> {
        let (source, state) = if key.path.starts_with('[') {
            (Source::Memory(open::own_pages(pid, key, &mapping?)?), None)
        } else {
            let (file, metadata) = open::open(pid, key, mapping)?;
            (Source::File(file), Some(State::of(&metadata)))
        };
        Some(Self {
            key: key.clone(),
            state,
            source,
            modules: Vec::new(),
        })
    }

    fn is_as_it_was(&self) -> bool {
        match (&self.source, self.state) {
            (Source::File(file), Some(state)) => {
                file.metadata().is_ok_and(|now| State::of(&now) == state)
            }
            _ => true,
        }
    }

    /// What lies at a place, looked up once.
    fn at(&mut self, offset: u64) -> &Module {
        if self.find(offset).is_none() {
            let module = module::at(self.source.bytes(self.state).as_ref(), offset);
            if self.modules.len() >= MODULES {
                self.modules.remove(0);
            }
            self.modules.push((offset, module));
        }
        let index = self.index(offset).unwrap_or(self.modules.len() - 1);
        &self.modules[index].1
    }

    fn find(&self, offset: u64) -> Option<&Module> {
        self.index(offset).map(|index| &self.modules[index].1)
    }

    /// A file is one module; of an archive each entry is one, and of what is none only that place is known.
    fn index(&self, offset: u64) -> Option<usize> {
        self.modules.iter().position(|(asked, module)| {
            let found = &module.found;
            let is_in = offset
                .checked_sub(found.start)
                .is_some_and(|at| at < found.len);
            *asked == offset || is_in && !found.alone
        })
    }

    /// Whether the path names the file no more.
    /// When it was last changed, by the boot clock: losing a name is a change too.
    fn changed(&self) -> u64 {
        let Source::File(file) = &self.source else {
            return 0;
        };
        let changed = file.metadata().map(|now| (now.ctime(), now.ctime_nsec()));
        changed.map_or(0, |(seconds, nanoseconds)| {
            let wall = seconds.saturating_mul(1_000_000_000) + nanoseconds;
            u64::try_from(wall.saturating_sub(clock_offset())).unwrap_or(0)
        })
    }

    fn is_deleted(&self, pid: u32) -> bool {
        let Source::File(file) = &self.source else {
            return false;
        };
        let Ok(ours) = file.metadata() else {
            return false;
        };
        match fs::metadata(open::path(pid, &self.key)) {
            Ok(named) => (named.dev(), named.ino()) != (ours.dev(), ours.ino()),
            // As long as the process is there, its root says what has a name.
            Err(error) if error.kind() == io::ErrorKind::NotFound && open::is_there(pid) => true,
            Err(_) => ours.nlink() == 0,
        }
    }
}

impl Source {
    fn bytes(&self, state: Option<State>) -> Box<dyn Bytes + '_> {
        match self {
            Self::File(file) => Box::new(OpenFile {
                file,
                len: state.map_or(0, |state| state.size),
            }),
            Self::Memory(bytes) => Box::new(Part {
                whole: bytes,
                start: 0,
                len: bytes.len() as u64,
            }),
        }
    }
}

impl State {
    fn of(metadata: &Metadata) -> Self {
        Self {
            device: metadata.dev(),
            inode: metadata.ino(),
            size: metadata.size(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
            changed: (metadata.ctime(), metadata.ctime_nsec()),
        }
    }
}
