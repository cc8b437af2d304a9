//! Outputs with less room than there is to give, and strings that just fit: what lies behind the caller's buffer is none
//! of the call's.

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use super::script::traced;
use super::trace::{Trace, expect};
use crate::lab::{Case, Outcome};

/// Each buffer has a secret behind it.
pub(crate) const CASE: Case = Case {
    name: "small-room",
    script: traced!(
        "-u 10123 -e recvfrom,recvmsg,getsockname,execve,faccessat",
        "as-uid 10123 small-room >facts || exit 91"
    ),
    check: room,
    timeout_s: 60,
};

fn room(outcome: &Outcome) -> Result<()> {
    let trace = Trace::of(outcome)?;
    let mark = trace.with_path("/marker/room")?;
    let lines: Vec<&Value> = trace
        .calls()
        .filter(|line| line["tid"] == mark["tid"] && line["seq"].as_u64() > mark["seq"].as_u64())
        .collect();
    ensure!(lines.len() == 6, "{} lines, not 6", lines.len());
    for line in &lines {
        ensure!(!line.to_string().contains("secret"), "read too far: {line}");
    }
    expect(
        lines[0],
        &[
            ("/ret", json!(8)),
            ("/args/buf", json!({ "len": 1, "text": "d" })),
            ("/arg_status", Value::Null),
        ],
    )?;
    // The family and the port are there, the address is not.
    expect(
        lines[1],
        &[
            ("/args/addr/family", json!("AF_INET")),
            ("/args/addr/addr", Value::Null),
            ("/args/addrlen", json!(16)),
            ("/arg_status/addr", json!({ "state": "cut", "len": 16 })),
        ],
    )?;
    expect(
        lines[2],
        &[
            ("/ret", json!(1)),
            ("/args/src_addr/family", json!("AF_INET")),
            ("/args/src_addr/addr", Value::Null),
            ("/arg_status/src_addr", json!({ "state": "cut", "len": 16 })),
        ],
    )?;
    expect(
        lines[3],
        &[
            ("/ret", json!(1)),
            ("/args/msg/name/family", json!("AF_INET")),
            ("/args/msg/name/addr", Value::Null),
            ("/arg_status/msg", json!({ "state": "cut", "len": 16 })),
        ],
    )?;
    expect(
        lines[4],
        &[
            ("/args/argv", json!(["fits", "e".repeat(256)])),
            ("/arg_status", Value::Null),
        ],
    )?;
    expect(
        lines[5],
        &[
            ("/args/argv", json!(["cut", "b".repeat(256)])),
            ("/arg_status/argv/state", json!("cut")),
        ],
    )
}
