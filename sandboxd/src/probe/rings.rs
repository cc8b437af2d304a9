//! How full the rings are: both halves' positions, which the kernel lets everybody map who has the ring.

use std::os::fd::{AsRawFd as _, RawFd};
use std::sync::atomic::{AtomicU64, Ordering};

use aya::maps::{MapData, RingBuf};
use memmap2::{Mmap, MmapOptions};

use super::ProbeError;
use crate::facts;

/// The two rings of a run.
#[derive(Debug)]
pub struct Rings([Ring; 2]);

#[derive(Debug)]
struct Ring {
    /// Two pages: how far the reader is, and how far the kernel half.
    positions: Mmap,
    page: usize,
    bytes: u64,
}

impl Rings {
    /// Of a run that asked for so many bytes: for calls, for state.
    pub(super) fn map(
        calls: &RingBuf<MapData>,
        state: &RingBuf<MapData>,
        bytes: [u32; 2],
    ) -> Result<Self, ProbeError> {
        Ok(Self([
            Ring::map("CALLS", calls.as_raw_fd(), bytes[0])?,
            Ring::map("STATE", state.as_raw_fd(), bytes[1])?,
        ]))
    }

    /// Whether everything that has room in them was read: of state, of calls.
    #[must_use]
    pub fn are_drained(&self) -> [bool; 2] {
        let [calls, state] = &self.0;
        [state, calls].map(Ring::is_drained)
    }

    /// How full they are, in hundredths: that of calls, that of state.
    #[must_use]
    pub fn percent(&self) -> [u64; 2] {
        self.0.each_ref().map(Ring::percent)
    }
}

impl Ring {
    fn map(name: &'static str, fd: RawFd, bytes: u32) -> Result<Self, ProbeError> {
        let page = facts::page_size() as usize;
        // SAFETY: the kernel's pages, which nothing shrinks; they are read through atomics alone.
        let positions = unsafe { MmapOptions::new().len(2 * page).map(fd) }
            .map_err(|source| ProbeError::Mmap { name, source })?;
        Ok(Self {
            positions,
            page,
            // As aya asks for it: a power of two, and whole pages.
            bytes: u64::from(bytes).next_power_of_two().max(page as u64),
        })
    }

    fn is_drained(&self) -> bool {
        self.position(0) == self.position(self.page)
    }

    fn percent(&self) -> u64 {
        // The reader's first: it never comes before the other then.
        let read = self.position(0);
        let made = self.position(self.page);
        made.saturating_sub(read).saturating_mul(100) / self.bytes
    }

    fn position(&self, at: usize) -> u64 {
        let bytes = &self.positions[at..at + 8];
        // SAFETY: eight bytes at the start of a page of a live mapping, which the kernel and aya change atomically; a load
        // of a word writes nothing.
        unsafe { AtomicU64::from_ptr(bytes.as_ptr().cast_mut().cast()) }.load(Ordering::Acquire)
    }
}
