//! System V inter-process communication.
//! Values are the kernel headers' (7.2), names too.

use super::{FlagSet, ValueSet};

/// 32-bit code asks for the structures of now: `include/linux/ipc.h` of the kernel's own.
pub const IPC_64: u32 = 0x100;

/// `semget(2)` and `msgget(2)` flags: `include/uapi/linux/ipc.h`. Permission bits are left over.
#[rustfmt::skip]
pub static IPC_GET: FlagSet = FlagSet::new("ipc_get", None, &[], &[
    (0x200, "IPC_CREAT"), (0x400, "IPC_EXCL"), (0x800, "IPC_NOWAIT"),
]);

/// Keys of `shmget(2)`, `semget(2)` and `msgget(2)`: `include/uapi/linux/ipc.h`. All others are numbers.
#[rustfmt::skip]
pub static IPC_KEY: ValueSet = ValueSet::new("ipc_key", &[
    (0, "IPC_PRIVATE"),
]);

/// `msgctl(2)` operations: `include/uapi/linux/ipc.h`, `msg.h`.
#[rustfmt::skip]
pub static MSG_CTL: FlagSet = FlagSet::new("msg_ctl", None, &[(0xff, &[
        (0, "IPC_RMID"), (1, "IPC_SET"), (2, "IPC_STAT"), (3, "IPC_INFO"), (11, "MSG_STAT"), (12, "MSG_INFO"),
        (13, "MSG_STAT_ANY"),
    ])], &[
    (IPC_64 as u64, "IPC_64"),
]);

/// `shmctl(2)` operations: `include/uapi/linux/ipc.h`, `shm.h`.
#[rustfmt::skip]
pub static SHM_CTL: FlagSet = FlagSet::new("shm_ctl", None, &[(0xff, &[
        (0, "IPC_RMID"), (1, "IPC_SET"), (2, "IPC_STAT"), (3, "IPC_INFO"), (11, "SHM_LOCK"), (12, "SHM_UNLOCK"),
        (13, "SHM_STAT"), (14, "SHM_INFO"), (15, "SHM_STAT_ANY"),
    ])], &[
    (IPC_64 as u64, "IPC_64"),
]);

/// `semctl(2)` operations: `include/uapi/linux/ipc.h`, `sem.h`.
#[rustfmt::skip]
pub static SEM_CTL: FlagSet = FlagSet::new("sem_ctl", None, &[(0xff, &[
        (0, "IPC_RMID"), (1, "IPC_SET"), (2, "IPC_STAT"), (3, "IPC_INFO"), (11, "GETPID"), (12, "GETVAL"), (13, "GETALL"),
        (14, "GETNCNT"), (15, "GETZCNT"), (16, "SETVAL"), (17, "SETALL"), (18, "SEM_STAT"), (19, "SEM_INFO"),
        (20, "SEM_STAT_ANY"),
    ])], &[
    (IPC_64 as u64, "IPC_64"),
]);

/// `msgsnd(2)` and `msgrcv(2)` flags: `include/uapi/linux/msg.h`, `ipc.h`.
#[rustfmt::skip]
pub static IPC_MSG: FlagSet = FlagSet::new("ipc_msg", None, &[], &[
    (0x800, "IPC_NOWAIT"), (0x1000, "MSG_NOERROR"), (0x2000, "MSG_EXCEPT"), (0x4000, "MSG_COPY"),
]);

/// `sem_flg`: `include/uapi/linux/sem.h`.
#[rustfmt::skip]
pub static SEM: FlagSet = FlagSet::new("sem", None, &[], &[
    (0x800, "IPC_NOWAIT"), (0x1000, "SEM_UNDO"),
]);
