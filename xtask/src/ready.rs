//! `cargo xtask ready`: how long a run takes to begin and to end, with a kprobe on every call of the default selection.
//!
//! Under `-icount`, where the guest's clock counts instructions: whatever the host does beside, the figures stay.

use std::io;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Result, ensure};
use clap::Args;

use crate::build::Build;
use crate::cases::trace::Facts;
use crate::guest::Programs;
use crate::kernels::{self, Kernel};
use crate::output::Output;
use crate::qemu::Machine;

const SCRIPT: &str = include_str!("../lab/guest/ready.sh");
/// What a run may take, milliseconds: until it is ready, and from Ctrl-C until it is gone and its stream is closed.
const MOST: [i64; 3] = [3000, 1000, 1000];

/// Measure how long a run takes to begin and to end, with all kprobes of the default selection
///
/// Fails if it is ready later than after 3 s, or gone later than 1 s after Ctrl-C, by the clock of a guest whose processor makes
/// an instruction in a nanosecond.
#[derive(Args)]
pub(crate) struct Ready {
    /// Only these kernels
    #[arg(long)]
    kernel: Vec<String>,
    /// QEMU's CPU model
    #[arg(long, default_value = "max,pauth-impdef=on")]
    cpu: String,
    /// Take the newest build as it is
    #[arg(long)]
    no_build: bool,
}

impl Ready {
    /// Runs the verb.
    pub(crate) fn run(&self) -> Result<ExitCode> {
        Build::usual().unless(self.no_build)?;
        let programs = Programs::prepare()?;
        let mut names: Vec<&str> = self.kernel.iter().map(String::as_str).collect();
        if names.is_empty() {
            names = kernels::names();
        }
        let mut late = Vec::new();
        for name in names {
            let found = if self.kernel.is_empty() {
                kernels::unless_absent(name)?
            } else {
                Some(kernels::find(name)?)
            };
            let Some(kernel) = found else { continue };
            let text = self.boot(&kernel, &programs)?;
            let (said, in_time) = judged(name, &text)?;
            println!("{said}");
            if !in_time {
                late.push(name);
            }
        }
        ensure!(
            late.is_empty(),
            "more than {MOST:?} ms on {}",
            late.join(", ")
        );
        Ok(ExitCode::SUCCESS)
    }

    fn boot(&self, kernel: &Kernel, programs: &Programs) -> Result<String> {
        kernel.suits(&self.cpu)?;
        let machine = Machine {
            icount: true,
            timeout: Duration::from_mins(10),
            ..Machine::new(kernel.clone(), &self.cpu, format!("cd /tmp\n{SCRIPT}"))
        };
        let output = Output::default();
        let report = machine.run(programs, output.clone(), io::stderr())?;
        let text = output.text();
        ensure!(
            report.status == 0,
            "{}: the script ended with status {}: {text}",
            kernel.name,
            report.status
        );
        Ok(text)
    }
}

/// What was measured, in words, and whether that is little enough.
fn judged(name: &str, text: &str) -> Result<(String, bool)> {
    let facts = Facts::of(text);
    let code = facts.number("code")?;
    ensure!(code == 0, "{name}: exit code {code}");
    let probes = facts.number("probes")?;
    ensure!(probes > 100, "{name}: only {probes} probes");
    let mut took = [0; 3];
    for (took, what) in took.iter_mut().zip(["ready_ms", "gone_ms", "closed_ms"]) {
        *took = facts.number(what)?;
    }
    let [ready, gone, closed] = took;
    let release = facts.texts("release").next().unwrap_or_default();
    let said = format!(
        "{name} ({release}): {probes} probes, ready after {ready} ms; gone {gone} ms after Ctrl-C, its stream closed after \
         {closed} ms"
    );
    Ok((
        said,
        took.iter().zip(MOST).all(|(took, most)| *took <= most),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_takes_too_long_is_noticed() {
        let text = |ready, closed| {
            format!(
                "probes=184\nrelease=6.1\ncode=0\nready_ms={ready}\ngone_ms=30\nclosed_ms={closed}\n"
            )
        };
        let in_time = |text: String| judged("a", &text).unwrap().1;
        assert!(in_time(text(3000, 1000)));
        assert!(!in_time(text(3010, 30)));
        assert!(!in_time(text(2000, 1010)));
        assert!(judged("a", &text(1, 1).replace("184", "3")).is_err());
        assert!(judged("a", "code=0\nready_ms=1\n").is_err());
    }
}
