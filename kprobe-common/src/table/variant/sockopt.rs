//! Variants of `setsockopt(2)` and `getsockopt(2)`, by level and option: `net/core/sock.c`, `net/ipv4/ip_sockglue.c`,
//! `net/ipv6/ipv6_sockglue.c`, `net/ipv4/tcp.c`, `net/netlink/af_netlink.c`, `net/packet/af_packet.c`.

use super::{Commands, of, variants};
use crate::table::OnlyIf;
use crate::table::flags as f;
use crate::table::kind::{
    Filter,
    Kind::{Program, SocklenInOut, StructOutLen, StructSized, Uint},
    arg,
};
use crate::table::structs as s;

/// Options that are an `int` both ways.
#[rustfmt::skip]
const INTS: &[&str] = &[
    "SO_DEBUG", "SO_REUSEADDR", "SO_DONTROUTE", "SO_BROADCAST", "SO_SNDBUF", "SO_RCVBUF", "SO_KEEPALIVE", "SO_OOBINLINE",
    "SO_NO_CHECK", "SO_PRIORITY", "SO_REUSEPORT", "SO_PASSCRED", "SO_RCVLOWAT", "SO_SNDLOWAT", "SO_TIMESTAMP_OLD",
    "SO_PASSSEC", "SO_TIMESTAMPNS_OLD", "SO_MARK", "SO_RXQ_OVFL", "SO_WIFI_STATUS", "SO_PEEK_OFF", "SO_NOFCS",
    "SO_LOCK_FILTER", "SO_SELECT_ERR_QUEUE", "SO_BUSY_POLL", "SO_INCOMING_CPU", "SO_ZEROCOPY", "SO_BINDTOIFINDEX",
    "SO_TIMESTAMP_NEW", "SO_TIMESTAMPNS_NEW", "SO_PREFER_BUSY_POLL", "SO_BUF_LOCK", "SO_RESERVE_MEM", "SO_TXREHASH",
    "SO_RCVMARK", "SO_PASSPIDFD", "SO_RCVPRIORITY", "SO_PASSRIGHTS",
    "IPV6_UNICAST_HOPS", "IPV6_MULTICAST_IF", "IPV6_MULTICAST_HOPS", "IPV6_MULTICAST_LOOP", "IPV6_ROUTER_ALERT",
    "IPV6_MTU_DISCOVER", "IPV6_MTU", "IPV6_RECVERR", "IPV6_V6ONLY", "IPV6_RECVPKTINFO", "IPV6_RECVHOPLIMIT",
    "IPV6_RECVTCLASS", "IPV6_TCLASS", "IPV6_DONTFRAG", "IPV6_AUTOFLOWLABEL", "IPV6_ADDR_PREFERENCES", "IPV6_MINHOPCOUNT",
    "IPV6_TRANSPARENT", "IPV6_UNICAST_IF", "IPV6_FREEBIND",
    "TCP_NODELAY", "TCP_MAXSEG", "TCP_CORK", "TCP_KEEPIDLE", "TCP_KEEPINTVL", "TCP_KEEPCNT", "TCP_SYNCNT", "TCP_LINGER2",
    "TCP_DEFER_ACCEPT", "TCP_WINDOW_CLAMP", "TCP_QUICKACK", "TCP_THIN_LINEAR_TIMEOUTS", "TCP_THIN_DUPACK",
    "TCP_USER_TIMEOUT", "TCP_REPAIR", "TCP_REPAIR_QUEUE", "TCP_QUEUE_SEQ", "TCP_FASTOPEN", "TCP_TIMESTAMP",
    "TCP_NOTSENT_LOWAT", "TCP_SAVE_SYN", "TCP_FASTOPEN_CONNECT", "TCP_FASTOPEN_NO_COOKIE", "TCP_INQ", "TCP_TX_DELAY",
    "UDP_CORK", "UDP_ENCAP", "UDP_NO_CHECK6_TX", "UDP_NO_CHECK6_RX", "UDP_SEGMENT", "UDP_GRO",
    "NETLINK_PKTINFO", "NETLINK_BROADCAST_ERROR", "NETLINK_NO_ENOBUFS", "NETLINK_LISTEN_ALL_NSID", "NETLINK_CAP_ACK",
    "NETLINK_EXT_ACK", "NETLINK_GET_STRICT_CHK",
    "PACKET_COPY_THRESH", "PACKET_AUXDATA", "PACKET_ORIGDEV", "PACKET_VERSION", "PACKET_RESERVE", "PACKET_LOSS",
    "PACKET_VNET_HDR", "PACKET_TIMESTAMP", "PACKET_TX_HAS_OFF", "PACKET_QDISC_BYPASS", "PACKET_IGNORE_OUTGOING",
];
/// Those of IPv4, which one byte is enough for; more bytes than that and less than an `int` count as one where they are set.
/// See `do_ip_setsockopt`, `do_ip_getsockopt` in <https://github.com/torvalds/linux/blob/v6.12/net/ipv4/ip_sockglue.c>.
#[rustfmt::skip]
const IP_INTS: &[&str] = &[
    "IP_TOS", "IP_TTL", "IP_HDRINCL", "IP_ROUTER_ALERT", "IP_RECVOPTS", "IP_PKTINFO", "IP_MTU_DISCOVER", "IP_RECVERR",
    "IP_RECVTTL", "IP_RECVTOS", "IP_FREEBIND", "IP_TRANSPARENT", "IP_ORIGDSTADDR", "IP_MINTTL", "IP_NODEFRAG",
    "IP_CHECKSUM", "IP_BIND_ADDRESS_NO_PORT", "IP_RECVFRAGSIZE", "IP_MULTICAST_TTL", "IP_MULTICAST_LOOP",
    "IP_MULTICAST_ALL",
];
/// Those that are only set.
#[rustfmt::skip]
const INTS_SET: &[&str] = &[
    "SO_SNDBUFFORCE", "SO_RCVBUFFORCE", "SO_ATTACH_BPF", "SO_ATTACH_REUSEPORT_EBPF", "SO_DETACH_FILTER",
    "NETLINK_ADD_MEMBERSHIP", "NETLINK_DROP_MEMBERSHIP",
];
/// Those that are only asked for.
#[rustfmt::skip]
const INTS_GET: &[&str] = &[
    "SO_ERROR", "SO_ACCEPTCONN", "SO_PROTOCOL", "SO_BPF_EXTENSIONS", "SO_INCOMING_NAPI_ID", "SO_PEERPIDFD",
    "IP_MTU", "TCP_IS_MPTCP",
];

variants! {
/// What options take.
SETSOCKOPT: Commands::By(&f::SOCKET_OPTION), [
    of(INTS, &[arg("value", StructSized(&s::INT, "optlen")), arg("optlen", Uint)]),
    of(IP_INTS, &[arg("value", StructSized(&s::INT, "optlen")).instead_if(OnlyIf::Below("optlen", 4), StructSized(&s::BYTE, "optlen")), arg("optlen", Uint)]),
    of(INTS_SET, &[arg("value", StructSized(&s::INT, "optlen")), arg("optlen", Uint)]),
    of(&["SO_RCVTIMEO_OLD", "SO_SNDTIMEO_OLD"], &[arg("timeout", StructSized(&s::TIMEVAL, "optlen")), arg("optlen", Uint)]),
    of(&["SO_RCVTIMEO_NEW", "SO_SNDTIMEO_NEW"], &[arg("timeout", StructSized(&s::TIMEVAL_NEW, "optlen")), arg("optlen", Uint)]),
    of(&["SO_LINGER"], &[arg("linger", StructSized(&s::LINGER, "optlen")), arg("optlen", Uint)]),
    of(&["SO_BINDTODEVICE"], &[arg("ifname", StructSized(&s::IFNAME, "optlen")), arg("optlen", Uint)]),
    of(&["SO_ATTACH_FILTER", "SO_ATTACH_REUSEPORT_CBPF"], &[arg("filter", Program(Filter::Packets)), arg("optlen", Uint)]),
    of(&["SO_MAX_PACING_RATE"], &[arg("value", StructSized(&s::SIZE, "optlen")).instead_if(OnlyIf::Below("optlen", 8), StructSized(&s::UINT, "optlen")), arg("optlen", Uint)]),
    of(&["IP_ADD_MEMBERSHIP", "IP_DROP_MEMBERSHIP"], &[arg("mreq", StructSized(&s::IP_MREQ, "optlen")), arg("optlen", Uint)]),
    of(&["IP_MULTICAST_IF"], &[arg("mreq", StructSized(&s::IP_MREQ, "optlen")).instead_if(OnlyIf::Below("optlen", 8), StructSized(&s::IP_INTERFACE, "optlen")), arg("optlen", Uint)]),
    of(&["IPV6_ADD_MEMBERSHIP", "IPV6_DROP_MEMBERSHIP"], &[arg("mreq", StructSized(&s::IPV6_MREQ, "optlen")), arg("optlen", Uint)]),
    of(&["TCP_CONGESTION", "TCP_ULP"], &[arg("label", StructSized(&s::LABEL, "optlen")), arg("optlen", Uint)]),
]}

variants! {
/// What options give.
GETSOCKOPT: Commands::By(&f::SOCKET_OPTION), [
    of(INTS, &[arg("value", StructOutLen(&s::INT, "optlen")), arg("optlen", SocklenInOut)]),
    of(IP_INTS, &[arg("value", StructOutLen(&s::INT, "optlen")).instead_if(OnlyIf::Is("optlen", &[1]), StructOutLen(&s::BYTE, "optlen")), arg("optlen", SocklenInOut)]),
    of(INTS_GET, &[arg("value", StructOutLen(&s::INT, "optlen")), arg("optlen", SocklenInOut)]),
    of(&["SO_TYPE"], &[arg("type", StructOutLen(&s::SOCK_TYPE, "optlen")), arg("optlen", SocklenInOut)]),
    of(&["SO_DOMAIN"], &[arg("domain", StructOutLen(&s::DOMAIN, "optlen")), arg("optlen", SocklenInOut)]),
    of(&["SO_RCVTIMEO_OLD", "SO_SNDTIMEO_OLD"], &[arg("timeout", StructOutLen(&s::TIMEVAL, "optlen")), arg("optlen", SocklenInOut)]),
    of(&["SO_RCVTIMEO_NEW", "SO_SNDTIMEO_NEW"], &[arg("timeout", StructOutLen(&s::TIMEVAL_NEW, "optlen")), arg("optlen", SocklenInOut)]),
    of(&["SO_LINGER"], &[arg("linger", StructOutLen(&s::LINGER, "optlen")), arg("optlen", SocklenInOut)]),
    of(&["SO_PEERCRED"], &[arg("cred", StructOutLen(&s::UCRED, "optlen")), arg("optlen", SocklenInOut)]),
    of(&["SO_BINDTODEVICE"], &[arg("ifname", StructOutLen(&s::IFNAME, "optlen")), arg("optlen", SocklenInOut)]),
    of(&["SO_PEERSEC", "TCP_CONGESTION", "TCP_ULP"], &[arg("label", StructOutLen(&s::LABEL, "optlen")), arg("optlen", SocklenInOut)]),
    of(&["SO_COOKIE", "SO_NETNS_COOKIE"], &[arg("cookie", StructOutLen(&s::HEX64, "optlen")), arg("optlen", SocklenInOut)]),
    of(&["TCP_INFO"], &[arg("info", StructOutLen(&s::TCP_INFO, "optlen")), arg("optlen", SocklenInOut)]),
]}
