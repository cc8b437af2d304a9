//! Entries and returns in every order that happens, and what comes out.

use bytemuck::bytes_of;
use kprobe_common::record::{Frame, Header, Return, flag, kind};

use super::*;

/// What the stream says of a thread.
enum Step {
    /// A call is entered; its number is its name here.
    Enter(u32, i32),
    /// One that does not return.
    EnterLast(u32, i32),
    /// One of a thread that the kernel half does not remember.
    EnterFull(u32, i32),
    /// It returns.
    Exit(u32, i64),
    /// A return alone, with these flags.
    Alone(u32, i32, u8),
    Resumed(u32),
    Exec(u32, u32),
    Died(u32),
    /// So many milliseconds pass.
    Pass(u64),
    /// The run ends.
    End,
}
use Step::{Alone, Died, End, Enter, EnterFull, EnterLast, Exec, Exit, Pass, Resumed};

#[derive(Default)]
struct Stream {
    time: u64,
    out: Vec<String>,
}

fn told(call: &Paired<'_, ()>) -> String {
    let number = |record: Option<Record<'_>>| match record?.body {
        Body::Enter(frame) | Body::ExitOnly(_, frame) => Some(frame.nr),
        _ => None,
    };
    let ret = match call.exit.map(|record| record.body) {
        Some(Body::Exit(ret) | Body::ExitOnly(ret, _)) => format!(" {}", ret.ret),
        _ => String::new(),
    };
    let number = number(call.enter).or_else(|| number(call.exit));
    let killed = if call.killed { " killed" } else { "" };
    let executed = call.executed.map_or("", |_| " executed");
    format!(
        "{}{ret} {:?}{killed}{executed}",
        number.unwrap_or(-1),
        call.outcome
    )
}

impl Stream {
    fn record(&self, kind: u8, flags: u8, tid: u32, fixed: &[&[u8]]) -> Vec<u8> {
        let header = Header {
            kind,
            flags,
            tid,
            time: self.time,
            ..Header::default()
        };
        [bytes_of(&header), &fixed.concat()].concat()
    }

    fn begin(&mut self, pair: &mut Pair<()>, bytes: &[u8], last: bool) {
        let record = Record::parse(bytes).unwrap();
        pair.begin(&record, bytes, last, (), &mut |call| {
            self.out.push(told(&call));
        });
    }

    fn enter(&mut self, pair: &mut Pair<()>, tid: u32, nr: i32, flags: u8, last: bool) {
        let frame = Frame {
            nr,
            ..Frame::default()
        };
        let bytes = self.record(kind::ENTER, flags, tid, &[bytes_of(&frame)]);
        self.begin(pair, &bytes, last);
    }

    fn step(&mut self, pair: &mut Pair<()>, step: &Step) {
        self.time += 1_000_000;
        match *step {
            Enter(tid, nr) => self.enter(pair, tid, nr, 0, false),
            EnterLast(tid, nr) => self.enter(pair, tid, nr, 0, true),
            EnterFull(tid, nr) => self.enter(pair, tid, nr, flag::NO_SLOT, false),
            Exit(tid, ret) => {
                let ret = Return {
                    ret,
                    ..Return::default()
                };
                let bytes = self.record(kind::EXIT, 0, tid, &[bytes_of(&ret)]);
                let record = Record::parse(&bytes).unwrap();
                pair.end(&record, &bytes, &mut |call| self.out.push(told(&call)));
            }
            Alone(tid, nr, flags) => {
                let frame = Frame {
                    nr,
                    ..Frame::default()
                };
                let parts = [bytes_of(&Return::default()), bytes_of(&frame)].concat();
                let bytes = self.record(kind::EXIT_ONLY, flags, tid, &[&parts]);
                self.begin(pair, &bytes, false);
            }
            Resumed(tid) => pair.resume(tid, &mut |call| self.out.push(told(&call))),
            Exec(old, new) => pair.exec(old, new, b"/bin/x", &mut |call| {
                self.out.push(told(&call));
            }),
            Died(tid) => pair.kill(tid, &mut |call| self.out.push(told(&call))),
            Pass(ms) => {
                self.time += ms * 1_000_000;
                pair.tick(self.time, &mut |call| self.out.push(told(&call)));
            }
            End => pair.finish(&mut |call| self.out.push(told(&call))),
        }
    }
}

fn run(returns: bool, steps: &[Step]) -> Vec<String> {
    let (mut pair, mut stream) = (Pair::new(returns), Stream::default());
    for step in steps {
        stream.step(&mut pair, step);
    }
    stream.out
}

fn check(cases: &[(&[Step], &[&str])]) {
    for (at, (steps, wanted)) in cases.iter().enumerate() {
        assert_eq!(run(true, steps), *wanted, "case {at}");
    }
}

#[test]
fn entries_meet_their_returns() {
    check(&[
        (&[Enter(1, 5), Exit(1, 3)], &["5 3 Returned"]),
        (
            &[Enter(1, 5), Enter(2, 6), Exit(1, 3), Exit(2, 4)],
            &["5 3 Returned", "6 4 Returned"],
        ),
        (
            &[Enter(1, 221), Exec(1, 1), Exit(1, 0)],
            &["221 0 Returned executed"],
        ),
        (&[EnterLast(1, 94)], &["94 NoReturn"]),
    ]);
}

#[test]
fn what_is_missing_is_said() {
    check(&[
        (&[EnterFull(1, 5)], &["5 ExitMissed"]),
        (&[Exit(1, 3)], &[]),
        (&[Alone(1, 5, 0)], &["5 0 EntryMissed"]),
        (&[Alone(1, 5, flag::BLOCKED)], &["5 0 Blocked"]),
        (&[Alone(1, 147, flag::ARRIVED)], &["147 0 Returned"]),
        (
            &[Enter(1, 5), Enter(1, 6), Exit(1, 0)],
            &["5 ExitMissed", "6 0 Returned"],
        ),
        (
            &[Enter(1, 5), Alone(1, 6, 0)],
            &["5 ExitMissed", "6 0 EntryMissed"],
        ),
        (&[Enter(1, 73), Resumed(1), Pass(9000)], &[]),
        (&[Enter(1, 73), Died(1)], &["73 ExitMissed"]),
        (&[Enter(1, 73), End], &["73 Unfinished"]),
    ]);
}

/// What the thread does next says whether it was killed.
#[test]
fn a_return_that_asks_for_a_restart_waits() {
    check(&[
        (&[Enter(1, 73), Exit(1, -514)], &[]),
        (
            &[Enter(1, 73), Exit(1, -514), Died(1)],
            &["73 -514 Returned killed"],
        ),
        (
            &[Enter(1, 73), Exit(1, -516), Enter(1, 128), Exit(1, 0)],
            &["73 -516 Returned", "128 0 Returned"],
        ),
        (
            &[Enter(1, 73), Exit(1, -512), Resumed(1)],
            &["73 -512 Returned"],
        ),
        (
            &[Enter(1, 73), Exit(1, -512), Pass(500), Pass(700)],
            &["73 -512 Returned"],
        ),
        // A thread takes the leader's number, and the leader was inside a call.
        (
            &[
                Enter(1, 73),
                Exit(1, -514),
                Enter(2, 221),
                Exec(2, 1),
                Exit(1, 0),
            ],
            &["73 -514 Returned killed", "221 0 Returned executed"],
        ),
    ]);
}

#[test]
fn without_returns_an_entry_is_all_there_is() {
    assert_eq!(run(false, &[Enter(1, 5)]), ["5 Entered"]);
}
