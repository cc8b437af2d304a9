//! What a call's pointers lead to: pages that are not there yet, tagged addresses, nothing at all, more than is copied.

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use super::script::traced;
use super::trace::{Facts, Trace, expect};
use crate::lab::{Case, Outcome};

/// Pages that the page tables do not know when the call begins, and strings of every awkward length.
pub(crate) const LATE: Case = Case {
    name: "late-path",
    script: traced!(
        "-u 10123 -e openat,connect",
        "as-uid 10123 late-path >facts || exit 91"
    ),
    check: late,
    timeout_s: 60,
};

/// The same by the tracepoint.
pub(crate) const LATE_BY_TRACEPOINT: Case = Case {
    name: "late-path-by-tracepoint",
    script: traced!(
        "-u 10123 --backend tracepoint -e openat,connect",
        "as-uid 10123 late-path >facts || exit 91"
    ),
    check: late,
    timeout_s: 60,
};

/// Pointers as Android's allocator hands them out.
pub(crate) const TAGGED: Case = Case {
    name: "tagged-pointer",
    script: traced!(
        "-u 10123 -e openat,faccessat,nanosleep,clock_nanosleep,connect,writev",
        "as-uid 10123 tagged >facts || exit 91"
    ),
    check: tagged,
    timeout_s: 60,
};

/// Pointers to nothing.
pub(crate) const BAD: Case = Case {
    name: "bad-pointer",
    script: traced!(
        "-u 10123 -e openat,faccessat,connect,execve,nanosleep,writev",
        "as-uid 10123 bad-pointer >facts || exit 91"
    ),
    check: bad,
    timeout_s: 60,
};

/// More strings, and longer ones, than a line holds.
pub(crate) const EXEC: Case = Case {
    name: "exec-strings",
    script: traced!(
        "-u 10123 -e execve,execveat,openat",
        "as-uid 10123 exec-family >facts || exit 91"
    ),
    check: exec,
    timeout_s: 60,
};

/// The path that `late-path` makes of this length.
fn long_path(len: usize) -> String {
    let byte = |at: usize| {
        if at.is_multiple_of(100) {
            b'/'
        } else {
            b'a' + (at % 26) as u8
        }
    };
    (0..len).map(byte).map(char::from).collect()
}

fn late(outcome: &Outcome) -> Result<()> {
    let trace = Trace::of(outcome)?;
    let facts = Facts::read(outcome, "facts")?;
    for name in ["untouched", "halfway", "sockaddr"] {
        let present = facts.number(&format!("{name}.present"))?;
        ensure!(present == 0, "{name} was resident: the case shows nothing");
    }
    for path in ["/late/untouched", "/late/halfway/touched"] {
        let line = trace.with_path(path)?;
        expect(
            line,
            &[
                ("/arg_status/pathname/state", json!("late")),
                ("/ret", json!(-2)),
            ],
        )?;
    }
    for path in ["/late/edge".to_owned(), long_path(4000), long_path(4095)] {
        let line = trace.with_path(&path)?;
        ensure!(line.get("arg_status").is_none(), "{line}");
    }
    let mut over = trace.named("openat");
    over.retain(|line| line["ret"] == -14);
    ensure!(over.len() == 1, "{} calls failed with EFAULT", over.len());
    unread(over[0], "pathname")?;
    let mut beyond = trace.named("openat");
    beyond.retain(|line| line["ret"] == -36);
    ensure!(
        beyond.len() == 1,
        "{} calls failed with ENAMETOOLONG",
        beyond.len()
    );
    let path = beyond[0]["args"]["pathname"].as_str().unwrap_or_default();
    ensure!(
        path.len() >= 4000 && long_path(4200).starts_with(path),
        "not its beginning: {path}"
    );
    expect(beyond[0], &[("/arg_status/pathname/state", json!("cut"))])?;
    let connect = trace.only("connect")?;
    expect(connect, &[("/arg_status/addr/state", json!("late"))])?;
    ensure!(
        connect["args"]["addr"].to_string().contains("27042"),
        "{connect}"
    );
    Ok(())
}

/// The argument is null, and the line says that it could not be read.
fn unread(line: &Value, argument: &str) -> Result<()> {
    expect(
        line,
        &[
            (&format!("/args/{argument}"), Value::Null),
            (&format!("/arg_status/{argument}/state"), json!("unread")),
            (&format!("/arg_status/{argument}/error"), json!("EFAULT")),
        ],
    )
}

fn tagged(outcome: &Outcome) -> Result<()> {
    let trace = Trace::of(outcome)?;
    trace.with_path("/tagged/path")?;
    let seen: Vec<_> = ["nanosleep", "clock_nanosleep", "connect", "writev"]
        .iter()
        .filter_map(|name| trace.named(name).pop().cloned())
        .collect();
    ensure!(seen.len() == 4, "{} of the 4 calls", seen.len());
    for (line, wanted) in seen.iter().zip(["1000000", "1000000", "27042", "second"]) {
        ensure!(
            line["args"].to_string().contains(wanted),
            "no {wanted} in {line}"
        );
    }
    ensure!(
        seen[3]["args"].to_string().contains("first "),
        "no first part in {}",
        seen[3]
    );
    for line in trace.calls() {
        ensure!(line.get("arg_status").is_none(), "{line}");
    }
    Ok(())
}

fn bad(outcome: &Outcome) -> Result<()> {
    let trace = Trace::of(outcome)?;
    let pid = Facts::read(outcome, "facts")?.number("pid")?;
    let mark = trace.with_path("/marker/bad")?["seq"].as_u64();
    let bad: Vec<_> = trace
        .calls()
        .filter(|line| line["pid"] == pid && line["seq"].as_u64() > mark)
        .collect();
    let names: Vec<_> = bad
        .iter()
        .filter_map(|line| line["syscall"].as_str())
        .collect();
    let wanted = "openat openat openat connect execve execve execve nanosleep writev writev writev";
    ensure!(
        names.join(" ") == wanted,
        "the calls were {}",
        names.join(" ")
    );
    for line in &bad {
        expect(line, &[("/ret", json!(-14)), ("/error", json!("EFAULT"))])?;
    }
    unread(bad[0], "pathname")?;
    unread(bad[2], "pathname")?;
    // A null pointer leads nowhere: there is nothing that was not read.
    expect(
        bad[1],
        &[
            ("/args/pathname", Value::Null),
            ("/arg_status", Value::Null),
        ],
    )?;
    expect(bad[0], &[("/arg_status/pathname/addr", json!("0x1"))])?;
    unread(bad[3], "addr")?;
    unread(bad[4], "argv")?;
    unread(bad[6], "pathname")?;
    unread(bad[8], "iov")?;
    // The array was read; of what it points at, only the good part.
    for line in [bad[5], bad[9], bad[10]] {
        ensure!(
            line["arg_status"].to_string().contains("EFAULT"),
            "says nothing of what is missing: {line}"
        );
    }
    ensure!(
        bad[10]["args"].to_string().contains("good"),
        "the good part is missing: {}",
        bad[10]
    );
    Ok(())
}

fn exec(outcome: &Outcome) -> Result<()> {
    let trace = Trace::of(outcome)?;
    let facts = Facts::read(outcome, "facts")?;
    let pid = facts.number("pid")?;
    let missing = trace.with_path("/exec/missing")?;
    let missing_at = trace.with_path("/exec/missing-at")?;
    let itself = trace
        .calls()
        .find(|line| line["syscall"] == "execveat" && line["ret"] == 0);
    let Some(itself) = itself else {
        anyhow::bail!("no execveat succeeded");
    };
    for line in [missing, missing_at, itself] {
        expect(
            line,
            &[
                ("/pid", json!(pid)),
                ("/args/argv/0", json!("exec-family")),
                ("/args/argv/1", json!("argument-1")),
            ],
        )?;
        expect(line, &[("/arg_status/argv/state", json!("cut"))])?;
        let big = line["args"]["argv"][2].as_str().unwrap_or_default();
        ensure!(
            !big.is_empty() && big.bytes().all(|byte| byte == b'b'),
            "the big string is {big:?}"
        );
    }
    let last = trace.with_path("/exec/done")?;
    expect(
        last,
        &[("/pid", json!(pid)), ("/outcome", json!("returned"))],
    )
}
