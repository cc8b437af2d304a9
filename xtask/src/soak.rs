//! `cargo xtask soak`: one run that sees millions of calls, and takes no more for it.
//!
//! What came of it stands in `xtask/lab/soak.txt`, with the versions that it is of.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::process::{Command, ExitCode};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use clap::Args;

use crate::build::Build;
use crate::cases::flood;
use crate::cases::takes::{self, Look};
use crate::cases::trace::{Facts, tail};
use crate::guest::Programs;
use crate::kernels;
use crate::output::Output;
use crate::qemu::{self, Machine};
use crate::toolchain::Toolchain;
use crate::{paths, process};

const SCRIPT: &str = include_str!("../lab/guest/soak.sh");
/// Calls in a round of the program that makes them.
const OF_A_ROUND: u64 = 5;
/// After so many events memory counts as what it is going to be; of a shorter run, after a tenth.
const FIRST: u64 = 1_000_000;

/// Let one run see millions of calls, and hold what it takes at the end against what it took in the beginning
///
/// Fails unless all calls are accounted for, anonymous memory at the end is within 5 % of that after the first million (of fewer events: the
/// first tenth), and threads and descriptors stay as many.
#[derive(Args)]
pub(crate) struct Soak {
    /// Kernel by name
    #[arg(long, default_value = "debian-6.1")]
    kernel: String,
    /// QEMU's CPU model
    #[arg(long, default_value = "cortex-a57")]
    cpu: String,
    /// How many events are to be shown, at least
    #[arg(long, default_value_t = 10_000_000)]
    events: u64,
    /// Write what was found to xtask/lab/soak.txt
    #[arg(long)]
    update: bool,
    /// Seconds until the guest counts as hung
    #[arg(long, default_value_t = 4 * 3600)]
    timeout: u64,
    /// Take the newest build as it is
    #[arg(long)]
    no_build: bool,
}

/// What was found.
#[derive(Debug)]
struct Found {
    release: String,
    /// Seen, emitted, filtered, lost.
    sums: [u64; 4],
    seconds: u64,
    first: Look,
    last: Look,
    most_kib: u64,
}

impl Soak {
    /// Runs the verb.
    pub(crate) fn run(&self) -> Result<ExitCode> {
        ensure!(
            self.events >= 10_000,
            "--events: fewer than 10000 say little"
        );
        let kernel = kernels::find_for(&self.kernel, &self.cpu)?;
        Build::usual().unless(self.no_build)?;
        let machine = Machine {
            timeout: Duration::from_secs(self.timeout),
            ..Machine::new(kernel, &self.cpu, self.script())
        };
        let output = Output::default();
        let report = machine.run(&Programs::prepare()?, output.clone(), io::stderr())?;
        let text = output.text();
        ensure!(
            report.status == 0,
            "the script ended with status {}: {}",
            report.status,
            tail(&text)
        );
        let found = Found::parse(&text, self.events)?;
        let said = self.said(&found)?;
        print!("{said}");
        found.holds()?;
        if self.update {
            fs::write(paths::lab().join("soak.txt"), said).context("cannot write the file")?;
        }
        Ok(ExitCode::SUCCESS)
    }

    fn script(&self) -> String {
        let batch = FIRST.min(self.events / 10);
        // One more, since some may be lost.
        format!(
            "cd /tmp; rounds={} batches={}\n{SCRIPT}",
            batch.div_ceil(OF_A_ROUND),
            self.events.div_ceil(batch) + 1
        )
    }

    fn said(&self, found: &Found) -> Result<String> {
        let [seen, emitted, filtered, lost] = found.sums;
        let commit = process::read_text(
            Command::new("git")
                .args(["rev-parse", "--short=12", "HEAD"])
                .current_dir(paths::root()),
            "asking git for the commit",
        )?;
        let mut said = String::from(
            "# What one long run took: `cargo xtask soak --update` writes this file. Memory is RssAnon, KiB.\n",
        );
        for (name, value) in [
            (
                "sandboxd",
                format!("{}, commit {}", env!("CARGO_PKG_VERSION"), commit.trim()),
            ),
            ("compiler", Toolchain::find()?.version().to_string()),
            (
                "kernel",
                format!("{} ({}), {}", self.kernel, found.release, self.cpu),
            ),
            ("qemu", qemu::version()?),
            (
                "events",
                format!("seen {seen} = emitted {emitted} + filtered {filtered} + lost {lost}"),
            ),
            ("seconds", found.seconds.to_string()),
            (
                "memory",
                format!(
                    "{} after the first tenth or million, {} at the end, {} at most",
                    found.first.rss_anon_kib, found.last.rss_anon_kib, found.most_kib
                ),
            ),
            ("threads", found.last.threads.to_string()),
            ("descriptors", found.last.descriptors.to_string()),
        ] {
            let _ = writeln!(said, "{name}: {value}");
        }
        Ok(said)
    }
}

impl Found {
    fn parse(text: &str, events: u64) -> Result<Self> {
        let facts = Facts::of(text);
        let number = |key: &str| Ok::<_, anyhow::Error>(facts.number(key)? as u64);
        ensure!(
            number("code")? == 0 && !text.contains("panicked"),
            "the run failed: {}",
            tail(text)
        );
        let sums = flood::summed_up(&facts, text, "signal")?;
        ensure!(
            sums[1] + sums[2] >= events,
            "of {events} events {} were lost",
            sums[3]
        );
        let looks: Vec<&str> = text
            .lines()
            .filter(|line| line.starts_with("at_ms="))
            .collect();
        let looks = takes::parse(&looks.join("\n"))?;
        let (first_ms, last_ms) = (number("first_ms")?, number("last_ms")?);
        let during: Vec<Look> = looks
            .iter()
            .copied()
            .filter(|look| (first_ms..=last_ms).contains(&look.at_ms))
            .collect();
        takes::constant(&during)?;
        Ok(Self {
            release: facts
                .texts("release")
                .next()
                .context("no release")?
                .to_owned(),
            sums,
            seconds: number("seconds")?,
            first: *during
                .first()
                .context("nobody looked after the first batch")?,
            last: *during.last().context("nobody looked")?,
            most_kib: takes::most(&looks),
        })
    }

    /// Memory is within 5 % of what it was.
    fn holds(&self) -> Result<()> {
        let (first, last) = (self.first.rss_anon_kib, self.last.rss_anon_kib);
        ensure!(
            first.abs_diff(last) * 20 <= first,
            "{first} KiB in the beginning, {last} KiB at the end: more than 5 % apart"
        );
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "openat=11\nfaccessat=10\nunlinkat=10\ngetppid=10\npwrite64=10\nfirst_ms=1000\nlast_ms=9000\n\
        seconds=9\ncode=0\nrelease=6.1.0-1\nat_ms=500 rss_anon_kb=900 threads=2 fds=50\nat_ms=1500 rss_anon_kb=2000 threads=2 fds=50\n\
        at_ms=8900 rss_anon_kb=2090 threads=2 fds=50\nat_ms=9100 rss_anon_kb=2089 threads=1 fds=40\n\
        INFO end (signal): seen 51 = emitted 40 + filtered 10 + lost 1; returns missed 0\n";

    #[test]
    fn what_comes_after_the_first_batch_and_before_the_end_counts() {
        let found = Found::parse(TEXT, 50).unwrap();
        assert_eq!(
            (found.first.rss_anon_kib, found.last.rss_anon_kib),
            (2000, 2090)
        );
        assert_eq!((found.sums, found.most_kib), ([51, 40, 10, 1], 2090));
        found.holds().unwrap();
        assert!(Found::parse(TEXT, 51).is_err(), "too few");
    }

    #[test]
    fn growth_and_calls_without_account_are_noticed() {
        let more = TEXT.replace("rss_anon_kb=2090", "rss_anon_kb=2101");
        assert!(Found::parse(&more, 50).unwrap().holds().is_err());
        assert!(Found::parse(&TEXT.replace("openat=11", "openat=12"), 50).is_err());
        assert!(Found::parse(&TEXT.replace("code=0", "code=1"), 50).is_err());
        let leak = TEXT.replace("2090 threads=2 fds=50", "2090 threads=2 fds=51");
        assert!(Found::parse(&leak, 50).is_err());
    }
}
