//! T32, by the classes of the Arm Architecture Reference Manual (DDI 0406C, A6). Instructions have two or four bytes,
//! and only from a known beginning on it is known where they begin.

mod write;

use super::code::{Flow, Step, signed, to};
pub(super) use write::write;

/// How far before a `svc` walks begin whose agreement is asked for, bytes.
const DOUBT: u64 = 96;

/// The instructions around a `svc`. A walk from any place falls into step with the code soon, but what lies between
/// functions is data. So it begins anew at the function's entry, if that is known; if not, walks from many places must
/// agree, and what is before the place where they do is left out.
pub(super) fn steps(bytes: &[u8], first: u64, svc: u64, entry: Option<u64>) -> Vec<Step> {
    let mut text = Text {
        bytes,
        first,
        literals: Vec::new(),
    };
    let last = first + bytes.len() as u64;
    // What data looks like has literals too: most are gone when the true ones are known.
    text.find_literals(last);
    text.find_literals(last);
    let entry = entry.filter(|entry| (first..=svc).contains(entry));
    if let Some(entry) = entry {
        let mut steps = text.sweep(first, entry);
        steps.extend(text.sweep(entry, last));
        return steps;
    }
    let from = svc.saturating_sub(DOUBT).max(first);
    let sweeps = (0..DOUBT / 3).step_by(2).filter_map(|at| {
        let steps = text.sweep(from + at, svc + 2);
        (steps.last()?.address == svc).then_some(steps)
    });
    let agreed = sweeps.reduce(|a, b| agreement(a, &b)).unwrap_or_default();
    let Some(begin) = agreed.first().map(|step| step.address) else {
        return Vec::new();
    };
    // One step is left out in between, so that nothing is walked over from what is agreed on to what is not.
    let mut steps = text.sweep(first, begin);
    while steps
        .last()
        .is_some_and(|step| step.address + u64::from(step.len) >= begin)
    {
        steps.pop();
    }
    steps.extend(agreed);
    steps.extend(text.sweep(svc + 2, last));
    steps
}

/// The end that two walks have in common.
fn agreement(mut a: Vec<Step>, b: &[Step]) -> Vec<Step> {
    let same = a.iter().rev().zip(b.iter().rev());
    let count = same.take_while(|(a, b)| a.address == b.address).count();
    a.split_off(a.len() - count)
}

/// Code with what is known of the data in it.
struct Text<'a> {
    bytes: &'a [u8],
    first: u64,
    /// Words that instructions load, in order: these are none, and would often look like jumps.
    literals: Vec<u64>,
}

impl Text<'_> {
    fn find_literals(&mut self, last: u64) {
        let steps = self.sweep(self.first, last);
        self.literals = steps.into_iter().filter_map(literal).collect();
        self.literals.sort_unstable();
    }

    fn half(&self, address: u64) -> Option<u32> {
        let at = usize::try_from(address.checked_sub(self.first)?).ok()?;
        let bytes = self.bytes.get(at..at.checked_add(2)?)?;
        Some(u32::from(u16::from_le_bytes([bytes[0], bytes[1]])))
    }

    /// The instructions from one address up to another.
    fn sweep(&self, from: u64, to: u64) -> Vec<Step> {
        let mut steps = Vec::new();
        let mut address = from;
        let mut conditions = 0;
        while address < to {
            if self.literals.binary_search(&(address & !3)).is_ok() {
                address = (address & !3) + 4;
                conditions = 0;
                continue;
            }
            let Some(head) = self.half(address) else {
                break;
            };
            let is_long = head >> 11 >= 0b11101;
            let tail = if is_long {
                self.half(address + 2)
            } else {
                None
            };
            let (word, len) = tail.map_or((head, 2), |tail| (head << 16 | tail, 4));
            let is_conditional = conditions > 0;
            conditions = match word {
                // `it`: so many of the next are done on a condition.
                0xbf00..=0xbfff if word & 15 != 0 => 4 - (word & 15).trailing_zeros(),
                _ => conditions.saturating_sub(1),
            };
            steps.push(step(address, word, len, is_conditional));
            address += u64::from(len);
        }
        steps
    }
}

fn step(address: u64, word: u32, len: u8, is_conditional: bool) -> Step {
    let flow = if len == 4 {
        long_flow(word, address)
    } else {
        short_flow(word, address)
    };
    Step {
        address,
        len,
        word,
        flow: if is_conditional { flow.perhaps() } else { flow },
        is_conditional,
    }
}

/// The word that an instruction loads from among the code.
fn literal(step: Step) -> Option<u64> {
    let word = step.word;
    let from = to(step.address & !3, 4);
    if step.len == 2 {
        let is_load = word >> 11 == 0b01001;
        return is_load.then(|| to(from, i64::from(word & 0xff) * 4));
    }
    let distance = i64::from(word & 0xfff);
    let is_up = word >> 23 & 1 == 1;
    let is_load = word & 0xff7f_0000 == 0xf85f_0000;
    is_load.then(|| to(from, if is_up { distance } else { -distance }))
}

fn short_flow(word: u32, address: u64) -> Flow {
    let near = |distance: i64| to(address, 4 + distance);
    match word {
        // `cbz`, `cbnz`.
        _ if word & 0xf500 == 0xb100 => {
            Flow::Branch(near(i64::from(word >> 3 & 0x40 | word >> 2 & 0x3e)))
        }
        // `bx`, `blx`, and `mov` and `add` into the program counter.
        0x4700..=0x477f | 0xde00..=0xdeff | 0xbe00..=0xbeff => Flow::Stop,
        0x4780..=0x47ff => Flow::Call(None),
        _ if word & 0xff87 == 0x4687 || word & 0xff87 == 0x4487 => Flow::Stop,
        // `pop`.
        0xbd00..=0xbdff => Flow::Stop,
        0xd000..=0xddff => Flow::Branch(near(signed(word, 0, 8) * 2)),
        0xe000..=0xe7ff => Flow::Jump(near(signed(word, 0, 11) * 2)),
        _ => Flow::Next,
    }
}

/// Where an instruction of four bytes leads.
pub(super) fn long_flow(word: u32, address: u64) -> Flow {
    if word & 0xf800_8000 == 0xf000_8000 {
        return branch(word, address);
    }
    if word >> 27 < 0b11101 {
        return Flow::Next;
    }
    let loads_pc = word >> 12 & 15 == 15;
    match word >> 16 {
        // `tbb`, `tbh`.
        0xe8d0..=0xe8df if word & 0xf0e0 == 0xf000 => Flow::Stop,
        // `ldm` and `pop`.
        head if head & 0xfe50 == 0xe810 && head >> 7 & 3 != 0 && head >> 7 & 3 != 3 => {
            if word >> 15 & 1 == 1 {
                Flow::Stop
            } else {
                Flow::Next
            }
        }
        // `ldr`.
        head if head & 0xff70 == 0xf850 && loads_pc => Flow::Stop,
        _ => Flow::Next,
    }
}

/// Branches, and what shares their place.
fn branch(word: u32, address: u64) -> Flow {
    let sign = word >> 26 & 1;
    let far = || {
        let (i1, i2) = (!(word >> 13 ^ sign) & 1, !(word >> 11 ^ sign) & 1);
        let bits =
            sign << 24 | i1 << 23 | i2 << 22 | (word >> 16 & 0x3ff) << 12 | (word & 0x7ff) << 1;
        signed(bits, 0, 25)
    };
    match word & 0xd000 {
        0xd000 => Flow::Call(Some(to(address, 4 + far()))),
        // To A32.
        0xc000 => Flow::Call(Some(to(address & !3, 4 + (far() & !3)))),
        0x9000 => Flow::Jump(to(address, 4 + far())),
        _ if word & 0xfff0_f000 == 0xf7f0_a000 => Flow::Stop,
        _ if word >> 23 & 7 != 7 => {
            let (j1, j2) = (word >> 13 & 1, word >> 11 & 1);
            let bits =
                sign << 20 | j2 << 19 | j1 << 18 | (word >> 16 & 63) << 12 | (word & 0x7ff) << 1;
            Flow::Branch(to(address, 4 + signed(bits, 0, 21)))
        }
        _ => Flow::Next,
    }
}
