//! Security: seccomp, BPF, keys, Landlock, capabilities.
//! Values are the kernel headers' (7.2), names too.

use super::{FlagSet, ValueSet};

/// `seccomp(2)` operations: `include/uapi/linux/seccomp.h`.
#[rustfmt::skip]
pub static SECCOMP: ValueSet = ValueSet::new("seccomp", &[
    (0, "SECCOMP_SET_MODE_STRICT"), (1, "SECCOMP_SET_MODE_FILTER"), (2, "SECCOMP_GET_ACTION_AVAIL"),
    (3, "SECCOMP_GET_NOTIF_SIZES"),
]);

/// `seccomp(2)` flags: `include/uapi/linux/seccomp.h`.
#[rustfmt::skip]
pub static SECCOMP_FILTER: FlagSet = FlagSet::new("seccomp_filter", None, &[], &[
    (0x1, "SECCOMP_FILTER_FLAG_TSYNC"), (0x2, "SECCOMP_FILTER_FLAG_LOG"), (0x4, "SECCOMP_FILTER_FLAG_SPEC_ALLOW"),
    (0x8, "SECCOMP_FILTER_FLAG_NEW_LISTENER"), (0x10, "SECCOMP_FILTER_FLAG_TSYNC_ESRCH"),
    (0x20, "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"),
]);

/// `bpf(2)` commands: `include/uapi/linux/bpf.h`.
#[rustfmt::skip]
pub static BPF: ValueSet = ValueSet::new("bpf", &[
    (0, "BPF_MAP_CREATE"), (1, "BPF_MAP_LOOKUP_ELEM"), (2, "BPF_MAP_UPDATE_ELEM"), (3, "BPF_MAP_DELETE_ELEM"),
    (4, "BPF_MAP_GET_NEXT_KEY"), (5, "BPF_PROG_LOAD"), (6, "BPF_OBJ_PIN"), (7, "BPF_OBJ_GET"), (8, "BPF_PROG_ATTACH"),
    (9, "BPF_PROG_DETACH"), (10, "BPF_PROG_TEST_RUN"), (11, "BPF_PROG_GET_NEXT_ID"), (12, "BPF_MAP_GET_NEXT_ID"),
    (13, "BPF_PROG_GET_FD_BY_ID"), (14, "BPF_MAP_GET_FD_BY_ID"), (15, "BPF_OBJ_GET_INFO_BY_FD"),
    (16, "BPF_PROG_QUERY"), (17, "BPF_RAW_TRACEPOINT_OPEN"), (18, "BPF_BTF_LOAD"), (19, "BPF_BTF_GET_FD_BY_ID"),
    (20, "BPF_TASK_FD_QUERY"), (21, "BPF_MAP_LOOKUP_AND_DELETE_ELEM"), (22, "BPF_MAP_FREEZE"),
    (23, "BPF_BTF_GET_NEXT_ID"), (24, "BPF_MAP_LOOKUP_BATCH"), (25, "BPF_MAP_LOOKUP_AND_DELETE_BATCH"),
    (26, "BPF_MAP_UPDATE_BATCH"), (27, "BPF_MAP_DELETE_BATCH"), (28, "BPF_LINK_CREATE"), (29, "BPF_LINK_UPDATE"),
    (30, "BPF_LINK_GET_FD_BY_ID"), (31, "BPF_LINK_GET_NEXT_ID"), (32, "BPF_ENABLE_STATS"), (33, "BPF_ITER_CREATE"),
    (34, "BPF_LINK_DETACH"), (35, "BPF_PROG_BIND_MAP"), (36, "BPF_TOKEN_CREATE"), (37, "BPF_PROG_STREAM_READ_BY_FD"),
    (38, "BPF_PROG_ASSOC_STRUCT_OPS"),
]);

/// `keyctl(2)` operations: `include/uapi/linux/keyctl.h`.
#[rustfmt::skip]
pub static KEYCTL: ValueSet = ValueSet::new("keyctl", &[
    (0, "KEYCTL_GET_KEYRING_ID"), (1, "KEYCTL_JOIN_SESSION_KEYRING"), (2, "KEYCTL_UPDATE"), (3, "KEYCTL_REVOKE"),
    (4, "KEYCTL_CHOWN"), (5, "KEYCTL_SETPERM"), (6, "KEYCTL_DESCRIBE"), (7, "KEYCTL_CLEAR"), (8, "KEYCTL_LINK"),
    (9, "KEYCTL_UNLINK"), (10, "KEYCTL_SEARCH"), (11, "KEYCTL_READ"), (12, "KEYCTL_INSTANTIATE"),
    (13, "KEYCTL_NEGATE"), (14, "KEYCTL_SET_REQKEY_KEYRING"), (15, "KEYCTL_SET_TIMEOUT"),
    (16, "KEYCTL_ASSUME_AUTHORITY"), (17, "KEYCTL_GET_SECURITY"), (18, "KEYCTL_SESSION_TO_PARENT"),
    (19, "KEYCTL_REJECT"), (20, "KEYCTL_INSTANTIATE_IOV"), (21, "KEYCTL_INVALIDATE"), (22, "KEYCTL_GET_PERSISTENT"),
    (23, "KEYCTL_DH_COMPUTE"), (24, "KEYCTL_PKEY_QUERY"), (25, "KEYCTL_PKEY_ENCRYPT"), (26, "KEYCTL_PKEY_DECRYPT"),
    (27, "KEYCTL_PKEY_SIGN"), (28, "KEYCTL_PKEY_VERIFY"), (29, "KEYCTL_RESTRICT_KEYRING"), (30, "KEYCTL_MOVE"),
    (31, "KEYCTL_CAPABILITIES"), (32, "KEYCTL_WATCH_KEY"),
]);

/// Special keyrings: `include/uapi/linux/keyctl.h`.
#[rustfmt::skip]
pub static KEYRING: ValueSet = ValueSet::new("keyring", &[
    (0xffff_fff8, "KEY_SPEC_REQUESTOR_KEYRING"), (0xffff_fff9, "KEY_SPEC_REQKEY_AUTH_KEY"),
    (0xffff_fffa, "KEY_SPEC_GROUP_KEYRING"), (0xffff_fffb, "KEY_SPEC_USER_SESSION_KEYRING"),
    (0xffff_fffc, "KEY_SPEC_USER_KEYRING"), (0xffff_fffd, "KEY_SPEC_SESSION_KEYRING"),
    (0xffff_fffe, "KEY_SPEC_PROCESS_KEYRING"), (0xffff_ffff, "KEY_SPEC_THREAD_KEYRING"),
]);

/// `landlock_create_ruleset(2)` flags: `include/uapi/linux/landlock.h`.
#[rustfmt::skip]
pub static LANDLOCK_CREATE: FlagSet = FlagSet::new("landlock_create_ruleset", None, &[], &[
    (0x1, "LANDLOCK_CREATE_RULESET_VERSION"), (0x2, "LANDLOCK_CREATE_RULESET_ERRATA"),
]);

/// `landlock_restrict_self(2)` flags: `include/uapi/linux/landlock.h`.
#[rustfmt::skip]
pub static LANDLOCK_RESTRICT: FlagSet = FlagSet::new("landlock_restrict_self", None, &[], &[
    (0x1, "LANDLOCK_RESTRICT_SELF_LOG_SAME_EXEC_OFF"), (0x2, "LANDLOCK_RESTRICT_SELF_LOG_NEW_EXEC_ON"),
    (0x4, "LANDLOCK_RESTRICT_SELF_LOG_SUBDOMAINS_OFF"), (0x8, "LANDLOCK_RESTRICT_SELF_TSYNC"),
]);

/// Rights to files: `include/uapi/linux/landlock.h`.
#[rustfmt::skip]
pub static LANDLOCK_FS: FlagSet = FlagSet::new("landlock_access_fs", None, &[], &[
    (0x1, "LANDLOCK_ACCESS_FS_EXECUTE"), (0x2, "LANDLOCK_ACCESS_FS_WRITE_FILE"),
    (0x4, "LANDLOCK_ACCESS_FS_READ_FILE"), (0x8, "LANDLOCK_ACCESS_FS_READ_DIR"),
    (0x10, "LANDLOCK_ACCESS_FS_REMOVE_DIR"), (0x20, "LANDLOCK_ACCESS_FS_REMOVE_FILE"),
    (0x40, "LANDLOCK_ACCESS_FS_MAKE_CHAR"), (0x80, "LANDLOCK_ACCESS_FS_MAKE_DIR"),
    (0x100, "LANDLOCK_ACCESS_FS_MAKE_REG"), (0x200, "LANDLOCK_ACCESS_FS_MAKE_SOCK"),
    (0x400, "LANDLOCK_ACCESS_FS_MAKE_FIFO"), (0x800, "LANDLOCK_ACCESS_FS_MAKE_BLOCK"),
    (0x1000, "LANDLOCK_ACCESS_FS_MAKE_SYM"), (0x2000, "LANDLOCK_ACCESS_FS_REFER"),
    (0x4000, "LANDLOCK_ACCESS_FS_TRUNCATE"), (0x8000, "LANDLOCK_ACCESS_FS_IOCTL_DEV"),
    (0x1_0000, "LANDLOCK_ACCESS_FS_RESOLVE_UNIX"),
]);

/// Rights to the network: `include/uapi/linux/landlock.h`.
#[rustfmt::skip]
pub static LANDLOCK_NET: FlagSet = FlagSet::new("landlock_access_net", None, &[], &[
    (0x1, "LANDLOCK_ACCESS_NET_BIND_TCP"), (0x2, "LANDLOCK_ACCESS_NET_CONNECT_TCP"),
    (0x4, "LANDLOCK_ACCESS_NET_BIND_UDP"), (0x8, "LANDLOCK_ACCESS_NET_CONNECT_SEND_UDP"),
]);

/// Scopes: `include/uapi/linux/landlock.h`.
#[rustfmt::skip]
pub static LANDLOCK_SCOPE: FlagSet = FlagSet::new("landlock_scope", None, &[], &[
    (0x1, "LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET"), (0x2, "LANDLOCK_SCOPE_SIGNAL"),
]);

/// `landlock_add_rule(2)` rule types: `include/uapi/linux/landlock.h`.
#[rustfmt::skip]
pub static LANDLOCK_RULE: ValueSet = ValueSet::new("landlock_rule", &[
    (1, "LANDLOCK_RULE_PATH_BENEATH"), (2, "LANDLOCK_RULE_NET_PORT"),
]);

/// `lsm_get_self_attr(2)` attributes: `include/uapi/linux/lsm.h`.
#[rustfmt::skip]
pub static LSM_ATTR: ValueSet = ValueSet::new("lsm_attr", &[
    (0, "LSM_ATTR_UNDEF"), (100, "LSM_ATTR_CURRENT"), (101, "LSM_ATTR_EXEC"), (102, "LSM_ATTR_FSCREATE"),
    (103, "LSM_ATTR_KEYCREATE"), (104, "LSM_ATTR_PREV"), (105, "LSM_ATTR_SOCKCREATE"),
]);

/// `lsm_get_self_attr(2)` flags: `include/uapi/linux/lsm.h`.
#[rustfmt::skip]
pub static LSM: FlagSet = FlagSet::new("lsm", None, &[], &[
    (0x1, "LSM_FLAG_SINGLE"),
]);

/// `getrandom(2)` flags: `include/uapi/linux/random.h`.
#[rustfmt::skip]
pub static GETRANDOM: FlagSet = FlagSet::new("getrandom", None, &[], &[
    (0x1, "GRND_NONBLOCK"), (0x2, "GRND_RANDOM"), (0x4, "GRND_INSECURE"),
]);

/// Capabilities: `include/uapi/linux/capability.h`.
#[rustfmt::skip]
pub static CAPS: FlagSet = FlagSet::new("capabilities", None, &[], &[
    (0x1, "CAP_CHOWN"), (0x2, "CAP_DAC_OVERRIDE"), (0x4, "CAP_DAC_READ_SEARCH"), (0x8, "CAP_FOWNER"),
    (0x10, "CAP_FSETID"), (0x20, "CAP_KILL"), (0x40, "CAP_SETGID"), (0x80, "CAP_SETUID"), (0x100, "CAP_SETPCAP"),
    (0x200, "CAP_LINUX_IMMUTABLE"), (0x400, "CAP_NET_BIND_SERVICE"), (0x800, "CAP_NET_BROADCAST"),
    (0x1000, "CAP_NET_ADMIN"), (0x2000, "CAP_NET_RAW"), (0x4000, "CAP_IPC_LOCK"), (0x8000, "CAP_IPC_OWNER"),
    (0x1_0000, "CAP_SYS_MODULE"), (0x2_0000, "CAP_SYS_RAWIO"), (0x4_0000, "CAP_SYS_CHROOT"),
    (0x8_0000, "CAP_SYS_PTRACE"), (0x10_0000, "CAP_SYS_PACCT"), (0x20_0000, "CAP_SYS_ADMIN"),
    (0x40_0000, "CAP_SYS_BOOT"), (0x80_0000, "CAP_SYS_NICE"), (0x100_0000, "CAP_SYS_RESOURCE"),
    (0x200_0000, "CAP_SYS_TIME"), (0x400_0000, "CAP_SYS_TTY_CONFIG"), (0x800_0000, "CAP_MKNOD"),
    (0x1000_0000, "CAP_LEASE"), (0x2000_0000, "CAP_AUDIT_WRITE"), (0x4000_0000, "CAP_AUDIT_CONTROL"),
    (0x8000_0000, "CAP_SETFCAP"),
    (0x1_0000_0000, "CAP_MAC_OVERRIDE"), (0x2_0000_0000, "CAP_MAC_ADMIN"), (0x4_0000_0000, "CAP_SYSLOG"),
    (0x8_0000_0000, "CAP_WAKE_ALARM"), (0x10_0000_0000, "CAP_BLOCK_SUSPEND"), (0x20_0000_0000, "CAP_AUDIT_READ"),
    (0x40_0000_0000, "CAP_PERFMON"), (0x80_0000_0000, "CAP_BPF"), (0x100_0000_0000, "CAP_CHECKPOINT_RESTORE"),
]);

/// Security modules: `include/uapi/linux/lsm.h`.
#[rustfmt::skip]
pub static LSM_ID: ValueSet = ValueSet::new("lsm_id", &[
    (0, "LSM_ID_UNDEF"), (100, "LSM_ID_CAPABILITY"), (101, "LSM_ID_SELINUX"), (102, "LSM_ID_SMACK"),
    (103, "LSM_ID_TOMOYO"), (104, "LSM_ID_APPARMOR"), (105, "LSM_ID_YAMA"), (106, "LSM_ID_LOADPIN"),
    (107, "LSM_ID_SAFESETID"), (108, "LSM_ID_LOCKDOWN"), (109, "LSM_ID_BPF"), (110, "LSM_ID_LANDLOCK"),
    (111, "LSM_ID_IMA"), (112, "LSM_ID_EVM"), (113, "LSM_ID_IPE"),
]);
