//! Is this task watched? First question of every hook, cheapest test first.

use aya_ebpf::helpers::generated::{bpf_get_current_pid_tgid, bpf_get_current_uid_gid};
use kprobe_common::config::{Control, LIVE, target};
use kprobe_common::family::{FIRST_APP, FIRST_ISOLATED, PER_USER, WEBVIEW_ZYGOTE};

use crate::config::config;
use crate::family;
use crate::maps;

/// The task that runs.
#[derive(Clone, Copy)]
pub(crate) struct Task {
    pub(crate) tgid: u32,
    pub(crate) tid: u32,
    pub(crate) uid: u32,
}

/// The numbers of the process, above, and of the thread.
#[derive(Clone, Copy)]
pub(crate) struct Numbers(u64);

impl Numbers {
    #[inline(always)]
    pub(crate) fn tid(self) -> u32 {
        self.0 as u32
    }

    #[inline(always)]
    pub(crate) fn with(self, uid: u32) -> Task {
        Task {
            tgid: (self.0 >> 32) as u32,
            tid: self.tid(),
            uid,
        }
    }
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
    let watch = watch(uid)?;
    unless_others(numbers().with(uid)).map(|task| (task, watch))
}

/// The same, where its numbers are known.
#[inline(always)]
pub(crate) fn watched(numbers: Numbers) -> Option<(Task, Watch)> {
    let uid = uid();
    let watch = watch(uid)?;
    unless_others(numbers.with(uid)).map(|task| (task, watch))
}

#[inline(always)]
fn watch(uid: u32) -> Option<Watch> {
    if by_uid(uid) {
        Some(Watch::Uid)
    } else if may_be_named(uid) {
        Some(Watch::Task)
    } else {
        None
    }
}

#[inline(always)]
fn unless_others(task: Task) -> Option<Task> {
    let is_own = task.tgid == config!(own_tgid);
    (!is_own && !family::is_others(task.tgid)).then_some(task)
}

/// The current task's real user ID, in the initial user namespace.
#[inline(always)]
pub(crate) fn uid() -> u32 {
    // SAFETY: takes no pointer.
    unsafe { bpf_get_current_uid_gid() as u32 }
}

/// The current task's numbers.
#[inline(always)]
pub(crate) fn numbers() -> Numbers {
    // SAFETY: takes no pointer.
    Numbers(unsafe { bpf_get_current_pid_tgid() })
}

/// The current task.
#[inline(always)]
pub(crate) fn identify(uid: u32) -> Task {
    numbers().with(uid)
}

#[inline(always)]
fn by_uid(uid: u32) -> bool {
    let targets = targets();
    if targets & target::ONE_UID != 0 && uid == config!(uid) {
        return true;
    }
    if targets & target::UIDS != 0 && maps::UIDS.get_ptr(uid).is_some() {
        return true;
    }
    if targets & (target::ALL_APPS | target::PACKAGES) == 0 {
        return false;
    }
    let id = uid % PER_USER;
    // Apps begin at 10000 within each Android user, and the daemon's own is not among them.
    let listed = targets & target::ALL_APPS != 0 && id >= FIRST_APP
        || targets & target::PACKAGES != 0 && family::is_listed(id);
    let is_users = || targets & target::USERS == 0 || maps::USERS.get_ptr(uid / PER_USER).is_some();
    listed && is_users()
}

/// Whether a task of that user ID may be a target by itself.
#[inline(always)]
fn may_be_named(uid: u32) -> bool {
    let targets = targets();
    if targets & target::TASKS != 0 {
        return true;
    }
    // A candidate is root or WebView's zygote until it is an app; an isolated process has a user ID that tells nothing.
    let is_born = targets & target::BORN != 0;
    is_born && (uid == 0 || uid % PER_USER == WEBVIEW_ZYGOTE) || is_isolated(uid)
}

/// Whether isolated processes are watched, and a task of that user ID is one.
#[inline(always)]
pub(crate) fn is_isolated(uid: u32) -> bool {
    targets() & target::BORN != 0 && uid % PER_USER >= FIRST_ISOLATED
}

/// Which tests a task is put to: bits of [`target`].
#[inline(always)]
pub(crate) fn targets() -> u32 {
    let targets = config!(targets);
    if targets & target::CHANGING == 0 {
        return targets;
    }
    // SAFETY: the map's only value, of that type.
    control().map_or(0, |control| unsafe {
        core::ptr::read_volatile(&raw const (*control).targets) as u32
    })
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

/// Whether whoever changes its credentials is seen doing so.
#[inline(always)]
pub(crate) fn creds_are_seen() -> bool {
    // SAFETY: the map's only value, of that type.
    control().is_some_and(
        |control| unsafe { core::ptr::read_volatile(&raw const (*control).creds) } != 0,
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
