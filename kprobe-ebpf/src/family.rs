//! Processes out of zygotes: what is said of them, and what they are called while nothing is.

use aya_ebpf::helpers::generated::{bpf_probe_read_user, bpf_probe_read_user_str};
use kprobe_common::config::target::{BORN, CHANGING, PACKAGES};
use kprobe_common::family::{FIRST_APP, NAME_MAX, PER_USER, PLACES, Place, next, verdict};
use kprobe_common::record::{Header, Slot as RecordSlot, kind};
use kprobe_common::regs::untag;
use kprobe_common::thread::{Slot, birth, flag};

use crate::emit::{self, Ring};
use crate::maps;
use crate::scratch::Desk;
use crate::target::{self, Task, Watch};

/// Whether a user ID, within its Android user, is one of the packages'.
#[inline(always)]
pub(crate) fn is_listed(id: u32) -> bool {
    let Some(word) = maps::APPS.get_ptr(id / 64) else {
        return false;
    };
    // SAFETY: a value of the map, which the user half writes.
    unsafe { core::ptr::read_volatile(word) >> (id % 64) & 1 != 0 }
}

/// Whether it was said that a process is no target.
#[inline(always)]
pub(crate) fn is_others(tgid: u32) -> bool {
    target::targets() & (BORN | PACKAGES | CHANGING) != 0 && said(tgid) == verdict::OTHER
}

/// What was said of a process; 0: nothing.
#[inline(always)]
fn said(tgid: u32) -> u64 {
    let Some(place) = place(tgid) else { return 0 };
    // SAFETY: a value of the map.
    let (born, said) = unsafe {
        (
            core::ptr::read_volatile(&raw const (*place).born),
            core::ptr::read_volatile(&raw const (*place).said),
        )
    };
    if born as u32 == tgid && said & !verdict::ALL == born {
        said & verdict::ALL
    } else {
        0
    }
}

#[inline(always)]
fn place(tgid: u32) -> Option<*mut Place> {
    maps::PROCESSES.get_ptr_mut(tgid & (PLACES - 1))
}

/// A process is made that is a candidate: nothing is said of it yet. Returns the count of its place.
#[inline(always)]
pub(crate) fn begin(parent: u32, child: u32) -> u32 {
    if let Some(line) = maps::COMMAND_LINES.get_ptr(parent) {
        // SAFETY: a value of the map.
        let line = unsafe { *line };
        let _ = maps::COMMAND_LINES.insert(child, line, 0);
    }
    place(child).map_or(0, |place| {
        let born = give(place, child);
        kprobe_common::family::births(born)
    })
}

/// A process is made that is no candidate: what was said of whoever had its number means nothing. The children of others
/// are others.
#[inline(always)]
pub(crate) fn begin_other(parent: u32, child: u32) {
    let Some(place) = place(child) else { return };
    if is_others(parent) {
        let born = give(place, child);
        // SAFETY: a value of the map.
        unsafe { core::ptr::write_volatile(&raw mut (*place).said, born | verdict::OTHER) };
    // SAFETY: as above.
    } else if unsafe { core::ptr::read_volatile(&raw const (*place).born) } as u32 == child {
        give(place, 0);
    }
}

#[inline(always)]
fn give(place: *mut Place, tgid: u32) -> u64 {
    // SAFETY: callers pass a value of the map.
    unsafe {
        let born = next(core::ptr::read_volatile(&raw const (*place).born), tgid);
        core::ptr::write_volatile(&raw mut (*place).born, born);
        born
    }
}

/// A process ended, or executed a program: its command line is not where it was.
#[inline(always)]
pub(crate) fn end(tgid: u32) {
    if target::targets() & BORN != 0 {
        let _ = maps::COMMAND_LINES.remove(tgid);
    }
}

/// Whether a thread's process is a candidate still. What was said meanwhile is noted in the slot.
#[inline(always)]
pub(crate) fn is_unsettled(task: Task, watch: Watch, slot: *mut Slot) -> bool {
    // SAFETY: null, or a value of the map of threads, used by the current thread alone.
    let Some(slot) = (unsafe { slot.as_mut() }) else {
        return false;
    };
    if slot.birth & birth::UNSETTLED == 0 {
        return false;
    }
    if said(task.tgid) != verdict::TARGET {
        return true;
    }
    slot.birth &= !birth::UNSETTLED;
    if watch == Watch::Uid {
        // From here on it is a target as others of its user ID are: as long as it has it.
        slot.flags &= !flag::INHERITED;
    }
    false
}

/// Whether an isolated process was a target by the user ID that it had before: an app zygote made it.
#[inline(always)]
pub(crate) fn was_apps(uid: u32, slot: &Slot) -> bool {
    target::is_isolated(uid) && slot.birth & birth::ZYGOTE == 0
}

/// A candidate has left its uncertainty for a user ID of the system: it may be a zygote, as that of web views is.
#[inline(always)]
pub(crate) fn may_breed(uid: u32, slot: &Slot) -> bool {
    slot.birth & birth::UNSETTLED != 0 && uid != 0 && uid % PER_USER < FIRST_APP
}

/// Reports how a candidate is called, if that is new.
#[inline(always)]
pub(crate) fn name(desk: &Desk) {
    let Some(line) = maps::COMMAND_LINES.get_ptr_mut(desk.task.tgid) else {
        return;
    };
    let mut head = [0u64; 4];
    // SAFETY: a value of the map; the helper checks the address.
    let from = unsafe { untag((*line).address) } as *const core::ffi::c_void;
    // SAFETY: the destination is on the stack; the helper checks the source.
    let failed = unsafe { bpf_probe_read_user(head.as_mut_ptr().cast(), 32, from) } != 0;
    // SAFETY: a value of the map; two threads of a process that both find a new name both report it.
    let known = unsafe { &mut (*line).head };
    if failed || same(known, &head) {
        return;
    }
    desk.begin(kind::NAMED, 0, 0, 0);
    let at = size_of::<Header>();
    // SAFETY: the slot and its string follow the header, inside the record.
    let written = unsafe {
        let read = bpf_probe_read_user_str(desk.sheet.data(at), NAME_MAX as u32, from);
        if read <= 0 {
            return;
        }
        let len = (read - 1) as u32 & (2 * NAME_MAX as u32 - 1);
        desk.sheet
            .record()
            .add(at)
            .cast::<RecordSlot>()
            .write(RecordSlot {
                len: len as u16,
                ..RecordSlot::default()
            });
        (*desk.sheet.record().cast::<Header>()).slots = 1;
        desk.sheet
            .set_cursor(at as u32 + size_of::<RecordSlot>() as u32 + ((len + 7) & !7));
        emit::emit(desk, Ring::Life)
    };
    if written {
        *known = head;
    }
}

#[inline(always)]
fn same(one: &[u64; 4], other: &[u64; 4]) -> bool {
    let differ = one[0] ^ other[0] | one[1] ^ other[1] | one[2] ^ other[2] | one[3] ^ other[3];
    differ == 0
}
