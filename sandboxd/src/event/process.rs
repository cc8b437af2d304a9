//! Lines of processes: what happened to one, and what it is.

use serde::Serialize;

use super::{Bytes, Proc, Time};

/// `process`
#[derive(Debug, Serialize)]
pub struct Process<'a> {
    /// The run.
    pub run: &'a str,
    /// Number of the line.
    pub seq: u64,
    /// RFC 3339, nanoseconds, UTC.
    pub time: Time,
    /// `CLOCK_BOOTTIME`, nanoseconds.
    pub boot_ns: u64,
    /// What happened.
    pub event: ProcessEvent,
    /// The process for good.
    pub proc: Proc,
    /// Its number.
    pub pid: u32,
    /// Its parent's number, where known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ppid: Option<u32>,
    /// Real user ID.
    pub uid: u32,
    /// Android user.
    pub user: u32,
    /// The package, where known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub package: Option<&'a str>,
    /// The packages that share the user ID.
    pub uid_packages: &'a [String],
    /// What kind of process it is, where known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<Kind>,
    /// From when on it was seen (`attach`, `start`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<From>,
    /// The process's name, where known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub process_name: Option<&'a str>,
    /// The words of its command line, where known, 4096 bytes at most.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub cmdline: &'a [String],
    /// What was executed (`exec`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<Bytes<'a>>,
    /// What it ended with (`exit`), where that is certain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exit_code: Option<u8>,
    /// What ended it (`exit`), where that is certain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signal: Option<&'static str>,
}

impl ProcessEvent {
    /// All of them, for the schema.
    pub const ALL: [Self; 6] = [
        Self::Attach,
        Self::Start,
        Self::Exec,
        Self::Rename,
        Self::Leave,
        Self::Exit,
    ];
}

/// What kind of process it is, by its user ID and its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// An app's.
    App,
    /// An isolated one, with a user ID of its own.
    Isolated,
    /// An app's that makes isolated ones for it.
    AppZygote,
    /// An app's SDK sandbox.
    SdkSandbox,
    /// None of these: the system's, the shell's.
    Other,
}

impl Kind {
    /// All of them, for the schema.
    pub const ALL: [Self; 5] = [
        Self::App,
        Self::Isolated,
        Self::AppZygote,
        Self::SdkSandbox,
        Self::Other,
    ];
}

/// From when on a process was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum From {
    /// It was there already.
    Attach,
    /// From the moment that a zygote made it, before it became an app's.
    Specialisation,
    /// From the moment that a watched process made it.
    Fork,
    /// From before the command was executed.
    Command,
}

impl From {
    /// All of them, for the schema.
    pub const ALL: [Self; 4] = [
        Self::Attach,
        Self::Specialisation,
        Self::Fork,
        Self::Command,
    ];
}

/// What happened to a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ProcessEvent {
    /// It was there already when it was first seen.
    Attach,
    /// It was made: by a watched process, or as the command.
    Start,
    /// It executed a program.
    Exec,
    /// It has another name, which was looked up after its main thread had one.
    Rename,
    /// It is watched no more: its user ID is another now.
    Leave,
    /// It ended.
    Exit,
}
