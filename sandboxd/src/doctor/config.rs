//! How the kernel was configured, as `/proc/config.gz` says: which options matter, and what follows where one is not set.

use std::collections::BTreeSet;
use std::io::Read as _;

use flate2::read::GzDecoder;

use super::finding::{Finding, State};

/// More than any configuration has: some are 250 KiB long.
const MOST: u64 = 8 << 20;

/// An option that matters, the state where it is not set, and what follows then.
const OPTIONS: [(&str, State, &str); 10] = [
    (
        "BPF_SYSCALL",
        State::Missing,
        "no BPF program can be loaded",
    ),
    ("PERF_EVENTS", State::Missing, "no probe can be attached"),
    (
        "BPF_EVENTS",
        State::Missing,
        "no BPF program runs at a probe",
    ),
    ("TRACEPOINTS", State::Missing, "there are no tracepoints"),
    (
        "HAVE_SYSCALL_TRACEPOINTS",
        State::Missing,
        "returns of calls are not told of",
    ),
    (
        "KALLSYMS",
        State::Limited,
        "entries are seen by the tracepoint alone",
    ),
    (
        "KPROBES",
        State::Limited,
        "entries are seen by the tracepoint alone",
    ),
    (
        "KPROBE_EVENTS",
        State::Limited,
        "entries are seen by the tracepoint alone",
    ),
    (
        "BPF_JIT",
        State::Limited,
        "programs are interpreted, which is slow",
    ),
    ("COMPAT", State::Ok, "32-bit programs do not run"),
];

/// What the file said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Configuration {
    /// There is none.
    Absent,
    /// It could not be read.
    Unreadable(String),
    /// The options that are built in or modules, without `CONFIG_`.
    Set(BTreeSet<String>),
}

impl Configuration {
    /// Unpacks it.
    #[must_use]
    pub(super) fn of(packed: &[u8]) -> Self {
        let mut text = String::new();
        match GzDecoder::new(packed).take(MOST).read_to_string(&mut text) {
            Ok(_) => Self::Set(text.lines().filter_map(set).collect()),
            Err(error) => Self::Unreadable(error.to_string()),
        }
    }

    /// Whether an option is set, if that is known.
    #[must_use]
    pub(super) fn has(&self, option: &str) -> Option<bool> {
        match self {
            Self::Set(set) => Some(set.contains(option)),
            _ => None,
        }
    }
}

/// `CONFIG_KPROBES=y`; an option that is not set stands in a comment.
fn set(line: &str) -> Option<String> {
    let (name, value) = line.strip_prefix("CONFIG_")?.split_once('=')?;
    (value != "n").then(|| name.to_owned())
}

/// The options that matter; `works`: whether all that they are for was tried, and works. A kernel can carry the
/// configuration of another.
#[must_use]
pub(super) fn configuration(config: &Configuration, works: bool) -> Finding {
    const CHECK: &str = "config";
    let options = match config {
        Configuration::Absent => {
            return Finding::new(CHECK, State::Unknown, "there is no /proc/config.gz").follows(
                "how the kernel was configured is not known: it was tried what it can do",
            );
        }
        Configuration::Unreadable(why) => {
            return Finding::new(CHECK, State::Unknown, format!("/proc/config.gz: {why}")).follows(
                "how the kernel was configured is not known: it was tried what it can do",
            );
        }
        Configuration::Set(options) => options,
    };
    let lacking: Vec<_> = OPTIONS
        .iter()
        .filter(|(name, ..)| !options.contains(*name))
        .collect();
    let names: Vec<&str> = lacking.iter().map(|(name, ..)| *name).collect();
    let state = lacking.iter().map(|(_, state, _)| *state).max();
    let contradicted = works && state == Some(State::Missing);
    let finding = if lacking.is_empty() {
        Finding::new(
            CHECK,
            State::Ok,
            format!("all {} options that matter are set", OPTIONS.len()),
        )
    } else {
        let follows: Vec<String> = lacking
            .chunk_by(|one, other| one.2 == other.2)
            .map(|alike| {
                let names: Vec<&str> = alike.iter().map(|(name, ..)| *name).collect();
                format!("without {} {}", names.join(" and "), alike[0].2)
            })
            .collect();
        let found = format!("not set: {}", names.join(", "));
        if contradicted {
            return Finding::new(CHECK, State::Ok, found)
                .follows("it says so, but what these are for was tried, and works: it is another kernel's configuration")
                .value("not_set", names);
        }
        let finding = Finding::new(CHECK, state.unwrap_or(State::Ok), found);
        let finding = finding.follows(follows.join("; "));
        if state > Some(State::Ok) {
            finding.todo("a kernel that is configured with these")
        } else {
            finding
        }
    };
    finding.value("not_set", names)
}
