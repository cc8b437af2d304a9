//! The fields of a `process` line.

use super::field::{Field, Kind, always, sometimes};
use super::lines::{BOOT_NS, PACKAGE, PID, PROC, PROCESS_NAME, RUN, SEQ, TIME, UID, USER, names};

fn process_events() -> Vec<String> {
    names(&crate::event::ProcessEvent::ALL)
}

fn process_kinds() -> Vec<String> {
    names(&crate::event::Kind::ALL)
}

fn process_froms() -> Vec<String> {
    names(&crate::event::From::ALL)
}

/// The fields.
pub(super) const PROCESS: &[Field] = &[
    RUN,
    SEQ,
    TIME,
    BOOT_NS,
    always("event", Kind::Words(process_events), "what happened"),
    PROC,
    PID,
    sometimes("ppid", Kind::Uint, "its parent"),
    UID,
    USER,
    PACKAGE,
    always(
        "uid_packages",
        Kind::Texts,
        "the packages that share the user ID",
    ),
    sometimes(
        "kind",
        Kind::Words(process_kinds),
        "what kind of process it is",
    ),
    sometimes(
        "from",
        Kind::Words(process_froms),
        "from when on it was seen (attach, start)",
    ),
    PROCESS_NAME,
    sometimes(
        "cmdline",
        Kind::Texts,
        "the words of its command line, 4096 bytes at most",
    ),
    sometimes("path", Kind::Text, "what was executed"),
    sometimes("exit_code", Kind::Uint, "what it ended with, where certain"),
    sometimes("signal", Kind::Word, "what ended it, where certain"),
];
