//! Runs made of steps in any order, cut and whole.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use kprobe_common::index::{Abi, index};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use sandboxd::fold::Fold;
use sandboxd::input::{Fact, Input};
use sandboxd::record::Record;
use serde_json::Value;

use super::cases::{self, Owned};
use super::{COUNTS, Kernel, TOTALS, end, number, parts, plain, stands_alone};

/// What happens to a run.
#[expect(clippy::large_enum_variant, reason = "a run has a few")]
#[derive(Clone, Debug)]
enum Step {
    Input(Owned),
    /// The kernel half drops a call of this index.
    Filter(u16),
    /// It loses one, on a CPU, and that is noticed at once or later.
    Lose(u16, bool),
    /// The output did not take a line of this part.
    Refuse,
    /// Another part begins, while so many steps that follow have happened already.
    Cut(usize),
}

impl Kernel {
    fn note(&mut self, step: &Step) {
        let mut count = |index: u16, field: Option<usize>| {
            let counts = self.0.entry(index).or_default();
            counts[0] += 1;
            if let Some(field) = field {
                counts[field] += 1;
            }
        };
        match step {
            Step::Input(Owned::Record(bytes)) => {
                if let Some(record) = Record::parse(bytes)
                    && record.begins_call()
                {
                    count(record.header.index, None);
                }
            }
            Step::Filter(index) => count(*index, Some(1)),
            Step::Lose(index, _) => count(*index, Some(2)),
            Step::Input(Owned::Fact(_)) | Step::Refuse | Step::Cut(_) => {}
        }
    }
}

/// That the output did not take a call's line of these: none that was told of before.
fn refusal(lines: &[u8], refused: usize) -> Option<Fact> {
    let lines = str::from_utf8(lines).expect("lines are UTF-8").lines();
    let lines = lines.map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    let line = lines
        .filter(|line| line["type"] == "syscall")
        .nth(refused)?;
    let abi = if line["abi"] == "arm64" {
        Abi::Arm64
    } else {
        Abi::Arm32
    };
    let nr = line["nr"].as_i64().expect("a number") as i32;
    Some(Fact::Unwritten {
        boot_ns: 1,
        by_index: BTreeMap::from([(index(abi, nr), 1)]),
        lines: 1,
    })
}

/// The lines of a run, cut or whole.
fn lines(start: &Owned, steps: &[Step], cut: bool) -> Vec<Value> {
    let (mut fold, mut out, mut kernel) = (Fold::new(), Vec::new(), Kernel::default());
    // The kernel half's counts never go back.
    let mut happened = 0;
    // Where this part begins, and how many of its calls were refused.
    let (mut begin, mut refused) = (0, 0);
    fold.push(start.input(), &mut out);
    for (at, step) in steps.iter().enumerate() {
        kernel.note(step);
        match step {
            Step::Input(input) => fold.push(input.input(), &mut out),
            Step::Lose(_, true) => fold.push(Input::Fact(&kernel.losses()), &mut out),
            Step::Refuse => {
                if let Some(fact) = refusal(&out[begin..], refused) {
                    refused += 1;
                    fold.push(Input::Fact(&fact), &mut out);
                }
            }
            Step::Cut(ahead) if cut => {
                let mut then = kernel.clone();
                happened = happened.max(at + 1 + ahead).min(steps.len());
                steps[at + 1..happened]
                    .iter()
                    .for_each(|step| then.note(step));
                fold.push(Input::Fact(&Fact::Cut(then.stop("rotated"))), &mut out);
            }
            Step::Filter(_) | Step::Lose(_, false) | Step::Cut(_) => {}
        }
        if let Step::Cut(_) = step {
            (begin, refused) = (out.len(), 0);
        }
    }
    fold.push(Input::Fact(&kernel.losses()), &mut out);
    fold.push(Input::Fact(&Fact::Stop(kernel.stop("signal"))), &mut out);
    let text = String::from_utf8(out).expect("lines are UTF-8");
    let parse = |line| serde_json::from_str(line).expect("JSON");
    text.lines().map(parse).collect()
}

/// Lines that are there whether the run is cut or not.
fn common(lines: &[Value]) -> Vec<Value> {
    let told = parts(lines);
    let mut common = Vec::new();
    for (number, part) in told.iter().enumerate() {
        let of_start =
            |line: &&Value| line["event"] == "attach" && line["boot_ns"] == part[0]["boot_ns"];
        let heads = part[1..].iter().take_while(of_start);
        // Behind another part's start stand those that are there; the first part's come as they are met.
        let heads = if number == 0 { 0 } else { heads.count() };
        let body = part[1 + heads..].iter();
        common.extend(
            body.filter(|line| line["type"] != "end" && line["type"] != "stats")
                .map(plain),
        );
    }
    common
}

fn starts() -> Vec<Owned> {
    cases::all()
        .iter()
        .take(3)
        .map(|case| case.inputs[0].clone())
        .collect()
}

/// A record of the cases, in one of few threads, so that they meet.
fn record() -> impl Strategy<Value = Owned> {
    static RECORDS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
        let inputs = cases::all().iter().flat_map(|case| &case.inputs);
        let records = inputs.filter_map(|input| match input {
            Owned::Record(bytes) => Some(bytes.clone()),
            Owned::Fact(_) => None,
        });
        records.collect()
    });
    (select(&RECORDS[..]), 1..6_u32, 1..4_u32).prop_map(|(mut bytes, tid, tgid)| {
        bytes[16..20].copy_from_slice(&tgid.to_le_bytes());
        bytes[20..24].copy_from_slice(&tid.to_le_bytes());
        Owned::Record(bytes)
    })
}

fn fact() -> impl Strategy<Value = Owned> {
    let facts = cases::all().iter().flat_map(|case| &case.inputs);
    let facts = facts.filter(|input| {
        matches!(input, Owned::Fact(fact) if !matches!(fact, Fact::Start(_) | Fact::Unwritten { .. } | Fact::Losses { .. } | Fact::Stop(_)))
    });
    let tick = any::<u64>().prop_map(|boot_ns| Owned::Fact(Fact::Tick { boot_ns }));
    prop_oneof![select(facts.cloned().collect::<Vec<_>>()), tick]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        16 => record().prop_map(Step::Input),
        2 => fact().prop_map(Step::Input),
        1 => (0..400_u16).prop_map(Step::Filter),
        1 => (0..400_u16, any::<bool>()).prop_map(|(index, told)| Step::Lose(index, told)),
        1 => Just(Step::Refuse),
        2 => (0..30_usize).prop_map(Step::Cut),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn parts_stand_alone_and_are_the_run_together(steps in vec(step(), 0..120), start in any::<Index>()) {
        let starts = starts();
        let start = &starts[start.index(starts.len())];
        let (cut, whole) = (lines(start, &steps, true), lines(start, &steps, false));
        let told = parts(&cut);
        let cuts = steps.iter().filter(|step| matches!(step, Step::Cut(_))).count();
        prop_assert_eq!(told.len(), cuts + 1);
        for (at, line) in cut.iter().enumerate() {
            prop_assert_eq!(number(line, "seq"), at as u64);
        }
        for (at, part) in told.iter().enumerate() {
            stands_alone(part, &whole[0]["run"]);
            prop_assert_eq!(number(&part[0], "part"), at as u64 + 1);
            let why = if at == cuts { "signal" } else { "rotated" };
            prop_assert_eq!(&end(part)["why"], why);
        }
        let all = end(&whole);
        prop_assert_eq!(number(end(told[cuts]), "pending"), 0);
        for field in COUNTS.iter().chain(&TOTALS) {
            let sum: u64 = told.iter().map(|part| number(end(part), field)).sum();
            prop_assert_eq!(sum, number(all, field), "{}", field);
        }
        for (name, counts) in all["by_call"].as_object().expect("counts") {
            for field in COUNTS.iter().chain(&["errors", "total_ns"]) {
                let of = |part: &&[Value]| end(part)["by_call"][name][*field].as_u64().unwrap_or(0);
                let sum: u64 = told.iter().map(of).sum();
                prop_assert_eq!(sum, number(counts, field), "{} of {}", field, name);
            }
        }
        prop_assert_eq!(common(&cut), common(&whole));
    }
}
