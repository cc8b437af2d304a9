//! Processes: their making, limits, scheduling, rights; the system.

use super::time::TIMEVAL;
use super::{Field, FieldDef, StructDef, When, field};
use crate::table::flags as f;

/// `struct clone_args`: `include/uapi/linux/sched.h`.
pub static CLONE_ARGS: StructDef = StructDef {
    name: "clone_args",
    size: [88, 88],
    fields: &[
        field("flags", 0, 0, Field::Flags(&f::CLONE3, 8)),
        field("pidfd", 8, 8, Field::Hex(8)),
        field("child_tid", 16, 16, Field::Hex(8)),
        field("parent_tid", 24, 24, Field::Hex(8)),
        field("exit_signal", 32, 32, Field::Enum(&f::SIGNALS, 8)),
        field("stack", 40, 40, Field::Hex(8)),
        field("stack_size", 48, 48, Field::Uint(8)),
        field("tls", 56, 56, Field::Hex(8)),
        field("set_tid", 64, 64, Field::Hex(8)),
        field("set_tid_size", 72, 72, Field::Uint(8)),
        field("cgroup", 80, 80, Field::Uint(8)),
    ],
};

/// `struct rlimit`: `include/uapi/linux/resource.h`.
pub static RLIMIT: StructDef = StructDef {
    name: "rlimit",
    size: [16, 8],
    fields: &[
        field("rlim_cur", 0, 0, Field::Ulong),
        field("rlim_max", 8, 4, Field::Ulong),
    ],
};

/// `struct rlimit64`: `include/uapi/linux/resource.h`.
pub static RLIMIT64: StructDef = StructDef {
    name: "rlimit64",
    size: [16, 16],
    fields: &[
        field("rlim_cur", 0, 0, Field::Uint(8)),
        field("rlim_max", 8, 8, Field::Uint(8)),
    ],
};

/// `struct rusage`: `include/uapi/linux/resource.h`.
pub static RUSAGE: StructDef = StructDef {
    name: "rusage",
    size: [144, 72],
    fields: &[
        field("ru_utime", 0, 0, Field::Struct(&TIMEVAL)),
        field("ru_stime", 16, 8, Field::Struct(&TIMEVAL)),
        field("ru_maxrss", 32, 16, Field::Long),
        field("ru_ixrss", 40, 20, Field::Long),
        field("ru_idrss", 48, 24, Field::Long),
        field("ru_isrss", 56, 28, Field::Long),
        field("ru_minflt", 64, 32, Field::Long),
        field("ru_majflt", 72, 36, Field::Long),
        field("ru_nswap", 80, 40, Field::Long),
        field("ru_inblock", 88, 44, Field::Long),
        field("ru_oublock", 96, 48, Field::Long),
        field("ru_msgsnd", 104, 52, Field::Long),
        field("ru_msgrcv", 112, 56, Field::Long),
        field("ru_nsignals", 120, 60, Field::Long),
        field("ru_nvcsw", 128, 64, Field::Long),
        field("ru_nivcsw", 136, 68, Field::Long),
    ],
};

/// `struct sched_param`: `include/uapi/linux/sched/types.h`.
pub static SCHED_PARAM: StructDef = StructDef {
    name: "sched_param",
    size: [4, 4],
    fields: &[field("sched_priority", 0, 0, Field::Int(4))],
};

/// A field of the second version of `struct sched_attr`; a size of 0 means the first.
/// See `sched_copy_attr` in <https://github.com/torvalds/linux/blob/v6.12/kernel/sched/syscalls.c>.
const SCHED_ATTR_1: When = When::Within(0, 48);

/// `struct sched_attr`: `include/uapi/linux/sched/types.h`.
pub static SCHED_ATTR: StructDef = StructDef {
    name: "sched_attr",
    size: [56, 56],
    fields: &[
        field("size", 0, 0, Field::Uint(4)),
        field("sched_policy", 4, 4, Field::Flags(&f::SCHED_POLICY, 4)),
        field("sched_flags", 8, 8, Field::Flags(&f::SCHED_FLAG, 8)),
        field("sched_nice", 16, 16, Field::Int(4)),
        field("sched_priority", 20, 20, Field::Uint(4)),
        field("sched_runtime", 24, 24, Field::Uint(8)),
        field("sched_deadline", 32, 32, Field::Uint(8)),
        field("sched_period", 40, 40, Field::Uint(8)),
        field("sched_util_min", 48, 48, Field::Uint(4)).when(SCHED_ATTR_1),
        field("sched_util_max", 52, 52, Field::Uint(4)).when(SCHED_ATTR_1),
    ],
};

/// `struct __user_cap_header_struct`: `include/uapi/linux/capability.h`.
pub static CAP_HEADER: StructDef = StructDef {
    name: "user_cap_header",
    size: [8, 8],
    fields: &[
        field("version", 0, 0, Field::Enum(&f::CAP_VERSION, 4)),
        field("pid", 4, 4, Field::Int(4)),
    ],
};

/// `struct __user_cap_data_struct`, twice, as versions 2 and 3 take it: `include/uapi/linux/capability.h`. Each set is in
/// two halves: capabilities 0 to 31 in the first structure, the others in the second.
pub static CAP_DATA: StructDef = StructDef {
    name: "user_cap_data",
    size: [24, 24],
    fields: &[
        field("effective", 0, 0, Field::FlagsApart(&f::CAPS, 12)),
        field("permitted", 4, 4, Field::FlagsApart(&f::CAPS, 12)),
        field("inheritable", 8, 8, Field::FlagsApart(&f::CAPS, 12)),
    ],
};

/// `struct __user_cap_data_struct`, once, as version 1 takes it: `include/uapi/linux/capability.h`.
pub static CAP_DATA_1: StructDef = StructDef {
    name: "user_cap_data_1",
    size: [12, 12],
    fields: &[
        field("effective", 0, 0, Field::Flags(&f::CAPS, 4)),
        field("permitted", 4, 4, Field::Flags(&f::CAPS, 4)),
        field("inheritable", 8, 8, Field::Flags(&f::CAPS, 4)),
    ],
};

/// `struct new_utsname`: `include/uapi/linux/utsname.h`.
pub static UTSNAME: StructDef = StructDef {
    name: "utsname",
    size: [390, 390],
    fields: &[
        field("sysname", 0, 0, Field::Text(65)),
        field("nodename", 65, 65, Field::Text(65)),
        field("release", 130, 130, Field::Text(65)),
        field("version", 195, 195, Field::Text(65)),
        field("machine", 260, 260, Field::Text(65)),
        field("domainname", 325, 325, Field::Text(65)),
    ],
};

/// `struct sysinfo`: `include/uapi/linux/sysinfo.h`.
pub static SYSINFO: StructDef = StructDef {
    name: "sysinfo",
    size: [112, 64],
    fields: &[
        field("uptime", 0, 0, Field::Long),
        field("loads", 8, 4, Field::Array(&Field::Ulong, 3)),
        field("totalram", 32, 16, Field::Ulong),
        field("freeram", 40, 20, Field::Ulong),
        field("sharedram", 48, 24, Field::Ulong),
        field("bufferram", 56, 28, Field::Ulong),
        field("totalswap", 64, 32, Field::Ulong),
        field("freeswap", 72, 36, Field::Ulong),
        field("procs", 80, 40, Field::Uint(2)),
        field("totalhigh", 88, 44, Field::Ulong),
        field("freehigh", 96, 48, Field::Ulong),
        field("mem_unit", 104, 52, Field::Uint(4)),
    ],
};

/// `struct perf_event_attr`: `include/uapi/linux/perf_event.h`: as much as its own `size` says, of the first version
/// where that says 0.
pub static PERF_EVENT_ATTR: StructDef = StructDef {
    name: "perf_event_attr",
    size: [128, 128],
    fields: &[
        field("type", 0, 0, Field::Enum(&f::PERF_TYPE, 4)),
        field("size", 4, 4, Field::Uint(4)),
        field("config", 8, 8, Field::Hex(8)),
        field("sample_period", 16, 16, Field::Uint(8)),
        field("sample_type", 24, 24, Field::Flags(&f::PERF_SAMPLE, 8)),
        field("read_format", 32, 32, Field::Flags(&f::PERF_FORMAT, 8)),
        field("bits", 40, 40, Field::Flags(&f::PERF_BITS, 8)),
        field("wakeup_events", 48, 48, Field::Uint(4)),
        field("bp_type", 52, 52, Field::Hex(4)),
        field("config1", 56, 56, Field::Hex(8)),
        newer("config2", 64, Field::Hex(8)),
        newer("branch_sample_type", 72, Field::Hex(8)),
        newer("sample_regs_user", 80, Field::Hex(8)),
        newer("sample_stack_user", 88, Field::Uint(4)),
        newer("clockid", 92, Field::Enum(&f::CLOCK, 4)),
        newer("sample_regs_intr", 96, Field::Hex(8)),
        newer("aux_watermark", 104, Field::Uint(4)),
        newer("sample_max_stack", 108, Field::Uint(2)),
        newer("aux_sample_size", 112, Field::Uint(4)),
        newer("sig_data", 120, Field::Hex(8)),
    ],
};

/// A field of a later version of the same structure.
const fn newer(name: &'static str, at: u16, means: Field) -> FieldDef {
    field(name, at, at, means).when(When::Within(4, 64))
}

/// `struct rseq`: `include/uapi/linux/rseq.h`, the first version.
pub static RSEQ: StructDef = StructDef {
    name: "rseq",
    size: [32, 32],
    fields: &[
        field("cpu_id_start", 0, 0, Field::Uint(4)),
        field("cpu_id", 4, 4, Field::Int(4)),
        field("rseq_cs", 8, 8, Field::Hex(8)),
        field("flags", 16, 16, Field::Hex(4)),
    ],
};

/// `struct kexec_segment`: `include/uapi/linux/kexec.h`.
pub static KEXEC_SEGMENT: StructDef = StructDef {
    name: "kexec_segment",
    size: [32, 16],
    fields: &[
        field("buf", 0, 0, Field::Addr),
        field("bufsz", 8, 4, Field::Ulong),
        field("mem", 16, 8, Field::Addr),
        field("memsz", 24, 12, Field::Ulong),
    ],
};

/// `struct lsm_ctx`: `include/uapi/linux/lsm.h` (6.8), the first one and the start of its text.
pub static LSM_CTX: StructDef = StructDef {
    name: "lsm_ctx",
    size: [128, 128],
    fields: &[
        field("id", 0, 0, Field::Enum(&f::LSM_ID, 8)),
        field("flags", 8, 8, Field::Hex(8)),
        field("len", 16, 16, Field::Uint(8)),
        field("ctx_len", 24, 24, Field::Uint(8)),
        field("ctx", 32, 32, Field::Text(96)),
    ],
};

/// `struct landlock_ruleset_attr`: `include/uapi/linux/landlock.h`.
pub static LANDLOCK_RULESET: StructDef = StructDef {
    name: "landlock_ruleset_attr",
    size: [24, 24],
    fields: &[
        field("handled_access_fs", 0, 0, Field::Flags(&f::LANDLOCK_FS, 8)),
        field(
            "handled_access_net",
            8,
            8,
            Field::Flags(&f::LANDLOCK_NET, 8),
        ),
        field("scoped", 16, 16, Field::Flags(&f::LANDLOCK_SCOPE, 8)),
    ],
};

/// `struct landlock_path_beneath_attr`: `include/uapi/linux/landlock.h`.
pub static LANDLOCK_PATH_BENEATH: StructDef = StructDef {
    name: "landlock_path_beneath_attr",
    size: [12, 12],
    fields: &[
        field("allowed_access", 0, 0, Field::Flags(&f::LANDLOCK_FS, 8)),
        field("parent_fd", 8, 8, Field::Int(4)),
    ],
};

/// `struct landlock_net_port_attr`: `include/uapi/linux/landlock.h`.
pub static LANDLOCK_NET_PORT: StructDef = StructDef {
    name: "landlock_net_port_attr",
    size: [16, 16],
    fields: &[
        field("allowed_access", 0, 0, Field::Flags(&f::LANDLOCK_NET, 8)),
        field("port", 8, 8, Field::Uint(8)),
    ],
};
