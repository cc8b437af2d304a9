//! The life of threads and processes: records of state, and the slots that begin, move and end with it.

use aya_ebpf::EbpfContext as _;
use aya_ebpf::helpers::generated::{
    bpf_get_current_comm, bpf_probe_read_kernel, bpf_probe_read_kernel_str,
};
use aya_ebpf::programs::TracePointContext;
use kprobe_common::config::target::{BORN, TASKS};
use kprobe_common::ending::Ending;
use kprobe_common::record::{Exec, Fork, Header, PATH_MAX, Slot as RecordSlot, clone, kind, state};
use kprobe_common::thread::{self, Slot, birth, flag};

use crate::config::config;
use crate::emit::{self, Ring};
use crate::ending;
use crate::family;
use crate::glance;
use crate::ignored;
use crate::log;
use crate::maps;
use crate::scratch::Desk;
use crate::target::{self, Task, Watch};
use crate::thread::{named, remember};
use crate::whose;

/// A task was made; runs in the parent. The child begins outside a call: no `sys_exit` comes of its birth.
/// <https://github.com/torvalds/linux/blob/v6.12/arch/arm64/kernel/entry.S#L863-L873>
#[inline(always)]
pub(crate) fn fork(ctx: &TracePointContext) {
    let here = Here::now();
    let child = read::<u32>(ctx, config!(newtask_pid));
    let clone_flags = read::<u64>(ctx, config!(newtask_flags));
    glance::forget(child);
    ending::made(child);
    whose::made(child, clone_flags & clone::THREAD != 0);
    if clone_flags & clone::THREAD == 0 {
        // The memory of whoever had the number before was another, and who shares memory changes that of the other.
        ignored::replace(child);
        ignored::replace(here.task.tgid);
    }
    let is_process = clone_flags & clone::THREAD == 0;
    let is_born = is_process && here.breeds();
    let birth = if is_born {
        birth::UNSETTLED
    } else {
        here.birth & birth::UNSETTLED
    };
    let births = if !is_process {
        0
    } else if birth == 0 || !is_born && family::is_others(here.task.tgid) {
        family::begin_other(here.task.tgid, child);
        0
    } else {
        family::begin(here.task.tgid, child)
    };
    if !here.is_target() && !is_born {
        return here.forget();
    }
    let flags = if is_born {
        flag::INHERITED
    } else {
        inherited(here.flags, clone_flags)
    };
    if flags & flag::FOLLOWED == 0 && !here.by_uid {
        return;
    }
    let state = if target::is_live() {
        thread::state::NONE
    } else {
        thread::state::UNKNOWN
    };
    remember(
        child,
        &Slot {
            state,
            flags,
            birth,
            ..Slot::default()
        },
    );
    if state == thread::state::UNKNOWN {
        return;
    }
    log::task_was_made(here.task.tid, child, clone_flags);
    let Some(desk) = Desk::take(here.task, Ring::State) else {
        return;
    };
    desk.begin(kind::FORK, 0, 0, size_of::<Fork>());
    // SAFETY: the fork is the record's fixed part.
    unsafe {
        let fork = desk.sheet.part::<Fork>(0);
        fork.write(Fork {
            clone_flags,
            child,
            births,
            comm: [0; 16],
        });
        bpf_get_current_comm((&raw mut (*fork).comm).cast(), 16);
    }
    emit::emit(&desk, Ring::Life);
}

/// The flags of a new thread, or of a new process's first one.
#[inline(always)]
fn inherited(parent: u8, clone_flags: u64) -> u8 {
    let follow = if clone_flags & clone::THREAD == 0 {
        flag::FOLLOW_CHILDREN
    } else {
        flag::FOLLOW_THREADS
    };
    if parent & follow == 0 {
        0
    } else {
        parent & flag::INHERITED
    }
}

/// A program was executed: the thread that called has the leader's number now, and its slot moves along.
/// <https://github.com/torvalds/linux/blob/v6.12/fs/exec.c#L1034-L1149>
#[inline(always)]
pub(crate) fn exec(ctx: &TracePointContext) {
    let old_tid = read::<u32>(ctx, config!(exec_old_pid));
    moved(old_tid);
    let here = Here::now();
    ignored::replace(here.task.tgid);
    family::end(here.task.tgid);
    whose::moved(old_tid, here.task.tid);
    if !here.is_target() {
        return here.forget();
    }
    if !target::is_live() {
        return;
    }
    log::program_was_executed(old_tid, here.task.tid);
    let Some(desk) = Desk::take(here.task, Ring::State) else {
        return;
    };
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
    emit::emit(&desk, Ring::Life);
}

/// Moves the slot of the thread that executed.
#[inline(always)]
fn moved(old_tid: u32) {
    let task = target::identify(target::uid());
    // The leader's number is another thread's now, which is in a call.
    glance::forget(task.tid);
    let Some(old) = maps::THREADS.get_ptr_mut(old_tid) else {
        return;
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
}

/// A thread ended. What is remembered of it goes, whether the probes are live or not: its number, and its process's, will
/// be another's. (A leader's end need not be its process's; the threads that are left have slots.)
#[inline(always)]
pub(crate) fn thread_exit() {
    let here = Here::now();
    let task = here.task;
    let ending = ending::last(task);
    if target::targets() & (TASKS | BORN) != 0 && task.tid == task.tgid {
        let _ = maps::TGIDS.remove(task.tgid);
    }
    if task.tid == task.tgid {
        family::end(task.tgid);
    }
    if let Some(slot) = here.slot {
        // SAFETY: a value of the map of threads, used by the current thread alone.
        let leaving = unsafe { (*slot).flags } & flag::LEAVING != 0;
        if leaving && let Some(control) = target::control() {
            // SAFETY: the map's only value.
            emit::subtract(unsafe { &raw mut (*control).leaving });
        }
    }
    if !here.is_target() {
        here.forget();
        if here.birth & birth::ZYGOTE != 0 {
            let _ = maps::THREADS.remove(task.tid);
        }
        return;
    }
    let _ = maps::THREADS.remove(task.tid);
    if !target::is_live() {
        return;
    }
    log::thread_ended(task.tid);
    let Some(desk) = Desk::take(task, Ring::State) else {
        return;
    };
    desk.begin(kind::THREAD_EXIT, 0, 0, size_of::<Ending>());
    // SAFETY: it is the record's fixed part.
    unsafe { desk.sheet.part::<Ending>(0).write(ending) };
    emit::emit(&desk, Ring::Life);
}

/// The thread is no target any more: what was known of it means nothing once it comes back.
#[inline(always)]
pub(crate) fn left(desk: &Desk) {
    match maps::THREADS.get_ptr_mut(desk.task.tid) {
        // SAFETY: a value of the map of threads, used by the current thread alone.
        Some(slot) if family::may_breed(desk.task.uid, unsafe { &*slot }) => unsafe {
            *slot = Slot {
                state: thread::state::UNKNOWN,
                birth: birth::ZYGOTE,
                ..Slot::default()
            };
        },
        _ => {
            let _ = maps::THREADS.remove(desk.task.tid);
        }
    }
    desk.begin(kind::LEFT, 0, 0, 0);
    emit::emit(desk, Ring::Life);
}

/// The current thread.
struct Here {
    task: Task,
    slot: Option<*mut Slot>,
    /// Of its slot, or those that it would start with.
    flags: u8,
    /// Of its slot.
    birth: u8,
    /// Whether its user ID is watched.
    by_uid: bool,
}

impl Here {
    #[inline(always)]
    fn now() -> Self {
        let task = target::identify(target::uid());
        let slot = maps::THREADS.get_ptr_mut(task.tid);
        let flags = match slot {
            // SAFETY: a value of the map of threads.
            Some(slot) => unsafe { (*slot).flags },
            None => named(task.tgid),
        };
        // SAFETY: as above.
        let birth = slot.map_or(0, |slot| unsafe { (*slot).birth });
        let by_uid = matches!(target::current(), Some((_, Watch::Uid)));
        // Whatever its slot says still: it was found out since then.
        let flags = match slot {
            _ if family::is_others(task.tgid) => 0,
            // SAFETY: as above.
            Some(slot) if family::was_apps(task.uid, unsafe { &*slot }) => flags | flag::INHERITED,
            _ => flags,
        };
        Self {
            task,
            slot,
            flags,
            birth,
            by_uid,
        }
    }

    #[inline(always)]
    fn is_target(&self) -> bool {
        self.by_uid || self.flags & flag::FOLLOWED != 0
    }

    /// Whether what it makes are candidates: it is a zygote, or has become a user of the system, as that of web views does.
    #[inline(always)]
    fn breeds(&self) -> bool {
        if self.birth & birth::ZYGOTE != 0 {
            return true;
        }
        let Some(slot) = self.slot else { return false };
        // SAFETY: a value of the map of threads, used by the current thread alone.
        let slot = unsafe { &mut *slot };
        let begins = !self.by_uid && family::may_breed(self.task.uid, slot);
        if begins {
            (slot.flags, slot.birth) = (0, birth::ZYGOTE);
        }
        begins
    }

    /// Forgets a thread that has left the targets by a call that no probe sits on.
    #[inline(always)]
    fn forget(&self) {
        if self.slot.is_none() || self.birth & birth::ZYGOTE != 0 {
            return;
        }
        if target::is_live()
            && let Some(desk) = Desk::take(self.task, Ring::State)
        {
            return left(&desk);
        }
        let _ = maps::THREADS.remove(self.task.tid);
    }
}

/// A field of a tracepoint's record, at an offset that tracefs publishes. Zero if it cannot be read.
#[inline(always)]
pub(crate) fn read<T: Default>(ctx: &TracePointContext, offset: u32) -> T {
    let mut value = T::default();
    // SAFETY: the destination is on the stack; the helper checks the source.
    unsafe {
        let from = ctx.as_ptr().cast::<u8>().add(offset as usize);
        bpf_probe_read_kernel((&raw mut value).cast(), size_of::<T>() as u32, from.cast());
    }
    value
}
