//! What single commands of a call take and give: locks, owners, states of interfaces, terminals and devices.

use super::{Count, Field, StructDef, field, same};
use crate::table::flags as f;

/// A signal behind a pointer.
pub static SIGNAL: StructDef = StructDef {
    name: "signal",
    size: [4, 4],
    fields: &[same("", 0, Field::Enum(&f::SIGNALS, 4))],
};

/// A word of memory behind a pointer.
pub static WORD: StructDef = StructDef {
    name: "word",
    size: [8, 4],
    fields: &[field("", 0, 0, Field::Addr)],
};

/// A number behind a pointer, best seen in hexadecimal.
pub static HEX: StructDef = StructDef {
    name: "hex",
    size: [4, 4],
    fields: &[same("", 0, Field::Hex(4))],
};

/// A 64-bit number behind a pointer.
pub static UINT64: StructDef = StructDef {
    name: "uint64_t",
    size: [8, 8],
    fields: &[same("", 0, Field::Uint(8))],
};

/// A cookie behind a pointer.
pub static HEX64: StructDef = StructDef {
    name: "hex64",
    size: [8, 8],
    fields: &[same("", 0, Field::Hex(8))],
};

/// A family of addresses behind a pointer.
pub static DOMAIN: StructDef = StructDef {
    name: "domain",
    size: [4, 4],
    fields: &[same("", 0, Field::Enum(&f::SOCKET_DOMAIN, 4))],
};

/// A type of socket behind a pointer.
pub static SOCK_TYPE: StructDef = StructDef {
    name: "sock_type",
    size: [4, 4],
    fields: &[same("", 0, Field::Enum(&f::SOCK_TYPE, 4))],
};

/// What a filter may decide, behind a pointer.
pub static SECCOMP_ACTION: StructDef = StructDef {
    name: "seccomp_action",
    size: [4, 4],
    fields: &[same("", 0, Field::Enum(&f::SECCOMP_RET, 4))],
};

/// `struct seccomp_notif_sizes`: `include/uapi/linux/seccomp.h`.
pub static SECCOMP_NOTIF_SIZES: StructDef = StructDef {
    name: "seccomp_notif_sizes",
    size: [6, 6],
    fields: &[
        same("seccomp_notif", 0, Field::Uint(2)),
        same("seccomp_notif_resp", 2, Field::Uint(2)),
        same("seccomp_data", 4, Field::Uint(2)),
    ],
};

/// `struct flock`: `include/uapi/asm-generic/fcntl.h`.
pub static FLOCK: StructDef = StructDef {
    name: "flock",
    size: [32, 16],
    fields: &[
        same("l_type", 0, Field::Enum(&f::FILE_LOCK, 2)),
        same("l_whence", 2, Field::Enum(&f::SEEK, 2)),
        field("l_start", 8, 4, Field::Long),
        field("l_len", 16, 8, Field::Long),
        field("l_pid", 24, 12, Field::Int(4)),
    ],
};

/// `struct flock64`: `include/uapi/asm-generic/fcntl.h`.
pub static FLOCK64: StructDef = StructDef {
    name: "flock64",
    size: [32, 32],
    fields: &[
        same("l_type", 0, Field::Enum(&f::FILE_LOCK, 2)),
        same("l_whence", 2, Field::Enum(&f::SEEK, 2)),
        same("l_start", 8, Field::Int(8)),
        same("l_len", 16, Field::Int(8)),
        same("l_pid", 24, Field::Int(4)),
    ],
};

/// `struct f_owner_ex`: `include/uapi/asm-generic/fcntl.h`.
pub static F_OWNER_EX: StructDef = StructDef {
    name: "f_owner_ex",
    size: [8, 8],
    fields: &[
        same("type", 0, Field::Enum(&f::F_OWNER, 4)),
        same("pid", 4, Field::Int(4)),
    ],
};

/// Two user IDs.
pub static ID_PAIR: StructDef = StructDef {
    name: "uid_t[2]",
    size: [8, 8],
    fields: &[same("", 0, Field::Array(&Field::Uint(4), 2))],
};

/// A hint behind a pointer.
pub static RW_HINT: StructDef = StructDef {
    name: "rw_hint",
    size: [8, 8],
    fields: &[same("", 0, Field::Enum(&f::RW_HINT, 8))],
};

/// `struct linger`: `include/linux/socket.h`.
pub static LINGER: StructDef = StructDef {
    name: "linger",
    size: [8, 8],
    fields: &[
        same("l_onoff", 0, Field::Int(4)),
        same("l_linger", 4, Field::Int(4)),
    ],
};

/// The name of an interface, as long as it is.
pub static IFNAME: StructDef = StructDef {
    name: "ifname",
    size: [16, 16],
    fields: &[same("", 0, Field::Text(16))],
};

/// Text of a security module or an algorithm, as long as it is.
pub static LABEL: StructDef = StructDef {
    name: "label",
    size: [256, 256],
    fields: &[same("", 0, Field::Text(256))],
};

/// `struct ip_mreqn`, whose first half is `struct ip_mreq`: `include/uapi/linux/in.h`.
pub static IP_MREQ: StructDef = StructDef {
    name: "ip_mreqn",
    size: [12, 12],
    fields: &[
        same("imr_multiaddr", 0, Field::Address(4, Count::All)),
        same("imr_address", 4, Field::Address(4, Count::All)),
        same("imr_ifindex", 8, Field::Int(4)),
    ],
};

/// What may stand for `struct ip_mreqn` where an interface alone is meant: its address.
pub static IP_INTERFACE: StructDef = StructDef {
    name: "in_addr",
    size: [4, 4],
    fields: &[same("imr_address", 0, Field::Address(4, Count::All))],
};

/// `struct ipv6_mreq`: `include/uapi/linux/in6.h`.
pub static IPV6_MREQ: StructDef = StructDef {
    name: "ipv6_mreq",
    size: [20, 20],
    fields: &[
        same("ipv6mr_multiaddr", 0, Field::Address(16, Count::All)),
        same("ipv6mr_ifindex", 16, Field::Int(4)),
    ],
};

/// `struct tcp_info`: `include/uapi/linux/tcp.h`, its start.
pub static TCP_INFO: StructDef = StructDef {
    name: "tcp_info",
    size: [104, 104],
    fields: &[
        same("tcpi_state", 0, Field::Enum(&f::TCP_STATE, 1)),
        same("tcpi_ca_state", 1, Field::Uint(1)),
        same("tcpi_retransmits", 2, Field::Uint(1)),
        same("tcpi_probes", 3, Field::Uint(1)),
        same("tcpi_backoff", 4, Field::Uint(1)),
        same("tcpi_options", 5, Field::Hex(1)),
        same("tcpi_rto", 8, Field::Uint(4)),
        same("tcpi_ato", 12, Field::Uint(4)),
        same("tcpi_snd_mss", 16, Field::Uint(4)),
        same("tcpi_rcv_mss", 20, Field::Uint(4)),
        same("tcpi_unacked", 24, Field::Uint(4)),
        same("tcpi_sacked", 28, Field::Uint(4)),
        same("tcpi_lost", 32, Field::Uint(4)),
        same("tcpi_retrans", 36, Field::Uint(4)),
        same("tcpi_fackets", 40, Field::Uint(4)),
        same("tcpi_last_data_sent", 44, Field::Uint(4)),
        same("tcpi_last_ack_sent", 48, Field::Uint(4)),
        same("tcpi_last_data_recv", 52, Field::Uint(4)),
        same("tcpi_last_ack_recv", 56, Field::Uint(4)),
        same("tcpi_pmtu", 60, Field::Uint(4)),
        same("tcpi_rcv_ssthresh", 64, Field::Uint(4)),
        same("tcpi_rtt", 68, Field::Uint(4)),
        same("tcpi_rttvar", 72, Field::Uint(4)),
        same("tcpi_snd_ssthresh", 76, Field::Uint(4)),
        same("tcpi_snd_cwnd", 80, Field::Uint(4)),
        same("tcpi_advmss", 84, Field::Uint(4)),
        same("tcpi_reordering", 88, Field::Uint(4)),
        same("tcpi_rcv_rtt", 92, Field::Uint(4)),
        same("tcpi_rcv_space", 96, Field::Uint(4)),
        same("tcpi_total_retrans", 100, Field::Uint(4)),
    ],
};
