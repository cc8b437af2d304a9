//! The lines that say what a run is: `start` and `targets`.

use super::field::{Field, Kind, always};
use super::lines::{BOOT_NS, RUN, SEQ, TIME, words};

fn backends() -> Vec<String> {
    words(["kprobe", "tracepoint"])
}

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

/// The fields of a `start` line.
pub(super) const START: &[Field] = &[
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

/// The fields of a `targets` line.
pub(super) const NEW_TARGETS: &[Field] = &[
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
