//! More calls than there is room for, and calls whose order is known: everything is accounted for, and in its place.

use anyhow::{Result, ensure};
use serde_json::json;

use super::script::traced;
use super::trace::{Facts, Trace, expect};
use crate::lab::{Case, Outcome};

/// Four threads, eighty thousand calls, and a ring of 64 KiB.
pub(crate) const FLOOD: Case = Case {
    name: "flood",
    script: traced!(
        "-u 10123 --buffer 64K -e openat",
        "as-uid 10123 flood >facts || exit 91"
    ),
    check: flood,
    timeout_s: 120,
};

/// The same by the tracepoint.
pub(crate) const FLOOD_BY_TRACEPOINT: Case = Case {
    name: "flood-by-tracepoint",
    script: traced!(
        "-u 10123 --backend tracepoint --buffer 64K -e openat",
        "as-uid 10123 flood >facts || exit 91"
    ),
    check: flood,
    timeout_s: 120,
};

/// Two threads on two CPUs, each message caused by the one before.
pub(crate) const ORDER: Case = Case {
    name: "order-of-a-thread",
    script: traced!(
        "-u 10123 -e read,write",
        "as-uid 10123 ping-pong >facts || exit 91"
    ),
    check: order,
    timeout_s: 60,
};

fn flood(outcome: &Outcome) -> Result<()> {
    let trace = Trace::of(outcome)?;
    let made = Facts::read(outcome, "facts")?.number("openat")? as u64;
    let count = |what| trace.count("openat", what);
    ensure!(
        count("seen") == made,
        "{made} calls made, {} seen",
        count("seen")
    );
    let accounted = count("emitted") + count("filtered") + count("lost");
    ensure!(
        accounted == made,
        "{made} calls made, {accounted} accounted for"
    );
    ensure!(
        count("lost") > 0,
        "the ring was never full: the case shows nothing"
    );
    let lines = trace.named("openat").len() as u64;
    ensure!(
        lines == count("emitted"),
        "{} emitted, {lines} lines",
        count("emitted")
    );
    for line in trace.named("openat") {
        expect(line, &[("/args/pathname", json!("/flood/missing"))])?;
        ensure!(
            line["ret"] == -2 || line["outcome"] == "exit_missed",
            "{line}"
        );
    }
    Ok(())
}

fn order(outcome: &Outcome) -> Result<()> {
    let trace = Trace::of(outcome)?;
    let facts = Facts::read(outcome, "facts")?;
    let (pid, messages) = (facts.number("pid")?, facts.number("messages")?);
    let (there, back) = (facts.number("fd_there")?, facts.number("fd_back")?);
    let sizes: Vec<_> = trace
        .named("write")
        .into_iter()
        .filter(|line| {
            line["pid"] == pid && (line["args"]["fd"] == there || line["args"]["fd"] == back)
        })
        .filter_map(|line| line["args"]["count"].as_i64())
        .collect();
    let wanted: Vec<_> = (1..=messages).collect();
    let right = sizes
        .iter()
        .zip(&wanted)
        .take_while(|(a, b)| a == b)
        .count();
    ensure!(
        sizes == wanted,
        "after {right} of {messages} messages comes {:?}",
        sizes.get(right)
    );
    Ok(())
}
