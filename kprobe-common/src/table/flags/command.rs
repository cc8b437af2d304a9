//! Values that arguments have under one command of a call.
//! Values are the kernel headers', names too.

use super::{FlagSet, ValueSet};

/// Locks of a file: `include/uapi/asm-generic/fcntl.h`.
#[rustfmt::skip]
pub static FILE_LOCK: ValueSet = ValueSet::new("file_lock", &[
    (0, "F_RDLCK"), (1, "F_WRLCK"), (2, "F_UNLCK"), (4, "F_EXLCK"), (8, "F_SHLCK"),
]);

/// Flags of a descriptor: `include/uapi/asm-generic/fcntl.h`.
pub static FD_FLAG: FlagSet = FlagSet::new("fd_flag", None, &[], &[(1, "FD_CLOEXEC")]);

/// Seals: `include/uapi/linux/fcntl.h`.
#[rustfmt::skip]
pub static SEAL: FlagSet = FlagSet::new("seal", None, &[], &[
    (0x1, "F_SEAL_SEAL"), (0x2, "F_SEAL_SHRINK"), (0x4, "F_SEAL_GROW"), (0x8, "F_SEAL_WRITE"),
    (0x10, "F_SEAL_FUTURE_WRITE"), (0x20, "F_SEAL_EXEC"),
]);

/// Events of a directory: `include/uapi/linux/fcntl.h`.
#[rustfmt::skip]
pub static DNOTIFY: FlagSet = FlagSet::new("dnotify", None, &[], &[
    (0x1, "DN_ACCESS"), (0x2, "DN_MODIFY"), (0x4, "DN_CREATE"), (0x8, "DN_DELETE"), (0x10, "DN_RENAME"),
    (0x20, "DN_ATTRIB"), (0x8000_0000, "DN_MULTISHOT"),
]);

/// Who gets a file's signals: `include/uapi/asm-generic/fcntl.h`.
#[rustfmt::skip]
pub static F_OWNER: ValueSet = ValueSet::new("f_owner", &[
    (0, "F_OWNER_TID"), (1, "F_OWNER_PID"), (2, "F_OWNER_PGRP"),
]);

/// How long written data will live: `include/uapi/linux/fcntl.h`.
#[rustfmt::skip]
pub static RW_HINT: ValueSet = ValueSet::new("rw_hint", &[
    (0, "RWH_WRITE_LIFE_NOT_SET"), (1, "RWH_WRITE_LIFE_NONE"), (2, "RWH_WRITE_LIFE_SHORT"),
    (3, "RWH_WRITE_LIFE_MEDIUM"), (4, "RWH_WRITE_LIFE_LONG"), (5, "RWH_WRITE_LIFE_EXTREME"),
]);

/// Whether a process can be dumped and traced: `include/linux/sched/coredump.h`.
#[rustfmt::skip]
pub static SUID_DUMP: ValueSet = ValueSet::new("suid_dump", &[
    (0, "SUID_DUMP_DISABLE"), (1, "SUID_DUMP_USER"), (2, "SUID_DUMP_ROOT"),
]);

/// `PR_SET_SECCOMP`: `include/uapi/linux/seccomp.h`.
#[rustfmt::skip]
pub static SECCOMP_MODE: ValueSet = ValueSet::new("seccomp_mode", &[
    (0, "SECCOMP_MODE_DISABLED"), (1, "SECCOMP_MODE_STRICT"), (2, "SECCOMP_MODE_FILTER"),
]);

/// What a filter decides: `include/uapi/linux/seccomp.h`.
#[rustfmt::skip]
pub static SECCOMP_RET: ValueSet = ValueSet::new("seccomp_ret", &[
    (0, "SECCOMP_RET_KILL_THREAD"), (0x3_0000, "SECCOMP_RET_TRAP"), (0x5_0000, "SECCOMP_RET_ERRNO"),
    (0x7fc0_0000, "SECCOMP_RET_USER_NOTIF"), (0x7ff0_0000, "SECCOMP_RET_TRACE"), (0x7ffc_0000, "SECCOMP_RET_LOG"),
    (0x7fff_0000, "SECCOMP_RET_ALLOW"), (0x8000_0000, "SECCOMP_RET_KILL_PROCESS"),
]);

/// `PR_SET_VMA`: `include/uapi/linux/prctl.h`.
pub static PR_VMA: ValueSet = ValueSet::new("pr_vma", &[(0, "PR_SET_VMA_ANON_NAME")]);

/// `PR_SET_SECUREBITS`: `include/uapi/linux/securebits.h`.
#[rustfmt::skip]
pub static SECBIT: FlagSet = FlagSet::new("secbit", None, &[], &[
    (0x1, "SECBIT_NOROOT"), (0x2, "SECBIT_NOROOT_LOCKED"), (0x4, "SECBIT_NO_SETUID_FIXUP"),
    (0x8, "SECBIT_NO_SETUID_FIXUP_LOCKED"), (0x10, "SECBIT_KEEP_CAPS"), (0x20, "SECBIT_KEEP_CAPS_LOCKED"),
    (0x40, "SECBIT_NO_CAP_AMBIENT_RAISE"), (0x80, "SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED"),
]);

/// `PR_CAP_AMBIENT`: `include/uapi/linux/prctl.h`.
#[rustfmt::skip]
pub static CAP_AMBIENT: ValueSet = ValueSet::new("cap_ambient", &[
    (1, "PR_CAP_AMBIENT_IS_SET"), (2, "PR_CAP_AMBIENT_RAISE"), (3, "PR_CAP_AMBIENT_LOWER"),
    (4, "PR_CAP_AMBIENT_CLEAR_ALL"),
]);

/// A capability, by its number: `include/uapi/linux/capability.h`.
#[rustfmt::skip]
pub static CAP_NUMBER: ValueSet = ValueSet::new("cap_number", &[
    (0, "CAP_CHOWN"), (1, "CAP_DAC_OVERRIDE"), (2, "CAP_DAC_READ_SEARCH"), (3, "CAP_FOWNER"), (4, "CAP_FSETID"),
    (5, "CAP_KILL"), (6, "CAP_SETGID"), (7, "CAP_SETUID"), (8, "CAP_SETPCAP"), (9, "CAP_LINUX_IMMUTABLE"),
    (10, "CAP_NET_BIND_SERVICE"), (11, "CAP_NET_BROADCAST"), (12, "CAP_NET_ADMIN"), (13, "CAP_NET_RAW"),
    (14, "CAP_IPC_LOCK"), (15, "CAP_IPC_OWNER"), (16, "CAP_SYS_MODULE"), (17, "CAP_SYS_RAWIO"), (18, "CAP_SYS_CHROOT"),
    (19, "CAP_SYS_PTRACE"), (20, "CAP_SYS_PACCT"), (21, "CAP_SYS_ADMIN"), (22, "CAP_SYS_BOOT"), (23, "CAP_SYS_NICE"),
    (24, "CAP_SYS_RESOURCE"), (25, "CAP_SYS_TIME"), (26, "CAP_SYS_TTY_CONFIG"), (27, "CAP_MKNOD"), (28, "CAP_LEASE"),
    (29, "CAP_AUDIT_WRITE"), (30, "CAP_AUDIT_CONTROL"), (31, "CAP_SETFCAP"), (32, "CAP_MAC_OVERRIDE"),
    (33, "CAP_MAC_ADMIN"), (34, "CAP_SYSLOG"), (35, "CAP_WAKE_ALARM"), (36, "CAP_BLOCK_SUSPEND"), (37, "CAP_AUDIT_READ"),
    (38, "CAP_PERFMON"), (39, "CAP_BPF"), (40, "CAP_CHECKPOINT_RESTORE"),
]);

/// `PR_SET_MM`: `include/uapi/linux/prctl.h`.
#[rustfmt::skip]
pub static PR_MM: ValueSet = ValueSet::new("pr_mm", &[
    (1, "PR_SET_MM_START_CODE"), (2, "PR_SET_MM_END_CODE"), (3, "PR_SET_MM_START_DATA"), (4, "PR_SET_MM_END_DATA"),
    (5, "PR_SET_MM_START_STACK"), (6, "PR_SET_MM_START_BRK"), (7, "PR_SET_MM_BRK"), (8, "PR_SET_MM_ARG_START"),
    (9, "PR_SET_MM_ARG_END"), (10, "PR_SET_MM_ENV_START"), (11, "PR_SET_MM_ENV_END"), (12, "PR_SET_MM_AUXV"),
    (13, "PR_SET_MM_EXE_FILE"), (14, "PR_SET_MM_MAP"), (15, "PR_SET_MM_MAP_SIZE"),
]);

/// `PR_SET_TAGGED_ADDR_CTRL`: `include/uapi/linux/prctl.h`.
#[rustfmt::skip]
pub static TAGGED_ADDR: FlagSet = FlagSet::new("tagged_addr", None, &[], &[
    (0x1, "PR_TAGGED_ADDR_ENABLE"), (0x2, "PR_MTE_TCF_SYNC"), (0x4, "PR_MTE_TCF_ASYNC"),
]);

/// `PR_PAC_RESET_KEYS`: `include/uapi/linux/prctl.h`.
#[rustfmt::skip]
pub static PAC_KEY: FlagSet = FlagSet::new("pac_key", None, &[], &[
    (0x1, "PR_PAC_APIAKEY"), (0x2, "PR_PAC_APIBKEY"), (0x4, "PR_PAC_APDAKEY"), (0x8, "PR_PAC_APDBKEY"),
    (0x10, "PR_PAC_APGAKEY"),
]);

/// `PR_SET_SPECULATION_CTRL`: `include/uapi/linux/prctl.h`.
#[rustfmt::skip]
pub static SPECULATION: ValueSet = ValueSet::new("speculation", &[
    (0, "PR_SPEC_STORE_BYPASS"), (1, "PR_SPEC_INDIRECT_BRANCH"), (2, "PR_SPEC_L1D_FLUSH"),
]);

/// `PR_SET_SPECULATION_CTRL`: `include/uapi/linux/prctl.h`.
#[rustfmt::skip]
pub static SPECULATION_CTRL: FlagSet = FlagSet::new("speculation_ctrl", Some("PR_SPEC_NOT_AFFECTED"), &[], &[
    (0x1, "PR_SPEC_PRCTL"), (0x2, "PR_SPEC_ENABLE"), (0x4, "PR_SPEC_DISABLE"), (0x8, "PR_SPEC_FORCE_DISABLE"),
    (0x10, "PR_SPEC_DISABLE_NOEXEC"),
]);

/// `PR_SET_MDWE`: `include/uapi/linux/prctl.h`.
#[rustfmt::skip]
pub static MDWE: FlagSet = FlagSet::new("mdwe", None, &[], &[
    (0x1, "PR_MDWE_REFUSE_EXEC_GAIN"), (0x2, "PR_MDWE_NO_INHERIT"),
]);

/// `ptrace(2)` options: `include/uapi/linux/ptrace.h`.
#[rustfmt::skip]
pub static PTRACE_O: FlagSet = FlagSet::new("ptrace_option", None, &[], &[
    (0x1, "PTRACE_O_TRACESYSGOOD"), (0x2, "PTRACE_O_TRACEFORK"), (0x4, "PTRACE_O_TRACEVFORK"),
    (0x8, "PTRACE_O_TRACECLONE"), (0x10, "PTRACE_O_TRACEEXEC"), (0x20, "PTRACE_O_TRACEVFORKDONE"),
    (0x40, "PTRACE_O_TRACEEXIT"), (0x80, "PTRACE_O_TRACESECCOMP"), (0x10_0000, "PTRACE_O_EXITKILL"),
    (0x20_0000, "PTRACE_O_SUSPEND_SECCOMP"),
]);

/// Sets of registers: `include/uapi/linux/elf.h`.
#[rustfmt::skip]
pub static NT: ValueSet = ValueSet::new("nt", &[
    (0x1, "NT_PRSTATUS"), (0x2, "NT_PRFPREG"), (0x3, "NT_PRPSINFO"), (0x4, "NT_TASKSTRUCT"), (0x6, "NT_AUXV"),
    (0x400, "NT_ARM_VFP"), (0x401, "NT_ARM_TLS"), (0x402, "NT_ARM_HW_BREAK"), (0x403, "NT_ARM_HW_WATCH"),
    (0x404, "NT_ARM_SYSTEM_CALL"), (0x405, "NT_ARM_SVE"), (0x406, "NT_ARM_PAC_MASK"), (0x407, "NT_ARM_PACA_KEYS"),
    (0x408, "NT_ARM_PACG_KEYS"), (0x409, "NT_ARM_TAGGED_ADDR_CTRL"), (0x40a, "NT_ARM_PAC_ENABLED_KEYS"),
    (0x40b, "NT_ARM_SSVE"), (0x40c, "NT_ARM_ZA"), (0x40d, "NT_ARM_ZT"), (0x40e, "NT_ARM_FPMR"),
]);

/// Who may do what with a key: `include/linux/key.h`.
#[rustfmt::skip]
pub static KEY_PERM: FlagSet = FlagSet::new("key_perm", None, &[], &[
    (0x3f00_0000, "KEY_POS_ALL"), (0x100_0000, "KEY_POS_VIEW"), (0x200_0000, "KEY_POS_READ"),
    (0x400_0000, "KEY_POS_WRITE"), (0x800_0000, "KEY_POS_SEARCH"), (0x1000_0000, "KEY_POS_LINK"),
    (0x2000_0000, "KEY_POS_SETATTR"),
    (0x3f_0000, "KEY_USR_ALL"), (0x1_0000, "KEY_USR_VIEW"), (0x2_0000, "KEY_USR_READ"), (0x4_0000, "KEY_USR_WRITE"),
    (0x8_0000, "KEY_USR_SEARCH"), (0x10_0000, "KEY_USR_LINK"), (0x20_0000, "KEY_USR_SETATTR"),
    (0x3f00, "KEY_GRP_ALL"), (0x100, "KEY_GRP_VIEW"), (0x200, "KEY_GRP_READ"), (0x400, "KEY_GRP_WRITE"),
    (0x800, "KEY_GRP_SEARCH"), (0x1000, "KEY_GRP_LINK"), (0x2000, "KEY_GRP_SETATTR"),
    (0x3f, "KEY_OTH_ALL"), (0x1, "KEY_OTH_VIEW"), (0x2, "KEY_OTH_READ"), (0x4, "KEY_OTH_WRITE"), (0x8, "KEY_OTH_SEARCH"),
    (0x10, "KEY_OTH_LINK"), (0x20, "KEY_OTH_SETATTR"),
]);

/// Default destinations of requested keys: `include/uapi/linux/keyctl.h`.
#[rustfmt::skip]
pub static REQKEY: ValueSet = ValueSet::new("reqkey", &[
    (0, "KEY_REQKEY_DEFL_DEFAULT"), (1, "KEY_REQKEY_DEFL_THREAD_KEYRING"), (2, "KEY_REQKEY_DEFL_PROCESS_KEYRING"),
    (3, "KEY_REQKEY_DEFL_SESSION_KEYRING"), (4, "KEY_REQKEY_DEFL_USER_KEYRING"),
    (5, "KEY_REQKEY_DEFL_USER_SESSION_KEYRING"), (6, "KEY_REQKEY_DEFL_GROUP_KEYRING"),
    (7, "KEY_REQKEY_DEFL_REQUESTOR_KEYRING"), (0xffff_ffff, "KEY_REQKEY_DEFL_NO_CHANGE"),
]);

/// `TCFLSH`: `include/uapi/asm-generic/termbits-common.h`.
#[rustfmt::skip]
pub static TCFLUSH: ValueSet = ValueSet::new("tcflush", &[
    (0, "TCIFLUSH"), (1, "TCOFLUSH"), (2, "TCIOFLUSH"),
]);

/// `TCXONC`: `include/uapi/asm-generic/termbits-common.h`.
#[rustfmt::skip]
pub static TCFLOW: ValueSet = ValueSet::new("tcflow", &[
    (0, "TCOOFF"), (1, "TCOON"), (2, "TCIOFF"), (3, "TCION"),
]);

/// States of a loop device: `include/uapi/linux/loop.h`.
#[rustfmt::skip]
pub static LO_FLAGS: FlagSet = FlagSet::new("lo_flags", None, &[], &[
    (0x1, "LO_FLAGS_READ_ONLY"), (0x4, "LO_FLAGS_AUTOCLEAR"), (0x8, "LO_FLAGS_PARTSCAN"), (0x10, "LO_FLAGS_DIRECT_IO"),
]);

/// Attributes of an inode: `include/uapi/linux/fs.h`.
#[rustfmt::skip]
pub static FS_FL: FlagSet = FlagSet::new("fs_fl", None, &[], &[
    (0x1, "FS_SECRM_FL"), (0x2, "FS_UNRM_FL"), (0x4, "FS_COMPR_FL"), (0x8, "FS_SYNC_FL"), (0x10, "FS_IMMUTABLE_FL"),
    (0x20, "FS_APPEND_FL"), (0x40, "FS_NODUMP_FL"), (0x80, "FS_NOATIME_FL"), (0x100, "FS_DIRTY_FL"),
    (0x200, "FS_COMPRBLK_FL"), (0x400, "FS_NOCOMP_FL"), (0x800, "FS_ENCRYPT_FL"), (0x1000, "FS_INDEX_FL"),
    (0x2000, "FS_IMAGIC_FL"), (0x4000, "FS_JOURNAL_DATA_FL"), (0x8000, "FS_NOTAIL_FL"), (0x1_0000, "FS_DIRSYNC_FL"),
    (0x2_0000, "FS_TOPDIR_FL"), (0x4_0000, "FS_HUGE_FILE_FL"), (0x8_0000, "FS_EXTENT_FL"), (0x10_0000, "FS_VERITY_FL"),
    (0x20_0000, "FS_EA_INODE_FL"), (0x40_0000, "FS_EOFBLOCKS_FL"), (0x80_0000, "FS_NOCOW_FL"), (0x200_0000, "FS_DAX_FL"),
    (0x1000_0000, "FS_INLINE_DATA_FL"), (0x2000_0000, "FS_PROJINHERIT_FL"), (0x4000_0000, "FS_CASEFOLD_FL"),
    (0x8000_0000, "FS_RESERVED_FL"),
]);

/// States of a TCP connection: `include/net/tcp_states.h`.
#[rustfmt::skip]
pub static TCP_STATE: ValueSet = ValueSet::new("tcp_state", &[
    (1, "TCP_ESTABLISHED"), (2, "TCP_SYN_SENT"), (3, "TCP_SYN_RECV"), (4, "TCP_FIN_WAIT1"), (5, "TCP_FIN_WAIT2"),
    (6, "TCP_TIME_WAIT"), (7, "TCP_CLOSE"), (8, "TCP_CLOSE_WAIT"), (9, "TCP_LAST_ACK"), (10, "TCP_LISTEN"),
    (11, "TCP_CLOSING"), (12, "TCP_NEW_SYN_RECV"),
]);

/// `c_iflag`: `include/uapi/asm-generic/termbits.h`.
#[rustfmt::skip]
pub static TERMIOS_IN: FlagSet = FlagSet::new("c_iflag", None, &[], &[
    (0x1, "IGNBRK"), (0x2, "BRKINT"), (0x4, "IGNPAR"), (0x8, "PARMRK"), (0x10, "INPCK"), (0x20, "ISTRIP"),
    (0x40, "INLCR"), (0x80, "IGNCR"), (0x100, "ICRNL"), (0x200, "IUCLC"), (0x400, "IXON"), (0x800, "IXANY"),
    (0x1000, "IXOFF"), (0x2000, "IMAXBEL"), (0x4000, "IUTF8"),
]);

/// `c_oflag`: `include/uapi/asm-generic/termbits.h`.
#[rustfmt::skip]
pub static TERMIOS_OUT: FlagSet = FlagSet::new("c_oflag", None, &[
    (0x100, &[(0, "NL0"), (0x100, "NL1")]), (0x600, &[(0, "CR0"), (0x200, "CR1"), (0x400, "CR2"), (0x600, "CR3")]),
    (0x1800, &[(0, "TAB0"), (0x800, "TAB1"), (0x1000, "TAB2"), (0x1800, "XTABS")]), (0x2000, &[(0, "BS0"), (0x2000, "BS1")]),
    (0x4000, &[(0, "VT0"), (0x4000, "VT1")]), (0x8000, &[(0, "FF0"), (0x8000, "FF1")]),
], &[
    (0x1, "OPOST"), (0x2, "OLCUC"), (0x4, "ONLCR"), (0x8, "OCRNL"), (0x10, "ONOCR"), (0x20, "ONLRET"), (0x40, "OFILL"),
    (0x80, "OFDEL"),
]);

/// `c_cflag`: `include/uapi/asm-generic/termbits.h`.
#[rustfmt::skip]
pub static TERMIOS_CONTROL: FlagSet = FlagSet::new("c_cflag", None, &[
    (0x100f, &[
        (0, "B0"), (1, "B50"), (2, "B75"), (3, "B110"), (4, "B134"), (5, "B150"), (6, "B200"), (7, "B300"), (8, "B600"),
        (9, "B1200"), (10, "B1800"), (11, "B2400"), (12, "B4800"), (13, "B9600"), (14, "B19200"), (15, "B38400"),
        (0x1000, "BOTHER"), (0x1001, "B57600"), (0x1002, "B115200"), (0x1003, "B230400"), (0x1004, "B460800"),
        (0x1005, "B500000"), (0x1006, "B576000"), (0x1007, "B921600"), (0x1008, "B1000000"), (0x1009, "B1152000"),
        (0x100a, "B1500000"), (0x100b, "B2000000"), (0x100c, "B2500000"), (0x100d, "B3000000"), (0x100e, "B3500000"),
        (0x100f, "B4000000"),
    ]),
    (0x30, &[(0, "CS5"), (0x10, "CS6"), (0x20, "CS7"), (0x30, "CS8")]),
], &[
    (0x40, "CSTOPB"), (0x80, "CREAD"), (0x100, "PARENB"), (0x200, "PARODD"), (0x400, "HUPCL"), (0x800, "CLOCAL"),
    (0x4000_0000, "CMSPAR"), (0x8000_0000, "CRTSCTS"),
]);

/// `c_lflag`: `include/uapi/asm-generic/termbits.h`.
#[rustfmt::skip]
pub static TERMIOS_LOCAL: FlagSet = FlagSet::new("c_lflag", None, &[], &[
    (0x1, "ISIG"), (0x2, "ICANON"), (0x4, "XCASE"), (0x8, "ECHO"), (0x10, "ECHOE"), (0x20, "ECHOK"), (0x40, "ECHONL"),
    (0x80, "NOFLSH"), (0x100, "TOSTOP"), (0x200, "ECHOCTL"), (0x400, "ECHOPRT"), (0x800, "ECHOKE"), (0x1000, "FLUSHO"),
    (0x4000, "PENDIN"), (0x8000, "IEXTEN"), (0x1_0000, "EXTPROC"),
]);

/// Types of sockets: `include/linux/net.h`.
#[rustfmt::skip]
pub static SOCK_TYPE: ValueSet = ValueSet::new("sock_type", &[
    (1, "SOCK_STREAM"), (2, "SOCK_DGRAM"), (3, "SOCK_RAW"), (4, "SOCK_RDM"), (5, "SOCK_SEQPACKET"), (6, "SOCK_DCCP"),
    (10, "SOCK_PACKET"),
]);

/// Where a thread stopped: `include/uapi/linux/ptrace.h`.
#[rustfmt::skip]
pub static PTRACE_SYSCALL_INFO: ValueSet = ValueSet::new("ptrace_syscall_info", &[
    (0, "PTRACE_SYSCALL_INFO_NONE"), (1, "PTRACE_SYSCALL_INFO_ENTRY"), (2, "PTRACE_SYSCALL_INFO_EXIT"),
    (3, "PTRACE_SYSCALL_INFO_SECCOMP"),
]);

/// Architectures, as they are told: `include/uapi/linux/audit.h`.
#[rustfmt::skip]
pub static AUDIT_ARCH: ValueSet = ValueSet::new("audit_arch", &[
    (0x4000_0028, "AUDIT_ARCH_ARM"), (0xc000_00b7, "AUDIT_ARCH_AARCH64"),
]);
