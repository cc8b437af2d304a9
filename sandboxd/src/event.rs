//! The lines of the output, schema 1.0, as types: what is here is an interface.
//!
//! New fields, types and values are minor changes, everything else is a major one. `json` and `text` render them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

mod caller;
mod process;
mod word;

pub use caller::{Caller, Lib, Place, Written};
pub use process::{From, Kind, Process, ProcessEvent};
pub use word::{
    Bytes, CallCount, ErrorName, Fds, Hex, Mapping, Name, PathText, Perms, Proc, Statuses, Time,
};

use crate::args::Args;
use crate::caller::StackEnd;

/// Version of the schema, in every `start` line.
pub const SCHEMA: &str = "1.0";

/// One line.
#[expect(clippy::large_enum_variant, reason = "most lines are calls")]
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Line<'a> {
    /// The first line of a run, and of each of its parts.
    Start(Box<Start<'a>>),
    /// A call.
    Syscall(Syscall<'a>),
    /// A process appeared, changed or ended.
    Process(Process<'a>),
    /// Calls were lost.
    Loss(Loss<'a>),
    /// Records of state were lost.
    StateLoss(StateLoss<'a>),
    /// The wall clock was set.
    Clock(Clock<'a>),
    /// Others are watched from now on.
    Targets(NewTargets<'a>),
    /// Once a minute: a quiet app is not a dead tracer.
    Stats(Stats<'a>),
    /// The last line of a run, and of each of its parts.
    End(End<'a>),
}

/// `start`
#[derive(Debug, Serialize)]
pub struct Start<'a> {
    /// [`SCHEMA`].
    pub schema: &'static str,
    /// The run: the same on all its lines.
    pub run: &'a str,
    /// 0 in the first part.
    pub seq: u64,
    /// Number of the part, from 1 on.
    pub part: u64,
    /// sandboxd's version.
    pub version: &'a str,
    /// RFC 3339, nanoseconds, UTC.
    pub time: Time,
    /// `CLOCK_BOOTTIME`, nanoseconds.
    pub boot_ns: u64,
    /// `uname -r`.
    pub kernel: &'a str,
    /// `uname -m`.
    pub arch: &'a str,
    /// What is known of the device.
    pub device: &'a BTreeMap<String, String>,
    /// The command line.
    pub argv: &'a [String],
    /// The user's own labels for the run.
    pub tags: &'a BTreeMap<String, String>,
    /// `kprobe` or `tracepoint`.
    pub backend: &'a str,
    /// Why that one.
    pub backend_reason: &'a str,
    /// Whether returns are watched.
    pub returns: bool,
    /// Who is watched.
    pub targets: &'a Targets,
    /// Names of the selected calls.
    pub calls: &'a [String],
    /// How many probes are attached.
    pub attached: usize,
    /// Kernel symbols that could not be probed.
    pub failed: &'a [Failed],
}

/// Who is watched.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Targets {
    /// User IDs.
    pub uids: Vec<u32>,
    /// Processes.
    pub pids: Vec<u32>,
    /// Threads.
    pub tids: Vec<u32>,
    /// Packages, or patterns of their names.
    pub packages: Vec<String>,
    /// Of packages and apps only those of these Android users, if any are named.
    #[serde(default)]
    pub users: Vec<u32>,
    /// The command that was started.
    pub command: Vec<String>,
    /// Every app.
    pub all_apps: bool,
    /// Whether children of processes and commands are followed.
    pub follow: bool,
}

/// A kernel symbol that could not be probed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Failed {
    /// `__arm64_sys_…`
    pub symbol: String,
    /// The kernel's answer.
    pub reason: String,
}

/// What became of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It returned.
    Returned,
    /// It does not return (`exit`).
    NoReturn,
    /// Refused before the kernel's function: seccomp, a tracer.
    Blocked,
    /// A return whose entry was not seen: before attaching, lost, or not probed.
    EntryMissed,
    /// An entry whose return was not seen.
    ExitMissed,
    /// Still inside when the run ended.
    Unfinished,
    /// Returns are not watched (`--no-returns`).
    Entered,
}

impl Outcome {
    /// All of them, for the schema.
    pub const ALL: [Self; 7] = [
        Self::Returned,
        Self::NoReturn,
        Self::Blocked,
        Self::EntryMissed,
        Self::ExitMissed,
        Self::Unfinished,
        Self::Entered,
    ];
}

/// `syscall`
#[derive(Debug, Serialize)]
pub struct Syscall<'a> {
    /// The run.
    pub run: &'a str,
    /// Number of the line.
    pub seq: u64,
    /// Of the entry; of the return where the entry was not seen. RFC 3339, nanoseconds, UTC.
    pub time: Time,
    /// The same, `CLOCK_BOOTTIME`, nanoseconds.
    pub boot_ns: u64,
    /// CPU of the same moment.
    pub cpu: u16,
    /// The process for good: its number and its start in clock ticks since boot.
    pub proc: Proc,
    /// The process.
    pub pid: u32,
    /// The thread.
    pub tid: u32,
    /// Real user ID.
    pub uid: u32,
    /// Android user: `uid / 100000`.
    pub user: u32,
    /// The thread's name.
    pub comm: Bytes<'a>,
    /// Its bytes, where it is not UTF-8.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comm_hex: Option<String>,
    /// The app's package, where known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub package: Option<&'a str>,
    /// The process's name: the first word of its command line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub process_name: Option<&'a str>,
    /// `arm64` or `arm32`.
    pub abi: &'static str,
    /// The number.
    pub nr: i32,
    /// The name.
    pub syscall: Name,
    /// What became of it.
    pub outcome: Outcome,
    /// The arguments, by name.
    pub args: &'a Args<'a>,
    /// The argument registers as they are: of a call without a row, of all with `--raw`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub regs: Option<[Hex; 6]>,
    /// The same of every call, for what says where something is that was not given.
    #[serde(skip)]
    pub registers: [u64; 6],
    /// What is known about them, by name.
    #[serde(skip_serializing_if = "Statuses::is_empty")]
    pub arg_status: Statuses<'a>,
    /// The absolute paths that the arguments mean, where known.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub paths: &'a [PathText],
    /// What the descriptors among the arguments were, and the one that it gave, where known.
    #[serde(skip_serializing_if = "Fds::is_empty")]
    pub fds: Fds<'a>,
    /// The return value; null where there is none.
    pub ret: Option<i64>,
    /// The return value of a call that gives an address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ret_hex: Option<Hex>,
    /// The error's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<ErrorName>,
    /// The thread was killed in it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub killed: bool,
    /// From entry to return, nanoseconds; null where one of them was not seen.
    pub dur_ns: Option<u64>,
    /// Where the call came from.
    pub caller: Caller<'a>,
    /// The `svc` and the calls that led to it, innermost first, where that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stack: Option<Vec<Place<'a>>>,
    /// Why the stack has no more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stack_end: Option<StackEnd>,
}

/// `loss`
#[derive(Debug, Serialize)]
pub struct Loss<'a> {
    /// The run.
    pub run: &'a str,
    /// Number of the line.
    pub seq: u64,
    /// `ring_full`; `scratch_taken`: too many programs of one CPU were preempted at once (7.x); `held_full`: a process did
    /// too much before it was known whose it is; `unwritten`: the output could not be written.
    pub reason: &'static str,
    /// Calls that are missing.
    pub count: u64,
    /// Returns that are missing, of calls that are there.
    pub exits: u64,
    /// The CPU; absent where `unwritten`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cpu: Option<u16>,
    /// The last moment known to be without loss, `CLOCK_BOOTTIME`, nanoseconds.
    pub from_ns: u64,
    /// When it was noticed.
    pub to_ns: u64,
    /// Calls that are missing, by name.
    pub by_call: BTreeMap<String, u64>,
}

/// `state_loss`
#[derive(Debug, Serialize)]
pub struct StateLoss<'a> {
    /// The run.
    pub run: &'a str,
    /// Number of the line.
    pub seq: u64,
    /// Records that are missing.
    pub count: u64,
    /// The CPU.
    pub cpu: u16,
    /// The last moment known to be without loss, `CLOCK_BOOTTIME`, nanoseconds.
    pub from_ns: u64,
    /// When it was noticed.
    pub to_ns: u64,
}

/// `clock`
#[derive(Debug, Serialize)]
pub struct Clock<'a> {
    /// The run.
    pub run: &'a str,
    /// Number of the line.
    pub seq: u64,
    /// The new time. RFC 3339, nanoseconds, UTC.
    pub time: Time,
    /// `CLOCK_BOOTTIME`, nanoseconds.
    pub boot_ns: u64,
    /// By how much the wall clock was moved, nanoseconds.
    pub step_ns: i64,
}

/// `targets`
#[derive(Debug, Serialize)]
pub struct NewTargets<'a> {
    /// The run.
    pub run: &'a str,
    /// Number of the line.
    pub seq: u64,
    /// RFC 3339, nanoseconds, UTC.
    pub time: Time,
    /// `CLOCK_BOOTTIME`, nanoseconds.
    pub boot_ns: u64,
    /// Who is watched from now on.
    pub targets: &'a Targets,
}

/// `stats`
#[derive(Debug, Serialize)]
pub struct Stats<'a> {
    /// The run.
    pub run: &'a str,
    /// Number of the line.
    pub seq: u64,
    /// RFC 3339, nanoseconds, UTC.
    pub time: Time,
    /// `CLOCK_BOOTTIME`, nanoseconds.
    pub boot_ns: u64,
    /// `syscall` lines so far, in this part.
    pub emitted: u64,
    /// Calls dropped by filters so far, in this part.
    pub filtered: u64,
    /// Calls lost so far, in this part.
    pub lost: u64,
}

/// `end`
#[derive(Debug, Serialize)]
pub struct End<'a> {
    /// The run.
    pub run: &'a str,
    /// Number of the line.
    pub seq: u64,
    /// RFC 3339, nanoseconds, UTC.
    pub time: Time,
    /// `CLOCK_BOOTTIME`, nanoseconds.
    pub boot_ns: u64,
    /// `signal`, `duration`, `target_exited`, `reader_gone`, `output_failed`, `stop`; `rotated`: another part follows.
    pub why: &'a str,
    /// Selected calls of targets. `seen = emitted + filtered + lost`.
    pub seen: u64,
    /// `syscall` lines.
    pub emitted: u64,
    /// Dropped by filters.
    pub filtered: u64,
    /// Lost.
    pub lost: u64,
    /// Calls that the kernel half had seen and that stand in no part yet: the line of each comes in a later one.
    pub pending: u64,
    /// The same, by call.
    pub by_call: &'a BTreeMap<String, CallCount>,
    /// Calls whose return was lost: their lines say `exit_missed`.
    pub exits_missed: u64,
    /// Arguments of which only the start is shown.
    pub args_cut: u64,
    /// Records of state that were lost.
    pub state_lost: u64,
    /// Threads that were not remembered because the thread map was full.
    pub threads_full: u64,
    /// Lines that the output did not take.
    pub unwritten: u64,
    /// Processes out of zygotes that turned out to be none that were asked for.
    pub not_target: u64,
    /// Processes that ended, or outlived the run, before it was known whose they are.
    pub undetermined: u64,
}
