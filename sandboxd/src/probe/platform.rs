//! What a kernel must be before anything is loaded, and whether its kprobes work: `trace` and `doctor` ask the same
//! functions, and so say the same.

use std::fs;
use std::path::Path;

use kprobe_common::index::Abi;
use kprobe_common::table::rows::ROWS;
use kprobe_common::table::{Syscall, group};
use perf_event::Builder;
use perf_event::events::KProbe;

use super::ProbeError;
use crate::facts;

/// The oldest kernel that it runs on: ring buffers are of 5.8, and all that is tested is of 5.10 or later.
pub const OLDEST: (u32, u32) = (5, 10);
/// How far the kernel is locked down; the word in brackets holds.
pub const LOCKDOWN: &str = "/sys/kernel/security/lockdown";
/// Perf's type of event for kprobes, which a kernel without them lacks.
pub const KPROBE_TYPE: &str = "/sys/bus/event_source/devices/kprobe/type";
/// `0` if somebody has switched all kprobes off, which nobody is told of who sets one.
pub const KPROBES_ENABLED: &str = "/sys/kernel/debug/kprobes/enabled";

/// Fails where nothing can be loaded, with the reason that people can do something about.
pub fn check() -> Result<(), ProbeError> {
    if facts::own_user() != 0 {
        return Err(ProbeError::NotRoot);
    }
    let release = facts::kernel().0;
    if is_too_old(&release) {
        return Err(ProbeError::TooOld { release });
    }
    match fs::read_to_string(LOCKDOWN) {
        Ok(text) if locks_out(&text) => Err(ProbeError::LockedDown),
        _ => Ok(()),
    }
}

/// Whether a release, as `uname -r` gives it, is older than what is needed. One that cannot be read is not said to be.
#[must_use]
pub fn is_too_old(release: &str) -> bool {
    is_older(release, OLDEST)
}

/// Whether a release is older than a version; one that cannot be read is not.
pub(super) fn is_older(release: &str, than: (u32, u32)) -> bool {
    let mut numbers = release.split(|c: char| !c.is_ascii_digit());
    let mut next = || numbers.next().and_then(|number| number.parse().ok());
    match (next(), next()) {
        (Some(major), Some(minor)) => (major, minor) < than,
        _ => false,
    }
}

/// The mode of a kernel's lockdown: the word in brackets.
#[must_use]
pub fn lockdown(text: &str) -> Option<&str> {
    Some(text.split_once('[')?.1.split_once(']')?.0)
}

/// Whether a kernel that is locked down so far refuses what a run needs. `integrity` does not: `LOCKDOWN_KPROBES`,
/// `LOCKDOWN_BPF_READ_KERNEL` and `LOCKDOWN_TRACEFS` lie above it
/// (<https://github.com/torvalds/linux/blob/v6.12/include/linux/security.h>).
fn locks_out(text: &str) -> bool {
    lockdown(text) == Some("confidentiality")
}

/// Whether kprobes work here: one is set, and a call that everybody may make is made. Otherwise why not.
///
/// Asking is the only way to know: kprobes can be configured and refused, by a policy or by a vendor's hypervisor, or be
/// there and switched off, and then they never fire.
pub fn kprobes() -> Result<(), String> {
    if !cfg!(target_arch = "aarch64") || !Path::new(KPROBE_TYPE).exists() {
        return Err("this kernel has no kprobes for perf events".to_owned());
    }
    let mut refused = String::new();
    for row in ROWS.iter().filter(|row| is_harmless(row)) {
        match fires(row) {
            Ok(true) => return Ok(()),
            Ok(false) if are_switched_off() => {
                return Err(format!("kprobes are switched off in {KPROBES_ENABLED}"));
            }
            Ok(false) => return Err("kprobes can be set here, but never fire".to_owned()),
            Err(error) => refused = format!("the kernel refuses kprobes ({error})"),
        }
    }
    Err(refused)
}

fn are_switched_off() -> bool {
    fs::read_to_string(KPROBES_ENABLED).is_ok_and(|text| text.trim() == "0")
}

/// A call that has no arguments and no effect: it gives a number of the caller.
fn is_harmless(row: &Syscall) -> bool {
    row.groups & group::PURE != 0 && row.args.is_empty() && row.nr(Abi::Arm64).is_some()
}

/// Counts, for this thread alone, the calls that run into a kprobe, and makes one.
fn fires(row: &Syscall) -> std::io::Result<bool> {
    let (start, rest) = row.entry_symbol(Abi::Arm64).unwrap_or_default();
    let event = KProbe::probe(format!("{start}{rest}"), 0)?;
    let mut counter = Builder::new(event)
        .observe_self()
        .any_cpu()
        .include_kernel()
        .build()?;
    counter.enable()?;
    // SAFETY: the table says that this call takes nothing, and always succeeds.
    unsafe { libc::syscall(row.nr(Abi::Arm64).unwrap_or_default().into()) };
    Ok(counter.read()? > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_releases_that_are_too_old_are_refused() {
        for old in ["4.19.191-perf", "5.9.16", "5.4.0", "2.6.61-debian", "3.18"] {
            assert!(is_too_old(old), "{old}");
        }
        for new in [
            "5.10.0",
            "5.10.223-android12",
            "5.15",
            "6.1.0-56",
            "10.0",
            "next",
            "",
        ] {
            assert!(!is_too_old(new), "{new}");
        }
    }

    #[test]
    fn the_mode_of_a_lockdown_is_the_word_in_brackets() {
        assert_eq!(lockdown("[none] integrity confidentiality\n"), Some("none"));
        assert!(!locks_out("none [integrity] confidentiality\n"));
        assert!(locks_out("none integrity [confidentiality]\n"));
        assert_eq!(lockdown("rubbish"), None);
        assert!(!locks_out("confidentiality"));
    }

    #[test]
    fn there_is_a_call_to_try_a_kprobe_with() {
        assert!(ROWS.iter().filter(|row| is_harmless(row)).count() >= 3);
    }
}
