//! Is this task watched? First question of every hook, cheapest test first.

use aya_ebpf::helpers::generated::{bpf_get_current_pid_tgid, bpf_get_current_uid_gid};
use kprobe_common::config::{Control, LIVE, target};

use crate::config::config;
use crate::maps;

/// The task that runs.
#[derive(Clone, Copy)]
pub(crate) struct Task {
    pub(crate) tgid: u32,
    pub(crate) tid: u32,
    pub(crate) uid: u32,
}

/// How it is watched.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Watch {
    /// By its user ID.
    Uid,
    /// Perhaps: its slot or its process decides.
    Task,
}

/// The current task, unless it cannot be a target.
#[inline(always)]
pub(crate) fn current() -> Option<(Task, Watch)> {
    let uid = uid();
    let watch = if by_uid(uid) {
        Watch::Uid
    } else if config!(targets) & target::TASKS != 0 {
        Watch::Task
    } else {
        return None;
    };
    let task = identify(uid);
    if task.tgid == config!(own_tgid) {
        None
    } else {
        Some((task, watch))
    }
}

/// The current task's real user ID, in the initial user namespace.
#[inline(always)]
pub(crate) fn uid() -> u32 {
    // SAFETY: takes no pointer.
    unsafe { bpf_get_current_uid_gid() as u32 }
}

/// The current task's numbers.
#[inline(always)]
pub(crate) fn identify(uid: u32) -> Task {
    // SAFETY: takes no pointer.
    let id = unsafe { bpf_get_current_pid_tgid() };
    Task {
        tgid: (id >> 32) as u32,
        tid: id as u32,
        uid,
    }
}

#[inline(always)]
fn by_uid(uid: u32) -> bool {
    let targets = config!(targets);
    if targets & target::ONE_UID != 0 && uid == config!(uid) {
        return true;
    }
    if targets & target::UIDS != 0 && maps::UIDS.get_ptr(uid).is_some() {
        return true;
    }
    // Apps begin at 10000 within each Android user, and the daemon's own is not among them:
    // https://android.googlesource.com/platform/system/core/+/main/libcutils/include/private/android_filesystem_config.h
    targets & target::ALL_APPS != 0 && uid % 100_000 >= 10_000
}

/// The word shared with the user half.
#[inline(always)]
pub(crate) fn control() -> Option<*mut Control> {
    maps::CONTROL.get_ptr_mut(0)
}

/// Whether a probe sits on every call that ends with another call's registers.
#[inline(always)]
pub(crate) fn restores() -> bool {
    // SAFETY: the map's only value, of that type.
    control().is_some_and(
        |control| unsafe { core::ptr::read_volatile(&raw const (*control).restores) } != 0,
    )
}

/// Whether the user half wants calls watched now.
#[inline(always)]
pub(crate) fn is_live() -> bool {
    // SAFETY: the map's only value, of that type.
    control().is_some_and(
        |control| unsafe { core::ptr::read_volatile(&raw const (*control).phase) } == LIVE,
    )
}
