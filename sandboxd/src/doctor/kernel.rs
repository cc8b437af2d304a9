//! What the kernel and the processor are.

use super::config::Configuration;
use super::finding::{Finding, State};
use crate::probe::{ProbeError, platform};

/// The release.
#[must_use]
pub(super) fn release(release: &str, machine: &str) -> Finding {
    let (major, minor) = platform::OLDEST;
    let found = format!("Linux {release}, {machine}");
    let finding = if platform::is_too_old(release) {
        let error = ProbeError::TooOld {
            release: release.to_owned(),
        };
        Finding::new("kernel", State::Missing, error.to_string())
            .follows("nothing is loaded")
            .todo(format!("a kernel of {major}.{minor} or later"))
    } else {
        Finding::new("kernel", State::Ok, found)
    };
    finding.value("release", release).value("machine", machine)
}

/// What the kernel refuses to everybody; `text`: the file that says it.
#[must_use]
pub(super) fn lockdown(text: Option<&str>, config: &Configuration) -> Finding {
    const CHECK: &str = "lockdown";
    let mode = text.and_then(platform::lockdown);
    let forced = config.has("LOCK_DOWN_KERNEL_FORCE_CONFIDENTIALITY");
    let finding = match (mode, forced) {
        (Some("confidentiality"), _) => {
            Finding::new(CHECK, State::Missing, ProbeError::LockedDown.to_string())
                .follows("nothing is loaded")
                .todo("boot it without `lockdown=confidentiality`")
        }
        (None, Some(true)) => Finding::new(
            CHECK,
            State::Missing,
            "this kernel is configured to be locked down always (LOCK_DOWN_KERNEL_FORCE_CONFIDENTIALITY)",
        )
        .todo("a kernel that is not configured so"),
        (Some(mode), _) => Finding::new(CHECK, State::Ok, format!("the kernel's mode is {mode}")),
        (None, _) if config.has("SECURITY_LOCKDOWN_LSM") == Some(false) => {
            Finding::new(CHECK, State::Ok, "this kernel cannot be locked down")
        }
        (None, _) if config.has("SECURITY_LOCKDOWN_LSM") == Some(true) => Finding::new(
            CHECK,
            State::Unknown,
            format!("there is no {}", platform::LOCKDOWN),
        )
        .follows("this kernel can be locked down, and then refuses kprobes, tracefs and reads of its memory")
        .todo("mount -t securityfs none /sys/kernel/security"),
        (None, _) => Finding::new(
            CHECK,
            State::Unknown,
            format!("there is no {}", platform::LOCKDOWN),
        )
        .follows("most likely the kernel cannot be locked down: it was tried what it can do"),
    };
    finding.value("mode", mode)
}

/// The compiler of BPF programs; `enable`: the kernel's switch.
#[must_use]
pub(super) fn jit(enable: Option<u8>, config: &Configuration) -> Finding {
    const CHECK: &str = "jit";
    const SLOW: &str = "each watched call costs several times what it could";
    let finding = match (enable, config.has("BPF_JIT")) {
        (Some(0), _) => Finding::new(CHECK, State::Limited, "BPF programs are interpreted")
            .follows(SLOW)
            .todo("echo 1 > /proc/sys/net/core/bpf_jit_enable"),
        (Some(_), _) => Finding::new(CHECK, State::Ok, "BPF programs are compiled"),
        (None, Some(false)) => Finding::new(
            CHECK,
            State::Limited,
            "this kernel cannot compile BPF programs",
        )
        .follows(SLOW),
        (None, Some(true)) => Finding::new(CHECK, State::Ok, "this kernel compiles BPF programs"),
        (None, None) => Finding::new(
            CHECK,
            State::Unknown,
            "/proc/sys/net/core/bpf_jit_enable cannot be read",
        ),
    };
    finding.value("enabled", enable.map(|enable| enable != 0))
}

/// How large a page is.
#[must_use]
pub(super) fn pages(bytes: u64) -> Finding {
    Finding::new("pages", State::Ok, format!("{} KiB", bytes >> 10)).value("bytes", bytes)
}

/// Whether return addresses are signed.
#[must_use]
pub(super) fn pointer_auth(has: bool) -> Finding {
    let found = if has {
        "the processor has it: signatures of return addresses are taken off"
    } else {
        "the processor has none"
    };
    Finding::new("pointer-auth", State::Ok, found).value("present", has)
}
