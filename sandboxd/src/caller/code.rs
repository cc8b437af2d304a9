//! What is known of code in files: which module lies where, and what its instructions are. Each is looked at once.

use std::rc::Rc;

use kprobe_common::index::Abi;
use rustc_hash::FxHashMap;

use super::{Class, OffsetOf};
use crate::input::{
    ElfFound, FileKey, FrameFound, Isa, ModuleFound, ModuleLook, Number, Role, SiteLook,
};
use crate::world::maps::Held;
use crate::world::maps::backing::{Backing, Mapped};

/// Files and instructions beyond these are forgotten and looked at again: a program can make up as many as it likes.
const MODULES_MAX: usize = 16_384;
const SITES_MAX: usize = 131_072;
/// The same of places in one file.
const PLACES_MAX: usize = 1024;
/// Bytes of a page, of the smallest.
const PAGE: u64 = 4096;
/// Where a platform keeps its files: Android's partitions, and the usual places of other systems. No app can write there.
const PLATFORM: &[&str] = &[
    "/system/",
    "/apex/",
    "/vendor/",
    "/product/",
    "/system_ext/",
    "/odm/",
    "/usr/",
    "/lib/",
    "/lib64/",
    "/bin/",
    "/sbin/",
];
/// Files that hold what the Android runtime compiled.
const RUNTIME: &[&str] = &[".oat", ".odex", ".vdex", ".art"];
const MEMFD: &str = "/memfd:";
const ASHMEM: &str = "/dev/ashmem/";

/// A look at a file that is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Want {
    /// Which module lies at a place of a file.
    Module {
        /// The file.
        file: FileKey,
        /// The place, bytes from the file's start.
        offset: u64,
        /// The mapping that it was met in, if that is known.
        mapping: Option<(u64, u64)>,
    },
    /// What there is at an instruction.
    Site {
        /// The file.
        file: FileKey,
        /// Where its module begins.
        start: u64,
        /// The instruction, as the ELF counts addresses.
        address: u64,
        /// What is asked of it.
        ask: Ask,
        /// The mapping that it was met in, if that is known.
        mapping: Option<(u64, u64)>,
    },
}

/// What is asked of an instruction, beside its function.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Ask {
    /// Of a `svc`, where its number comes from.
    pub isa: Option<Isa>,
    /// Of a frame's, how its caller is found.
    pub frame: bool,
}

/// A module: a file, or what is embedded in one.
#[derive(Debug)]
pub struct Module {
    /// Whose it is, by where it lies and what it is, as long as it has its name.
    class: Class,
    /// Since when it has no name any more, or earlier.
    unnamed: Option<u64>,
    /// Its file's name, or its entry's.
    pub lib: String,
    /// Its path, and behind a `!` its entry.
    pub module: String,
    /// Its build ID.
    pub build_id: Option<String>,
    start: u64,
    len: u64,
    /// It is the whole file: behind its end there is no code.
    pub is_whole: bool,
    /// Set if only the page of that place is known.
    alone: Option<u64>,
    elf: Option<ElfFound>,
    /// It could not be read.
    unread: bool,
}

/// An instruction of a module.
#[derive(Debug)]
pub struct Site {
    /// The function that it lies in.
    pub symbol: Option<String>,
    /// How far into it.
    pub symbol_offset: u64,
    /// Where the number of a `svc` comes from.
    pub number: Option<Number>,
    /// How the caller of its function is found.
    pub frame: FrameFound,
}

/// What lies at a place of a file.
#[derive(Clone, Debug)]
pub struct Code {
    /// The module.
    pub module: Rc<Module>,
    /// The instruction, of an ELF.
    pub site: Option<Rc<Site>>,
    /// Where it is, and what that counts from.
    pub offset: (u64, OffsetOf),
}

/// Modules and instructions that were looked at.
#[derive(Debug, Default)]
pub struct Codes {
    modules: FxHashMap<u32, Vec<Rc<Module>>>,
    sites: FxHashMap<(u32, u64, u64, Ask), Rc<Site>>,
    /// Counts what became known, and what was forgotten.
    version: u64,
}

impl Codes {
    /// What lies there in a file; nothing if it is not a file's memory; else the look that is due.
    pub fn at(&self, held: &Held<'_>, abi: Abi, ask: Ask) -> Result<Option<Code>, Want> {
        let Some((file, offset)) = place(held, abi) else {
            return Ok(None);
        };
        let mapping = held.mapping.map(|map| (map.start.0, map.end.0));
        let Some(module) = self.known(file, offset) else {
            return Err(Want::Module {
                file: file.key.clone(),
                offset,
                mapping,
            });
        };
        let Some(address) = module.address(offset) else {
            let offset = (offset - module.start, OffsetOf::File);
            return Ok(Some(Code {
                module,
                site: None,
                offset,
            }));
        };
        let Some(site) = self.sites.get(&(file.id, module.start, address, ask)) else {
            return Err(Want::Site {
                file: file.key.clone(),
                start: module.start,
                address,
                ask,
                mapping,
            });
        };
        Ok(Some(Code {
            module,
            site: Some(Rc::clone(site)),
            offset: (address, OffsetOf::Elf),
        }))
    }

    /// The module that lies there in a file, if it was looked at.
    #[must_use]
    pub fn module_at(&self, held: &Held<'_>, abi: Abi) -> Option<Rc<Module>> {
        let (file, offset) = place(held, abi)?;
        self.known(file, offset)
    }

    fn known(&self, file: &Mapped, offset: u64) -> Option<Rc<Module>> {
        let known = self.modules.get(&file.id)?;
        known.iter().find(|module| module.holds(offset)).cloned()
    }

    /// How often what is known has changed.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.version
    }

    /// Takes a look into the file of that number.
    pub fn module(&mut self, look: &ModuleLook, id: u32) {
        self.version += 1;
        if self.modules.len() >= MODULES_MAX {
            self.modules.clear();
        }
        let unread = look.found.is_none();
        let found = look.found.clone().unwrap_or_default();
        let is_read = look.found.is_some()
            && (found.start..found.start.saturating_add(found.len)).contains(&look.offset);
        let path = &look.file.path;
        let (name, entry) = (base(path), found.entry.as_deref());
        let memfd = path.strip_prefix(MEMFD).map(|name| format!("memfd:{name}"));
        let module = Module {
            class: class(path, look.found.as_ref()),
            unnamed: found
                .deleted
                .then_some(found.changed)
                .filter(|_| has_name(path)),
            lib: memfd
                .clone()
                .unwrap_or_else(|| entry.map_or(name, base).to_owned()),
            module: memfd.unwrap_or_else(|| match entry {
                Some(entry) => format!("{path}!/{entry}"),
                None => path.clone(),
            }),
            build_id: found.elf.as_ref().and_then(|elf| elf.build_id.clone()),
            // Of one that could not be read, every place is the same.
            start: if is_read { found.start } else { 0 },
            len: if is_read { found.len } else { u64::MAX },
            is_whole: is_read && entry.is_none() && !found.alone && found.start == 0,
            alone: found.alone.then_some(look.offset),
            elf: found.elf.filter(|_| is_read),
            unread,
        };
        let known = self.modules.entry(id).or_default();
        if known.len() >= PLACES_MAX {
            known.clear();
        }
        known.push(Rc::new(module));
    }

    /// Another process may have what could not be read.
    pub fn forget_unread(&mut self) {
        for modules in self.modules.values_mut() {
            let before = modules.len();
            modules.retain(|module| !module.unread);
            self.version += u64::from(modules.len() < before);
        }
    }

    /// Takes a look at an instruction of the file of that number.
    pub fn site(&mut self, look: &SiteLook, id: u32) {
        self.version += 1;
        if self.sites.len() >= SITES_MAX {
            self.sites.clear();
        }
        let found = &look.found;
        let site = Site {
            symbol: found.symbol.clone(),
            symbol_offset: found.symbol_offset,
            number: found.number,
            frame: found.frame.unwrap_or_default(),
        };
        let ask = Ask {
            isa: look.isa,
            frame: look.frame,
        };
        let key = (id, look.start, look.address, ask);
        self.sites.insert(key, Rc::new(site));
    }
}

impl Module {
    /// Whose it was at that time.
    #[must_use]
    pub fn class(&self, time: u64) -> Class {
        match self.unnamed {
            Some(since) if since <= time => Class::Deleted,
            _ => self.class,
        }
    }

    /// Whether it stays whose it was at that time.
    pub(super) fn has_settled(&self, time: u64) -> bool {
        self.unnamed.is_none_or(|since| since <= time)
    }

    fn holds(&self, offset: u64) -> bool {
        let is_near = |place: u64| offset / PAGE == place / PAGE;
        offset >= self.start && offset - self.start < self.len && self.alone.is_none_or(is_near)
    }

    /// The address of a place of the file, as the ELF counts them; `None` if it is none, or has no segment there.
    fn address(&self, offset: u64) -> Option<u64> {
        let inside = offset - self.start;
        let mut loads = self.elf.as_ref()?.loads.iter();
        let holds = |offset: u64, len: u64| inside >= offset && inside - offset < len;
        let load = loads.find(|load| holds(load.offset, load.len))?;
        Some(load.address.wrapping_add(inside - load.offset))
    }
}

/// The file behind an address, and where in it.
fn place<'a>(held: &'a Held<'_>, abi: Abi) -> Option<(&'a Rc<Mapped>, u64)> {
    match held.backing {
        Backing::File { file, offset, .. } => Some((file, offset.saturating_add(held.distance))),
        Backing::Kernel([wide, narrow]) => match abi {
            Abi::Arm64 => Some((wide, held.distance)),
            Abi::Arm32 => Some((narrow, held.distance)),
        },
        Backing::Unknown | Backing::Anonymous(_) | Backing::Heap | Backing::Stack => None,
    }
}

/// Whether it is a file in memory only.
fn is_memory(path: &str) -> bool {
    path.starts_with(MEMFD) || path.starts_with(ASHMEM)
}

/// Whether it is a file that had a name once.
fn has_name(path: &str) -> bool {
    !is_memory(path) && !path.starts_with('[')
}

/// Whose code a file holds. What lies where the platform keeps its files is the platform's if it was read there.
fn class(path: &str, found: Option<&ModuleFound>) -> Class {
    let is_memory = is_memory(path);
    if is_memory && is_runtime_memory(base(path.strip_prefix(MEMFD).unwrap_or(path))) {
        Class::Runtime
    } else if is_memory {
        Class::Memfd
    } else if path.starts_with('[') {
        Class::Vdso
    } else if RUNTIME.iter().any(|end| path.ends_with(end)) {
        Class::Runtime
    } else if PLATFORM.iter().any(|begin| path.starts_with(begin)) {
        let role = found.map(|found| found.elf.as_ref().and_then(|elf| elf.role));
        match role {
            Some(Some(Role::Libc)) => Class::Libc,
            Some(Some(Role::Linker)) => Class::Linker,
            Some(None) => Class::System,
            None => Class::Unknown,
        }
    } else {
        Class::App
    }
}

/// Memory that the Android runtime compiles into has one of its names.
pub(super) fn is_runtime_memory(name: &str) -> bool {
    name == "jit-cache"
        || name == "jit-zygote-cache"
        || name.starts_with("dalvik-jit-code-cache")
        || name.starts_with("dalvik-zygote-jit-code-cache")
}

fn base(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}
