//! `cargo xtask bench`: what tracing costs, in instructions of the guest for each call that a program makes.
//!
//! One boot per kernel, on one CPU, under `-icount`: a nanosecond of the guest is an instruction, on any host. What is run
//! stands in `plan`, what is asked of it in `targets`; `figures` makes a table of what came out.

mod alone;
mod baseline;
mod bpftrace;
mod figures;
mod plan;
mod targets;

use std::fs;
use std::io;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use clap::Args;

use crate::build::Build;
use crate::guest::{Programs, stripped_daemon};
use crate::kernels::{self, Kernel};
use crate::output::Output;
use crate::qemu::{self, Machine};
use crate::{dist, paths, verifier};
use baseline::Baseline;
use figures::{Boot, Report};
use plan::{Run, Tool, Workload};

/// What the targets are about.
const KERNELS: [&str; 2] = ["debian-6.1", "gki-like-6.12"];
/// The libraries of bpftrace lie in it, and what tools write.
const MEMORY_MIB: u32 = 3072;
/// As new phones are.
const CPU: &str = "max,pauth-impdef=on";

/// Measure what tracing costs, in guest instructions per call
///
/// The table goes to stdout, target/bench.txt and target/bench.json.
#[derive(Args)]
pub(crate) struct Bench {
    /// Only these kernels [default: debian-6.1 and gki-like-6.12]
    #[arg(long)]
    kernel: Vec<String>,
    /// Only these workloads
    #[arg(long, value_parser = plan::workload)]
    workload: Vec<&'static Workload>,
    /// Only these tools; nothing attached is always measured
    #[arg(long)]
    tool: Vec<Tool>,
    /// Calls of a workload in one span; there are six, and the median of the last five counts
    #[arg(long, default_value_t = 2000)]
    calls: u64,
    /// Seconds until a guest counts as hung
    #[arg(long, default_value_t = 900)]
    timeout: u64,
    /// A few figures on debian-6.1; fails where one is more than a tenth, and more than the error of a measurement (30
    /// instructions), above xtask/lab/bench.txt, which is of one compiler, QEMU and kernel
    #[arg(long, conflicts_with_all = ["kernel", "workload", "tool", "calls"])]
    short: bool,
    /// Write what the short run finds to that file
    #[arg(long, requires = "short")]
    update: bool,
    /// Take the newest build as it is
    #[arg(long)]
    no_build: bool,
}

impl Bench {
    /// Runs the verb.
    pub(crate) fn run(&self) -> Result<ExitCode> {
        ensure!(self.calls >= 500, "--calls: fewer than 500 say little");
        Build::usual().unless(self.no_build)?;
        let programs = Programs::prepare()?;
        let runs = if self.short {
            plan::short_runs()
        } else {
            plan::runs(&self.tool, &self.workload)
        };
        let mut report = Report {
            qemu: qemu::version()?,
            cpu: CPU.to_owned(),
            binary_bytes: binary_bytes()?,
            boots: Vec::new(),
        };
        for name in self.kernels() {
            let found = if self.kernel.is_empty() && !self.short {
                kernels::unless_absent(name)?
            } else {
                Some(kernels::find(name)?)
            };
            let Some(kernel) = found else { continue };
            report.boots.push(self.boot(&kernel, &programs, &runs)?);
        }
        if self.short {
            return self.judge(&report);
        }
        report.save()?;
        print!("{report}");
        Ok(ExitCode::SUCCESS)
    }

    /// Holds the report against the file, or makes it the file. The last line is the numbers of figures passed and failed.
    fn judge(&self, report: &Report) -> Result<ExitCode> {
        let made_by = format!("{}; QEMU {}", verifier::compiler()?, report.qemu);
        let found = Baseline::of(&made_by, &report.boots);
        if self.update {
            found.save()?;
            print!("{found}");
            return Ok(ExitCode::SUCCESS);
        }
        for boot in &report.boots {
            println!("{boot}");
        }
        let verdicts = Baseline::read()?.judge(&found);
        for skipped in &verdicts.skipped {
            println!("skipped: {skipped}");
        }
        for failure in &verdicts.failures {
            println!("FAILED {failure}");
        }
        let failed = verdicts.failures.len();
        println!("{} passed, {failed} failed", verdicts.passed);
        Ok(ExitCode::from(u8::from(failed > 0)))
    }

    fn kernels(&self) -> Vec<&str> {
        if self.short {
            vec![plan::SHORT_KERNEL]
        } else if self.kernel.is_empty() {
            KERNELS.to_vec()
        } else {
            self.kernel.iter().map(String::as_str).collect()
        }
    }

    /// The daemon alone is measured where nothing is left out.
    fn script(&self, runs: &[Run]) -> String {
        if self.short {
            return plan::script(runs, plan::SHORT_CALLS);
        }
        let mut script = plan::script(runs, self.calls);
        if self.tool.is_empty() && self.workload.is_empty() {
            script.push_str(alone::SCRIPT);
        }
        script
    }

    fn boot(&self, kernel: &Kernel, programs: &Programs, runs: &[Run]) -> Result<Boot> {
        kernel.suits(CPU)?;
        let machine = Machine {
            icount: true,
            memory: MEMORY_MIB,
            timeout: Duration::from_secs(self.timeout),
            copies: plan::copies(runs)?,
            ..Machine::new(kernel.clone(), CPU, self.script(runs))
        };
        let output = Output::default();
        let report = machine.run(programs, output.clone(), io::stderr())?;
        let text = output.text();
        ensure!(
            report.status == 0,
            "{}: the script ended with status {}, after:\n{text}",
            kernel.name,
            report.status
        );
        Boot::parse(&kernel.name, &text).with_context(|| format!("{}:\n{text}", kernel.name))
    }
}

/// Of the program as it is released.
fn binary_bytes() -> Result<u64> {
    let released = paths::target().join("lab/released");
    dist::strip(&stripped_daemon(), &released).context("there is no build of sandboxd")?;
    Ok(fs::metadata(&released)?.len())
}
