//! Memory maps and policies.
//! Values are the kernel headers' (7.2), names too.

use super::{FlagSet, ValueSet};

/// Protection: `include/uapi/asm-generic/mman-common.h`, `arch/arm64/include/uapi/asm/mman.h`.
#[rustfmt::skip]
pub static PROT: FlagSet = FlagSet::new("prot", Some("PROT_NONE"), &[], &[
    (0x1, "PROT_READ"), (0x2, "PROT_WRITE"), (0x4, "PROT_EXEC"), (0x8, "PROT_SEM"), (0x10, "PROT_BTI"),
    (0x20, "PROT_MTE"), (0x100_0000, "PROT_GROWSDOWN"), (0x200_0000, "PROT_GROWSUP"),
]);

/// `mmap(2)` flags: `include/uapi/linux/mman.h`, `include/uapi/asm-generic/mman.h`,
/// `include/uapi/asm-generic/mman-common.h`.
#[rustfmt::skip]
pub static MAP: FlagSet = FlagSet::new("map", None, &[(0xf, &[
        (0, "MAP_FILE"), (1, "MAP_SHARED"), (2, "MAP_PRIVATE"), (3, "MAP_SHARED_VALIDATE"), (8, "MAP_DROPPABLE"),
    ]), (0xfc00_0000, &[
        (0x3800_0000, "MAP_HUGE_16KB"), (0x4000_0000, "MAP_HUGE_64KB"), (0x4c00_0000, "MAP_HUGE_512KB"),
        (0x5000_0000, "MAP_HUGE_1MB"), (0x5400_0000, "MAP_HUGE_2MB"), (0x5c00_0000, "MAP_HUGE_8MB"),
        (0x6000_0000, "MAP_HUGE_16MB"), (0x6400_0000, "MAP_HUGE_32MB"), (0x7000_0000, "MAP_HUGE_256MB"),
        (0x7400_0000, "MAP_HUGE_512MB"), (0x7800_0000, "MAP_HUGE_1GB"), (0x7c00_0000, "MAP_HUGE_2GB"),
        (0x8800_0000, "MAP_HUGE_16GB"),
    ])], &[
    (0x10, "MAP_FIXED"), (0x20, "MAP_ANONYMOUS"), (0x100, "MAP_GROWSDOWN"), (0x800, "MAP_DENYWRITE"),
    (0x1000, "MAP_EXECUTABLE"), (0x2000, "MAP_LOCKED"), (0x4000, "MAP_NORESERVE"), (0x8000, "MAP_POPULATE"),
    (0x1_0000, "MAP_NONBLOCK"), (0x2_0000, "MAP_STACK"), (0x4_0000, "MAP_HUGETLB"), (0x8_0000, "MAP_SYNC"),
    (0x10_0000, "MAP_FIXED_NOREPLACE"), (0x400_0000, "MAP_UNINITIALIZED"),
]);

/// `mremap(2)` flags: `include/uapi/linux/mman.h`.
#[rustfmt::skip]
pub static MREMAP: FlagSet = FlagSet::new("mremap", None, &[], &[
    (0x1, "MREMAP_MAYMOVE"), (0x2, "MREMAP_FIXED"), (0x4, "MREMAP_DONTUNMAP"),
]);

/// `madvise(2)` advice: `include/uapi/asm-generic/mman-common.h`.
#[rustfmt::skip]
pub static MADVISE: ValueSet = ValueSet::new("madvise", &[
    (0, "MADV_NORMAL"), (1, "MADV_RANDOM"), (2, "MADV_SEQUENTIAL"), (3, "MADV_WILLNEED"), (4, "MADV_DONTNEED"),
    (8, "MADV_FREE"), (9, "MADV_REMOVE"), (10, "MADV_DONTFORK"), (11, "MADV_DOFORK"), (12, "MADV_MERGEABLE"),
    (13, "MADV_UNMERGEABLE"), (14, "MADV_HUGEPAGE"), (15, "MADV_NOHUGEPAGE"), (16, "MADV_DONTDUMP"),
    (17, "MADV_DODUMP"), (18, "MADV_WIPEONFORK"), (19, "MADV_KEEPONFORK"), (20, "MADV_COLD"), (21, "MADV_PAGEOUT"),
    (22, "MADV_POPULATE_READ"), (23, "MADV_POPULATE_WRITE"), (24, "MADV_DONTNEED_LOCKED"), (25, "MADV_COLLAPSE"),
    (100, "MADV_HWPOISON"), (101, "MADV_SOFT_OFFLINE"), (102, "MADV_GUARD_INSTALL"), (103, "MADV_GUARD_REMOVE"),
]);

/// `msync(2)` flags: `include/uapi/asm-generic/mman-common.h`.
#[rustfmt::skip]
pub static MSYNC: FlagSet = FlagSet::new("msync", None, &[], &[
    (0x1, "MS_ASYNC"), (0x2, "MS_INVALIDATE"), (0x4, "MS_SYNC"),
]);

/// `mlockall(2)` flags: `include/uapi/asm-generic/mman.h`.
#[rustfmt::skip]
pub static MLOCKALL: FlagSet = FlagSet::new("mlockall", None, &[], &[
    (0x1, "MCL_CURRENT"), (0x2, "MCL_FUTURE"), (0x4, "MCL_ONFAULT"),
]);

/// `mlock2(2)` flags: `include/uapi/asm-generic/mman-common.h`.
#[rustfmt::skip]
pub static MLOCK2: FlagSet = FlagSet::new("mlock2", None, &[], &[
    (0x1, "MLOCK_ONFAULT"),
]);

/// `memfd_create(2)` flags: `include/uapi/linux/memfd.h`.
#[rustfmt::skip]
pub static MEMFD: FlagSet = FlagSet::new("memfd", None, &[(0xfc00_0000, &[
        (0x4000_0000, "MFD_HUGE_64KB"), (0x4c00_0000, "MFD_HUGE_512KB"), (0x5000_0000, "MFD_HUGE_1MB"),
        (0x5400_0000, "MFD_HUGE_2MB"), (0x5c00_0000, "MFD_HUGE_8MB"), (0x6000_0000, "MFD_HUGE_16MB"),
        (0x6400_0000, "MFD_HUGE_32MB"), (0x7000_0000, "MFD_HUGE_256MB"), (0x7400_0000, "MFD_HUGE_512MB"),
        (0x7800_0000, "MFD_HUGE_1GB"), (0x7c00_0000, "MFD_HUGE_2GB"), (0x8800_0000, "MFD_HUGE_16GB"),
    ])], &[
    (0x1, "MFD_CLOEXEC"), (0x2, "MFD_ALLOW_SEALING"), (0x4, "MFD_HUGETLB"), (0x8, "MFD_NOEXEC_SEAL"),
    (0x10, "MFD_EXEC"),
]);

/// Memory policies: `include/uapi/linux/mempolicy.h`.
#[rustfmt::skip]
pub static MPOL_MODE: FlagSet = FlagSet::new("mpol_mode", None, &[(0x1fff, &[
        (0x0, "MPOL_DEFAULT"), (0x1, "MPOL_PREFERRED"), (0x2, "MPOL_BIND"), (0x3, "MPOL_INTERLEAVE"),
        (0x4, "MPOL_LOCAL"), (0x5, "MPOL_PREFERRED_MANY"), (0x6, "MPOL_WEIGHTED_INTERLEAVE"),
    ])], &[
    (0x2000, "MPOL_F_NUMA_BALANCING"), (0x4000, "MPOL_F_RELATIVE_NODES"), (0x8000, "MPOL_F_STATIC_NODES"),
]);

/// `mbind(2)` flags: `include/uapi/linux/mempolicy.h`.
#[rustfmt::skip]
pub static MPOL: FlagSet = FlagSet::new("mpol", None, &[], &[
    (0x1, "MPOL_MF_STRICT"), (0x2, "MPOL_MF_MOVE"), (0x4, "MPOL_MF_MOVE_ALL"), (0x8, "MPOL_MF_LAZY"),
]);

/// `get_mempolicy(2)` flags: `include/uapi/linux/mempolicy.h`.
#[rustfmt::skip]
pub static MPOL_GET: FlagSet = FlagSet::new("mpol_get", None, &[], &[
    (0x1, "MPOL_F_NODE"), (0x2, "MPOL_F_ADDR"), (0x4, "MPOL_F_MEMS_ALLOWED"),
]);

/// Protection key rights: `include/uapi/asm-generic/mman-common.h`, `arch/arm64/include/uapi/asm/mman.h`.
#[rustfmt::skip]
pub static PKEY: FlagSet = FlagSet::new("pkey", None, &[], &[
    (0x1, "PKEY_DISABLE_ACCESS"), (0x2, "PKEY_DISABLE_WRITE"), (0x4, "PKEY_DISABLE_EXECUTE"),
    (0x8, "PKEY_DISABLE_READ"),
]);

/// `shmget(2)` flags: `include/uapi/linux/ipc.h`, `include/uapi/linux/shm.h`. Permission bits are left over.
#[rustfmt::skip]
pub static SHM_GET: FlagSet = FlagSet::new("shm_get", None, &[], &[
    (0x200, "IPC_CREAT"), (0x400, "IPC_EXCL"), (0x800, "SHM_HUGETLB"), (0x1000, "SHM_NORESERVE"),
]);

/// `shmat(2)` flags: `include/uapi/linux/shm.h`.
#[rustfmt::skip]
pub static SHM_AT: FlagSet = FlagSet::new("shm_at", None, &[], &[
    (0x1000, "SHM_RDONLY"), (0x2000, "SHM_RND"), (0x4000, "SHM_REMAP"), (0x8000, "SHM_EXEC"),
]);
