//! Loads the kernel half, tells it what to watch, attaches it. What comes back is left to `source`.

mod address;
mod attach;
mod family;
mod glances;
mod ignored;
mod load;
mod mappings;
pub mod platform;
mod rings;
mod settings;
mod shared;
mod tasks;
pub mod tracefs;
mod trial;
mod whose;

pub use attach::{Attached, attach};
pub use family::Family;
pub use ignored::Ignored;
pub use load::{Loaded, Watch, load};
pub use mappings::Mappings;
pub use rings::Rings;
pub use shared::{CpuLosses, Shared};
pub use trial::{Attempt, Took};

/// Where entries come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Backend {
    /// A kprobe on each call's symbol: other calls cost nothing.
    Kprobe,
    /// One raw tracepoint on all calls.
    Tracepoint,
}

impl Backend {
    /// Its name.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Kprobe => "kprobe",
            Self::Tracepoint => "tracepoint",
        }
    }

    /// The other one.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Kprobe => Self::Tracepoint,
            Self::Tracepoint => Self::Kprobe,
        }
    }
}

/// More symbols than this are not worth a kprobe each: attaching costs about 1/70 s apiece.
pub const KPROBES_MAX: usize = 160;

/// Why the kernel half could not be put to work.
#[derive(Debug, thiserror::Error)]
pub enum ProbeError {
    /// Built by plain cargo.
    #[error("this binary was built without its kernel half; build it with `cargo xtask build`")]
    NoObject,
    /// Not permitted.
    #[error(
        "the kernel refuses {what} ({source}); run sandboxd as root, outside containers that drop CAP_BPF, CAP_PERFMON or CAP_SYS_ADMIN, and outside seccomp filters that forbid it"
    )]
    Denied {
        /// What was asked for.
        what: String,
        /// The kernel's answer.
        source: std::io::Error,
    },
    /// A kernel without the `bpf` system call or one of the map types.
    #[error(
        "this kernel cannot do {what} ({source}); sandboxd needs Linux 5.10 or later with CONFIG_BPF_SYSCALL, CONFIG_BPF_EVENTS and CONFIG_PERF_EVENTS"
    )]
    Unsupported {
        /// What it lacks.
        what: &'static str,
        /// The kernel's answer.
        source: std::io::Error,
    },
    /// The verifier said no.
    #[error(
        "the kernel's verifier refused the program {program}: {source}; please report it with `uname -a` and this message"
    )]
    Refused {
        /// The program's name.
        program: &'static str,
        /// Its words.
        source: aya::programs::ProgramError,
    },
    /// aya could not make the maps.
    #[error("cannot load the kernel half: {0}")]
    Load(#[from] aya::EbpfError),
    /// The kernel half was built without messages, this one with.
    #[cfg(feature = "debug-log")]
    #[error(
        "cannot read the kernel half's messages ({0}); build both halves with `cargo xtask build --debug-log`"
    )]
    Messages(#[from] aya_log::Error),
    /// A map that should be there is not, or is of another kind.
    #[error("cannot use the map {name}: {source}")]
    Map {
        /// Its name.
        name: &'static str,
        /// What is wrong with it.
        source: aya::maps::MapError,
    },
    /// Memory shared with the kernel half could not be mapped.
    #[error("cannot map {name} into memory: {source}")]
    Mmap {
        /// Which map.
        name: &'static str,
        /// Why.
        source: std::io::Error,
    },
    /// Not root.
    #[error(
        "only root can watch other users' system calls: run sandboxd as root (`adb root`, or `su -c` before it)"
    )]
    NotRoot,
    /// A kernel from before all that is needed.
    #[error("Linux {release} is too old: sandboxd needs {}.{} or later", platform::OLDEST.0, platform::OLDEST.1)]
    TooOld {
        /// What it says that it is.
        release: String,
    },
    /// A kernel that refuses probes to everybody.
    #[error(
        "this kernel is locked down (confidentiality, in {}): it lets nobody attach kprobes or read its memory by BPF, root neither; \
         boot it without `lockdown=confidentiality`, or one that is not configured so",
        platform::LOCKDOWN
    )]
    LockedDown,
    /// Kprobes were asked for where they do not work.
    #[error("{0}; leave out --backend kprobe: the tracepoint does without")]
    NoKprobes(String),
    /// tracefs is not there or not readable.
    #[error(
        "cannot read {path}: {source}; mount tracefs with `mount -t tracefs nodev /sys/kernel/tracing`"
    )]
    Tracefs {
        /// The file.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// A tracepoint has another shape than expected.
    #[error("{path} has no field `{field}`; sandboxd does not know this kernel's tracepoint")]
    TracepointField {
        /// The format file.
        path: String,
        /// What was looked for.
        field: &'static str,
    },
    /// A tracepoint could not be attached.
    #[error("cannot attach to the tracepoint {name}: {source}")]
    Tracepoint {
        /// Category and name.
        name: &'static str,
        /// Why.
        source: aya::programs::ProgramError,
    },
    /// Not one of the probes could be attached.
    #[error(
        "none of {count} kernel symbols could be probed (the first, {symbol}: {reason}); try --backend tracepoint"
    )]
    NothingAttached {
        /// How many were tried.
        count: usize,
        /// The first.
        symbol: String,
        /// Why it failed.
        reason: String,
    },
}

impl ProbeError {
    /// Whether this kernel or these privileges cannot do it: exit code 3.
    #[must_use]
    pub fn is_platform(&self) -> bool {
        !matches!(self, Self::NoObject)
    }
}
