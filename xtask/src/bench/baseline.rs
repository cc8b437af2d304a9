//! What tracing cost when somebody last looked: `xtask/lab/bench.txt`, and what came of a run beside it.
//!
//! Figures belong to one compiler, linker and QEMU and to exact kernels. With others nothing is said about them.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};

use super::figures::Boot;
use super::plan::Tool;
use crate::paths;

/// A cost may rise by so much of what it was, and by so many instructions, before it counts.
const RISE: f64 = 0.10;
const ERROR: f64 = 30.0;

/// What is measured: kernel release, tool, workload.
type Key = (String, String, String);

/// The file.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Baseline {
    /// Compiler, linker and QEMU.
    made_by: String,
    added: BTreeMap<Key, f64>,
}

/// What came of figures that were held against the file.
#[derive(Debug, Default)]
pub(super) struct Verdicts {
    pub(super) passed: usize,
    pub(super) failures: Vec<String>,
    pub(super) skipped: Vec<String>,
}

impl Baseline {
    /// What boots of such a build found.
    pub(super) fn of(made_by: &str, boots: &[Boot]) -> Self {
        let of_boot = |boot: &Boot| {
            let release = boot.release().to_owned();
            boot.all_added()
                .filter(|(tool, ..)| tool.is_ours())
                .map(|(tool, workload, added)| {
                    (
                        (release.clone(), tool.to_string(), workload.to_owned()),
                        added,
                    )
                })
                .collect::<Vec<_>>()
        };
        Self {
            made_by: made_by.to_owned(),
            added: boots.iter().flat_map(of_boot).collect(),
        }
    }

    pub(super) fn read() -> Result<Self> {
        let path = path();
        let text =
            fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        Self::parse(&text).with_context(|| format!("{} is damaged", path.display()))
    }

    pub(super) fn save(&self) -> Result<()> {
        let path = path();
        fs::write(&path, self.to_string())
            .with_context(|| format!("cannot write {}", path.display()))
    }

    fn parse(text: &str) -> Result<Self> {
        let mut baseline = Self::default();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            if let Some(made_by) = line.strip_prefix("made by: ") {
                made_by.clone_into(&mut baseline.made_by);
                continue;
            }
            let words: Vec<&str> = line.split(' ').collect();
            let [release, tool, workload, added] = words[..] else {
                anyhow::bail!("what is {line:?}");
            };
            let added = added.parse().with_context(|| format!("what is {line:?}"))?;
            let key = (release.to_owned(), tool.to_owned(), workload.to_owned());
            baseline.added.insert(key, added);
        }
        Ok(baseline)
    }

    /// Holds what was found against the file.
    pub(super) fn judge(&self, found: &Self) -> Verdicts {
        let mut verdicts = Verdicts::default();
        for (key, now) in &found.added {
            let (release, tool, workload) = key;
            let what = format!("{release}: added to {workload} by {tool}");
            match self.added.get(key) {
                _ if self.made_by != found.made_by => verdicts.skipped.push(format!(
                    "{what}: {now:.0}; {} is of {}, this is {}",
                    path().display(),
                    self.made_by,
                    found.made_by
                )),
                None => verdicts.skipped.push(format!(
                    "{what}: {now:.0}; {} does not know it",
                    path().display()
                )),
                Some(before) if *now > before * (1.0 + RISE) + ERROR => {
                    verdicts.failures.push(format!(
                        "{what}: {now:.0}, it was {before:.0}; if that is right: cargo xtask bench --short --update"
                    ));
                }
                Some(_) => verdicts.passed += 1,
            }
        }
        verdicts.failures.extend(self.vanished(found));
        verdicts
    }

    /// Figures of the file that were not found again, of a kernel that others were found of.
    fn vanished(&self, found: &Self) -> impl Iterator<Item = String> {
        let is_same = self.made_by == found.made_by;
        let has = |release: &str| found.added.keys().any(|(other, ..)| other == release);
        let gone = self
            .added
            .keys()
            .filter(move |key| is_same && has(&key.0) && !found.added.contains_key(*key));
        gone.map(|(release, tool, workload)| {
            format!("{release}: added to {workload} by {tool} was not measured")
        })
    }
}

impl fmt::Display for Baseline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "# What tracing adds to a call, in guest instructions, as `cargo xtask bench --short` finds it; with --update it \
             writes this file.\nmade by: {}",
            self.made_by
        )?;
        for ((release, tool, workload), added) in &self.added {
            writeln!(f, "{release} {tool} {workload} {added:.0}")?;
        }
        Ok(())
    }
}

impl Tool {
    fn is_ours(self) -> bool {
        matches!(
            self,
            Self::Kprobe | Self::Tracepoint | Self::KprobeNoReturns
        )
    }
}

fn path() -> PathBuf {
    paths::lab().join("bench.txt")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn baseline(made_by: &str, openat: &str) -> Baseline {
        let text = format!("# told\nmade by: {made_by}\n6.1.0 kprobe openat {openat}\n");
        Baseline::parse(&text).unwrap()
    }

    #[test]
    fn the_file_is_written_as_it_is_read() {
        let one = baseline("rustc 1; QEMU 7", "12000");
        assert_eq!(Baseline::parse(&one.to_string()).unwrap(), one);
        assert!(Baseline::parse("6.1.0 kprobe openat").is_err());
    }

    #[test]
    fn a_rise_by_more_than_a_tenth_fails() {
        let before = baseline("rustc 1", "12000");
        let judge = |made_by, openat| {
            let verdicts = before.judge(&baseline(made_by, openat));
            (
                verdicts.passed,
                verdicts.failures.len(),
                verdicts.skipped.len(),
            )
        };
        assert_eq!(judge("rustc 1", "13200"), (1, 0, 0));
        assert_eq!(judge("rustc 1", "9000"), (1, 0, 0));
        assert_eq!(judge("rustc 1", "13300"), (0, 1, 0));
        // Of another compiler, whatever it is.
        assert_eq!(judge("rustc 2", "99000"), (0, 0, 1));
    }

    #[test]
    fn a_figure_that_is_not_found_again_fails() {
        let before = Baseline::parse(
            "made by: rustc 1\n6.1.0 kprobe openat 12000\n6.1.0 kprobe getppid 9000\n6.12 kprobe openat 1\n",
        );
        let verdicts = before.unwrap().judge(&baseline("rustc 1", "12000"));
        assert_eq!((verdicts.passed, verdicts.failures.len()), (1, 1));
        assert!(verdicts.failures[0].contains("getppid"));
    }

    #[test]
    fn what_the_file_does_not_know_is_told() {
        let verdicts = Baseline::default().judge(&baseline("", "1"));
        assert_eq!((verdicts.passed, verdicts.skipped.len()), (0, 1));
    }
}
