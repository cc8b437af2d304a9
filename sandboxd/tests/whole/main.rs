//! An entry and the return that follows it at once are taken in one step: lines, accounts and what is known afterwards are
//! those of two.

mod both;
mod calls;
#[path = "../cases/mod.rs"]
mod cases;
mod looks;
mod run;
mod steps;

use kprobe_common::record::{clone, flag};
use proptest::collection::vec;
use proptest::prelude::*;
use sandboxd::event::Targets;
use sandboxd::fold::{Fold, Joined};
use sandboxd::input::{Input, Start};

use both::joined;
use calls::{Draw, call};
use cases::Owned;
use run::Run;
use steps::{OF_FILES, OF_STATE, Step};

/// What comes of inputs that are taken one by one.
fn apart(inputs: &[Owned]) -> String {
    let (mut fold, mut out) = (Fold::new(), Vec::new());
    for input in inputs {
        fold.push(input.input(), &mut out);
    }
    String::from_utf8(out).expect("lines are UTF-8")
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
    // More where `PROPTEST_CASES` asks for more.
    #![proptest_config(ProptestConfig {
        cases: ProptestConfig::default().cases.max(1000),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn calls_among_all_that_can_happen_leave_the_same_behind(
        start in looks::starts(),
        steps in vec(steps::step(), 0..60),
        in_one in any::<bool>(),
    ) {
        let mut run = Run::new(start);
        for step in steps {
            run.step(&if in_one { step.in_one_process() } else { step });
        }
        run.finish();
    }
}

/// Descriptors and directories are followed.
fn follows_files() -> Start {
    Start {
        returns: true,
        files: true,
        page: 4096,
        ..Start::default()
    }
}

/// Each call with descriptors that are known, as a socket and otherwise, and with one that is not.
#[test]
fn a_call_by_itself_leaves_the_same_behind() {
    let numbers = [[2, 2], [1, 3], [0, 5]];
    let each = |numbers| [0, 5, -4, -9, -115].map(|ret| (numbers, ret));
    for name in OF_FILES.iter().chain(OF_STATE) {
        for (numbers, ret) in numbers.into_iter().flat_map(each) {
            let draw = Draw {
                ret,
                ..Draw::plain(2, numbers)
            };
            let mut run = Run::new(follows_files());
            // Two: the first one takes too long.
            run.step(&Step::Look(draw.clone()));
            run.step(&Step::Look(draw.clone()));
            run.step(&Step::Whole(call(name), draw, true));
            run.ask(2);
            run.step(&Step::Exec(Draw::plain(2, [0; 2])));
            run.ask(2);
        }
    }
}

/// What threads of one process do with the same descriptor at the same time.
#[test]
fn a_call_within_another_one_leaves_the_same_behind() {
    let longs = ["fsync", "close", "dup", "dup3", "openat", "chdir"];
    // Known ones, and one of which nothing is known.
    let numbers = [[[1, 1]; 2], [[0, 1]; 2], [[0, 5], [5, 5]]];
    let ends = |numbers| [None, Some(-4), Some(-9)].map(|error| (numbers, error));
    for (long, short) in longs
        .iter()
        .flat_map(|long| OF_FILES.iter().map(move |short| (long, short)))
    {
        for (numbers, error) in numbers.into_iter().flat_map(ends) {
            let draw = |tid, error: Option<i64>| Draw {
                ret: error.unwrap_or(numbers[0][1].into()),
                ..Draw::plain(tid, numbers[tid as usize - 2])
            };
            let mut run = Run::new(follows_files());
            run.ask(2);
            // The first one finds nothing.
            run.step(&Step::Look(draw(2, None)));
            run.step(&Step::Look(draw(2, None)));
            let long = (call(&format!("arm64/{long}")), draw(2, None));
            run.step(&Step::Around(long, (call(short), draw(3, error))));
            run.ask(2);
        }
    }
}

/// Calls that were entered, and of which it is not known that they have ended, in a thread whose number another one has by
/// now.
#[test]
fn calls_that_did_not_end_leave_the_same_behind() {
    let threads = [0, clone::FS, clone::FILES, clone::FS | clone::FILES];
    let nexts = [("openat", 5), ("openat", -2), ("chdir", 0), ("fsync", 0)];
    let each = |shares| nexts.map(|next| (clone::THREAD | clone::VM | shares, next));
    for name in OF_FILES.iter().chain(OF_STATE) {
        for (shares, (next, ret)) in threads.into_iter().flat_map(each) {
            let draw = Draw::plain(3, [1, 2]);
            let untold = Draw {
                odd: [0, flag::STATE],
                ..draw.clone()
            };
            let mut run = Run::new(follows_files());
            // The first one takes too long to tell of what is entered next.
            run.step(&Step::Look(draw.clone()));
            run.step(&Step::Look(draw.clone()));
            run.step(&Step::Enter(call(name), draw.clone()));
            run.step(&Step::Exit(call(name), untold));
            run.step(&Step::Clone(Draw::plain(2, [0; 2]), shares, false));
            let next = call(&format!("arm64/{next}"));
            run.step(&Step::Whole(next, Draw { ret, ..draw }, true));
            run.ask(3);
        }
    }
}

/// More than is kept of one process.
const MUCH: usize = 5 << 20;

#[test]
fn what_was_left_out_before_a_call_is_told_as_of_its_entry() {
    let start = Start {
        returns: true,
        targets: Targets {
            packages: vec![looks::PACKAGE.into()],
            ..Targets::default()
        },
        ..Start::default()
    };
    let mut run = Run::new(start);
    let root = |tid| Draw {
        uid: 0,
        ..Draw::plain(tid, [0; 2])
    };
    run.step(&Step::Clone(root(1), 0, true));
    let openat = call("arm64/openat");
    let mut large = openat.clone();
    large.enter.resize(MUCH, 0);
    for call in [&openat, &large] {
        run.whole(call, &root(2), true);
    }
    run.whole(&openat, &Draw::plain(2, [0; 2]), true);
    let told = format!(r#""from_ns":0,"to_ns":{},"#, run.time);
    let lines = run.finish();
    let is_told = |line: &str| line.contains("held_full") && line.contains(&told);
    assert!(lines.lines().any(is_told), "{told}: {lines}");
}

/// No kernel gives such a number; a damaged recording may.
#[test]
fn a_descriptor_may_have_the_number_of_the_working_directory() {
    let step = |name: &str, numbers| Step::Whole(call(name), Draw::plain(2, numbers), true);
    let (moves, uses) = (
        step("arm64/dup3", [0, -100]),
        step("arm64/fsync", [-100; 2]),
    );
    for between in [None, Some(step("arm64/pivot_root", [0; 2]))] {
        let mut run = Run::new(follows_files());
        let steps = [Some(&uses), Some(&moves), between.as_ref(), Some(&uses)];
        for step in steps.into_iter().flatten() {
            run.step(step);
        }
        let lines = run.finish();
        let last = lines
            .lines()
            .rfind(|line| line.contains(r#""args":{"fd":-100}"#));
        let is_known = last.expect("a use").contains(r#""path":"/seen/0""#);
        assert_eq!(is_known, between.is_none(), "{lines}");
    }
}

/// A copied table counts anew: how much was counted in the other one does not matter, and that differs.
#[test]
fn what_is_known_of_a_copied_table_does_not_depend_on_failures_before() {
    let drawn = |tid, numbers, ret| Draw {
        ret,
        ..Draw::plain(tid, numbers)
    };
    let whole = |name: &str, draw| Step::Whole(call(name), draw, true);
    let mut run = Run::new(follows_files());
    run.step(&whole("arm64/fsync", drawn(2, [0; 2], 0)));
    for _ in 0..20 {
        run.step(&whole("arm64/openat", drawn(2, [-100; 2], -2)));
    }
    run.step(&whole("arm64/dup3", drawn(2, [0, 5], 5)));
    run.step(&Step::Clone(drawn(2, [0; 2], 0), 0, false));
    for number in 10..20 {
        run.step(&whole("arm64/dup", drawn(4, [0; 2], number)));
    }
    let close = drawn(4, [5; 2], 0);
    run.step(&Step::Enter(call("arm64/close"), close.clone()));
    run.step(&whole("arm64/openat", drawn(5, [-100; 2], 5)));
    run.step(&Step::Exit(call("arm64/close"), close));
    run.step(&whole("arm64/fsync", drawn(4, [5; 2], 0)));
    let lines = run.finish();
    let is_known =
        |line: &str| line.contains(r#""args":{"fd":5},"fds":{"fd":{"kind":"file","path":"/tmp"#);
    assert!(lines.lines().any(is_known), "{lines}");
}

#[test]
fn what_waits_for_its_return_is_not_lost() {
    let start = &cases::all()[0].inputs[0];
    let enter = call("arm64/openat").enter;
    let (mut fold, mut join, mut out) = (Fold::new(), Joined::default(), Vec::new());
    join.push(&mut fold, start.input(), &mut out);
    join.push(&mut fold, Input::Record(&enter), &mut out);
    assert_eq!(fold.received(), 0);
    join.finish(&mut fold, &mut out);
    assert_eq!(fold.received(), 1);
}
