//! The table: what is known of every system call, one row each.
//!
//! A row is plain data; a wrong one does not compile (`check`). Rules:
//! * [`rows::ROWS`] in the order of the arm64 numbers, then the calls that only 32-bit ARM has, in theirs.
//! * Argument names are the man page's. A buffer names the argument that holds its length.
//! * One row serves both ABIs wherever the arguments are the same; kinds know the layouts of both.
//!
//! Decoding is left to the user half's `decode`; copying to the kernel half, by [`Syscall::spec`].

mod check;
mod entry;
pub mod errno;
pub mod flags;
pub mod form;
pub mod kind;
mod lookup;
mod only_if;
pub mod rows;
mod rows_ioctl;
mod shape;
pub mod structs;
pub mod variant;

use crate::index::{Abi, index};
use crate::spec::{self, ALONE, ArgSpec, REGISTERS, Selector, Spec, length, mode, phase, read};
pub use lookup::row;

pub use change::{Cloexec, Effect, Files, Made};
pub use form::Form;
pub use group::Condition;
use kind::Kind;
pub use only_if::OnlyIf;
pub use shape::Shape;
use variant::Variants;

/// An argument: its name and what it means.
#[derive(Debug)]
pub struct Arg {
    /// The man page's name; frozen, as part of the schema.
    pub name: &'static str,
    /// What it means.
    pub kind: Kind,
    /// Registers before it that this call does not look at.
    pub skip: u8,
    /// The call looks at it, or leaves something there, only then.
    pub only_if: Option<OnlyIf>,
    /// It means something else then, of the same JSON type.
    pub instead: Option<(OnlyIf, Kind)>,
}

impl Arg {
    /// So many registers before it are not looked at.
    #[must_use]
    pub const fn behind(mut self, registers: u8) -> Self {
        self.skip = registers;
        self
    }

    /// The call looks at it, or leaves something there, only then.
    #[must_use]
    pub const fn only_if(mut self, condition: OnlyIf) -> Self {
        self.only_if = Some(condition);
        self
    }

    /// Then it is that, of which the kernel half has read enough for its own kind.
    #[must_use]
    pub const fn instead_if(mut self, condition: OnlyIf, kind: Kind) -> Self {
        self.instead = Some((condition, kind));
        self
    }
}

/// What a call's return value means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ret {
    /// Zero.
    Zero,
    /// A number without a finer meaning.
    Int,
    /// Bytes or elements.
    Count,
    /// A new descriptor.
    Fd,
    /// A process or thread.
    Pid,
    /// A user or group.
    Id,
    /// An address: shown in hexadecimal too.
    Addr,
    /// The call does not come back.
    Never,
    /// The registers of before a signal: no value of the call's own.
    Restored,
}

/// Bits of [`Syscall::groups`], and their names in expressions.
pub mod group;

/// Bits of [`Syscall::state`]: what a success changes, followed whether the call is selected or not.
pub mod change;

/// A row.
#[derive(Debug)]
pub struct Syscall {
    /// The name that people say: the man page's.
    pub name: &'static str,
    /// Its number in the arm64 table.
    pub nr64: Option<u16>,
    /// Its number in the 32-bit ARM table (EABI); ARM-private numbers as the kernel has them.
    pub nr32: Option<i32>,
    /// Bits of [`group`].
    pub groups: u32,
    /// The arguments, in order.
    pub args: &'static [Arg],
    /// The return value.
    pub ret: Ret,
    /// Both, and the registers of the arguments.
    own_form: Form,
    /// What follows `__arm64_sys_` in the kernel's symbol, where it is not the name.
    pub symbol: Option<&'static str>,
    /// What follows `__arm64_compat_sys_` in the symbol that 32-bit tasks enter by; `None`: a native symbol.
    pub compat: Option<&'static str>,
    /// Before 5.15, 32-bit tasks entered by `__arm64_compat_sys_` and the name.
    pub older_compat: bool,
    /// What follows `__arm64_sys_` in the symbol that 32-bit tasks enter by, where 64-bit tasks enter by another.
    pub native32: Option<&'static str>,
    /// Bits of [`change`].
    pub state: u8,
    /// What a success does to the address space.
    pub effect: Option<Effect>,
    /// What a success does to descriptors and directories.
    pub files: Option<Files>,
    /// It does so only then.
    pub files_if: Option<OnlyIf>,
    /// Belongs to `%default` only under this condition.
    pub condition: Option<Condition>,
    /// The argument with the command, which chooses among [`Self::variants`].
    pub command: Option<&'static str>,
    /// What the arguments behind the command are, by command; [`Self::args`] where it is none of these.
    pub variants: Option<&'static Variants>,
}

/// A row of both tables.
#[must_use]
pub const fn sys(
    nr64: u16,
    nr32: i32,
    name: &'static str,
    groups: u32,
    args: &'static [Arg],
    ret: Ret,
) -> Syscall {
    Syscall {
        name,
        nr64: Some(nr64),
        nr32: Some(nr32),
        groups,
        args,
        ret,
        own_form: Form::of_row(args, ret),
        symbol: None,
        compat: None,
        older_compat: false,
        native32: None,
        state: 0,
        effect: None,
        files: None,
        files_if: None,
        condition: None,
        command: None,
        variants: None,
    }
}

/// A row of the arm64 table alone.
#[must_use]
pub const fn sys64(
    nr64: u16,
    name: &'static str,
    groups: u32,
    args: &'static [Arg],
    ret: Ret,
) -> Syscall {
    let mut row = sys(nr64, 0, name, groups, args, ret);
    row.nr32 = None;
    row
}

/// A row of the 32-bit ARM table alone.
#[must_use]
pub const fn sys32(
    nr32: i32,
    name: &'static str,
    groups: u32,
    args: &'static [Arg],
    ret: Ret,
) -> Syscall {
    let mut row = sys(0, nr32, name, groups, args, ret);
    row.nr64 = None;
    row
}

impl Syscall {
    /// The kernel's symbol is `__arm64_sys_` and this.
    #[must_use]
    pub const fn symbol(mut self, symbol: &'static str) -> Self {
        self.symbol = Some(symbol);
        self
    }

    /// 32-bit tasks enter by `__arm64_compat_sys_` and this.
    #[must_use]
    pub const fn compat(mut self, symbol: &'static str) -> Self {
        self.compat = Some(symbol);
        self
    }

    /// Before 5.15, 32-bit tasks entered by `__arm64_compat_sys_` and the name.
    #[must_use]
    pub const fn older_compat(mut self) -> Self {
        self.older_compat = true;
        self
    }

    /// 32-bit tasks enter by `__arm64_sys_` and this, 64-bit tasks by another symbol.
    #[must_use]
    pub const fn native32(mut self, symbol: &'static str) -> Self {
        self.native32 = Some(symbol);
        self
    }

    /// A success changes what is known of the process: bits of [`change`].
    #[must_use]
    pub const fn changes(mut self, state: u8) -> Self {
        self.state |= state;
        self
    }

    /// In `%default` only if `(arg >> shift) & mask` is one of `values`.
    #[must_use]
    pub const fn default_if(
        mut self,
        arg: &'static str,
        shift: u8,
        mask: u32,
        values: &'static [u32],
    ) -> Self {
        self.condition = Some(Condition {
            arg,
            shift,
            mask,
            values,
            listed: true,
        });
        self
    }

    /// In `%default` only if `(arg >> shift) & mask` is none of `values`.
    #[must_use]
    pub const fn default_unless(
        mut self,
        arg: &'static str,
        shift: u8,
        mask: u32,
        values: &'static [u32],
    ) -> Self {
        self.condition = Some(Condition {
            arg,
            shift,
            mask,
            values,
            listed: false,
        });
        self
    }

    /// The arguments behind `command` depend on it.
    #[must_use]
    pub const fn variants(mut self, command: &'static str, variants: &'static Variants) -> Self {
        self.command = Some(command);
        self.variants = Some(variants);
        self
    }

    /// Its number in an ABI's table.
    #[must_use]
    pub fn nr(&self, abi: Abi) -> Option<i32> {
        match abi {
            Abi::Arm64 => self.nr64.map(i32::from),
            Abi::Arm32 => self.nr32,
        }
    }

    /// Its index in an ABI's table.
    #[must_use]
    pub fn index(&self, abi: Abi) -> Option<u16> {
        self.nr(abi).map(|nr| index(abi, nr))
    }

    /// The register of each of the row's own arguments: see [`Form::registers`].
    #[must_use]
    pub const fn registers(&self, abi: Abi) -> [u8; REGISTERS] {
        self.form().registers(abi)
    }

    /// How many registers the row's own arguments take.
    #[must_use]
    pub const fn register_count(&self, abi: Abi) -> u8 {
        self.form().register_count(abi)
    }

    /// The place of an argument that the row speaks of: see [`Form::arg`].
    #[must_use]
    pub const fn arg(&self, name: &str) -> usize {
        self.form().arg(name)
    }

    /// What the kernel half shall copy where no variant says otherwise. Which commands are reported is left to the
    /// caller, and so are [`spec::SELECTED`], [`spec::ATTACHED`] and the state ring.
    #[must_use]
    pub const fn spec(&self, abi: Abi) -> Spec {
        let mut spec = self.form().spec(abi);
        if matches!(self.ret, Ret::Never) {
            spec.flags |= spec::NEVER_RETURNS;
        }
        if matches!(self.ret, Ret::Restored) {
            spec.flags |= spec::RESTORES;
        }
        if self.state & change::IDENTITY != 0 {
            spec.flags |= spec::IDENTITY;
        }
        if let Some(selector) = self.selector(abi) {
            spec.variant = selector;
        }
        spec
    }
}

const NOTHING: ArgSpec = ArgSpec {
    read: read::NONE,
    phase: 0,
    length: length::ONE,
    register: 0,
    element: 0,
    cap: 0,
};
const NO_SELECTOR: Selector = Selector {
    register: 0,
    high: ALONE,
    shift: 0,
    mode: mode::ANY,
    mask: 0,
    broad: 0,
};
const EMPTY: Spec = Spec {
    flags: 0,
    registers: 0,
    enter: 0,
    exit: 0,
    exit_always: 0,
    state_register: 0,
    followed: 0,
    command: NO_SELECTOR,
    variant: NO_SELECTOR,
    args: [NOTHING; REGISTERS],
};

/// Bits for reading what a kind describes; for [`kind`].
pub(crate) const fn capture(read: u8, phase: u8, length: u8, element: u16, cap: u16) -> ArgSpec {
    ArgSpec {
        read,
        phase,
        length,
        register: 0,
        element,
        cap,
    }
}

pub(crate) const BOTH: u8 = phase::ENTER | phase::EXIT;
