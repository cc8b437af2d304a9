//! An example of every line, once with all that it can say and once with as little, and of every kind of value.
//!
//! What the lines must look like is left to the tests that use them.

mod meant;
mod place;
mod process;

use std::collections::BTreeMap;

use kprobe_common::index::{Abi, INDEXES};
use kprobe_common::record::{Frame, Header, Return, Slot, kind, state};
use kprobe_common::table::{Syscall as Row, rows::ROWS};
use sandboxd::args::Args;
use sandboxd::caller::StackEnd;
use sandboxd::decode::{self, Call};
use sandboxd::event::{
    Bytes, CallCount, Clock, End, ErrorName, Failed, Fds, Hex, Line, Loss, Name, NewTargets,
    Outcome, Proc, Start, StateLoss, Stats, Statuses, Syscall, Targets, Time,
};
use sandboxd::pair::Paired;
use sandboxd::record::Record;
use sandboxd::sink::Lines;

use meant::{meant, status};
use place::{caller, stack};
use process::process;

const RUN: &str = "0d3f1c2e";
const TIME: Time = Time(1_795_401_612_123_456_789);
const PROC: Proc = Proc {
    pid: 412,
    start: 881_234,
};

/// Every type of line, full and bare.
pub(crate) fn lines(out: &mut impl Lines) {
    for full in [true, false] {
        start(out, full);
        for name in ["openat", "connect", "read", "mmap", "exit_group"] {
            let row = ROWS.iter().find(|row| row.name == name).unwrap();
            call(out, row, Abi::Arm64, 7, full);
        }
        nameless(out);
        process(out, full);
        losses(out, full);
        rest(out, full);
    }
}

/// The bytes of a record, made up from a number.
fn record(head: Header, fixed: &[u8], row: &Row, abi: Abi, seed: u64) -> Vec<u8> {
    let mut random = Random(seed);
    let mut slots = Vec::new();
    let mut count = 0;
    for register in 0..row.register_count(abi) {
        for part in 0..random.below(6) as u8 {
            let whole = [
                state::WHOLE,
                state::CUT,
                state::UNREAD,
                state::WHOLE | state::LATE,
            ];
            let state = whole[random.below(4) as usize];
            let unread = state == state::UNREAD;
            let len = if unread { 0 } else { random.below(160) as u16 };
            let error = if unread { -14 } else { 0 };
            slots.extend(bytemuck::bytes_of(&Slot {
                register,
                part,
                state,
                unused: 0,
                len,
                error,
            }));
            let printable = random.below(2) == 0;
            let byte = |_| {
                if printable {
                    32 + random.below(95) as u8
                } else {
                    random.below(256) as u8
                }
            };
            slots.extend((0..len.next_multiple_of(8)).map(byte));
            count += 1;
        }
    }
    let mut bytes = bytemuck::bytes_of(&Header {
        slots: count,
        ..head
    })
    .to_vec();
    bytes.extend(fixed);
    bytes.extend(slots);
    bytes
}

/// A call of that row with made-up registers and memory, decoded as the daemon does it.
pub(crate) fn call(out: &mut impl Lines, row: &'static Row, abi: Abi, seed: u64, full: bool) {
    let mut random = Random(seed);
    let mut frame = Frame {
        nr: row.nr(abi).unwrap(),
        abi: abi as u16,
        ..Frame::default()
    };
    for arg in &mut frame.args {
        *arg = random.next() >> random.below(64);
    }
    let index = row.index(abi).unwrap();
    assert!(index < INDEXES);
    let header = Header {
        index,
        tgid: 412,
        tid: 430,
        uid: 10123,
        ..Header::default()
    };
    let fixed = bytemuck::bytes_of(&frame);
    let enter = record(
        Header {
            kind: kind::ENTER,
            ..header
        },
        fixed,
        row,
        abi,
        random.next(),
    );
    let ret = Return {
        ret: random.below(200) as i64 - 20,
        nr: frame.nr,
        stack: 0,
    };
    let fixed = bytemuck::bytes_of(&ret);
    let exit = record(
        Header {
            kind: kind::EXIT,
            ..header
        },
        fixed,
        row,
        abi,
        random.next(),
    );
    let paired = Paired {
        enter: Record::parse(&enter),
        exit: Record::parse(&exit),
        outcome: Outcome::Returned,
        killed: full,
        executed: None,
        who: (),
    };
    let mut args = Args::default();
    let mut statuses = decode::Statuses::new();
    decode::decode(&Call::new(&paired).unwrap(), row, &mut args, &mut statuses);
    if full {
        statuses.push(("full", status()));
    }
    let failed = (-4095..0)
        .contains(&ret.ret)
        .then(|| ErrorName(ret.ret.unsigned_abs() as u16));
    let (paths, fds) = if full { meant() } else { Default::default() };
    let line = Syscall {
        paths: &paths,
        fds: Fds(&fds),
        abi: if abi == Abi::Arm64 { "arm64" } else { "arm32" },
        nr: frame.nr,
        syscall: Name::Row(row.name),
        arg_status: Statuses(if full || seed.is_multiple_of(2) {
            &statuses
        } else {
            &[]
        }),
        ret: Some(ret.ret),
        error: failed,
        ..syscall(&args, full)
    };
    out.line(&Line::Syscall(line), Some(index));
}

fn syscall<'a>(args: &'a Args<'a>, full: bool) -> Syscall<'a> {
    Syscall {
        run: RUN,
        seq: 7,
        time: TIME,
        boot_ns: 71_237_456_789,
        cpu: 3,
        proc: PROC,
        pid: 412,
        tid: 430,
        uid: 10123,
        user: 0,
        comm: Bytes(b"pool-2\0"),
        comm_hex: full.then(|| "706f6f6c".to_owned()),
        package: full.then_some("com.example.app"),
        process_name: full.then_some("com.example.app:push"),
        abi: "arm64",
        nr: 1,
        syscall: Name::Unknown(1),
        outcome: Outcome::Returned,
        args,
        regs: None,
        registers: [0; 6],
        arg_status: Statuses(&[]),
        paths: &[],
        fds: Fds(&[]),
        ret: None,
        ret_hex: full.then_some(Hex(0x7a00)),
        error: full.then_some(ErrorName(14)),
        killed: full,
        dur_ns: full.then_some(8123),
        caller: caller(full),
        stack: full.then(stack),
        stack_end: full.then_some(StackEnd::NotCalled),
    }
}

/// A call without a row, with each outcome.
fn nameless(out: &mut impl Lines) {
    let args = Args::default();
    for outcome in Outcome::ALL {
        let regs = Some([0, 1, 2, 3, 4, u64::MAX].map(Hex));
        let (paths, fds) = meant();
        let syscall = Syscall {
            paths: &paths,
            fds: Fds(&fds),
            outcome,
            regs,
            syscall: Name::Unknown(0x1f3),
            nr: 0x1f3,
            ..syscall(&args, true)
        };
        out.line(&Line::Syscall(syscall), Some(kprobe_common::index::OTHER64));
    }
}

fn start(out: &mut impl Lines, full: bool) {
    let targets = Targets {
        uids: vec![10123],
        packages: vec!["com.example.app".into()],
        ..Targets::default()
    };
    let failed = [Failed {
        symbol: "__arm64_sys_x".into(),
        reason: "not there".into(),
    }];
    let words = BTreeMap::from([("model".to_owned(), "a \"phone\"".to_owned())]);
    let argv = ["sandboxd".to_owned(), "trace".to_owned()];
    let start = Start {
        schema: sandboxd::event::SCHEMA,
        run: RUN,
        seq: 0,
        part: if full { 2 } else { 1 },
        version: "0.1.0",
        time: TIME,
        boot_ns: 1,
        kernel: "6.1.0",
        arch: "aarch64",
        device: &words,
        argv: &argv,
        tags: &words,
        backend: "kprobe",
        backend_reason: "42 probes",
        returns: true,
        targets: &targets,
        calls: &argv,
        attached: 42,
        failed: if full { &failed } else { &[] },
    };
    out.line(&Line::Start(Box::new(start)), None);
}

fn losses(out: &mut impl Lines, full: bool) {
    let by_call = BTreeMap::from([("openat".to_owned(), 9), ("arm32:openat".to_owned(), 3)]);
    let loss = Loss {
        run: RUN,
        seq: 9,
        reason: if full { "ring_full" } else { "unwritten" },
        count: 12,
        exits: 0,
        cpu: full.then_some(3),
        from_ns: 1,
        to_ns: 2,
        by_call: if full { by_call } else { BTreeMap::new() },
    };
    out.line(&Line::Loss(loss), None);
    let loss = StateLoss {
        run: RUN,
        seq: 10,
        count: 1,
        cpu: 0,
        from_ns: 1,
        to_ns: 2,
    };
    out.line(&Line::StateLoss(loss), None);
}

fn rest(out: &mut impl Lines, full: bool) {
    let clock = Clock {
        run: RUN,
        seq: 11,
        time: TIME,
        boot_ns: 1,
        step_ns: -3_600_000_000_000,
    };
    out.line(&Line::Clock(clock), None);
    let targets = Targets {
        uids: vec![10123],
        packages: vec!["com.example.app".to_owned()],
        ..Targets::default()
    };
    let new = NewTargets {
        run: RUN,
        seq: 12,
        time: TIME,
        boot_ns: 1,
        targets: &targets,
    };
    out.line(&Line::Targets(new), None);
    let stats = Stats {
        run: RUN,
        seq: 13,
        time: TIME,
        boot_ns: 1,
        emitted: 24,
        filtered: 0,
        lost: 12,
    };
    out.line(&Line::Stats(stats), None);
    let count = |emitted, lost| CallCount {
        seen: emitted + lost,
        emitted,
        lost,
        ..CallCount::default()
    };
    let counts = [
        ("openat", count(2, 12)),
        ("connect", count(2, 0)),
        ("read", count(2, 0)),
        ("mmap", count(2, 0)),
    ];
    let mut by_call: BTreeMap<_, _> = counts.map(|(name, count)| (name.to_owned(), count)).into();
    by_call.insert("exit_group".to_owned(), count(2, 0));
    by_call.insert("other".to_owned(), count(14, 0));
    let end = End {
        run: RUN,
        seq: 14,
        time: TIME,
        boot_ns: 1,
        why: "signal",
        seen: 36,
        emitted: 24,
        filtered: 0,
        lost: 12,
        pending: u64::from(full),
        by_call: &by_call,
        exits_missed: 0,
        args_cut: 0,
        state_lost: u64::from(full),
        threads_full: 0,
        unwritten: 0,
        not_target: u64::from(full),
        undetermined: 0,
    };
    out.line(&Line::End(end), None);
}

/// Numbers without a pattern, the same every time.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed ^ mixed >> 27
    }

    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        (self.next() >> 20) % limit
    }
}
