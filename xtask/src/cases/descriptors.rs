//! What descriptors and paths are said to be is held against what the kernel says of them in the same call.
//!
//! A program's threads and processes pass them around without looking out for each other. `fstat` gives the inode that
//! was there when the kernel looked, `getsockname` the name; so a line is wrong or right by itself, whatever raced.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::script::traced;
use super::trace::{Facts, Trace};
use crate::lab::{Case, Outcome};

/// Lets the user have binder, where the kernel has it.
macro_rules! binder {
    () => {
        "mkdir -p /dev/binderfs && mount -t binder binder /dev/binderfs 2>/dev/null && chmod 666 /dev/binderfs/binder\n"
    };
}

/// Ten thousand operations, the changing calls not selected.
pub(crate) const CASE: Case = Case {
    name: "descriptors",
    script: traced!(
        "-u 10123 --buffer 32M --state-buffer 32M -e fstat,getsockname,newfstatat",
        concat!(
            binder!(),
            "as-uid 10123 descriptors >facts || exit 91\nsleep 5"
        )
    ),
    check,
    timeout_s: 240,
};

/// The same by the tracepoint, every call selected.
pub(crate) const BY_TRACEPOINT: Case = Case {
    name: "descriptors-by-tracepoint",
    script: traced!(
        "-u 10123 --buffer 32M --state-buffer 32M --backend tracepoint -e all",
        concat!(
            binder!(),
            "as-uid 10123 descriptors 4000 >facts || exit 91\nsleep 5"
        )
    ),
    check,
    timeout_s: 240,
};

/// `S_IFMT` and the types in it; what has no inode of its own has none.
const S_IFMT: u64 = 0o170_000;
const TYPES: [(&str, u64); 7] = [
    ("socket", 0o140_000),
    ("pipe", 0o010_000),
    ("memfd", 0o100_000),
    ("eventfd", 0),
    ("epoll", 0),
    ("timerfd", 0),
    ("inotify", 0),
];
/// Of a hundred uses, so many are known at least: a daemon that says nothing is not right.
const LEAST_KNOWN: u64 = 50;

/// How many uses of a kind were known, and how many there were.
#[derive(Default, Debug)]
struct Share {
    known: u64,
    all: u64,
}

impl Share {
    fn add(&mut self, known: bool) {
        self.known += u64::from(known);
        self.all += 1;
    }

    fn enough(&self, what: &str) -> Result<()> {
        ensure!(
            self.all >= 200 && self.known * 100 >= self.all * LEAST_KNOWN,
            "{what}: {} known of {}",
            self.known,
            self.all
        );
        Ok(())
    }
}

fn check(outcome: &Outcome) -> Result<()> {
    let trace = Trace::of(outcome)?;
    let facts = Facts::read(outcome, "facts")?;
    let mut inodes = BTreeMap::new();
    for file in facts.texts("file") {
        let (inode, path) = file.split_once(' ').context("a file without an inode")?;
        inodes.insert(path, inode.parse::<u64>()?);
    }
    let (mut stats, mut names, mut paths) = (Share::default(), Share::default(), Share::default());
    let mut wrong = Vec::new();
    for line in trace.calls().filter(|line| line["ret"] == 0) {
        let result = match line["syscall"].as_str() {
            Some("fstat") => {
                stats.add(line["fds"]["fd"].is_object());
                of_stat(line, &inodes)
            }
            Some("getsockname") => {
                names.add(line["fds"]["sockfd"].is_object());
                of_name(line)
            }
            Some("newfstatat") if line["args"]["dirfd"] == -100 => {
                paths.add(line["paths"].is_array());
                of_path(line, &inodes)
            }
            _ => Ok(()),
        };
        wrong.extend(result.err());
    }
    if let Some(first) = wrong.first() {
        anyhow::bail!("{} are wrong: {first}", wrong.len());
    }
    let by_binder = match facts.number("by_binder")? {
        -1 => "binder skipped: not in this kernel".to_owned(),
        count => {
            ensure!(count > 0, "none was passed by binder");
            format!("{count} came by binder")
        }
    };
    println!(
        "descriptors: {} operations; known: {} of {} inodes, {} of {} names, {} of {} paths; {by_binder} ({} on {})",
        facts.number("operations")?,
        stats.known,
        stats.all,
        names.known,
        names.all,
        paths.known,
        paths.all,
        outcome.kernel,
        outcome.cpu,
    );
    stats.enough("descriptors")?;
    paths.enough("paths")
}

/// The kernel says which inode the descriptor was of.
fn of_stat(line: &Value, inodes: &BTreeMap<&str, u64>) -> Result<()> {
    let (file, stat) = (&line["fds"]["fd"], &line["args"]["statbuf"]);
    let Some(kind) = file["kind"].as_str() else {
        return Ok(());
    };
    let mode = stat["st_mode"].as_u64().context("no st_mode")?;
    if let Some((_, of_kind)) = TYPES.iter().find(|(name, _)| *name == kind) {
        ensure!(
            mode & S_IFMT == *of_kind,
            "a {kind} has mode {mode:o}: {line}"
        );
    } else {
        ensure!(kind == "file", "a kind that was never made: {line}");
    }
    if let Some(inode) = file["path"].as_str().and_then(|path| inodes.get(path)) {
        ensure!(stat["st_ino"] == *inode, "{line}");
    }
    Ok(())
}

/// The kernel says the name that the socket was bound to.
fn of_name(line: &Value) -> Result<()> {
    let socket = &line["fds"]["sockfd"];
    if !socket.is_object() {
        return Ok(());
    }
    ensure!(socket["kind"] == "socket", "{line}");
    if let Some(local) = socket.get("local") {
        ensure!(local["path"] == line["args"]["addr"]["path"], "{line}");
    }
    Ok(())
}

/// The kernel says which inode the path led to.
fn of_path(line: &Value, inodes: &BTreeMap<&str, u64>) -> Result<()> {
    let Some(path) = line["paths"][0].as_str() else {
        return Ok(());
    };
    let inode = inodes
        .get(path)
        .with_context(|| format!("no such file: {line}"))?;
    ensure!(line["args"]["statbuf"]["st_ino"] == *inode, "{line}");
    Ok(())
}
