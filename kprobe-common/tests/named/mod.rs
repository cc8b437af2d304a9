//! Rows by name, for tests.

use kprobe_common::index::Abi;
use kprobe_common::table::Syscall;
use kprobe_common::table::rows::ROWS;

/// The row of that name in an ABI.
#[track_caller]
pub(crate) fn call(name: &str, abi: Abi) -> &'static Syscall {
    let named = |row: &&Syscall| row.name == name && row.nr(abi).is_some();
    ROWS.iter()
        .find(named)
        .unwrap_or_else(|| panic!("no row for {name} in {abi:?}"))
}
