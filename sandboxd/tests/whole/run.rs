//! Runs: steps in any order, then what is known of every descriptor.

use bytemuck::bytes_of;
use kprobe_common::record::{Exec, Fork, Header, Slot, clone, kind};
use sandboxd::input::{Fact, Start};

use super::both::Both;
use super::calls::{self, Call, Draw, process_of};
use super::looks;
use super::steps::Step;

/// The threads that there are.
pub(crate) const THREADS: std::ops::Range<u32> = 1..6;
/// Descriptors that calls take and give.
pub(crate) const NUMBERS: std::ops::Range<i32> = 0..7;
/// The other thread of the process, if there are two.
fn neighbour(tid: u32) -> u32 {
    if tid > 1 { tid ^ 1 } else { tid }
}

/// A run.
pub(crate) struct Run {
    both: Both,
    start: Start,
    pub(crate) time: u64,
}

impl Run {
    pub(crate) fn new(start: Start) -> Self {
        let mut run = Self {
            both: Both::new(start.clone()),
            start,
            time: 1_000_000_000,
        };
        run.both.fact(looks::packages(true));
        run.both.fact(Fact::Zygotes { pids: vec![9] });
        run
    }

    pub(crate) fn step(&mut self, step: &Step) {
        self.time += 1000;
        let time = self.time;
        match step {
            Step::Whole(call, draw, looks) => self.whole(call, draw, *looks),
            Step::Enter(call, draw) => {
                let [enter, _] = call.drawn(draw, &self.start, [time; 2]);
                self.both.take(&enter, None, true);
            }
            Step::Exit(call, draw) => {
                let [_, exit] = call.drawn(draw, &self.start, [time; 2]);
                self.both.take(&exit, None, true);
            }
            Step::Around(long, short) => self.around_call(long, short),
            Step::Clone(draw, shares, born) => self.clone(draw, *shares, *born),
            Step::Exec(draw) => self.exec(draw),
            Step::Happens(kind, draw) => self.happens(*kind, draw, &[], None),
            Step::Named(draw, name) => {
                self.happens(kind::NAMED, draw, &[], Some(looks::NAMES[*name]));
            }
            other => self.fact(other),
        }
    }

    /// Something is found out.
    fn fact(&mut self, step: &Step) {
        let time = self.time;
        match step {
            Step::Look(draw) => {
                let pid = process_of(draw.tid);
                let look = looks::process(pid, draw.tid, self.start.files, draw.uid, time);
                self.both.fact(look);
            }
            Step::Losses(cpu, more) => self.both.lose(time, *cpu, *more),
            Step::Packages(all) => self.both.fact(looks::packages(*all)),
            Step::Targets(mine) => self.both.fact(looks::targets(time, *mine)),
            Step::Tick(later) => {
                self.time += later;
                let boot_ns = self.time;
                self.both.fact(Fact::Tick { boot_ns });
            }
            Step::Cut => self.both.fact(Fact::Cut(self.both.stop(time))),
            Step::Live => self.both.fact(Fact::Live { boot_ns: time }),
            other => unreachable!("{other:?} is found out by nobody"),
        }
    }

    /// While a thread is inside a call, one of its neighbour's returns at once.
    fn around_call(&mut self, (long, draw): &(Call, Draw), (short, within): &(Call, Draw)) {
        let time = self.time;
        let [enter, exit] = long.drawn(draw, &self.start, [time, time + 1900]);
        let within = Draw {
            tid: neighbour(draw.tid),
            ..within.clone()
        };
        self.both.take(&enter, None, true);
        self.whole(short, &within, true);
        self.both.take(&exit, None, true);
        self.time += 1000;
    }

    /// A call returns at once.
    pub(crate) fn whole(&mut self, call: &Call, draw: &Draw, looks: bool) {
        self.time += 1000;
        let [enter, exit] = call.drawn(draw, &self.start, [self.time, self.time + 500]);
        self.both.take(&enter, Some(&exit), looks);
    }

    /// A task is made, by a call that is under way meanwhile.
    fn clone(&mut self, draw: &Draw, shares: u64, born: bool) {
        let is_thread = shares & clone::THREAD != 0;
        let child = match draw.tid {
            tid if is_thread => neighbour(tid),
            1 | 4 | 5 => 2,
            _ => 4,
        };
        let fork = Fork {
            clone_flags: shares,
            child,
            births: u32::from(born),
            comm: *b"child\0\0\0\0\0\0\0\0\0\0\0",
        };
        self.around("arm64/clone", draw, kind::FORK, bytes_of(&fork));
    }

    /// A program is executed.
    pub(crate) fn exec(&mut self, draw: &Draw) {
        let exec = Exec {
            old_tid: draw.tid,
            ..Exec::default()
        };
        self.around("arm64/execve", draw, kind::EXEC, bytes_of(&exec));
    }

    /// Something happens while a call is under way.
    fn around(&mut self, call: &str, draw: &Draw, kind: u8, body: &[u8]) {
        let time = self.time;
        let [enter, exit] = calls::call(call).drawn(draw, &self.start, [time, time + 900]);
        self.both.take(&enter, None, true);
        self.happens(kind, draw, body, Some("/bin/x"));
        self.both.take(&exit, None, true);
    }

    fn happens(&mut self, kind: u8, draw: &Draw, body: &[u8], text: Option<&str>) {
        let header = Header {
            kind,
            time: self.time + 300,
            tgid: process_of(draw.tid),
            tid: draw.tid,
            uid: draw.uid,
            slots: u16::from(text.is_some()),
            ..Header::default()
        };
        let mut bytes = [bytes_of(&header), body].concat();
        if let Some(text) = text {
            let slot = Slot {
                len: text.len() as u16,
                ..Slot::default()
            };
            bytes.extend_from_slice(bytes_of(&slot));
            bytes.extend_from_slice(text.as_bytes());
            bytes.resize(bytes.len().next_multiple_of(8), 0);
        }
        self.both.take(&bytes, None, true);
    }

    /// What is known of a thread's descriptors and directories.
    pub(crate) fn ask(&mut self, tid: u32) {
        let (fsync, stat) = (calls::call("arm64/fsync"), calls::call("arm64/newfstatat"));
        for number in NUMBERS {
            self.whole(&fsync, &Draw::plain(tid, [number; 2]), false);
        }
        for choice in 0..2 {
            let draw = Draw {
                choice,
                ..Draw::plain(tid, [-100; 2])
            };
            self.whole(&stat, &draw, false);
        }
    }

    /// What is known of all threads, once as it is and once after a program was executed; then ends.
    pub(crate) fn finish(mut self) -> String {
        THREADS.for_each(|tid| self.ask(tid));
        for tid in THREADS {
            self.exec(&Draw::plain(tid, [0; 2]));
            self.ask(tid);
        }
        let fsync = calls::call("arm64/fsync");
        let late = [self.time + 1000, self.time + 1500];
        let late = fsync.drawn(&Draw::plain(1, [0; 2]), &self.start, late);
        self.both.finish(self.time + 1000, &late)
    }
}
