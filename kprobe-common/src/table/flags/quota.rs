//! Quotas of file systems.
//! Values are the kernel headers' (7.2), names too.

use super::{FlagSet, ValueSet};

/// `quotactl(2)` operations, each above a kind of owner (`QCMD`): `include/uapi/linux/quota.h`, `dqblk_xfs.h`.
#[rustfmt::skip]
pub static QUOTA: FlagSet = FlagSet::new("quota", None, &[(0xffff_ff00, &[
        (0x58_0100, "Q_XQUOTAON"), (0x58_0200, "Q_XQUOTAOFF"), (0x58_0300, "Q_XGETQUOTA"), (0x58_0400, "Q_XSETQLIM"),
        (0x58_0500, "Q_XGETQSTAT"), (0x58_0600, "Q_XQUOTARM"), (0x58_0700, "Q_XQUOTASYNC"), (0x58_0800, "Q_XGETQSTATV"),
        (0x58_0900, "Q_XGETNEXTQUOTA"), (0x8000_0100, "Q_SYNC"), (0x8000_0200, "Q_QUOTAON"),
        (0x8000_0300, "Q_QUOTAOFF"), (0x8000_0400, "Q_GETFMT"), (0x8000_0500, "Q_GETINFO"), (0x8000_0600, "Q_SETINFO"),
        (0x8000_0700, "Q_GETQUOTA"), (0x8000_0800, "Q_SETQUOTA"), (0x8000_0900, "Q_GETNEXTQUOTA"),
    ]), (0xff, &[
        (0, "USRQUOTA"), (1, "GRPQUOTA"), (2, "PRJQUOTA"),
    ])], &[]);

/// Formats of quota files: `include/uapi/linux/quota.h`.
#[rustfmt::skip]
pub static QUOTA_FORMAT: ValueSet = ValueSet::new("quota_format", &[
    (1, "QFMT_VFS_OLD"), (2, "QFMT_VFS_V0"), (3, "QFMT_OCFS2"), (4, "QFMT_VFS_V1"), (5, "QFMT_SHMEM"),
]);

/// What of a quota is set: `include/uapi/linux/quota.h`.
#[rustfmt::skip]
pub static QUOTA_VALID: FlagSet = FlagSet::new("quota_valid", None, &[], &[
    (0x1, "QIF_BLIMITS"), (0x2, "QIF_SPACE"), (0x4, "QIF_ILIMITS"), (0x8, "QIF_INODES"), (0x10, "QIF_BTIME"),
    (0x20, "QIF_ITIME"),
]);

/// What of a quota file's description is set: `include/uapi/linux/quota.h`.
#[rustfmt::skip]
pub static QUOTA_INFO_VALID: FlagSet = FlagSet::new("quota_info_valid", None, &[], &[
    (0x1, "IIF_BGRACE"), (0x2, "IIF_IGRACE"), (0x4, "IIF_FLAGS"),
]);

/// Flags of a quota file: `include/uapi/linux/quota.h`.
#[rustfmt::skip]
pub static QUOTA_INFO: FlagSet = FlagSet::new("quota_info", None, &[], &[
    (0x1, "DQF_ROOT_SQUASH"), (0x1_0000, "DQF_SYS_FILE"),
]);
