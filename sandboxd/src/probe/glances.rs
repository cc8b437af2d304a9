//! What the kernel half knows of threads at a glance: it is forgotten here when others are watched.

use std::cell::Cell;
use std::sync::atomic::Ordering;

use aya::maps::MapData;
use kprobe_common::thread::GLANCES;
use memmap2::MmapMut;

use super::ProbeError;
use super::shared::{mmap, word};

/// A word for each thread: see `glance` in the kernel half.
#[derive(Debug)]
pub(super) struct Glances {
    words: MmapMut,
    /// The kernel half writes there only once the probes are live.
    live: Cell<bool>,
}

impl Glances {
    pub(super) fn map(data: &MapData) -> Result<Self, ProbeError> {
        Ok(Self {
            words: mmap("GLANCES", data, GLANCES as usize * 8)?,
            live: Cell::new(false),
        })
    }

    /// From now on there is something to forget.
    pub(super) fn begin(&self) {
        self.live.set(true);
    }

    /// Whoever was no target is looked at anew. Said once the kernel half has been told who is one now: a thread that is
    /// looked at in between is taken for what it was, until it enters its next call.
    pub(super) fn forget(&self) {
        if !self.live.get() {
            return;
        }
        for at in 0..GLANCES as usize {
            word(&self.words, at * 8).store(0, Ordering::SeqCst);
        }
    }
}
