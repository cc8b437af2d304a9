//! System V inter-process communication: what `msgctl`, `semctl` and `shmctl` take and give.

use super::{Field, StructDef, field};

/// `struct ipc64_perm`: `include/uapi/asm-generic/ipcbuf.h`; a mode has 2 bytes in 32-bit code.
pub static IPC_PERM: StructDef = StructDef {
    name: "ipc64_perm",
    size: [48, 36],
    fields: &[
        field("key", 0, 0, Field::Hex(4)),
        field("uid", 4, 4, Field::Uint(4)),
        field("gid", 8, 8, Field::Uint(4)),
        field("cuid", 12, 12, Field::Uint(4)),
        field("cgid", 16, 16, Field::Uint(4)),
        field("mode", 20, 20, Field::Uint(2)),
        field("seq", 24, 24, Field::Uint(2)),
    ],
};

/// `struct msqid64_ds`: `include/uapi/asm-generic/msgbuf.h`.
pub static MSQID_DS: StructDef = StructDef {
    name: "msqid64_ds",
    size: [120, 88],
    fields: &[
        field("msg_perm", 0, 0, Field::Struct(&IPC_PERM)),
        field("msg_stime", 48, 36, Field::Ulong),
        field("msg_rtime", 56, 44, Field::Ulong),
        field("msg_ctime", 64, 52, Field::Ulong),
        field("msg_cbytes", 72, 60, Field::Ulong),
        field("msg_qnum", 80, 64, Field::Ulong),
        field("msg_qbytes", 88, 68, Field::Ulong),
        field("msg_lspid", 96, 72, Field::Int(4)),
        field("msg_lrpid", 100, 76, Field::Int(4)),
    ],
};

/// `struct semid64_ds`: `include/uapi/asm-generic/sembuf.h`.
pub static SEMID_DS: StructDef = StructDef {
    name: "semid64_ds",
    size: [88, 64],
    fields: &[
        field("sem_perm", 0, 0, Field::Struct(&IPC_PERM)),
        field("sem_otime", 48, 36, Field::Ulong),
        field("sem_ctime", 56, 44, Field::Ulong),
        field("sem_nsems", 64, 52, Field::Ulong),
    ],
};

/// `struct shmid64_ds`: `include/uapi/asm-generic/shmbuf.h`.
pub static SHMID_DS: StructDef = StructDef {
    name: "shmid64_ds",
    size: [112, 84],
    fields: &[
        field("shm_perm", 0, 0, Field::Struct(&IPC_PERM)),
        field("shm_segsz", 48, 36, Field::Ulong),
        field("shm_atime", 56, 40, Field::Ulong),
        field("shm_dtime", 64, 48, Field::Ulong),
        field("shm_ctime", 72, 56, Field::Ulong),
        field("shm_cpid", 80, 64, Field::Int(4)),
        field("shm_lpid", 84, 68, Field::Int(4)),
        field("shm_nattch", 88, 72, Field::Ulong),
    ],
};

/// `struct msginfo`: `include/uapi/linux/msg.h`.
pub static MSGINFO: StructDef = StructDef {
    name: "msginfo",
    size: [32, 32],
    fields: &[
        field("msgpool", 0, 0, Field::Int(4)),
        field("msgmap", 4, 4, Field::Int(4)),
        field("msgmax", 8, 8, Field::Int(4)),
        field("msgmnb", 12, 12, Field::Int(4)),
        field("msgmni", 16, 16, Field::Int(4)),
        field("msgssz", 20, 20, Field::Int(4)),
        field("msgtql", 24, 24, Field::Int(4)),
        field("msgseg", 28, 28, Field::Uint(2)),
    ],
};

/// `struct seminfo`: `include/uapi/linux/sem.h`.
pub static SEMINFO: StructDef = StructDef {
    name: "seminfo",
    size: [40, 40],
    fields: &[
        field("semmap", 0, 0, Field::Int(4)),
        field("semmni", 4, 4, Field::Int(4)),
        field("semmns", 8, 8, Field::Int(4)),
        field("semmnu", 12, 12, Field::Int(4)),
        field("semmsl", 16, 16, Field::Int(4)),
        field("semopm", 20, 20, Field::Int(4)),
        field("semume", 24, 24, Field::Int(4)),
        field("semusz", 28, 28, Field::Int(4)),
        field("semvmx", 32, 32, Field::Int(4)),
        field("semaem", 36, 36, Field::Int(4)),
    ],
};

/// `struct shminfo64`: `include/uapi/asm-generic/shmbuf.h`.
pub static SHMINFO: StructDef = StructDef {
    name: "shminfo64",
    size: [72, 36],
    fields: &[
        field("shmmax", 0, 0, Field::Ulong),
        field("shmmin", 8, 4, Field::Ulong),
        field("shmmni", 16, 8, Field::Ulong),
        field("shmseg", 24, 12, Field::Ulong),
        field("shmall", 32, 16, Field::Ulong),
    ],
};

/// `struct shm_info`: `include/uapi/linux/shm.h`.
pub static SHM_INFO: StructDef = StructDef {
    name: "shm_info",
    size: [48, 24],
    fields: &[
        field("used_ids", 0, 0, Field::Int(4)),
        field("shm_tot", 8, 4, Field::Ulong),
        field("shm_rss", 16, 8, Field::Ulong),
        field("shm_swp", 24, 12, Field::Ulong),
        field("swap_attempts", 32, 16, Field::Ulong),
        field("swap_successes", 40, 20, Field::Ulong),
    ],
};

/// `struct msgbuf`: `include/uapi/linux/msg.h`; as much of its text as the call says.
pub static MSGBUF: StructDef = StructDef {
    name: "msgbuf",
    size: [8200, 8196],
    fields: &[
        field("mtype", 0, 0, Field::Long),
        field("mtext", 8, 4, Field::Buffer(8192)),
    ],
};
