//! Code around an address, as steps that can be walked in both directions.

use std::cell::OnceCell;

use super::super::bytes::{self, Bytes, Span};
use super::super::elf::Elf;
use super::{Write, a32, a64, t32};
use crate::input::{Isa, Load};

/// Bytes before and after an address in which jumps are looked for: functions of a C library are shorter.
const REACH: u64 = 16 << 10;
/// The same for calls, which may come from anywhere in a library.
const CALLS: u64 = 2 << 20;
/// Bytes that are searched at once.
const CHUNK: usize = 64 << 10;

/// Where an instruction leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::module) enum Flow {
    /// To the next one.
    Next,
    /// To the next one, or there.
    Branch(u64),
    /// There.
    Jump(u64),
    /// There, if that is known, and back to the next one.
    Call(Option<u64>),
    /// Where it does not say.
    Stop,
}

impl Flow {
    /// The same, of an instruction that is done only if a condition holds.
    pub(super) fn perhaps(self) -> Self {
        match self {
            Self::Jump(to) => Self::Branch(to),
            Self::Stop => Self::Next,
            flow => flow,
        }
    }
}

/// An instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::module) struct Step {
    pub(super) address: u64,
    /// 2 or 4.
    pub(super) len: u8,
    /// Its bits; of a long one of Thumb the first half word comes first.
    pub(super) word: u32,
    pub(super) flow: Flow,
    /// Whether it is done only if a condition holds.
    pub(super) is_conditional: bool,
}

/// Code of one instruction set around an address.
pub(super) struct Code<'a> {
    file: &'a dyn Bytes,
    elf: &'a Elf,
    isa: Isa,
    /// In the order of their addresses.
    steps: Vec<Step>,
    /// The code that they are part of.
    whole: Load,
    /// Where calls lead that are found in all of it, in order, once that was asked for.
    called: OnceCell<Vec<u64>>,
}

impl<'a> Code<'a> {
    /// Around a `svc`; `None` if there is none at that address.
    pub(super) fn around(
        file: &'a dyn Bytes,
        elf: &'a Elf,
        address: u64,
        isa: Isa,
        entry: Option<u64>,
    ) -> Option<Self> {
        let whole = elf.code_at(address)?;
        let at = address - whole.address;
        let from = at.saturating_sub(REACH) & !3;
        let len = at.saturating_add(REACH).min(whole.len) - from;
        let offset = whole.offset.checked_add(from)?;
        let bytes = bytes::read(file, Span { offset, len }, 2 * REACH + 4)?;
        let first = whole.address.checked_add(from)?;
        first.checked_add(len)?;
        let steps = match isa {
            Isa::A64 => words(&bytes, first, a64::step),
            Isa::A32 => words(&bytes, first, a32::step),
            Isa::T32 => t32::steps(&bytes, first, address, entry),
        };
        let code = Self {
            file,
            elf,
            isa,
            steps,
            whole,
            called: OnceCell::new(),
        };
        let svc = code.at(address)?;
        code.is_svc(svc).then_some(code)
    }

    /// What is called among the steps, from anywhere near.
    fn find_calls(&self) -> Vec<u64> {
        let mut called = Vec::new();
        let (Some(first), Some(last)) = (self.steps.first(), self.steps.last()) else {
            return called;
        };
        let (near, step) = (first.address..=last.address, self.isa_step());
        let at = first.address.saturating_sub(self.whole.address);
        let until = at.saturating_add(CALLS).min(self.whole.len);
        // Four bytes more than a turn forward, since an instruction may lie across two chunks.
        let mut chunk = vec![0; CHUNK + 4];
        let mut begin = at.saturating_sub(CALLS) & !3;
        while begin < until {
            let want = usize::try_from(until - begin)
                .unwrap_or(CHUNK)
                .min(chunk.len());
            let read = bytes::read_some(self.file, &mut chunk[..want], self.whole.offset + begin);
            let words = chunk[..read].windows(4).step_by(step);
            let first = self.whole.address + begin;
            for (word, address) in words.zip((first..).step_by(step)) {
                let word = u32::from_le_bytes([word[0], word[1], word[2], word[3]]);
                if let Flow::Call(Some(to)) = self.flow_at(word, address)
                    && near.contains(&to)
                {
                    called.push(to);
                }
            }
            if read < want {
                break;
            }
            begin += CHUNK as u64;
        }
        called.sort_unstable();
        called
    }

    fn isa_step(&self) -> usize {
        if self.isa == Isa::T32 { 2 } else { 4 }
    }

    fn flow_at(&self, word: u32, address: u64) -> Flow {
        match self.isa {
            Isa::A64 => a64::flow(word, address),
            Isa::A32 => a32::flow(word, address),
            Isa::T32 => t32::long_flow(word.rotate_left(16), address),
        }
    }

    /// The register that a `svc` takes its number from.
    pub(super) fn number_register(&self) -> u8 {
        match self.isa {
            Isa::A64 => 8,
            Isa::A32 | Isa::T32 => 7,
        }
    }

    fn is_svc(&self, step: Step) -> bool {
        match self.isa {
            Isa::A64 => step.word & 0xffe0_001f == 0xd400_0001,
            Isa::A32 => step.word & 0x0f00_0000 == 0x0f00_0000,
            Isa::T32 => step.len == 2 && step.word & 0xff00 == 0xdf00,
        }
    }

    /// Whether a function gets an argument in this register (AAPCS). One that gets something in r12 is a stub for code
    /// that cannot write r7, since that is its frame pointer: glibc's `__libc_do_syscall`.
    pub(super) fn is_argument(&self, register: u8) -> bool {
        match self.isa {
            Isa::A64 => register < 8,
            Isa::A32 | Isa::T32 => register < 4 || register == 12,
        }
    }

    /// Whether a function begins there, by what functions begin with, behind what fills gaps between them.
    pub(super) fn is_prologue(&self, address: u64) -> bool {
        let from = self.steps.partition_point(|step| step.address < address);
        let mut steps = self.steps[from..].iter();
        let first = steps.find(|step| !self.is_nop(**step));
        first.is_some_and(|step| match self.isa {
            // `bti c`, `paciasp`, `pacibsp`, `stp x29, x30, [sp, …]!`.
            Isa::A64 => {
                matches!(step.word, 0xd503_245f | 0xd503_233f | 0xd503_237f)
                    || step.word & 0xffc0_7fff == 0xa980_7bfd
            }
            // `push` with the link register.
            Isa::A32 => step.word & 0xffff_4000 == 0xe92d_4000,
            Isa::T32 => step.word & 0xff00 == 0xb500 || step.word & 0xffff_4000 == 0xe92d_4000,
        })
    }

    fn is_nop(&self, step: Step) -> bool {
        match self.isa {
            Isa::A64 => step.word == 0xd503_201f,
            Isa::A32 => matches!(step.word, 0xe320_f000 | 0xe1a0_0000),
            Isa::T32 => matches!(step.word, 0xbf00 | 0xf3af_8000),
        }
    }

    /// Whether a function that is called need not keep this register (AAPCS).
    pub(super) fn is_lost_in_calls(&self, register: u8) -> bool {
        match self.isa {
            Isa::A64 => !(19..30).contains(&register),
            Isa::A32 | Isa::T32 => !(4..12).contains(&register),
        }
    }

    /// What an instruction does to a register.
    pub(super) fn write(&self, step: Step, register: u8) -> Write {
        match self.isa {
            Isa::A64 => a64::write(step, register),
            Isa::A32 => a32::write(step, register),
            Isa::T32 => t32::write(step, register),
        }
    }

    fn at(&self, address: u64) -> Option<Step> {
        let found = self
            .steps
            .binary_search_by_key(&address, |step| step.address);
        found.ok().map(|index| self.steps[index])
    }

    /// The instruction just before that address.
    pub(super) fn before(&self, address: u64) -> Option<Step> {
        let index = self.steps.partition_point(|step| step.address < address);
        let step = *self.steps.get(index.checked_sub(1)?)?;
        (step.address + u64::from(step.len) == address).then_some(step)
    }

    /// The instructions that jump to that address.
    pub(super) fn jumps_to(&self, address: u64) -> impl Iterator<Item = Step> {
        let jumps = move |step: &&Step| match step.flow {
            Flow::Branch(to) | Flow::Jump(to) => to == address,
            _ => false,
        };
        self.steps.iter().filter(jumps).copied()
    }

    /// Whether that address is called as a function.
    pub(super) fn is_called(&self, address: u64) -> bool {
        let called = self.called.get_or_init(|| self.find_calls());
        called.binary_search(&address).is_ok()
    }

    /// The word at an address of the ELF.
    pub(super) fn word_at(&self, address: u64) -> Option<u32> {
        let span = self.elf.place(address).filter(|span| span.len >= 4)?;
        let mut word = [0; 4];
        bytes::fill(self.file, &mut word, span.offset).then(|| u32::from_le_bytes(word))
    }
}

fn words(bytes: &[u8], first: u64, step: fn(u32, u64) -> Step) -> Vec<Step> {
    let (words, _) = bytes.as_chunks::<4>();
    let addresses = (first..).step_by(4);
    let words = words.iter().map(|word| u32::from_le_bytes(*word));
    words
        .zip(addresses)
        .map(|(word, at)| step(word, at))
        .collect()
}

/// The bits of a word from `low` on, so many, with their sign.
pub(super) fn signed(word: u32, low: u32, count: u32) -> i64 {
    let shift = 64 - count;
    ((word >> low) as i64) << shift >> shift
}

/// An address so far from another.
pub(super) fn to(address: u64, distance: i64) -> u64 {
    address.wrapping_add_signed(distance)
}
