//! The table at the end of a run with `-c`: like strace's, most time first.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::event::CallCount;

/// The table, as text.
#[must_use]
pub fn table(by_call: &BTreeMap<String, CallCount>) -> String {
    let mut calls: Vec<(&String, &CallCount)> = by_call.iter().collect();
    calls.sort_by_key(|(_, count)| {
        (
            std::cmp::Reverse(count.total_ns),
            std::cmp::Reverse(count.seen),
        )
    });
    let total: u64 = calls.iter().map(|(_, count)| count.total_ns).sum();
    let mut text = String::from(HEAD);
    for (name, count) in &calls {
        row(&mut text, count, total, name);
    }
    let sum = |field: fn(&CallCount) -> u64| by_call.values().map(field).sum();
    let all = CallCount {
        seen: sum(|count| count.seen),
        lost: sum(|count| count.lost),
        errors: sum(|count| count.errors),
        total_ns: total,
        ..CallCount::default()
    };
    text.push_str(RULE);
    row(&mut text, &all, total, "total");
    text
}

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
    let each = count.total_ns.checked_div(count.seen).unwrap_or(0) / 1000;
    // Writing to a string does not fail.
    let _ = writeln!(
        text,
        "{share:6.2} {:11.6} {each:11} {:9} {:9} {:9}  {name}",
        count.total_ns as f64 / 1e9,
        count.seen,
        count.errors,
        count.lost,
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn most_time_comes_first_and_the_total_last() {
        let count = |seen, total_ns| CallCount {
            seen,
            total_ns,
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
