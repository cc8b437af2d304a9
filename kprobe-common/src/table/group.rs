//! Bits of `Syscall::groups`, and their names in expressions.

/// In the selection of a run without `-e`.
pub const DEFAULT: u32 = 1;
/// Takes a path.
pub const FILE: u32 = 1 << 1;
/// Takes or gives a descriptor.
pub const DESC: u32 = 1 << 2;
/// Sockets.
pub const NETWORK: u32 = 1 << 3;
/// Processes: their making, ending, tracing.
pub const PROCESS: u32 = 1 << 4;
/// Memory maps.
pub const MEMORY: u32 = 1 << 5;
/// Signals.
pub const SIGNAL: u32 = 1 << 6;
/// System V and POSIX inter-process communication.
pub const IPC: u32 = 1 << 7;
/// User and group IDs, capabilities.
pub const CREDS: u32 = 1 << 8;
/// `stat` by path, any form.
pub const STAT: u32 = 1 << 9;
/// `stat` by descriptor, any form.
pub const FSTAT: u32 = 1 << 10;
/// `statfs`, any form.
pub const STATFS: u32 = 1 << 11;
/// Clocks and timers.
pub const CLOCK: u32 = 1 << 12;
/// Always succeeds and takes no argument.
pub const PURE: u32 = 1 << 13;
/// Waits: futexes, polling, sleeping.
pub const WAIT: u32 = 1 << 14;
/// Scheduling.
pub const SCHED: u32 = 1 << 15;

/// Name, bit and meaning of each group; strace's names where it has them.
pub const GROUPS: &[(&str, u32, &str)] = &[
    ("default", DEFAULT, "what a run without -e selects"),
    ("file", FILE, "takes a path"),
    ("path", FILE, "the same as %file"),
    ("desc", DESC, "takes or gives a descriptor"),
    ("network", NETWORK, "sockets"),
    ("net", NETWORK, "the same as %network"),
    ("process", PROCESS, "making, ending and tracing processes"),
    ("memory", MEMORY, "memory maps"),
    ("signal", SIGNAL, "signals"),
    ("ipc", IPC, "System V and POSIX inter-process communication"),
    ("creds", CREDS, "user and group IDs, capabilities"),
    ("stat", STAT, "stat by path"),
    ("fstat", FSTAT, "stat by descriptor"),
    ("stat_like", STAT | FSTAT, "stat by path or descriptor"),
    ("statfs", STATFS, "file system statistics"),
    ("clock", CLOCK, "clocks and timers"),
    ("pure", PURE, "no arguments, always succeeds"),
    ("wait", WAIT, "futexes, polling, sleeping"),
    ("sched", SCHED, "scheduling"),
];

/// A condition under which a row belongs to `%default`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Condition {
    /// The argument it looks at.
    pub arg: &'static str,
    /// Shift right by so much,
    pub shift: u8,
    /// then mask with this,
    pub mask: u32,
    /// then look it up here.
    pub values: &'static [u32],
    /// Whether a value found there belongs to the group, or one that is not.
    pub listed: bool,
}
