//! `cargo xtask golden`: golden cases from the lab, one file for every call of either ABI that was seen there.
//!
//! Boots, traces the programs that make every call, and cuts the recordings up. What lines they give, sandboxd's own
//! test writes into them (`UPDATE_GOLDEN=1`); that these are the lines of the live run is checked here again.

mod case;
mod cut;
mod recording;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail, ensure};
use clap::Args;
use serde_json::Value;

use crate::build::Build;
use crate::guest::Programs;
use crate::qemu::Machine;
use crate::{kernels, paths, process};
use case::Source;
use recording::Recording;

const KERNEL: &str = "debian-6.12";
/// Programs that say by their thread's name what a call is an example of.
const NAMED: [&str; 4] = ["values", "values32", "commands", "commands32"];

/// A boot, and what is traced in it.
struct Boot {
    cpu: &'static str,
    programs: &'static [&'static str],
}

/// 32-bit programs need a CPU model that still runs them.
const BOOTS: [Boot; 2] = [
    Boot {
        cpu: "max,pauth-impdef=on",
        programs: &["every-call", "rare-call", "values", "commands"],
    },
    Boot {
        cpu: "cortex-a57",
        programs: &["every-call32", "rare-call32", "values32", "commands32"],
    },
];

/// Make the golden cases anew from the lab: sandboxd/tests/golden/ABI/CALL.case
#[derive(Args)]
pub(crate) struct Golden {
    /// Only these calls, by name
    call: Vec<String>,
    /// Take the newest build as it is
    #[arg(long)]
    no_build: bool,
}

impl Golden {
    /// Runs the verb.
    pub(crate) fn run(&self) -> Result<ExitCode> {
        Build::quiet().unless(self.no_build)?;
        let programs = Programs::prepare()?;
        let mut sources = Vec::new();
        for boot in &BOOTS {
            sources.extend(trace(boot, &programs)?);
        }
        let cases = case::all(&sources, &self.call)?;
        ensure!(!cases.is_empty(), "none of these calls was seen");
        let root = paths::root().join("sandboxd/tests/golden");
        if self.call.is_empty() {
            clear(&root)?;
        }
        for (name, text) in &cases {
            let path = root.join(name);
            fs::create_dir_all(path.parent().unwrap_or(&root))
                .context("cannot make a directory")?;
            fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
        }
        bless()?;
        let lines = compare(&root, cases.keys(), &sources)?;
        println!("{} cases, {lines} lines as in the live runs", cases.len());
        Ok(ExitCode::SUCCESS)
    }
}

/// Boots once and brings the recordings and lines of every program out.
fn trace(boot: &Boot, programs: &Programs) -> Result<Vec<Source>> {
    let scratch = tempfile::tempdir().context("cannot make a scratch directory")?;
    let tar = scratch.path().join("files.tar");
    let out = File::create(&tar).context("cannot write the guest's files")?;
    let machine = Machine::new(kernels::find(KERNEL)?, boot.cpu, script(boot.programs));
    let report = machine.run(programs, out, io::stderr())?;
    ensure!(
        report.status == 0,
        "the guest's script ended with status {}",
        report.status
    );
    tar::Archive::new(File::open(&tar)?)
        .unpack(scratch.path())
        .context("the guest's files are damaged")?;
    boot.programs
        .iter()
        .map(|program| source(boot, program, scratch.path()))
        .collect()
}

/// The guest's side. The programs' own output is nobody's concern here.
fn script(programs: &[&str]) -> String {
    let mut script = String::from("mkdir /tmp/golden && cd /tmp/golden || exit 1\n");
    for name in programs {
        let _ = writeln!(
            script,
            "sandboxd trace --as-uid 10123 -e all --record {name}.rec -o {name}.out -- /bin/{name} >/dev/null || exit 1"
        );
    }
    script + "tar -c *"
}

fn source(boot: &Boot, program: &'static str, dir: &Path) -> Result<Source> {
    let lines = fs::read_to_string(dir.join(format!("{program}.out")))
        .with_context(|| format!("no lines of {program}"))?;
    Ok(Source {
        how: format!("{KERNEL}, {}: {program}", boot.cpu),
        named: NAMED.contains(&program).then_some(program),
        recording: Recording::read(&dir.join(format!("{program}.rec")))?,
        lines: lines
            .lines()
            .map(serde_json::from_str)
            .collect::<Result<_, _>>()?,
    })
}

/// Every case of every row is made anew: what is not seen any more shall not stay.
fn clear(root: &Path) -> Result<()> {
    match fs::remove_dir_all(root) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", root.display()))
        }
        _ => Ok(()),
    }
}

/// Lets the test write the lines.
fn bless() -> Result<()> {
    let mut cargo = Command::new("cargo");
    cargo
        .args([
            "test",
            "--quiet",
            "--package",
            "sandboxd",
            "--test",
            "golden",
            "every_case_gives_its_lines",
        ])
        .current_dir(paths::root())
        .env("UPDATE_GOLDEN", "1")
        .stdout(io::stderr());
    process::run(&mut cargo, "writing the lines into the golden cases")
}

/// Every call's line in a case is the live run's, but for the run's name and the line's number. Returns how many.
fn compare<'a>(
    root: &Path,
    names: impl Iterator<Item = &'a PathBuf>,
    sources: &[Source],
) -> Result<usize> {
    let live: BTreeMap<String, Value> = sources
        .iter()
        .flat_map(|source| &source.lines)
        .filter(|line| line["type"] == "syscall")
        .map(|line| (key(line), essence(line)))
        .collect();
    let mut count = 0;
    for name in names {
        let text = fs::read_to_string(root.join(name))?;
        let lines = text.split_once(case::RULER).map_or("", |(_, lines)| lines);
        for line in lines.lines() {
            let line: Value = serde_json::from_str(line)
                .with_context(|| format!("{}: {line}", name.display()))?;
            if line["type"] == "syscall" {
                let Some(was) = live.get(&key(&line)) else {
                    bail!("{}: the live run has no such line: {line}", name.display());
                };
                let (mut was, mut now) = (was.clone(), essence(&line));
                forget(&mut was, &mut now);
                ensure!(
                    was == now,
                    "{}: the live run says\n{was}\nnot\n{line}",
                    name.display()
                );
                count += 1;
            }
        }
    }
    Ok(count)
}

/// Forgets what other calls of the live run made known or uncertain; here are none.
fn forget(was: &mut Value, now: &mut Value) {
    if was["caller"]["map"].is_null()
        && let Some(caller) = now["caller"].as_object_mut()
    {
        caller.remove("map");
    }
    for what in ["fds", "paths"] {
        let known = now[what].clone();
        if was[what].is_null()
            && let Some(now) = now.as_object_mut()
        {
            now.remove(what);
        }
        if let Some(was) = was.as_object_mut() {
            if known.is_null() {
                was.remove(what);
            } else if let Some(Value::Object(fds)) = was.get_mut(what) {
                fds.retain(|name, _| known.get(name).is_some());
            }
        }
    }
}

/// What tells a call from all others of all boots. Not the wall clock: the live run looks at it again and again.
fn key(line: &Value) -> String {
    format!("{} {} {}", line["boot_ns"], line["tid"], line["nr"])
}

fn essence(line: &Value) -> Value {
    let mut line = line.clone();
    if let Some(line) = line.as_object_mut() {
        line.remove("run");
        line.remove("time");
        line.remove("seq");
    }
    line
}
