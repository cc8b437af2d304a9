//! How urgently the daemon runs.

/// The niceness of the daemon. A process that keeps every CPU busy leaves an ordinary reader too little of them to keep up
/// with what that process does; it is above apps, and below what Android plays sound with (-16 and less).
/// <https://android.googlesource.com/platform/system/core/+/main/libutils/include/utils/AndroidThreads.h>
const NICE: libc::c_int = -10;

/// Puts this thread, and those that it makes, before others. Whoever may not do that reads as well as it can.
pub(super) fn come_first() {
    // SAFETY: takes numbers only; 0 is the calling thread, of which alone Linux changes the niceness.
    let done = unsafe { libc::setpriority(libc::PRIO_PROCESS, 0, NICE) };
    if done != 0 {
        let error = std::io::Error::last_os_error();
        tracing::warn!("cannot run before others ({error}): more may be lost on a busy machine");
    }
}
