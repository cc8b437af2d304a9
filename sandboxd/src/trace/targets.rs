//! Who is watched: user IDs, processes, threads, a command.

use kprobe_common::thread::flag;

use super::TraceError;
use crate::probe::{Loaded, ProbeError};
use crate::{cli, event, facts};

/// Processes and threads that were named, with their starts, so that another of the same number is not taken for one.
#[derive(Debug)]
pub(super) struct Targets {
    processes: Vec<(u32, u64)>,
    threads: Vec<(u32, u64)>,
    follow: bool,
    /// Whether the run ends with them: nothing else is watched.
    end_with_them: bool,
}

impl Targets {
    pub(super) fn new(options: &cli::Trace) -> Result<Self, TraceError> {
        let by_uid = !options.uids.is_empty() || options.all_apps;
        let by_task = !options.pids.is_empty() || !options.tids.is_empty();
        if !by_uid && !by_task && options.command.is_empty() {
            return Err(TraceError::Usage(
                "nothing to watch: name a user ID (-u 10123), a process (-p), a thread (-t), --all-apps, or a \
                 command behind `--`"
                    .to_owned(),
            ));
        }
        Ok(Self {
            processes: find("process", &options.pids, facts::process_start)?,
            threads: find("thread", &options.tids, facts::thread_start)?,
            follow: !options.no_follow,
            end_with_them: by_task && !by_uid && options.command.is_empty(),
        })
    }

    fn flags(&self) -> u8 {
        if self.follow {
            flag::FOLLOWED | flag::FOLLOW_CHILDREN
        } else {
            flag::FOLLOWED
        }
    }

    /// For the kernel half: processes and what their threads start with.
    pub(super) fn processes(&self) -> Vec<(u32, u8)> {
        self.processes
            .iter()
            .map(|&(pid, _)| (pid, self.flags()))
            .collect()
    }

    /// For the kernel half: threads that were named, without their children.
    pub(super) fn threads(&self) -> Vec<(u32, u8)> {
        self.threads
            .iter()
            .map(|&(tid, _)| (tid, flag::FOLLOWED))
            .collect()
    }

    /// Tells the kernel half of the threads that named processes have now: those that sleep would not show up before
    /// they make a call.
    pub(super) fn seed(&self, loaded: &mut Loaded) -> Result<(), ProbeError> {
        for &(pid, _) in &self.processes {
            for tid in facts::threads(pid).unwrap_or_default() {
                loaded.add_thread(tid, self.flags())?;
            }
        }
        Ok(())
    }

    /// Whether the run should end because everything that was named has.
    pub(super) fn are_gone(&self) -> bool {
        let mut processes = self.processes.iter();
        let mut threads = self.threads.iter();
        self.end_with_them
            && processes.all(|&(pid, start)| facts::process_start(pid) != Some(start))
            && threads.all(|&(tid, start)| facts::thread_start(tid) != Some(start))
    }

    /// For the `start` line.
    pub(super) fn described(&self, options: &cli::Trace) -> event::Targets {
        event::Targets {
            uids: options.uids.clone(),
            pids: options.pids.clone(),
            tids: options.tids.clone(),
            packages: Vec::new(),
            command: options.command.clone(),
            all_apps: options.all_apps,
            follow: self.follow,
        }
    }
}

/// Named ones with their starts.
fn find(
    what: &str,
    ids: &[u32],
    start: impl Fn(u32) -> Option<u64>,
) -> Result<Vec<(u32, u64)>, TraceError> {
    let found = |&id| match start(id) {
        Some(start) => Ok((id, start)),
        None => Err(TraceError::Usage(format!("there is no {what} {id}"))),
    };
    ids.iter().map(found).collect()
}
