//! What the kernel half knows of threads at a glance: it is forgotten here when others are watched.

use std::sync::atomic::Ordering;

use aya::maps::MapData;
use kprobe_common::thread::GLANCES;
use memmap2::MmapMut;

use super::ProbeError;
use super::shared::{mmap, word};

/// A word for each thread: see `glance` in the kernel half.
#[derive(Debug)]
pub(super) struct Glances(MmapMut);

impl Glances {
    pub(super) fn map(data: &MapData) -> Result<Self, ProbeError> {
        mmap("GLANCES", data, GLANCES as usize * 8).map(Self)
    }

    /// Whoever was no target is looked at anew. Said once the kernel half has been told who is one now: a thread that is
    /// looked at in between is taken for what it was, until it enters its next call.
    pub(super) fn forget(&self) {
        for at in 0..GLANCES as usize {
            word(&self.0, at * 8).store(0, Ordering::SeqCst);
        }
    }
}
