//! What a call's success changes: bits of `Syscall::state`, what it does to the address space and to descriptors.

use super::{OnlyIf, Syscall};

/// The address space.
pub const MAPS: u8 = 1;
/// Descriptors, and the working directory, which is one that has no number.
pub const FDS: u8 = 2;
/// User and group IDs.
pub const IDENTITY: u8 = 4;
/// The thread's or process's life.
pub const LIFE: u8 = 8;
/// The address space, in a way that is uncertain from entry to return.
pub const MAPS_BEFORE: u8 = 16;
/// The name of the thread or of memory, if the first argument is one of [`NAMES`].
pub const NAME: u8 = 32;
/// Goes on with a call that a signal interrupted: the kernel itself puts its number into the register.
pub const RESTART: u8 = 64;

/// With [`LIFE`]: of the whole process, not of the thread alone.
pub const PROCESS: u8 = 128;

/// `PR_SET_NAME`.
pub const THREAD_NAME: u32 = 15;
/// `PR_SET_VMA`.
pub const MEMORY_NAME: u32 = 0x5356_4d41;
/// What gives names.
pub const NAMES: &[u32] = &[THREAD_NAME, MEMORY_NAME];

/// What a success does to the address space; the arguments are `mmap(2)`'s, `munmap(2)`'s and so on, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Maps `length` bytes at the address it returns.
    Map,
    /// Unmaps.
    Unmap,
    /// Changes the protection.
    Protect,
    /// Moves or resizes.
    Remap,
    /// Moves the end of the heap to what it returns.
    Brk,
    /// Attaches a segment of unknown size at the address it returns.
    Attach,
    /// Detaches a segment of unknown size.
    Detach,
    /// Something that only `/proc/PID/maps` can tell.
    Unclear,
}

/// What a success does to descriptors, or to the directories that paths begin at. "The first descriptor" is the first
/// argument that is one, and so on: rows name their arguments themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Files {
    /// Gives a descriptor: its return value.
    Opens(Made, Cloexec),
    /// Gives two, in the pair of numbers that an argument points at.
    OpensPair(Made, Cloexec),
    /// Gives another descriptor of what the first one is of.
    Duplicates,
    /// Makes the second descriptor one of what the first is of.
    Replaces(Cloexec),
    /// The second argument says what: `F_DUPFD`, `F_DUPFD_CLOEXEC` or `F_SETFD`.
    Controls,
    /// The second argument says whether an exec closes the first descriptor: `FIOCLEX`, `FIONCLEX`.
    Marks,
    /// Closes the first descriptor.
    Closes,
    /// Closes, or marks, what lies between the first argument and the second; the third one says which.
    ClosesRange,
    /// Gives the thread tables of its own, as the first argument says.
    Unshares,
    /// The path or the descriptor is the working directory.
    Chdir,
    /// Paths begin elsewhere from now on.
    Roots,
    /// The same for every process.
    RootsAll,
    /// The socket has another side.
    Connects,
    /// The socket has an address of its own.
    Binds,
    /// From now on descriptors change without calls.
    Hides,
}

/// What a new descriptor is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Made {
    /// What the path means.
    File,
    /// Something of this kind, with nothing else to tell.
    Kind(&'static str),
    /// Something of this kind, with the name that the call takes.
    Named(&'static str),
    /// A socket of the domain, type and protocol that are the first three arguments.
    Socket,
    /// A socket with whoever connected to the one that is the first argument.
    Accepted,
    /// The process that is the first argument.
    Process,
    /// Only a look can tell.
    Unknown,
}

/// Whether an exec closes a new descriptor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cloexec {
    /// It does not.
    Never,
    /// It does.
    Always,
    /// It does if the argument of that name, or the first word that it points at, has one of these bits.
    Bit(&'static str, u32),
}

/// `O_CLOEXEC`, which most calls take by other names.
const O_CLOEXEC: u32 = 0x8_0000;
/// Commands of [`Files::Controls`].
const F_DUPFD: u32 = 0;
/// Says whether an exec closes the descriptor.
pub const F_SETFD: u32 = 2;
/// Like `F_DUPFD`; an exec closes the new descriptor.
pub const F_DUPFD_CLOEXEC: u32 = 1030;
const CONTROLS: &[u32] = &[F_DUPFD, F_SETFD, F_DUPFD_CLOEXEC];
/// `FIONCLEX`, `FIOCLEX`.
const MARKS: &[u32] = &[0x5450, 0x5451];

impl Cloexec {
    /// `O_CLOEXEC` in the argument `flags`.
    pub const FLAGS: Self = Self::Bit("flags", O_CLOEXEC);

    /// `O_CLOEXEC` in that argument.
    #[must_use]
    pub const fn within(name: &'static str) -> Self {
        Self::Bit(name, O_CLOEXEC)
    }
}

impl Files {
    /// The commands, in the second argument, that have this effect; `None`: the call has it always.
    #[must_use]
    pub const fn commands(self) -> Option<&'static [u32]> {
        match self {
            Self::Controls => Some(CONTROLS),
            Self::Marks => Some(MARKS),
            _ => None,
        }
    }

    /// Whether it is uncertain what descriptors are from the call's entry to its return.
    #[must_use]
    pub const fn before(self) -> bool {
        !matches!(self, Self::Marks | Self::Hides)
    }
}

impl Syscall {
    /// A success changes the address space: followed from entry to return where it can take something away.
    #[must_use]
    pub const fn maps(mut self, effect: Effect) -> Self {
        self.effect = Some(effect);
        self.state |= match effect {
            Effect::Brk => MAPS,
            Effect::Attach
            | Effect::Map
            | Effect::Unmap
            | Effect::Protect
            | Effect::Remap
            | Effect::Detach
            | Effect::Unclear => MAPS | MAPS_BEFORE,
        };
        self
    }

    /// [`Self::files`] holds only then: for other arguments the call has no such effect.
    #[must_use]
    pub const fn files_only_if(mut self, condition: OnlyIf) -> Self {
        self.files_if = Some(condition);
        self
    }

    /// A success changes descriptors or directories.
    #[must_use]
    pub const fn files(mut self, files: Files) -> Self {
        self.files = Some(files);
        self.state |= FDS;
        self
    }
}
