//! Golden cases: the records that real kernels gave for every call of the table, and the lines that come of them.
//!
//! `cargo xtask golden` makes the cases; `UPDATE_GOLDEN=1 cargo test -p sandboxd --test golden` writes the lines anew.

mod cases;

use std::collections::BTreeSet;
use std::{env, fs};

use kprobe_common::index::Abi;
use kprobe_common::table::rows::ROWS;
use sandboxd::fold::Fold;
use sandboxd::input::Fact;
use serde_json::Value;

use cases::{Case, Owned, RULER};

/// Calls that the lab cannot record, each with its reason.
const UNRECORDED: &[(&str, &str)] = &[];

#[test]
fn every_case_gives_its_lines() {
    let mut wrong = 0;
    for case in cases::all() {
        let lines = lines(case, false);
        if lines == case.lines {
            continue;
        }
        if env::var_os("UPDATE_GOLDEN").is_some() {
            rewrite(case, &lines);
            continue;
        }
        wrong += 1;
        eprintln!(
            "{}\n---- expected\n{}---- got\n{lines}----",
            case.path.display(),
            case.lines
        );
    }
    assert_eq!(
        wrong, 0,
        "cases give other lines; if these are right: UPDATE_GOLDEN=1 cargo test -p sandboxd --test golden"
    );
}

#[test]
fn every_case_shows_a_call_of_its_name() {
    for case in cases::all() {
        let name = cases::name(case);
        let (abi, call) = name.split_once('/').expect("ABI/CALL");
        let call = call.split('+').next().expect("a call");
        let shown = case
            .lines
            .lines()
            .map(|line| serde_json::from_str(line).expect("JSON"))
            .any(|line: Value| {
                let is_named =
                    line["syscall"] == call || call == "no-row" && line["regs"].is_array();
                line["type"] == "syscall" && line["abi"] == abi && is_named
            });
        assert!(shown, "{name} shows no such call:\n{}", case.lines);
    }
}

#[test]
fn every_row_has_a_case_or_a_reason_for_none() {
    let there: BTreeSet<String> = cases::all()
        .iter()
        .map(|case| {
            cases::name(case)
                .split('+')
                .next()
                .unwrap_or_default()
                .into()
        })
        .collect();
    let rows: BTreeSet<String> = ROWS
        .iter()
        .flat_map(|row| {
            let names = [(Abi::Arm64, "arm64"), (Abi::Arm32, "arm32")];
            names
                .into_iter()
                .filter(|&(abi, _)| row.nr(abi).is_some())
                .map(|(_, abi)| format!("{abi}/{}", row.name))
        })
        .collect();
    let excused: BTreeSet<String> = UNRECORDED
        .iter()
        .map(|&(name, _)| name.to_owned())
        .collect();
    let missing: Vec<_> = rows
        .difference(&there)
        .filter(|name| !excused.contains(*name))
        .collect();
    assert!(
        missing.is_empty(),
        "rows without a case, which cargo xtask golden would make: {missing:?}"
    );
    let idle: Vec<_> = excused
        .iter()
        .filter(|name| there.contains(*name) || !rows.contains(*name))
        .collect();
    assert!(idle.is_empty(), "excused for nothing: {idle:?}");
    let strange: Vec<_> = there
        .difference(&rows)
        .filter(|name| !name.ends_with("/no-row"))
        .collect();
    assert!(strange.is_empty(), "cases of no row: {strange:?}");
}

#[test]
fn raw_adds_the_registers_to_every_line_and_changes_nothing_else() {
    for case in cases::all() {
        let raw = lines(case, true);
        assert_eq!(raw.lines().count(), case.lines.lines().count());
        for (raw, plain) in raw.lines().zip(case.lines.lines()) {
            let [mut raw, mut plain] =
                [raw, plain].map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
            if plain["type"] == "syscall" {
                let [raw, plain] = [&mut raw, &mut plain].map(|line| line.as_object_mut());
                let regs = raw.and_then(|line| line.remove("regs")).expect("registers");
                assert_eq!(regs.as_array().map(Vec::len), Some(6));
                plain.and_then(|line| line.remove("regs"));
            }
            assert_eq!(raw, plain);
        }
    }
}

/// What comes of a case from its first record on: the facts before are taken for granted.
fn lines(case: &Case, raw: bool) -> String {
    let mut fold = Fold::new();
    let mut out = Vec::new();
    let mut before = true;
    for input in &case.inputs {
        if before && matches!(input, Owned::Record(_)) {
            out.clear();
            before = false;
        }
        let mut input = input.clone();
        if let Owned::Fact(Fact::Start(start)) = &mut input {
            start.raw = raw;
        }
        fold.push(input.input(), &mut out);
    }
    String::from_utf8(out).expect("lines are UTF-8")
}

/// Puts other lines behind a case's ruler.
fn rewrite(case: &Case, lines: &str) {
    let text = fs::read_to_string(&case.path).expect("a readable case");
    let (head, _) = text.split_once(RULER).expect("a ruler");
    fs::write(&case.path, format!("{head}{RULER}{lines}")).expect("a writable case");
}
