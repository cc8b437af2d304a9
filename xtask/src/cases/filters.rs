//! Filters. Those by caller: what nobody wants is dropped in the kernel, and nothing that is wanted.

pub(crate) mod whose;

use anyhow::{Result, ensure};
use serde_json::json;

use super::script::traced;
use super::trace::{Facts, Trace, expect};
use crate::lab::{Case, Outcome};

/// One call in a thousand is inline. The ring has room for fifty records.
pub(crate) const RARE: Case = Case {
    name: "one-in-a-thousand",
    script: traced!(
        "-u 10123 --entry inline --buffer 4K -e getppid",
        "run-places rare-inline 100 >facts || exit 91"
    ),
    check: rare,
    timeout_s: 60,
};

/// Bytes of the recording for each call that is shown; a record alone is a hundred.
const BYTES_EACH: u64 = 1000;
/// And for what else it has: the process, its mappings, looks at files.
const BYTES_ELSE: u64 = 100_000;

fn rare(outcome: &Outcome) -> Result<()> {
    let trace = Trace::of(outcome)?;
    let facts = Facts::read(outcome, "facts")?;
    let (inline, libc) = (facts.number("inline")?, facts.number("libc")?);
    let (inline, libc) = (inline as u64, libc as u64);
    let lines = trace.named("getppid");
    ensure!(
        lines.len() as u64 == inline,
        "{} lines of {inline} inline calls",
        lines.len()
    );
    for line in lines {
        expect(
            line,
            &[
                ("/caller/entry", json!("inline")),
                ("/caller/class", json!("app")),
                ("/caller/lib", json!("rare-inline")),
                ("/caller/symbol", json!("inline_getppid")),
            ],
        )?;
    }
    for (what, expected) in [
        ("seen", inline + libc),
        ("emitted", inline),
        ("filtered", libc),
        ("lost", 0),
    ] {
        let found = trace.count("getppid", what);
        ensure!(found == expected, "{found} {what}, not {expected}");
    }
    // Whatever came through the ring is in the recording.
    let recorded = outcome.bytes("rec")?.len() as u64;
    let most = inline * BYTES_EACH + BYTES_ELSE;
    ensure!(
        recorded < most,
        "the recording has {recorded} bytes, more than {most}: calls that are not shown came through the ring"
    );
    Ok(())
}
