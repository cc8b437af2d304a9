//! Times, timers, their notification.

use super::control::TIMEVAL_NEW;
use super::{Field, StructDef, Test, When, field};
use crate::table::flags as f;

/// `struct __kernel_old_timespec`: `include/uapi/linux/time_types.h`; in 32-bit code `old_timespec32`.
pub static TIMESPEC: StructDef = StructDef {
    name: "timespec",
    size: [16, 8],
    fields: &[
        field("tv_sec", 0, 0, Field::Long),
        field("tv_nsec", 8, 4, Field::Long),
    ],
};

/// `struct __kernel_timespec`: `include/uapi/linux/time_types.h`: of the `*_time64` calls.
pub static TIMESPEC64: StructDef = StructDef {
    name: "__kernel_timespec",
    size: [16, 16],
    fields: &[
        field("tv_sec", 0, 0, Field::Int(8)),
        field("tv_nsec", 8, 8, Field::Int(8)),
    ],
};

/// Two times.
pub static TIMESPEC_PAIR: StructDef = StructDef {
    name: "timespec[2]",
    size: [32, 16],
    fields: &[field("", 0, 0, Field::Array(&Field::Struct(&TIMESPEC), 2))],
};

/// Two times.
pub static TIMESPEC64_PAIR: StructDef = StructDef {
    name: "__kernel_timespec[2]",
    size: [32, 32],
    fields: &[field(
        "",
        0,
        0,
        Field::Array(&Field::Struct(&TIMESPEC64), 2),
    )],
};

/// `struct __kernel_old_timeval`: `include/uapi/linux/time_types.h`.
pub static TIMEVAL: StructDef = StructDef {
    name: "timeval",
    size: [16, 8],
    fields: &[
        field("tv_sec", 0, 0, Field::Long),
        field("tv_usec", 8, 4, Field::Long),
    ],
};

/// Two times.
pub static TIMEVAL_PAIR: StructDef = StructDef {
    name: "timeval[2]",
    size: [32, 16],
    fields: &[field("", 0, 0, Field::Array(&Field::Struct(&TIMEVAL), 2))],
};

/// `struct timezone`: `include/uapi/linux/time.h`.
pub static TIMEZONE: StructDef = StructDef {
    name: "timezone",
    size: [8, 8],
    fields: &[
        field("tz_minuteswest", 0, 0, Field::Int(4)),
        field("tz_dsttime", 4, 4, Field::Int(4)),
    ],
};

/// `struct itimerspec`: `include/uapi/linux/time.h`; in 32-bit code `old_itimerspec32`.
pub static ITIMERSPEC: StructDef = StructDef {
    name: "itimerspec",
    size: [32, 16],
    fields: &[
        field("it_interval", 0, 0, Field::Struct(&TIMESPEC)),
        field("it_value", 16, 8, Field::Struct(&TIMESPEC)),
    ],
};

/// `struct __kernel_itimerspec`: `include/uapi/linux/time_types.h`.
pub static ITIMERSPEC64: StructDef = StructDef {
    name: "__kernel_itimerspec",
    size: [32, 32],
    fields: &[
        field("it_interval", 0, 0, Field::Struct(&TIMESPEC64)),
        field("it_value", 16, 16, Field::Struct(&TIMESPEC64)),
    ],
};

/// `struct __kernel_old_itimerval`: `include/uapi/linux/time_types.h`.
pub static ITIMERVAL: StructDef = StructDef {
    name: "itimerval",
    size: [32, 16],
    fields: &[
        field("it_interval", 0, 0, Field::Struct(&TIMEVAL)),
        field("it_value", 16, 8, Field::Struct(&TIMEVAL)),
    ],
};

/// `struct timex`: `include/uapi/linux/timex.h`.
pub static TIMEX: StructDef = StructDef {
    name: "timex",
    size: [208, 128],
    fields: &[
        field("modes", 0, 0, Field::Flags(&f::ADJ, 4)),
        field("offset", 8, 4, Field::Long),
        field("freq", 16, 8, Field::Long),
        field("maxerror", 24, 12, Field::Long),
        field("esterror", 32, 16, Field::Long),
        field("status", 40, 20, Field::Flags(&f::STA, 4)),
        field("constant", 48, 24, Field::Long),
        field("precision", 56, 28, Field::Long),
        field("tolerance", 64, 32, Field::Long),
        field("time", 72, 36, Field::Struct(&TIMEVAL)),
        field("tick", 88, 44, Field::Long),
        field("ppsfreq", 96, 48, Field::Long),
        field("jitter", 104, 52, Field::Long),
        field("shift", 112, 56, Field::Int(4)),
        field("stabil", 120, 60, Field::Long),
        field("jitcnt", 128, 64, Field::Long),
        field("calcnt", 136, 68, Field::Long),
        field("errcnt", 144, 72, Field::Long),
        field("stbcnt", 152, 76, Field::Long),
        field("tai", 160, 80, Field::Int(4)),
    ],
};

/// `struct __kernel_timex`: `include/uapi/linux/timex.h`.
pub static TIMEX64: StructDef = StructDef {
    name: "__kernel_timex",
    size: [208, 208],
    fields: &[
        field("modes", 0, 0, Field::Flags(&f::ADJ, 4)),
        field("offset", 8, 8, Field::Int(8)),
        field("freq", 16, 16, Field::Int(8)),
        field("maxerror", 24, 24, Field::Int(8)),
        field("esterror", 32, 32, Field::Int(8)),
        field("status", 40, 40, Field::Flags(&f::STA, 4)),
        field("constant", 48, 48, Field::Int(8)),
        field("precision", 56, 56, Field::Int(8)),
        field("tolerance", 64, 64, Field::Int(8)),
        field("time", 72, 72, Field::Struct(&TIMEVAL_NEW)),
        field("tick", 88, 88, Field::Int(8)),
        field("ppsfreq", 96, 96, Field::Int(8)),
        field("jitter", 104, 104, Field::Int(8)),
        field("shift", 112, 112, Field::Int(4)),
        field("stabil", 120, 120, Field::Int(8)),
        field("jitcnt", 128, 128, Field::Int(8)),
        field("calcnt", 136, 136, Field::Int(8)),
        field("errcnt", 144, 144, Field::Int(8)),
        field("stbcnt", 152, 152, Field::Int(8)),
        field("tai", 160, 160, Field::Int(4)),
    ],
};

/// `struct tms`: `include/uapi/linux/times.h`.
pub static TMS: StructDef = StructDef {
    name: "tms",
    size: [32, 16],
    fields: &[
        field("tms_utime", 0, 0, Field::Long),
        field("tms_stime", 8, 4, Field::Long),
        field("tms_cutime", 16, 8, Field::Long),
        field("tms_cstime", 24, 12, Field::Long),
    ],
};

/// `sigevent_t`: `include/uapi/asm-generic/siginfo.h`.
pub static SIGEVENT: StructDef = StructDef {
    name: "sigevent",
    size: [64, 64],
    fields: &[
        field("sigev_value", 0, 0, Field::Addr),
        field("sigev_signo", 8, 4, Field::Enum(&f::SIGNALS, 4)),
        field("sigev_notify", 12, 8, Field::Enum(&f::SIGEV, 4)),
        field("sigev_notify_thread_id", 16, 12, Field::Int(4)).when(When::Any(&[&[TO_THREAD]])),
    ],
};

/// `SIGEV_THREAD_ID`.
const TO_THREAD: Test = Test {
    at: [12, 8],
    bytes: 4,
    range: (4, 4),
};
