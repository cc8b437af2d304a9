//! Builds the kernel half, then the daemon that embeds it: one static arm64 program.
//!
//! Cargo decides what is stale; each half has a target directory of its own, since their compilers and flags differ.

use std::fs;
use std::io::{self, IsTerminal};
use std::path::PathBuf;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::toolchain::Toolchain;
use crate::{bare, paths, process};

/// Build the daemon, its eBPF programs inside, as a static arm64 program
#[derive(Args, Clone)]
pub(crate) struct Build {
    /// Cargo profile
    #[arg(long, default_value = "release")]
    pub(crate) profile: String,
    /// Say nothing unless something fails
    #[arg(long, short)]
    pub(crate) quiet: bool,
    /// With messages from the eBPF programs: `RUST_LOG=kprobe_ebpf=debug` shows them. Never for a release
    #[arg(long)]
    pub(crate) debug_log: bool,
}

impl Build {
    /// The build that people and the matrix want: its progress is shown.
    pub(crate) fn usual() -> Self {
        Self {
            profile: "release".into(),
            quiet: false,
            debug_log: false,
        }
    }

    /// The build that `vm` wants before it boots: silent when nothing is stale and nobody watches.
    pub(crate) fn quiet() -> Self {
        Self {
            profile: "release".into(),
            quiet: !io::stderr().is_terminal(),
            debug_log: false,
        }
    }

    /// Runs the verb: prints the program's path.
    pub(crate) fn run(&self) -> Result<ExitCode> {
        println!("{}", self.program()?.display());
        Ok(ExitCode::SUCCESS)
    }

    /// Builds what is stale and returns the program's path.
    pub(crate) fn program(&self) -> Result<PathBuf> {
        let toolchain = Toolchain::find()?;
        if !self.quiet {
            eprintln!("xtask: {toolchain}");
        }
        let object = bare::bare(&self.ebpf(&toolchain)?)?;
        self.daemon(&toolchain, &object)
    }

    /// Builds what guests run, unless the newest build is to be taken as it is.
    pub(crate) fn unless(&self, no_build: bool) -> Result<()> {
        if !no_build {
            self.program().context(
                "cannot build what the guest runs (--no-build takes the newest build as it is)",
            )?;
        }
        Ok(())
    }

    fn ebpf(&self, toolchain: &Toolchain) -> Result<PathBuf> {
        let target = paths::target().join("bpf");
        let mut cargo = toolchain.bpf_cargo("build");
        cargo
            .args(["--package", "kprobe-ebpf"])
            .arg("--target-dir")
            .arg(&target);
        self.finish(&mut cargo, "building the eBPF programs")?;
        existing(
            target
                .join("bpfel-unknown-none")
                .join(self.directory())
                .join("kprobe-ebpf"),
        )
    }

    fn daemon(&self, toolchain: &Toolchain, object: &PathBuf) -> Result<PathBuf> {
        let target = paths::target().join("arm64");
        let mut cargo = toolchain.arm64_cargo("build");
        cargo
            .args(["--package", "sandboxd", "--bin", "sandboxd"])
            .arg("--target-dir")
            .arg(&target);
        cargo.env("SANDBOXD_EBPF_OBJECT", object);
        self.finish(&mut cargo, "building sandboxd")?;
        let program = existing(
            target
                .join(toolchain.target())
                .join(self.directory())
                .join("sandboxd"),
        )?;
        fs::write(last_file(), program.as_os_str().as_encoded_bytes())
            .context("cannot note the newest build")?;
        Ok(program)
    }

    fn finish(&self, cargo: &mut Command, purpose: &str) -> Result<()> {
        cargo.args(["--profile", &self.profile]);
        if self.quiet {
            cargo.arg("--quiet");
        }
        if self.debug_log {
            cargo.args(["--features", "debug-log"]);
        }
        process::run(cargo, purpose)
    }

    /// Cargo's directory for the profile.
    fn directory(&self) -> &str {
        if self.profile == "dev" {
            "debug"
        } else {
            &self.profile
        }
    }
}

/// The newest build, if there is one.
pub(crate) fn last() -> Option<PathBuf> {
    let path = PathBuf::from(fs::read_to_string(last_file()).ok()?);
    path.exists().then_some(path)
}

fn last_file() -> PathBuf {
    paths::target().join("newest-sandboxd")
}

fn existing(path: PathBuf) -> Result<PathBuf> {
    if !path.exists() {
        bail!("cargo succeeded, but there is no {}", path.display());
    }
    Ok(path)
}
