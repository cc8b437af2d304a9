//! `cargo xtask vm-matrix`: the lab tests on every kernel and CPU model, two boots at a time.
//!
//! Says which boots there are; `round` does one, `report` prints them all.

use std::collections::VecDeque;
use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};
use std::thread;

use anyhow::{Result, bail};
use clap::Args;

use crate::build::Build;
use crate::guest::Programs;
use crate::kernels::{self, Absent, Kernel};
use crate::lab::Case;
use crate::report::{Report, Round, Skipped, Verdict, readme};
use crate::{cases, qemu, round};

const OLD_CPU: &str = "cortex-a57";
const NEW_CPU: &str = "max,pauth-impdef=on";
/// Boots at once: more would only take each other's time.
const WORKERS: usize = 2;

/// What the test command runs: a boot, and the kernel to take where the first is absent.
const QUICK: [(&str, &str, Option<&str>); 4] = [
    ("debian-5.10", OLD_CPU, None),
    ("debian-6.1", NEW_CPU, None),
    ("gki-like-6.12", NEW_CPU, Some("debian-6.12")),
    ("gki-like-5.10", OLD_CPU, Some("debian-6.12")),
];

/// Cases that take long: the test command runs them on the newer CPU model alone.
const LONG: [&str; 7] = [
    "less-power-late",
    "places32-by-tracepoint",
    "reuse",
    "reuse-filtered",
    "reuse-overflown",
    "stacks-by-tracepoint",
    "stacks-dwarf-by-tracepoint",
];

/// Run the lab tests on every kernel and CPU model; the table goes to target/vm-matrix.{txt,json} too, with what earlier runs of
/// the same build found of other kernels and cases
#[derive(Args)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an option that is there or not"
)]
pub(crate) struct Matrix {
    /// Only these kernels, by name or path
    #[arg(long)]
    kernel: Vec<String>,
    /// Only these CPU models
    #[arg(long)]
    cpu: Vec<String>,
    /// Only these cases
    #[arg(long)]
    case: Vec<String>,
    /// Only the fixed part that the test command runs
    #[arg(long, conflicts_with_all = ["kernel", "cpu"])]
    quick: bool,
    /// List the cases and end
    #[arg(long)]
    list: bool,
    /// Take the newest build as it is; do without if there is none
    #[arg(long)]
    no_build: bool,
    /// Boot nothing: judge again what earlier runs of the newest build left in target/vm-matrix
    #[arg(long, conflicts_with = "quick")]
    judge: bool,
    /// Write README's table of kernels from what runs of the last build found, and end
    #[arg(long, exclusive = true)]
    readme: bool,
}

struct Boot {
    kernel: Kernel,
    cpu: String,
    cases: Vec<Case>,
}

impl Boot {
    /// Without the cases that this kernel cannot run, which is said.
    fn new(kernel: Kernel, cpu: &str, cases: &[Case], skipped: &mut Vec<Skipped>) -> Result<Self> {
        let mut can = Vec::new();
        for case in cases {
            match case.suits(&kernel)? {
                Ok(()) => can.push(*case),
                Err(reason) => skip(&format!("{}, {}", kernel.name, case.name), &reason, skipped),
            }
        }
        Ok(Self {
            kernel,
            cpu: cpu.to_owned(),
            cases: can,
        })
    }
}

impl Matrix {
    /// Runs the verb: fails if a case failed.
    pub(crate) fn run(&self) -> Result<ExitCode> {
        let cases = self.cases()?;
        if self.readme {
            readme::write(cases.len())?;
            return Ok(ExitCode::SUCCESS);
        }
        if self.list {
            for case in &cases {
                println!("{}", case.name);
            }
            return Ok(ExitCode::SUCCESS);
        }
        let mut skipped = Vec::new();
        let boots = self.boots(&cases, &mut skipped)?;
        Build::usual().unless(self.no_build || self.judge)?;
        let build = round::build()?;
        let rounds = if self.judge {
            all(boots, |Boot { kernel, cpu, cases }| {
                round::judge(kernel, cpu, &build, cases)
            })
        } else {
            let programs = Programs::prepare()?;
            all(boots, |Boot { kernel, cpu, cases }| {
                round::run(kernel, cpu, (&programs, &build), cases)
            })
        };
        let report = Report {
            build,
            qemu: qemu::version()?,
            rounds,
            skipped,
        };
        report.save()?;
        Ok(report.show())
    }

    fn cases(&self) -> Result<Vec<Case>> {
        let mut cases = cases::all();
        if !self.case.is_empty() {
            cases.extend(cases::on_demand());
        }
        for name in &self.case {
            if !cases.iter().any(|case| case.name == name) {
                let names: Vec<_> = cases.iter().map(|case| case.name).collect();
                bail!("no case {name:?}: there are {}", names.join(", "));
            }
        }
        cases.retain(|case| self.case.is_empty() || self.case.iter().any(|name| name == case.name));
        Ok(cases)
    }

    fn boots(&self, cases: &[Case], skipped: &mut Vec<Skipped>) -> Result<Vec<Boot>> {
        if self.quick {
            return quick_boots(cases, skipped);
        }
        let given = |list: &[String], all: &[&str]| match list {
            [] => all.iter().map(|&name| name.to_owned()).collect(),
            list => list.to_vec(),
        };
        let mut boots = Vec::new();
        for name in given(&self.kernel, &kernels::names()) {
            let Some(kernel) = present(&name, skipped)? else {
                continue;
            };
            for cpu in given(&self.cpu, &[OLD_CPU, NEW_CPU]) {
                match kernel.suits(&cpu) {
                    Ok(()) => boots.push(Boot::new(kernel.clone(), &cpu, cases, skipped)?),
                    Err(error) => skip(&format!("{name}, {cpu}"), &error, skipped),
                }
            }
        }
        Ok(boots)
    }
}

fn quick_boots(cases: &[Case], skipped: &mut Vec<Skipped>) -> Result<Vec<Boot>> {
    let mut boots = Vec::new();
    let is_slow = |case: &Case| cases::slow().any(|slow| slow.name == case.name);
    let (left, cases): (Vec<Case>, Vec<Case>) = cases.iter().partition(|case| is_slow(case));
    for case in left {
        skipped.push(Skipped {
            what: case.name.into(),
            reason: "not in the quick part".into(),
        });
    }
    for (name, cpu, instead) in QUICK {
        let kernel = match (present(name, skipped)?, instead) {
            (None, Some(other)) => present(other, skipped)?,
            (kernel, _) => kernel,
        };
        let Some(kernel) = kernel else { continue };
        let is_left = |case: &Case| cpu == OLD_CPU && LONG.contains(&case.name);
        let (left, cases): (Vec<Case>, Vec<Case>) = cases.iter().partition(|case| is_left(case));
        if !left.is_empty() {
            let names: Vec<&str> = left.iter().map(|case| case.name).collect();
            skipped.push(Skipped {
                what: format!("{name}, {}", names.join(", ")),
                reason: "only on the other CPU model".into(),
            });
        }
        boots.push(Boot::new(kernel, cpu, &cases, skipped)?);
    }
    Ok(boots)
}

/// A kernel that is absent is skipped, and said to be; any other trouble with it is an error.
fn present(name: &str, skipped: &mut Vec<Skipped>) -> Result<Option<Kernel>> {
    match kernels::find(name) {
        Ok(kernel) => Ok(Some(kernel)),
        Err(error) if error.is::<Absent>() => {
            skip(name, &error, skipped);
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

fn skip(what: &str, error: &anyhow::Error, skipped: &mut Vec<Skipped>) {
    eprintln!("xtask: skipped: {error}");
    skipped.push(Skipped {
        what: what.into(),
        reason: error.to_string(),
    });
}

/// What comes of each, two at a time. Each is told as soon as it is known: all of them take an hour.
fn all(boots: Vec<Boot>, one: impl Fn(&Boot) -> Result<Round> + Sync) -> Vec<Round> {
    let waiting: Mutex<VecDeque<_>> = Mutex::new(boots.into_iter().enumerate().collect());
    let done = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                loop {
                    let next = waiting
                        .lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .pop_front();
                    let Some((order, boot)) = next else {
                        return;
                    };
                    let round = one(&boot).unwrap_or_else(|error| failed(&boot, &error));
                    eprint!("{}", round.summary());
                    done.lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .push((order, round));
                }
            });
        }
    });
    let mut rounds = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    rounds.sort_by_key(|(order, _)| *order);
    rounds.into_iter().map(|(_, round)| round).collect()
}

/// A boot that could not even be tried fails every case.
fn failed(Boot { kernel, cpu, cases }: &Boot, error: &anyhow::Error) -> Round {
    let verdict = |case: &Case| Verdict {
        case: case.name.into(),
        failure: Some(format!("not run: {error:#}")),
        seconds: 0.0,
    };
    Round {
        kernel: kernel.name.clone(),
        release: "not booted".into(),
        cpu: cpu.clone(),
        boot_seconds: 0.0,
        seconds: 0.0,
        verdicts: cases.iter().map(verdict).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_takes_long_is_a_case() {
        let names: Vec<&str> = cases::all().iter().map(|case| case.name).collect();
        assert!(LONG.iter().all(|name| names.contains(name)));
    }
}
