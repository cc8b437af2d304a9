//! `--stack`: who called whom, held against what a program knows of its own calls.
//!
//! The program (`xtask/lab/places/stacks.c`) makes calls through an app's library that calls the C library, three functions
//! deep: from the first thread, from another, from a signal's handler. It prints where each function goes back to. The
//! library is there twice, with and without frame pointers; the program is there for three C libraries, and for 32 bits.

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::script::traced;
use super::trace::Trace;
use crate::lab::{Case, Outcome};

/// By frame pointers.
pub(crate) const CHAIN: Case = Case {
    name: "stacks",
    script: traced!(
        "-u 10123 -k -e openat",
        "run-places stacks >said || exit 91"
    ),
    check: by_chain,
    timeout_s: 90,
};

/// The same by the tracepoint.
pub(crate) const CHAIN_BY_TRACEPOINT: Case = Case {
    name: "stacks-by-tracepoint",
    script: traced!(
        "-u 10123 -k --backend tracepoint -e openat",
        "run-places stacks >said || exit 91"
    ),
    check: by_chain,
    timeout_s: 90,
};

/// By a copy of the stack.
pub(crate) const COPY: Case = Case {
    name: "stacks-dwarf",
    script: traced!(
        "-u 10123 --stack=dwarf -e openat",
        "run-places stacks >said || exit 91"
    ),
    check: by_copy,
    timeout_s: 90,
};

/// The same by the tracepoint.
pub(crate) const COPY_BY_TRACEPOINT: Case = Case {
    name: "stacks-dwarf-by-tracepoint",
    script: traced!(
        "-u 10123 --stack=dwarf --backend tracepoint -e openat",
        "run-places stacks >said || exit 91"
    ),
    check: by_copy,
    timeout_s: 90,
};

/// A 32-bit program's are not followed, and say so.
pub(crate) const NARROW: Case = Case {
    name: "stacks32",
    script: traced!(
        "-u 10123 --stack=dwarf -e openat",
        "run-places stacks32 >said || exit 91"
    ),
    check: narrow,
    timeout_s: 60,
};

/// Calls of one run of the program, and runs of the 64-bit ones.
const CALLS: usize = 6;
const RUNS: usize = 6;
/// Bytes of an instruction, behind which a function goes back to its caller.
const INSTRUCTION: u64 = 4;

/// What a frame must be, behind those of the C library.
#[derive(Debug)]
enum Wanted {
    /// A function of the app.
    Function(String),
    /// An instruction.
    At(u64),
}

/// A call, as the program knows it.
struct Call {
    /// `trixie`, `bookworm`, `musl` or `arm32`.
    libc: String,
    /// `framed` or `frameless`.
    made_by: String,
    name: String,
    wanted: Vec<Wanted>,
}

fn by_chain(outcome: &Outcome) -> Result<()> {
    check(outcome, false, RUNS)
}

fn by_copy(outcome: &Outcome) -> Result<()> {
    check(outcome, true, RUNS)
}

fn narrow(outcome: &Outcome) -> Result<()> {
    check(outcome, true, 1)
}

fn check(outcome: &Outcome, by_copy: bool, runs: usize) -> Result<()> {
    let trace = Trace::of(outcome)?;
    let said = outcome.text("said")?;
    let calls = said.lines().map(|line| call(line, by_copy));
    let calls: Vec<Call> = calls.collect::<Result<_>>()?;
    ensure!(
        calls.len() == CALLS * runs,
        "{} calls were made, not {}",
        calls.len(),
        CALLS * runs
    );
    for call in calls {
        let path = format!("/stacks/{}-{}/{}", call.libc, call.made_by, call.name);
        let line = trace.with_path(&path)?;
        judge(line, &call, by_copy).with_context(|| format!("{path}: {line}"))?;
    }
    Ok(())
}

/// `chain LIBC-LIBRARY/NAME ADDRESS…`; behind a `?` what a signal interrupted goes back to.
fn call(line: &str, by_copy: bool) -> Result<Call> {
    let rest = line.strip_prefix("chain ").context("not a chain")?;
    let (place, addresses) = rest.split_once(' ').context("no addresses")?;
    let (variant, name) = place.split_once('/').context("no name")?;
    let (libc, library) = variant.split_once('-').context("no library")?;
    let mut wanted = match name {
        "raw" => vec![function("raw_openat"), function("inner_raw")],
        "opendir" => vec![function("inner_opendir")],
        _ => vec![function("inner_fopen")],
    };
    let addresses: Vec<&str> = addresses.split(' ').collect();
    for (at, address) in addresses.iter().enumerate() {
        // What a handler goes back to is no call, and begins where it says.
        let is_restorer = addresses.get(at + 1) == Some(&"?");
        match address.strip_prefix("0x") {
            Some(digits) => {
                let back = u64::from_str_radix(digits, 16)?;
                let before = if is_restorer { 0 } else { INSTRUCTION };
                wanted.push(Wanted::At(back - before));
            }
            // Only a copy of the stack has where it was interrupted.
            None if by_copy => wanted.push(function("spin")),
            None => {}
        }
    }
    Ok(Call {
        libc: libc.to_owned(),
        made_by: library.to_owned(),
        name: name.to_owned(),
        wanted,
    })
}

fn function(name: &str) -> Wanted {
    Wanted::Function(name.to_owned())
}

fn judge(line: &Value, call: &Call, by_copy: bool) -> Result<()> {
    let stack = line["stack"].as_array().context("no stack")?;
    let end = line["stack_end"].as_str().context("no stack_end")?;
    ensure!(
        stack[0]["pc"] == line["caller"]["pc"],
        "it begins elsewhere"
    );
    if call.libc == "arm32" {
        ensure!((stack.len(), end) == (1, "arm32"), "32-bit: {end}");
        return Ok(());
    }
    let is_platform = |frame: &&Value| frame["class"] == "libc";
    let platform = stack.iter().take_while(is_platform).count();
    let app = &stack[platform..];
    ensure!(
        (call.name == "raw") == (platform == 0),
        "{platform} frames of the C library come first"
    );
    // What is said is true, whatever is left out.
    for (frame, wanted) in app.iter().zip(&call.wanted) {
        matches(frame, wanted, call)?;
    }
    ensure!(!app.is_empty(), "the app is missing: {end}");
    ensure!(line["caller"]["origin"] == app[0], "the origin is another");
    let whole = app.len() >= call.wanted.len();
    if let Some(rest) = app.get(call.wanted.len()..) {
        begins(rest, end)?;
    }
    let expected = expected(call, by_copy);
    let found = (whole, end);
    ensure!(expected.contains(&found), "{found:?} and not {expected:?}");
    Ok(())
}

/// Whether a frame is that one.
fn matches(frame: &Value, wanted: &Wanted, call: &Call) -> Result<()> {
    match wanted {
        Wanted::Function(name) => {
            let lib = if name == "spin" {
                "stacks"
            } else {
                &format!("lib{}.so", call.made_by)
            };
            let is_there = frame["symbol"] == name.as_str()
                && frame["class"] == "app"
                && frame["lib"]
                    .as_str()
                    .is_some_and(|found| found.starts_with(lib));
            ensure!(is_there, "{frame} is not {name}");
        }
        Wanted::At(pc) => ensure!(
            frame["pc"] == format!("{pc:#x}"),
            "{frame} is not at {pc:#x}"
        ),
    }
    Ok(())
}

/// Behind what is known there is what begins a program or a thread, and nothing else.
fn begins(rest: &[Value], end: &str) -> Result<()> {
    for frame in rest {
        let is_start = frame["class"] == "libc" || frame["symbol"] == "_start";
        ensure!(is_start, "{frame} begins nothing");
    }
    ensure!(
        matches!(end, "outermost" | "elsewhere"),
        "the whole stack ends with {end}"
    );
    Ok(())
}

/// Whether all that is known must be there, and how it may end. Debian builds musl without tables: there the code says it.
fn expected(call: &Call, by_copy: bool) -> &'static [(bool, &'static str)] {
    match (call.libc.as_str(), call.made_by.as_str(), by_copy) {
        (_, "frameless", false) => &[(false, "no_frame")],
        // Its `clone` lets a thread begin with its parent's frame pointer.
        ("musl", ..) => &[(true, "outermost"), (true, "elsewhere")],
        _ => &[(true, "outermost")],
    }
}
