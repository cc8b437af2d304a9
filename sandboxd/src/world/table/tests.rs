//! The races of descriptors, one by one. Any mixture of them is held against a simulated kernel by `model`.

use std::rc::Rc;

use proptest::collection::vec;
use proptest::prelude::*;

use super::{Aim, Done, Span, Table};
use crate::world::file::File;

/// A file of its own for each number.
pub(super) fn file(id: u32) -> Rc<File> {
    let mut file = File::of("test");
    file.pid = Some(id);
    Rc::new(file)
}

/// A step of a case: what the stream of calls says.
#[derive(Clone, Debug)]
enum Step {
    Enter(u32, Aim),
    Leave(u32, Done),
    Look(i32, u32, u64, u64),
    /// What the number is of then.
    Is(i32, Option<u32>),
}

use Step::{Enter, Is, Leave, Look};

pub(super) fn closes(number: i32) -> Aim {
    Aim::Closes(Span::one(number))
}

pub(super) fn opened(number: i32, id: u32) -> Done {
    Done::Opened(vec![(number, Some(file(id)), Some(false))])
}

fn replaced(id: u32) -> Done {
    Done::Replaced(Some(file(id)), Some(false))
}

/// Thread 9 opens number 5 as file 1.
fn five() -> Vec<Step> {
    vec![Enter(9, Aim::Opens), Leave(9, opened(5, 1))]
}

/// The steps are a clock tick apart.
fn run(steps: &[Step]) -> Result<(), String> {
    let mut table = Table::default();
    for (at, step) in steps.iter().enumerate() {
        take(&mut table, step, at as u64 + 1).map_err(|error| format!("step {at}: {error}"))?;
    }
    Ok(())
}

fn take(table: &mut Table, step: &Step, time: u64) -> Result<(), String> {
    match step {
        Enter(tid, aim) => table.begin(*tid, *aim, time),
        Leave(tid, done) => table.end(*tid, done, time),
        Look(number, id, began, ended) => {
            table.look(*number, file(*id), false, *began, *ended);
        }
        Is(number, wanted) => {
            let is = table.at(*number, time).and_then(|file| file.pid);
            if is != *wanted {
                return Err(format!("{number} is {is:?}, not {wanted:?}"));
            }
        }
    }
    Ok(())
}

/// Each begins with file 1 at number 5.
fn check(cases: Vec<(&str, Vec<Step>)>) {
    for (name, steps) in cases {
        let steps: Vec<Step> = five().into_iter().chain(steps).collect();
        run(&steps).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
}

#[test]
fn what_overlaps_is_decided_or_unknown() {
    check(vec![
        ("opened", vec![Is(5, Some(1))]),
        (
            "closed",
            vec![
                Enter(1, closes(5)),
                Is(5, None),
                Leave(1, Done::Closed),
                Is(5, None),
            ],
        ),
        (
            "a close that is under way when the number is given again has closed the old file",
            vec![
                Enter(1, closes(5)),
                Enter(2, Aim::Opens),
                Leave(2, opened(5, 2)),
                Is(5, Some(2)),
                Leave(1, Done::Closed),
                Is(5, Some(2)),
            ],
        ),
        (
            "of two closes under way, either may have closed the new file",
            vec![
                Enter(1, closes(5)),
                Enter(3, closes(5)),
                Enter(2, Aim::Opens),
                Leave(2, opened(5, 2)),
                Is(5, None),
                Leave(1, Done::Closed),
                Leave(3, Done::Closed),
                Is(5, None),
            ],
        ),
        (
            "a close of a number that is just being given may close the new file",
            vec![
                Enter(2, Aim::Opens),
                Enter(1, closes(6)),
                Leave(1, Done::Closed),
                Leave(2, opened(6, 2)),
                Is(6, None),
            ],
        ),
        (
            "a close that began before the open and ended in it closed the old file",
            vec![
                Enter(2, Aim::Opens),
                Enter(1, closes(5)),
                Leave(1, Done::Closed),
                Leave(2, opened(5, 2)),
                Is(5, Some(2)),
            ],
        ),
        (
            "a number that was given, closed, given and closed again before the first call tells of it",
            vec![
                Enter(2, Aim::Opens),
                Enter(1, closes(7)),
                Leave(1, Done::Closed),
                Enter(1, Aim::Opens),
                Leave(1, opened(7, 2)),
                Is(7, Some(2)),
                Enter(1, closes(7)),
                Leave(1, Done::Closed),
                Enter(3, Aim::Opens),
                Leave(2, opened(7, 3)),
                Is(7, None),
            ],
        ),
        (
            "replaced",
            vec![
                Enter(1, Aim::Replaces(5)),
                Is(5, None),
                Leave(1, replaced(2)),
                Is(5, Some(2)),
            ],
        ),
        (
            "two that replace: nobody knows which was the last",
            vec![
                Enter(1, Aim::Replaces(5)),
                Enter(2, Aim::Replaces(5)),
                Leave(1, replaced(2)),
                Leave(2, replaced(3)),
                Is(5, None),
            ],
        ),
    ]);
}

#[test]
fn ranges_and_contradictions() {
    let all = Span {
        first: 3,
        last: i32::MAX,
    };
    check(vec![
        (
            "a range closes what is in it",
            vec![
                Enter(1, Aim::Closes(all)),
                Leave(1, Done::Closed),
                Is(5, None),
                Enter(1, Aim::Opens),
                Leave(1, opened(5, 2)),
                Is(5, Some(2)),
            ],
        ),
        (
            "a range may have closed what was being given, though nothing was known of the number",
            vec![
                Enter(2, Aim::Opens),
                Enter(1, Aim::Closes(all)),
                Leave(1, Done::Closed),
                Leave(2, opened(7, 2)),
                Is(7, None),
            ],
        ),
        (
            "a number that is given while it is open: something was missed, and all is unknown",
            vec![
                Enter(2, Aim::Opens),
                Leave(2, opened(6, 2)),
                Enter(2, Aim::Opens),
                Leave(2, opened(6, 3)),
                Is(6, None),
                Is(5, None),
            ],
        ),
        (
            "a close that finds nothing where something is known to be",
            vec![Enter(1, closes(5)), Leave(1, Done::WasNotOpen), Is(5, None)],
        ),
    ]);
}

#[test]
fn looks() {
    check(vec![
        (
            "a look counts from its end",
            vec![Look(7, 4, 4, 5), Is(7, None), Is(7, Some(4))],
        ),
        (
            "a look does not count after a change since its beginning",
            vec![
                Look(7, 4, 4, 6),
                Enter(1, closes(7)),
                Leave(1, Done::Closed),
                Is(7, None),
                Is(7, None),
            ],
        ),
        (
            "a look counts where the change was before it",
            vec![
                Look(7, 4, 6, 6),
                Enter(1, closes(7)),
                Leave(1, Done::Closed),
                Is(7, Some(4)),
            ],
        ),
        (
            "a thread that died in its close",
            vec![Enter(1, closes(5)), Leave(1, Done::Unclear), Is(5, None)],
        ),
    ]);
}

#[test]
fn a_copy_counts_anew() {
    let mut table = Table::default();
    for _ in 0..20 {
        table.pass(1, Aim::Opens, &Done::Nothing, [1, 1]);
    }
    table.pass(1, Aim::Replaces(5), &replaced(1), [2, 2]);
    table.begin(1, Aim::Nothing, 3);
    let (mut copy, mut other) = (table.copy(1, 3), table.copy(1, 3));
    copy.begin(1, closes(5), 4);
    copy.pass(2, Aim::Opens, &opened(5, 2), [5, 5]);
    copy.end(1, &Done::Closed, 6);
    assert_eq!(
        copy.at(5, 7),
        Some(file(2)),
        "only the old file can have been closed"
    );
    other.begin(2, Aim::Opens, 4);
    other.pass(1, closes(5), &Done::Closed, [5, 5]);
    other.end(2, &opened(5, 2), 6);
    assert_eq!(
        other.at(5, 7),
        Some(file(2)),
        "the old file was there when the call began"
    );
}

/// What a call may do, and what it did.
fn aimed() -> impl Strategy<Value = (Aim, Done)> {
    let aim = (0..4, 0..6_i32, 0..6_i32).prop_map(|(kind, first, last)| match kind {
        0 => Aim::Opens,
        1 => Aim::Replaces(first),
        2 => Aim::OnExec(Span::one(first)),
        _ => Aim::Closes(Span { first, last }),
    });
    let done = (0..7, 0..6_i32, 1..9_u32).prop_map(|(kind, number, id)| match kind {
        0 => Done::Nothing,
        1 => Done::Closed,
        2 => Done::WasNotOpen,
        3 => replaced(id),
        4 => Done::OnExec(Some(id.is_multiple_of(2))),
        5 => Done::Unclear,
        _ => opened(number, id),
    });
    (aim, done)
}

fn step() -> impl Strategy<Value = Step> {
    let tid = || 1..4_u32;
    prop_oneof![
        2 => (tid(), aimed()).prop_map(|(tid, (aim, _))| Enter(tid, aim)),
        2 => (tid(), aimed()).prop_map(|(tid, (_, done))| Leave(tid, done)),
        1 => (0..6_i32, 1..9_u32, 0..40_u64, 0..9_u64)
            .prop_map(|(number, id, began, long)| Look(number, id, began, began + long)),
    ]
}

proptest! {
    #[test]
    fn what_passes_at_once_leaves_what_two_steps_leave(
        before in vec(step(), 0..12),
        (aim, done) in aimed(),
    ) {
        let mut one = Table::default();
        for (at, step) in before.iter().enumerate() {
            take(&mut one, step, at as u64).expect("nothing is asked");
        }
        let mut two = one.clone();
        one.pass(9, aim, &done, [20, 22]);
        two.begin(9, aim, 20);
        two.end(9, &done, 22);
        prop_assert_eq!(format!("{one:?}"), format!("{two:?}"));
    }
}
