//! Polling, asynchronous I/O, futexes, message queues, semaphores.

use super::{Field, StructDef, field};
use crate::table::flags as f;

/// `struct pollfd`: `include/uapi/asm-generic/poll.h`.
pub static POLLFD: StructDef = StructDef {
    name: "pollfd",
    size: [8, 8],
    fields: &[
        field("fd", 0, 0, Field::Int(4)),
        field("events", 4, 4, Field::Flags(&f::POLL, 2)),
        field("revents", 6, 6, Field::Flags(&f::POLL, 2)),
    ],
};

/// `struct epoll_event`: `include/uapi/linux/eventpoll.h`, which packs it on x86 alone.
pub static EPOLL_EVENT: StructDef = StructDef {
    name: "epoll_event",
    size: [16, 16],
    fields: &[
        field("events", 0, 0, Field::Flags(&f::EPOLL, 4)),
        field("data", 8, 8, Field::Hex(8)),
    ],
};

/// `struct sigset_argpack`: `fs/select.c`: the last argument of `pselect6(2)`.
pub static SIGSET_ARG: StructDef = StructDef {
    name: "sigset_argpack",
    size: [16, 8],
    fields: &[
        field("sigmask", 0, 0, Field::Addr),
        field("sigsetsize", 8, 4, Field::Ulong),
    ],
};

/// `struct io_event`: `include/uapi/linux/aio_abi.h`.
pub static IO_EVENT: StructDef = StructDef {
    name: "io_event",
    size: [32, 32],
    fields: &[
        field("data", 0, 0, Field::Hex(8)),
        field("obj", 8, 8, Field::Hex(8)),
        field("res", 16, 16, Field::Int(8)),
        field("res2", 24, 24, Field::Int(8)),
    ],
};

/// `struct iocb`: `include/uapi/linux/aio_abi.h`.
pub static IOCB: StructDef = StructDef {
    name: "iocb",
    size: [64, 64],
    fields: &[
        field("aio_data", 0, 0, Field::Hex(8)),
        field("aio_key", 8, 8, Field::Uint(4)),
        field("aio_rw_flags", 12, 12, Field::Flags(&f::RWF, 4)),
        field("aio_lio_opcode", 16, 16, Field::Enum(&f::IOCB_CMD, 2)),
        field("aio_reqprio", 18, 18, Field::Int(2)),
        field("aio_fildes", 20, 20, Field::Int(4)),
        field("aio_buf", 24, 24, Field::Hex(8)),
        field("aio_nbytes", 32, 32, Field::Uint(8)),
        field("aio_offset", 40, 40, Field::Int(8)),
        field("aio_flags", 56, 56, Field::Flags(&f::IOCB_FLAG, 4)),
        field("aio_resfd", 60, 60, Field::Int(4)),
    ],
};

/// `struct io_uring_params`: `include/uapi/linux/io_uring.h`.
pub static IO_URING_PARAMS: StructDef = StructDef {
    name: "io_uring_params",
    size: [120, 120],
    fields: &[
        field("sq_entries", 0, 0, Field::Uint(4)),
        field("cq_entries", 4, 4, Field::Uint(4)),
        field("flags", 8, 8, Field::Flags(&f::IO_URING_SETUP, 4)),
        field("sq_thread_cpu", 12, 12, Field::Uint(4)),
        field("sq_thread_idle", 16, 16, Field::Uint(4)),
        field("features", 20, 20, Field::Flags(&f::IO_URING_FEAT, 4)),
        field("wq_fd", 24, 24, Field::Uint(4)),
        field("sq_off", 40, 40, Field::Struct(&IO_SQRING_OFFSETS)),
        field("cq_off", 80, 80, Field::Struct(&IO_CQRING_OFFSETS)),
    ],
};

/// `struct io_sqring_offsets`: `include/uapi/linux/io_uring.h`.
pub static IO_SQRING_OFFSETS: StructDef = StructDef {
    name: "io_sqring_offsets",
    size: [40, 40],
    fields: &[
        field("head", 0, 0, Field::Uint(4)),
        field("tail", 4, 4, Field::Uint(4)),
        field("ring_mask", 8, 8, Field::Uint(4)),
        field("ring_entries", 12, 12, Field::Uint(4)),
        field("flags", 16, 16, Field::Uint(4)),
        field("dropped", 20, 20, Field::Uint(4)),
        field("array", 24, 24, Field::Uint(4)),
    ],
};

/// `struct io_cqring_offsets`: `include/uapi/linux/io_uring.h`.
pub static IO_CQRING_OFFSETS: StructDef = StructDef {
    name: "io_cqring_offsets",
    size: [40, 40],
    fields: &[
        field("head", 0, 0, Field::Uint(4)),
        field("tail", 4, 4, Field::Uint(4)),
        field("ring_mask", 8, 8, Field::Uint(4)),
        field("ring_entries", 12, 12, Field::Uint(4)),
        field("overflow", 16, 16, Field::Uint(4)),
        field("cqes", 20, 20, Field::Uint(4)),
        field("flags", 24, 24, Field::Uint(4)),
    ],
};

/// `struct futex_waitv`: `include/uapi/linux/futex.h`.
pub static FUTEX_WAITV: StructDef = StructDef {
    name: "futex_waitv",
    size: [24, 24],
    fields: &[
        field("val", 0, 0, Field::Hex(8)),
        field("uaddr", 8, 8, Field::Hex(8)),
        field("flags", 16, 16, Field::Flags(&f::FUTEX2, 4)),
    ],
};

/// The two futexes of `futex_requeue(2)`.
pub static FUTEX_WAITV_PAIR: StructDef = StructDef {
    name: "futex_waitv[2]",
    size: [48, 48],
    fields: &[field(
        "",
        0,
        0,
        Field::Array(&Field::Struct(&FUTEX_WAITV), 2),
    )],
};

/// `struct robust_list_head`: `include/uapi/linux/futex.h`.
pub static ROBUST_LIST_HEAD: StructDef = StructDef {
    name: "robust_list_head",
    size: [24, 12],
    fields: &[
        field("list", 0, 0, Field::Addr),
        field("futex_offset", 8, 4, Field::Long),
        field("list_op_pending", 16, 8, Field::Addr),
    ],
};

/// `struct mq_attr`: `include/uapi/linux/mqueue.h`.
pub static MQ_ATTR: StructDef = StructDef {
    name: "mq_attr",
    size: [64, 32],
    fields: &[
        field("mq_flags", 0, 0, Field::Long),
        field("mq_maxmsg", 8, 4, Field::Long),
        field("mq_msgsize", 16, 8, Field::Long),
        field("mq_curmsgs", 24, 12, Field::Long),
    ],
};

/// `struct sembuf`: `include/uapi/linux/sem.h`.
pub static SEMBUF: StructDef = StructDef {
    name: "sembuf",
    size: [6, 6],
    fields: &[
        field("sem_num", 0, 0, Field::Uint(2)),
        field("sem_op", 2, 2, Field::Int(2)),
        field("sem_flg", 4, 4, Field::Flags(&f::SEM, 2)),
    ],
};
