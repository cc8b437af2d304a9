//! Processes and threads that are left out: `-p '!123'`, `-t '!124'`.

use kprobe_common::whose;

use super::TraceError;
use super::targets::find;
use crate::probe::{Loaded, ProbeError};
use crate::{cli, facts};

/// They, with their starts, so that another of the same number is not taken for one.
#[derive(Debug)]
pub(super) struct LeftOut {
    processes: Vec<(u32, u64)>,
    threads: Vec<(u32, u64)>,
}

impl LeftOut {
    pub(super) fn new(options: &cli::Trace) -> Result<Self, TraceError> {
        for (what, watched, left) in [
            ("process", options.pids(), options.pids_left_out()),
            ("thread", options.tids(), options.tids_left_out()),
        ] {
            if let Some(both) = left.iter().find(|id| watched.contains(id)) {
                return Err(TraceError::Usage(format!(
                    "the {what} {both} is both to be watched and left out"
                )));
            }
        }
        Ok(Self {
            processes: find("process", &options.pids_left_out(), facts::process_start)?,
            threads: find("thread", &options.tids_left_out(), facts::thread_start)?,
        })
    }

    /// Whether there are any.
    pub(super) fn is_somebody(&self) -> bool {
        !self.processes.is_empty() || !self.threads.is_empty()
    }

    /// Tells the kernel half. The probe on new tasks is attached: whose number is given anew after it was told is taken
    /// back there; what had ended before is taken back here.
    pub(super) fn seed(&self, loaded: &mut Loaded) -> Result<(), ProbeError> {
        for &(pid, start) in &self.processes {
            loaded.leave_out(whose::process(pid))?;
            if facts::process_start(pid) != Some(start) {
                loaded.take_back(whose::process(pid))?;
            }
        }
        for &(tid, start) in &self.threads {
            loaded.leave_out(whose::thread(tid))?;
            if facts::thread_start(tid) != Some(start) {
                loaded.take_back(whose::thread(tid))?;
            }
        }
        Ok(())
    }
}
