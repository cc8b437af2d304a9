//! Calls that are many calls: the arguments that a call takes depend on its command.
//!
//! The variants of a call are rows too, in the modules below, each with its commands by name. At compile time the names
//! become numbers, sorted, for both ABIs; a name that is not there, or that two variants have, does not compile.

use super::check::same;
use super::flags::{FlagSet, ValueSet, ValueSets};
use super::form::Form;
use super::kind::Kind;
use super::{Arg, Ret, Syscall};
use crate::index::Abi;
use crate::spec::{self, ALONE, Selector, mode, pair};

mod bpf;
mod fcntl;
mod fsconfig;
mod futex;
mod ioctl;
mod ipc;
mod kcmp;
mod keyctl;
mod landlock;
mod prctl;
mod ptrace;
mod quota;
mod seccomp;
mod sockopt;

pub use bpf::BPF;
pub use fcntl::{FCNTL, FCNTL64};
pub use fsconfig::FSCONFIG;
pub use futex::{FUTEX, FUTEX64};
pub use ioctl::IOCTL;
pub use ipc::{MSGCTL, SEMCTL, SHMCTL};
pub use kcmp::KCMP;
pub use keyctl::KEYCTL;
pub use landlock::LANDLOCK;
pub use prctl::PRCTL;
pub use ptrace::PTRACE;
pub use quota::{QUOTACTL, QUOTACTL_FD};
pub use seccomp::SECCOMP;
pub use sockopt::{GETSOCKOPT, SETSOCKOPT};

/// What some commands of a call take.
#[derive(Debug)]
pub struct Variant {
    /// Their names.
    pub names: &'static [&'static str],
    /// The commands without a name of their own that have this under the call's broad mask.
    pub broad: Option<u32>,
    /// The arguments behind those that all commands share.
    pub args: &'static [Arg],
    /// What they return, where it is not what the row says.
    pub ret: Option<Ret>,
}

/// The variants of a call.
#[derive(Debug)]
pub struct Variants {
    /// Where the names of commands come from; the argument with the command has the same.
    pub commands: Commands,
    /// The variants.
    pub list: &'static [Variant],
    /// In each ABI: keys and the places of their variants, by key.
    pub keys: [&'static [(u64, u16)]; 2],
}

/// The names that an argument's values have, and so a call's commands.
#[derive(Clone, Copy, Debug)]
pub enum Commands {
    /// One list.
    One(&'static ValueSet),
    /// The first field of a set of bits.
    Field(&'static FlagSet),
    /// Lists, one of which another argument chooses: both numbers are the command.
    By(&'static ValueSets),
    /// A list for each ABI.
    ByAbi(&'static ValueSets),
}

/// A variant of the commands of these names.
#[must_use]
pub const fn of(names: &'static [&'static str], args: &'static [Arg]) -> Variant {
    Variant {
        names,
        broad: None,
        args,
        ret: None,
    }
}

/// A variant of the commands without a name that have this number under the call's broad mask.
#[must_use]
pub const fn broad(command: u32, args: &'static [Arg]) -> Variant {
    Variant {
        names: &[],
        broad: Some(command),
        args,
        ret: None,
    }
}

impl Variant {
    /// The commands return something else than the row says.
    #[must_use]
    pub const fn returns(mut self, ret: Ret) -> Self {
        self.ret = Some(ret);
        self
    }
}

/// `variants! { NAME: commands, [variant, …] }`: the variants of a call, their keys worked out.
macro_rules! variants {
    ($(#[$doc:meta])* $name:ident: $commands:expr, [$($variant:expr),* $(,)?]) => {
        $(#[$doc])*
        pub static $name: $crate::table::variant::Variants = {
            use $crate::index::Abi;
            use $crate::table::variant::{Variant, Variants, count, sorted};
            static LIST: &[Variant] = &[$($variant),*];
            const KEYS: usize = count(LIST);
            static ARM64: [(u64, u16); KEYS] = sorted(LIST, &$commands, Abi::Arm64);
            static ARM32: [(u64, u16); KEYS] = sorted(LIST, &$commands, Abi::Arm32);
            Variants { commands: $commands, list: LIST, keys: [&ARM64, &ARM32] }
        };
    };
}
pub(crate) use variants;

/// How many keys variants have.
pub(crate) const fn count(list: &[Variant]) -> usize {
    let mut count = 0;
    let mut i = 0;
    while i < list.len() {
        count += list[i].names.len() + list[i].broad.is_some() as usize;
        i += 1;
    }
    count
}

/// The keys of variants in an ABI, by number.
///
/// # Panics
/// At compile time, where a name is not one of the commands, or two variants have one command.
pub(crate) const fn sorted<const KEYS: usize>(
    list: &[Variant],
    commands: &Commands,
    abi: Abi,
) -> [(u64, u16); KEYS] {
    let mut keys = [(0, 0); KEYS];
    let mut len = 0;
    let mut i = 0;
    while i < list.len() {
        if let Some(command) = list[i].broad {
            insert(
                &mut keys,
                len,
                spec::variant_key(0, command, true),
                i as u16,
            );
            len += 1;
        }
        let mut n = 0;
        while n < list[i].names.len() {
            let key = match commands.number(list[i].names[n], abi) {
                Some(command) => spec::variant_key(0, command, false),
                // The message is the name of a command that the call does not have.
                None => panic!("{}", list[i].names[n]),
            };
            insert(&mut keys, len, key, i as u16);
            len += 1;
            n += 1;
        }
        i += 1;
    }
    keys
}

/// Puts a key where it belongs among the first `len`.
const fn insert(keys: &mut [(u64, u16)], len: usize, key: u64, variant: u16) {
    let mut at = len;
    while at > 0 && keys[at - 1].0 >= key {
        assert!(keys[at - 1].0 != key, "two variants have one command");
        keys[at] = keys[at - 1];
        at -= 1;
    }
    keys[at] = (key, variant);
}

impl Commands {
    /// The command of a name.
    #[must_use]
    pub const fn number(&self, name: &str, abi: Abi) -> Option<u32> {
        match self {
            Self::One(set) => named(set.values, name),
            Self::Field(set) => named(set.fields[0].1, name),
            Self::By(sets) => {
                let mut i = 0;
                while i < sets.sets.len() {
                    if let Some(low) = named(sets.sets[i].1.values, name) {
                        return Some(pair(sets.sets[i].0 as u32, low));
                    }
                    i += 1;
                }
                None
            }
            Self::ByAbi(sets) => named(sets.sets[abi as usize].1.values, name),
        }
    }

    /// Whether an argument's values have these names.
    #[must_use]
    pub const fn are_those_of(&self, kind: &Kind) -> bool {
        match (self, kind) {
            (Self::One(set), Kind::Enum(kind)) => same(set.name, kind.name),
            (Self::Field(set), Kind::Flags(kind)) => same(set.name, kind.name),
            (Self::By(sets), Kind::EnumBy(kind, _)) | (Self::ByAbi(sets), Kind::EnumAbi(kind)) => {
                same(sets.name, kind.name)
            }
            _ => false,
        }
    }
}

const fn named(values: &[(u64, &str)], name: &str) -> Option<u32> {
    let mut i = 0;
    while i < values.len() {
        if same(values[i].1, name) {
            return Some(values[i].0 as u32);
        }
        i += 1;
    }
    None
}

impl Syscall {
    /// The row's own arguments.
    #[must_use]
    pub const fn form(&self) -> Form {
        self.own_form
    }

    /// The arguments of a variant.
    #[must_use]
    pub const fn form_of(&self, variant: &Variant) -> Form {
        let (first, _) = self.args.split_at(self.shared());
        Form {
            first,
            own: variant.args,
            ret: match variant.ret {
                Some(ret) => ret,
                None => self.ret,
            },
            known: None,
        }
    }

    /// How many arguments all variants share: up to the one with the command.
    const fn shared(&self) -> usize {
        match self.command {
            Some(name) => self.arg(name) + 1,
            None => self.args.len(),
        }
    }

    /// The row's own arguments, and those of each variant.
    pub fn forms(&'static self) -> impl Iterator<Item = Form> {
        let variants = self.variants.map_or(&[][..], |variants| variants.list);
        core::iter::once(self.form()).chain(variants.iter().map(|variant| self.form_of(variant)))
    }

    /// The arguments of the call that these registers make.
    #[must_use]
    pub fn form_in(&self, abi: Abi, registers: &[u64; spec::REGISTERS]) -> Form {
        self.variant(abi, registers)
            .map_or(self.form(), |variant| self.form_of(variant))
    }

    /// The variant that these registers select.
    #[must_use]
    pub fn variant(
        &self,
        abi: Abi,
        registers: &[u64; spec::REGISTERS],
    ) -> Option<&'static Variant> {
        let variants = self.variants?;
        let keys = variants.keys[abi as usize];
        let register = |at: u8| registers.get(usize::from(at)).copied().unwrap_or(0);
        self.selector(abi)?.variant(register, |command, broad| {
            let key = spec::variant_key(0, command, broad);
            let at = keys.binary_search_by_key(&key, |entry| entry.0).ok()?;
            variants.list.get(usize::from(keys[at].1))
        })
    }

    /// Where the command stands that selects a variant; `None` for a call without variants.
    #[must_use]
    pub const fn selector(&self, abi: Abi) -> Option<Selector> {
        let (Some(variants), Some(name)) = (self.variants, self.command) else {
            return None;
        };
        let registers = self.registers(abi);
        let at = self.arg(name);
        let mut selector = Selector {
            register: registers[at],
            high: ALONE,
            shift: 0,
            mode: mode::VARIANTS,
            mask: u32::MAX,
            broad: 0,
        };
        if let Commands::Field(set) = &variants.commands {
            selector.mask = set.fields[0].0 as u32;
        }
        if let Kind::EnumBy(_, by) = &self.args[at].kind {
            selector.high = registers[self.arg(by)];
        }
        if let Commands::ByAbi(_) = &variants.commands {
            selector.mode = mode::BROAD;
            selector.broad = super::flags::IOC_DIRECTION;
        }
        Some(selector)
    }
}
