//! Descriptors in lists that arguments point at: what a call waits for.

use std::collections::BTreeSet;

use kprobe_common::index::Abi;
use kprobe_common::record::{Frame, state};
use kprobe_common::table::kind::Kind;
use kprobe_common::table::structs::POLLFD;
use kprobe_common::table::{Arg, Form};

use crate::args::fd_set;
use crate::record::Record;

/// Whether an argument points at descriptors.
pub(super) fn is_list(arg: &Arg) -> bool {
    match arg.kind {
        Kind::FdSet(_) => true,
        Kind::StructsInOut(def, _) => std::ptr::eq(def, &raw const POLLFD),
        _ => false,
    }
}

/// The descriptors of such an argument, each once.
pub(super) fn numbers(
    record: &Record<'_>,
    frame: &Frame,
    (form, abi): (&Form, Abi),
    arg: &Arg,
    register: u8,
) -> BTreeSet<i32> {
    let mut parts = record.parts();
    let Some(part) = parts.find(|part| part.register == register && !part.late) else {
        return BTreeSet::new();
    };
    if part.state == state::UNREAD {
        return BTreeSet::new();
    }
    let all: Vec<i32> = match arg.kind {
        Kind::FdSet(count) => {
            let count = super::meant::named(form, abi, frame, count) as i32;
            let count = count.try_into().unwrap_or(0);
            let each = fd_set(part.bytes, count);
            each.filter_map(|number| number.try_into().ok()).collect()
        }
        _ => poll(part.bytes),
    };
    // Of a negative number, `poll` takes no notice.
    all.into_iter().filter(|&number| number >= 0).collect()
}

fn poll(bytes: &[u8]) -> Vec<i32> {
    let each = bytes.chunks_exact(POLLFD.size(Abi::Arm64).into());
    each.filter_map(|pollfd| pollfd.first_chunk().map(|fd| i32::from_le_bytes(*fd)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pollfd_begins_with_its_number() {
        let bytes = [3, 0, 0, 0, 1, 0, 0, 0, 255, 255, 255, 255, 1, 0, 0, 0, 9];
        assert_eq!(poll(&bytes), [3, -1]);
    }
}
