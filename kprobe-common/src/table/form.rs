//! The arguments of a call as they stand in its registers: those of its row, or those of a variant.
//!
//! A variant keeps the row's first arguments and has its own behind them.

use super::check::same;
use super::kind::Kind;
use super::{Arg, EMPTY, NOTHING, Ret};
use crate::index::Abi;
use crate::spec::{REGISTERS, Spec, length, phase};

/// The arguments of a call, in order, and what it returns.
#[derive(Clone, Copy, Debug)]
pub struct Form {
    pub(super) first: &'static [Arg],
    pub(super) own: &'static [Arg],
    /// The return value.
    pub ret: Ret,
    /// By ABI: see [`Form::registers`]. A row has worked it out when it was compiled.
    pub(super) known: Option<[[u8; REGISTERS]; 2]>,
}

impl Form {
    /// The arguments of a row.
    pub(super) const fn of_row(args: &'static [Arg], ret: Ret) -> Self {
        let mut form = Self {
            first: args,
            own: &[],
            ret,
            known: None,
        };
        form.known = Some([form.assigned(Abi::Arm64), form.assigned(Abi::Arm32)]);
        form
    }

    /// How many arguments there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.first.len() + self.own.len()
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// An argument, by its place.
    ///
    /// # Panics
    /// Where there are not so many.
    #[must_use]
    pub const fn at(&self, i: usize) -> &'static Arg {
        if i < self.first.len() {
            &self.first[i]
        } else {
            &self.own[i - self.first.len()]
        }
    }

    /// The arguments.
    pub fn args(&self) -> impl Iterator<Item = &'static Arg> + Clone + use<> {
        self.first.iter().chain(self.own)
    }

    /// The place of the argument of that name.
    #[must_use]
    pub const fn position(&self, name: &str) -> Option<usize> {
        let mut i = 0;
        while i < self.len() {
            if same(self.at(i).name, name) {
                return Some(i);
            }
            i += 1;
        }
        None
    }

    /// The place of an argument that a row speaks of.
    ///
    /// # Panics
    /// Where a row names an argument that it does not have; at compile time, see `check`.
    #[must_use]
    pub const fn arg(&self, name: &str) -> usize {
        match self.position(name) {
            Some(i) => i,
            None => panic!("a row names an argument that it does not have"),
        }
    }

    /// The register of each argument: a 64-bit value takes an even pair in 32-bit code.
    /// <https://github.com/torvalds/linux/blob/v6.12/arch/arm64/kernel/sys32.c#L41-L46>
    #[must_use]
    pub const fn registers(&self, abi: Abi) -> [u8; REGISTERS] {
        match self.known {
            Some(known) => known[abi as usize],
            None => self.assigned(abi),
        }
    }

    const fn assigned(&self, abi: Abi) -> [u8; REGISTERS] {
        let mut at = [0; REGISTERS];
        let mut next = 0;
        let mut i = 0;
        while i < self.len() {
            let arg = self.at(i);
            next += arg.skip;
            let wide = arg.kind.wide() && matches!(abi, Abi::Arm32);
            if wide && next % 2 == 1 {
                next += 1;
            }
            at[i] = next;
            next += arg.kind.registers(abi);
            i += 1;
        }
        at
    }

    /// How many registers the arguments take.
    #[must_use]
    pub const fn register_count(&self, abi: Abi) -> u8 {
        if self.is_empty() {
            return 0;
        }
        let last = self.len() - 1;
        self.registers(abi)[last] + self.at(last).kind.registers(abi)
    }

    /// What the kernel half shall copy, in registers of that ABI. Flags and selectors are left to the caller.
    #[must_use]
    pub const fn spec(&self, abi: Abi) -> Spec {
        let registers = self.registers(abi);
        let mut spec = EMPTY;
        let mut args = [NOTHING; REGISTERS];
        let mut i = 0;
        while i < self.len() {
            let mut arg = self.at(i).kind.spec(abi);
            if let Some(name) = self.at(i).kind.length() {
                let at = self.arg(name);
                let within = arg.length == length::RETURN;
                arg.register = registers[at];
                if arg.length <= length::RETURN || arg.length == length::POINTER {
                    arg.length = match &self.at(at).kind {
                        kind if kind.is_pointer() => length::POINTER,
                        Kind::Size | Kind::Long if within => length::WITHIN,
                        Kind::Size | Kind::Long => length::REGISTER,
                        _ if within => length::WITHIN32,
                        _ => length::REGISTER32,
                    };
                }
            }
            args[registers[i] as usize] = arg;
            let bit = 1 << registers[i];
            if arg.phase & phase::ENTER != 0 {
                spec.enter |= bit;
            }
            if arg.phase & phase::EXIT != 0 {
                spec.exit |= bit;
            }
            if arg.phase & phase::EXIT_ALWAYS != 0 {
                spec.exit_always |= bit;
            }
            i += 1;
        }
        spec.args = args;
        spec.registers = self.register_count(abi);
        spec
    }
}
