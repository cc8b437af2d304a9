//! What the kernel half remembers of a thread, from its first sighting to its end.

/// Where the thread is; [`Slot::state`].
pub mod state {
    /// Outside a call, for certain.
    pub const NONE: u8 = 0;
    /// In a call whose entry was reported.
    pub const ENTERED: u8 = 1;
    /// In a call that a filter dropped: its return is dropped too.
    pub const FILTERED: u8 = 2;
    /// In a call whose entry found no room in the ring: its return is dropped too.
    pub const LOST: u8 = 3;
    /// Not known: met in the middle of its life, perhaps inside a call.
    pub const UNKNOWN: u8 = 4;
    /// In a call that is reported for what it changes, and not shown.
    pub const FOLLOWED: u8 = 5;
}

/// Bits of [`Slot::flags`].
pub mod flag {
    /// A target by itself (`-p`, `-t`, a command), not by its user ID.
    pub const FOLLOWED: u8 = 1;
    /// The processes that it makes are targets too.
    pub const FOLLOW_CHILDREN: u8 = 2;
    /// The call under way replaced the program.
    pub const EXECED: u8 = 4;
    /// The last return asks for a restart: whatever the thread does next says it was not killed.
    pub const RESTART: u8 = 8;
    /// The call under way can change the task's user ID, and is counted in `Control::leaving`.
    pub const LEAVING: u8 = 16;
    /// The call under way goes to the ring of state.
    pub const STATE: u8 = 32;
    /// The threads that it makes are targets too: its whole process was named, not the thread alone.
    pub const FOLLOW_THREADS: u8 = 64;
    /// What a new thread or process can inherit.
    pub const INHERITED: u8 = FOLLOWED | FOLLOW_CHILDREN | FOLLOW_THREADS;
}

/// Threads of which a word is remembered beside their slots, by the last bits of their numbers: as many as a phone has numbers
/// of threads, unless it was told otherwise. A power of two.
pub const GLANCES: u32 = 1 << 15;

/// Bits of [`Slot::birth`].
pub mod birth {
    /// It came out of a zygote, and it is not known yet whether it is a target.
    pub const UNSETTLED: u8 = 1;
    /// The processes that it makes are candidates.
    pub const ZYGOTE: u8 = 2;
}

/// One thread. 8 bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "user", derive(bytemuck::Pod, bytemuck::Zeroable))]
#[repr(C)]
pub struct Slot {
    /// One of [`state`].
    pub state: u8,
    /// Bits of [`flag`].
    pub flags: u8,
    /// Index of the call under way.
    pub index: u16,
    /// Registers whose user memory was not resident at entry, one bit each.
    pub late: u8,
    /// Bits of [`birth`].
    pub birth: u8,
    /// Number of the spec by which the call's entry was copied: its index, or a variant's.
    pub spec: u16,
}

const _: () = assert!(size_of::<Slot>() == 8);

#[cfg(feature = "user")]
// SAFETY: plain integers, no padding (asserted above), any bit pattern is a value.
unsafe impl aya::Pod for Slot {}
