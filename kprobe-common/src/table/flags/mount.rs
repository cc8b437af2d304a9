//! Mounts and file systems.
//! Values are the kernel headers' (7.2), names too.

use super::{FlagSet, ValueSet};

/// `mount(2)` flags: `include/uapi/linux/mount.h`.
#[rustfmt::skip]
pub static MOUNT: FlagSet = FlagSet::new("mount", None, &[(0xffff_0000, &[
        (0xc0ed_0000, "MS_MGC_VAL"),
    ])], &[
    (0x1, "MS_RDONLY"), (0x2, "MS_NOSUID"), (0x4, "MS_NODEV"), (0x8, "MS_NOEXEC"), (0x10, "MS_SYNCHRONOUS"),
    (0x20, "MS_REMOUNT"), (0x40, "MS_MANDLOCK"), (0x80, "MS_DIRSYNC"), (0x100, "MS_NOSYMFOLLOW"),
    (0x400, "MS_NOATIME"), (0x800, "MS_NODIRATIME"), (0x1000, "MS_BIND"), (0x2000, "MS_MOVE"), (0x4000, "MS_REC"),
    (0x8000, "MS_SILENT"), (0x1_0000, "MS_POSIXACL"), (0x2_0000, "MS_UNBINDABLE"), (0x4_0000, "MS_PRIVATE"),
    (0x8_0000, "MS_SLAVE"), (0x10_0000, "MS_SHARED"), (0x20_0000, "MS_RELATIME"), (0x40_0000, "MS_KERNMOUNT"),
    (0x80_0000, "MS_I_VERSION"), (0x100_0000, "MS_STRICTATIME"), (0x200_0000, "MS_LAZYTIME"),
    (0x400_0000, "MS_SUBMOUNT"), (0x800_0000, "MS_NOREMOTELOCK"), (0x1000_0000, "MS_NOSEC"), (0x2000_0000, "MS_BORN"),
    (0x4000_0000, "MS_ACTIVE"), (0x8000_0000, "MS_NOUSER"),
]);

/// `umount2(2)` flags: `include/linux/fs.h`.
#[rustfmt::skip]
pub static UMOUNT: FlagSet = FlagSet::new("umount", None, &[], &[
    (0x1, "MNT_FORCE"), (0x2, "MNT_DETACH"), (0x4, "MNT_EXPIRE"), (0x8, "UMOUNT_NOFOLLOW"),
]);

/// `open_tree(2)` flags: `include/uapi/linux/mount.h`, `include/uapi/linux/fcntl.h`.
#[rustfmt::skip]
pub static OPEN_TREE: FlagSet = FlagSet::new("open_tree", None, &[], &[
    (0x1, "OPEN_TREE_CLONE"), (0x2, "OPEN_TREE_NAMESPACE"), (0x100, "AT_SYMLINK_NOFOLLOW"),
    (0x800, "AT_NO_AUTOMOUNT"), (0x1000, "AT_EMPTY_PATH"), (0x8000, "AT_RECURSIVE"), (0x8_0000, "OPEN_TREE_CLOEXEC"),
]);

/// `move_mount(2)` flags: `include/uapi/linux/mount.h`.
#[rustfmt::skip]
pub static MOVE_MOUNT: FlagSet = FlagSet::new("move_mount", None, &[], &[
    (0x1, "MOVE_MOUNT_F_SYMLINKS"), (0x2, "MOVE_MOUNT_F_AUTOMOUNTS"), (0x4, "MOVE_MOUNT_F_EMPTY_PATH"),
    (0x10, "MOVE_MOUNT_T_SYMLINKS"), (0x20, "MOVE_MOUNT_T_AUTOMOUNTS"), (0x40, "MOVE_MOUNT_T_EMPTY_PATH"),
    (0x100, "MOVE_MOUNT_SET_GROUP"), (0x200, "MOVE_MOUNT_BENEATH"),
]);

/// `fsopen(2)` flags: `include/uapi/linux/mount.h`.
#[rustfmt::skip]
pub static FSOPEN: FlagSet = FlagSet::new("fsopen", None, &[], &[
    (0x1, "FSOPEN_CLOEXEC"),
]);

/// `fsconfig(2)` commands: `include/uapi/linux/mount.h`.
#[rustfmt::skip]
pub static FSCONFIG: ValueSet = ValueSet::new("fsconfig", &[
    (0, "FSCONFIG_SET_FLAG"), (1, "FSCONFIG_SET_STRING"), (2, "FSCONFIG_SET_BINARY"), (3, "FSCONFIG_SET_PATH"),
    (4, "FSCONFIG_SET_PATH_EMPTY"), (5, "FSCONFIG_SET_FD"), (6, "FSCONFIG_CMD_CREATE"),
    (7, "FSCONFIG_CMD_RECONFIGURE"), (8, "FSCONFIG_CMD_CREATE_EXCL"),
]);

/// `fsmount(2)` flags: `include/uapi/linux/mount.h`.
#[rustfmt::skip]
pub static FSMOUNT: FlagSet = FlagSet::new("fsmount", None, &[], &[
    (0x1, "FSMOUNT_CLOEXEC"), (0x2, "FSMOUNT_NAMESPACE"),
]);

/// `fspick(2)` flags: `include/uapi/linux/mount.h`.
#[rustfmt::skip]
pub static FSPICK: FlagSet = FlagSet::new("fspick", None, &[], &[
    (0x1, "FSPICK_CLOEXEC"), (0x2, "FSPICK_SYMLINK_NOFOLLOW"), (0x4, "FSPICK_NO_AUTOMOUNT"),
    (0x8, "FSPICK_EMPTY_PATH"),
]);

/// Mount attributes: `include/uapi/linux/mount.h`.
#[rustfmt::skip]
pub static MOUNT_ATTR: FlagSet = FlagSet::new("mount_attr", None, &[(0x70, &[
        (0, "MOUNT_ATTR_RELATIME"), (16, "MOUNT_ATTR_NOATIME"), (32, "MOUNT_ATTR_STRICTATIME"),
    ])], &[
    (0x1, "MOUNT_ATTR_RDONLY"), (0x2, "MOUNT_ATTR_NOSUID"), (0x4, "MOUNT_ATTR_NODEV"), (0x8, "MOUNT_ATTR_NOEXEC"),
    (0x80, "MOUNT_ATTR_NODIRATIME"), (0x10_0000, "MOUNT_ATTR_IDMAP"), (0x20_0000, "MOUNT_ATTR_NOSYMFOLLOW"),
]);

/// `listmount(2)` flags: `include/uapi/linux/mount.h`.
#[rustfmt::skip]
pub static LISTMOUNT: FlagSet = FlagSet::new("listmount", None, &[], &[
    (0x1, "LISTMOUNT_REVERSE"),
]);

/// `f_flags` of `statfs(2)`: `include/linux/statfs.h`.
#[rustfmt::skip]
pub static ST: FlagSet = FlagSet::new("statfs_flags", None, &[], &[
    (0x1, "ST_RDONLY"), (0x2, "ST_NOSUID"), (0x4, "ST_NODEV"), (0x8, "ST_NOEXEC"), (0x10, "ST_SYNCHRONOUS"),
    (0x20, "ST_VALID"), (0x40, "ST_MANDLOCK"), (0x400, "ST_NOATIME"), (0x800, "ST_NODIRATIME"),
    (0x1000, "ST_RELATIME"), (0x2000, "ST_NOSYMFOLLOW"),
]);
