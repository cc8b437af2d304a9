//! The checks that make a wrong row fail to compile.
//!
//! What needs the kernel's headers or is easier to say at run time is left to `tests/`.

use super::kind::Kind;
use super::{Syscall, rows};
use crate::index::Abi;
use crate::spec::REGISTERS;

const _: () = check(rows::ROWS);

/// Rejects a bad table.
///
/// # Panics
/// On more than six registers, numbers out of order, a length, condition or size that does not fit.
const fn check(rows: &[Syscall]) {
    let mut i = 0;
    while i < rows.len() {
        let row = &rows[i];
        assert!(
            row.nr64.is_some() || row.nr32.is_some(),
            "a row has no number"
        );
        assert!(
            row.register_count(Abi::Arm64) as usize <= REGISTERS,
            "a row has more than six arguments"
        );
        if row.nr32.is_some() {
            assert!(
                row.register_count(Abi::Arm32) as usize <= REGISTERS,
                "a row's pairs need more than six registers"
            );
            let _ = row.spec(Abi::Arm32);
        }
        let _ = row.spec(Abi::Arm64);
        check_selectors(row);
        if let Some(condition) = &row.condition {
            let _ = row.arg(condition.arg);
        }
        if i > 0 {
            let before = &rows[i - 1];
            match (before.nr64, row.nr64) {
                (Some(a), Some(b)) => assert!(a < b, "arm64 numbers are repeated or out of order"),
                (None, Some(_)) => {
                    panic!("a row with an arm64 number stands among the 32-bit ones")
                }
                (None, None) => match (before.nr32, row.nr32) {
                    (Some(a), Some(b)) => {
                        assert!(a < b, "32-bit numbers are repeated or out of order");
                    }
                    _ => panic!("a row has no number"),
                },
                (Some(_), None) => {}
            }
        }
        i += 1;
    }
}

/// An argument whose list another one chooses names one of the row's.
const fn check_selectors(row: &Syscall) {
    let mut i = 0;
    while i < row.args.len() {
        if let Kind::EnumBy(_, by) = row.args[i].kind {
            let _ = row.arg(by);
        }
        i += 1;
    }
}

/// String equality, in constants.
pub(super) const fn same(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    let mut i = 0;
    while i < a.len() {
        if a[i] != b[i] {
            return false;
        }
        i += 1;
    }
    true
}
