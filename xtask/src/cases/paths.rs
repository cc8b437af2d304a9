//! `-P`, held against strace's on the same process.

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use super::script::traced;
use super::trace::{Trace, expect};
use crate::lab::{Case, Outcome};

/// The file of which the program is asked, among others.
const WANTED: &str = "/tmp/paths/wanted";

/// Calls that have to do with one file.
pub(crate) const CASE: Case = Case {
    name: "path-filter",
    script: traced!(
        "-u 10123 --backend tracepoint -e all -P /tmp/paths/wanted",
        "strace -f -o strace -P /tmp/paths/wanted as-uid 10123 paths $PWD/lines 2>strace.log || { cat strace.log >&2; exit 91; }"
    ),
    check,
    timeout_s: 60,
};

/// A command's paths, from its first call on.
pub(crate) const COMMAND: Case = Case {
    name: "paths-of-a-command",
    script: r#"
mkdir /tmp/here && cd /tmp/here && echo text >relative && cd - >/dev/null
(cd /tmp/here && exec sandboxd trace --record ../rec -e openat -- cat relative /proc/version) >lines 2>log; echo "trace $?" >ended
mv /tmp/rec rec
sandboxd replay rec >replayed 2>replay.log; echo "replay $?" >>ended
sandboxd schema --json >schema.json
"#,
    check: command,
    timeout_s: 60,
};

fn command(outcome: &Outcome) -> Result<()> {
    let trace = Trace::of(outcome)?;
    for (written, meant) in [
        ("relative", "/tmp/here/relative"),
        ("/proc/version", "/proc/version"),
    ] {
        let line = trace.with_path(written)?;
        expect(
            line,
            &[("/paths/0", json!(meant)), ("/fds/ret/path", json!(meant))],
        )?;
    }
    expect(
        trace.with_path("relative")?,
        &[("/fds/dirfd", json!({"kind": "cwd", "path": "/tmp/here"}))],
    )
}

/// strace takes names as they are written; relative ones are sandboxd's alone. All others are the same, one by one.
fn check(outcome: &Outcome) -> Result<()> {
    let trace = Trace::of(outcome)?;
    let strace = notation::calls(&outcome.text("strace")?)?;
    let strace: Vec<&str> = strace.iter().map(|call| call.name.as_str()).collect();
    let (written, relative): (Vec<_>, Vec<_>) = trace.calls().partition(|line| !is_relative(line));
    let written: Vec<&str> = written
        .iter()
        .filter_map(|line| line["syscall"].as_str())
        .collect();
    ensure!(
        written == strace,
        "sandboxd showed {written:?}, strace {strace:?}"
    );
    ensure!(
        strace.len() >= 30,
        "strace showed {} calls alone",
        strace.len()
    );
    // The program asks with one call until it is told. Then seven by name, and one that opens it.
    let relative: Vec<_> = relative
        .iter()
        .filter(|line| line["syscall"] != "statfs")
        .collect();
    ensure!(
        relative.len() == 8,
        "{} relative names: {relative:#?}",
        relative.len()
    );
    Ok(())
}

/// Whether the file is meant, but neither written out nor known by a descriptor.
fn is_relative(line: &Value) -> bool {
    let is_wanted = |value: &Value| value == WANTED;
    let meant = line["paths"]
        .as_array()
        .is_some_and(|paths| paths.iter().any(is_wanted));
    let written = line["args"]
        .as_object()
        .is_some_and(|args| args.values().any(is_wanted));
    meant && !written
}
