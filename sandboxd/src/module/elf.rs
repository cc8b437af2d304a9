//! An ELF: what it says of itself, and where its tables lie. Program headers come first, as for the kernel and the
//! linker, since section headers are often missing from what wants not to be read.

use std::fmt::Write as _;

use object::LittleEndian;
use object::elf;
use object::read::elf::{
    Dyn, FileHeader, GnuHashTable, HashTable, NoteIterator, ProgramHeader, SectionHeader,
};

use super::bytes::{self, Bytes, Span};
use super::role;
use super::symbols::Table;
use crate::input::{ElfFound, Load};

/// Every ELF that an arm64 kernel runs is of this order.
const LE: LittleEndian = LittleEndian;
/// The kernel itself reads no more than 64 KiB of program headers.
const PROGRAM_HEADERS: u16 = 1024;
/// Sections that are looked at.
const SECTIONS: u16 = 1024;
/// Sections with code that are remembered.
const CODE: usize = 16;
/// Entries of the dynamic table that are looked at.
const DYNAMIC: u64 = 1024;
/// Bytes of notes that are looked at, of each segment and of all.
const NOTES: u64 = 4096;
/// Bytes of a hash table that are looked at, to count symbols.
const HASH: u64 = 1 << 20;
/// Bytes of a name of a library.
const NAME: usize = 256;

/// An ELF whose tables have been found.
#[derive(Clone, Debug)]
pub struct Elf {
    /// What is said of it.
    pub found: ElfFound,
    /// `EM_AARCH64`, `EM_ARM` or another.
    pub machine: u16,
    /// `.symtab` and `.dynsym`, as far as they are there.
    pub tables: Vec<Table>,
    /// `.gnu_debugdata`.
    pub mini: Option<Span>,
    /// Where `.eh_frame_hdr` lies, as the ELF counts addresses.
    pub unwind: Option<u64>,
    /// Sections with code.
    code: Vec<Load>,
}

impl Elf {
    /// Finds out about an ELF; `None` if the bytes are none.
    #[must_use]
    pub fn read(file: &dyn Bytes) -> Option<Self> {
        let mut ident = [0; 6];
        bytes::fill(file, &mut ident, 0).then_some(())?;
        match ident {
            [0x7f, b'E', b'L', b'F', elf::ELFCLASS64, elf::ELFDATA2LSB] => {
                read::<elf::FileHeader64<LittleEndian>>(file, 64)
            }
            [0x7f, b'E', b'L', b'F', elf::ELFCLASS32, elf::ELFDATA2LSB] => {
                read::<elf::FileHeader32<LittleEndian>>(file, 32)
            }
            _ => None,
        }
    }

    /// The code around an address: the section, since a segment may have data too, or the segment where none is known.
    #[must_use]
    pub(super) fn code_at(&self, address: u64) -> Option<Load> {
        let holds = |load: &&Load| {
            let at = address.checked_sub(load.address);
            let end = load.offset.checked_add(load.len);
            at.is_some_and(|at| at < load.len) && end.is_some()
        };
        let segment = self.found.loads.iter().find(holds)?;
        let section = self.code.iter().find(holds);
        let is_same = |section: &&Load| {
            let distance = segment.address.wrapping_sub(segment.offset);
            section.address.wrapping_sub(section.offset) == distance
        };
        section.filter(is_same).or(Some(segment)).copied()
    }

    /// Where the byte at an address lies in the file, and how many follow it in its segment.
    #[must_use]
    pub fn place(&self, address: u64) -> Option<Span> {
        place(&self.found.loads, address)
    }
}

fn place(loads: &[Load], address: u64) -> Option<Span> {
    loads.iter().find_map(|load| {
        let at = address.checked_sub(load.address)?;
        let len = load.len.checked_sub(at).filter(|&len| len > 0)?;
        let offset = load.offset.checked_add(at)?;
        Some(Span { offset, len })
    })
}

fn read<H: FileHeader<Endian = LittleEndian>>(file: &dyn Bytes, bits: u8) -> Option<Elf> {
    let header: H = bytes::one(file, 0)?;
    let segments = segments(file, &header);
    let mut found = ElfFound {
        bits,
        loads: segments.iter().filter_map(load).collect(),
        ..ElfFound::default()
    };
    found.build_id = segments.iter().find_map(|segment| build_id(file, segment));
    let dynamic = Dynamic::read::<H>(file, &segments, &found.loads);
    found.soname = dynamic.name(file, dynamic.soname);
    let sections = sections(file, &header);
    let mut tables = Vec::new();
    tables.extend(table(&sections, elf::SHT_SYMTAB, bits));
    let linked = table(&sections, elf::SHT_DYNSYM, bits);
    let linked = linked.or_else(|| dynamic.table::<H>(file, &found.loads, bits));
    let machine = header.e_machine(LE);
    found.role = role::role(file, &found, machine, &dynamic, linked.as_ref());
    tables.extend(linked);
    Some(Elf {
        found,
        machine,
        tables,
        mini: mini(file, &header, &sections),
        unwind: segments
            .iter()
            .find(|segment| segment.p_type(LE) == elf::PT_GNU_EH_FRAME)
            .map(|segment| segment.p_vaddr(LE).into()),
        code: sections.iter().filter_map(code).take(CODE).collect(),
    })
}

fn segments<H: FileHeader<Endian = LittleEndian>>(
    file: &dyn Bytes,
    header: &H,
) -> Vec<H::ProgramHeader> {
    let count = header.e_phnum(LE).min(PROGRAM_HEADERS);
    if usize::from(header.e_phentsize(LE)) != size_of::<H::ProgramHeader>() {
        return Vec::new();
    }
    bytes::rows(file, header.e_phoff(LE).into(), count.into()).unwrap_or_default()
}

fn sections<H: FileHeader<Endian = LittleEndian>>(
    file: &dyn Bytes,
    header: &H,
) -> Vec<H::SectionHeader> {
    let count = header.e_shnum(LE).min(SECTIONS);
    let offset = header.e_shoff(LE).into();
    if offset == 0 || usize::from(header.e_shentsize(LE)) != size_of::<H::SectionHeader>() {
        return Vec::new();
    }
    bytes::rows(file, offset, count.into()).unwrap_or_default()
}

fn load<P: ProgramHeader<Endian = LittleEndian>>(segment: &P) -> Option<Load> {
    (segment.p_type(LE) == elf::PT_LOAD).then(|| Load {
        offset: segment.p_offset(LE).into(),
        address: segment.p_vaddr(LE).into(),
        len: segment.p_filesz(LE).into(),
    })
}

fn code<S: SectionHeader<Endian = LittleEndian>>(section: &S) -> Option<Load> {
    let is_code = section.sh_flags(LE).into() & u64::from(elf::SHF_EXECINSTR) != 0;
    (is_code && section.sh_type(LE) == elf::SHT_PROGBITS).then(|| Load {
        offset: section.sh_offset(LE).into(),
        address: section.sh_addr(LE).into(),
        len: section.sh_size(LE).into(),
    })
}

fn build_id<P: ProgramHeader<Endian = LittleEndian>>(
    file: &dyn Bytes,
    segment: &P,
) -> Option<String> {
    if segment.p_type(LE) != elf::PT_NOTE {
        return None;
    }
    let span = Span {
        offset: segment.p_offset(LE).into(),
        len: segment.p_filesz(LE).into().min(NOTES),
    };
    let notes = bytes::read(file, span, NOTES)?;
    let mut notes = NoteIterator::<P::Elf>::new(LE, segment.p_align(LE), &notes).ok()?;
    while let Ok(Some(note)) = notes.next() {
        let is_id = note.name() == elf::ELF_NOTE_GNU && note.n_type(LE) == elf::NT_GNU_BUILD_ID;
        // 20 bytes as a rule; 64 is the most that any linker makes.
        if is_id && (1..=64).contains(&note.desc().len()) {
            let mut text = String::new();
            for byte in note.desc() {
                let _ = write!(text, "{byte:02x}");
            }
            return Some(text);
        }
    }
    None
}

fn table<S: SectionHeader<Endian = LittleEndian>>(
    sections: &[S],
    kind: u32,
    bits: u8,
) -> Option<Table> {
    let section = sections
        .iter()
        .find(|section| section.sh_type(LE) == kind)?;
    let names = sections.get(usize::try_from(section.sh_link(LE)).ok()?)?;
    (names.sh_type(LE) == elf::SHT_STRTAB).then(|| Table {
        symbols: span(section),
        names: span(names),
        bits,
    })
}

fn span<S: SectionHeader<Endian = LittleEndian>>(section: &S) -> Span {
    Span {
        offset: section.sh_offset(LE).into(),
        len: section.sh_size(LE).into(),
    }
}

fn mini<H: FileHeader<Endian = LittleEndian>>(
    file: &dyn Bytes,
    header: &H,
    sections: &[H::SectionHeader],
) -> Option<Span> {
    let names = span(sections.get(usize::from(header.e_shstrndx(LE)))?);
    let named = sections.iter().find(|section| {
        let name = bytes::string(file, names, section.sh_name(LE).into(), 16);
        section.sh_type(LE) == elf::SHT_PROGBITS && name.as_deref() == Some(b".gnu_debugdata")
    });
    named.map(span)
}

/// What the dynamic table says: addresses, as far as they are there.
#[derive(Debug, Default)]
pub(super) struct Dynamic {
    symbols: Option<u64>,
    names: Span,
    hash: Option<u64>,
    gnu_hash: Option<u64>,
    soname: Option<u64>,
    /// Where the definitions of versions begin in the file, and how many there are.
    pub(super) versions: Option<(u64, u64)>,
}

impl Dynamic {
    fn read<H: FileHeader<Endian = LittleEndian>>(
        file: &dyn Bytes,
        segments: &[H::ProgramHeader],
        loads: &[Load],
    ) -> Self {
        let segment = segments
            .iter()
            .find(|segment| segment.p_type(LE) == elf::PT_DYNAMIC);
        let rows = segment.and_then(|segment| {
            let count = segment.p_filesz(LE).into() / size_of::<H::Dyn>() as u64;
            bytes::rows::<H::Dyn>(file, segment.p_offset(LE).into(), count.min(DYNAMIC))
        });
        let rows = rows.unwrap_or_default();
        let value = |tag: i64| {
            let row = rows.iter().take_while(|row| row.tag(LE) != elf::DT_NULL);
            row.filter(|row| row.tag(LE) == tag)
                .map(|row| row.d_val(LE).into())
                .last()
        };
        let names = value(elf::DT_STRTAB).and_then(|address| place(loads, address));
        let versions = value(elf::DT_VERDEF).and_then(|address| place(loads, address));
        Self {
            symbols: value(elf::DT_SYMTAB),
            names: names.map_or_else(Span::default, |names| Span {
                offset: names.offset,
                len: names.len.min(value(elf::DT_STRSZ).unwrap_or(0)),
            }),
            hash: value(elf::DT_HASH),
            gnu_hash: value(elf::DT_GNU_HASH),
            soname: value(elf::DT_SONAME),
            versions: versions
                .zip(value(elf::DT_VERDEFNUM))
                .map(|(at, count)| (at.offset, count)),
        }
    }

    /// A name that the table has, by its place among the names.
    pub(super) fn name(&self, file: &dyn Bytes, at: Option<u64>) -> Option<String> {
        let name = bytes::string(file, self.names, at?, NAME)?;
        (!name.is_empty()).then(|| String::from_utf8_lossy(&name).into_owned())
    }

    /// The symbols, where no section says how many there are: the hash tables do.
    fn table<H: FileHeader<Endian = LittleEndian>>(
        &self,
        file: &dyn Bytes,
        loads: &[Load],
        bits: u8,
    ) -> Option<Table> {
        let at = |address: Option<u64>| {
            let mut span = place(loads, address?)?;
            span.len = span.len.min(HASH);
            bytes::read(file, span, HASH)
        };
        let count = at(self.hash)
            .and_then(|data| Some(HashTable::<H>::parse(LE, &data).ok()?.symbol_table_length()))
            .or_else(|| {
                let data = at(self.gnu_hash)?;
                GnuHashTable::<H>::parse(LE, &data)
                    .ok()?
                    .symbol_table_length(LE)
            })?;
        let mut symbols = place(loads, self.symbols?)?;
        symbols.len = symbols
            .len
            .min(u64::from(count) * size_of::<H::Sym>() as u64);
        Some(Table {
            symbols,
            names: self.names,
            bits,
        })
    }
}
