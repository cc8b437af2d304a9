//! How many of the table's calls this kernel has, by the names of its symbols.

use std::collections::BTreeSet;

use kprobe_common::index::Abi;
use kprobe_common::table::rows::ROWS;

use super::finding::{Finding, State};

/// The symbols that rows are entered by, of one ABI: a set for each row, since some kernels have an older one.
pub(super) fn wanted(abi: Abi) -> impl Iterator<Item = Vec<String>> {
    ROWS.iter().filter_map(move |row| {
        row.nr(abi)?;
        let entry = row.entry_symbol(abi)?;
        let all = std::iter::once(entry).chain(row.older_symbol(abi));
        Some(all.map(|(start, rest)| format!("{start}{rest}")).collect())
    })
}

/// The names in `/proc/kallsyms`, where they could be read: all that a row names.
#[must_use]
pub(super) fn symbols(there: Option<&BTreeSet<String>>) -> Finding {
    const CHECK: &str = "symbols";
    let Some(there) = there else {
        return Finding::new(CHECK, State::Unknown, "/proc/kallsyms cannot be read")
            .follows("which calls can carry a kprobe shows when they are attached");
    };
    let count = |abi| {
        wanted(abi).fold((0_u32, 0_u32), |(some, of), symbols| {
            let is_there = symbols.iter().any(|symbol| there.contains(symbol));
            (some + u32::from(is_there), of + 1)
        })
    };
    let ((wide, of_wide), (narrow, of_narrow)) = (count(Abi::Arm64), count(Abi::Arm32));
    let found = format!(
        "{wide} of the {of_wide} calls of 64-bit programs that are known, {narrow} of the {of_narrow} of 32-bit ones"
    );
    let compat = there
        .iter()
        .any(|symbol| symbol.starts_with("__arm64_compat_"));
    let finding = if wide * 2 < of_wide {
        Finding::new(CHECK, State::Limited, found)
            .follows("calls without a symbol cannot carry a kprobe")
            .todo("--backend tracepoint")
    } else if compat {
        Finding::new(CHECK, State::Ok, found)
            .follows("the others are not in this kernel, and fail there: the tracepoint sees them")
    } else {
        Finding::new(CHECK, State::Ok, found).follows("this kernel runs no 32-bit programs")
    };
    finding
        .value("arm64", wide)
        .value("arm64_of", of_wide)
        .value("arm32", narrow)
        .value("arm32_of", of_narrow)
        .value("compat", compat)
}
