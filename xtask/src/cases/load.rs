//! More calls than there is room for, and calls whose order is known: everything is accounted for, and in its place.

use anyhow::{Result, ensure};
use serde_json::json;

use super::script::traced;
use super::trace::{Facts, Trace, expect};
use crate::lab::{Case, Outcome};

/// All of this file.
pub(crate) const CASES: [Case; 3] = [FLOOD, FLOOD_BY_TRACEPOINT, ORDER];

/// Four threads, eighty thousand calls, and a ring of 16 KiB: of calls that give descriptors, the ring of state. That is
/// less than what wakes the reader, which is faster than any flood: it comes every 20 ms.
const FLOOD: Case = Case {
    name: "flood",
    script: traced!(
        "-u 10123 --state-buffer 16K -e openat",
        "as-uid 10123 flood >facts || exit 91"
    ),
    check: flood,
    timeout_s: 120,
};

/// The same by the tracepoint, and by the other ring.
const FLOOD_BY_TRACEPOINT: Case = Case {
    name: "flood-by-tracepoint",
    script: traced!(
        "-u 10123 --backend tracepoint --no-fds --buffer 16K -e openat",
        "as-uid 10123 flood >facts || exit 91"
    ),
    check: flood,
    timeout_s: 120,
};

/// Two threads on two CPUs, each message caused by the one before.
const ORDER: Case = Case {
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
    let mut sent: Vec<_> = trace
        .named("write")
        .into_iter()
        .filter(|line| line["pid"] == pid)
        .filter(|line| line["args"]["fd"] == there || line["args"]["fd"] == back)
        .map(|line| (line["boot_ns"].as_u64(), line["args"]["count"].as_i64()))
        .collect();
    ensure!(
        sent.len() as i64 == messages,
        "{} of {messages} messages",
        sent.len()
    );
    for parity in 0..2 {
        let of_thread = sent
            .iter()
            .map(|(_, count)| *count)
            .filter(|count| count.is_some_and(|count| count % 2 == parity));
        let wanted = (1..=messages).filter(|count| count % 2 == parity).map(Some);
        ensure!(
            of_thread.eq(wanted),
            "the messages of one thread are not in order"
        );
    }
    // A line is written when its call returns, and a message can be answered before that: neighbours may change places.
    // But a thread's next call begins after that return, so what the call after the next causes comes later in any case.
    let mut latest = 0;
    for (_, count) in &sent {
        let count = count.unwrap_or_default();
        ensure!(
            latest <= count + 1,
            "message {latest} comes before message {count}"
        );
        latest = latest.max(count);
    }
    sent.sort_by_key(|(time, _)| *time);
    for (at, (_, count)) in (1..=messages).zip(&sent) {
        ensure!(
            *count == Some(at),
            "by time of entry, message {at} is {count:?}"
        );
    }
    Ok(())
}
