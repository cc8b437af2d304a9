//! Parts of a run: each stands alone and balances, together they are the run, and nothing else changes by cutting it.

#[path = "../cases/mod.rs"]
mod cases;
mod steps;
#[path = "../valid/mod.rs"]
mod valid;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use sandboxd::fold::Fold;
use sandboxd::input::{Fact, Input, Stop};
use sandboxd::probe::CpuLosses;
use serde_json::Value;

use cases::{Case, Owned};
use valid::Validators;

static SCHEMA: LazyLock<Validators> = LazyLock::new(|| {
    Validators::of(serde_json::from_str(&sandboxd::schema::json()).expect("a schema"))
});
/// What a call's counts are called, in their order in a [`Stop`]; the sums over parts are those of the run.
const COUNTS: [&str; 4] = ["seen", "emitted", "filtered", "lost"];
const TOTALS: [&str; 4] = ["exits_missed", "args_cut", "state_lost", "unwritten"];

/// The kernel half's counts: seen, filtered, lost.
#[derive(Clone, Debug, Default)]
struct Kernel(BTreeMap<u16, [u64; 4]>);

impl Kernel {
    fn stop(&self, why: &str) -> Stop {
        Stop {
            why: why.into(),
            boot_ns: 5_000_000_000,
            counts: self
                .0
                .iter()
                .map(|(&index, &counts)| (index, counts))
                .collect(),
            threads_full: 0,
        }
    }

    fn losses(&self) -> Fact {
        let by_index = self.0.iter().map(|(&index, counts)| (index, counts[2], 0));
        let by_index: Vec<_> = by_index.filter(|(_, lost, _)| *lost > 0).collect();
        let lost = by_index.iter().map(|(_, lost, _)| lost).sum();
        Fact::Losses {
            boot_ns: 1,
            cpus: vec![CpuLosses {
                cpu: 0,
                lost,
                by_index,
                ..CpuLosses::default()
            }],
        }
    }
}

/// The lines of each part.
fn parts(lines: &[Value]) -> Vec<&[Value]> {
    lines.chunk_by(|_, next| next["type"] != "start").collect()
}

fn end(part: &[Value]) -> &Value {
    part.last().expect("a line")
}

fn number(of: &Value, field: &str) -> u64 {
    of[field]
        .as_u64()
        .unwrap_or_else(|| panic!("{field} in {of}"))
}

/// What every part has.
fn stands_alone(part: &[Value], run: &Value) {
    let (first, last) = (&part[0], end(part));
    assert_eq!((&first["type"], &first["run"]), (&"start".into(), run));
    assert_eq!((&last["type"], &last["run"]), (&"end".into(), run));
    SCHEMA.check(first);
    SCHEMA.check(last);
    let mut by_call: BTreeMap<String, u64> = BTreeMap::new();
    for line in part.iter().filter(|line| line["type"] == "syscall") {
        let name = line["syscall"].as_str().expect("a name");
        let name = if line["regs"].is_array() {
            "other"
        } else {
            name
        };
        let arm32 = if line["abi"] == "arm32" { "arm32:" } else { "" };
        *by_call.entry(format!("{arm32}{name}")).or_default() += 1;
    }
    let unwritten = told(part, |line| line["reason"] == "unwritten");
    let mut lost = told(part, |_| true);
    for (name, counts) in last["by_call"].as_object().expect("counts") {
        balances(counts);
        let refused = unwritten.get(name).copied().unwrap_or(0);
        let lines = by_call.remove(name).unwrap_or(0);
        assert_eq!(number(counts, "emitted") + refused, lines, "{name}: {last}");
        let lost = lost.remove(name).unwrap_or(0);
        assert_eq!(number(counts, "lost"), lost, "{name}: {last}");
    }
    assert!(by_call.is_empty(), "no accounts of {by_call:?}");
    assert!(lost.is_empty(), "no accounts of {lost:?}");
    for (at, line) in part.iter().enumerate() {
        if line["type"] == "stats" {
            let calls = part[..at].iter().filter(|line| line["type"] == "syscall");
            let refused: u64 = told(&part[..at], |line| line["reason"] == "unwritten")
                .into_values()
                .sum();
            assert_eq!(
                number(line, "emitted") + refused,
                calls.count() as u64,
                "{line}"
            );
        }
    }
    balances(last);
}

/// What `loss` lines tell of, by call.
fn told(part: &[Value], which: fn(&&Value) -> bool) -> BTreeMap<String, u64> {
    let mut told = BTreeMap::new();
    let losses = part.iter().filter(|line| line["type"] == "loss");
    for line in losses.filter(which) {
        for (name, count) in line["by_call"].as_object().expect("counts") {
            *told.entry(name.clone()).or_default() += count.as_u64().expect("a count");
        }
    }
    told
}

fn balances(counts: &Value) {
    let [seen, emitted, filtered, lost] = COUNTS.map(|field| number(counts, field));
    assert_eq!(seen, emitted + filtered + lost, "{counts}");
}

/// A line without what cutting may change.
fn plain(line: &Value) -> Value {
    let mut line = line.clone();
    line["seq"] = Value::Null;
    line
}

fn case(name: &str) -> &'static Case {
    let mut cases = cases::all().iter();
    cases
        .find(|case| cases::name(case) == name)
        .expect("a case")
}

/// `openat`, as in its case's records.
const OPENAT: u16 = 56;

/// An input of `Cut`, with so many calls of `openat` seen, filtered, lost.
fn cut_at(boot_ns: u64, counts: [u64; 3]) -> Fact {
    let [seen, filtered, lost] = counts;
    Fact::Cut(Stop {
        why: "rotated".into(),
        boot_ns,
        counts: vec![(OPENAT, [seen, filtered, lost, 0])],
        threads_full: 0,
    })
}

#[test]
fn a_call_under_way_is_pending_and_stands_where_its_line_stands() {
    let case = case("arm64/openat");
    let is_record = |input: &Owned| matches!(input, Owned::Record(_));
    let first = case.inputs.iter().position(is_record).expect("an entry");
    let (before, after) = case.inputs.split_at(first + 1);
    let (mut fold, mut out) = (Fold::new(), Vec::new());
    for input in before {
        fold.push(input.input(), &mut out);
    }
    // Two more were seen, of which one was filtered, and one lost, which nobody has noticed yet.
    fold.push(Input::Fact(&cut_at(6_200_000_000, [3, 1, 1])), &mut out);
    for input in after {
        fold.push(input.input(), &mut out);
    }
    let mut kernel = Kernel::default();
    kernel.0.insert(OPENAT, [4, 1, 1, 0]);
    fold.push(Input::Fact(&kernel.losses()), &mut out);
    fold.push(Input::Fact(&Fact::Stop(kernel.stop("signal"))), &mut out);

    let text = String::from_utf8(out).expect("lines are UTF-8");
    let lines: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    let parts = parts(&lines);
    let [one, two] = parts[..] else {
        panic!("{text}")
    };
    let accounts = |part: &[Value]| {
        let counts = &end(part)["by_call"]["openat"];
        ["seen", "emitted", "filtered", "lost", "pending"].map(|field| number(counts, field))
    };
    assert_eq!(accounts(one), [1, 0, 1, 0, 2]);
    assert_eq!(accounts(two), [3, 2, 0, 1, 0]);
    assert!(one.iter().all(|line| line["type"] != "syscall"));
    let told = |line: &&Value| {
        (
            line["type"].clone(),
            line["event"].clone(),
            line["pid"].clone(),
        )
    };
    let heads: Vec<_> = two.iter().take(2).map(|line| told(&line)).collect();
    let attach = ("process".into(), "attach".into(), 174.into());
    assert_eq!(heads, [("start".into(), Value::Null, Value::Null), attach]);
    assert_eq!(two[0]["boot_ns"], 6_200_000_000_u64);
    assert_eq!(two[0]["time"], "2026-11-23T06:27:55.474716680Z");
    let calls = two
        .iter()
        .filter(|line| line["type"] == "syscall")
        .map(plain);
    let golden = case
        .lines
        .lines()
        .map(|line| plain(&serde_json::from_str(line).expect("JSON")));
    assert!(calls.eq(golden), "{text}");
}

#[test]
fn what_has_ended_is_not_there_when_a_part_begins() {
    let case = case("arm64/exit_group");
    let (mut fold, mut out) = (Fold::new(), Vec::new());
    for input in &case.inputs {
        fold.push(input.input(), &mut out);
    }
    let running = |out: &mut Vec<u8>, fold: &mut Fold| {
        out.clear();
        fold.push(Input::Fact(&cut_at(u64::MAX, [0; 3])), out);
        String::from_utf8_lossy(out)
            .matches(r#""event":"attach""#)
            .count()
    };
    let there = running(&mut out, &mut fold);
    fold.push(Input::Fact(&Fact::Stop(Stop::default())), &mut out);
    assert_eq!(running(&mut out, &mut fold), 0, "the run has ended");
    assert_eq!(there, 1, "the parent is, its child is not");
}

#[test]
fn a_refusal_that_comes_too_late_does_no_harm() {
    let case = case("arm64/openat");
    let (mut fold, mut out) = (Fold::new(), Vec::new());
    for input in &case.inputs {
        fold.push(input.input(), &mut out);
    }
    fold.push(Input::Fact(&cut_at(6_500_000_000, [2, 0, 0])), &mut out);
    out.clear();
    let by_index = BTreeMap::from([(OPENAT, 5)]);
    fold.push(
        Input::Fact(&Fact::Unwritten {
            boot_ns: 1,
            by_index,
            lines: 5,
        }),
        &mut out,
    );
    let mut kernel = Kernel::default();
    kernel.0.insert(OPENAT, [2, 0, 0, 0]);
    fold.push(Input::Fact(&Fact::Stop(kernel.stop("signal"))), &mut out);
    let text = String::from_utf8(out).expect("lines are UTF-8");
    let last: Value = serde_json::from_str(text.lines().last().expect("an end")).expect("JSON");
    assert_eq!(COUNTS.map(|field| number(&last, field)), [0; 4], "{text}");
}
