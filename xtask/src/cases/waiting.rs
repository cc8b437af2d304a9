//! Calls that wait: forty at once, some since before the tracer came, some killed, some never to return.
//!
//! Return probes lose most of these; pairing must not.

use std::collections::BTreeSet;

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use super::script::{start, stop, traced};
use super::trace::{Facts, Trace, expect};
use crate::lab::{Case, Outcome};

/// Forty threads enter and leave `ppoll` while traced.
pub(crate) const FORTY: Case = Case {
    name: "forty-ppoll",
    script: traced!(
        "-u 10123 -e ppoll",
        "as-uid 10123 blocked-ppoll during >facts || exit 91"
    ),
    check: forty_returned,
    timeout_s: 60,
};

/// The same by the tracepoint.
pub(crate) const FORTY_BY_TRACEPOINT: Case = Case {
    name: "forty-ppoll-by-tracepoint",
    script: traced!(
        "-u 10123 --backend tracepoint -e ppoll",
        "as-uid 10123 blocked-ppoll during >facts || exit 91"
    ),
    check: forty_returned,
    timeout_s: 60,
};

/// Forty threads wait in `ppoll` when the tracer attaches.
pub(crate) const FORTY_ATTACHED: Case = Case {
    name: "forty-ppoll-attached",
    script: concat!(
        "as-uid 10123 blocked-ppoll before $PWD/attached >facts & app=$!\n",
        "wait-for facts READY || exit 92\n",
        start!("-u 10123 -e ppoll"),
        "touch attached; wait $app || exit 91",
        stop!()
    ),
    check: forty_missed,
    timeout_s: 60,
};

/// One process is killed while its thread waits.
pub(crate) const KILLED: Case = Case {
    name: "killed-in-ppoll",
    script: traced!(
        "-u 10123 -e ppoll,exit_group,kill",
        "as-uid 10123 killed >facts || exit 91"
    ),
    check: killed,
    timeout_s: 60,
};

/// A thread is interrupted, makes a call that a filter drops, and ends.
pub(crate) const INTERRUPTED: Case = Case {
    name: "ends-in-handler",
    script: traced!(
        "-u 10123 -e ppoll,ioctl:SIOC*",
        "as-uid 10123 ends-in-handler >facts || exit 91"
    ),
    check: interrupted,
    timeout_s: 60,
};

/// A thread ends its process while another waits.
pub(crate) const EXIT_GROUP: Case = Case {
    name: "exit-group",
    script: KILLED.script,
    check: left,
    timeout_s: 60,
};

/// Two threads wait until after the trace.
pub(crate) const UNFINISHED: Case = Case {
    name: "unfinished",
    script: concat!(
        start!("-u 10123 -e ppoll,futex"),
        "as-uid 10123 unfinished >facts & app=$!\nwait-for facts READY || exit 92",
        stop!(),
        "kill -9 $app\n"
    ),
    check: unfinished,
    timeout_s: 60,
};

fn tids<'a>(lines: impl IntoIterator<Item = &'a Value>) -> BTreeSet<i64> {
    lines
        .into_iter()
        .filter_map(|line| line["tid"].as_i64())
        .collect()
}

/// Forty lines, one for each thread, each woken by the same byte.
fn forty(outcome: &Outcome, became: &str) -> Result<Trace> {
    let trace = Trace::of(outcome)?;
    let facts = Facts::read(outcome, "facts")?;
    let lines = trace.named("ppoll");
    ensure!(lines.len() == 40, "{} lines of ppoll", lines.len());
    for line in &lines {
        expect(line, &[("/outcome", json!(became)), ("/ret", json!(1))])?;
        expect(line, &[("/pid", json!(facts.number("pid")?))])?;
    }
    let threads: BTreeSet<_> = facts.numbers("tid")?.into_iter().collect();
    ensure!(
        threads.len() == 40 && tids(lines) == threads,
        "not of the forty threads"
    );
    Ok(trace)
}

fn forty_returned(outcome: &Outcome) -> Result<()> {
    let trace = forty(outcome, "returned")?;
    for line in trace.named("ppoll") {
        ensure!(line["dur_ns"].as_u64() > Some(0), "no duration in {line}");
    }
    Ok(())
}

fn forty_missed(outcome: &Outcome) -> Result<()> {
    let trace = forty(outcome, "entry_missed")?;
    for line in trace.named("ppoll") {
        ensure!(
            line.get("dur_ns").is_none_or(Value::is_null),
            "how would it know? {line}"
        );
    }
    Ok(())
}

/// The line of the thread that a fact names: it waited in `ppoll` and was killed there.
fn killed_there(outcome: &Outcome, who: &str) -> Result<Trace> {
    let trace = Trace::of(outcome)?;
    let tid = Facts::read(outcome, "facts")?.number(who)?;
    let lines = trace.named("ppoll");
    ensure!(lines.len() == 2, "{} lines of ppoll, not 2", lines.len());
    let of_thread: Vec<_> = lines
        .into_iter()
        .filter(|line| line["tid"] == tid)
        .collect();
    ensure!(
        of_thread.len() == 1,
        "{} lines of thread {tid}",
        of_thread.len()
    );
    expect(
        of_thread[0],
        &[
            ("/outcome", json!("returned")),
            ("/ret", json!(-514)),
            ("/killed", json!(true)),
        ],
    )?;
    Ok(trace)
}

fn interrupted(outcome: &Outcome) -> Result<()> {
    let trace = Trace::of(outcome)?;
    expect(
        trace.only("ppoll")?,
        &[
            ("/tid", json!(Facts::read(outcome, "facts")?.number("tid")?)),
            ("/outcome", json!("returned")),
            ("/ret", json!(-514)),
            ("/killed", Value::Null),
        ],
    )?;
    ensure!(
        trace.count("ioctl", "filtered") > 0,
        "no filter dropped a call: the case shows nothing"
    );
    Ok(())
}

fn killed(outcome: &Outcome) -> Result<()> {
    let trace = killed_there(outcome, "killed_tid")?;
    let pid = Facts::read(outcome, "facts")?.number("killed_pid")?;
    expect(
        trace.only("kill")?,
        &[
            ("/args/pid", json!(pid)),
            ("/args/sig", json!("SIGKILL")),
            ("/ret", json!(0)),
        ],
    )
}

fn left(outcome: &Outcome) -> Result<()> {
    let trace = killed_there(outcome, "left_tid")?;
    let pid = Facts::read(outcome, "facts")?.number("left_pid")?;
    let mut lines = trace.named("exit_group");
    lines.retain(|line| line["pid"] == pid);
    ensure!(lines.len() == 1, "{} lines of exit_group", lines.len());
    expect(
        lines[0],
        &[
            ("/outcome", json!("no_return")),
            ("/ret", Value::Null),
            ("/args/status", json!(7)),
        ],
    )
}

fn unfinished(outcome: &Outcome) -> Result<()> {
    let trace = Trace::of(outcome)?;
    let facts = Facts::read(outcome, "facts")?;
    let wanted = [
        ("ppoll", "ppoll_tid"),
        ("futex", "futex_tid"),
        ("futex", "pid"),
    ];
    for (call, thread) in wanted {
        let tid = facts.number(thread)?;
        let mut lines = trace.named(call);
        lines.retain(|line| line["tid"] == tid && line["outcome"] == "unfinished");
        ensure!(
            lines.len() == 1,
            "{} unfinished lines of {call} in {thread}",
            lines.len()
        );
        expect(lines[0], &[("/ret", Value::Null)])?;
    }
    let all = trace
        .calls()
        .filter(|line| line["outcome"] == "unfinished")
        .count();
    ensure!(all == wanted.len(), "{all} unfinished lines");
    Ok(())
}
