//! `cargo xtask bench`: what tracing costs, in instructions of the guest for each call that a program makes.
//!
//! One boot per kernel, on one CPU, under `-icount`: a nanosecond of the guest is an instruction, on any host. What is run
//! stands in `plan`, what is asked of it in `targets`; `figures` makes a table of what came out.

mod bpftrace;
mod figures;
mod plan;
mod targets;

use std::fs;
use std::io;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use clap::Args;

use crate::build::Build;
use crate::guest::{Programs, stripped_daemon};
use crate::kernels::{self, Absent, Kernel};
use crate::qemu::{self, Machine};
use crate::{dist, paths};
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
    /// Take the newest build as it is
    #[arg(long)]
    no_build: bool,
}

impl Bench {
    /// Runs the verb.
    pub(crate) fn run(&self) -> Result<ExitCode> {
        ensure!(self.calls >= 500, "--calls: fewer than 500 say little");
        if !self.no_build {
            Build::usual()
                .program()
                .context("cannot build what the guests run")?;
        }
        let programs = Programs::prepare()?;
        let runs = plan::runs(&self.tool, &self.workload);
        let mut report = Report {
            qemu: qemu::version()?,
            cpu: CPU.to_owned(),
            binary_bytes: binary_bytes()?,
            boots: Vec::new(),
        };
        for name in self.kernels() {
            let kernel = match kernels::find(name) {
                Err(error) if self.kernel.is_empty() && error.is::<Absent>() => {
                    eprintln!("xtask: skipped: {error}");
                    continue;
                }
                kernel => kernel?,
            };
            report.boots.push(self.boot(&kernel, &programs, &runs)?);
        }
        report.save()?;
        print!("{report}");
        Ok(ExitCode::SUCCESS)
    }

    fn kernels(&self) -> Vec<&str> {
        if self.kernel.is_empty() {
            KERNELS.to_vec()
        } else {
            self.kernel.iter().map(String::as_str).collect()
        }
    }

    fn boot(&self, kernel: &Kernel, programs: &Programs, runs: &[Run]) -> Result<Boot> {
        kernel.suits(CPU)?;
        let machine = Machine {
            icount: true,
            memory: MEMORY_MIB,
            timeout: Duration::from_secs(self.timeout),
            copies: plan::copies(runs)?,
            ..Machine::new(kernel.clone(), CPU, plan::script(runs, self.calls))
        };
        let output = Shared::default();
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

/// The guest's stdout, which a thread of the machine's writes.
#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl Shared {
    fn text(&self) -> String {
        let bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

impl io::Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
