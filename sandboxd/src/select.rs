//! Which system calls are asked for: what `-e` says, in strace's words, turned into a set of calls.
//!
//! Pure: the expressions and the table go in, a [`Selection`] or a [`SelectError`] comes out. Telling the kernel half is
//! left to `probe`.

mod command;
mod error;
mod scope;
mod token;

pub(crate) use error::nearest;
pub use error::{Problem, SelectError};
pub use scope::Condition;

use kprobe_common::index::{Abi, INDEXES, OTHER32, OTHER64};
use kprobe_common::table::rows::ROWS;
use kprobe_common::table::{Syscall, group, row};
use scope::Scope;
use token::{Item, Token};

/// Calls, each in one ABI and perhaps under a condition.
#[derive(Clone, Debug)]
pub struct Selection {
    scopes: Vec<Option<Scope>>,
    /// Numbers that the table does not know, in both ABIs.
    pub others: bool,
}

/// What a run without `-e` selects: `%default`.
#[must_use]
pub fn default_calls() -> Selection {
    let mut selection = Selection::none();
    for (row, abi) in calls().filter(|(row, _)| row.groups & group::DEFAULT != 0) {
        let scope = row.condition.as_ref().map_or(Scope::All, Scope::from);
        selection.set(row, abi, Some(scope));
    }
    selection
}

/// The calls that expressions select, one after the other; none: `%default`.
pub fn parse(exprs: &[String]) -> Result<Selection, SelectError> {
    let mut selection = None;
    for expression in exprs {
        for token in token::tokens(expression)? {
            let start = if token.remove {
                Selection::all
            } else {
                Selection::none
            };
            let selection = selection.get_or_insert_with(start);
            selection
                .apply(&token)
                .map_err(|problem| SelectError::new(expression, &token, problem))?;
        }
    }
    match selection {
        Some(selection) if selection.is_empty() => {
            Err(SelectError::of_all(exprs, Problem::Nothing))
        }
        selection => Ok(selection.unwrap_or_else(default_calls)),
    }
}

/// Every row, once for each ABI that has it.
fn calls() -> impl Iterator<Item = (&'static Syscall, Abi)> {
    ROWS.iter().flat_map(|row| {
        let abis = [Abi::Arm64, Abi::Arm32].into_iter();
        abis.filter(|abi| row.nr(*abi).is_some())
            .map(move |abi| (row, abi))
    })
}

impl Selection {
    fn none() -> Self {
        Self {
            scopes: vec![None; usize::from(INDEXES)],
            others: false,
        }
    }

    fn all() -> Self {
        let mut selection = Self::none();
        for (row, abi) in calls() {
            selection.set(row, abi, Some(Scope::All));
        }
        selection.others = true;
        selection
    }

    fn is_empty(&self) -> bool {
        !self.others && self.scopes.iter().all(Option::is_none)
    }

    fn set(&mut self, row: &Syscall, abi: Abi, scope: Option<Scope>) {
        if let Some(index) = row.index(abi) {
            self.scopes[usize::from(index)] = scope;
        }
    }

    fn scope(&self, index: u16) -> Option<&Scope> {
        self.scopes.get(usize::from(index))?.as_ref()
    }

    /// The calls, in the table's order, 64-bit before 32-bit.
    pub fn iter(&self) -> impl Iterator<Item = (&'static Syscall, Abi)> {
        calls().filter(|(row, abi)| row.index(*abi).is_some_and(|index| self.contains(index)))
    }

    /// Whether an index is selected, under a condition or not.
    #[must_use]
    pub fn contains(&self, index: u16) -> bool {
        if matches!(index, OTHER64 | OTHER32) || row(index).is_none() {
            return self.others;
        }
        self.scope(index).is_some()
    }

    /// The condition under which an index is selected, where there is one.
    #[must_use]
    pub fn condition(&self, index: u16) -> Option<&Condition> {
        match self.scope(index)? {
            Scope::All => None,
            Scope::Where(condition) => Some(condition),
        }
    }

    /// The names, each once, in the table's order.
    #[must_use]
    pub fn names(&self) -> Vec<&'static str> {
        let mut names: Vec<&str> = Vec::new();
        for (row, _) in self.iter() {
            if !names.contains(&row.name) {
                names.push(row.name);
            }
        }
        names
    }

    fn apply(&mut self, token: &Token) -> Result<(), Problem> {
        if let Item::Everything(everything) = token.item {
            let all = everything != token.remove;
            *self = if all { Self::all() } else { Self::none() };
            return Ok(());
        }
        let found = token.item.find();
        let found = match found {
            Err(problem) if token.tolerant && problem.is_unknown() => return Ok(()),
            found => found?,
        };
        for (row, abi, scope) in found {
            let old = row.index(abi).and_then(|index| self.scope(index));
            let change = if token.remove {
                scope::without
            } else {
                scope::with
            };
            let new = change(old, &scope).map_err(|_| Problem::Entangled { call: row.name })?;
            self.set(row, abi, new);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
