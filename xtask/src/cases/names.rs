//! What processes are called while they live: a name that is taken late, as Android's apps take theirs.

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use super::script::{ended, traced};
use super::trace::{Facts, Trace, expect};
use crate::lab::{Case, Outcome};

/// One of a watched user's.
pub(crate) const CASE: Case = Case {
    name: "new-name",
    script: traced!(
        "-u 10123 -e openat,exit_group",
        "as-uid 10123 new-name room-for-a-name >facts || exit 91"
    ),
    check: user,
    timeout_s: 60,
};

/// The command itself, of which neither the execution nor the naming is selected; without what follows descriptors.
pub(crate) const COMMAND: Case = Case {
    name: "new-name-command",
    script: concat!(
        "sandboxd trace --record rec --no-fds -e openat,exit_group -- /bin/new-name room-for-a-name >lines 2>log & pid=$!\n",
        "wait-for log 'end (' 60 || exit 91\ngrep '^[a-z]*=' log >facts",
        ended!()
    ),
    check: command,
    timeout_s: 60,
};

const OLD: &str = "new-name";
const NEW: &str = "com.example.app:push";

fn user(outcome: &Outcome) -> Result<()> {
    let (trace, pid) = named(outcome)?;
    let events = events(&trace, pid);
    ensure!(
        events == ["attach", "exec", "rename", "exit"],
        "its life: {events:?}"
    );
    Ok(())
}

fn command(outcome: &Outcome) -> Result<()> {
    let (trace, pid) = named(outcome)?;
    let events = events(&trace, pid);
    ensure!(
        events == ["start", "exec", "rename", "exit"],
        "its life: {events:?}"
    );
    Ok(())
}

/// The calls have the name of their time; the `rename` line has the new one.
fn named(outcome: &Outcome) -> Result<(Trace, i64)> {
    let trace = Trace::of(outcome)?;
    let pid = Facts::read(outcome, "facts")?.number("pid")?;
    for (path, old) in [("before", true), ("after", false)] {
        let line = trace.with_path(&format!("/name/{path}"))?;
        let name = line["process_name"].as_str().unwrap_or_default();
        let is_right = if old {
            name.ends_with(OLD)
        } else {
            name == NEW
        };
        ensure!(is_right, "called {name:?} in {line}");
    }
    let renamed = |line: &&Value| line["type"] == "process" && line["event"] == "rename";
    for line in trace.lines().iter().filter(renamed) {
        expect(line, &[("/pid", json!(pid)), ("/process_name", json!(NEW))])?;
    }
    Ok((trace, pid))
}

fn events(trace: &Trace, pid: i64) -> Vec<&str> {
    let of_pid = |line: &&Value| line["type"] == "process" && line["pid"] == pid;
    let lines = trace.lines().iter().filter(of_pid);
    lines.filter_map(|line| line["event"].as_str()).collect()
}
