//! Two folds over the same inputs: one takes all one by one, the other an entry and the return behind it in one step.

use std::collections::BTreeMap;

use sandboxd::fold::{Fold, Joined, Look};
use sandboxd::input::{Fact, Input, Start, Stop};
use sandboxd::record::Record;

use super::calls::head;
use super::cases::Owned;
use super::looks;

/// Processes that there are.
const PIDS: [u32; 4] = [1, 2, 4, 9];
/// So many looks are due before a record at most.
const LOOKS_MAX: usize = 12;

/// Both, and what they were given and gave.
pub(crate) struct Both {
    apart: Fold,
    whole: Fold,
    /// Their lines.
    out: [Vec<u8>; 2],
    /// How much of them was compared.
    compared: usize,
    inputs: Vec<Owned>,
    /// What each CPU has lost, as was told last: calls, records of state.
    lost: [[u64; 2]; 2],
}

impl Both {
    pub(crate) fn new(start: Start) -> Self {
        let mut both = Self {
            apart: Fold::new(),
            whole: Fold::new(),
            out: [Vec::new(), Vec::new()],
            compared: 0,
            inputs: Vec::new(),
            lost: [[0; 2]; 2],
        };
        both.fact(Fact::Start(Box::new(start)));
        both
    }

    pub(crate) fn fact(&mut self, fact: Fact) {
        self.give(Owned::Fact(fact));
        self.compare();
    }

    /// A CPU has lost so many more.
    pub(crate) fn lose(&mut self, time: u64, cpu: u16, more: [u64; 2]) {
        let lost = &mut self.lost[usize::from(cpu)];
        *lost = [lost[0] + more[0], lost[1] + more[1]];
        let [calls, state] = *lost;
        self.fact(looks::losses(time, cpu, calls, state));
    }

    /// Takes a record, and the return behind it, as a live run does; with the looks that are due, if anybody looks.
    pub(crate) fn take(&mut self, record: &[u8], exit: Option<&[u8]>, looks: bool) {
        self.look(record, looks);
        match exit {
            Some(exit) if self.is_due_nothing(exit) => {
                for bytes in [record, exit] {
                    self.apart.push(Input::Record(bytes), &mut self.out[0]);
                    self.inputs.push(Owned::Record(bytes.to_vec()));
                }
                self.whole.push_whole(record, exit, &mut self.out[1]);
                self.compare();
            }
            Some(exit) => {
                self.take(record, None, false);
                self.take(exit, None, looks);
            }
            None => {
                self.give(Owned::Record(record.to_vec()));
                self.compare();
            }
        }
    }

    fn is_due_nothing(&self, exit: &[u8]) -> bool {
        let is = self.whole.wants(exit).is_none();
        assert_eq!(is, self.apart.wants(exit).is_none());
        is
    }

    /// Both want the same looks.
    fn look(&mut self, record: &[u8], looks: bool) {
        for _ in 0..LOOKS_MAX {
            let wanted = self.whole.wants(record);
            assert_eq!(
                wanted,
                self.apart.wants(record),
                "before {:?}",
                head(record)
            );
            let Some(look) = wanted.filter(|_| looks) else {
                break;
            };
            let header = head(record);
            match looks::found(&look, header.time) {
                Some(fact) => self.fact(fact),
                None if look == Look::Losses => self.lose(header.time, header.cpu, [1, 1]),
                None => break,
            }
        }
    }

    fn give(&mut self, input: Owned) {
        self.apart.push(input.input(), &mut self.out[0]);
        self.whole.push(input.input(), &mut self.out[1]);
        self.inputs.push(input);
    }

    /// Whatever can be asked of them, they say the same.
    fn compare(&mut self) {
        let told = |out: &[u8]| String::from_utf8_lossy(&out[self.compared..]).into_owned();
        if self.out[0][self.compared..] != self.out[1][self.compared..] {
            assert_eq!(told(&self.out[1]), told(&self.out[0]));
        }
        self.compared = self.out[0].len();
        assert_eq!(said(&mut self.whole), said(&mut self.apart));
    }

    /// What the kernel half has seen of the calls so far.
    pub(crate) fn stop(&self, boot_ns: u64) -> Stop {
        let mut counts: BTreeMap<u16, [u64; 4]> = BTreeMap::new();
        for input in &self.inputs {
            if let Owned::Record(bytes) = input
                && let Some(record) = Record::parse(bytes)
                && record.begins_call()
            {
                counts.entry(record.header.index).or_default()[0] += 1;
            }
        }
        Stop {
            why: "signal".into(),
            boot_ns,
            counts: counts.into_iter().collect(),
            threads_full: 0,
        }
    }

    /// The run ends, and a call comes too late for it. Gives its lines.
    pub(crate) fn finish(mut self, boot_ns: u64, [enter, exit]: &[Vec<u8>; 2]) -> String {
        self.fact(Fact::Stop(self.stop(boot_ns)));
        self.take(enter, Some(exit), false);
        assert_eq!(self.whole.closed(), self.apart.closed());
        assert_eq!(self.whole.by_library(), self.apart.by_library());
        let none = BTreeMap::new();
        assert_eq!(self.whole.summary("", &none), self.apart.summary("", &none));
        let [lines, _] = self.out;
        let lines = String::from_utf8(lines).expect("lines are UTF-8");
        assert_eq!(joined(&self.inputs), lines);
        lines
    }
}

/// What a fold says beside its lines.
fn said(fold: &mut Fold) -> impl PartialEq + std::fmt::Debug + use<> {
    let unwanted: BTreeMap<u32, u64> = fold.take_unwanted().into_iter().collect();
    let counts = (fold.received(), fold.so_far(), fold.state_lost());
    let kept = (fold.calls_left_out(), fold.processes(), fold.part());
    let of_each = PIDS.map(|pid| {
        let ranges = fold.unwanted_ranges(pid);
        (fold.verdict(pid), fold.knows(pid), ranges)
    });
    (counts, kept, unwanted, fold.take_verdicts(), of_each)
}

/// What comes of inputs where a return is taken with its entry as they come.
pub(crate) fn joined(inputs: &[Owned]) -> String {
    let (mut fold, mut joined, mut out) = (Fold::new(), Joined::default(), Vec::new());
    for input in inputs {
        joined.push(&mut fold, input.input(), &mut out);
    }
    joined.finish(&mut fold, &mut out);
    String::from_utf8(out).expect("lines are UTF-8")
}
