//! What the kernel half copies for one call: a descriptor of registers, made from a row of the table.
//!
//! The kernel half walks it and knows nothing else of the call.

/// How many registers carry arguments.
pub const REGISTERS: usize = 6;

/// The call is reported.
pub const SELECTED: u16 = 1;
/// A probe sits on the call's entry: an exit without one means something.
pub const ATTACHED: u16 = 1 << 1;
/// The call does not come back (`exit`): its entry leaves nothing in the thread's slot.
pub const NEVER_RETURNS: u16 = 1 << 2;
/// A success of the call changes what is known of the process: its return goes to the ring of state, selected or not.
pub const STATE_EXIT: u16 = 1 << 3;
/// Its entry goes there too, and so does its failure: what it changes is uncertain from entry to return.
pub const STATE_ENTER: u16 = 1 << 4;
/// The call can change the task's user ID, so that it may leave or enter the set of targets.
pub const IDENTITY: u16 = 1 << 5;
/// [`STATE_EXIT`] and [`STATE_ENTER`] hold only for listed commands: [`Spec::state_register`], [`state_key`].
pub const STATE_LISTED: u16 = 1 << 6;
/// The call puts registers of before a signal back, and returns under the number -1.
pub const RESTORES: u16 = 1 << 7;

/// What is read through a register that holds a user pointer.
pub mod read {
    /// Nothing: the register is the value.
    pub const NONE: u8 = 0;
    /// A string ended by a zero byte.
    pub const STRING: u8 = 1;
    /// Bytes, as many as [`super::ArgSpec::length`] says.
    pub const BYTES: u8 = 2;
    /// An array of `struct iovec` and the start of what each entry points at.
    pub const IOVEC: u8 = 3;
    /// An array of pointers to strings, ended by a null pointer (`argv`).
    pub const STRINGS: u8 = 4;
    /// A `struct msghdr`, its address, its iovecs and what they point at, its control data.
    pub const MSGHDR: u8 = 5;
    /// An array of `struct mmsghdr`, each read as a message.
    pub const MMSGHDR: u8 = 6;
    /// An array of pointers to elements of one size, as many as [`super::ArgSpec::length`] says.
    pub const POINTERS: u8 = 7;
    /// A `struct sock_fprog` and the instructions that it points at.
    pub const PROGRAM: u8 = 8;
}

/// When it is read.
pub mod phase {
    /// At entry: what the call takes.
    pub const ENTER: u8 = 1;
    /// At exit, if the call succeeded: what the call gives.
    pub const EXIT: u8 = 2;
    /// At exit, also if the call failed.
    pub const EXIT_ALWAYS: u8 = 4;
}

/// Where the number of elements comes from.
pub mod length {
    /// One element.
    pub const ONE: u8 = 0;
    /// The value of the register [`super::ArgSpec::register`].
    pub const REGISTER: u8 = 1;
    /// The call's return value.
    pub const RETURN: u8 = 2;
    /// The low half of the register [`super::ArgSpec::register`]: the kernel takes an `int`.
    pub const REGISTER32: u8 = 4;
    /// The `u32` that the register [`super::ArgSpec::register`] points at (`socklen_t *`).
    pub const POINTER: u8 = 3;
    /// The call's return value, but no more than the value of the register [`super::ArgSpec::register`]: the room that
    /// there was.
    pub const WITHIN: u8 = 6;
    /// The same with the low half of the register: the kernel takes an `int`.
    pub const WITHIN32: u8 = 7;
}

/// How the command of a call selects it; see [`Spec::command_mode`].
pub mod command {
    /// Commands do not matter.
    pub const ANY: u8 = 0;
    /// Only listed commands are reported.
    pub const LISTED: u8 = 1;
    /// Listed commands are not reported.
    pub const UNLISTED: u8 = 2;
}

/// One register of a call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "user", derive(bytemuck::Pod, bytemuck::Zeroable))]
#[repr(C)]
pub struct ArgSpec {
    /// One of [`read`].
    pub read: u8,
    /// Bits of [`phase`].
    pub phase: u8,
    /// One of [`length`].
    pub length: u8,
    /// The register that [`length`] speaks of.
    pub register: u8,
    /// Bytes in one element.
    pub element: u16,
    /// At most so many bytes; 0 for the run's `--strsize`.
    pub cap: u16,
}

/// One call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "user", derive(bytemuck::Pod, bytemuck::Zeroable))]
#[repr(C)]
pub struct Spec {
    /// [`SELECTED`], [`ATTACHED`] and so on. All zero: the call is not watched.
    pub flags: u16,
    /// How many registers carry arguments.
    pub registers: u8,
    /// The register with the command, where [`Self::command_mode`] is not [`command::ANY`].
    pub command_register: u8,
    /// The command is `(register >> command_shift) & command_mask`, looked up among the listed ones of this call.
    pub command_shift: u8,
    /// One of [`command`].
    pub command_mode: u8,
    /// Registers that are read through at entry, one bit each.
    pub enter: u8,
    /// Registers that are read through at exit of a success.
    pub exit: u8,
    /// See [`Self::command_shift`].
    pub command_mask: u32,
    /// Registers that are read through at exit of a failure.
    pub exit_always: u8,
    /// The register with the command, where [`STATE_LISTED`].
    pub state_register: u8,
    /// Of the registers above, those that are read through where the call goes to the ring of state alone.
    pub followed: u8,
    /// Keeps the size a multiple of 8.
    pub unused: u8,
    /// One entry per register.
    pub args: [ArgSpec; REGISTERS],
}

const _: () = assert!(size_of::<Spec>() == 64);

/// Key of the map of listed commands.
#[inline(always)]
#[must_use]
pub const fn command_key(index: u16, command: u32) -> u64 {
    (index as u64) << 32 | command as u64
}

/// Key, in the same map, of a command that changes what is known of the process.
#[inline(always)]
#[must_use]
pub const fn state_key(index: u16, command: u32) -> u64 {
    1 << 63 | command_key(index, command)
}

#[cfg(feature = "user")]
// SAFETY: plain integers, no padding (asserted above), any bit pattern is a value.
unsafe impl aya::Pod for Spec {}
