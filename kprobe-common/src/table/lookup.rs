//! From an index to its row, without a search: the answer for every index is worked out at compile time.

use super::{Syscall, rows::ROWS};
use crate::index::{Abi, INDEXES, index};

const NO_ROW: u16 = u16::MAX;

static BY_INDEX: [u16; INDEXES as usize] = by_index();

const fn by_index() -> [u16; INDEXES as usize] {
    let mut at = [NO_ROW; INDEXES as usize];
    let mut i = 0;
    while i < ROWS.len() {
        if let Some(nr) = ROWS[i].nr64 {
            at[index(Abi::Arm64, nr as i32) as usize] = i as u16;
        }
        if let Some(nr) = ROWS[i].nr32 {
            let index = index(Abi::Arm32, nr) as usize;
            assert!(at[index] == NO_ROW, "two rows have the same 32-bit number");
            at[index] = i as u16;
        }
        i += 1;
    }
    at
}

/// The row of an [`index`](mod@crate::index); `None` where the number has no name.
#[must_use]
pub fn row(index: u16) -> Option<&'static Syscall> {
    ROWS.get(usize::from(*BY_INDEX.get(usize::from(index))?))
}
