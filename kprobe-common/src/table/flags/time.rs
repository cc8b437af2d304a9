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

/// `timex.modes`: `include/uapi/linux/timex.h`.
#[rustfmt::skip]
pub static ADJ: FlagSet = FlagSet::new("adj", None, &[], &[
    (0xa001, "ADJ_OFFSET_SS_READ"), (0x8001, "ADJ_OFFSET_SINGLESHOT"),
    (0x1, "ADJ_OFFSET"), (0x2, "ADJ_FREQUENCY"), (0x4, "ADJ_MAXERROR"), (0x8, "ADJ_ESTERROR"), (0x10, "ADJ_STATUS"),
    (0x20, "ADJ_TIMECONST"), (0x80, "ADJ_TAI"), (0x100, "ADJ_SETOFFSET"), (0x1000, "ADJ_MICRO"),
    (0x2000, "ADJ_NANO"), (0x4000, "ADJ_TICK"),
]);

/// `timex.status`: `include/uapi/linux/timex.h`.
#[rustfmt::skip]
pub static STA: FlagSet = FlagSet::new("sta", None, &[], &[
    (0x1, "STA_PLL"), (0x2, "STA_PPSFREQ"), (0x4, "STA_PPSTIME"), (0x8, "STA_FLL"), (0x10, "STA_INS"),
    (0x20, "STA_DEL"), (0x40, "STA_UNSYNC"), (0x80, "STA_FREQHOLD"), (0x100, "STA_PPSSIGNAL"),
    (0x200, "STA_PPSJITTER"), (0x400, "STA_PPSWANDER"), (0x800, "STA_PPSERROR"), (0x1000, "STA_CLOCKERR"),
    (0x2000, "STA_NANO"), (0x4000, "STA_MODE"), (0x8000, "STA_CLK"),
]);
