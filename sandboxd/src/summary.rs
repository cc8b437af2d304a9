//! The table at the end of a run with `-c`: like strace's, most time first.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::event::CallCount;
use crate::fold::LibraryCount;

/// The table, as text.
#[must_use]
pub fn table(by_call: &BTreeMap<String, CallCount>) -> String {
    let mut calls: Vec<(&String, &CallCount)> = by_call.iter().collect();
    calls.sort_by_key(|(_, count)| {
        (
            std::cmp::Reverse(count.total_ns),
            std::cmp::Reverse(count.counted),
        )
    });
    let total: u64 = calls.iter().map(|(_, count)| count.total_ns).sum();
    let mut text = String::from(HEAD);
    for (name, count) in &calls {
        row(&mut text, count, total, name);
    }
    let sum = |field: fn(&CallCount) -> u64| by_call.values().map(field).sum();
    let all = CallCount {
        counted: sum(|count| count.counted),
        lost: sum(|count| count.lost),
        errors: sum(|count| count.errors),
        total_ns: total,
        ..CallCount::default()
    };
    text.push_str(RULE);
    row(&mut text, &all, total, "total");
    text
}

/// The second table: who made which calls, most calls first.
#[must_use]
pub fn libraries(counts: &[LibraryCount]) -> String {
    let mut text = String::from(
        "    calls    errors  syscall               made by\n\
         --------- ---------  --------------------  ----------------\n",
    );
    for count in counts.iter().take(LIBRARIES) {
        // Writing to a string does not fail.
        let _ = writeln!(
            text,
            "{:9} {:9}  {:20}  {}",
            count.calls,
            count.errors,
            count.syscall,
            // An app gives its files what names it likes.
            count.lib.escape_default()
        );
    }
    if let Some(more) = counts.len().checked_sub(LIBRARIES).filter(|more| *more > 0) {
        let _ = writeln!(text, "and {more} more");
    }
    text
}

/// Rows of the second table: what was made more seldom is left out.
const LIBRARIES: usize = 40;

const HEAD: &str = "% time     seconds  usecs/call     calls    errors      lost  syscall\n\
                    ------ ----------- ----------- --------- --------- ---------  ----------------\n";
const RULE: &str =
    "------ ----------- ----------- --------- --------- ---------  ----------------\n";

fn row(text: &mut String, count: &CallCount, total_ns: u64, name: &str) {
    let share = if total_ns == 0 {
        0.0
    } else {
        count.total_ns as f64 * 100.0 / total_ns as f64
    };
    let each = count.total_ns.checked_div(count.counted).unwrap_or(0) / 1000;
    // Writing to a string does not fail.
    let _ = writeln!(
        text,
        "{share:6.2} {:11.6} {each:11} {:9} {:9} {:9}  {name}",
        count.total_ns as f64 / 1e9,
        count.counted,
        count.errors,
        count.lost,
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_made_calls_is_a_row_each_and_the_rest_is_counted() {
        let count = LibraryCount {
            syscall: "openat".to_owned(),
            lib: "libguard.so".to_owned(),
            calls: 7,
            errors: 1,
        };
        let text = libraries(&vec![count; LIBRARIES + 2]);
        assert!(text.contains("        7         1  openat                libguard.so\n"));
        assert_eq!(text.lines().count(), LIBRARIES + 3);
        assert!(text.ends_with("and 2 more\n"));
    }

    #[test]
    fn a_name_stays_in_its_row() {
        let count = LibraryCount {
            syscall: "openat".to_owned(),
            lib: "lib\n\x1b[2J.so".to_owned(),
            calls: 1,
            errors: 0,
        };
        let text = libraries(&[count]);
        assert!(text.ends_with("  lib\\n\\u{1b}[2J.so\n"), "{text}");
    }

    #[test]
    fn most_time_comes_first_and_the_total_last() {
        let count = |counted, total_ns| CallCount {
            total_ns,
            counted,
            ..CallCount::default()
        };
        let by_call = BTreeMap::from([
            ("openat".to_owned(), count(4, 1_000_000)),
            ("ppoll".to_owned(), count(1, 3_000_000)),
        ]);
        let table = table(&by_call);
        let names: Vec<&str> = table
            .lines()
            .filter_map(|line| line.split_whitespace().last())
            .collect();
        assert_eq!(names[2..], ["ppoll", "openat", "----------------", "total"]);
        assert!(table.contains(" 75.00    0.003000        3000         1"));
    }
}
