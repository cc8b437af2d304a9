//! What is remembered of a thread: its slot, made at its first sighting.

use kprobe_common::config::target as bits;
use kprobe_common::record::kind;
use kprobe_common::thread::{Slot, flag, state};

use crate::emit::{Ring, count_cpu, emit};
use crate::family;
use crate::log;
use crate::maps;
use crate::scratch::Desk;
use crate::target::{self, Task, Watch};

/// A thread's slot, and whether it was made just now.
pub(crate) struct Found {
    pub(crate) slot: *mut Slot,
    pub(crate) new: bool,
    /// It came out of a zygote, and it is not known yet whose it is.
    pub(crate) unsettled: bool,
}

/// The slot of a watched thread; `None` if the thread is not a target.
///
/// `Some` with a null slot means: a target, but the map of threads is full.
#[inline(always)]
pub(crate) fn find(task: Task, watch: Watch) -> Option<Found> {
    let slot = maps::THREADS.get_ptr_mut(task.tid);
    match (slot, watch) {
        (Some(slot), Watch::Uid) => Some(Found::known(task, watch, slot)),
        (Some(slot), Watch::Task) => {
            // SAFETY: a value of the map; preallocated, so it stays memory of that type.
            let known = unsafe { &mut *slot };
            if family::was_apps(task.uid, known) {
                known.flags |= flag::INHERITED;
            }
            if known.flags & flag::FOLLOWED == 0 {
                None
            } else {
                Some(Found::known(task, watch, slot))
            }
        }
        (None, Watch::Uid) => Some(make(task.tid, named(task.tgid))),
        (None, Watch::Task) => match named(task.tgid) {
            0 => None,
            flags => Some(make(task.tid, flags)),
        },
    }
}

impl Found {
    #[inline(always)]
    fn known(task: Task, watch: Watch, slot: *mut Slot) -> Self {
        Self {
            slot,
            new: false,
            unsettled: family::is_unsettled(task, watch, slot),
        }
    }
}

/// The flags that the threads of a process start with; none unless it was named.
#[inline(always)]
pub(crate) fn named(tgid: u32) -> u8 {
    if target::targets() & (bits::TASKS | bits::BORN) == 0 {
        return 0;
    }
    // SAFETY: a value of the map.
    maps::TGIDS
        .get_ptr(tgid)
        .map_or(0, |flags| unsafe { *flags })
}

#[inline(always)]
fn make(tid: u32, flags: u8) -> Found {
    remember(
        tid,
        &Slot {
            state: state::UNKNOWN,
            flags,
            ..Slot::default()
        },
    );
    Found {
        slot: maps::THREADS.get_ptr_mut(tid).unwrap_or_default(),
        new: true,
        unsettled: false,
    }
}

/// Gives a thread a slot; counts it where there is no room.
#[inline(always)]
pub(crate) fn remember(tid: u32, slot: &Slot) {
    if maps::THREADS.insert(tid, slot, 0).is_err() {
        log::threads_are_full(tid);
        count_cpu(|cpu| &raw mut cpu.threads_full);
    }
}

/// The thread does something: its last call, which asked for a restart, was not the end of it. Said until it arrives.
#[inline(always)]
pub(crate) fn resumed(desk: &Desk, slot: *mut Slot) {
    // SAFETY: null, or a value of the map of threads, used by the current thread alone.
    let restart = unsafe { slot.as_ref() }.is_some_and(|slot| slot.flags & flag::RESTART != 0);
    if restart {
        desk.begin(kind::RESUMED, 0, 0, 0);
        if emit(desk, Ring::Calls) {
            clear_restart(slot);
        }
    }
}

/// Whatever the last call asked for, the thread has gone on.
#[inline(always)]
pub(crate) fn clear_restart(slot: *mut Slot) {
    if !slot.is_null() {
        // SAFETY: a value of the map of threads, used by the current thread alone.
        unsafe { (*slot).flags &= !flag::RESTART };
    }
}
