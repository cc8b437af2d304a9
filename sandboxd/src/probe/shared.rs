//! Memory that the kernel half and the daemon share: counters, and the word that stops the probes.
//!
//! Reading it needs no `bpf(2)`, which would silence kprobes on its CPU meanwhile.

use std::os::fd::AsRawFd as _;
use std::sync::atomic::{AtomicU64, Ordering, fence};

use aya::maps::MapData;
use kprobe_common::config::{Control, LIVE, STOPPED};
use kprobe_common::counters::{Calls, Cpu};
use kprobe_common::index::INDEXES;
use memmap2::{MmapMut, MmapOptions};

use super::ProbeError;

/// The counters of every CPU and the control word.
#[derive(Debug)]
pub struct Shared {
    counts: MmapMut,
    cpus: MmapMut,
    control: MmapMut,
    cpu_count: usize,
}

/// What one CPU lost so far.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct CpuLosses {
    /// The CPU.
    pub cpu: u16,
    /// Records of calls that found no room.
    pub lost: u64,
    /// Records of state that found no room.
    pub state_lost: u64,
    /// Of both: had no memory to be put together in.
    #[serde(default)]
    pub scratch_taken: u64,
    /// By index: calls lost whole, returns lost.
    pub by_index: Vec<(u16, u64, u64)>,
}

impl Shared {
    pub(super) fn map(
        counts: &MapData,
        cpus: &MapData,
        control: &MapData,
        cpu_count: usize,
    ) -> Result<Self, ProbeError> {
        Ok(Self {
            counts: mmap(
                "COUNTS",
                counts,
                cpu_count * INDEXES as usize * size_of::<Calls>(),
            )?,
            cpus: mmap("CPUS", cpus, cpu_count * size_of::<Cpu>())?,
            control: mmap("CONTROL", control, size_of::<Control>())?,
            cpu_count,
        })
    }

    /// Says that the entry of every call that puts registers back is seen.
    pub fn restores(&self) {
        let at = std::mem::offset_of!(Control, restores);
        word(&self.control, at).store(1, Ordering::SeqCst);
    }

    /// Says that whoever changes its credentials is seen doing so.
    pub(super) fn creds(&self) {
        let at = std::mem::offset_of!(Control, creds);
        word(&self.control, at).store(1, Ordering::SeqCst);
    }

    /// Lets the probes work, now that all of them are attached.
    pub(super) fn begin(&self) {
        self.set_phase(LIVE);
    }

    /// Makes the probes silent: nothing is counted or reported from now on.
    pub fn stop(&self) {
        self.set_phase(STOPPED);
    }

    /// Says which tests a task is put to from now on: bits of [`kprobe_common::config::target`].
    pub(super) fn watch(&self, targets: u32) {
        let at = std::mem::offset_of!(Control, targets);
        word(&self.control, at).store(targets.into(), Ordering::SeqCst);
    }

    /// Which tests a task is put to now.
    #[must_use]
    pub fn watched(&self) -> u32 {
        let at = std::mem::offset_of!(Control, targets);
        word(&self.control, at).load(Ordering::SeqCst) as u32
    }

    fn set_phase(&self, phase: u64) {
        let at = std::mem::offset_of!(Control, phase);
        word(&self.control, at).store(phase, Ordering::SeqCst);
    }

    /// Counts of one call over all CPUs.
    #[must_use]
    pub fn calls(&self, index: u16) -> Calls {
        (0..self.cpu_count)
            .map(|cpu| self.calls_on(cpu, index))
            .fold(Calls::default(), |sum, calls| Calls {
                seen: sum.seen + calls.seen,
                filtered: sum.filtered + calls.filtered,
                lost: sum.lost + calls.lost,
                exits_lost: sum.exits_lost + calls.exits_lost,
            })
    }

    /// How often a call was seen and filtered so far, while the probes work: what is filtered by that is seen by that.
    #[must_use]
    pub fn calls_so_far(&self, index: u16) -> (u64, u64) {
        let sum = |field: fn(&Calls) -> u64| {
            (0..self.cpu_count)
                .map(|cpu| field(&self.calls_on(cpu, index)))
                .sum()
        };
        let filtered = sum(|calls| calls.filtered);
        fence(Ordering::Acquire);
        (sum(|calls| calls.seen), filtered)
    }

    fn calls_on(&self, cpu: usize, index: u16) -> Calls {
        let at = (cpu * INDEXES as usize + index as usize) * size_of::<Calls>();
        let word = |field: usize| word(&self.counts, at + field).load(Ordering::Relaxed);
        Calls {
            seen: word(std::mem::offset_of!(Calls, seen)),
            filtered: word(std::mem::offset_of!(Calls, filtered)),
            lost: word(std::mem::offset_of!(Calls, lost)),
            exits_lost: word(std::mem::offset_of!(Calls, exits_lost)),
        }
    }

    /// Records lost so far, of calls and of state, over all CPUs: cheap, to see whether anything happened.
    #[must_use]
    pub fn losses_total(&self) -> u64 {
        (0..self.cpu_count)
            .map(|cpu| {
                self.cpu_word(cpu, std::mem::offset_of!(Cpu, lost))
                    + self.cpu_word(cpu, std::mem::offset_of!(Cpu, state_lost))
            })
            .sum()
    }

    /// Threads that found no room in the thread map.
    #[must_use]
    pub fn threads_full(&self) -> u64 {
        (0..self.cpu_count)
            .map(|cpu| self.cpu_word(cpu, std::mem::offset_of!(Cpu, threads_full)))
            .sum()
    }

    /// What each CPU lost so far, among the calls of `indexes`; CPUs that lost nothing are left out.
    #[must_use]
    pub fn losses(&self, indexes: &[u16]) -> Vec<CpuLosses> {
        (0..self.cpu_count)
            .map(|cpu| {
                // The total first: the kernel half raises it before the call's own count, and what is counted between
                // the two reads comes next time.
                let lost = self.cpu_word(cpu, std::mem::offset_of!(Cpu, lost));
                let state_lost = self.cpu_word(cpu, std::mem::offset_of!(Cpu, state_lost));
                let by_index = indexes
                    .iter()
                    .map(|&index| (index, self.calls_on(cpu, index)))
                    .filter(|(_, calls)| calls.lost + calls.exits_lost > 0)
                    .map(|(index, calls)| (index, calls.lost, calls.exits_lost))
                    .collect();
                CpuLosses {
                    cpu: cpu as u16,
                    scratch_taken: self.cpu_word(cpu, std::mem::offset_of!(Cpu, scratch_taken)),
                    lost,
                    state_lost,
                    by_index,
                }
            })
            .filter(|cpu| cpu.lost + cpu.state_lost > 0)
            .collect()
    }

    fn cpu_word(&self, cpu: usize, field: usize) -> u64 {
        word(&self.cpus, cpu * size_of::<Cpu>() + field).load(Ordering::Relaxed)
    }
}

pub(super) fn mmap(name: &'static str, map: &MapData, len: usize) -> Result<MmapMut, ProbeError> {
    use std::os::fd::AsFd as _;
    // SAFETY: the mapping is of a BPF array, which nothing shrinks; it is read through atomics alone.
    unsafe {
        MmapOptions::new()
            .len(len)
            .map_mut(map.fd().as_fd().as_raw_fd())
    }
    .map_err(|source| ProbeError::Mmap { name, source })
}

/// A counter or the control word.
pub(super) fn word(map: &MmapMut, at: usize) -> &AtomicU64 {
    let bytes = &map[at..at + 8];
    // SAFETY: eight bytes of a live mapping, 8-byte aligned because the mapping is page-aligned and `at` a
    // multiple of 8; the kernel half changes them atomically.
    unsafe { AtomicU64::from_ptr(bytes.as_ptr().cast_mut().cast()) }
}
