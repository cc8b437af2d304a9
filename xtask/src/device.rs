//! `cargo xtask device`: `scripts/device.sh` end to end, by the host's real `adb` and a real `adbd` in a guest.
//!
//! `phone` is the guest and what talks to it; `runs` has the cases that go well, `endings`
//! those that are ended from outside, `services` what the device starts, `troubles` runs that do not begin.

mod endings;
mod phone;
mod runs;
mod services;
mod standing_in;
mod started;
mod troubles;

use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Result, bail};
use clap::Args;

use crate::kernels::{self, Absent, Kernel};
use crate::report::{Report, Round, Skipped, Verdict};
use crate::{qemu, signals};
use phone::Phone;

const CPU: &str = "max,pauth-impdef=on";
/// The kernel to take, and the one where that is absent.
const KERNELS: [&str; 2] = ["gki-like-6.12", "debian-6.12"];

/// Run scripts/device.sh against a guest that adb takes for a phone
#[derive(Args)]
pub(crate) struct Device {
    /// Only these cases
    #[arg(long)]
    case: Vec<String>,
    /// List the cases and end
    #[arg(long)]
    list: bool,
}

/// A case by its name.
type Case = (&'static str, fn(&Phone) -> Result<()>);

impl Device {
    /// Runs the verb: fails if a case failed.
    pub(crate) fn run(&self) -> Result<ExitCode> {
        let cases = self.cases()?;
        if self.list {
            for (name, _) in &cases {
                println!("{name}");
            }
            return Ok(ExitCode::SUCCESS);
        }
        let mut skipped = Vec::new();
        let kernel = kernel(&mut skipped)?;
        let begin = Instant::now();
        let phone = Phone::boot(&kernel, CPU)?;
        let boot_seconds = begin.elapsed().as_secs_f64();
        let release = phone.release()?;
        let mut verdicts: Vec<_> = cases.iter().map(|case| judge(case, &phone)).collect();
        if let Err(error) = phone.off() {
            verdicts.push(Verdict {
                case: "the guest's end".into(),
                failure: Some(format!("{error:#}")),
                seconds: 0.0,
            });
        }
        let report = Report {
            build: String::new(),
            qemu: qemu::version()?,
            rounds: vec![Round {
                kernel: kernel.name,
                release,
                cpu: CPU.into(),
                boot_seconds,
                seconds: begin.elapsed().as_secs_f64(),
                verdicts,
            }],
            skipped,
        };
        Ok(report.show())
    }

    fn cases(&self) -> Result<Vec<Case>> {
        let mut cases: Vec<Case> = [
            runs::CASES,
            endings::CASES,
            services::CASES,
            troubles::CASES,
        ]
        .concat();
        for name in &self.case {
            if !cases.iter().any(|(known, _)| known == name) {
                let names: Vec<_> = cases.iter().map(|(name, _)| *name).collect();
                bail!("no case {name:?}: there are {}", names.join(", "));
            }
        }
        cases.retain(|(name, _)| self.case.is_empty() || self.case.iter().any(|one| one == name));
        Ok(cases)
    }
}

/// What stands between two words of a file of the repository.
#[cfg(test)]
fn between(file: &str, start: &str, end: &str) -> String {
    let text = std::fs::read_to_string(crate::paths::root().join(file)).unwrap();
    let rest = text.split_once(start).unwrap().1;
    rest.split_once(end).unwrap().0.to_owned()
}

fn kernel(skipped: &mut Vec<Skipped>) -> Result<Kernel> {
    let [wanted, other] = KERNELS;
    match kernels::find(wanted) {
        Err(error) if error.is::<Absent>() => {
            skipped.push(Skipped {
                what: format!("{wanted} (took {other})"),
                reason: error.to_string(),
            });
            kernels::find(other)
        }
        found => found,
    }
}

fn judge(&(name, case): &Case, phone: &Phone) -> Verdict {
    let begin = Instant::now();
    eprintln!("device: {name}");
    let result = if signals::caught() {
        Err(anyhow::anyhow!("not run: interrupted"))
    } else {
        phone.as_it_was().and_then(|()| case(phone))
    };
    Verdict {
        case: name.into(),
        failure: result.err().map(|error| format!("{error:#}")),
        seconds: begin.elapsed().as_secs_f64(),
    }
}
