//! What is seen of mapped files: which module lies at a place of one, and what its code says. How it is found is left to
//! `facts`, what it means for a call to `caller`.

use serde::{Deserialize, Serialize};

use super::FrameFound;

/// A mapped file, as the kernel tells of it; the same key, the same bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct FileKey {
    /// As in `/proc/PID/maps`, without ` (deleted)`; `[vdso]`, `[vectors]`, `[sigpage]` for what the kernel gives itself.
    pub path: String,
    /// Device.
    pub major: u32,
    /// Device.
    pub minor: u32,
    /// 0 for what has none.
    pub inode: u64,
    /// Tells files apart that had the same number one after the other; 0 where it was not told. Of the kernel's own
    /// pages the bits of the ABI, since each has its own.
    pub generation: u64,
}

/// A look into a mapped file.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ModuleLook {
    /// A process that has it mapped.
    pub pid: u32,
    /// The file.
    pub file: FileKey,
    /// The place that was asked for, bytes from the file's start.
    pub offset: u64,
    /// What lies there; nothing if the file could not be read, or is another one by now.
    pub found: Option<ModuleFound>,
}

/// What lies at a place of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ModuleFound {
    /// The file had no name any more.
    pub deleted: bool,
    /// When such a file was last changed, by the boot clock: before that it may have had its name. 0: not known.
    pub changed: u64,
    /// Where the module begins, bytes from the file's start: 0 but for what is embedded in an archive.
    pub start: u64,
    /// Its bytes.
    pub len: u64,
    /// Its name in the archive (`lib/arm64-v8a/libx.so`).
    pub entry: Option<String>,
    /// Set if the place is in an archive and in none of its entries: it tells nothing of other places.
    pub alone: bool,
    /// What it says of itself, if it is an ELF.
    pub elf: Option<ElfFound>,
}

/// What an ELF says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ElfFound {
    /// 32 or 64.
    pub bits: u8,
    /// `NT_GNU_BUILD_ID`, hexadecimal.
    pub build_id: Option<String>,
    /// `DT_SONAME`.
    pub soname: Option<String>,
    /// What it is, if it is part of a C library, by what is in it.
    pub role: Option<Role>,
    /// `PT_LOAD` segments, in their order.
    pub loads: Vec<Load>,
}

/// A `PT_LOAD` segment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Load {
    /// `p_offset`, bytes from the module's start.
    pub offset: u64,
    /// `p_vaddr`.
    pub address: u64,
    /// `p_filesz`.
    pub len: u64,
}

/// Parts of a C library, by what an ELF has in it. Whether it is the platform's, its path says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// bionic's, glibc's or musl's C library (musl's is its linker too).
    Libc,
    /// The dynamic linker.
    Linker,
}

/// Instruction sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Isa {
    /// 64-bit.
    A64,
    /// 32-bit, four bytes each.
    A32,
    /// 32-bit Thumb.
    T32,
}

/// A look at an instruction.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct SiteLook {
    /// The file.
    pub file: FileKey,
    /// Where its module begins ([`ModuleFound::start`]).
    pub start: u64,
    /// The instruction, as the ELF counts addresses.
    pub address: u64,
    /// Set if it is a `svc`, and asked where its number comes from.
    pub isa: Option<Isa>,
    /// Whether it was asked how the caller of its function is found.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub frame: bool,
    /// What there is.
    pub found: SiteFound,
}

/// What there is at an instruction.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SiteFound {
    /// The function that it lies in: not beyond the symbol's own size.
    pub symbol: Option<String>,
    /// Bytes from the symbol's start.
    pub symbol_offset: u64,
    /// Where the number of a `svc` comes from.
    pub number: Option<Number>,
    /// How the caller of its function is found, if that was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frame: Option<FrameFound>,
}

/// Where the number of a `svc` comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Number {
    /// The straight-line code before it loads this constant.
    Constant(u32),
    /// From a register, in a stub that is known to take it as an argument: `syscall()`, a shared cancel point.
    Generic,
    /// Neither: the code before it does not say.
    Undecided,
}
