//! Any mixture of calls by several threads, against a kernel that is simulated: what is said to be known must be true.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::rc::Rc;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use super::tests::{closes, file, opened};
use super::{Aim, Done, Span, Table};
use crate::world::file::File;

/// A call of the simulated kernel.
#[derive(Clone, Copy, Debug)]
enum Op {
    Open,
    /// The same by a call that is not followed.
    OpenUnseen,
    Dup(i32),
    Close(i32),
    Dup2(i32, i32),
    CloseRange(i32, i32),
    SetFd(i32, bool),
    Use(i32),
    Fork,
    Exec,
}

/// What is behind a number: a file, and whether an exec closes it. A number may be taken and not filled yet.
type Numbers = BTreeMap<i32, Option<(u32, bool)>>;

/// What the kernel answered.
#[derive(Clone, Debug)]
enum Answer {
    Number(i32, u32),
    Done,
    Bad,
    /// What was there when it was looked up.
    Was(Option<u32>),
    /// A copy of the table.
    Copy(BTreeMap<i32, u32>),
}

#[derive(Clone, Debug)]
enum Event {
    Enter(u32, Op),
    Leave(u32, Op, Answer),
}

/// The kernel, and what it did at each tick.
#[derive(Default)]
struct Kernel {
    numbers: Numbers,
    files: u32,
    threads: BTreeMap<u32, (Op, u32, Option<Answer>)>,
    log: Vec<(u64, Event)>,
    history: Vec<Numbers>,
}

impl Kernel {
    /// A thread goes a step further: it enters a call, the call takes effect, it returns.
    fn step(&mut self, tid: u32, op: Op) {
        let time = self.history.len() as u64 + 1;
        match self.threads.remove(&tid) {
            None => {
                self.threads.insert(tid, (op, 0, None));
                self.tell(time, Event::Enter(tid, op));
            }
            Some((op, steps, Some(answer)))
                if steps == 1 || !matches!(op, Op::Open | Op::OpenUnseen | Op::Dup(_)) =>
            {
                self.tell(time, Event::Leave(tid, op, answer));
            }
            Some((op, _, Some(answer))) => {
                // The number was taken; now the file is put there.
                if let Answer::Number(number, id) = answer {
                    self.numbers.insert(number, Some((id, false)));
                }
                self.threads.insert(tid, (op, 1, Some(answer)));
            }
            Some((op, steps, None)) => {
                let answer = self.effect(op);
                let steps = if matches!(answer, Answer::Bad) {
                    1
                } else {
                    steps
                };
                self.threads.insert(tid, (op, steps, Some(answer)));
            }
        }
        self.history.push(self.numbers.clone());
    }

    fn tell(&mut self, time: u64, event: Event) {
        let (Event::Enter(_, op) | Event::Leave(_, op, _)) = &event;
        if !matches!(op, Op::OpenUnseen) {
            self.log.push((time, event));
        }
    }

    fn get(&self, number: i32) -> Option<(u32, bool)> {
        self.numbers.get(&number).copied().flatten()
    }

    fn effect(&mut self, op: Op) -> Answer {
        match op {
            Op::Open | Op::OpenUnseen => {
                self.files += 1;
                self.take(self.files)
            }
            Op::Dup(from) => match self.get(from) {
                Some((id, _)) => self.take(id),
                None => Answer::Bad,
            },
            Op::Close(number) => match self.get(number) {
                Some(_) => {
                    self.numbers.remove(&number);
                    Answer::Done
                }
                None => Answer::Bad,
            },
            Op::Dup2(from, to) => match (self.get(from), self.numbers.get(&to)) {
                (None, _) | (_, Some(None)) => Answer::Bad,
                (Some((id, _)), _) => {
                    if from != to {
                        self.numbers.insert(to, Some((id, false)));
                    }
                    Answer::Number(to, id)
                }
            },
            Op::CloseRange(first, last) => {
                self.numbers
                    .retain(|&number, open| open.is_none() || !(first..=last).contains(&number));
                Answer::Done
            }
            Op::SetFd(number, value) => match self.get(number) {
                Some((id, _)) => {
                    self.numbers.insert(number, Some((id, value)));
                    Answer::Done
                }
                None => Answer::Bad,
            },
            Op::Use(number) => Answer::Was(self.get(number).map(|(id, _)| id)),
            Op::Fork => Answer::Copy(self.copy(false)),
            Op::Exec => Answer::Copy(self.copy(true)),
        }
    }

    fn take(&mut self, id: u32) -> Answer {
        let number = (0..i32::MAX).find(|number| !self.numbers.contains_key(number));
        let number = number.expect("a free number");
        self.numbers.insert(number, None);
        Answer::Number(number, id)
    }

    fn copy(&self, exec: bool) -> BTreeMap<i32, u32> {
        self.numbers
            .iter()
            .filter_map(|(&number, open)| open.map(|(id, closes)| (number, id, closes)))
            .filter(|&(.., closes)| !exec || !closes)
            .map(|(number, id, _)| (number, id))
            .collect()
    }
}

/// A look by the daemon: when, among the records; how much later; how long; at what.
type Peek = (usize, u64, u64, i32);

/// How much was known.
#[derive(Default)]
struct Share {
    known: Cell<u64>,
    all: Cell<u64>,
}

/// What is known of a call when it begins: of the number, and the count since when.
struct Taken {
    file: Option<Rc<File>>,
    since: u64,
}

struct Daemon<'k> {
    kernel: &'k Kernel,
    table: Table,
    inside: BTreeMap<u32, Taken>,
    share: &'k Share,
}

impl Daemon<'_> {
    fn peek(&mut self, time: u64, &(_, later, long, number): &Peek) {
        let (began, ended) = (time + later + 1, time + later + 1 + long);
        let Some(numbers) = self.kernel.history.get((began + long / 2) as usize - 1) else {
            return;
        };
        match numbers.get(&number).copied().flatten() {
            Some((id, closes)) => self.table.look(number, file(id), closes, began, ended),
            None => self.table.look_in_vain(number, ended),
        }
    }

    fn enter(&mut self, tid: u32, op: Op, time: u64) {
        let (number, aim) = match op {
            Op::Open | Op::OpenUnseen => (None, Aim::Opens),
            Op::Dup(number) => (Some(number), Aim::Opens),
            Op::Close(number) => (Some(number), closes(number)),
            Op::Dup2(from, to) if from == to => (Some(from), Aim::Nothing),
            Op::Dup2(from, to) => (Some(from), Aim::Replaces(to)),
            Op::CloseRange(first, last) => (None, Aim::Closes(Span { first, last })),
            Op::SetFd(number, _) => (Some(number), Aim::OnExec(Span::one(number))),
            Op::Use(number) => (Some(number), Aim::Nothing),
            Op::Fork | Op::Exec => (None, Aim::Nothing),
        };
        let file = number.and_then(|number| self.table.at(number, time));
        if !matches!(op, Op::Use(_)) {
            self.table.begin(tid, aim, time);
        }
        let since = self.table.seq();
        self.inside.insert(tid, Taken { file, since });
    }

    fn leave(&mut self, tid: u32, op: Op, answer: &Answer, time: u64) -> Result<(), TestCaseError> {
        let taken = self.inside.remove(&tid).expect("it entered");
        let holds = |number: i32, file: Option<Rc<File>>| {
            file.filter(|_| self.table.is_unchanged(number, taken.since))
        };
        let file_of = |number: i32| holds(number, taken.file.clone());
        let id = |file: &Option<Rc<File>>| file.as_ref().and_then(|file| file.pid);
        match (op, answer) {
            (Op::Use(number), Answer::Was(was)) => {
                let file = file_of(number);
                if was.is_some() {
                    self.share.all.set(self.share.all.get() + 1);
                    self.share
                        .known
                        .set(self.share.known.get() + u64::from(file.is_some()));
                }
                if file.is_some() {
                    prop_assert_eq!(id(&file), *was, "a use of {}", number);
                }
            }
            (Op::Open, Answer::Number(number, id)) => {
                self.table.end(tid, &opened(*number, *id), time);
            }
            (Op::Dup(from), Answer::Number(number, truth)) => {
                let file = file_of(from);
                prop_assert!(
                    file.is_none() || id(&file) == Some(*truth),
                    "dup of {}",
                    from
                );
                let done = Done::Opened(vec![(*number, file, Some(false))]);
                self.table.end(tid, &done, time);
            }
            (Op::Dup2(from, to), Answer::Number(_, truth)) => {
                let file = file_of(from);
                prop_assert!(
                    file.is_none() || id(&file) == Some(*truth),
                    "dup2 of {}",
                    from
                );
                let done = if from == to {
                    Done::Nothing
                } else {
                    Done::Replaced(file, Some(false))
                };
                self.table.end(tid, &done, time);
            }
            (Op::Close(_), Answer::Bad) => self.table.end(tid, &Done::WasNotOpen, time),
            (Op::Close(_) | Op::CloseRange(..), _) => self.table.end(tid, &Done::Closed, time),
            (Op::SetFd(_, value), Answer::Done) => {
                self.table.end(tid, &Done::OnExec(Some(value)), time);
            }
            (Op::Fork | Op::Exec, Answer::Copy(truth)) => {
                let mut copy = if matches!(op, Op::Fork) {
                    self.table.copy(tid, time)
                } else {
                    self.table.clone().exec(tid, time)
                };
                for number in 0..8 {
                    let is = copy.at(number, time).and_then(|file| file.pid);
                    prop_assert!(
                        is.is_none() || is == truth.get(&number).copied(),
                        "{op:?}: {number} is {is:?}"
                    );
                }
                self.table.end(tid, &Done::Nothing, time);
            }
            _ => self.table.end(tid, &Done::Nothing, time),
        }
        Ok(())
    }
}

fn simulate(steps: &[(u32, Op)], peeks: &[Peek], share: &Share) -> Result<(), TestCaseError> {
    let mut kernel = Kernel::default();
    for &(tid, op) in steps {
        kernel.step(tid, op);
    }
    let mut daemon = Daemon {
        kernel: &kernel,
        table: Table::default(),
        inside: BTreeMap::new(),
        share,
    };
    for (at, (time, event)) in kernel.log.iter().enumerate() {
        match event {
            Event::Enter(tid, op) => daemon.enter(*tid, *op, *time),
            Event::Leave(tid, op, answer) => daemon.leave(*tid, *op, answer, *time)?,
        }
        for peek in peeks.iter().filter(|peek| peek.0 == at) {
            daemon.peek(*time, peek);
        }
    }
    Ok(())
}

fn op() -> impl Strategy<Value = Op> {
    let n = 0..6i32;
    prop_oneof![
        6 => Just(Op::Open),
        2 => n.clone().prop_map(Op::Dup),
        4 => n.clone().prop_map(Op::Close),
        2 => (n.clone(), n.clone()).prop_map(|(from, to)| Op::Dup2(from, to)),
        1 => (n.clone(), n.clone()).prop_map(|(first, last)| Op::CloseRange(first, last)),
        2 => (n.clone(), any::<bool>()).prop_map(|(number, value)| Op::SetFd(number, value)),
        8 => n.prop_map(Op::Use),
        1 => Just(Op::Fork),
        1 => Just(Op::Exec),
    ]
}

fn run_of(
    threads: u32,
    op: impl Strategy<Value = Op>,
) -> impl Strategy<Value = (Vec<(u32, Op)>, Vec<Peek>)> {
    let peek = (0..80usize, 0..6u64, 0..6u64, 0..6i32);
    (vec((0..threads, op), 1..160), vec(peek, 0..12))
}

proptest! {
    // More where `PROPTEST_CASES` asks for more.
    #![proptest_config(ProptestConfig::with_cases(ProptestConfig::default().cases.max(2000)))]

    #[test]
    fn what_is_known_is_true((steps, peeks) in run_of(4, op())) {
        simulate(&steps, &peeks, &Share::default())?;
    }

    // Whoever closes is seen, so a number that is given unseen is not believed to be what it was before.
    #[test]
    fn what_is_known_is_true_where_numbers_are_given_unseen(
        (steps, peeks) in run_of(4, prop_oneof![4 => op(), 1 => Just(Op::OpenUnseen)])
    ) {
        simulate(&steps, &peeks, &Share::default())?;
    }
}

#[test]
fn much_is_known() {
    for (threads, least) in [(1, 90), (2, 40)] {
        let share = Share::default();
        let mut runner = TestRunner::deterministic();
        runner
            .run(&run_of(threads, op()), |(steps, peeks)| {
                simulate(&steps, &peeks, &share)
            })
            .unwrap();
        let percent = share.known.get() * 100 / share.all.get();
        assert!(
            percent >= least,
            "{threads} threads: {percent} % of {}",
            share.all.get()
        );
    }
}
