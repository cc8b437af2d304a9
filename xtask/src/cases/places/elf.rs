//! What binutils say of the ELF files that a guest has: segments, symbols, build IDs; and what the bytes of an instruction
//! are. sandboxd reads ELF files by other code.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::{libcs, places, process};

/// Every module of the lab, by its path in the guest.
#[derive(Default)]
pub(super) struct Elves {
    pub(super) by_path: BTreeMap<String, Elf>,
}

/// One ELF file.
#[derive(Default)]
pub(super) struct Elf {
    /// What a line shall call the class of code in it.
    pub(super) class: &'static str,
    pub(super) build_id: Option<String>,
    bytes: Vec<u8>,
    /// Of each segment its offset in the file, its address, its bytes.
    loads: Vec<(u64, u64, u64)>,
    functions: Vec<Function>,
}

/// A function's symbol.
struct Function {
    name: String,
    start: u64,
    size: u64,
}

impl Elves {
    /// Of all that `places` and `libcs` have.
    pub(super) fn of_lab() -> Result<Self> {
        let mut by_path = BTreeMap::new();
        for (file, place) in places::modules()? {
            let elf = Elf::read(&file, class(&place))
                .with_context(|| format!("cannot read {}", file.display()))?;
            by_path.insert(place, elf);
        }
        Ok(Self { by_path })
    }

    /// The one that a line names; memory files and files without a name are copies of the app's library.
    pub(super) fn of(&self, module: &str, abi: &str) -> Option<&Elf> {
        let is_copy = module == "memfd:guard-library" || module.starts_with("/data/data/");
        let dir = if abi == "arm32" { "arm" } else { "arm64" };
        let original = format!("{}/lib/{dir}/libguard.so", places::APP);
        self.by_path
            .get(if is_copy { original.as_str() } else { module })
    }
}

/// By where it lies: the names are the lab's own.
fn class(place: &str) -> &'static str {
    // musl's loader is its library too.
    if place == libcs::MUSL.loader() {
        "libc"
    } else if libcs::ALL.iter().any(|libc| libc.loader() == place) {
        "linker"
    } else if place.starts_with("/usr/") {
        "libc"
    } else if place.starts_with("/system/") {
        "system"
    } else {
        "app"
    }
}

impl Elf {
    fn read(file: &Path, class: &'static str) -> Result<Self> {
        let text = readelf(file, "-lsn")?;
        let mut elf = Self {
            class,
            bytes: fs::read(file)?,
            ..Self::default()
        };
        text.lines().for_each(|line| elf.take(line));
        ensure!(!elf.loads.is_empty(), "readelf shows no segment");
        let packed = places::packed_symbols(file);
        if packed.exists() {
            let symbols = readelf(&packed, "-s")?;
            symbols.lines().for_each(|line| elf.take(line));
        }
        Ok(elf)
    }

    fn take(&mut self, line: &str) {
        let words: Vec<_> = line.split_whitespace().collect();
        match words[..] {
            ["LOAD", offset, address, _, size, ..] => {
                let parts = [offset, address, size].map(hex);
                if let [Some(offset), Some(address), Some(size)] = parts {
                    self.loads.push((offset, address, size));
                }
            }
            [.., "Build", "ID:", id] => self.build_id = Some(id.into()),
            [_, value, size, "FUNC" | "IFUNC", _, _, section, name, ..] if section != "UND" => {
                let size = hex(size).or_else(|| size.parse().ok());
                if let (Ok(start), Some(size)) = (u64::from_str_radix(value, 16), size) {
                    // The address of a Thumb function is odd, and no other is.
                    let start = start & !1;
                    let name = name.split('@').next().unwrap_or(name).to_owned();
                    self.functions.push(Function { name, start, size });
                }
            }
            _ => {}
        }
    }

    /// Names of the functions that an address lies in, and how far.
    pub(super) fn functions_at(&self, address: u64) -> Vec<(&str, u64)> {
        let holds = |function: &&Function| {
            address >= function.start && address - function.start < function.size
        };
        let found = self.functions.iter().filter(holds);
        found
            .map(|function| (function.name.as_str(), address - function.start))
            .collect()
    }

    fn at(&self, address: u64, bytes: usize) -> Option<&[u8]> {
        let (offset, start, _) = self
            .loads
            .iter()
            .find(|(_, start, size)| address >= *start && address - start < *size)?;
        let at = usize::try_from(address - start + offset).ok()?;
        self.bytes.get(at..at + bytes)
    }

    fn word(&self, address: u64) -> u32 {
        let bytes = self.at(address, 4).and_then(|bytes| bytes.try_into().ok());
        bytes.map_or(0, u32::from_le_bytes)
    }

    fn half(&self, address: u64) -> u16 {
        let bytes = self.at(address, 2).and_then(|bytes| bytes.try_into().ok());
        bytes.map_or(0, u16::from_le_bytes)
    }

    /// Whether the instruction there is a `svc #0`, of the ABI's instruction sets.
    pub(super) fn is_svc(&self, address: u64, abi: &str) -> bool {
        match abi {
            "arm32" => self.word(address) == 0xef00_0000 || self.half(address) == 0xdf00,
            _ => self.word(address) == 0xd400_0001,
        }
    }

    /// Whether the instruction before is a call: the link register leads behind one.
    pub(super) fn follows_call(&self, address: u64, abi: &str) -> bool {
        let word = self.word(address.wrapping_sub(4));
        if abi != "arm32" {
            return word >> 26 == 0b10_0101 || word & 0xffff_fc1f == 0xd63f_0000;
        }
        let arm = word & 0x0f00_0000 == 0x0b00_0000
            || word >> 25 == 0b111_1101
            || word & 0x0fff_fff0 == 0x012f_ff30;
        let (first, second) = (word as u16, (word >> 16) as u16);
        let thumb =
            first & 0xf800 == 0xf000 && second & 0xc000 == 0xc000 || second & 0xff87 == 0x4780;
        arm || thumb
    }
}

fn readelf(file: &Path, what: &str) -> Result<String> {
    let mut command = Command::new("aarch64-linux-gnu-readelf");
    process::read_text(command.args(["-W", what]).arg(file), "reading an ELF")
}

fn hex(text: &str) -> Option<u64> {
    u64::from_str_radix(text.strip_prefix("0x")?, 16).ok()
}

#[cfg(test)]
impl Elf {
    /// Made up: one segment at 0x1000 with these bytes.
    pub(super) fn made_up(
        class: &'static str,
        bytes: &[u8],
        functions: &[(&str, u64, u64)],
    ) -> Self {
        let function = |&(name, start, size): &(&str, u64, u64)| Function {
            name: name.into(),
            start,
            size,
        };
        Self {
            class,
            build_id: Some("ab12".into()),
            bytes: bytes.into(),
            loads: vec![(0, 0x1000, bytes.len() as u64)],
            functions: functions.iter().map(function).collect(),
        }
    }
}
