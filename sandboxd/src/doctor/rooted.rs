//! What made this device root, where it may change what is seen: `Magisk`, `KernelSU`, `APatch`.
//!
//! Which of their marks were met is `look`'s; none of them has to leave any.

use super::finding::{Finding, State};

/// What makes a device root.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Manager {
    /// In the first file system, by replacing init: the kernel is untouched.
    Magisk,
    /// In the kernel, built in or a module.
    KernelSu,
    /// In the kernel's image, patched.
    APatch,
}

/// A mark, and where it was met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    /// Whose.
    pub(super) manager: Manager,
    /// Where.
    pub(super) place: String,
}

impl Manager {
    /// Files that each leaves, by what their own documentation says.
    pub(super) const FILES: [(Self, &'static str); 6] = [
        (Self::Magisk, "/data/adb/magisk"),
        (Self::Magisk, "/data/adb/magisk.db"),
        (Self::KernelSu, "/data/adb/ksu"),
        (Self::KernelSu, "/data/adb/ksud"),
        (Self::APatch, "/data/adb/ap"),
        (Self::APatch, "/data/adb/apd"),
    ];

    /// Contexts that what each starts as root has.
    pub(super) const CONTEXTS: [(Self, &'static str); 2] = [
        (Self::Magisk, "u:r:magisk:s0"),
        (Self::KernelSu, "u:r:ksu:s0"),
    ];

    /// What the kernel's symbols of KernelSU begin with.
    pub(super) const SYMBOL: (Self, &'static str) = (Self::KernelSu, "ksu_");

    fn name(self) -> &'static str {
        match self {
            Self::Magisk => "Magisk",
            Self::KernelSu => "KernelSU",
            Self::APatch => "APatch",
        }
    }

    fn follows(self) -> &'static str {
        match self {
            Self::Magisk => {
                "Magisk leaves the kernel alone; what its modules do inside an app is done by the app, and shown so"
            }
            Self::KernelSu => {
                "KernelSU changes number or arguments of a few calls (becoming another user, executing, asking for a file) \
                 of some tasks before the kernel's function runs: kprobes show what the kernel executes, not what the app \
                 asked for; builds of March to July 2026 change them before the tracepoint is told, too"
            }
            Self::APatch => {
                "APatch replaces entries of the kernel's table of calls or the start of their functions: what it changes is \
                 shown as it was executed, and a call that it answers itself may be seen by its return alone"
            }
        }
    }
}

/// Whoever left a mark.
#[must_use]
pub(super) fn root_manager(marks: &[Mark], root: bool) -> Finding {
    const CHECK: &str = "root-manager";
    // What APatch starts as root has Magisk's context.
    let has_apatch = marks.iter().any(|mark| mark.manager == Manager::APatch);
    let is_real = |mark: &&Mark| !has_apatch || !mark.place.starts_with("u:r:");
    let marks: Vec<&Mark> = marks.iter().filter(is_real).collect();
    let mut managers: Vec<Manager> = marks.iter().map(|mark| mark.manager).collect();
    managers.sort_unstable();
    managers.dedup();
    let names: Vec<&str> = managers.iter().map(|manager| manager.name()).collect();
    if managers.is_empty() {
        return if root {
            Finding::new(CHECK, State::Ok, "no mark of Magisk, KernelSU or APatch")
        } else {
            Finding::new(CHECK, State::Unknown, "not looked for without root")
        }
        .value("managers", names);
    }
    let places: Vec<&str> = marks.iter().map(|mark| mark.place.as_str()).collect();
    let found = format!("{} ({})", names.join(" and "), places.join(", "));
    let follows: Vec<&str> = managers.iter().map(|manager| manager.follows()).collect();
    let finding = if managers == [Manager::Magisk] {
        Finding::new(CHECK, State::Ok, found)
    } else {
        Finding::new(CHECK, State::Limited, found)
            .todo("compare both: --backend kprobe, --backend tracepoint; of the calls it changes believe neither alone")
    };
    finding.follows(follows.join("; ")).value("managers", names)
}

/// Kprobes of others on calls that the table has; `None`: it cannot be known.
#[must_use]
pub(super) fn other_probes(symbols: Option<&[String]>) -> Finding {
    const CHECK: &str = "other-kprobes";
    match symbols {
        None => Finding::new(CHECK, State::Unknown, "/sys/kernel/debug/kprobes/list cannot be read")
            .follows("whether others have kprobes on calls is not known; debugfs need not be mounted otherwise"),
        Some([]) => Finding::new(CHECK, State::Ok, "nobody has kprobes on calls").value("symbols", Vec::<String>::new()),
        Some(symbols) => {
            Finding::new(CHECK, State::Ok, format!("others have kprobes on {}", symbols.join(", ")))
                .follows("whose they are is not known: another run of sandboxd, a profiler, KernelSU; they can change what is executed")
                .value("symbols", symbols.to_vec())
        }
    }
}
