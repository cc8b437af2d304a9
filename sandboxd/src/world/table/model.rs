//! Any mixture of calls by several threads, against a kernel that is simulated: what is said to be known must be true.

mod kernel;

use std::cell::Cell;
use std::collections::BTreeMap;
use std::rc::Rc;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use super::tests::{file, opened};
use super::{Aim, Done, Table};
use crate::world::file::File;
use kernel::{Answer, Event, Kernel, Op};

/// A look by the daemon: when, among the records; how much later; how long; at what.
type Peek = (usize, u64, u64, i32);

/// How much was known.
#[derive(Default)]
struct Share {
    known: Cell<u64>,
    all: Cell<u64>,
}

impl Share {
    /// A number was used.
    fn count(&self, is_open: bool, is_known: bool) {
        self.all.set(self.all.get() + u64::from(is_open));
        let known = u64::from(is_open && is_known);
        self.known.set(self.known.get() + known);
    }
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
        let file = self.taken(op, time);
        if let Some(aim) = op.aim() {
            self.table.begin(tid, aim, time);
        }
        let since = self.table.seq();
        self.inside.insert(tid, Taken { file, since });
    }

    /// What is known of the number that a call takes, before it does anything.
    fn taken(&mut self, op: Op, time: u64) -> Option<Rc<File>> {
        self.table.at(op.number()?, time)
    }

    fn leave(&mut self, tid: u32, op: Op, answer: &Answer, time: u64) -> Result<(), TestCaseError> {
        let taken = self.inside.remove(&tid).expect("it entered");
        let is_unchanged = |number| self.table.is_unchanged(number, taken.since);
        let holds = op.number().is_some_and(is_unchanged);
        let done = self.done(op, answer, taken.file.filter(|_| holds))?;
        let copy = self.copy(tid, op, answer, time)?;
        self.table.end(tid, &done, time);
        if let Some(copy) = copy.filter(|_| self.is_alone(answer, time)) {
            self.table = copy;
        }
        Ok(())
    }

    /// The call ended before anything else happened.
    fn pass(
        &mut self,
        tid: u32,
        op: Op,
        answer: &Answer,
        times: [u64; 2],
    ) -> Result<(), TestCaseError> {
        let file = self.taken(op, times[0]);
        let done = self.done(op, answer, file)?;
        match op.aim() {
            Some(Aim::Opens | Aim::Nothing) if matches!(answer, Answer::Bad) => {}
            Some(aim) => self.table.pass(tid, aim, &done, times),
            None => {}
        }
        Ok(())
    }

    /// What a call did, by what is known of the number that it took, which must be true.
    fn done(
        &mut self,
        op: Op,
        answer: &Answer,
        file: Option<Rc<File>>,
    ) -> Result<Done, TestCaseError> {
        let id = file.as_ref().and_then(|file| file.pid);
        let is_true = |truth: u32| id.is_none() || id == Some(truth);
        Ok(match (op, answer) {
            (Op::Use(number), Answer::Was(was)) => {
                self.share.count(was.is_some(), id.is_some());
                prop_assert!(
                    id.is_none() || id == *was,
                    "a use of {number}: {id:?}, {was:?}"
                );
                Done::Nothing
            }
            (Op::Open, Answer::Number(number, id)) => opened(*number, *id),
            (Op::Dup(from), Answer::Number(number, truth)) => {
                prop_assert!(is_true(*truth), "dup of {from}");
                Done::Opened(vec![(*number, file, Some(false))])
            }
            (Op::Dup2(from, to), Answer::Number(_, truth)) => {
                prop_assert!(is_true(*truth), "dup2 of {from}");
                if from == to {
                    Done::Nothing
                } else {
                    Done::Replaced(file, Some(false))
                }
            }
            (Op::Close(_), Answer::Bad) => Done::WasNotOpen,
            (Op::Close(_) | Op::CloseRange(..), _) => Done::Closed,
            (Op::SetFd(_, value), Answer::Done) => Done::OnExec(Some(value)),
            _ => Done::Nothing,
        })
    }

    /// The copy that a call made, of which nothing untrue must be known.
    fn copy(
        &mut self,
        tid: u32,
        op: Op,
        answer: &Answer,
        time: u64,
    ) -> Result<Option<Table>, TestCaseError> {
        let Answer::Copy(truth) = answer else {
            return Ok(None);
        };
        let is_fork = matches!(op, Op::Fork);
        let mut copy = if is_fork {
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
        Ok(Some(copy).filter(|_| is_fork))
    }

    /// Whether the table is still what was copied and nobody is changing it: who has the copy then goes on like who has
    /// the table.
    fn is_alone(&self, answer: &Answer, time: u64) -> bool {
        let now = &self.kernel.history[time as usize - 1];
        let files = now
            .iter()
            .map(|(&number, open)| Some((number, open.as_ref()?.0)));
        let is_same =
            |truth: &BTreeMap<_, _>| files.clone().collect::<Option<_>>().as_ref() == Some(truth);
        self.inside.is_empty() && matches!(answer, Answer::Copy(truth) if is_same(truth))
    }
}

/// `joins`: which calls are taken in one step, if nothing happened in them, by their places.
fn simulate(
    (steps, peeks, joins): &(Vec<(u32, Op)>, Vec<Peek>, u64),
    share: &Share,
) -> Result<(), TestCaseError> {
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
    let mut events = kernel.log.iter().enumerate().peekable();
    while let Some((mut at, (time, event))) = events.next() {
        let joins = joins >> (at % 64) & 1 == 1 && peeks.iter().all(|peek| peek.0 != at);
        match event {
            Event::Enter(tid, op) => {
                let ends = |(_, (_, next)): &(usize, &(u64, Event))| {
                    matches!(next, Event::Leave(of, ..) if of == tid) && joins && op.passes()
                };
                if let Some((end, (left, Event::Leave(_, _, answer)))) = events.next_if(ends) {
                    daemon.pass(*tid, *op, answer, [*time, *left])?;
                    at = end;
                } else {
                    daemon.enter(*tid, *op, *time);
                }
            }
            Event::Leave(tid, op, answer) => daemon.leave(*tid, *op, answer, *time)?,
        }
        let time = kernel.log[at].0;
        for peek in peeks.iter().filter(|peek| peek.0 == at) {
            daemon.peek(time, peek);
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
) -> impl Strategy<Value = (Vec<(u32, Op)>, Vec<Peek>, u64)> {
    let peek = (0..80usize, 0..6u64, 0..6u64, 0..6i32);
    let joins = prop_oneof![Just(0), Just(u64::MAX), any::<u64>()];
    (vec((0..threads, op), 1..160), vec(peek, 0..12), joins)
}

proptest! {
    // More where `PROPTEST_CASES` asks for more.
    #![proptest_config(ProptestConfig::with_cases(ProptestConfig::default().cases.max(2000)))]

    #[test]
    fn what_is_known_is_true(run in run_of(4, op())) {
        simulate(&run, &Share::default())?;
    }

    // Whoever closes is seen, so a number that is given unseen is not believed to be what it was before.
    #[test]
    fn what_is_known_is_true_where_numbers_are_given_unseen(
        run in run_of(4, prop_oneof![4 => op(), 1 => Just(Op::OpenUnseen)])
    ) {
        simulate(&run, &Share::default())?;
    }
}

#[test]
fn much_is_known() {
    for (threads, least) in [(1, 90), (2, 40)] {
        let share = Share::default();
        let mut runner = TestRunner::deterministic();
        runner
            .run(&run_of(threads, op()), |run| simulate(&run, &share))
            .unwrap();
        let percent = share.known.get() * 100 / share.all.get();
        assert!(
            percent >= least,
            "{threads} threads: {percent} % of {}",
            share.all.get()
        );
    }
}
