//! The whole system: reboot, modules, performance counters.
//! Values are the kernel headers' (7.2), names too.

use super::{FlagSet, ValueSet};

/// `reboot(2)` operations: `include/uapi/linux/reboot.h`.
#[rustfmt::skip]
pub static REBOOT: ValueSet = ValueSet::new("reboot", &[
    (0x0, "LINUX_REBOOT_CMD_CAD_OFF"), (0x123_4567, "LINUX_REBOOT_CMD_RESTART"),
    (0x4321_fedc, "LINUX_REBOOT_CMD_POWER_OFF"), (0x4558_4543, "LINUX_REBOOT_CMD_KEXEC"),
    (0x89ab_cdef, "LINUX_REBOOT_CMD_CAD_ON"), (0xa1b2_c3d4, "LINUX_REBOOT_CMD_RESTART2"),
    (0xcdef_0123, "LINUX_REBOOT_CMD_HALT"), (0xd000_fce2, "LINUX_REBOOT_CMD_SW_SUSPEND"),
]);

/// `syslog(2)` types: `include/linux/syslog.h`.
#[rustfmt::skip]
pub static SYSLOG: ValueSet = ValueSet::new("syslog", &[
    (0, "SYSLOG_ACTION_CLOSE"), (1, "SYSLOG_ACTION_OPEN"), (2, "SYSLOG_ACTION_READ"), (3, "SYSLOG_ACTION_READ_ALL"),
    (4, "SYSLOG_ACTION_READ_CLEAR"), (5, "SYSLOG_ACTION_CLEAR"), (6, "SYSLOG_ACTION_CONSOLE_OFF"),
    (7, "SYSLOG_ACTION_CONSOLE_ON"), (8, "SYSLOG_ACTION_CONSOLE_LEVEL"), (9, "SYSLOG_ACTION_SIZE_UNREAD"),
    (10, "SYSLOG_ACTION_SIZE_BUFFER"),
]);

/// `kexec_load(2)` flags: `include/uapi/linux/kexec.h`.
#[rustfmt::skip]
pub static KEXEC: FlagSet = FlagSet::new("kexec", None, &[(0xffff_0000, &[
        (0x0, "KEXEC_ARCH_DEFAULT"), (0x3_0000, "KEXEC_ARCH_386"), (0x4_0000, "KEXEC_ARCH_68K"),
        (0x8_0000, "KEXEC_ARCH_MIPS"), (0xa_0000, "KEXEC_ARCH_MIPS_LE"), (0xf_0000, "KEXEC_ARCH_PARISC"),
        (0x14_0000, "KEXEC_ARCH_PPC"), (0x15_0000, "KEXEC_ARCH_PPC64"), (0x16_0000, "KEXEC_ARCH_S390"),
        (0x28_0000, "KEXEC_ARCH_ARM"), (0x2a_0000, "KEXEC_ARCH_SH"), (0x32_0000, "KEXEC_ARCH_IA_64"),
        (0x3e_0000, "KEXEC_ARCH_X86_64"), (0xb7_0000, "KEXEC_ARCH_AARCH64"), (0xf3_0000, "KEXEC_ARCH_RISCV"),
        (0x102_0000, "KEXEC_ARCH_LOONGARCH"),
    ])], &[
    (0x1, "KEXEC_ON_CRASH"), (0x2, "KEXEC_PRESERVE_CONTEXT"), (0x4, "KEXEC_UPDATE_ELFCOREHDR"),
    (0x8, "KEXEC_CRASH_HOTPLUG_SUPPORT"),
]);

/// `kexec_file_load(2)` flags: `include/uapi/linux/kexec.h`.
#[rustfmt::skip]
pub static KEXEC_FILE: FlagSet = FlagSet::new("kexec_file", None, &[], &[
    (0x1, "KEXEC_FILE_UNLOAD"), (0x2, "KEXEC_FILE_ON_CRASH"), (0x4, "KEXEC_FILE_NO_INITRAMFS"),
    (0x8, "KEXEC_FILE_DEBUG"), (0x10, "KEXEC_FILE_NO_CMA"), (0x20, "KEXEC_FILE_FORCE_DTB"),
]);

/// `finit_module(2)` flags: `include/uapi/linux/module.h`.
#[rustfmt::skip]
pub static FINIT_MODULE: FlagSet = FlagSet::new("finit_module", None, &[], &[
    (0x1, "MODULE_INIT_IGNORE_MODVERSIONS"), (0x2, "MODULE_INIT_IGNORE_VERMAGIC"),
    (0x4, "MODULE_INIT_COMPRESSED_FILE"),
]);

/// `perf_event_open(2)` flags: `include/uapi/linux/perf_event.h`.
#[rustfmt::skip]
pub static PERF: FlagSet = FlagSet::new("perf", None, &[], &[
    (0x1, "PERF_FLAG_FD_NO_GROUP"), (0x2, "PERF_FLAG_FD_OUTPUT"), (0x4, "PERF_FLAG_PID_CGROUP"),
    (0x8, "PERF_FLAG_FD_CLOEXEC"),
]);

/// `perf_event_attr.type`: `include/uapi/linux/perf_event.h`.
#[rustfmt::skip]
pub static PERF_TYPE: ValueSet = ValueSet::new("perf_type", &[
    (0, "PERF_TYPE_HARDWARE"), (1, "PERF_TYPE_SOFTWARE"), (2, "PERF_TYPE_TRACEPOINT"), (3, "PERF_TYPE_HW_CACHE"),
    (4, "PERF_TYPE_RAW"), (5, "PERF_TYPE_BREAKPOINT"),
]);
