//! Clocks and timers.
//! Values are the kernel headers' (7.2), names too.

use super::{FlagSet, ValueSet};

/// Clocks: `include/uapi/linux/time.h`.
#[rustfmt::skip]
pub static CLOCK: ValueSet = ValueSet::new("clock", &[
    (0, "CLOCK_REALTIME"), (1, "CLOCK_MONOTONIC"), (2, "CLOCK_PROCESS_CPUTIME_ID"), (3, "CLOCK_THREAD_CPUTIME_ID"),
    (4, "CLOCK_MONOTONIC_RAW"), (5, "CLOCK_REALTIME_COARSE"), (6, "CLOCK_MONOTONIC_COARSE"), (7, "CLOCK_BOOTTIME"),
    (8, "CLOCK_REALTIME_ALARM"), (9, "CLOCK_BOOTTIME_ALARM"), (10, "CLOCK_SGI_CYCLE"), (11, "CLOCK_TAI"),
    (16, "CLOCK_AUX"), (23, "CLOCK_AUX_LAST"),
]);

/// `timer_settime(2)` and `clock_nanosleep(2)` flags: `include/uapi/linux/time.h`.
#[rustfmt::skip]
pub static TIMER: FlagSet = FlagSet::new("timer", None, &[], &[
    (0x1, "TIMER_ABSTIME"),
]);

/// `timerfd_create(2)` flags: `include/uapi/linux/timerfd.h`.
#[rustfmt::skip]
pub static TIMERFD_CREATE: FlagSet = FlagSet::new("timerfd_create", None, &[], &[
    (0x800, "TFD_NONBLOCK"), (0x8_0000, "TFD_CLOEXEC"),
]);

/// `timerfd_settime(2)` flags: `include/uapi/linux/timerfd.h`.
#[rustfmt::skip]
pub static TIMERFD_SETTIME: FlagSet = FlagSet::new("timerfd_settime", None, &[], &[
    (0x1, "TFD_TIMER_ABSTIME"), (0x2, "TFD_TIMER_CANCEL_ON_SET"),
]);

/// Interval timers: `include/uapi/linux/time.h`.
#[rustfmt::skip]
pub static ITIMER: ValueSet = ValueSet::new("itimer", &[
    (0, "ITIMER_REAL"), (1, "ITIMER_VIRTUAL"), (2, "ITIMER_PROF"),
]);
