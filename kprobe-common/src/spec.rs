//! What the kernel half copies for one call: a descriptor of registers, made from a row of the table.
//!
//! The kernel half walks it and knows nothing else of the call. Where a call's command decides what is to be copied, the
//! command chooses another descriptor: a variant's.

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
/// The call changes mappings, from its first argument on, as many bytes as the second says.
pub const MAPS: u16 = 1 << 8;
/// [`MAPS`] only if the fourth argument says so (`MAP_FIXED`): else it takes what is free.
pub const MAPS_FIXED: u16 = 1 << 9;
/// And, if the fourth argument says so (`MREMAP_FIXED`), from the fifth on, as many as the third says.
pub const MAPS_MOVES: u16 = 1 << 10;
/// [`MAPS`], somewhere.
pub const MAPS_ANY: u16 = 1 << 11;

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
    /// A `struct sock_fprog` and the instructions that it points at: a `short` that counts elements of 8 bytes, a pointer.
    pub const PROGRAM: u8 = 8;
    /// A structure of two words and the bytes that it points at: an `int` that says how many, a pointer.
    pub const COUNTED: u8 = 9;
    /// The same, with the pointer first and then a word that says how many.
    pub const SPAN: u8 = 10;
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
    /// The value of the register [`super::ArgSpec::register`] and a pointer's width: a `long` stands before so many bytes.
    pub const BEHIND: u8 = 8;
    /// As [`WITHIN`], and a pointer's width more.
    pub const WITHIN_BEHIND: u8 = 9;
    /// The size that the `ioctl` request in the register [`super::ArgSpec::register`] tells.
    /// <https://github.com/torvalds/linux/blob/v6.12/include/uapi/asm-generic/ioctl.h#L23-L49>
    pub const REQUEST: u8 = 5;
}

/// What is done with a command; [`Selector::mode`].
pub mod mode {
    /// Commands do not matter.
    pub const ANY: u8 = 0;
    /// Only listed commands are reported.
    pub const LISTED: u8 = 1;
    /// Listed commands are not reported.
    pub const UNLISTED: u8 = 2;
    /// The command chooses what is copied.
    pub const VARIANTS: u8 = 3;
    /// So it does; where it is not known, the part of it under [`super::Selector::broad`] does.
    pub const BROAD: u8 = 4;
}

/// In [`Selector::high`]: the command is in one register.
pub const ALONE: u8 = u8::MAX;
/// The command of two registers that hold more than two such numbers can: no list has it.
pub const NO_COMMAND: u32 = u32::MAX;

/// Where the command of a call stands, and what is done with it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "user", derive(bytemuck::Pod, bytemuck::Zeroable))]
#[repr(C)]
pub struct Selector {
    /// The register with the command, or with its lower half.
    pub register: u8,
    /// The register with its upper half (`level` above `optname`), or [`ALONE`].
    pub high: u8,
    /// The command, or its lower half, is `(register >> shift) & mask`.
    pub shift: u8,
    /// One of [`mode`].
    pub mode: u8,
    /// See [`Self::shift`].
    pub mask: u32,
    /// The part of a command that chooses where the whole of it does not ([`mode::BROAD`]).
    pub broad: u32,
}

impl Selector {
    /// The command that the registers hold.
    #[inline(always)]
    #[must_use]
    pub fn command(&self, register: impl Fn(u8) -> u64) -> u32 {
        let low = (register(self.register) >> (self.shift & 63)) as u32 & self.mask;
        if self.high == ALONE {
            return low;
        }
        pair(register(self.high) as u32, low)
    }

    /// What is chosen by the registers: `known` is asked for a command, and then perhaps for a part of it.
    #[inline(always)]
    #[must_use]
    pub fn variant<T>(
        &self,
        register: impl Fn(u8) -> u64,
        known: impl Fn(u32, bool) -> Option<T>,
    ) -> Option<T> {
        if self.mode < mode::VARIANTS {
            return None;
        }
        let command = self.command(register);
        let exact = known(command, false);
        if exact.is_none() && self.mode == mode::BROAD {
            return known(command & self.broad, true);
        }
        exact
    }
}

/// The command of two numbers: one above the other, where both are small.
#[inline(always)]
#[must_use]
pub const fn pair(high: u32, low: u32) -> u32 {
    if high < 0xffff && low <= 0xffff {
        high << 16 | low
    } else {
        NO_COMMAND
    }
}

/// How many bytes an `ioctl` request says that it takes or gives.
/// <https://github.com/torvalds/linux/blob/v6.12/include/uapi/asm-generic/ioctl.h#L23-L37>
#[inline(always)]
#[must_use]
pub const fn request_size(request: u64) -> u64 {
    request >> 16 & 0x3fff
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

/// One call, or one variant of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "user", derive(bytemuck::Pod, bytemuck::Zeroable))]
#[repr(C)]
pub struct Spec {
    /// [`SELECTED`], [`ATTACHED`] and so on. All zero: the call is not watched. Those of a variant are its call's.
    pub flags: u16,
    /// How many registers carry arguments.
    pub registers: u8,
    /// Registers that are read through at entry, one bit each.
    pub enter: u8,
    /// Registers that are read through at exit of a success.
    pub exit: u8,
    /// Registers that are read through at exit of a failure.
    pub exit_always: u8,
    /// The register with the command, where [`STATE_LISTED`].
    pub state_register: u8,
    /// Of the registers above, those that are read through where the call goes to the ring of state alone.
    pub followed: u8,
    /// Which commands are reported.
    pub command: Selector,
    /// Which spec tells what is copied: this one, or that of a variant.
    pub variant: Selector,
    /// One entry per register.
    pub args: [ArgSpec; REGISTERS],
}

const _: () = assert!(size_of::<Spec>() == 80);

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

/// Key of the map of variants, whose values are numbers of specs.
#[inline(always)]
#[must_use]
pub const fn variant_key(index: u16, command: u32, broad: bool) -> u64 {
    (broad as u64) << 48 | command_key(index, command)
}

#[cfg(feature = "user")]
// SAFETY: plain integers, no padding (asserted above), any bit pattern is a value.
unsafe impl aya::Pod for Spec {}
