//! Who runs the program, and what is let to it.

use super::finding::{Finding, State};
use crate::probe::ProbeError;

/// What `/proc/self/status` says of rights.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Rights {
    /// Effective user ID.
    pub(super) uid: u32,
    /// Effective capabilities.
    pub(super) capabilities: u64,
    /// Whether a seccomp filter is set: 2.
    pub(super) seccomp: u32,
}

/// What SELinux says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Selinux {
    /// Whether it enforces, where there is one.
    pub(super) enforces: Option<bool>,
    /// Our own context.
    pub(super) context: Option<String>,
}

/// Names and numbers of capabilities, <https://github.com/torvalds/linux/blob/v6.12/include/uapi/linux/capability.h>.
const DAC_READ_SEARCH: (&str, u32) = ("CAP_DAC_READ_SEARCH", 2);
const SYS_PTRACE: (&str, u32) = ("CAP_SYS_PTRACE", 19);
const SYS_ADMIN: (&str, u32) = ("CAP_SYS_ADMIN", 21);
const PERFMON: (&str, u32) = ("CAP_PERFMON", 38);
const BPF: (&str, u32) = ("CAP_BPF", 39);

impl Rights {
    /// Reads the lines `Uid:`, `CapEff:` and `Seccomp:`.
    #[must_use]
    pub(super) fn of(status: &str) -> Self {
        let field = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            line.unwrap_or_default().split_whitespace()
        };
        let number = |text: Option<&str>| text.and_then(|text| text.parse().ok());
        let mask = |text: &str| u64::from_str_radix(text, 16).ok();
        Self {
            uid: number(field("Uid:").nth(1)).unwrap_or(u32::MAX),
            capabilities: field("CapEff:").next().and_then(mask).unwrap_or(0),
            seccomp: number(field("Seccomp:").next()).unwrap_or(0),
        }
    }

    fn has(self, (_, number): (&str, u32)) -> bool {
        self.capabilities >> number & 1 != 0
    }
}

/// User ID and capabilities.
#[must_use]
pub(super) fn root(rights: Rights) -> Finding {
    const CHECK: &str = "root";
    let lacking = |list: &[(&'static str, u32)]| -> Vec<&'static str> {
        let lacks = list.iter().filter(|capability| !rights.has(**capability));
        lacks.map(|(name, _)| *name).collect()
    };
    let needed = if rights.has(SYS_ADMIN) {
        Vec::new()
    } else {
        lacking(&[BPF, PERFMON])
    };
    let wanted = lacking(&[SYS_PTRACE, DAC_READ_SEARCH]);
    let finding = if rights.uid != 0 {
        Finding::new(CHECK, State::Missing, ProbeError::NotRoot.to_string())
            .follows("nothing is loaded, and much of this could not be looked at")
            .todo("adb root, or su -c 'sandboxd doctor'")
    } else if !needed.is_empty() {
        let found = format!("root, without {} or CAP_SYS_ADMIN", needed.join(" and "));
        Finding::new(CHECK, State::Missing, found)
            .follows("the kernel refuses BPF programs or probes")
            .todo("run it outside of containers that drop capabilities")
    } else if !wanted.is_empty() {
        let found = format!("root, without {}", wanted.join(" and "));
        Finding::new(CHECK, State::Limited, found)
            .follows("processes and libraries of others cannot be looked at: lines lack names and places")
            .todo("run it outside of containers that drop capabilities")
    } else {
        Finding::new(
            CHECK,
            State::Ok,
            "root, with the capabilities that it needs",
        )
    };
    finding
        .value("uid", rights.uid)
        .value("capabilities", format!("{:#x}", rights.capabilities))
}

/// A filter on our own calls.
#[must_use]
pub(super) fn seccomp(rights: Rights) -> Finding {
    let filtered = rights.seccomp == 2;
    let finding = if filtered {
        Finding::new(
            "seccomp-filter",
            State::Limited,
            "a filter is set on this process",
        )
        .follows("what it forbids fails, and so may the checks below")
        .todo("start it from another shell, such as `adb shell` gives")
    } else {
        Finding::new(
            "seccomp-filter",
            State::Ok,
            "no filter is set on this process",
        )
    };
    finding.value("filtered", filtered)
}

/// SELinux's mode and our domain in it; `refused`: whether the kernel refused what was tried, if anything was.
#[must_use]
pub(super) fn selinux(selinux: &Selinux, refused: Option<bool>) -> Finding {
    const CHECK: &str = "selinux";
    let context = selinux.context.as_deref();
    let domain = context.unwrap_or("of unknown domain");
    let finding = match selinux.enforces {
        None => Finding::new(CHECK, State::Ok, "not in use"),
        Some(false) => Finding::new(CHECK, State::Ok, format!("permissive; this is {domain}")),
        Some(true) if refused == Some(true) => Finding::new(
            CHECK,
            State::Limited,
            format!("enforcing; this is {domain}"),
        )
        .follows("it may be what refuses the programs or probes")
        .todo("see `dmesg | grep avc`; start it by the root manager's su, or `setenforce 0`"),
        Some(true) if refused.is_none() => Finding::new(
            CHECK,
            State::Unknown,
            format!("enforcing; this is {domain}"),
        )
        .follows("whether it may do what is needed was not tried"),
        Some(true) => Finding::new(
            CHECK,
            State::Ok,
            format!("enforcing; this is {domain}, which may do what is needed"),
        ),
    };
    finding
        .value("enforces", selinux.enforces)
        .value("context", context)
}
