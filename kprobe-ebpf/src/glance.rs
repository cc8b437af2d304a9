//! What is known of a thread at a glance: that it is outside calls, or no target. Most calls are others' or of a kind that
//! nobody asked for, and to find that out at their return must cost next to nothing: a word of an array, where the
//! thread's slot is an entry of a hash table, and its user ID takes a helper that walks a map of the kernel's.
//!
//! A thread writes its word itself, at the end of a call. It is taken back when the thread enters a call of a target, when its
//! credentials change, when its number is given to another thread (`life`), and when the user half watches others.
//! Threads whose numbers have the same remainder share a place: a word names its thread, and one that is not there
//! costs time and nothing else. No entry believes that a thread is no target: the kernel skips kprobes, that on
//! credentials too, on a CPU where a task is inside `bpf(2)`, and then a return may go unseen, but no call after it.

use kprobe_common::index::Abi;
use kprobe_common::thread::{GLANCES, Slot, flag};

use crate::maps;
use crate::target;

/// Above the thread's number: it is outside calls, by its slot, which asks for nothing when the next one ends.
const OUTSIDE: u64 = 1 << 32;
/// With [`OUTSIDE`]: it runs 32-bit code, as it does until it executes another program.
const ARM32: u64 = 1 << 33;
/// It was no target when its last call ended.
const OTHER: u64 = 1 << 34;

/// What a word says.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Glance {
    Nothing,
    /// A target, outside calls for certain.
    Outside(Abi),
    /// No target.
    Other,
}

/// What is known of a thread.
#[inline(always)]
pub(crate) fn of(tid: u32) -> Glance {
    let Some(place) = place(tid) else {
        return Glance::Nothing;
    };
    // SAFETY: a value of the map.
    let known = unsafe { core::ptr::read_volatile(place) } ^ u64::from(tid);
    match known {
        OTHER => Glance::Other,
        OUTSIDE => Glance::Outside(Abi::Arm64),
        known if known == OUTSIDE | ARM32 => Glance::Outside(Abi::Arm32),
        _ => Glance::Nothing,
    }
}

/// The thread, a target, has left a call; `slot` is null or its own.
#[inline(always)]
pub(crate) fn outside(tid: u32, abi: Abi, slot: *const Slot) {
    // SAFETY: null, or a value of the map of threads, used by the current thread alone.
    let Some(slot) = (unsafe { slot.as_ref() }) else {
        return;
    };
    // Whatever it does next is told where its last call asked for a restart, or where it is not known whose it is.
    if slot.flags & flag::RESTART == 0 && slot.birth == 0 {
        let arm32 = match abi {
            Abi::Arm64 => 0,
            Abi::Arm32 => ARM32,
        };
        say(tid, OUTSIDE | arm32);
    }
}

/// The thread has left a call and is no target.
#[inline(always)]
pub(crate) fn other(tid: u32) {
    if target::creds_are_seen() {
        say(tid, OTHER);
    }
}

/// Nothing is known of the thread of that number any more.
#[inline(always)]
pub(crate) fn forget(tid: u32) {
    if let Some(place) = place(tid) {
        // SAFETY: a value of the map.
        unsafe { core::ptr::write_volatile(place, 0) };
    }
}

#[inline(always)]
fn say(tid: u32, what: u64) {
    if let Some(place) = place(tid) {
        // SAFETY: a value of the map.
        unsafe { core::ptr::write_volatile(place, u64::from(tid) | what) };
    }
}

#[inline(always)]
fn place(tid: u32) -> Option<*mut u64> {
    maps::GLANCES.get_ptr_mut(tid & (GLANCES - 1))
}
