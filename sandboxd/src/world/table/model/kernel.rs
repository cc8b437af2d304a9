//! The kernel that is simulated: numbers, what is behind them, and calls that take effect step by step.

use std::collections::BTreeMap;

use crate::world::table::tests::closes;
use crate::world::table::{Aim, Span};

/// A call of the simulated kernel.
#[derive(Clone, Copy, Debug)]
pub(super) enum Op {
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

impl Op {
    /// The number that it takes.
    pub(super) fn number(self) -> Option<i32> {
        match self {
            Self::Dup(number)
            | Self::Close(number)
            | Self::Dup2(number, _)
            | Self::SetFd(number, _)
            | Self::Use(number) => Some(number),
            Self::Open | Self::OpenUnseen | Self::CloseRange(..) | Self::Fork | Self::Exec => None,
        }
    }

    /// `None`: it only takes a number.
    pub(super) fn aim(self) -> Option<Aim> {
        Some(match self {
            Self::Open | Self::OpenUnseen | Self::Dup(_) => Aim::Opens,
            Self::Close(number) => closes(number),
            Self::Dup2(from, to) if from != to => Aim::Replaces(to),
            Self::CloseRange(first, last) => Aim::Closes(Span { first, last }),
            Self::SetFd(number, _) => Aim::OnExec(Span::one(number)),
            Self::Dup2(..) | Self::Fork | Self::Exec => Aim::Nothing,
            Self::Use(_) => return None,
        })
    }

    /// Whether it can be taken in one step: it makes no copy meanwhile.
    pub(super) fn passes(self) -> bool {
        !matches!(self, Self::Fork | Self::Exec)
    }
}

/// What is behind a number: a file, and whether an exec closes it. A number may be taken and not filled yet.
pub(super) type Numbers = BTreeMap<i32, Option<(u32, bool)>>;

/// What the kernel answered.
#[derive(Clone, Debug)]
pub(super) enum Answer {
    Number(i32, u32),
    Done,
    Bad,
    /// What was there when it was looked up.
    Was(Option<u32>),
    /// A copy of the table.
    Copy(BTreeMap<i32, u32>),
}

#[derive(Clone, Debug)]
pub(super) enum Event {
    Enter(u32, Op),
    Leave(u32, Op, Answer),
}

/// The kernel, and what it did at each tick.
#[derive(Default)]
pub(super) struct Kernel {
    numbers: Numbers,
    files: u32,
    threads: BTreeMap<u32, (Op, u32, Option<Answer>)>,
    pub(super) log: Vec<(u64, Event)>,
    pub(super) history: Vec<Numbers>,
}

impl Kernel {
    /// A thread goes a step further: it enters a call, the call takes effect, it returns.
    pub(super) fn step(&mut self, tid: u32, op: Op) {
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
