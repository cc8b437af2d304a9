//! Records as the kernel half would write them, for the tests of those that read them.

use bytemuck::bytes_of;
use kprobe_common::record::{Header, Slot};

/// The bytes of a record: its head, what its kind has, and what registers pointed at.
pub(crate) fn record(header: Header, fixed: &[u8], memory: &[(u8, &[u8])]) -> Vec<u8> {
    let header = Header {
        slots: memory.len() as u16,
        ..header
    };
    let mut bytes = [bytes_of(&header), fixed].concat();
    for &(register, what) in memory {
        let slot = Slot {
            register,
            len: what.len() as u16,
            ..Slot::default()
        };
        bytes.extend_from_slice(bytes_of(&slot));
        bytes.extend_from_slice(what);
        bytes.resize(bytes.len().next_multiple_of(8), 0);
    }
    bytes
}
