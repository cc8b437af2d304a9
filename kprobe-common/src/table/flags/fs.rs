//! Files: opening, their attributes, `fcntl`, positions.
//! Values are the kernel headers' (7.2), names too.

use super::{FlagSet, ValueSet};

/// `open(2)` flags: `arch/arm64/include/uapi/asm/fcntl.h`, `include/uapi/asm-generic/fcntl.h`.
#[rustfmt::skip]
pub static OPEN: FlagSet = FlagSet::new("open", None, &[(0x3, &[
        (0, "O_RDONLY"), (1, "O_WRONLY"), (2, "O_RDWR"), (3, "O_ACCMODE"),
    ])], &[
    (0x10_1000, "O_SYNC"), (0x40_4000, "O_TMPFILE"), (0x40, "O_CREAT"), (0x80, "O_EXCL"), (0x100, "O_NOCTTY"),
    (0x200, "O_TRUNC"), (0x400, "O_APPEND"), (0x800, "O_NONBLOCK"), (0x1000, "O_DSYNC"), (0x2000, "FASYNC"),
    (0x4000, "O_DIRECTORY"), (0x8000, "O_NOFOLLOW"), (0x1_0000, "O_DIRECT"), (0x2_0000, "O_LARGEFILE"),
    (0x4_0000, "O_NOATIME"), (0x8_0000, "O_CLOEXEC"), (0x10_0000, "__O_SYNC"), (0x20_0000, "O_PATH"),
    (0x40_0000, "__O_TMPFILE"),
]);

/// Access modes: `include/linux/fs.h` (`MAY_*`, which `access(2)` calls `*_OK`).
#[rustfmt::skip]
pub static ACCESS: FlagSet = FlagSet::new("access", Some("F_OK"), &[], &[
    (0x1, "X_OK"), (0x2, "W_OK"), (0x4, "R_OK"),
]);

/// `*at(2)` flags: `include/uapi/linux/fcntl.h`.
#[rustfmt::skip]
pub static AT: FlagSet = FlagSet::new("at", None, &[], &[
    (0x100, "AT_SYMLINK_NOFOLLOW"), (0x400, "AT_SYMLINK_FOLLOW"), (0x800, "AT_NO_AUTOMOUNT"),
    (0x1000, "AT_EMPTY_PATH"), (0x8000, "AT_RECURSIVE"),
]);

/// `unlinkat(2)` flags: `include/uapi/linux/fcntl.h`.
#[rustfmt::skip]
pub static AT_UNLINK: FlagSet = FlagSet::new("at_unlink", None, &[], &[
    (0x200, "AT_REMOVEDIR"),
]);

/// `faccessat2(2)` flags: `include/uapi/linux/fcntl.h`.
#[rustfmt::skip]
pub static AT_ACCESS: FlagSet = FlagSet::new("at_access", None, &[], &[
    (0x100, "AT_SYMLINK_NOFOLLOW"), (0x200, "AT_EACCESS"), (0x1000, "AT_EMPTY_PATH"),
]);

/// `name_to_handle_at(2)` flags: `include/uapi/linux/fcntl.h`.
#[rustfmt::skip]
pub static AT_HANDLE: FlagSet = FlagSet::new("at_handle", None, &[], &[
    (0x1, "AT_HANDLE_MNT_ID_UNIQUE"), (0x2, "AT_HANDLE_CONNECTABLE"), (0x200, "AT_HANDLE_FID"),
    (0x400, "AT_SYMLINK_FOLLOW"), (0x1000, "AT_EMPTY_PATH"),
]);

/// `statx(2)` flags: `include/uapi/linux/fcntl.h`.
#[rustfmt::skip]
pub static AT_STATX: FlagSet = FlagSet::new("at_statx", None, &[(0x6000, &[
        (0x0, "AT_STATX_SYNC_AS_STAT"), (0x2000, "AT_STATX_FORCE_SYNC"), (0x4000, "AT_STATX_DONT_SYNC"),
    ])], &[
    (0x100, "AT_SYMLINK_NOFOLLOW"), (0x800, "AT_NO_AUTOMOUNT"), (0x1000, "AT_EMPTY_PATH"),
]);

/// `statx(2)` mask: `include/uapi/linux/stat.h`.
#[rustfmt::skip]
pub static STATX_MASK: FlagSet = FlagSet::new("statx_mask", None, &[], &[
    (0xfff, "STATX_ALL"), (0x7ff, "STATX_BASIC_STATS"), (0x1, "STATX_TYPE"), (0x2, "STATX_MODE"),
    (0x4, "STATX_NLINK"), (0x8, "STATX_UID"), (0x10, "STATX_GID"), (0x20, "STATX_ATIME"), (0x40, "STATX_MTIME"),
    (0x80, "STATX_CTIME"), (0x100, "STATX_INO"), (0x200, "STATX_SIZE"), (0x400, "STATX_BLOCKS"),
    (0x800, "STATX_BTIME"), (0x1000, "STATX_MNT_ID"), (0x2000, "STATX_DIOALIGN"), (0x4000, "STATX_MNT_ID_UNIQUE"),
    (0x8000, "STATX_SUBVOL"), (0x1_0000, "STATX_WRITE_ATOMIC"), (0x2_0000, "STATX_DIO_READ_ALIGN"),
]);

/// `stx_attributes`: `include/uapi/linux/stat.h`.
#[rustfmt::skip]
pub static STATX_ATTR: FlagSet = FlagSet::new("statx_attributes", None, &[], &[
    (0x4, "STATX_ATTR_COMPRESSED"), (0x10, "STATX_ATTR_IMMUTABLE"), (0x20, "STATX_ATTR_APPEND"),
    (0x40, "STATX_ATTR_NODUMP"), (0x800, "STATX_ATTR_ENCRYPTED"), (0x1000, "STATX_ATTR_AUTOMOUNT"),
    (0x2000, "STATX_ATTR_MOUNT_ROOT"), (0x10_0000, "STATX_ATTR_VERITY"), (0x20_0000, "STATX_ATTR_DAX"),
    (0x40_0000, "STATX_ATTR_WRITE_ATOMIC"),
]);

/// `fcntl(2)` commands: `include/uapi/asm-generic/fcntl.h`, `include/uapi/linux/fcntl.h`.
#[rustfmt::skip]
pub static FCNTL: ValueSet = ValueSet::new("fcntl", &[
    (0x0, "F_DUPFD"), (0x1, "F_GETFD"), (0x2, "F_SETFD"), (0x3, "F_GETFL"), (0x4, "F_SETFL"), (0x5, "F_GETLK"),
    (0x6, "F_SETLK"), (0x7, "F_SETLKW"), (0x8, "F_SETOWN"), (0x9, "F_GETOWN"), (0xa, "F_SETSIG"), (0xb, "F_GETSIG"),
    (0xc, "F_GETLK64"), (0xd, "F_SETLK64"), (0xe, "F_SETLKW64"), (0xf, "F_SETOWN_EX"), (0x10, "F_GETOWN_EX"),
    (0x11, "F_GETOWNER_UIDS"), (0x24, "F_OFD_GETLK"), (0x25, "F_OFD_SETLK"), (0x26, "F_OFD_SETLKW"),
    (0x400, "F_SETLEASE"), (0x401, "F_GETLEASE"), (0x402, "F_NOTIFY"), (0x403, "F_DUPFD_QUERY"),
    (0x404, "F_CREATED_QUERY"), (0x405, "F_CANCELLK"), (0x406, "F_DUPFD_CLOEXEC"), (0x407, "F_SETPIPE_SZ"),
    (0x408, "F_GETPIPE_SZ"), (0x409, "F_ADD_SEALS"), (0x40a, "F_GET_SEALS"), (0x40b, "F_GET_RW_HINT"),
    (0x40c, "F_SET_RW_HINT"), (0x40d, "F_GET_FILE_RW_HINT"), (0x40e, "F_SET_FILE_RW_HINT"), (0x40f, "F_GETDELEG"),
    (0x410, "F_SETDELEG"),
]);

/// `lseek(2)` origins: `include/uapi/linux/fs.h`.
#[rustfmt::skip]
pub static SEEK: ValueSet = ValueSet::new("whence", &[
    (0, "SEEK_SET"), (1, "SEEK_CUR"), (2, "SEEK_END"), (3, "SEEK_DATA"), (4, "SEEK_HOLE"),
]);

/// `dup3(2)` flags: `include/uapi/asm-generic/fcntl.h`.
#[rustfmt::skip]
pub static DUP: FlagSet = FlagSet::new("dup", None, &[], &[
    (0x8_0000, "O_CLOEXEC"),
]);

/// `flock(2)` operations: `include/uapi/asm-generic/fcntl.h`.
#[rustfmt::skip]
pub static FLOCK: FlagSet = FlagSet::new("flock", None, &[], &[
    (0x1, "LOCK_SH"), (0x2, "LOCK_EX"), (0x4, "LOCK_NB"), (0x8, "LOCK_UN"), (0x20, "LOCK_MAND"), (0x40, "LOCK_READ"),
    (0x80, "LOCK_WRITE"),
]);

/// `fallocate(2)` modes: `include/uapi/linux/falloc.h`.
#[rustfmt::skip]
pub static FALLOCATE: FlagSet = FlagSet::new("fallocate", Some("FALLOC_FL_ALLOCATE_RANGE"), &[], &[
    (0x1, "FALLOC_FL_KEEP_SIZE"), (0x2, "FALLOC_FL_PUNCH_HOLE"), (0x4, "FALLOC_FL_NO_HIDE_STALE"),
    (0x8, "FALLOC_FL_COLLAPSE_RANGE"), (0x10, "FALLOC_FL_ZERO_RANGE"), (0x20, "FALLOC_FL_INSERT_RANGE"),
    (0x40, "FALLOC_FL_UNSHARE_RANGE"), (0x80, "FALLOC_FL_WRITE_ZEROES"),
]);

/// `splice(2)` flags: `include/linux/splice.h`.
#[rustfmt::skip]
pub static SPLICE: FlagSet = FlagSet::new("splice", None, &[], &[
    (0x1, "SPLICE_F_MOVE"), (0x2, "SPLICE_F_NONBLOCK"), (0x4, "SPLICE_F_MORE"), (0x8, "SPLICE_F_GIFT"),
]);

/// `sync_file_range(2)` flags: `include/uapi/linux/fs.h`.
#[rustfmt::skip]
pub static SYNC_FILE_RANGE: FlagSet = FlagSet::new("sync_file_range", None, &[], &[
    (0x1, "SYNC_FILE_RANGE_WAIT_BEFORE"), (0x2, "SYNC_FILE_RANGE_WRITE"), (0x4, "SYNC_FILE_RANGE_WAIT_AFTER"),
]);

/// `renameat2(2)` flags: `include/uapi/linux/fcntl.h`.
#[rustfmt::skip]
pub static RENAME: FlagSet = FlagSet::new("rename", None, &[], &[
    (0x1, "RENAME_NOREPLACE"), (0x2, "RENAME_EXCHANGE"), (0x4, "RENAME_WHITEOUT"),
]);

/// `openat2(2)` resolution: `include/uapi/linux/openat2.h`.
#[rustfmt::skip]
pub static RESOLVE: FlagSet = FlagSet::new("resolve", None, &[], &[
    (0x1, "RESOLVE_NO_XDEV"), (0x2, "RESOLVE_NO_MAGICLINKS"), (0x4, "RESOLVE_NO_SYMLINKS"), (0x8, "RESOLVE_BENEATH"),
    (0x10, "RESOLVE_IN_ROOT"), (0x20, "RESOLVE_CACHED"),
]);

/// `setxattr(2)` flags: `include/uapi/linux/xattr.h`.
#[rustfmt::skip]
pub static XATTR: FlagSet = FlagSet::new("xattr", None, &[], &[
    (0x1, "XATTR_CREATE"), (0x2, "XATTR_REPLACE"),
]);

/// `preadv2(2)` flags: `include/uapi/linux/fs.h`.
#[rustfmt::skip]
pub static RWF: FlagSet = FlagSet::new("rwf", None, &[], &[
    (0x1, "RWF_HIPRI"), (0x2, "RWF_DSYNC"), (0x4, "RWF_SYNC"), (0x8, "RWF_NOWAIT"), (0x10, "RWF_APPEND"),
    (0x20, "RWF_NOAPPEND"), (0x40, "RWF_ATOMIC"), (0x80, "RWF_DONTCACHE"), (0x100, "RWF_NOSIGNAL"),
]);

/// `posix_fadvise(2)` advice: `include/uapi/linux/fadvise.h`.
#[rustfmt::skip]
pub static FADVISE: ValueSet = ValueSet::new("fadvise", &[
    (0, "POSIX_FADV_NORMAL"), (1, "POSIX_FADV_RANDOM"), (2, "POSIX_FADV_SEQUENTIAL"), (3, "POSIX_FADV_WILLNEED"),
    (4, "POSIX_FADV_DONTNEED"), (5, "POSIX_FADV_NOREUSE"),
]);

/// `close_range(2)` flags: `include/uapi/linux/close_range.h`.
#[rustfmt::skip]
pub static CLOSE_RANGE: FlagSet = FlagSet::new("close_range", None, &[], &[
    (0x2, "CLOSE_RANGE_UNSHARE"), (0x4, "CLOSE_RANGE_CLOEXEC"),
]);

/// `swapon(2)` flags: `include/linux/swap.h`.
#[rustfmt::skip]
pub static SWAP: FlagSet = FlagSet::new("swap", None, &[], &[
    (0x8000, "SWAP_FLAG_PREFER"), (0x1_0000, "SWAP_FLAG_DISCARD"), (0x2_0000, "SWAP_FLAG_DISCARD_ONCE"),
    (0x4_0000, "SWAP_FLAG_DISCARD_PAGES"),
]);

/// `iocb.aio_lio_opcode`: `include/uapi/linux/aio_abi.h`.
#[rustfmt::skip]
pub static IOCB_CMD: ValueSet = ValueSet::new("iocb_cmd", &[
    (0, "IOCB_CMD_PREAD"), (1, "IOCB_CMD_PWRITE"), (2, "IOCB_CMD_FSYNC"), (3, "IOCB_CMD_FDSYNC"),
    (5, "IOCB_CMD_POLL"), (6, "IOCB_CMD_NOOP"), (7, "IOCB_CMD_PREADV"), (8, "IOCB_CMD_PWRITEV"),
]);

/// `iocb.aio_flags`: `include/uapi/linux/aio_abi.h`.
#[rustfmt::skip]
pub static IOCB_FLAG: FlagSet = FlagSet::new("iocb_flag", None, &[], &[
    (0x1, "IOCB_FLAG_RESFD"), (0x2, "IOCB_FLAG_IOPRIO"),
]);

/// `f_type` of `statfs(2)`: `include/uapi/linux/magic.h`.
#[rustfmt::skip]
pub static FS_TYPE: ValueSet = ValueSet::new("fs_type", &[
    (0x1cd1, "DEVPTS_SUPER_MAGIC"), (0x4d44, "MSDOS_SUPER_MAGIC"), (0x6969, "NFS_SUPER_MAGIC"),
    (0x9660, "ISOFS_SUPER_MAGIC"), (0x9fa0, "PROC_SUPER_MAGIC"), (0xef53, "EXT2_SUPER_MAGIC"),
    (0x27_e0eb, "CGROUP_SUPER_MAGIC"), (0x102_1994, "TMPFS_MAGIC"), (0x904_1934, "ANON_INODE_FS_MAGIC"),
    (0xbad_1dea, "FUTEXFS_SUPER_MAGIC"), (0x2011_bab0, "EXFAT_SUPER_MAGIC"), (0x4249_4e4d, "BINFMTFS_MAGIC"),
    (0x444d_4142, "DMA_BUF_MAGIC"), (0x5049_4446, "PID_FS_MAGIC"), (0x5049_5045, "PIPEFS_MAGIC"),
    (0x5345_434d, "SECRETMEM_MAGIC"), (0x534f_434b, "SOCKFS_MAGIC"), (0x5846_5342, "XFS_SUPER_MAGIC"),
    (0x6165_676c, "PSTOREFS_MAGIC"), (0x6265_6572, "SYSFS_MAGIC"), (0x6367_7270, "CGROUP2_SUPER_MAGIC"),
    (0x6462_6720, "DEBUGFS_MAGIC"), (0x6573_5546, "FUSE_SUPER_MAGIC"), (0x6c6f_6f70, "BINDERFS_SUPER_MAGIC"),
    (0x6e73_6673, "NSFS_MAGIC"), (0x7363_6673, "SECURITYFS_MAGIC"), (0x7371_7368, "SQUASHFS_MAGIC"),
    (0x7472_6163, "TRACEFS_MAGIC"), (0x794c_7630, "OVERLAYFS_SUPER_MAGIC"), (0x8584_58f6, "RAMFS_MAGIC"),
    (0x9123_683e, "BTRFS_SUPER_MAGIC"), (0x9584_58f6, "HUGETLBFS_MAGIC"), (0xcafe_4a11, "BPF_FS_MAGIC"),
    (0xe0f5_e1e2, "EROFS_SUPER_MAGIC_V1"), (0xf2f5_2010, "F2FS_SUPER_MAGIC"), (0xf97c_ff8c, "SELINUX_MAGIC"),
]);
