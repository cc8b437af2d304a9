//! How processes end: exit codes and signals, as their parent learns of them.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::script::{start, stop, traced};
use super::trace::{Facts, Trace};
use crate::lab::{Case, Outcome};

/// Processes that end in every way; nothing of that is selected.
pub(crate) const ENDS: Case = Case {
    name: "process-ends",
    script: traced!("-u 10123 -e openat", "as-uid 10123 ends >facts || exit 91"),
    check,
    timeout_s: 60,
};

/// The same by the tracepoint, with everything selected.
pub(crate) const BY_TRACEPOINT: Case = Case {
    name: "process-ends-by-tracepoint",
    script: traced!(
        "--backend tracepoint -u 10123 -e all",
        "as-uid 10123 ends >facts || exit 91"
    ),
    check,
    timeout_s: 60,
};

/// Processes with many threads that were there before: one is ended from outside, the other by itself.
pub(crate) const ATTACHED: Case = Case {
    name: "process-ends-attached",
    script: concat!(
        "mkdir -m 700 locked\nas-uid 10123 named-threads 5 >facts & program=$!\n",
        "wait-for facts all= 20 || exit 91\n. ./facts\n",
        start!("-u 10123 -e openat,faccessat"),
        "sleep 1\nkill -TERM $child_named_threads\nsleep 1\n: >go\n",
        "wait $program; echo code=$? >>facts",
        stop!()
    ),
    check: attached,
    timeout_s: 60,
};

/// It is said how these ended.
const TOLD: [&str; 18] = [
    "exit_group_7",
    "exit_3",
    "main_returns",
    "big_code",
    "threads_agree",
    "other_ends_all",
    "segv",
    "segv_in_thread",
    "aborts",
    "alarmed",
    "pipe_closed",
    "ignores",
    "runs_sh",
    "killed",
    "terminated",
    "real_time",
    "handled",
    "handled_killed",
];
/// Of these it may be said, if it is right: kernels differ, or nobody sees which of two it was.
const UNCERTAIN: [&str; 4] = ["threads_differ", "held_at_exit", "seccomp_kills", "held"];

fn check(outcome: &Outcome) -> Result<()> {
    let trace = Trace::of(outcome)?;
    let facts = Facts::read(outcome, "facts")?;
    for name in TOLD.into_iter().chain(UNCERTAIN) {
        let pid = facts.number(&format!("{name}_pid"))?;
        let found = end(&trace, pid).with_context(|| name)?;
        let truth = if let Ok(code) = facts.number(&format!("{name}_code")) {
            (json!(code), Value::Null)
        } else {
            let number = facts.number(&format!("{name}_signal"))?;
            (Value::Null, json!(signal(number)?))
        };
        let is_absent = found == (Value::Null, Value::Null) && UNCERTAIN.contains(&name);
        ensure!(
            found == truth || is_absent,
            "{name} ended with {truth:?} (code, signal), not {found:?}"
        );
    }
    Ok(())
}

fn attached(outcome: &Outcome) -> Result<()> {
    let trace = Trace::of(outcome)?;
    let facts = Facts::read(outcome, "facts")?;
    let code = facts.number("code")?;
    ensure!(code == 15, "the program ended with {code}");
    for (name, truth) in [
        ("child_named_threads", (Value::Null, json!("SIGTERM"))),
        ("parent_named_threads", (json!(code), Value::Null)),
    ] {
        let found = end(&trace, facts.number(name)?).with_context(|| name)?;
        ensure!(found == truth, "{name} ended with {truth:?}, not {found:?}");
    }
    Ok(())
}

/// Exit code and signal of the line that tells of a process's end.
fn end(trace: &Trace, pid: i64) -> Result<(Value, Value)> {
    let is_end =
        |line: &&Value| line["type"] == "process" && line["event"] == "exit" && line["pid"] == pid;
    let line = trace.lines().iter().find(is_end);
    let line = line.with_context(|| format!("no line tells of the end of {pid}"))?;
    Ok((line["exit_code"].clone(), line["signal"].clone()))
}

/// The names of the signals that the program dies of.
fn signal(number: i64) -> Result<&'static str> {
    let names = [
        (6, "SIGABRT"),
        (9, "SIGKILL"),
        (10, "SIGUSR1"),
        (11, "SIGSEGV"),
        (13, "SIGPIPE"),
        (14, "SIGALRM"),
        (15, "SIGTERM"),
        (31, "SIGSYS"),
        (35, "SIGRT_3"),
    ];
    let found = names.iter().find(|(other, _)| *other == number);
    found
        .map(|(_, name)| *name)
        .with_context(|| format!("the program died of signal {number}"))
}
