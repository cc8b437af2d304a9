//! How often each call was made from each library: the second table of `-c`.

use std::rc::Rc;

use rustc_hash::FxHashMap;

use super::line;
use crate::caller::{Caller, Class, Module, Place};
use crate::event;

/// Counts by call and library.
#[derive(Debug, Default)]
pub(super) struct ByLibrary(FxHashMap<(u16, usize), Row>);

#[derive(Debug)]
struct Row {
    lib: String,
    /// Kept, so that no other module has its address, which is its key.
    _module: Option<Rc<Module>>,
    calls: u64,
    errors: u64,
}

/// How often a call was made from a library.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LibraryCount {
    /// The call.
    pub syscall: String,
    /// The library; of memory without a file, what it is.
    pub lib: String,
    /// How often.
    pub calls: u64,
    /// Failures among them.
    pub errors: u64,
}

impl ByLibrary {
    /// Counts a call: for who called the platform's code, where that made it.
    pub(super) fn count(&mut self, index: u16, caller: &Caller, failed: bool) {
        let place = caller.from.as_ref().unwrap_or(&caller.place);
        let row = self.0.entry((index, key(place))).or_insert_with(|| Row {
            lib: lib(place),
            _module: place.module.clone(),
            calls: 0,
            errors: 0,
        });
        row.calls += 1;
        row.errors += u64::from(failed);
    }

    /// Most calls first.
    pub(super) fn counts(&self) -> Vec<LibraryCount> {
        let mut counts: Vec<LibraryCount> = self
            .0
            .iter()
            .map(|(&(index, _), row)| LibraryCount {
                syscall: line::key(index),
                lib: row.lib.clone(),
                calls: row.calls,
                errors: row.errors,
            })
            .collect();
        counts.sort_by(|one, other| {
            (other.calls, &one.lib, &one.syscall).cmp(&(one.calls, &other.lib, &other.syscall))
        });
        counts
    }
}

/// The module's address, or the class: there are fewer of these than the first page has bytes.
fn key(place: &Place) -> usize {
    place.module.as_ref().map_or_else(
        || {
            let class = Class::ALL.iter().position(|class| *class == place.class);
            class.unwrap_or(0)
        },
        |module| Rc::as_ptr(module) as usize,
    )
}

fn lib(place: &Place) -> String {
    match event::Place::from(place).lib {
        Some(event::Lib::File(name)) => name.to_owned(),
        _ => format!("[{}]", place.class.word()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::caller::Entry;

    #[test]
    fn a_call_counts_for_who_asked_for_it() {
        let place = |class| Place {
            class,
            ..Place::default()
        };
        let stub = Caller {
            place: place(Class::Libc),
            entry: Entry::Stub,
            from: Some(place(Class::App)),
            ..Caller::default()
        };
        let inline = Caller {
            place: place(Class::Anon),
            entry: Entry::Inline,
            ..Caller::default()
        };
        let mut counts = ByLibrary::default();
        counts.count(56, &inline, false);
        counts.count(56, &stub, true);
        counts.count(56, &stub, false);
        let count = |lib: &str, calls, errors| LibraryCount {
            syscall: line::key(56),
            lib: lib.to_owned(),
            calls,
            errors,
        };
        assert_eq!(
            counts.counts(),
            [count("[app]", 2, 1), count("[anon]", 1, 0)]
        );
    }
}
