//! `cargo xtask flood`: more calls than can be read, for minutes, and readers that stall, go on and are killed.
//!
//! One boot with four CPUs. What is done and what must come of it stands in `cases/flood`.

use std::io;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Result, bail};
use clap::Args;

use crate::build::Build;
use crate::cases::flood::{Account, Judge, SCRIPT};
use crate::guest::Programs;
use crate::kernels;
use crate::qemu::Machine;

const CPUS: u32 = 4;
/// Lines of two of the runs wait in the guest's memory until they are read.
const MEMORY_MIB: u32 = 3072;
/// What the daemon takes is looked at so often, milliseconds.
const LOOK_MS: u32 = 250;
/// However long the floods are, the guest boots, and what waits is read; on a host that is busy with other things.
const BESIDE: Duration = Duration::from_mins(20);

/// Flood a run on four CPUs, with readers that stall, go on and are killed
///
/// Fails unless `seen = emitted + filtered + lost` of each call, against what the flooder itself counted, every line is what
/// the schema says, and the daemon's anonymous memory is at most 8 MiB and flat: in the last third of a run no more than before,
/// but for 5 %.
#[derive(Args)]
pub(crate) struct Flood {
    /// Kernel by name
    #[arg(long, default_value = "debian-6.1")]
    kernel: String,
    /// QEMU's CPU model
    #[arg(long, default_value = "cortex-a57")]
    cpu: String,
    /// How many seconds calls are made, in all
    #[arg(long, default_value_t = 120)]
    seconds: u64,
    /// The ring between kernel and daemon
    #[arg(long, default_value = "8M")]
    buffer: String,
    /// Take the newest build as it is
    #[arg(long)]
    no_build: bool,
}

impl Flood {
    /// Runs the verb.
    pub(crate) fn run(&self) -> Result<ExitCode> {
        let kernel = kernels::find_for(&self.kernel, &self.cpu)?;
        Build::usual().unless(self.no_build)?;
        let machine = Machine {
            cpus: CPUS,
            memory: MEMORY_MIB,
            timeout: Duration::from_secs(self.seconds) + BESIDE,
            ..Machine::new(kernel, &self.cpu, self.script())
        };
        let mut judge = Judge::default();
        let report = machine.run(&Programs::prepare()?, &mut judge, io::stderr())?;
        let accounts = judge.end();
        if report.status != 0 {
            let why = accounts.err().map(|error| format!("{error:#}"));
            bail!(
                "the script ended with status {}; {}",
                report.status,
                why.unwrap_or_default()
            );
        }
        let accounts = accounts?;
        for account in &accounts {
            println!("{account}");
        }
        accounts.iter().try_for_each(Account::is_flat)?;
        Ok(ExitCode::SUCCESS)
    }

    /// The reader stalls in two of the runs.
    fn script(&self) -> String {
        let seconds = |share: u64| (self.seconds * share).div_ceil(12);
        format!(
            "cd /tmp; exec 3>&1; rounds=1 buffer={} look={LOOK_MS} reading={} stalled={} after={} killed={} filed={}\n{SCRIPT}",
            self.buffer,
            seconds(3),
            seconds(2),
            seconds(3),
            seconds(1),
            seconds(1)
        )
    }
}
