//! Whose calls are shown: what a task's number and its name say. Bytes and masks; what they mean was decided before.

use aya_ebpf::helpers::generated::bpf_get_current_comm;
use kprobe_common::whose::{NAME, PATTERNS, process, thread};

use crate::config::config;
use crate::maps;
use crate::target::Task;

/// Whether calls of the current task are shown.
#[inline(always)]
pub(crate) fn is_shown(task: Task) -> bool {
    !is_left_out(task) && (!depends_on_names() || has_shown_name() != 0)
}

#[inline(always)]
fn is_left_out(task: Task) -> bool {
    config!(left_out) != 0
        && (maps::LEFT_OUT.get_ptr(process(task.tgid)).is_some()
            || maps::LEFT_OUT.get_ptr(thread(task.tid)).is_some())
}

/// Constant for a run, so that the verifier drops the rest where it is not so.
#[inline(always)]
fn depends_on_names() -> bool {
    config!(names) != 0 || config!(other_names) == 0
}

/// Whether the current task's name is one whose calls are shown. Exported, so that its BTF says "global" and the verifier
/// walks it once.
#[unsafe(no_mangle)]
#[inline(never)]
pub(crate) extern "C" fn has_shown_name() -> u32 {
    // Kernels differ in whether they fill what follows the name with zero bytes.
    let mut name = [0u64; 2];
    // SAFETY: the buffer has that many bytes.
    unsafe { bpf_get_current_comm(name.as_mut_ptr().cast(), NAME as u32) };
    let Some(patterns) = maps::NAMES.get_ptr(0) else {
        return 1;
    };
    let mut keep = config!(other_names);
    for at in 0..PATTERNS {
        if at >= config!(names) as usize {
            break;
        }
        // SAFETY: a value of the map, which does not change while programs run.
        let pattern = unsafe { &(*patterns).0[at] };
        if pattern.matches(name) {
            keep = pattern.keep as u32;
        }
    }
    keep
}

/// A task was made: its number was nobody's, and whoever had it before is gone. (A process can outlive its first thread,
/// and keeps its number.)
#[inline(always)]
pub(crate) fn made(child: u32, is_thread: bool) {
    if config!(left_out) == 0 {
        return;
    }
    let _ = maps::LEFT_OUT.remove(thread(child));
    if !is_thread {
        let _ = maps::LEFT_OUT.remove(process(child));
    }
}

/// A thread has the leader's number now, and the leader is gone.
#[inline(always)]
pub(crate) fn moved(old: u32, new: u32) {
    if config!(left_out) == 0 || old == new {
        return;
    }
    if maps::LEFT_OUT.remove(thread(old)).is_ok() {
        let _ = maps::LEFT_OUT.insert(thread(new), 0, 0);
    } else {
        let _ = maps::LEFT_OUT.remove(thread(new));
    }
}
