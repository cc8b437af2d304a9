//! How threads end: the last call, or the signal that ended them. Kept by thread, from the first of it to the end.
//!
//! A signal that ends a process without a dump is sent to all its threads as `SIGKILL`, whatever it was
//! (`complete_signal` in <https://github.com/torvalds/linux/blob/v6.12/kernel/signal.c#L996-L1071>). So what was sent is
//! kept, too, of every task: a thread that sleeps may never have been met.

use aya_ebpf::programs::TracePointContext;
use kprobe_common::ending::{Ending, bit, ends, how};

use crate::config::config;
use crate::life::read;
use crate::maps;
use crate::target::{self, Task};
use crate::thread::find;

/// `SIG_DFL`.
const DEFAULT: u64 = 0;
/// `TRACE_SIGNAL_DELIVERED`: neither ignored, nor pending already, nor lost.
const ACCEPTED: u32 = 0;

/// A watched thread makes a call that does not return.
#[inline(always)]
pub(crate) fn called(task: Task, index: u16, code: u32) {
    change(task.tid, |ending| {
        ending.how = how::CALL;
        ending.index = index;
        ending.code = code;
    });
}

/// `signal:signal_generate`: a signal is sent; runs in whoever sends it.
#[inline(always)]
pub(crate) fn sent(ctx: &TracePointContext) {
    let signal = read::<u32>(ctx, config!(sent_signal));
    if ends(signal) && read::<u32>(ctx, config!(sent_result)) == ACCEPTED {
        let tid = read::<u32>(ctx, config!(sent_pid));
        change(tid, |ending| ending.sent |= bit(signal));
    }
}

/// `signal:signal_deliver`: a signal arrives; runs in the thread that takes it.
#[inline(always)]
pub(crate) fn delivered(ctx: &TracePointContext) {
    let signal = read::<u32>(ctx, config!(taken_signal));
    if !ends(signal) {
        return;
    }
    if read::<u64>(ctx, config!(taken_handler)) != DEFAULT {
        let task = target::identify(target::uid());
        taken(task.tid, signal);
        return taken(task.tgid, signal);
    }
    if let Some((task, watch)) = target::current()
        && find(task, watch).is_some()
    {
        change(task.tid, |ending| {
            ending.how = how::SIGNAL;
            ending.code = signal;
        });
    }
}

/// A thread ends: what is known of it, which is forgotten.
#[inline(always)]
pub(crate) fn last(task: Task) -> Ending {
    // SAFETY: a value of the map.
    let mut ending = of(task.tid).map_or(Ending::default(), |ending| unsafe { *ending });
    if task.tid != task.tgid {
        // What is sent to a process is noted for its first thread.
        // SAFETY: a value of the map.
        ending.sent |= of(task.tgid).map_or(0, |first| unsafe { (*first).sent });
    }
    let _ = maps::ENDINGS.remove(task.tid);
    ending
}

/// A task was made: what is left of whoever had its number is not its own. (A process can outlive its first thread.)
#[inline(always)]
pub(crate) fn made(child: u32) {
    let _ = maps::ENDINGS.remove(child);
}

/// A handler takes a signal, or nobody wants it any more.
#[inline(always)]
fn taken(tid: u32, signal: u32) {
    if let Some(ending) = of(tid) {
        // SAFETY: a value of the map; the kernel holds the process's lock of signals here and where they are sent.
        unsafe { (*ending).sent &= !bit(signal) };
    }
}

#[inline(always)]
fn of(tid: u32) -> Option<*mut Ending> {
    maps::ENDINGS.get_ptr_mut(tid)
}

#[inline(always)]
fn change(tid: u32, how: impl FnOnce(&mut Ending)) {
    if of(tid).is_none() {
        // What finds no room is not known.
        let _ = maps::ENDINGS.insert(tid, Ending::default(), 1);
    }
    if let Some(ending) = of(tid) {
        // SAFETY: a value of the map.
        how(unsafe { &mut *ending });
    }
}
