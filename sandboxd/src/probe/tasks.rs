//! Targets by number: processes and threads, told before the probes are live, and user IDs.

use std::io;

use kprobe_common::thread;

use super::load::map_error;
use super::{Loaded, ProbeError};

impl Loaded {
    /// Lets the probes work, now that all of them are attached.
    pub fn begin(&self) {
        self.glances.begin();
        self.shared.begin();
    }

    /// Adds a user ID to the targets.
    pub fn add_uid(&mut self, uid: u32) -> Result<(), ProbeError> {
        self.uids
            .insert(uid, 0, 0)
            .map_err(|source| map_error("UIDS", source))?;
        self.glances.forget();
        Ok(())
    }

    /// Says which tests a task is put to from now on: bits of [`kprobe_common::config::target`].
    pub fn watch(&self, targets: u32) {
        self.shared.watch(targets);
        self.glances.forget();
    }

    /// Takes a user ID from the targets; it may be none.
    pub fn remove_uid(&mut self, uid: u32) -> Result<(), ProbeError> {
        removed(self.uids.remove(&uid)).map_err(|source| map_error("UIDS", source))
    }

    /// Adds a process and its threads to the targets. Its calls under way are not reported: it is one of ours, about
    /// to execute a command.
    pub fn add_command(&mut self, pid: u32, alone: bool) -> Result<(), ProbeError> {
        let children = if alone {
            0
        } else {
            thread::flag::FOLLOW_CHILDREN
        };
        let flags = thread::flag::FOLLOWED | thread::flag::FOLLOW_THREADS | children;
        let slot = thread::Slot {
            state: thread::state::FILTERED,
            flags,
            ..thread::Slot::default()
        };
        self.threads
            .insert(pid, slot, 0)
            .map_err(|source| map_error("THREADS", source))?;
        self.add_process(pid, flags)
    }

    /// Adds a process to the targets: its threads start with these flags.
    pub fn add_process(&mut self, pid: u32, flags: u8) -> Result<(), ProbeError> {
        self.tgids
            .insert(pid, flags, 0)
            .map_err(|source| map_error("TGIDS", source))?;
        self.glances.forget();
        Ok(())
    }

    /// Takes a process from the targets; it may be none.
    pub fn remove_process(&mut self, pid: u32) -> Result<(), ProbeError> {
        removed(self.tgids.remove(&pid)).map_err(|source| map_error("TGIDS", source))
    }

    /// Takes a thread from the targets; it may be none.
    pub fn remove_thread(&mut self, tid: u32) -> Result<(), ProbeError> {
        removed(self.threads.remove(&tid)).map_err(|source| map_error("THREADS", source))
    }

    /// Adds a running thread to the targets; where it is in its life is not known.
    pub fn add_thread(&mut self, tid: u32, flags: u8) -> Result<(), ProbeError> {
        let slot = thread::Slot {
            state: thread::state::UNKNOWN,
            flags,
            ..thread::Slot::default()
        };
        let added = self.threads.insert(tid, slot, 1);
        self.glances.forget();
        match added {
            // BPF_NOEXIST: it was seen already, and its slot knows better.
            Ok(()) | Err(aya::maps::MapError::KeyNotFound) => Ok(()),
            Err(aya::maps::MapError::SyscallError(error))
                if error.io_error.kind() == io::ErrorKind::AlreadyExists =>
            {
                Ok(())
            }
            Err(source) => Err(map_error("THREADS", source)),
        }
    }
}

/// What is not there need not be removed.
pub(super) fn removed(result: Result<(), aya::maps::MapError>) -> Result<(), aya::maps::MapError> {
    match result {
        Err(aya::maps::MapError::KeyNotFound) => Ok(()),
        Err(aya::maps::MapError::SyscallError(error))
            if error.io_error.kind() == io::ErrorKind::NotFound =>
        {
            Ok(())
        }
        result => result,
    }
}
