//! README's table of kernels: what the runs of the matrix on the last build found.

use std::fmt::Write as _;
use std::fs;

use anyhow::{Context, Result, ensure};

use super::{JSON, Report, Round, UNCOUNTED};
use crate::paths;

const BEGIN: &str = "<!-- kernels: from vm-matrix -->\n";
const END: &str = "<!-- end -->";

/// Writes the table into README.md, from `target/vm-matrix.json`; `cases`: how many there are.
pub(crate) fn write(cases: usize) -> Result<()> {
    let json = paths::target().join(JSON);
    let text = fs::read_to_string(&json).with_context(|| {
        format!(
            "cannot read {} (cargo xtask vm-matrix writes it)",
            json.display()
        )
    })?;
    let report: Report =
        serde_json::from_str(&text).context("vm-matrix.json is of another version")?;
    is_whole(&report, cases)?;
    let path = paths::root().join("README.md");
    let readme = fs::read_to_string(&path).context("cannot read README.md")?;
    fs::write(&path, with_table(&readme, &table(&report))?).context("cannot write README.md")
}

/// A table of a part of the matrix would say too little of the kernels, or too much.
fn is_whole(report: &Report, cases: usize) -> Result<()> {
    ensure!(!report.rounds.is_empty(), "no kernel was booted");
    for round in &report.rounds {
        let mine = |what: &str| what.starts_with(&format!("{}, ", round.kernel));
        let skipped = report.skipped.iter().filter(|skipped| mine(&skipped.what));
        let run = round.verdicts.len() + skipped.count();
        ensure!(
            run >= cases,
            "{} ran {run} of {cases} cases: run the whole matrix (cargo xtask vm-matrix) first",
            round.kernel
        );
    }
    Ok(())
}

fn table(report: &Report) -> String {
    let mut text = String::from(
        "| Kernel | Version | CPU model | Cases that pass |\n| --- | --- | --- | --- |\n",
    );
    for round in &report.rounds {
        let _ = writeln!(
            text,
            "| `{}` | {} | `{}` | {} |",
            round.kernel,
            round.release,
            round.cpu,
            passed(round)
        );
    }
    let _ = writeln!(text, "\nIn QEMU {}.", report.qemu);
    for skipped in &report.skipped {
        let _ = writeln!(text, "Skipped: {} ({}).", skipped.what, skipped.reason);
    }
    text
}

fn passed(round: &Round) -> String {
    let failed = || {
        round
            .verdicts
            .iter()
            .filter(|verdict| verdict.failure.is_some())
    };
    let all = round.verdicts.len();
    let mut text = format!("{} of {all}", all - failed().count());
    let names: Vec<&str> = failed().map(|verdict| verdict.case.as_str()).collect();
    if !names.is_empty() {
        let _ = write!(text, "; not {}", names.join(", "));
    }
    if round.kernel == UNCOUNTED {
        text.push_str(" (does not count)");
    }
    text
}

fn with_table(readme: &str, table: &str) -> Result<String> {
    let (before, rest) = readme
        .split_once(BEGIN)
        .context("README.md has no mark for the table of kernels")?;
    let (_, after) = rest.split_once(END).context("the mark has no end")?;
    Ok(format!("{before}{BEGIN}{table}{END}{after}"))
}

#[cfg(test)]
mod tests {
    use super::super::{Skipped, tests};
    use super::*;

    fn report() -> Report {
        let rounds = vec![
            tests::round("debian-6.1", &[("a", None), ("b", Some("no"))]),
            tests::round(UNCOUNTED, &[("a", None)]),
        ];
        Report {
            skipped: vec![Skipped {
                what: format!("{UNCOUNTED}, b"),
                reason: "absent".into(),
            }],
            ..tests::report("x", rounds)
        }
    }

    #[test]
    fn the_table_says_what_passed_and_what_did_not() {
        let text = table(&report());
        assert!(
            text.contains("| `debian-6.1` | 6.1.0-56 | `max` | 1 of 2; not b |\n"),
            "{text}"
        );
        assert!(text.contains("| 1 of 1 (does not count) |\n"), "{text}");
        assert!(
            text.contains("QEMU 7.2.22") && text.contains("(absent)"),
            "{text}"
        );
    }

    #[test]
    fn a_part_of_the_matrix_is_refused() {
        assert!(is_whole(&report(), 2).is_ok());
        assert!(is_whole(&report(), 3).is_err());
    }

    #[test]
    fn the_table_stands_between_its_marks() {
        let readme = format!("a\n{BEGIN}old\n{END}\nb\n");
        let text = with_table(&readme, "new\n").unwrap();
        assert_eq!(text, format!("a\n{BEGIN}new\n{END}\nb\n"));
        assert!(with_table("nothing", "x").is_err());
    }
}
