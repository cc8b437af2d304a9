//! The life of threads and processes: records of state, and the slots that begin, move and end with it.

use aya_ebpf::EbpfContext as _;
use aya_ebpf::helpers::generated::{
    bpf_get_current_comm, bpf_probe_read_kernel, bpf_probe_read_kernel_str,
};
use aya_ebpf::programs::TracePointContext;
use kprobe_common::record::{Exec, Fork, Header, PATH_MAX, Slot as RecordSlot, kind, state};
use kprobe_common::thread::{self, Slot, flag};

use crate::config::config;
use crate::emit::{self, Ring};
use crate::log;
use crate::maps;
use crate::scratch::Desk;
use crate::target::{self, Task, Watch};
use crate::thread::remember;

/// A task was made; runs in the parent. The child begins outside a call: no `sys_exit` comes of its birth.
/// <https://github.com/torvalds/linux/blob/v6.12/arch/arm64/kernel/entry.S#L863-L873>
#[inline(always)]
pub(crate) fn fork(ctx: &TracePointContext) {
    let Some((task, parent)) = watched() else {
        return;
    };
    let child = read::<u32>(ctx, config!(newtask_pid));
    let clone_flags = read::<u64>(ctx, config!(newtask_flags));
    remember(
        child,
        &Slot {
            state: thread::state::NONE,
            flags: inherited(parent),
            ..Slot::default()
        },
    );
    log::task_was_made(task.tid, child, clone_flags);
    let Some(desk) = Desk::take(task) else { return };
    desk.begin(kind::FORK, 0, 0, size_of::<Fork>());
    // SAFETY: the fork is the record's fixed part.
    unsafe {
        let fork = desk.sheet.part::<Fork>(0);
        fork.write(Fork {
            clone_flags,
            child,
            unused: 0,
            comm: [0; 16],
        });
        bpf_get_current_comm((&raw mut (*fork).comm).cast(), 16);
    }
    emit::emit(&desk, Ring::State);
}

#[inline(always)]
fn inherited(parent: Option<*mut Slot>) -> u8 {
    // SAFETY: a value of the map of threads.
    let flags = parent.map_or(0, |slot| unsafe { (*slot).flags });
    if flags & flag::FOLLOW_CHILDREN == 0 {
        0
    } else {
        flags & (flag::FOLLOWED | flag::FOLLOW_CHILDREN)
    }
}

/// A program was executed: the thread that called has the leader's number now, and its slot moves along.
/// <https://github.com/torvalds/linux/blob/v6.12/fs/exec.c#L1034-L1149>
#[inline(always)]
pub(crate) fn exec(ctx: &TracePointContext) {
    if !target::is_live() {
        return;
    }
    let old_tid = read::<u32>(ctx, config!(exec_old_pid));
    let Some(task) = moved(old_tid) else { return };
    log::program_was_executed(old_tid, task.tid);
    let Some(desk) = Desk::take(task) else { return };
    desk.begin(kind::EXEC, 0, 0, size_of::<Exec>());
    let location = read::<u32>(ctx, config!(exec_filename)) & 0xffff;
    let at = size_of::<Header>() + size_of::<Exec>();
    // SAFETY: the fixed part is `Exec`; the slot and its string follow it, inside the record.
    unsafe {
        let exec = desk.sheet.part::<Exec>(0);
        exec.write(Exec {
            old_tid,
            unused: 0,
            comm: [0; 16],
        });
        bpf_get_current_comm((&raw mut (*exec).comm).cast(), 16);
        let from = ctx.as_ptr().cast::<u8>().add(location as usize);
        let read = bpf_probe_read_kernel_str(desk.sheet.data(at), PATH_MAX as u32, from.cast());
        let len = if read > 0 { (read - 1) as u32 } else { 0 };
        let slot = RecordSlot {
            state: if read < 0 {
                state::UNREAD
            } else {
                state::WHOLE
            },
            len: len as u16,
            error: if read < 0 { read as i16 } else { 0 },
            ..RecordSlot::default()
        };
        desk.sheet.record().add(at).cast::<RecordSlot>().write(slot);
        (*desk.sheet.record().cast::<Header>()).slots = 1;
        desk.sheet
            .set_cursor(at as u32 + size_of::<RecordSlot>() as u32 + ((len + 7) & !7));
    }
    emit::emit(&desk, Ring::State);
}

/// Moves the slot of the thread that executed, and says whether it is watched: by its slot too, for a set-user-ID
/// program has changed the user ID already.
#[inline(always)]
fn moved(old_tid: u32) -> Option<Task> {
    let task = target::identify(target::uid());
    let Some(old) = maps::THREADS.get_ptr_mut(old_tid) else {
        return target::current()
            .filter(|(_, watch)| *watch == Watch::Uid)
            .map(|(task, _)| task);
    };
    // SAFETY: a value of the map of threads, used by the current thread alone.
    let mut slot = unsafe { *old };
    slot.flags |= flag::EXECED;
    if old_tid == task.tid {
        // SAFETY: as above.
        unsafe { *old = slot };
    } else {
        remember(task.tid, &slot);
        let _ = maps::THREADS.remove(old_tid);
    }
    Some(task)
}

/// A thread ended.
#[inline(always)]
pub(crate) fn thread_exit() {
    let Some((task, slot)) = watched() else {
        return;
    };
    if let Some(slot) = slot {
        // SAFETY: a value of the map of threads, used by the current thread alone.
        let leaving = unsafe { (*slot).flags } & flag::LEAVING != 0;
        if leaving && let Some(control) = target::control() {
            // SAFETY: the map's only value.
            emit::subtract(unsafe { &raw mut (*control).leaving });
        }
        let _ = maps::THREADS.remove(task.tid);
    }
    log::thread_ended(task.tid);
    let Some(desk) = Desk::take(task) else { return };
    desk.begin(kind::THREAD_EXIT, 0, 0, 0);
    emit::emit(&desk, Ring::State);
}

/// The current thread and its slot, if it is a target or was one.
#[inline(always)]
fn watched() -> Option<(Task, Option<*mut Slot>)> {
    if !target::is_live() {
        return None;
    }
    let task = target::identify(target::uid());
    let slot = maps::THREADS.get_ptr_mut(task.tid);
    if slot.is_some() {
        return Some((task, slot));
    }
    match target::current()? {
        (task, Watch::Uid) => Some((task, None)),
        (task, Watch::Task) => maps::TGIDS.get_ptr(task.tgid).map(|_| (task, None)),
    }
}

/// A field of a tracepoint's record, at an offset that tracefs publishes. Zero if it cannot be read.
#[inline(always)]
fn read<T: Default>(ctx: &TracePointContext, offset: u32) -> T {
    let mut value = T::default();
    // SAFETY: the destination is on the stack; the helper checks the source.
    unsafe {
        let from = ctx.as_ptr().cast::<u8>().add(offset as usize);
        bpf_probe_read_kernel((&raw mut value).cast(), size_of::<T>() as u32, from.cast());
    }
    value
}
