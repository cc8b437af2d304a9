//! `cargo xtask verifier`: how many instructions each kernel's verifier walks to accept each program, against a file.
//!
//! The numbers belong to one compiler and linker and to exact kernels. With others they say little, so the lab's case
//! then only holds them against the kernel's limit; this verb fails instead, and `--update` writes the file anew.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail, ensure};
use clap::Args;

use crate::build::Build;
use crate::cases::verifier::COUNTED;
use crate::guest::Programs;
use crate::kernels;
use crate::toolchain::Toolchain;
use crate::{lab, paths, process, round};

const CPU: &str = "cortex-a57";
/// Needs another CPU model, and is the same source as its neighbour.
const OTHER_PAGES: &str = "debian-6.12-16k";
/// More than this is near what the kernel refuses.
/// <https://github.com/torvalds/linux/blob/v5.10/include/linux/bpf.h#L1345>
const MOST: u64 = 1_000_000 / 2;

/// Hold the instructions that the verifier walks against xtask/lab/verifier.txt
#[derive(Args)]
pub(crate) struct Verifier {
    /// Only these kernels
    #[arg(long)]
    kernel: Vec<String>,
    /// Write what was found to the file
    #[arg(long)]
    update: bool,
    /// Take the newest build as it is
    #[arg(long)]
    no_build: bool,
}

/// Instructions walked, by program.
pub(crate) type Counts = BTreeMap<String, u64>;

/// The file.
#[derive(Debug, Default, PartialEq)]
struct Baseline {
    /// What made the programs.
    compiler: String,
    by_release: BTreeMap<String, Counts>,
}

impl Verifier {
    /// Runs the verb.
    pub(crate) fn run(&self) -> Result<ExitCode> {
        Build::usual().unless(self.no_build)?;
        let compiler = compiler()?;
        let mut baseline = Baseline::read()?;
        let found = self.found()?;
        if self.update {
            if baseline.compiler != compiler || self.kernel.is_empty() {
                baseline.by_release.clear();
            }
            baseline.compiler = compiler;
            baseline.by_release.extend(found);
            fs::write(path(), baseline.to_string()).context("cannot write the file")?;
            print!("{baseline}");
            return Ok(ExitCode::SUCCESS);
        }
        for (release, counts) in &found {
            baseline.same(&compiler, release, counts)?;
        }
        println!("{} kernels walk what the file says", found.len());
        Ok(ExitCode::SUCCESS)
    }

    /// What each kernel that is here says, by its release.
    fn found(&self) -> Result<BTreeMap<String, Counts>> {
        let programs = Programs::prepare()?;
        let build = round::build()?;
        let mut names: Vec<&str> = self.kernel.iter().map(String::as_str).collect();
        if names.is_empty() {
            names = kernels::names();
            names.retain(|name| *name != OTHER_PAGES);
        }
        let mut found = BTreeMap::new();
        for name in names {
            let Some(kernel) = kernels::unless_absent(name)? else {
                continue;
            };
            let round = round::run(&kernel, CPU, (&programs, &build), &[COUNTED])?;
            if let Some(failure) = round
                .verdicts
                .iter()
                .find_map(|verdict| verdict.failure.as_ref())
            {
                bail!("{name}: {failure}");
            }
            let dir = lab::directory(&paths::target(), &kernel.name, CPU).join(COUNTED.name);
            let text = fs::read_to_string(dir.join("counts")).context("no counts")?;
            found.insert(round.release, counts(&text)?);
        }
        Ok(found)
    }
}

/// For the lab's case: equal to the file where it speaks of this kernel and compiler, else below the kernel's limit.
pub(crate) fn check(release: &str, text: &str) -> Result<()> {
    let counts = counts(text)?;
    for (program, &count) in &counts {
        ensure!(
            count <= MOST,
            "{program}: the verifier walks {count} instructions, more than {MOST}"
        );
    }
    let compiler = compiler()?;
    let baseline = Baseline::read()?;
    if baseline.compiler != compiler || !baseline.by_release.contains_key(release) {
        eprintln!(
            "xtask: {release}: verifier counts of this kernel and {compiler} are not in {}; only held against the \
             limit (`cargo xtask verifier --update` adds them)",
            path().display()
        );
        return Ok(());
    }
    baseline.same(&compiler, release, &counts)
}

impl Baseline {
    fn read() -> Result<Self> {
        let path = path();
        if !path.exists() {
            return Ok(Self::default());
        }
        let text =
            fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        Self::parse(&text).with_context(|| format!("{} is damaged", path.display()))
    }

    fn parse(text: &str) -> Result<Self> {
        let mut baseline = Self::default();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            if let Some(compiler) = line.strip_prefix("compiler: ") {
                compiler.clone_into(&mut baseline.compiler);
                continue;
            }
            let (release, rest) = line.split_once(' ').context("a line without a program")?;
            let found = counts(rest)?;
            let of_release = baseline.by_release.entry(release.to_owned());
            of_release.or_default().extend(found);
        }
        Ok(baseline)
    }

    /// Fails unless the file says just this.
    fn same(&self, compiler: &str, release: &str, counts: &Counts) -> Result<()> {
        const RENEW: &str = "if that is right: cargo xtask verifier --update";
        ensure!(
            self.compiler == compiler,
            "the file is of another compiler ({}), this is {compiler}; {RENEW}",
            self.compiler
        );
        let Some(wanted) = self.by_release.get(release) else {
            bail!("the file does not know kernel {release}; {RENEW}");
        };
        ensure!(
            wanted == counts,
            "{release}: the verifier walks {counts:?}, the file says {wanted:?}; {RENEW}"
        );
        Ok(())
    }
}

impl fmt::Display for Baseline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "# Instructions that each kernel's verifier walks to accept each program: cargo xtask verifier --update\n\
             compiler: {}",
            self.compiler
        )?;
        for (release, counts) in &self.by_release {
            for (program, count) in counts {
                writeln!(f, "{release} {program} {count}")?;
            }
        }
        Ok(())
    }
}

/// `PROGRAM COUNT` lines. A program that was loaded twice was walked the same way.
fn counts(text: &str) -> Result<Counts> {
    let mut counts = Counts::new();
    for line in text.lines() {
        let (program, count) = line.rsplit_once(' ').context("a line without a count")?;
        let count = count.parse().with_context(|| format!("what is {line:?}"))?;
        if let Some(other) = counts.insert(program.to_owned(), count) {
            ensure!(
                other == count,
                "{program} is walked in two ways: {other}, {count}"
            );
        }
    }
    Ok(counts)
}

/// Compiler and linker of the kernel half.
pub(crate) fn compiler() -> Result<String> {
    let toolchain = Toolchain::find()?;
    let mut linker = Command::new(toolchain.bpf_linker());
    let linker = process::read_text(linker.arg("--version"), "asking the BPF linker")?;
    Ok(format!("{}; {}", toolchain.version(), linker.trim()))
}

fn path() -> PathBuf {
    paths::lab().join("verifier.txt")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_written_as_it_is_read_and_differences_are_told() {
        let baseline = Baseline {
            compiler: "rustc 1; linker 2".into(),
            by_release: [("5.10.0-1".to_owned(), counts("a 1\nb 20\n").unwrap())].into(),
        };
        let again = Baseline::parse(&baseline.to_string()).unwrap();
        assert_eq!(again, baseline);
        let same =
            |compiler, release, text| baseline.same(compiler, release, &counts(text).unwrap());
        same("rustc 1; linker 2", "5.10.0-1", "b 20\na 1\n").unwrap();
        assert!(same("rustc 2; linker 2", "5.10.0-1", "b 20\na 1\n").is_err());
        assert!(same("rustc 1; linker 2", "5.10.0-2", "b 20\na 1\n").is_err());
        assert!(same("rustc 1; linker 2", "5.10.0-1", "b 21\na 1\n").is_err());
        assert!(same("rustc 1; linker 2", "5.10.0-1", "b 20\n").is_err());
        assert!(counts("a 1\na 2\n").is_err());
    }
}
