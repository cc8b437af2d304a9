//! 32-bit ARM: numbers of another table, arguments in pairs of registers, calls outside every table.

use anyhow::{Result, ensure};
use serde_json::json;

use super::script::traced;
use super::trace::{Facts, Trace, expect};
use crate::lab::{Case, Outcome};

/// By kprobes, on CPUs that run such programs.
pub(crate) const CASE: Case = Case {
    name: "arm32",
    script: traced!(
        "-u 10123 -e getppid,openat,open,pread64,close,socket,connect,cacheflush,set_tls,getpgrp,write,faccessat",
        "as-uid 10123 arm32 >facts || exit 91"
    ),
    check,
    timeout_s: 60,
};

/// By the tracepoint, which sees the numbers that nobody has too.
pub(crate) const BY_TRACEPOINT: Case = Case {
    name: "arm32-by-tracepoint",
    script: traced!(
        "-u 10123 --backend tracepoint -e all",
        "as-uid 10123 arm32 >facts || exit 91"
    ),
    check: check_all,
    timeout_s: 60,
};

/// Calls that 32-bit tasks enter by another symbol before 5.15.
pub(crate) const OLDER: Case = Case {
    name: "arm32-older-symbols",
    script: traced!(
        "-u 10123 -e mbind,get_mempolicy,set_mempolicy,migrate_pages,move_pages",
        "as-uid 10123 every-call32 >facts || exit 91"
    ),
    check: older,
    timeout_s: 60,
};

fn older(outcome: &Outcome) -> Result<()> {
    let trace = Trace::of(outcome)?;
    for name in [
        "mbind",
        "get_mempolicy",
        "set_mempolicy",
        "migrate_pages",
        "move_pages",
    ] {
        let lines = trace.named(name);
        ensure!(!lines.is_empty(), "no line of {name}");
        for line in lines {
            expect(
                line,
                &[("/abi", json!("arm32")), ("/outcome", json!("returned"))],
            )?;
        }
    }
    Ok(())
}

fn check(outcome: &Outcome) -> Result<()> {
    let trace = Trace::of(outcome)?;
    let facts = Facts::read(outcome, "facts")?;
    let pid = facts.number("pid")?;
    let of_program = || {
        trace
            .calls()
            .filter(|line| line["pid"] == pid && line["abi"] == "arm32")
    };
    let parent = facts.number("getppid")?;
    let getppid: Vec<_> = of_program()
        .filter(|line| line["syscall"] == "getppid")
        .collect();
    ensure!(getppid.len() == 1, "{} lines of getppid", getppid.len());
    expect(getppid[0], &[("/nr", json!(64)), ("/ret", json!(parent))])?;
    expect(
        trace.with_path("/arm32/openat")?,
        &[
            ("/nr", json!(322)),
            ("/abi", json!("arm32")),
            ("/ret", json!(-2)),
        ],
    )?;
    expect(
        trace.with_path("/arm32/open")?,
        &[
            ("/nr", json!(5)),
            ("/syscall", json!("open")),
            ("/ret", json!(-2)),
        ],
    )?;
    expect(
        trace.only("pread64")?,
        &[
            ("/nr", json!(180)),
            ("/args/offset", json!(0x1_0000_0002_u64)),
            ("/args/count", json!(16)),
            ("/ret", json!(0)),
        ],
    )?;
    let connect = trace.only("connect")?;
    expect(
        connect,
        &[
            ("/nr", json!(283)),
            ("/ret", json!(-111)),
            ("/error", json!("ECONNREFUSED")),
        ],
    )?;
    ensure!(
        connect["args"]["addr"].to_string().contains("27042"),
        "{connect}"
    );
    each_once(&trace, pid, &[0xf_0002, 0xf_0005])?;
    let places: Vec<_> = of_program()
        .filter(|line| line["syscall"] == "getpgrp")
        .map(|line| line["caller"]["pc"].clone())
        .collect();
    let label = |name| Ok::<_, anyhow::Error>(json!(format!("{:#x}", facts.number(name)?)));
    ensure!(
        places == [label("arm_svc")?, label("thumb_svc")?],
        "getpgrp was called at {places:?}, not at the labels arm_svc and thumb_svc"
    );
    expect(trace.with_path("/arm32/last")?, &[("/pid", json!(pid))])
}

/// What `check` says, and the numbers that stand in no table: none is taken for a call of the 64-bit one.
fn check_all(outcome: &Outcome) -> Result<()> {
    check(outcome)?;
    let trace = Trace::of(outcome)?;
    let pid = Facts::read(outcome, "facts")?.number("pid")?;
    each_once(&trace, pid, &[511, 5000])?;
    for line in trace
        .calls()
        .filter(|line| line["nr"] == 511 || line["nr"] == 5000)
    {
        expect(
            line,
            &[
                ("/abi", json!("arm32")),
                ("/ret", json!(-38)),
                ("/outcome", json!("returned")),
            ],
        )?;
        ensure!(
            line["syscall"]
                .as_str()
                .is_some_and(|name| name.contains("0x")),
            "named: {line}"
        );
    }
    Ok(())
}

/// After the program's mark, which the C library's own beginning comes before.
fn each_once(trace: &Trace, pid: i64, numbers: &[i64]) -> Result<()> {
    let mark = trace.with_path("/marker/arm32")?["seq"].as_u64();
    for nr in numbers {
        let lines = trace
            .calls()
            .filter(|line| line["seq"].as_u64() > mark && line["pid"] == pid && line["nr"] == *nr)
            .count();
        ensure!(lines == 1, "{lines} lines with number {nr:#x}");
    }
    Ok(())
}
