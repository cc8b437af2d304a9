//! What the probes say for whoever works on them: `cargo xtask build --debug-log`. In a release these are nothing.
//!
//! What users need to know is counted and reported, never said here.
#![cfg_attr(
    not(feature = "debug-log"),
    expect(unused_variables, reason = "only messages use them")
)]

#[cfg(feature = "debug-log")]
use aya_log_ebpf::{debug, warn};

#[cfg(not(feature = "debug-log"))]
macro_rules! nothing {
    ($($word:tt)*) => {};
}
#[cfg(not(feature = "debug-log"))]
use {nothing as debug, nothing as warn};

// Each is a function of its own: put together inside the large programs, a message goes past their 512 bytes of stack.

/// A record of that many bytes found no room in a ring.
#[cfg_attr(feature = "debug-log", inline(never))]
pub(crate) fn ring_is_full(bytes: u32) {
    warn!((), "a ring has no room for {} bytes", bytes);
}

/// A thread found no room in the map of threads.
#[cfg_attr(feature = "debug-log", inline(never))]
pub(crate) fn threads_are_full(tid: u32) {
    warn!((), "the map of threads has no room for {}", tid);
}

/// A watched task made a task.
#[cfg_attr(feature = "debug-log", inline(never))]
pub(crate) fn task_was_made(parent: u32, child: u32, clone_flags: u64) {
    debug!((), "{} made {} with flags {:x}", parent, child, clone_flags);
}

/// A watched thread executed a program.
#[cfg_attr(feature = "debug-log", inline(never))]
pub(crate) fn program_was_executed(old_tid: u32, tid: u32) {
    debug!((), "{} executed a program and is {} now", old_tid, tid);
}

/// A watched thread ended.
#[cfg_attr(feature = "debug-log", inline(never))]
pub(crate) fn thread_ended(tid: u32) {
    debug!((), "{} ended", tid);
}
