//! Hands a finished record to a ring, and counts what finds no room.

use aya_ebpf::bindings::{
    BPF_RB_AVAIL_DATA, BPF_RB_FORCE_WAKEUP, BPF_RB_NO_WAKEUP, BPF_RB_RING_SIZE,
};
use aya_ebpf::helpers::generated::{
    bpf_get_smp_processor_id, bpf_ringbuf_output, bpf_ringbuf_query,
};
use kprobe_common::counters::{Calls, Cpu};
use kprobe_common::index::INDEXES;
use kprobe_common::record::Header;

use crate::bound::at_most;
use crate::config::config;
use crate::log;
use crate::maps;
use crate::scratch::{Desk, WHOLE};

/// Which ring, and which of the CPU's counters says what it lost.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ring {
    Calls,
    /// Calls that change state: they leave room for [`Ring::Life`], so that no flood of them hides that a thread ended.
    State,
    /// The same ring: threads and programs that begin and end.
    Life,
}

/// Unread bytes from which the reader is woken; below, it looks by itself every few milliseconds.
const WAKE_AT: u64 = 32 * 1024;

/// Writes the record to the ring; false, and counted for the CPU, if there was no room.
#[inline(always)]
pub(crate) fn emit(desk: &Desk, ring: Ring) -> bool {
    let lost = lost(desk.cpu_counts, ring);
    let map = match ring {
        Ring::Calls => &raw const maps::CALLS,
        Ring::State | Ring::Life => &raw const maps::STATE,
    };
    // SAFETY: the header was written by `begin`.
    unsafe {
        (*desk.sheet.record().cast::<Header>()).lost = core::ptr::read_volatile(lost) as u32;
    }
    let len = at_most::<WHOLE>(desk.sheet.cursor());
    let map = map.cast_mut().cast();
    // SAFETY: the map is a ring.
    let ask = |what: u32| unsafe { bpf_ringbuf_query(map, u64::from(what)) };
    let unread = ask(BPF_RB_AVAIL_DATA);
    // A ring is a page at least, and so perhaps larger than was asked for.
    let has_room = ring != Ring::State
        || unread < u64::from(config!(state_room))
        || unread < kept_for_calls(ask(BPF_RB_RING_SIZE));
    // SAFETY: the map is a ring; the record has that many bytes.
    let written = has_room
        && unsafe {
            let wake = if unread >= WAKE_AT {
                BPF_RB_FORCE_WAKEUP
            } else {
                BPF_RB_NO_WAKEUP
            };
            bpf_ringbuf_output(map, desk.sheet.record().cast(), len as u64, u64::from(wake)) == 0
        };
    if !written {
        log::ring_is_full(len as u32);
        add(lost);
    }
    written
}

/// How much of the ring of state calls can fill.
#[inline(always)]
fn kept_for_calls(size: u64) -> u64 {
    size - size / 4
}

/// The counter of what a ring of that CPU lost.
#[inline(always)]
pub(crate) fn lost(cpu: *mut Cpu, ring: Ring) -> *mut u64 {
    // SAFETY: callers pass a value of the map.
    unsafe {
        match ring {
            Ring::Calls => &raw mut (*cpu).lost,
            Ring::State | Ring::Life => &raw mut (*cpu).state_lost,
        }
    }
}

/// Adds one to a counter of the current CPU and of a call.
#[inline(always)]
pub(crate) fn count_call(desk: &Desk, index: u16, field: impl FnOnce(&mut Calls) -> *mut u64) {
    count_call_on(desk.cpu, index, field);
}

/// Counts a call that was seen and is lost, without a desk.
#[inline(always)]
pub(crate) fn count_lost(index: u16) {
    // SAFETY: takes no pointer.
    let cpu = unsafe { bpf_get_smp_processor_id() };
    count_call_on(cpu, index, |calls| &raw mut calls.seen);
    count_call_on(cpu, index, |calls| &raw mut calls.lost);
}

/// Counts a call whose return is lost, without a desk.
#[inline(always)]
pub(crate) fn count_exit_lost(index: u16) {
    // SAFETY: takes no pointer.
    let cpu = unsafe { bpf_get_smp_processor_id() };
    count_call_on(cpu, index, |calls| &raw mut calls.exits_lost);
}

#[inline(always)]
fn count_call_on(cpu: u32, index: u16, field: impl FnOnce(&mut Calls) -> *mut u64) {
    if let Some(calls) = maps::COUNTS.get_ptr_mut(cpu * INDEXES as u32 + index as u32) {
        // SAFETY: a value of the map.
        add(field(unsafe { &mut *calls }));
    }
}

/// Adds one to a counter of the current CPU.
#[inline(always)]
pub(crate) fn count_cpu(field: impl FnOnce(&mut Cpu) -> *mut u64) {
    // SAFETY: takes no pointer.
    if let Some(cpu) = maps::CPUS.get_ptr_mut(unsafe { bpf_get_smp_processor_id() }) {
        // SAFETY: a value of the map.
        add(field(unsafe { &mut *cpu }));
    }
}

/// Adds one: atomically, since another task may run on this CPU in between on 7.x.
#[inline(always)]
pub(crate) fn add(counter: *mut u64) {
    add_to(counter, 1);
}

/// Takes one away; see [`add`].
#[inline(always)]
pub(crate) fn subtract(counter: *mut u64) {
    add_to(counter, u64::MAX);
}

/// The oldest atomic instruction, which gives nothing back. 5.10 refuses the newer ones ("BPF_STX uses reserved
/// fields"), and `core` has none for a target without compare-and-swap.
#[inline(always)]
fn add_to(counter: *mut u64, value: u64) {
    // SAFETY: callers pass a counter in a map value, 8-byte aligned.
    unsafe {
        core::arch::asm!(
            "lock *(u64 *)({counter} + 0) += {value}",
            counter = in(reg) counter,
            value = in(reg) value,
            options(nostack),
        );
    }
}
