//! Exits without an entry of their own, entries that come back elsewhere: seccomp, signals, `execve` from a thread.

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use super::script::traced;
use super::trace::{Facts, Trace, expect};
use crate::lab::{Case, Outcome};

/// Calls that the app's own filter refuses.
pub(crate) const SECCOMP: Case = Case {
    name: "seccomp-blocked",
    script: traced!(
        "-u 10123 -e openat,mkdirat,unlinkat,getpriority",
        "as-uid 10123 seccomp >facts || exit 91"
    ),
    check: seccomp,
    timeout_s: 60,
};

/// The same by the tracepoint, which lies behind the filter too.
pub(crate) const SECCOMP_BY_TRACEPOINT: Case = Case {
    name: "seccomp-blocked-by-tracepoint",
    script: traced!(
        "-u 10123 --backend tracepoint -e openat,mkdirat,unlinkat,getpriority",
        "as-uid 10123 seccomp >facts || exit 91"
    ),
    check: seccomp,
    timeout_s: 60,
};

/// A tracer takes calls away.
pub(crate) const SKIPPED: Case = Case {
    name: "skipped-by-tracer",
    script: traced!(
        "-u 10123 -e mkdirat,faccessat",
        "as-uid 10123 skipped >facts || exit 91"
    ),
    check: skipped,
    timeout_s: 60,
};

/// Signals that are handled while calls wait.
pub(crate) const SIGNALS: Case = Case {
    name: "rt-sigreturn",
    script: traced!(
        "-u 10123 -e faccessat,nanosleep,ppoll,read,rt_sigreturn,restart_syscall,tgkill",
        "as-uid 10123 signals >facts || exit 91"
    ),
    check: signals,
    timeout_s: 60,
};

/// A thread that comes back under the leader's number.
pub(crate) const EXEC: Case = Case {
    name: "exec-from-thread",
    script: traced!(
        "-u 10123 -e execve,openat,ppoll",
        "as-uid 10123 exec-thread >facts || exit 91"
    ),
    check: exec,
    timeout_s: 60,
};

fn seccomp(outcome: &Outcome) -> Result<()> {
    let trace = Trace::of(outcome)?;
    for path in ["/seccomp/before", "/seccomp/after"] {
        expect(
            trace.with_path(path)?,
            &[("/outcome", json!("returned")), ("/ret", json!(-2))],
        )?;
    }
    let refused = trace.with_path("/seccomp/refused")?;
    expect(
        refused,
        &[
            ("/syscall", json!("mkdirat")),
            ("/outcome", json!("blocked")),
            ("/ret", json!(-1)),
            ("/error", json!("EPERM")),
        ],
    )?;
    // A trap rolls the register back: it holds the first argument again, which is no answer.
    let trapped = trace.with_path("/seccomp/trapped")?;
    expect(
        trapped,
        &[
            ("/syscall", json!("unlinkat")),
            ("/outcome", json!("blocked")),
            ("/ret", Value::Null),
        ],
    )?;
    expect(
        trace.only("getpriority")?,
        &[("/outcome", json!("blocked")), ("/ret", Value::Null)],
    )
}

fn skipped(outcome: &Outcome) -> Result<()> {
    let trace = Trace::of(outcome)?;
    let child = Facts::read(outcome, "facts")?.number("child")?;
    expect(
        trace.with_path("/skipped/call")?,
        &[
            ("/tid", json!(child)),
            ("/syscall", json!("mkdirat")),
            ("/nr", json!(34)),
            ("/outcome", json!("blocked")),
            // The tracer gives its answer behind the probe: there the register still holds the first argument.
            ("/ret", Value::Null),
        ],
    )?;
    // A signal handler's end is no call, whatever the registers held that it put back.
    let handled = trace.with_path("/skipped/handled")?;
    expect(
        handled,
        &[("/outcome", json!("returned")), ("/ret", json!(-2))],
    )?;
    let all = trace.named("mkdirat").len();
    ensure!(all == 2, "{all} lines of mkdirat, not 2");
    Ok(())
}

/// Name and result of each call of a thread, between two marks.
fn told<'a>(lines: &[&'a Value]) -> Vec<(&'a str, Option<i64>)> {
    let of = |line: &'a Value| {
        (
            line["syscall"].as_str().unwrap_or_default(),
            line["ret"].as_i64(),
        )
    };
    lines.iter().copied().map(of).collect()
}

fn signals(outcome: &Outcome) -> Result<()> {
    let trace = Trace::of(outcome)?;
    let raised = trace.between("raised", "interrupted")?;
    let names: Vec<_> = told(&raised).iter().map(|(name, _)| *name).collect();
    ensure!(
        names.join(" ") == "tgkill rt_sigreturn tgkill rt_sigreturn tgkill rt_sigreturn",
        "calls: {names:?}"
    );
    for line in trace.named("rt_sigreturn") {
        expect(
            line,
            &[("/outcome", json!("returned")), ("/nr", json!(139))],
        )?;
    }
    // At its exit a call does not know yet whether it will be restarted: the kernel's own numbers say what it asks for.
    let interrupted = told(&trace.between("interrupted", "done")?);
    let without_sigreturn: Vec<_> = interrupted
        .iter()
        .copied()
        .filter(|(name, _)| *name != "rt_sigreturn")
        .collect();
    ensure!(
        interrupted.len() - without_sigreturn.len() == 3,
        "not three signals: {interrupted:?}"
    );
    let wanted = [
        ("nanosleep", Some(-516)),
        ("ppoll", Some(-514)),
        ("read", Some(-512)),
        ("read", Some(4)),
    ];
    ensure!(
        without_sigreturn == wanted,
        "interrupted calls: {interrupted:?}"
    );
    let child = Facts::read(outcome, "facts")?.number("child")?;
    let stopped: Vec<_> = trace.calls().filter(|line| line["tid"] == child).collect();
    let wanted = [("nanosleep", Some(-516)), ("restart_syscall", Some(0))];
    ensure!(
        told(&stopped) == wanted,
        "the stopped child: {:?}",
        told(&stopped)
    );
    Ok(())
}

fn exec(outcome: &Outcome) -> Result<()> {
    let trace = Trace::of(outcome)?;
    let facts = Facts::read(outcome, "facts")?;
    let (pid, thread) = (facts.number("pid")?, facts.number("thread")?);
    ensure!(
        pid != thread && facts.number("second_tid")? == pid,
        "the thread did not take the leader's place"
    );
    let mut executed = trace.named("execve");
    executed.retain(|line| line["pid"] == pid && line["tid"] == thread);
    ensure!(
        executed.len() == 1,
        "{} lines of the thread's execve",
        executed.len()
    );
    expect(
        executed[0],
        &[("/outcome", json!("returned")), ("/ret", json!(0))],
    )?;
    // The leader was killed in its call; its answer is not the thread's.
    let leader = trace.only("ppoll")?;
    expect(
        leader,
        &[
            ("/tid", json!(pid)),
            ("/outcome", json!("returned")),
            ("/ret", json!(-514)),
            ("/killed", json!(true)),
        ],
    )?;
    expect(
        trace.with_path("/second/life")?,
        &[
            ("/tid", json!(pid)),
            ("/outcome", json!("returned")),
            ("/ret", json!(-2)),
        ],
    )
}
