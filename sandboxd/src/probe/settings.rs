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
    Ok(Config {
        targets: targets(watch),
        uid: watch.uids.first().copied().unwrap_or(u32::MAX),
        own_tgid: std::process::id(),
        strsize: watch.strsize,
        returns: watch.returns.into(),
        ignores: watch.ignores.into(),
        names: watch.names.patterns.len() as u32,
        other_names: watch.names.others.into(),
        left_out: watch.left_out.into(),
        sent_signal: tracefs::offset("signal/signal_generate", "sig")?,
        sent_pid: tracefs::offset("signal/signal_generate", "pid")?,
        sent_result: tracefs::offset("signal/signal_generate", "result")?,
        taken_signal: tracefs::offset("signal/signal_deliver", "sig")?,
        taken_handler: tracefs::offset("signal/signal_deliver", "sa_handler")?,
        newtask_pid: tracefs::offset("task/task_newtask", "pid")?,
        newtask_flags: tracefs::offset("task/task_newtask", "clone_flags")?,
        exec_filename: tracefs::offset("sched/sched_process_exec", "filename")?,
        exec_old_pid: tracefs::offset("sched/sched_process_exec", "old_pid")?,
        frames: watch.stack.is_some().into(),
        stack: watch.stack.unwrap_or(0),
    })
}
