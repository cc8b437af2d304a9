//! What the kernel half counts. Arrays that user space maps into its memory: reading them needs no system call,
//! which matters because kprobe programs are skipped silently on a CPU that is inside `bpf(2)`
//! (<https://github.com/torvalds/linux/blob/v5.10/kernel/trace/bpf_trace.c#L95-L106>).

/// Of one call on one CPU.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "user", derive(bytemuck::Pod, bytemuck::Zeroable))]
#[repr(C)]
pub struct Calls {
    /// Selected calls of targets.
    pub seen: u64,
    /// Dropped by a filter in the kernel half.
    pub filtered: u64,
    /// Found no room in the ring: the whole call is missing.
    pub lost: u64,
    /// The entry was reported, its return found no room.
    pub exits_lost: u64,
}

/// Of one CPU.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "user", derive(bytemuck::Pod, bytemuck::Zeroable))]
#[repr(C)]
pub struct Cpu {
    /// Records that found no room in the ring of calls.
    pub lost: u64,
    /// Records that found no room in the ring of state.
    pub state_lost: u64,
    /// Threads that found no room in the thread map.
    pub threads_full: u64,
    /// Of the records counted above, those for which every scratch memory was in use by preempted programs (7.x).
    pub scratch_taken: u64,
    /// Keeps two CPUs' counters off one cache line.
    pub unused: [u64; 4],
}

const _: () = assert!(size_of::<Cpu>() == 64 && size_of::<Calls>() == 32);
