//! What the matrix found, as text for people and as JSON for machines.
//!
//! Judges nothing; knows only which kernels' failures count. What is saved is what all runs of one build found: the whole
//! takes hours, and need not be one run.

mod earlier;
pub(crate) mod readme;

use std::fmt::{self, Write as _};
use std::fs;
use std::process::ExitCode;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use crate::paths;

/// Reports and never gates: it changes under our feet.
const UNCOUNTED: &str = "debian-latest";
/// What is saved for machines, and for the next run.
const JSON: &str = "vm-matrix.json";

/// The outcome of one boot.
#[derive(Clone, Deserialize, Serialize)]
pub(crate) struct Round {
    pub(crate) kernel: String,
    pub(crate) release: String,
    pub(crate) cpu: String,
    pub(crate) boot_seconds: f64,
    pub(crate) seconds: f64,
    pub(crate) verdicts: Vec<Verdict>,
}

/// The outcome of one case in one boot.
#[derive(Clone, Deserialize, Serialize)]
pub(crate) struct Verdict {
    pub(crate) case: String,
    pub(crate) failure: Option<String>,
    pub(crate) seconds: f64,
}

impl Round {
    /// A line, and one more for each case that failed.
    pub(crate) fn summary(&self) -> String {
        let failed = self
            .verdicts
            .iter()
            .filter(|verdict| verdict.failure.is_some());
        let count = failed.clone().count();
        let passed = self.verdicts.len() - count;
        let mut text = format!(
            "{} {}: {passed} passed, {count} failed\n",
            self.kernel, self.cpu
        );
        for Verdict { case, failure, .. } in failed {
            let why = failure.as_deref().unwrap_or_default();
            let why = why.lines().next().unwrap_or_default();
            let _ = writeln!(text, "  FAIL  {case}: {why}");
        }
        text
    }
}

/// A kernel that was not booted, or a case that was not run on one.
#[derive(Clone, Deserialize, PartialEq, Serialize)]
pub(crate) struct Skipped {
    pub(crate) what: String,
    pub(crate) reason: String,
}

/// Everything one run of the matrix found, or several of the same build.
#[derive(Clone, Deserialize, Serialize)]
pub(crate) struct Report {
    /// The build's name; empty where nothing of it is kept.
    #[serde(default)]
    pub(crate) build: String,
    pub(crate) qemu: String,
    pub(crate) rounds: Vec<Round>,
    pub(crate) skipped: Vec<Skipped>,
}

impl Report {
    /// Prints it, and says by the exit code whether a case failed.
    pub(crate) fn show(&self) -> ExitCode {
        print!("{self}");
        if self.totals().1 == 0 {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        }
    }

    /// Passed and failed cases that count.
    pub(crate) fn totals(&self) -> (usize, usize) {
        let counted = self.rounds.iter().filter(|round| round.kernel != UNCOUNTED);
        counted
            .flat_map(|round| &round.verdicts)
            .fold((0, 0), |(passed, failed), verdict| {
                if verdict.failure.is_none() {
                    (passed + 1, failed)
                } else {
                    (passed, failed + 1)
                }
            })
    }

    /// Writes `vm-matrix.txt` and `vm-matrix.json` into the build directory, with what earlier runs of the build found.
    pub(crate) fn save(&self) -> Result<()> {
        let json = paths::target().join(JSON);
        let all = earlier::read(&json).map_or_else(|| self.clone(), |found| self.with(found));
        let json = serde_json::to_string_pretty(&all).context("cannot write the report as JSON")?;
        for (name, text) in [("vm-matrix.txt", all.to_string()), (JSON, json)] {
            let path = paths::target().join(name);
            fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
        }
        Ok(())
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for round in &self.rounds {
            let Round {
                kernel,
                release,
                cpu,
                boot_seconds,
                seconds,
                verdicts,
            } = round;
            writeln!(
                f,
                "{kernel} ({release}), {cpu}, QEMU {}: {seconds:.1} s, boot {boot_seconds:.1} s",
                self.qemu
            )?;
            for Verdict {
                case,
                failure,
                seconds,
            } in verdicts
            {
                let word = if failure.is_none() { "pass" } else { "FAIL" };
                writeln!(f, "  {word}  {case:<32} {seconds:6.1} s")?;
                for line in failure.iter().flat_map(|failure| failure.lines()) {
                    writeln!(f, "          {line}")?;
                }
            }
        }
        for Skipped { what, reason } in &self.skipped {
            writeln!(f, "skipped {what}: {reason}")?;
        }
        if self.rounds.iter().any(|round| round.kernel == UNCOUNTED) {
            writeln!(f, "{UNCOUNTED} is reported, not counted")?;
        }
        let (passed, failed) = self.totals();
        writeln!(f, "{passed} passed, {failed} failed")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A boot, and why cases failed in it.
    pub(super) fn round(kernel: &str, cases: &[(&str, Option<&str>)]) -> Round {
        let verdict = |(case, failure): &(&str, Option<&str>)| Verdict {
            case: (*case).to_owned(),
            failure: failure.map(str::to_owned),
            seconds: 1.0,
        };
        Round {
            kernel: kernel.into(),
            release: "6.1.0-56".into(),
            cpu: "max".into(),
            boot_seconds: 1.0,
            seconds: 2.0,
            verdicts: cases.iter().map(verdict).collect(),
        }
    }

    /// What was found of these boots of a build.
    pub(super) fn report(build: &str, rounds: Vec<Round>) -> Report {
        Report {
            build: build.into(),
            qemu: "7.2.22".into(),
            rounds,
            skipped: Vec::new(),
        }
    }

    #[test]
    fn a_round_says_what_failed_and_why() {
        let no = round("debian-6.1", &[("boots", Some("no\nmore"))]).summary();
        assert_eq!(
            no,
            "debian-6.1 max: 0 passed, 1 failed\n  FAIL  boots: no\n"
        );
        let yes = round("debian-6.1", &[("boots", None)]).summary();
        assert_eq!(yes, "debian-6.1 max: 1 passed, 0 failed\n");
    }

    #[test]
    fn the_last_line_counts_what_gates() {
        let rounds = vec![
            round("debian-6.1", &[("boots", None)]),
            round("debian-5.10", &[("boots", Some("no"))]),
            round(UNCOUNTED, &[("boots", Some("no"))]),
        ];
        let report = report("x", rounds);
        assert!(report.to_string().ends_with("\n1 passed, 1 failed\n"));
    }
}
