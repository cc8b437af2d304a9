//! A block: whole lines, where each ends, and which call each is of.
//!
//! Which bytes were written is left to the queue.

use std::collections::BTreeMap;

use super::BLOCK;

/// Bytes that a block has room for from the beginning: the line that fills it has room too, unless it is a very long one.
const ROOM: usize = BLOCK + BLOCK / 4;

/// Whole lines, one behind the other.
#[derive(Debug)]
pub(super) struct Block {
    bytes: Vec<u8>,
    ends: Vec<End>,
    /// It is the first of another part.
    pub(super) begins_part: bool,
}

#[derive(Clone, Copy, Debug)]
struct End {
    /// The line's end.
    at: usize,
    /// The call's index.
    index: Option<u16>,
}

/// Lines that were not written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    /// `syscall` lines, by the call's index.
    pub(super) by_index: BTreeMap<u16, u64>,
    /// All of them.
    pub(super) lines: u64,
}

impl Tally {
    /// Adds another's lines.
    pub(super) fn add(&mut self, other: &Self) {
        self.lines += other.lines;
        for (index, count) in &other.by_index {
            *self.by_index.entry(*index).or_default() += count;
        }
    }
}

impl Block {
    pub(super) fn empty() -> Self {
        Self {
            bytes: Vec::with_capacity(ROOM),
            ends: Vec::new(),
            begins_part: false,
        }
    }

    /// Whether it took no more memory than blocks do.
    pub(super) fn is_usual(&self) -> bool {
        self.bytes.capacity() <= 2 * ROOM
    }

    /// Adds what `render` appends, as one line.
    pub(super) fn line(&mut self, index: Option<u16>, render: impl FnOnce(&mut Vec<u8>)) {
        render(&mut self.bytes);
        self.ends.push(End {
            at: self.bytes.len(),
            index,
        });
    }

    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    pub(super) fn lines(&self) -> usize {
        self.ends.len()
    }

    /// Its lines are gone; the next ones begin what they would have begun.
    pub(super) fn forget_lines(&mut self) {
        self.bytes.clear();
        self.ends.clear();
    }

    pub(super) fn clear(&mut self) {
        self.forget_lines();
        self.begins_part = false;
    }

    /// The bytes from one place to another; none if there are no such places.
    pub(super) fn bytes(&self, from: usize, to: usize) -> &[u8] {
        self.bytes.get(from..to).unwrap_or_default()
    }

    fn ended(&self, at: usize) -> usize {
        self.ends.partition_point(|end| end.at <= at)
    }

    /// Where the last line ends that is whole in so many bytes.
    pub(super) fn whole(&self, bytes: usize) -> usize {
        let last = self.ended(bytes).checked_sub(1);
        last.and_then(|last| self.ends.get(last))
            .map_or(0, |end| end.at)
    }

    /// Where the line ends that the byte is in.
    pub(super) fn end_of_line(&self, byte: usize) -> usize {
        self.ends
            .get(self.ended(byte))
            .map_or(self.bytes.len(), |end| end.at)
    }

    /// The lines that are not whole in so many bytes.
    pub(super) fn missing(&self, bytes: usize) -> Tally {
        let mut tally = Tally::default();
        for end in self.ends.get(self.ended(bytes)..).unwrap_or_default() {
            tally.lines += 1;
            if let Some(index) = end.index {
                *tally.by_index.entry(index).or_default() += 1;
            }
        }
        tally
    }
}
