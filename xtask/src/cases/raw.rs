//! Registers as they were: of calls whose number no table has, and with `--raw` of every call, in both ABIs.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::script::traced;
use super::trace::{Trace, expect};
use crate::lab::{Case, Outcome};

/// By the tracepoint, which sees every number.
pub(crate) const CASE: Case = Case {
    name: "raw",
    script: traced!(
        "-u 10123 --raw --backend tracepoint -e all",
        "as-uid 10123 same-calls >facts || exit 91; as-uid 10123 rare-call >facts || exit 92; \
         as-uid 10123 arm32 >facts || exit 93"
    ),
    check,
    timeout_s: 60,
};

fn check(outcome: &Outcome) -> Result<()> {
    let trace = Trace::of(outcome)?;
    for line in trace.calls() {
        let registers = registers(line)?;
        let is_32 = line["abi"] == "arm32";
        let fit = registers.iter().all(|&value| value <= u32::MAX.into());
        ensure!(!is_32 || fit, "more than 32 bits: {line}");
        if let Some(dirfd) = line["args"]["dirfd"].as_i64() {
            ensure!(registers[0] as i32 == dirfd as i32, "another dirfd: {line}");
        }
    }
    let opened: Vec<_> = trace.named("openat");
    for abi in ["arm64", "arm32"] {
        ensure!(
            opened.iter().any(|line| line["abi"] == abi),
            "no openat of {abi}"
        );
    }
    let pair = registers(trace.only("pread64")?)?;
    ensure!(pair[4..] == [2, 1], "the offset's registers are {pair:?}");
    for (nr, abi, name) in [
        (2000, "arm64", "syscall_0x7d0"),
        (511, "arm32", "syscall_0x1ff"),
        (5000, "arm32", "syscall_0x1388"),
    ] {
        let mut lines = trace.calls().filter(|line| line["nr"] == nr);
        let line = lines.next().with_context(|| format!("no call {nr}"))?;
        let wanted = [("/abi", json!(abi)), ("/syscall", json!(name))];
        expect(line, &wanted)?;
        expect(line, &[("/ret", json!(-38)), ("/args", json!({}))])?;
        ensure!(registers(line)? == [1, 2, 3, 4, 5, 6], "{line}");
    }
    Ok(())
}

/// The six registers of a line.
fn registers(line: &Value) -> Result<Vec<u64>> {
    let regs = line["regs"]
        .as_array()
        .with_context(|| format!("no registers: {line}"))?;
    let number = |value: &Value| {
        let digits = value.as_str().and_then(|text| text.strip_prefix("0x"));
        u64::from_str_radix(digits?, 16).ok()
    };
    let numbers: Option<Vec<u64>> = regs.iter().map(number).collect();
    numbers
        .filter(|numbers| numbers.len() == 6)
        .with_context(|| format!("what are these registers: {line}"))
}
