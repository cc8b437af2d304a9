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
        let find = |what: &str, ids: &[u32]| -> Result<Vec<(u32, u64)>, TraceError> {
            ids.iter()
                .map(|&id| match facts::start_of(id) {
                    Some(start) => Ok((id, start)),
                    None => Err(TraceError::Usage(format!("there is no {what} {id}"))),
                })
                .collect()
        };
        Ok(Self {
            processes: find("process", &options.pids)?,
            threads: find("thread", &options.tids)?,
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
        let gone = |&(id, start): &(u32, u64)| facts::start_of(id) != Some(start);
        self.end_with_them && self.processes.iter().all(gone) && self.threads.iter().all(gone)
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
