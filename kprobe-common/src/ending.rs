//! How threads end: what the kernel half knows of each when it does. What it means for their process is for the user half
//! to say.

/// What a thread did last; [`Ending::how`].
pub mod how {
    /// Not known.
    pub const UNKNOWN: u16 = 0;
    /// It made a call that does not return.
    pub const CALL: u16 = 1;
    /// A signal that ends a process came, and it had no handler.
    pub const SIGNAL: u16 = 2;
}

/// The end of a thread. 16 bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "user", derive(bytemuck::Pod, bytemuck::Zeroable))]
#[repr(C)]
pub struct Ending {
    /// Signals that were sent to it, or to its process, and that no handler took: one bit each, from signal 1 on.
    pub sent: u64,
    /// One of [`how`].
    pub how: u16,
    /// [`index`](mod@crate::index) of the call.
    pub index: u16,
    /// The call's first argument, or the signal.
    pub code: u32,
}

/// Signals, one bit each, that do nothing or stop a process where they have no handler; the others end it: `SIGCHLD`,
/// `SIGCONT`, `SIGSTOP`, `SIGTSTP`, `SIGTTIN`, `SIGTTOU`, `SIGURG`, `SIGWINCH`.
/// <https://github.com/torvalds/linux/blob/v6.12/include/linux/signal.h#L383-L432>
pub const HARMLESS: u64 =
    bit(17) | bit(18) | bit(19) | bit(20) | bit(21) | bit(22) | bit(23) | bit(28);

/// `SIGKILL`: what the kernel gives every thread of a process that ends, for whatever reason.
pub const KILL: u32 = 9;

/// The bit of a signal from 1 to 64.
#[must_use]
#[inline(always)]
pub const fn bit(signal: u32) -> u64 {
    1 << (signal.wrapping_sub(1) & 63)
}

/// Whether a signal ends a process that has no handler for it.
#[must_use]
#[inline(always)]
pub const fn ends(signal: u32) -> bool {
    signal != 0 && signal <= 64 && bit(signal) & HARMLESS == 0
}

const _: () = assert!(size_of::<Ending>() == 16);

#[cfg(feature = "user")]
// SAFETY: plain integers without padding (asserted above), any bit pattern is a value.
unsafe impl aya::Pod for Ending {}
