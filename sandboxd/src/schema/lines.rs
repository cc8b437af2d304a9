//! The fields of every line: what [`event`](crate::event) says in Rust, as data.
//!
//! A test renders an example of each line and fails if a field is missing here, or is here and nowhere else. The
//! arguments of calls are left to [`args`](super::args).

use serde::Serialize;

use super::caller::{CALLER, STACK, STACK_END};
use super::field::{Field, Kind, Line, always, or_null, sometimes};
use super::process::PROCESS;
use crate::event::Outcome;
use crate::status::State;

pub(super) fn names<T: Serialize>(values: &[T]) -> Vec<String> {
    let name = |value| {
        serde_json::to_value(value)
            .ok()?
            .as_str()
            .map(str::to_owned)
    };
    values.iter().filter_map(name).collect()
}

fn outcomes() -> Vec<String> {
    names(&Outcome::ALL)
}

fn states() -> Vec<String> {
    names(&State::ALL)
}

pub(super) fn words<const N: usize>(words: [&str; N]) -> Vec<String> {
    words.map(str::to_owned).into()
}

fn abis() -> Vec<String> {
    words(["arm64", "arm32"])
}

fn backends() -> Vec<String> {
    words(["kprobe", "tracepoint"])
}

fn loss_reasons() -> Vec<String> {
    words(["ring_full", "scratch_taken", "held_full", "unwritten"])
}

fn ends() -> Vec<String> {
    words([
        "signal",
        "duration",
        "target_exited",
        "reader_gone",
        "output_failed",
        "rotated",
        "stop",
    ])
}

pub(super) const RUN: Field = always("run", Kind::Word, "the run: the same on all its lines");
pub(super) const SEQ: Field = always("seq", Kind::Uint, "number of the line, without gaps");
pub(super) const TIME: Field = always("time", Kind::Time, "wall clock, UTC");
pub(super) const BOOT_NS: Field = always("boot_ns", Kind::Uint, "CLOCK_BOOTTIME, nanoseconds");
pub(super) const PROC: Field = always(
    "proc",
    Kind::Text,
    "the process for good: its number and its start in clock ticks",
);
pub(super) const PID: Field = always("pid", Kind::Uint, "the process");
pub(super) const UID: Field = always("uid", Kind::Uint, "real user ID");
pub(super) const USER: Field = always("user", Kind::Uint, "Android user: uid / 100000");
pub(super) const PACKAGE: Field =
    sometimes("package", Kind::Word, "the app's package, where known");
pub(super) const PROCESS_NAME: Field = sometimes(
    "process_name",
    Kind::Word,
    "the first word of the process's command line",
);
const FROM_NS: Field = always(
    "from_ns",
    Kind::Uint,
    "the last moment known to be without loss, as boot_ns",
);
const TO_NS: Field = always("to_ns", Kind::Uint, "when it was noticed, as boot_ns");
const SEEN: Field = always(
    "seen",
    Kind::Uint,
    "selected calls of targets: emitted + filtered + lost",
);
const EMITTED: Field = always("emitted", Kind::Uint, "syscall lines");
const FILTERED: Field = always("filtered", Kind::Uint, "calls dropped by filters");
const LOST: Field = always("lost", Kind::Uint, "calls lost");
const PENDING: Field = always(
    "pending",
    Kind::Uint,
    "calls seen that stand in no part yet: in a later one",
);

const TARGETS: &[Field] = &[
    always("uids", Kind::Uints, "user IDs"),
    always("pids", Kind::Uints, "processes"),
    always("tids", Kind::Uints, "threads"),
    always("packages", Kind::Texts, "packages, or patterns of names"),
    always(
        "users",
        Kind::Uints,
        "of packages and apps, only those of these Android users",
    ),
    always("command", Kind::Texts, "the command that was started"),
    always("all_apps", Kind::Bool, "every app"),
    always("follow", Kind::Bool, "whether children are followed"),
];

const FAILED: &[Field] = &[
    always("symbol", Kind::Text, "the kernel's symbol"),
    always("reason", Kind::Text, "the kernel's answer"),
];

const STATUS: &[Field] = &[
    always("state", Kind::Words(states), "the gravest thing known"),
    sometimes("addr", Kind::Hex, "where it was looked for"),
    sometimes("error", Kind::Word, "why it could not be read"),
    sometimes("len", Kind::Uint, "how long it is in truth"),
    sometimes("value", Kind::Hex, "the number that JSON cannot carry"),
    sometimes("field", Kind::Word, "the structure's field that it is"),
    sometimes("hex", Kind::Text, "the bytes of a string that is not UTF-8"),
];

const ADDRESS: &[Field] = &[
    always("family", Kind::Word, "AF_INET and so on"),
    sometimes("addr", Kind::Word, "IPv4 or IPv6 address"),
    sometimes("port", Kind::Uint, "its port"),
    sometimes("flowinfo", Kind::Uint, "IPv6: flow label"),
    sometimes("scope_id", Kind::Uint, "IPv6: interface"),
    sometimes("path", Kind::Text, "unix: path or name"),
    sometimes("abstract", Kind::Bool, "unix: a name, not a path"),
    sometimes("pid", Kind::Uint, "netlink: port"),
    sometimes("groups", Kind::Hex, "netlink: multicast groups"),
    sometimes(
        "data",
        Kind::Text,
        "what follows another family, in hexadecimal",
    ),
];

const FD: &[Field] = &[
    always(
        "kind",
        Kind::Word,
        "file, cwd, socket, pipe, epoll, memfd …",
    ),
    sometimes("path", Kind::Text, "the path it was opened by"),
    sometimes("name", Kind::Text, "the name it was made with"),
    sometimes("pid", Kind::Uint, "the process it stands for"),
    sometimes("domain", Kind::Word, "of a socket"),
    sometimes("type", Kind::Word, "of a socket"),
    sometimes("protocol", Kind::Word, "of a socket"),
    sometimes("local", Kind::Object(ADDRESS), "a socket's own address"),
    sometimes("peer", Kind::Object(ADDRESS), "the other side's address"),
];

const COUNT: &[Field] = &[
    SEEN,
    EMITTED,
    FILTERED,
    LOST,
    PENDING,
    always(
        "errors",
        Kind::Uint,
        "failures, of calls that were not dropped because of who made them",
    ),
    always(
        "total_ns",
        Kind::Uint,
        "time inside these calls, nanoseconds",
    ),
];

/// Every type of line.
pub(super) const LINES: &[Line] = &[
    Line {
        tag: "start",
        about: "the first line of a run, and of each of its parts",
        fields: START,
    },
    Line {
        tag: "syscall",
        about: "a call",
        fields: SYSCALL,
    },
    Line {
        tag: "process",
        about: "a process appeared, changed or ended",
        fields: PROCESS,
    },
    Line {
        tag: "loss",
        about: "calls were lost",
        fields: LOSS,
    },
    Line {
        tag: "state_loss",
        about: "records of state were lost",
        fields: STATE_LOSS,
    },
    Line {
        tag: "clock",
        about: "the wall clock was set",
        fields: CLOCK,
    },
    Line {
        tag: "targets",
        about: "others are watched from now on",
        fields: NEW_TARGETS,
    },
    Line {
        tag: "stats",
        about: "once a minute: a quiet app is not a dead tracer",
        fields: STATS,
    },
    Line {
        tag: "end",
        about: "the last line of a run, and of each of its parts",
        fields: END,
    },
];

const START: &[Field] = &[
    always("schema", Kind::Word, "version of the schema"),
    RUN,
    SEQ,
    always("part", Kind::Uint, "number of the part, from 1 on"),
    always("version", Kind::Text, "sandboxd's version"),
    TIME,
    BOOT_NS,
    always("kernel", Kind::Text, "uname -r"),
    always("arch", Kind::Word, "uname -m"),
    always("device", Kind::TextMap, "what is known of the device"),
    always("argv", Kind::Texts, "the command line"),
    always("tags", Kind::TextMap, "the user's labels"),
    always("backend", Kind::Words(backends), "where entries come from"),
    always("backend_reason", Kind::Text, "why that one"),
    always("returns", Kind::Bool, "whether returns are watched"),
    always("targets", Kind::Object(TARGETS), "who is watched"),
    always("calls", Kind::Texts, "the selected calls"),
    always("attached", Kind::Uint, "how many probes are attached"),
    always(
        "failed",
        Kind::Objects(FAILED),
        "symbols that could not be probed",
    ),
];

/// The fields of a `syscall` line.
pub(super) const SYSCALL: &[Field] = &[
    RUN,
    SEQ,
    TIME,
    BOOT_NS,
    always("cpu", Kind::Uint, "CPU of the entry"),
    PROC,
    PID,
    always("tid", Kind::Uint, "the thread"),
    UID,
    USER,
    always("comm", Kind::Word, "the thread's name"),
    sometimes(
        "comm_hex",
        Kind::Text,
        "its bytes in hexadecimal, where it is not UTF-8",
    ),
    PACKAGE,
    PROCESS_NAME,
    always("abi", Kind::Words(abis), "which of the kernel's two tables"),
    always("nr", Kind::Int, "the call's number"),
    always("syscall", Kind::Word, "the call's name"),
    always("outcome", Kind::Words(outcomes), "what became of it"),
    always("args", Kind::Args, "the arguments, by name"),
    sometimes(
        "regs",
        Kind::Hexes,
        "the argument registers as they were: of a call without a name, of all with --raw",
    ),
    sometimes(
        "arg_status",
        Kind::ObjectMap(STATUS),
        "what is known about arguments, by name",
    ),
    sometimes(
        "paths",
        Kind::Texts,
        "the absolute paths that the arguments mean, where known",
    ),
    sometimes(
        "fds",
        Kind::ObjectMap(FD),
        "what descriptors among the arguments were, by name (in a list: name[number]), and the one given (ret), where known",
    ),
    or_null("ret", Kind::Int, "the return value"),
    sometimes(
        "ret_hex",
        Kind::Hex,
        "the return value that is an address or that JSON cannot carry",
    ),
    sometimes("error", Kind::Word, "the error's name"),
    sometimes("killed", Kind::Bool, "the thread was killed in it"),
    or_null("dur_ns", Kind::Uint, "from entry to return, nanoseconds"),
    always("caller", Kind::Object(CALLER), "where the call came from"),
    STACK,
    STACK_END,
];

const LOSS: &[Field] = &[
    RUN,
    SEQ,
    always("reason", Kind::Words(loss_reasons), "why"),
    always("count", Kind::Uint, "how many are missing"),
    always(
        "exits",
        Kind::Uint,
        "missing returns of calls that are there",
    ),
    sometimes("cpu", Kind::Uint, "the CPU"),
    FROM_NS,
    TO_NS,
    always("by_call", Kind::Counts, "missing calls, by name"),
];

const STATE_LOSS: &[Field] = &[
    RUN,
    SEQ,
    always("count", Kind::Uint, "how many are missing"),
    always("cpu", Kind::Uint, "the CPU"),
    FROM_NS,
    TO_NS,
];

const CLOCK: &[Field] = &[
    RUN,
    SEQ,
    TIME,
    BOOT_NS,
    always(
        "step_ns",
        Kind::Int,
        "by how much the wall clock was moved, nanoseconds",
    ),
];

const NEW_TARGETS: &[Field] = &[
    RUN,
    SEQ,
    TIME,
    BOOT_NS,
    always(
        "targets",
        Kind::Object(TARGETS),
        "who is watched from now on",
    ),
];

const STATS: &[Field] = &[RUN, SEQ, TIME, BOOT_NS, EMITTED, FILTERED, LOST];

const END: &[Field] = &[
    RUN,
    SEQ,
    TIME,
    BOOT_NS,
    always("why", Kind::Words(ends), "why the run ended"),
    SEEN,
    EMITTED,
    FILTERED,
    LOST,
    PENDING,
    always("by_call", Kind::ObjectMap(COUNT), "the same, by call"),
    always("exits_missed", Kind::Uint, "calls whose return was lost"),
    always(
        "args_cut",
        Kind::Uint,
        "arguments of which only the start is shown",
    ),
    always("state_lost", Kind::Uint, "records of state that were lost"),
    always(
        "threads_full",
        Kind::Uint,
        "threads that were not remembered",
    ),
    always(
        "unwritten",
        Kind::Uint,
        "lines that the output did not take",
    ),
    always(
        "not_target",
        Kind::Uint,
        "processes out of zygotes that were none that was asked for",
    ),
    always(
        "undetermined",
        Kind::Uint,
        "processes of which it never became known whose they are",
    ),
];
