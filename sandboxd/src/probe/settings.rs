//! What the kernel half is told before it runs, as constants that its verifier sees.

use kprobe_common::config::{Config, target};

use super::{ProbeError, Watch, tracefs};

/// Which tests a task is put to: bits of [`target`].
pub(super) fn targets(watch: &Watch) -> u32 {
    let mut targets = 0;
    match watch.uids.len() {
        0 => {}
        1 if !watch.changing => targets |= target::ONE_UID,
        _ => targets |= target::UIDS,
    }
    if watch.changing {
        targets |= target::CHANGING;
    }
    if watch.all_apps {
        targets |= target::ALL_APPS;
    }
    if watch.tasks {
        targets |= target::TASKS;
    }
    if watch.packages {
        targets |= target::PACKAGES | target::BORN;
    }
    if !watch.users.is_empty() {
        targets |= target::USERS;
    }
    targets
}

/// All of it.
pub(super) fn config(watch: &Watch) -> Result<Config, ProbeError> {
    tracefs::told(Config {
        targets: targets(watch),
        uid: watch.uids.first().copied().unwrap_or(u32::MAX),
        own_tgid: std::process::id(),
        strsize: watch.strsize,
        returns: watch.returns.into(),
        ignores: watch.ignores.into(),
        names: watch.names.patterns.len() as u32,
        other_names: watch.names.others.into(),
        left_out: watch.left_out.into(),
        frames: watch.stack.is_some().into(),
        stack: watch.stack.unwrap_or(0),
        // The rest is for threads and programs that begin and end.
        state_room: watch.state_ring - watch.state_ring / 4,
        ..Config::default()
    })
}
