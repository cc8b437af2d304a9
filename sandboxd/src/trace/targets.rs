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
    /// `changing`: there may be others later, so that there need not be one now.
    pub(super) fn new(options: &cli::Trace, changing: bool) -> Result<Self, TraceError> {
        let by_uid = !options.uids.is_empty() || options.all_apps || !options.packages.is_empty();
        let by_task = !options.pids().is_empty() || !options.tids().is_empty();
        if !by_uid && !by_task && options.command.is_empty() && !changing {
            return Err(TraceError::Usage(
                "nothing to watch: name a package (-n com.example.app), a user ID (-u 10123), a process (-p), a thread (-t), \
                 --all-apps, or a command behind `--`"
                    .to_owned(),
            ));
        }
        Ok(Self {
            processes: find("process", &options.pids(), facts::process_start)?,
            threads: find("thread", &options.tids(), facts::thread_start)?,
            follow: !options.no_follow,
            end_with_them: by_task && !by_uid && options.command.is_empty(),
        })
    }

    fn flags(&self) -> u8 {
        let alone = flag::FOLLOWED | flag::FOLLOW_THREADS;
        if self.follow {
            alone | flag::FOLLOW_CHILDREN
        } else {
            alone
        }
    }

    /// Whether processes or threads were named.
    pub(super) fn are_tasks(&self) -> bool {
        !self.processes.is_empty() || !self.threads.is_empty()
    }

    /// Tells the kernel half of the named processes, of the threads that they have now (those that sleep would not show
    /// up before they make a call), and of the named threads, without their children.
    ///
    /// The probe on the end of threads is attached: what ends after it was added is taken away there. What had ended
    /// before is taken away here, since its number may be another's.
    pub(super) fn seed(&self, loaded: &mut Loaded) -> Result<(), ProbeError> {
        for &(pid, start) in &self.processes {
            loaded.add_process(pid, self.flags())?;
            let before = facts::threads(pid).unwrap_or_default();
            for &tid in &before {
                loaded.add_thread(tid, self.flags())?;
            }
            let is_there = facts::process_start(pid) == Some(start);
            let now = facts::threads(pid).unwrap_or_default();
            // With its leader the kernel half lets go of it; the threads that are left have their own marks.
            if !is_there || !now.contains(&pid) {
                loaded.remove_process(pid)?;
            }
            for tid in before.iter().filter(|tid| !is_there || !now.contains(tid)) {
                loaded.remove_thread(*tid)?;
            }
        }
        for &(tid, start) in &self.threads {
            loaded.add_thread(tid, flag::FOLLOWED)?;
            if facts::thread_start(tid) != Some(start) {
                loaded.remove_thread(tid)?;
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
            pids: options.pids(),
            tids: options.tids(),
            packages: options.packages.clone(),
            users: options.users.clone(),
            command: options
                .command
                .iter()
                .map(|word| cli::shown(word))
                .collect(),
            all_apps: options.all_apps,
            follow: self.follow,
        }
    }
}

/// Named ones with their starts.
pub(super) fn find(
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
