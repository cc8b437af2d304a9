//! A call is the same however it was made: through the libc, or by an `svc` in the program's own code.
//!
//! Only `caller` tells them apart, and it must: through the libc they share one instruction, inline each has its own.

use std::collections::BTreeSet;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::script::traced;
use super::trace::{Facts, Trace};
use crate::lab::{Case, Outcome};

/// What `same-calls` makes.
macro_rules! options {
    () => {
        "-u 10123 -e openat,read,close,getppid,socket,connect,mmap,mprotect,munmap,uname,getrandom,faccessat,newfstatat,prctl"
    };
}

/// By kprobes.
pub(crate) const CASE: Case = Case {
    name: "inline-like-libc",
    script: traced!(options!(), "as-uid 10123 same-calls >facts || exit 91"),
    check,
    timeout_s: 60,
};

/// By the tracepoint.
pub(crate) const BY_TRACEPOINT: Case = Case {
    name: "inline-like-libc-by-tracepoint",
    script: traced!(
        concat!("--backend tracepoint ", options!()),
        "as-uid 10123 same-calls >facts || exit 91"
    ),
    check: check_by_tracepoint,
    timeout_s: 60,
};

/// What the two halves need not share: when, where, and the random bytes that were asked for.
const MAY_DIFFER: [&str; 6] = ["seq", "time", "boot_ns", "cpu", "dur_ns", "caller"];

fn check(outcome: &Outcome) -> Result<()> {
    let trace = Trace::of(outcome)?;
    let facts = Facts::read(outcome, "facts")?;
    let by_libc = trace.between("libc", "inline")?;
    let inline = trace.between("inline", "done")?;
    let rets = facts.numbers("ret")?;
    ensure!(
        by_libc.len() == rets.len(),
        "{} calls through the libc, not {}",
        by_libc.len(),
        rets.len()
    );
    ensure!(
        inline.len() == rets.len(),
        "{} inline calls, not {}",
        inline.len(),
        rets.len()
    );
    let instructions = |half: &[&Value]| -> BTreeSet<String> {
        half.iter()
            .map(|line| line["caller"]["pc"].to_string())
            .collect()
    };
    ensure!(
        instructions(&by_libc).len() == 1,
        "syscall() has one svc, not {:?}",
        instructions(&by_libc)
    );
    ensure!(
        instructions(&inline).len() == rets.len(),
        "each inline call has its own svc: {:?}",
        instructions(&inline)
    );
    for ((libc, inline), ret) in by_libc.into_iter().zip(inline).zip(rets) {
        ensure!(
            inline["ret"] == ret,
            "the program got {ret}, the line says {inline}"
        );
        let (libc_rest, inline_rest) = (comparable(libc)?, comparable(inline)?);
        ensure!(
            libc_rest == inline_rest,
            "through the libc {libc_rest}, inline {inline_rest}"
        );
    }
    Ok(())
}

fn check_by_tracepoint(outcome: &Outcome) -> Result<()> {
    check(outcome)?;
    let trace = Trace::of(outcome)?;
    let backend = &trace.start()["backend"];
    ensure!(backend == "tracepoint", "the start says backend {backend}");
    Ok(())
}

fn comparable(line: &Value) -> Result<Value> {
    let mut rest = line.clone();
    let fields = rest.as_object_mut().context("a line that is no object")?;
    for field in MAY_DIFFER {
        fields.remove(field);
    }
    if rest["syscall"] == "getrandom" {
        for what in ["text", "hex"] {
            rest["args"]["buf"]
                .as_object_mut()
                .map(|buf| buf.remove(what));
        }
    }
    Ok(rest)
}
