//! Calls of the golden cases, made those of few threads, users and numbers, so that they meet.

use std::mem::size_of;
use std::sync::LazyLock;

use bytemuck::{NoUninit, bytes_of, pod_read_unaligned};
use kprobe_common::index;
use kprobe_common::record::{Frame, Header, Return, flag, kind};
use kprobe_common::table::kind::Kind;
use kprobe_common::table::{self, Effect, Files, Ret, Syscall, change};
use sandboxd::input::Start;
use sandboxd::record::{Record, returns_from};

use super::cases::{self, Owned};

/// Where the cases' code lies.
pub(crate) const CODE: u64 = 0x40_0000;
/// So many bytes of it.
pub(crate) const CODE_LEN: u64 = 0x8_0000;

/// An entry, and the return behind it.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) name: String,
    pub(crate) enter: Vec<u8>,
    pub(crate) exit: Vec<u8>,
}

/// What a call is made to be.
#[derive(Clone, Debug)]
pub(crate) struct Draw {
    pub(crate) tid: u32,
    pub(crate) uid: u32,
    pub(crate) cpus: [u16; 2],
    /// What its thread is called.
    pub(crate) comm: u8,
    /// Its descriptors, in the order of the arguments.
    pub(crate) numbers: [i32; 2],
    /// What else there is to choose: a command, a flag, a length.
    pub(crate) choice: u8,
    pub(crate) ret: i64,
    /// Flags of entry and return that are not as the kernel half would set them.
    pub(crate) odd: [u8; 2],
    /// How much more its CPU has lost when it returns.
    pub(crate) lost: u32,
}

/// A process has a thread or two.
pub(crate) fn process_of(tid: u32) -> u32 {
    match tid {
        2 | 3 => 2,
        4 | 5 => 4,
        tid => tid,
    }
}

impl Draw {
    /// Nothing odd about it.
    pub(crate) fn plain(tid: u32, numbers: [i32; 2]) -> Self {
        Self {
            tid,
            uid: 10_123,
            cpus: [0; 2],
            comm: 0,
            numbers,
            choice: 0,
            ret: 0,
            odd: [0; 2],
            lost: 0,
        }
    }
}

/// Every call of the cases that returns, and those that never do, as if they did.
pub(crate) fn all() -> &'static [Call] {
    static ALL: LazyLock<Vec<Call>> = LazyLock::new(|| {
        let of = |case: &cases::Case| {
            let mut calls = Vec::new();
            for at in 0..case.inputs.len() {
                let Owned::Record(enter) = &case.inputs[at] else {
                    continue;
                };
                let exit = case.inputs[at + 1..].iter().find_map(|input| match input {
                    Owned::Record(exit) if returns_from(enter, exit) => Some(exit.clone()),
                    _ => None,
                });
                calls.extend(exit.or_else(|| return_of(enter)).map(|exit| Call {
                    name: cases::name(case),
                    enter: enter.clone(),
                    exit,
                }));
            }
            calls
        };
        cases::all().iter().flat_map(of).collect()
    });
    &ALL
}

/// The first call of a case.
pub(crate) fn call(name: &str) -> Call {
    let mut all = all().iter();
    let call = all.find(|call| call.name == name);
    call.unwrap_or_else(|| panic!("no call {name}")).clone()
}

/// A return of a call that never does.
fn return_of(enter: &[u8]) -> Option<Vec<u8>> {
    let header = head(enter);
    let never = table::row(header.index).is_some_and(|row| row.ret == Ret::Never);
    (never && header.kind == kind::ENTER).then(|| {
        let header = Header {
            kind: kind::EXIT,
            slots: 0,
            ..header
        };
        [bytes_of(&header), bytes_of(&Return::default())].concat()
    })
}

impl Call {
    /// Entry and return as they are drawn, in a run that begins so.
    pub(crate) fn drawn(&self, draw: &Draw, start: &Start, times: [u64; 2]) -> [Vec<u8>; 2] {
        let (mut enter, mut exit) = (self.enter.clone(), self.exit.clone());
        let mut frame: Frame = fixed(&enter);
        let mut ret: Return = fixed(&exit);
        frame.comm[0] = b'a' + draw.comm;
        let header: Header = head(&enter);
        let row = table::row(header.index);
        if let Some(row) = row {
            aim(row, header.index, &mut frame, draw);
            ret.ret = returned(row, &frame, ret.ret, draw);
            paths(row, header.index, &mut enter, draw);
            pair(row, header.index, &mut exit, draw);
        }
        if draw.odd[1] & flag::EXECED != 0 {
            ret.stack = (CODE >> 16) as u32;
        }
        put(&mut enter, size_of::<Header>(), &frame);
        put(&mut exit, size_of::<Header>(), &ret);
        let followed = row.is_some_and(|row| is_followed(row, header.index, &frame, start));
        let state = if followed { flag::STATE } else { 0 };
        for (at, bytes) in [&mut enter, &mut exit].into_iter().enumerate() {
            let header = Header {
                flags: (head(bytes).flags | state) ^ draw.odd[at],
                cpu: draw.cpus[at],
                time: times[at],
                tgid: process_of(draw.tid),
                tid: draw.tid,
                uid: draw.uid,
                lost: if at == 1 { draw.lost } else { 0 },
                ..head(bytes)
            };
            put(bytes, 0, &header);
        }
        [enter, exit]
    }
}

/// Whether the kernel half sends a call by the ring of state, as the plan of a run has it told.
fn is_followed(row: &Syscall, at: u16, frame: &Frame, start: &Start) -> bool {
    let registers = row.registers(index::abi(at));
    let has = |register: u8, list: &[u32]| {
        let value = frame.args[usize::from(register)] as u32;
        list.contains(&value)
    };
    let files = row.files.filter(|_| start.files).is_some_and(|files| {
        let commands = files.commands();
        commands.is_none_or(|list| has(registers[1], list))
    });
    let dies = row.ret == Ret::Never;
    let makes = start.files && row.state & change::LIFE != 0 && row.files.is_none() && !dies;
    let becomes = start.by_uid && row.state & change::IDENTITY != 0;
    let names = row.state & change::NAME != 0 && has(registers[0], change::NAMES);
    start.returns && (files || makes || becomes || names || row.state & change::MAPS != 0)
}

/// Few descriptors, commands and places in memory.
fn aim(row: &Syscall, at: u16, frame: &mut Frame, draw: &Draw) {
    let registers = row.registers(index::abi(at)).map(usize::from);
    let mut numbers = draw.numbers.into_iter();
    for (arg, register) in row.args.iter().zip(registers) {
        if matches!(arg.kind, Kind::Fd | Kind::DirFd)
            && let Some(number) = numbers.next()
        {
            frame.args[register] = i64::from(number) as u64;
        }
    }
    let choice = usize::from(draw.choice);
    match row.files {
        Some(Files::Controls) => {
            frame.args[registers[1]] =
                [0, change::F_SETFD, change::F_DUPFD_CLOEXEC, 3][choice % 4].into();
            frame.args[registers[2]] = u64::from(draw.choice > 1);
        }
        Some(Files::Marks) => {
            frame.args[registers[1]] = [0x5450, 0x5451, 0x5401, 0x5451][choice % 4];
        }
        Some(Files::ClosesRange) => {
            let [first, last] = draw.numbers.map(|number| u64::from(number as u32));
            frame.args[..3].copy_from_slice(&[first, last, [0, 0, 2, 4][choice % 4]]);
        }
        _ => {}
    }
    if row.effect.is_some_and(|effect| effect != Effect::Brk) {
        frame.args[0] = CODE;
        frame.args[1] = [CODE_LEN, 0x1000][choice % 2];
        if row.effect == Some(Effect::Map) {
            (frame.args[2], frame.args[3]) = ([5, 3][choice / 2 % 2], 0x32);
        }
    }
    if row.state & change::NAME != 0 && frame.args[0] as u32 == change::MEMORY_NAME {
        (frame.args[2], frame.args[3]) = (CODE, CODE_LEN);
    }
}

/// A number that fits what the call does.
fn returned(row: &Syscall, frame: &Frame, ret: i64, draw: &Draw) -> i64 {
    if draw.ret < 0 {
        return draw.ret;
    }
    match (row.files, row.effect) {
        (Some(Files::Replaces(_)), _) => i64::from(frame.args[1] as i32).max(0),
        _ if row.ret == Ret::Fd => draw.ret,
        (Some(Files::Controls), _) => draw.ret,
        (Some(Files::Closes | Files::Marks | Files::Chdir), _) => 0,
        (_, Some(Effect::Map | Effect::Attach)) => CODE as i64,
        _ => ret.max(0),
    }
}

/// Paths that begin at a directory.
fn paths(row: &Syscall, at: u16, enter: &mut [u8], draw: &Draw) {
    let registers = row.registers(index::abi(at));
    let args = row.args.iter().zip(registers);
    for (_, register) in args.filter(|(arg, _)| arg.kind == Kind::Path) {
        if draw.choice % 2 == 1
            && let Some((place, len)) = part(enter, register)
            && len > 0
        {
            enter[place] = b'f';
        }
    }
}

/// Two descriptors that a call gives.
fn pair(row: &Syscall, at: u16, exit: &mut [u8], draw: &Draw) {
    let registers = row.registers(index::abi(at));
    let mut args = row.args.iter().zip(registers);
    let is_pair = matches!(row.files, Some(Files::OpensPair(..)));
    if let Some((_, register)) = args.find(|(arg, _)| matches!(arg.kind, Kind::StructOut(_)))
        && is_pair
        && let Some((place, 8)) = part(exit, register)
    {
        put(exit, place, &draw.numbers);
    }
}

/// Where what was read through a register lies, and how long it is.
fn part(bytes: &[u8], register: u8) -> Option<(usize, usize)> {
    let record = Record::parse(bytes)?;
    let part = record.parts().find(|part| part.register == register)?;
    let place = part.bytes.as_ptr().addr() - bytes.as_ptr().addr();
    Some((place, part.bytes.len()))
}

pub(crate) fn head(bytes: &[u8]) -> Header {
    pod_read_unaligned(&bytes[..size_of::<Header>()])
}

fn fixed<T: bytemuck::AnyBitPattern>(bytes: &[u8]) -> T {
    let begin = size_of::<Header>();
    pod_read_unaligned(&bytes[begin..begin + size_of::<T>()])
}

fn put<T: NoUninit>(bytes: &mut [u8], at: usize, value: &T) {
    bytes[at..at + size_of::<T>()].copy_from_slice(bytes_of(value));
}
