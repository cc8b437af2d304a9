//! An entry and the return that follows it at once are taken in one step: the lines are those of two.

mod cases;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use sandboxd::fold::{Fold, Joined};
use sandboxd::input::{Fact, Input, Stop};
use sandboxd::record::returns_from;

use cases::Owned;

/// What comes of inputs that are taken one by one.
fn apart(inputs: &[Owned]) -> String {
    let (mut fold, mut out) = (Fold::new(), Vec::new());
    for input in inputs {
        fold.push(input.input(), &mut out);
    }
    String::from_utf8(out).expect("lines are UTF-8")
}

/// The same, where a return that follows its entry is taken with it.
fn joined(inputs: &[Owned]) -> String {
    let (mut fold, mut joined, mut out) = (Fold::new(), Joined::default(), Vec::new());
    for input in inputs {
        joined.push(&mut fold, input.input(), &mut out);
    }
    joined.finish(&mut fold, &mut out);
    String::from_utf8(out).expect("lines are UTF-8")
}

/// A call of a case, entry and return, in a thread of few.
#[derive(Clone, Debug)]
enum Step {
    Whole(Vec<u8>, Vec<u8>),
    Enter(Vec<u8>),
    Exit(Vec<u8>),
    Fact(Fact),
}

/// The record is of another thread, and of that time.
fn of(mut bytes: Vec<u8>, tid: u32, time: u64) -> Owned {
    // Two processes, of which one has one thread.
    let tgid = if tid == 1 { 1_u32 } else { 2 };
    bytes[8..16].copy_from_slice(&time.to_le_bytes());
    bytes[16..20].copy_from_slice(&tgid.to_le_bytes());
    bytes[20..24].copy_from_slice(&tid.to_le_bytes());
    Owned::Record(bytes)
}

/// Entry and return of each call of the cases whose path has one of these words.
fn calls(words: &[&str]) -> Vec<(Vec<u8>, Vec<u8>)> {
    let is_of = |case: &&cases::Case| {
        let name = cases::name(case);
        words.iter().any(|word| name.contains(word))
    };
    let windows = cases::all()
        .iter()
        .filter(is_of)
        .flat_map(|case| case.inputs.windows(2));
    windows
        .filter_map(|two| match two {
            [Owned::Record(enter), Owned::Record(exit)] if returns_from(enter, exit) => {
                Some((enter.clone(), exit.clone()))
            }
            _ => None,
        })
        .collect()
}

/// What was found out in the cases.
fn facts() -> Vec<Fact> {
    let inputs = cases::all().iter().flat_map(|case| &case.inputs);
    inputs
        .filter_map(|input| match input {
            Owned::Fact(Fact::Start(_) | Fact::Stop(_)) | Owned::Record(_) => None,
            Owned::Fact(fact) => Some(fact.clone()),
        })
        .collect()
}

fn steps() -> impl Strategy<Value = (Step, u32)> {
    let all = calls(&[""]);
    assert!(all.len() > 500, "only {} calls", all.len());
    // Those that take, give, close and move descriptors meet each other most.
    let of_files = calls(&[
        "openat", "close", "dup", "fcntl", "socket", "pipe", "chdir", "unshare", "eventfd",
    ]);
    let call = || prop_oneof![3 => select(of_files.clone()), 1 => select(all.clone())];
    let step = prop_oneof![
        6 => call().prop_map(|(enter, exit)| Step::Whole(enter, exit)),
        1 => call().prop_map(|(enter, _)| Step::Enter(enter)),
        1 => call().prop_map(|(_, exit)| Step::Exit(exit)),
        1 => select(facts()).prop_map(Step::Fact),
    ];
    (step, 1..4_u32)
}

/// Their records, later and later.
fn inputs(steps: Vec<(Step, u32)>) -> Vec<Owned> {
    let mut inputs = vec![cases::all()[0].inputs[0].clone()];
    for (at, (step, tid)) in steps.into_iter().enumerate() {
        let time = 1_000_000_000 + 1000 * at as u64;
        match step {
            Step::Whole(enter, exit) => {
                inputs.push(of(enter, tid, time));
                inputs.push(of(exit, tid, time + 500));
            }
            Step::Enter(record) | Step::Exit(record) => inputs.push(of(record, tid, time)),
            Step::Fact(fact) => inputs.push(Owned::Fact(fact)),
        }
    }
    inputs.push(Owned::Fact(Fact::Stop(Stop::default())));
    inputs
}

#[test]
fn every_case_gives_the_same_lines() {
    for case in cases::all() {
        let (name, lines) = (cases::name(case), joined(&case.inputs));
        assert_eq!(lines, apart(&case.inputs), "{name}");
        for line in case.lines.lines() {
            assert!(lines.contains(line), "{name} lacks {line}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn calls_of_several_threads_give_the_same_lines(steps in vec(steps(), 0..60)) {
        let inputs = inputs(steps);
        prop_assert_eq!(joined(&inputs), apart(&inputs));
    }
}

#[test]
fn what_waits_for_its_return_is_not_lost() {
    let start = &cases::all()[0].inputs[0];
    let (enter, _) = &calls(&["openat"])[0];
    let (mut fold, mut join, mut out) = (Fold::new(), Joined::default(), Vec::new());
    join.push(&mut fold, start.input(), &mut out);
    join.push(&mut fold, Input::Record(enter), &mut out);
    assert_eq!(fold.received(), 0);
    join.finish(&mut fold, &mut out);
    assert_eq!(fold.received(), 1);
}
