//! Control data of messages: what follows the head of each, by level and type.

use super::time::{TIMESPEC, TIMESPEC64, TIMEVAL};
use super::{Count, Field, StructDef, same};
use crate::table::flags as f;

/// What a control message carries.
pub struct ControlDef {
    /// `cmsg_level`.
    pub level: u32,
    /// `cmsg_type`.
    pub kind: u32,
    /// What it is called in a line.
    pub name: &'static str,
    /// What it means.
    pub field: Field,
}

/// Most descriptors in one message: `SCM_MAX_FD`.
const FDS_MAX: u16 = 253;

/// The messages that are understood; others are shown as bytes.
/// Types: `include/linux/socket.h`, `include/uapi/asm-generic/socket.h`, `include/uapi/linux/in.h`, `in6.h`, `udp.h`.
pub static CONTROLS: &[ControlDef] = &[
    of(1, 1, "fds", Field::Array(&Field::Int(4), FDS_MAX)),
    of(1, 2, "creds", Field::Struct(&UCRED)),
    of(1, 3, "security", Field::Text(256)),
    of(1, 4, "pidfd", Field::Int(4)),
    of(1, 29, "timeval", Field::Struct(&TIMEVAL)),
    of(1, 35, "timespec", Field::Struct(&TIMESPEC)),
    of(
        1,
        37,
        "timestamps",
        Field::Array(&Field::Struct(&TIMESPEC), 3),
    ),
    of(1, 40, "number", Field::Uint(4)),
    of(1, 41, "number", Field::Uint(4)),
    of(1, 61, "number", Field::Uint(8)),
    of(1, 63, "timeval", Field::Struct(&TIMEVAL_NEW)),
    of(1, 64, "timespec", Field::Struct(&TIMESPEC64)),
    of(
        1,
        65,
        "timestamps",
        Field::Array(&Field::Struct(&TIMESPEC64), 3),
    ),
    of(0, 1, "number", Field::Uint(1)),
    of(0, 2, "number", Field::Int(4)),
    of(0, 8, "pktinfo", Field::Struct(&IN_PKTINFO)),
    of(0, 11, "error", Field::Struct(&SOCK_EXTENDED_ERR)),
    of(17, 103, "number", Field::Uint(2)),
    of(17, 104, "number", Field::Int(4)),
    of(41, 2, "pktinfo6", Field::Struct(&IN6_PKTINFO)),
    of(41, 8, "number", Field::Int(4)),
    of(41, 25, "error", Field::Struct(&SOCK_EXTENDED_ERR)),
    of(41, 50, "pktinfo6", Field::Struct(&IN6_PKTINFO)),
    of(41, 52, "number", Field::Int(4)),
    of(41, 67, "number", Field::Int(4)),
];

const fn of(level: u32, kind: u32, name: &'static str, field: Field) -> ControlDef {
    ControlDef {
        level,
        kind,
        name,
        field,
    }
}

/// `struct ucred`: `include/linux/socket.h`.
pub static UCRED: StructDef = StructDef {
    name: "ucred",
    size: [12, 12],
    fields: &[
        same("pid", 0, Field::Int(4)),
        same("uid", 4, Field::Uint(4)),
        same("gid", 8, Field::Uint(4)),
    ],
};

/// `struct __kernel_sock_timeval`: `include/uapi/linux/time_types.h`.
pub static TIMEVAL_NEW: StructDef = StructDef {
    name: "__kernel_sock_timeval",
    size: [16, 16],
    fields: &[
        same("tv_sec", 0, Field::Int(8)),
        same("tv_usec", 8, Field::Int(8)),
    ],
};

/// `struct in_pktinfo`: `include/uapi/linux/in.h`.
pub static IN_PKTINFO: StructDef = StructDef {
    name: "in_pktinfo",
    size: [12, 12],
    fields: &[
        same("ipi_ifindex", 0, Field::Int(4)),
        same("ipi_spec_dst", 4, Field::Address(4, Count::All)),
        same("ipi_addr", 8, Field::Address(4, Count::All)),
    ],
};

/// `struct in6_pktinfo`: `include/uapi/linux/ipv6.h`.
pub static IN6_PKTINFO: StructDef = StructDef {
    name: "in6_pktinfo",
    size: [20, 20],
    fields: &[
        same("ipi6_addr", 0, Field::Address(16, Count::All)),
        same("ipi6_ifindex", 16, Field::Int(4)),
    ],
};

/// `struct sock_extended_err`: `include/uapi/linux/errqueue.h`.
pub static SOCK_EXTENDED_ERR: StructDef = StructDef {
    name: "sock_extended_err",
    size: [16, 16],
    fields: &[
        same("ee_errno", 0, Field::Uint(4)),
        same("ee_origin", 4, Field::Enum(&f::EE_ORIGIN, 1)),
        same("ee_type", 5, Field::Uint(1)),
        same("ee_code", 6, Field::Uint(1)),
        same("ee_info", 8, Field::Uint(4)),
        same("ee_data", 12, Field::Uint(4)),
    ],
};
