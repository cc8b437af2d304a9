//! Sets of named bits and lists of named values, each with the header it comes from.
//!
//! The sets themselves are in the modules below, by family. Their order is strace's: names of several bits first.

mod bpf;
mod command;
mod fs;
mod ioctl;
mod ipc;
mod link;
mod memory;
mod mount;
mod netlink;
mod poll;
mod prctl;
mod process;
mod quota;
mod security;
mod signal;
mod socket;
mod sockopt;
mod system;
mod time;

pub use bpf::*;
pub use command::*;
pub use fs::*;
pub use ioctl::*;
pub use ipc::*;
pub use link::*;
pub use memory::*;
pub use mount::*;
pub use netlink::*;
pub use poll::*;
pub use prctl::*;
pub use process::*;
pub use quota::*;
pub use security::*;
pub use signal::*;
pub use socket::*;
pub use sockopt::*;
pub use system::*;
pub use time::*;

/// A value and its name.
pub type Named = (u64, &'static str);

/// A set of bits.
#[derive(Debug, PartialEq, Eq)]
pub struct FlagSet {
    /// Its name in the schema.
    pub name: &'static str,
    /// What the value 0 is called, where it has a name.
    pub zero: Option<&'static str>,
    /// Fields of several bits: within `mask`, each value has a name. Looked at first.
    pub fields: &'static [(u64, &'static [Named])],
    /// Names in order: a name of several bits stands before the names of its parts.
    pub bits: &'static [Named],
}

/// One of a list.
#[derive(Debug, PartialEq, Eq)]
pub struct ValueSet {
    /// Its name in the schema.
    pub name: &'static str,
    /// Values and their names, by value.
    pub values: &'static [Named],
    /// Whether they are `ioctl` requests: one without a name tells what it does by its number ([`Request`]).
    pub requests: bool,
}

/// Lists, one of which is chosen by another argument.
#[derive(Debug, PartialEq, Eq)]
pub struct ValueSets {
    /// Its name in the schema.
    pub name: &'static str,
    /// The other argument's values, and the list that each chooses.
    pub sets: &'static [(u64, &'static ValueSet)],
}

static UNNAMED: ValueSet = ValueSet::new("unnamed", &[]);

impl FlagSet {
    /// A set; at compile time, refuses a bad one.
    ///
    /// # Panics
    /// Where a field's values are out of order or outside its mask, or a bit is 0.
    #[must_use]
    pub const fn new(
        name: &'static str,
        zero: Option<&'static str>,
        fields: &'static [(u64, &'static [Named])],
        bits: &'static [Named],
    ) -> Self {
        let mut i = 0;
        while i < fields.len() {
            let (mask, values) = fields[i];
            assert!(rising(values), "a field's values are out of order");
            assert!(
                values[values.len() - 1].0 & !mask == 0,
                "a field's value is outside its mask"
            );
            i += 1;
        }
        let mut i = 0;
        while i < bits.len() {
            assert!(bits[i].0 != 0, "a bit is 0");
            i += 1;
        }
        Self {
            name,
            zero,
            fields,
            bits,
        }
    }

    /// The names of what is set in a value, in order; [`Names::rest`] is what has no name.
    #[must_use]
    pub const fn names(&'static self, value: u64) -> Names {
        Names {
            set: self,
            zero: value == 0,
            rest: value,
            value,
            next: 0,
        }
    }
}

/// The names of what is set in a value: see [`FlagSet::names`].
#[derive(Clone, Debug)]
pub struct Names {
    set: &'static FlagSet,
    zero: bool,
    rest: u64,
    value: u64,
    next: usize,
}

impl Names {
    /// What has no name. Complete once the names have been taken.
    #[must_use]
    pub const fn rest(&self) -> u64 {
        self.rest
    }
}

impl Iterator for Names {
    type Item = &'static str;

    fn next(&mut self) -> Option<&'static str> {
        let set = self.set;
        if core::mem::take(&mut self.zero)
            && let Some(name) = set.zero
        {
            return Some(name);
        }
        while let Some((mask, values)) = set.fields.get(self.next) {
            self.next += 1;
            if let Some(name) = find(values, self.value & mask) {
                self.rest &= !mask;
                return Some(name);
            }
        }
        while let Some((bits, name)) = set.bits.get(self.next - set.fields.len()) {
            self.next += 1;
            if self.rest & bits == *bits {
                self.rest &= !bits;
                return Some(name);
            }
        }
        None
    }
}

impl ValueSet {
    /// A list; at compile time, refuses one that is out of order.
    ///
    /// # Panics
    /// Where the values do not rise.
    #[must_use]
    pub const fn new(name: &'static str, values: &'static [Named]) -> Self {
        assert!(rising(values), "values are out of order");
        Self {
            name,
            values,
            requests: false,
        }
    }

    /// They are `ioctl` requests.
    #[must_use]
    pub const fn requests(mut self) -> Self {
        self.requests = true;
        self
    }

    /// The name of a value.
    #[must_use]
    pub fn name(&self, value: u64) -> Option<&'static str> {
        find(self.values, value)
    }
}

impl ValueSets {
    /// The list that the other argument's value chooses: an empty one where nothing is known of it.
    #[must_use]
    pub fn by(&self, selector: u64) -> &'static ValueSet {
        let mut sets = self.sets.iter();
        sets.find(|set| set.0 == selector)
            .map_or(&UNNAMED, |set| set.1)
    }
}

fn find(values: &'static [Named], value: u64) -> Option<&'static str> {
    // Most lists start at 0 and have no gaps.
    if let Some((first, name)) = values.get(value as usize)
        && *first == value
    {
        return Some(name);
    }
    let at = values.binary_search_by_key(&value, |named| named.0).ok()?;
    Some(values[at].1)
}

const fn rising(values: &[Named]) -> bool {
    let mut i = 1;
    while i < values.len() {
        if values[i - 1].0 >= values[i].0 {
            return false;
        }
        i += 1;
    }
    true
}
