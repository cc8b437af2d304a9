//! Functions by address. A table is walked once for each address that is asked for, a chunk at a time: nothing of it
//! stays in memory, and each address is asked for once.

use object::LittleEndian;
use object::elf;
use object::pod::{self, Pod};
use object::read::elf::Sym;

use super::bytes::{self, Bytes, Span};

const LE: LittleEndian = LittleEndian;
/// Bytes that a table may have: a million symbols. Of a larger one nothing is said: the part that is left out might name
/// the address better.
const TABLE: u64 = 24 << 20;
/// Bytes that are read at once: whole symbols of either size.
const CHUNK: usize = 48 << 10;
/// Bytes of a name: C++ has long ones.
const NAME: usize = 4096;
/// Names of one function that are compared.
const ALIASES: usize = 16;

/// A table of symbols.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Table {
    /// The symbols.
    pub symbols: Span,
    /// Their names.
    pub names: Span,
    /// 32 or 64.
    pub bits: u8,
}

/// A function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Symbol {
    /// Its name.
    pub name: String,
    /// Where it begins, as the ELF counts addresses; without the bit that says Thumb.
    pub start: u64,
    /// Its bytes.
    pub size: u64,
}

/// The function that an address lies in, by these tables, each with the bytes that hold it: the one that begins last
/// before the address and does not end before it. A symbol without a size names no code, so mapping symbols (`$a`,
/// `$t`, `$d`, `$x`) do not, either.
#[must_use]
pub fn function(tables: &[(&dyn Bytes, Table, u16)], address: u64) -> Option<Symbol> {
    let mut search = Search {
        address,
        best: None,
        names: Vec::new(),
    };
    for (index, (file, table, machine)) in tables.iter().enumerate() {
        let thumb = u64::from(*machine == elf::EM_ARM);
        if table.bits == 64 {
            search.walk::<elf::Sym64<LittleEndian>>(*file, *table, index, thumb);
        } else {
            search.walk::<elf::Sym32<LittleEndian>>(*file, *table, index, thumb);
        }
    }
    let (start, size) = search.best?;
    let names = search.names.iter().filter_map(|&(table, at)| {
        let (file, table, _) = tables.get(table)?;
        let name = bytes::string(*file, table.names, at, NAME)?;
        let name = String::from_utf8_lossy(&name).into_owned();
        is_name(&name).then_some(name)
    });
    let name = names.min_by(|a, b| plainness(a).cmp(&plainness(b)))?;
    Some(Symbol { name, start, size })
}

/// Whether a table defines all of these, as far as it and its names have no more than `most` bytes each.
#[must_use]
pub fn defines(file: &dyn Bytes, table: Table, wanted: &[&str], most: u64) -> bool {
    if table.bits == 64 {
        defines_in::<elf::Sym64<LittleEndian>>(file, table, wanted, most)
    } else {
        defines_in::<elf::Sym32<LittleEndian>>(file, table, wanted, most)
    }
}

fn defines_in<S: Sym<Endian = LittleEndian> + Pod>(
    file: &dyn Bytes,
    table: Table,
    wanted: &[&str],
    most: u64,
) -> bool {
    let Some(names) = bytes::read(file, table.names, most) else {
        return false;
    };
    let Some(symbols) = bytes::read(file, table.symbols, most) else {
        return false;
    };
    let count = symbols.len() / size_of::<S>();
    let Ok((symbols, _)) = pod::slice_from_bytes::<S>(&symbols, count) else {
        return false;
    };
    let defined = symbols
        .iter()
        .filter(|symbol| symbol.st_shndx(LE) != elf::SHN_UNDEF)
        .filter_map(|symbol| names.get(symbol.st_name(LE) as usize..));
    let mut missing: Vec<&[u8]> = wanted.iter().map(|name| name.as_bytes()).collect();
    for name in defined {
        let has_it = |wanted: &&[u8]| {
            let rest = name.strip_prefix(*wanted);
            rest.is_some_and(|rest| rest.first() == Some(&0))
        };
        missing.retain(|wanted| !has_it(wanted));
        if missing.is_empty() {
            return true;
        }
    }
    false
}

/// Of several names the one that programs are written with: `open`, not `__open64`.
fn plainness(name: &str) -> (usize, usize, &str) {
    let underscores = name.len() - name.trim_start_matches('_').len();
    (underscores, name.len(), name)
}

/// Mapping symbols say what is code and what is data; some tools give them sizes.
fn is_name(name: &str) -> bool {
    let mut letters = name.chars();
    let is_mapping = letters.next() == Some('$')
        && matches!(letters.next(), Some('a' | 't' | 'd' | 'x'))
        && matches!(letters.next(), None | Some('.'));
    !name.is_empty() && !is_mapping
}

struct Search {
    address: u64,
    /// Start and size of the best function so far.
    best: Option<(u64, u64)>,
    /// Its names: which table, and where in its names.
    names: Vec<(usize, u64)>,
}

impl Search {
    fn walk<S: Sym<Endian = LittleEndian> + Pod>(
        &mut self,
        file: &dyn Bytes,
        table: Table,
        index: usize,
        thumb: u64,
    ) {
        let len = table.symbols.len;
        if len > TABLE {
            return;
        }
        let mut chunk = vec![0; CHUNK.min(usize::try_from(len).unwrap_or(CHUNK))];
        let mut done = 0;
        while done < len {
            let want = usize::try_from(len - done)
                .unwrap_or(CHUNK)
                .min(chunk.len());
            let Some(offset) = table.symbols.offset.checked_add(done) else {
                break;
            };
            let read = bytes::read_some(file, &mut chunk[..want], offset);
            let count = read / size_of::<S>();
            if let Ok((symbols, _)) = pod::slice_from_bytes::<S>(&chunk, count) {
                for symbol in symbols {
                    self.consider(symbol, index, thumb);
                }
            }
            if read < want {
                break;
            }
            done += want as u64;
        }
    }

    fn consider<S: Sym<Endian = LittleEndian>>(&mut self, symbol: &S, table: usize, thumb: u64) {
        let is_function = matches!(
            symbol.st_type(),
            elf::STT_FUNC | elf::STT_GNU_IFUNC | elf::STT_NOTYPE
        );
        if !is_function || symbol.st_shndx(LE) == elf::SHN_UNDEF {
            return;
        }
        let value: u64 = symbol.st_value(LE).into();
        let start = if symbol.st_type() == elf::STT_NOTYPE {
            value
        } else {
            value & !thumb
        };
        let size = symbol.st_size(LE).into();
        if self.address.checked_sub(start).is_none_or(|at| at >= size) {
            return;
        }
        // The one that begins last, and of these the shortest.
        let is_better = |&(best, its): &(u64, u64)| start > best || start == best && size < its;
        if self.best.as_ref().is_none_or(is_better) {
            self.best = Some((start, size));
            self.names.clear();
        }
        if self.best == Some((start, size)) && self.names.len() < ALIASES {
            self.names.push((table, symbol.st_name(LE).into()));
        }
    }
}
