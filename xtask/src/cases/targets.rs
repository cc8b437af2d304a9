//! Who is traced: a user's processes from the call that makes them its own, nobody else's, and never the daemon.

use anyhow::{Result, ensure};
use serde_json::json;

use super::script::traced;
use super::trace::{Facts, Trace, expect};
use crate::lab::{Case, Outcome};

/// Children of three users make the same calls.
pub(crate) const OTHERS: Case = Case {
    name: "other-uids",
    script: traced!("-u 10123 -e openat", "other-uid >facts || exit 91"),
    check: others,
    timeout_s: 60,
};

/// Root becomes the user.
pub(crate) const BECOMES: Case = Case {
    name: "becomes-target",
    script: traced!(
        "-u 10123 -e openat,setresuid",
        "other-uid >facts || exit 91"
    ),
    check: becomes,
    timeout_s: 60,
};

/// Root is traced, and the daemon is root's.
pub(crate) const OWN: Case = Case {
    name: "own-calls",
    script: traced!(
        "-u 0 -e openat,read,write,bpf,futex",
        "echo pid=$pid >facts\nfor i in 1 2 3; do cat /proc/$pid/status >/dev/null; sleep 1; done"
    ),
    check: own,
    timeout_s: 90,
};

fn others(outcome: &Outcome) -> Result<()> {
    let trace = Trace::of(outcome)?;
    let facts = Facts::read(outcome, "facts")?;
    let (pid, paths) = (facts.number("pid_10123")?, facts.number("paths")?);
    for at in 0..paths {
        let line = trace.with_path(&format!("/uid/10123/{at}"))?;
        expect(
            line,
            &[
                ("/pid", json!(pid)),
                ("/uid", json!(10123)),
                ("/user", json!(0)),
                ("/package", json!("com.example.app")),
            ],
        )?;
    }
    for line in trace.calls() {
        ensure!(
            line["uid"] == 10123 && line["pid"] == pid,
            "not one of ours: {line}"
        );
    }
    let all = trace.named("openat").len();
    ensure!(all as i64 == paths, "{all} lines, {paths} calls");
    Ok(())
}

fn becomes(outcome: &Outcome) -> Result<()> {
    let trace = Trace::of(outcome)?;
    let pid = Facts::read(outcome, "facts")?.number("pid_10123")?;
    let line = trace.only("setresuid")?;
    expect(
        line,
        &[
            ("/pid", json!(pid)),
            ("/args/ruid", json!(10123)),
            ("/ret", json!(0)),
        ],
    )?;
    let first = trace.with_path("/uid/10123/0")?;
    ensure!(
        line["seq"].as_u64() < first["seq"].as_u64(),
        "it became the user after its first call as the user"
    );
    ensure!(
        trace.with_path("/uid/10123/before").is_err(),
        "a call of root's: /uid/10123/before"
    );
    Ok(())
}

fn own(outcome: &Outcome) -> Result<()> {
    let trace = Trace::of(outcome)?;
    let daemon = Facts::read(outcome, "facts")?.number("pid")?;
    trace
        .with_path(&format!("/proc/{daemon}/status"))
        .or_else(|error| {
            // Three times the same path is what the script makes.
            if error.to_string().starts_with("several") {
                Ok(trace.end())
            } else {
                Err(error)
            }
        })?;
    for line in trace.lines() {
        ensure!(line["pid"] != daemon, "the daemon's own: {line}");
    }
    Ok(())
}
