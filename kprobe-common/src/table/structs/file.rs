//! Files and file systems.

use super::{Count, Field, StructDef, field};
use crate::table::flags as f;

/// `struct stat`: `include/uapi/asm-generic/stat.h`: arm64 alone.
pub static STAT: StructDef = StructDef {
    name: "stat",
    size: [128, 128],
    fields: &[
        field("st_dev", 0, 0, Field::Uint(8)),
        field("st_ino", 8, 8, Field::Uint(8)),
        field("st_mode", 16, 16, Field::Uint(4)),
        field("st_nlink", 20, 20, Field::Uint(4)),
        field("st_uid", 24, 24, Field::Uint(4)),
        field("st_gid", 28, 28, Field::Uint(4)),
        field("st_rdev", 32, 32, Field::Uint(8)),
        field("st_size", 48, 48, Field::Int(8)),
        field("st_blksize", 56, 56, Field::Int(4)),
        field("st_blocks", 64, 64, Field::Int(8)),
        field("st_atime", 72, 72, Field::Int(8)),
        field("st_atime_nsec", 80, 80, Field::Uint(8)),
        field("st_mtime", 88, 88, Field::Int(8)),
        field("st_mtime_nsec", 96, 96, Field::Uint(8)),
        field("st_ctime", 104, 104, Field::Int(8)),
        field("st_ctime_nsec", 112, 112, Field::Uint(8)),
    ],
};

/// `struct stat`: `arch/arm/include/uapi/asm/stat.h`: `struct stat` of 32-bit code.
pub static COMPAT_STAT: StructDef = StructDef {
    name: "compat_stat",
    size: [64, 64],
    fields: &[
        field("st_dev", 0, 0, Field::Uint(4)),
        field("st_ino", 4, 4, Field::Uint(4)),
        field("st_mode", 8, 8, Field::Uint(2)),
        field("st_nlink", 10, 10, Field::Uint(2)),
        field("st_uid", 12, 12, Field::Uint(2)),
        field("st_gid", 14, 14, Field::Uint(2)),
        field("st_rdev", 16, 16, Field::Uint(4)),
        field("st_size", 20, 20, Field::Uint(4)),
        field("st_blksize", 24, 24, Field::Uint(4)),
        field("st_blocks", 28, 28, Field::Uint(4)),
        field("st_atime", 32, 32, Field::Uint(4)),
        field("st_atime_nsec", 36, 36, Field::Uint(4)),
        field("st_mtime", 40, 40, Field::Uint(4)),
        field("st_mtime_nsec", 44, 44, Field::Uint(4)),
        field("st_ctime", 48, 48, Field::Uint(4)),
        field("st_ctime_nsec", 52, 52, Field::Uint(4)),
    ],
};

/// `struct stat64`: `arch/arm/include/uapi/asm/stat.h`: 32-bit code alone.
pub static STAT64: StructDef = StructDef {
    name: "stat64",
    size: [104, 104],
    fields: &[
        field("st_dev", 0, 0, Field::Uint(8)),
        field("st_mode", 16, 16, Field::Uint(4)),
        field("st_nlink", 20, 20, Field::Uint(4)),
        field("st_uid", 24, 24, Field::Uint(4)),
        field("st_gid", 28, 28, Field::Uint(4)),
        field("st_rdev", 32, 32, Field::Uint(8)),
        field("st_size", 48, 48, Field::Int(8)),
        field("st_blksize", 56, 56, Field::Uint(4)),
        field("st_blocks", 64, 64, Field::Uint(8)),
        field("st_atime", 72, 72, Field::Uint(4)),
        field("st_atime_nsec", 76, 76, Field::Uint(4)),
        field("st_mtime", 80, 80, Field::Uint(4)),
        field("st_mtime_nsec", 84, 84, Field::Uint(4)),
        field("st_ctime", 88, 88, Field::Uint(4)),
        field("st_ctime_nsec", 92, 92, Field::Uint(4)),
        field("st_ino", 96, 96, Field::Uint(8)),
    ],
};

/// `struct statfs`: `include/uapi/asm-generic/statfs.h`.
pub static STATFS: StructDef = StructDef {
    name: "statfs",
    size: [120, 64],
    fields: &[
        field("f_type", 0, 0, Field::WordEnum(&f::FS_TYPE)),
        field("f_bsize", 8, 4, Field::Long),
        field("f_blocks", 16, 8, Field::Ulong),
        field("f_bfree", 24, 12, Field::Ulong),
        field("f_bavail", 32, 16, Field::Ulong),
        field("f_files", 40, 20, Field::Ulong),
        field("f_ffree", 48, 24, Field::Ulong),
        field("f_fsid", 56, 28, Field::Array(&Field::Int(4), 2)),
        field("f_namelen", 64, 36, Field::Long),
        field("f_frsize", 72, 40, Field::Long),
        field("f_flags", 80, 44, Field::Flags(&f::ST, 4)),
    ],
};

/// `struct statfs64`: `include/uapi/asm-generic/statfs.h`: 32-bit code alone.
pub static STATFS64: StructDef = StructDef {
    name: "statfs64",
    size: [84, 84],
    fields: &[
        field("f_type", 0, 0, Field::Enum(&f::FS_TYPE, 4)),
        field("f_bsize", 4, 4, Field::Uint(4)),
        field("f_blocks", 8, 8, Field::Uint(8)),
        field("f_bfree", 16, 16, Field::Uint(8)),
        field("f_bavail", 24, 24, Field::Uint(8)),
        field("f_files", 32, 32, Field::Uint(8)),
        field("f_ffree", 40, 40, Field::Uint(8)),
        field("f_fsid", 48, 48, Field::Array(&Field::Int(4), 2)),
        field("f_namelen", 56, 56, Field::Uint(4)),
        field("f_frsize", 60, 60, Field::Uint(4)),
        field("f_flags", 64, 64, Field::Flags(&f::ST, 4)),
    ],
};

/// `struct statx_timestamp`: `include/uapi/linux/stat.h`.
pub static STATX_TIMESTAMP: StructDef = StructDef {
    name: "statx_timestamp",
    size: [16, 16],
    fields: &[
        field("tv_sec", 0, 0, Field::Int(8)),
        field("tv_nsec", 8, 8, Field::Uint(4)),
    ],
};

/// `struct statx`: `include/uapi/linux/stat.h`.
pub static STATX: StructDef = StructDef {
    name: "statx",
    size: [256, 256],
    fields: &[
        field("stx_mask", 0, 0, Field::Flags(&f::STATX_MASK, 4)),
        field("stx_blksize", 4, 4, Field::Uint(4)),
        field("stx_attributes", 8, 8, Field::Flags(&f::STATX_ATTR, 8)),
        field("stx_nlink", 16, 16, Field::Uint(4)),
        field("stx_uid", 20, 20, Field::Uint(4)),
        field("stx_gid", 24, 24, Field::Uint(4)),
        field("stx_mode", 28, 28, Field::Uint(2)),
        field("stx_ino", 32, 32, Field::Uint(8)),
        field("stx_size", 40, 40, Field::Uint(8)),
        field("stx_blocks", 48, 48, Field::Uint(8)),
        field(
            "stx_attributes_mask",
            56,
            56,
            Field::Flags(&f::STATX_ATTR, 8),
        ),
        field("stx_atime", 64, 64, Field::Struct(&STATX_TIMESTAMP)),
        field("stx_btime", 80, 80, Field::Struct(&STATX_TIMESTAMP)),
        field("stx_ctime", 96, 96, Field::Struct(&STATX_TIMESTAMP)),
        field("stx_mtime", 112, 112, Field::Struct(&STATX_TIMESTAMP)),
        field("stx_rdev_major", 128, 128, Field::Uint(4)),
        field("stx_rdev_minor", 132, 132, Field::Uint(4)),
        field("stx_dev_major", 136, 136, Field::Uint(4)),
        field("stx_dev_minor", 140, 140, Field::Uint(4)),
        field("stx_mnt_id", 144, 144, Field::Uint(8)),
    ],
};

/// `struct open_how`: `include/uapi/linux/openat2.h`.
pub static OPEN_HOW: StructDef = StructDef {
    name: "open_how",
    size: [24, 24],
    fields: &[
        field("flags", 0, 0, Field::Flags(&f::OPEN, 8)),
        field("mode", 8, 8, Field::Uint(8)),
        field("resolve", 16, 16, Field::Flags(&f::RESOLVE, 8)),
    ],
};

/// `struct iovec`: `include/uapi/linux/uio.h`.
pub static IOVEC: StructDef = StructDef {
    name: "iovec",
    size: [16, 8],
    fields: &[
        field("iov_base", 0, 0, Field::Addr),
        field("iov_len", 8, 4, Field::Ulong),
    ],
};

/// `struct mount_attr`: `include/uapi/linux/mount.h`.
pub static MOUNT_ATTR_ARGS: StructDef = StructDef {
    name: "mount_attr",
    size: [32, 32],
    fields: &[
        field("attr_set", 0, 0, Field::Flags(&f::MOUNT_ATTR, 8)),
        field("attr_clr", 8, 8, Field::Flags(&f::MOUNT_ATTR, 8)),
        field("propagation", 16, 16, Field::Flags(&f::MOUNT, 8)),
        field("userns_fd", 24, 24, Field::Uint(8)),
    ],
};

/// `struct xattr_args`: `include/uapi/linux/xattr.h` (6.13).
pub static XATTR_ARGS: StructDef = StructDef {
    name: "xattr_args",
    size: [16, 16],
    fields: &[
        field("value", 0, 0, Field::Hex(8)),
        field("size", 8, 8, Field::Uint(4)),
        field("flags", 12, 12, Field::Flags(&f::XATTR, 4)),
    ],
};

/// `struct mnt_id_req`: `include/uapi/linux/mount.h` (6.8), the first version.
pub static MNT_ID_REQ: StructDef = StructDef {
    name: "mnt_id_req",
    size: [24, 24],
    fields: &[
        field("size", 0, 0, Field::Uint(4)),
        field("mnt_id", 8, 8, Field::Uint(8)),
        field("param", 16, 16, Field::Hex(8)),
    ],
};

/// `struct cachestat_range`: `include/uapi/linux/mman.h` (6.5).
pub static CACHESTAT_RANGE: StructDef = StructDef {
    name: "cachestat_range",
    size: [16, 16],
    fields: &[
        field("off", 0, 0, Field::Uint(8)),
        field("len", 8, 8, Field::Uint(8)),
    ],
};

/// `struct cachestat`: `include/uapi/linux/mman.h` (6.5).
pub static CACHESTAT: StructDef = StructDef {
    name: "cachestat",
    size: [40, 40],
    fields: &[
        field("nr_cache", 0, 0, Field::Uint(8)),
        field("nr_dirty", 8, 8, Field::Uint(8)),
        field("nr_writeback", 16, 16, Field::Uint(8)),
        field("nr_evicted", 24, 24, Field::Uint(8)),
        field("nr_recently_evicted", 32, 32, Field::Uint(8)),
    ],
};

/// `struct file_handle`: `include/linux/fs.h`, with the longest handle (`MAX_HANDLE_SZ`).
pub static FILE_HANDLE: StructDef = StructDef {
    name: "file_handle",
    size: [136, 136],
    fields: &[
        field("handle_bytes", 0, 0, Field::Uint(4)),
        field("handle_type", 4, 4, Field::Hex(4)),
        field("f_handle", 8, 8, Field::Octets(128, Count::At(0, 4))),
    ],
};

/// `struct compat_ustat`: `fs/statfs.c`: 32-bit code alone.
pub static USTAT: StructDef = StructDef {
    name: "ustat",
    size: [20, 20],
    fields: &[
        field("f_tfree", 0, 0, Field::Int(4)),
        field("f_tinode", 4, 4, Field::Uint(4)),
        field("f_fname", 8, 8, Field::Text(6)),
        field("f_fpack", 14, 14, Field::Text(6)),
    ],
};

/// `struct file_attr`: `include/uapi/linux/fs.h` (6.17).
pub static FILE_ATTR: StructDef = StructDef {
    name: "file_attr",
    size: [24, 24],
    fields: &[
        field("fa_xflags", 0, 0, Field::Hex(8)),
        field("fa_extsize", 8, 8, Field::Uint(4)),
        field("fa_nextents", 12, 12, Field::Uint(4)),
        field("fa_projid", 16, 16, Field::Uint(4)),
        field("fa_cowextsize", 20, 20, Field::Uint(4)),
    ],
};
