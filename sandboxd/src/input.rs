//! Everything that the state of a run is made from, in one order: what the kernel half sent and what was seen of the
//! outside. A run is a fold over these; a recording holds them and gives the same lines again.

mod frame;
mod module;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::event::{Failed, Targets};
use crate::fold::Asked;
use crate::probe::{Backend, CpuLosses};
pub use frame::{FrameFound, Kept, Link, Pointer, Rule};
pub use module::{
    ElfFound, FileKey, Isa, Load, ModuleFound, ModuleLook, Number, Role, SiteFound, SiteLook,
};

/// One input.
#[derive(Clone, Copy, Debug)]
pub enum Input<'a> {
    /// A record of the kernel half.
    Record(&'a [u8]),
    /// Something seen of the outside.
    Fact(&'a Fact),
}

/// A look at the outside, or a decision made there.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fact {
    /// The run begins.
    Start(Box<Start>),
    /// `packages.list` was read: user IDs of the first Android user, and who has them.
    Packages {
        /// Packages by user ID.
        by_uid: BTreeMap<u32, Vec<String>>,
    },
    /// Others are asked for from now on.
    Targets {
        /// `CLOCK_BOOTTIME`, nanoseconds.
        boot_ns: u64,
        /// Who is watched.
        targets: Targets,
    },
    /// Processes were found that make those of apps.
    Zygotes {
        /// Their numbers.
        pids: Vec<u32>,
    },
    /// The probes go live. Which processes are there that were asked for was looked up before.
    Live {
        /// `CLOCK_BOOTTIME`, nanoseconds.
        boot_ns: u64,
    },
    /// A process was looked up in `/proc`.
    Process {
        /// What was seen.
        look: ProcessLook,
        /// The user ID of the record that asked.
        uid: u32,
        /// The time of the record that asked, `CLOCK_BOOTTIME`, nanoseconds.
        at: u64,
    },
    /// A process's name was looked up in `/proc`.
    Name {
        /// What was seen.
        look: NameLook,
        /// The time of the record that asked, `CLOCK_BOOTTIME`, nanoseconds.
        at: u64,
    },
    /// A descriptor was looked up in `/proc`.
    Descriptor {
        /// What was seen.
        look: DescriptorLook,
    },
    /// A mapped file was looked into, for what lies at one place of it.
    Module {
        /// What was seen.
        look: Box<ModuleLook>,
    },
    /// An instruction of a module was looked up.
    Site {
        /// What was seen.
        look: SiteLook,
    },
    /// The counters of loss were read.
    Losses {
        /// When, `CLOCK_BOOTTIME`, nanoseconds.
        boot_ns: u64,
        /// CPUs that lost something so far.
        cpus: Vec<CpuLosses>,
    },
    /// The wall clock was compared with the boot clock.
    Clock {
        /// The boot clock, nanoseconds.
        boot_ns: u64,
        /// The wall clock less the boot clock, nanoseconds.
        offset_ns: i64,
    },
    /// Time passed, and everything up to it was read.
    Tick {
        /// `CLOCK_BOOTTIME`, nanoseconds.
        boot_ns: u64,
    },
    /// Lines that the output did not take.
    Unwritten {
        /// `CLOCK_BOOTTIME`, nanoseconds.
        boot_ns: u64,
        /// Calls among them, by index.
        by_index: BTreeMap<u16, u64>,
        /// All of them.
        lines: u64,
    },
    /// The output goes on in another part; counters as they were then.
    Cut(Stop),
    /// The run ends: nothing comes after it.
    Stop(Stop),
}

/// How a run begins: all that its lines depend on.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an option of its own"
)]
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Start {
    /// Its name.
    pub run: String,
    /// sandboxd's version.
    pub version: String,
    /// `CLOCK_BOOTTIME`, nanoseconds.
    pub boot_ns: u64,
    /// The wall clock less the boot clock, nanoseconds.
    pub offset_ns: i64,
    /// `uname -r`.
    pub kernel: String,
    /// `uname -m`.
    pub arch: String,
    /// What is known of the device.
    pub device: BTreeMap<String, String>,
    /// The command line.
    pub argv: Vec<String>,
    /// The user's own labels.
    pub tags: BTreeMap<String, String>,
    /// Where entries come from.
    pub backend: Option<Backend>,
    /// Why from there.
    pub backend_reason: String,
    /// Bytes of a page.
    pub page: u64,
    /// Bits of a user address; what is above them in a pointer is its signature.
    pub address_bits: u32,
    /// Who is watched.
    pub targets: Targets,
    /// Indices of the selected calls.
    pub indexes: Vec<u16>,
    /// How many probes are attached.
    pub attached: usize,
    /// Symbols that could not be probed.
    pub failed: Vec<Failed>,
    /// Whether returns are watched.
    pub returns: bool,
    /// Whether stacks are shown.
    pub stacks: bool,
    /// Which calls are shown.
    pub show: Show,
    /// Whether every line has the registers.
    pub raw: bool,
    /// Patterns of paths that calls have to do with, or all are shown.
    pub only: Vec<String>,
    /// Who calls are shown of.
    pub made_by: Asked,
    /// Names of threads that calls are shown of, or not.
    pub names: Vec<String>,
    /// Errors that calls are shown of, or not.
    pub errors: Vec<String>,
    /// Whether it is followed what descriptors and paths mean.
    pub files: bool,
    /// Whether tasks are watched because of their user ID.
    pub by_uid: bool,
    /// The process of the command, which was made to be watched.
    pub made: Option<u32>,
    /// Whether who is watched changes while the run is live.
    pub changing: bool,
}

/// Which calls are shown, by how they ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Show {
    /// All.
    #[default]
    All,
    /// Successes (`-z`).
    Successful,
    /// Failures (`-Z`).
    Failed,
    /// None, they are only counted (`-c`).
    Counts,
}

/// What `/proc` says of a process.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ProcessLook {
    /// The process.
    pub pid: u32,
    /// The thread whose descriptors were looked at.
    pub tid: u32,
    /// When the look began, `CLOCK_BOOTTIME`, nanoseconds.
    pub began: u64,
    /// When it ended.
    pub ended: u64,
    /// What there was; nothing if the process was gone.
    pub found: Option<Found>,
}

/// A process that was there.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Found {
    /// Its start, clock ticks since boot.
    pub start: u64,
    /// Its parent.
    pub ppid: u32,
    /// The first word of its command line.
    pub name: String,
    /// The words of its command line, as far as they were looked at.
    pub cmdline: Vec<String>,
    /// Its threads.
    pub tids: Vec<u32>,
    /// Its mappings, or nothing if they could not be read.
    pub maps: Option<Vec<MapLine>>,
    /// Its descriptors and directories, if they were asked for and could be read.
    pub files: Option<FilesFound>,
}

/// What `/proc` says of a process's name.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct NameLook {
    /// The process.
    pub pid: u32,
    /// When the look began, `CLOCK_BOOTTIME`, nanoseconds.
    pub began: u64,
    /// When it ended.
    pub ended: u64,
    /// What there was; nothing if the process was gone.
    pub found: Option<NameFound>,
}

/// The name of a process that was there.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct NameFound {
    /// Its start, clock ticks since boot.
    pub start: u64,
    /// The first word of its command line.
    pub name: String,
}

/// The descriptors of a thread, and the directories that its paths begin at.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FilesFound {
    /// The working directory; empty where it cannot be said.
    pub cwd: String,
    /// The root, as it looks from here.
    pub root: String,
    /// Descriptors.
    pub open: Vec<OpenFile>,
    /// How many users the process's threads have.
    pub users: usize,
}

/// The number that stands for the working directory (`AT_FDCWD`).
pub const CWD: i32 = -100;
/// The number that stands for the directory that absolute paths begin at.
pub const ROOT: i32 = -101;

/// What `/proc` says of a descriptor, or of a directory that paths begin at.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct DescriptorLook {
    /// The process.
    pub pid: u32,
    /// The thread.
    pub tid: u32,
    /// The descriptor, [`CWD`] or [`ROOT`].
    pub fd: i32,
    /// The process's start, clock ticks since boot; 0: not asked.
    pub start: u64,
    /// When the look began, `CLOCK_BOOTTIME`, nanoseconds.
    pub began: u64,
    /// When it ended.
    pub ended: u64,
    /// What there was; nothing if it was not open.
    pub found: Option<OpenFile>,
}

/// A descriptor that was open.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct OpenFile {
    /// The descriptor.
    pub fd: i32,
    /// What `/proc/PID/fd` links to; empty where that is not UTF-8.
    pub link: String,
    /// Whether an exec closes it.
    pub on_exec: bool,
    /// The process that it stands for.
    pub pid: Option<u32>,
    /// What a socket says of itself.
    pub socket: Option<SocketFound>,
}

/// What a socket says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SocketFound {
    /// Address family.
    pub domain: Option<u32>,
    /// Type.
    pub kind: Option<u32>,
    /// Protocol.
    pub protocol: Option<u32>,
    /// Its own address; empty where there is none.
    pub local: Vec<u8>,
    /// The other side's; empty where there is none.
    pub peer: Vec<u8>,
}

/// A line of `/proc/PID/maps`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MapLine {
    /// First address.
    pub start: u64,
    /// First address behind it.
    pub end: u64,
    /// `PROT_*` bits.
    pub prot: u8,
    /// `MAP_SHARED`.
    pub shared: bool,
    /// Where in the file it begins, bytes.
    pub offset: u64,
    /// The file's device.
    pub major: u32,
    /// The file's device.
    pub minor: u32,
    /// The file's inode; 0 where there is none.
    pub inode: u64,
    /// The file or the kernel's name for it; empty where there is none.
    pub path: String,
}

/// How a run ends, or a part of it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Stop {
    /// Why.
    pub why: String,
    /// `CLOCK_BOOTTIME`, nanoseconds.
    pub boot_ns: u64,
    /// Counts of the kernel half, by index: seen, filtered, lost, returns lost.
    pub counts: Vec<(u16, [u64; 4])>,
    /// Threads that were not remembered.
    pub threads_full: u64,
}
