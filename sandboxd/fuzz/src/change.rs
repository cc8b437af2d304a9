//! Changes that leave a recording's form whole: another row, other registers, other memory, another order.
//!
//! Bytes alone are libFuzzer's to change, which knows what the program compares them with.

use std::mem::{offset_of, size_of};

use kprobe_common::index::{Abi, index};
use kprobe_common::record::{Frame as Registers, Header, Return, Slot, kind};
use kprobe_common::table::rows::ROWS;

use crate::frames::{self, FACT, Frame, RECORD};

/// Changes bytes, and makes them longer by so many at most.
pub(crate) type ByBytes<'a> = &'a mut dyn FnMut(&mut Vec<u8>, usize);

/// Numbers on which programs turn.
const TURNS: [u64; 12] = [
    0,
    1,
    2,
    7,
    64,
    511,
    4096,
    0x7fff_ffff,
    0x8000_0000,
    0xffff_ffff,
    i64::MAX as u64,
    u64::MAX,
];

/// A changed copy; `None` where libFuzzer shall change the bytes as they are.
pub(crate) fn changed(recording: &[u8], seed: u32, by_bytes: ByBytes<'_>) -> Option<Vec<u8>> {
    let mut random = Random(seed.into());
    let mut frames = frames::split(recording)?;
    let mut at = random.below(frames.len());
    // Few changes of a fact's text leave it one.
    if frames[at].kind == FACT && random.below(4) > 0 {
        at = random.below(frames.len());
    }
    match random.below(12) {
        0 => return None,
        1 => order(&mut frames, at, &mut random),
        2 | 3 => row(&mut frames, at, &mut random),
        4 | 5 => register(&mut frames[at], &mut random),
        6 => slot(&mut frames[at], &mut random, by_bytes),
        7 | 8 => memory(&mut frames[at], &mut random, by_bytes),
        9 => result(&mut frames[at], &mut random),
        _ => by_bytes(&mut frames[at].bytes, 64),
    }
    Some(frames::join(&frames))
}

fn order(frames: &mut Vec<Frame>, at: usize, random: &mut Random) {
    let other = random.below(frames.len());
    match random.below(3) {
        0 => frames.swap(at, other),
        1 => frames.insert(other, frames[at].clone()),
        _ if frames.len() > 1 => {
            frames.remove(at);
        }
        _ => {}
    }
}

/// Makes all records of a call those of another row.
fn row(frames: &mut [Frame], at: usize, random: &mut Random) {
    let Some(old) = number(&frames[at]) else {
        return;
    };
    let row = &ROWS[random.below(ROWS.len())];
    let abi = [Abi::Arm64, Abi::Arm32][random.below(2)];
    let Some(nr) = row.nr(abi) else { return };
    let new = index(abi, nr);
    for frame in frames.iter_mut().filter(|frame| number(frame) == Some(old)) {
        put(
            &mut frame.bytes,
            offset_of!(Header, index),
            &new.to_le_bytes(),
        );
        if let Some(start) = registers(frame) {
            let bytes = &mut frame.bytes;
            put(bytes, start + offset_of!(Registers, nr), &nr.to_le_bytes());
            put(
                bytes,
                start + offset_of!(Registers, abi),
                &(abi as u32).to_le_bytes(),
            );
        }
    }
}

fn register(frame: &mut Frame, random: &mut Random) {
    let Some(start) = registers(frame) else {
        return;
    };
    let which = random.below(kprobe_common::spec::REGISTERS);
    let value = random.number();
    let at = start + offset_of!(Registers, args) + 8 * which;
    put(&mut frame.bytes, at, &value.to_le_bytes());
}

/// Adds a slot, as if one more register had been read through.
fn slot(frame: &mut Frame, random: &mut Random, by_bytes: ByBytes<'_>) {
    if frame.kind != RECORD || frame.bytes.len() < size_of::<Header>() {
        return;
    }
    let mut memory = vec![0; random.below(96)];
    by_bytes(&mut memory, 16);
    let slot = Slot {
        register: random.below(6) as u8,
        part: random.below(6) as u8,
        state: [0, 0, 0, 1, 2, 0x80][random.below(6)],
        unused: 0,
        len: memory.len() as u16,
        error: 0,
    };
    frame.bytes.extend(bytemuck::bytes_of(&slot));
    memory.resize(memory.len().next_multiple_of(8), 0);
    frame.bytes.extend(memory);
    let at = offset_of!(Header, slots);
    let count = u16::from_le_bytes([frame.bytes[at], frame.bytes[at + 1]]);
    put(&mut frame.bytes, at, &count.wrapping_add(1).to_le_bytes());
}

/// Changes what one slot has, or the slot's head; its length stays true.
fn memory(frame: &mut Frame, random: &mut Random, by_bytes: ByBytes<'_>) {
    let Some(first) = slots(frame) else { return };
    let mut places = Vec::new();
    let mut at = first;
    while let Some(head) = frame.bytes.get(at..at + size_of::<Slot>()) {
        let slot: Slot = bytemuck::pod_read_unaligned(head);
        let start = at + size_of::<Slot>();
        let end = start + (slot.len as usize).next_multiple_of(8);
        if end > frame.bytes.len() {
            break;
        }
        places.push((at, slot, end));
        at = end;
    }
    if places.is_empty() {
        return;
    }
    let (at, mut slot, end) = places[random.below(places.len())];
    let start = at + size_of::<Slot>();
    let mut memory = frame.bytes[start..start + slot.len as usize].to_vec();
    match random.below(4) {
        0 => slot.part = random.below(8) as u8,
        1 => memory.truncate(random.below(memory.len() + 1)),
        _ => by_bytes(&mut memory, 32),
    }
    slot.len = memory.len() as u16;
    memory.resize(memory.len().next_multiple_of(8), 0);
    let new = [bytemuck::bytes_of(&slot), &memory].concat();
    frame.bytes.splice(at..end, new);
}

fn result(frame: &mut Frame, random: &mut Random) {
    let has_result = matches!(frame.bytes.first(), Some(&kind::EXIT | &kind::EXIT_ONLY));
    if frame.kind == RECORD && has_result {
        let value = match random.below(3) {
            0 => -(random.below(134) as i64),
            1 => random.below(64) as i64,
            _ => random.number().cast_signed(),
        };
        let at = size_of::<Header>() + offset_of!(Return, ret);
        put(&mut frame.bytes, at, &value.to_le_bytes());
    }
}

/// The index in a record's head.
fn number(frame: &Frame) -> Option<u16> {
    let at = offset_of!(Header, index);
    let is_call = frame.kind == RECORD && (1..=3).contains(frame.bytes.first()?);
    let bytes = frame.bytes.get(at..at + 2).filter(|_| is_call)?;
    Some(u16::from_le_bytes([bytes[0], bytes[1]]))
}

/// Where a record's registers begin.
fn registers(frame: &Frame) -> Option<usize> {
    let head = size_of::<Header>();
    let start = match frame.bytes.first() {
        Some(&kind::ENTER) => head,
        Some(&kind::EXIT_ONLY) => head + size_of::<Return>(),
        _ => return None,
    };
    (frame.kind == RECORD).then_some(start)
}

/// Where a call's record has its first slot.
fn slots(frame: &Frame) -> Option<usize> {
    let after = |start| start + size_of::<Registers>();
    registers(frame).map(after).or_else(|| {
        let is_exit = frame.kind == RECORD && frame.bytes.first() == Some(&kind::EXIT);
        is_exit.then_some(size_of::<Header>() + size_of::<Return>())
    })
}

/// Puts bytes in place of others, as far as there are others.
fn put(bytes: &mut [u8], at: usize, new: &[u8]) {
    if let Some(old) = bytes.get_mut(at..at + new.len()) {
        old.copy_from_slice(new);
    }
}

/// Numbers without a pattern.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    /// One on which programs turn, or near it, or any.
    fn number(&mut self) -> u64 {
        let turn = TURNS[self.below(TURNS.len())];
        match self.below(4) {
            0 => turn,
            1 => turn.wrapping_sub(self.below(16) as u64),
            2 => 1 << self.below(64),
            _ => self.next() >> self.below(64),
        }
    }
}
