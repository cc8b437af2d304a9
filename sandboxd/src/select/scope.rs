//! How much of a call is selected: all of it, or what its command says.
//!
//! The kernel half compares one number of one register with one list, so a scope that would need more is refused.

use std::collections::BTreeSet;
use std::fmt;

use kprobe_common::table;

/// A call is selected where `(arg >> shift) & mask` is listed, or is not.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Condition {
    /// The argument it looks at.
    pub arg: &'static str,
    /// The argument whose number stands above it in the command, where there is one (`level` above `optname`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub high: Option<&'static str>,
    /// Shift right by so much,
    pub shift: u8,
    /// then mask with this,
    pub mask: u32,
    /// then look it up here.
    pub values: BTreeSet<u32>,
    /// Whether it is selected where found, or where not.
    pub listed: bool,
}

/// How much of a call is selected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    All,
    Where(Condition),
}

impl From<&table::Condition> for Scope {
    fn from(row: &table::Condition) -> Self {
        Self::Where(Condition {
            arg: row.arg,
            high: None,
            shift: row.shift,
            mask: row.mask,
            values: row.values.iter().copied().collect(),
            listed: row.listed,
        })
    }
}

impl Condition {
    /// Whether a whole value of the argument is selected.
    fn accepts(&self, value: u32) -> bool {
        self.values.contains(&(value >> self.shift & self.mask)) == self.listed
    }

    fn complement(&self) -> Self {
        Self {
            listed: !self.listed,
            ..self.clone()
        }
    }

    fn same_shape(&self, other: &Self) -> bool {
        let shape = |it: &Self| (it.arg, it.high, it.shift, it.mask);
        shape(self) == shape(other)
    }

    /// Its values, where it is a list of whole values of that argument.
    fn whole(&self, arg: &str) -> Option<&BTreeSet<u32>> {
        let whole = self.listed && self.shift == 0 && self.mask == u32::MAX;
        let whole = whole && self.arg == arg && self.high.is_none();
        whole.then_some(&self.values)
    }

    fn union(&self, other: &Self) -> Option<Self> {
        if self.same_shape(other) {
            let (a, b) = (&self.values, &other.values);
            let (values, listed) = match (self.listed, other.listed) {
                (true, true) => (a | b, true),
                (true, false) => (b - a, false),
                (false, true) => (a - b, false),
                (false, false) => (a & b, false),
            };
            return Some(Self {
                values,
                listed,
                ..self.clone()
            });
        }
        let covered = |narrow: &Self, broad: &Self| {
            let mut values = narrow.whole(broad.arg)?.iter();
            values
                .all(|value| broad.accepts(*value))
                .then(|| broad.clone())
        };
        covered(other, self).or_else(|| covered(self, other))
    }

    fn minus(&self, other: &Self) -> Option<Self> {
        if self.same_shape(other) {
            return Some(self.complement().union(other)?.complement());
        }
        if let Some(values) = self.whole(other.arg) {
            let values = values
                .iter()
                .copied()
                .filter(|value| !other.accepts(*value));
            return Some(Self {
                values: values.collect(),
                ..self.clone()
            });
        }
        let untouched = !other
            .whole(self.arg)?
            .iter()
            .any(|value| self.accepts(*value));
        untouched.then(|| self.clone())
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let values: Vec<String> = self
            .values
            .iter()
            .map(|value| format!("{value:#x}"))
            .collect();
        let is = if self.listed { "is" } else { "is not" };
        let values = values.join(" or ");
        match self.high {
            Some(high) => write!(f, "where {high} << 16 | {} {is} {values}", self.arg),
            None => write!(
                f,
                "where ({} >> {}) & {:#x} {is} {values}",
                self.arg, self.shift, self.mask
            ),
        }
    }
}

/// Two scopes that the kernel half could not tell from the rest together.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entangled;

/// The scope with another added.
pub(super) fn with(old: Option<&Scope>, new: &Scope) -> Result<Option<Scope>, Entangled> {
    match (old, new) {
        (None, new) => Ok(Some(new.clone())),
        (Some(Scope::All), _) | (_, Scope::All) => Ok(Some(Scope::All)),
        (Some(Scope::Where(old)), Scope::Where(new)) => old.union(new).map(simple).ok_or(Entangled),
    }
}

/// The scope with another taken away.
pub(super) fn without(old: Option<&Scope>, less: &Scope) -> Result<Option<Scope>, Entangled> {
    match (old, less) {
        (None, _) | (_, Scope::All) => Ok(None),
        (Some(Scope::All), Scope::Where(less)) => Ok(Some(Scope::Where(less.complement()))),
        (Some(Scope::Where(old)), Scope::Where(less)) => {
            old.minus(less).map(simple).ok_or(Entangled)
        }
    }
}

/// All but nothing is all; only nothing is nothing.
fn simple(condition: Condition) -> Option<Scope> {
    match (condition.values.is_empty(), condition.listed) {
        (true, true) => None,
        (true, false) => Some(Scope::All),
        (false, _) => Some(Scope::Where(condition)),
    }
}
