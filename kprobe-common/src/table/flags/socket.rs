//! Sockets: families, types, protocols, message flags.
//! Values are the kernel headers' (7.2), names too.

use super::{FlagSet, ValueSet, ValueSets};

/// Address families: `include/linux/socket.h`.
#[rustfmt::skip]
pub static SOCKET_DOMAIN: ValueSet = ValueSet::new("socket_domain", &[
    (0, "AF_UNSPEC"), (1, "AF_UNIX"), (2, "AF_INET"), (3, "AF_AX25"), (4, "AF_IPX"), (5, "AF_APPLETALK"),
    (6, "AF_NETROM"), (7, "AF_BRIDGE"), (8, "AF_ATMPVC"), (9, "AF_X25"), (10, "AF_INET6"), (11, "AF_ROSE"),
    (13, "AF_NETBEUI"), (14, "AF_SECURITY"), (15, "AF_KEY"), (16, "AF_NETLINK"), (17, "AF_PACKET"), (18, "AF_ASH"),
    (19, "AF_ECONET"), (20, "AF_ATMSVC"), (21, "AF_RDS"), (22, "AF_SNA"), (23, "AF_IRDA"), (24, "AF_PPPOX"),
    (25, "AF_WANPIPE"), (26, "AF_LLC"), (27, "AF_IB"), (28, "AF_MPLS"), (29, "AF_CAN"), (30, "AF_TIPC"),
    (31, "AF_BLUETOOTH"), (32, "AF_IUCV"), (33, "AF_RXRPC"), (34, "AF_ISDN"), (35, "AF_PHONET"),
    (36, "AF_IEEE802154"), (37, "AF_CAIF"), (38, "AF_ALG"), (39, "AF_NFC"), (40, "AF_VSOCK"), (41, "AF_KCM"),
    (42, "AF_QIPCRTR"), (43, "AF_SMC"), (44, "AF_XDP"), (45, "AF_MCTP"),
]);

/// Socket types: `include/linux/net.h`.
#[rustfmt::skip]
pub static SOCKET_TYPE: FlagSet = FlagSet::new("socket_type", None, &[(0xf, &[
        (1, "SOCK_STREAM"), (2, "SOCK_DGRAM"), (3, "SOCK_RAW"), (4, "SOCK_RDM"), (5, "SOCK_SEQPACKET"),
        (6, "SOCK_DCCP"), (10, "SOCK_PACKET"),
    ])], &[
    (0x800, "SOCK_NONBLOCK"), (0x8_0000, "SOCK_CLOEXEC"),
]);

/// `accept4(2)` flags: `include/linux/net.h`.
#[rustfmt::skip]
pub static SOCK: FlagSet = FlagSet::new("sock", None, &[], &[
    (0x800, "SOCK_NONBLOCK"), (0x8_0000, "SOCK_CLOEXEC"),
]);

/// `send(2)` and `recv(2)` flags: `include/linux/socket.h`.
#[rustfmt::skip]
pub static MSG: FlagSet = FlagSet::new("msg", None, &[], &[
    (0x1, "MSG_OOB"), (0x2, "MSG_PEEK"), (0x4, "MSG_DONTROUTE"), (0x8, "MSG_CTRUNC"), (0x10, "MSG_PROBE"),
    (0x20, "MSG_TRUNC"), (0x40, "MSG_DONTWAIT"), (0x80, "MSG_EOR"), (0x100, "MSG_WAITALL"), (0x200, "MSG_FIN"),
    (0x400, "MSG_SYN"), (0x800, "MSG_CONFIRM"), (0x1000, "MSG_RST"), (0x2000, "MSG_ERRQUEUE"),
    (0x4000, "MSG_NOSIGNAL"), (0x8000, "MSG_MORE"), (0x1_0000, "MSG_WAITFORONE"), (0x4_0000, "MSG_BATCH"),
    (0x200_0000, "MSG_SOCK_DEVMEM"), (0x400_0000, "MSG_ZEROCOPY"), (0x2000_0000, "MSG_FASTOPEN"),
    (0x4000_0000, "MSG_CMSG_CLOEXEC"),
]);

/// `shutdown(2)`: `include/linux/net.h`.
#[rustfmt::skip]
pub static SHUTDOWN: ValueSet = ValueSet::new("shutdown", &[
    (0, "SHUT_RD"), (1, "SHUT_WR"), (2, "SHUT_RDWR"),
]);

/// Protocols of the Internet families: `include/uapi/linux/in.h`, `include/uapi/linux/in6.h`.
#[rustfmt::skip]
pub static IPPROTO: ValueSet = ValueSet::new("ipproto", &[
    (0, "IPPROTO_IP"), (1, "IPPROTO_ICMP"), (2, "IPPROTO_IGMP"), (4, "IPPROTO_IPIP"), (6, "IPPROTO_TCP"),
    (8, "IPPROTO_EGP"), (12, "IPPROTO_PUP"), (17, "IPPROTO_UDP"), (22, "IPPROTO_IDP"), (29, "IPPROTO_TP"),
    (33, "IPPROTO_DCCP"), (41, "IPPROTO_IPV6"), (46, "IPPROTO_RSVP"), (47, "IPPROTO_GRE"), (50, "IPPROTO_ESP"),
    (51, "IPPROTO_AH"), (58, "IPPROTO_ICMPV6"), (92, "IPPROTO_MTP"), (94, "IPPROTO_BEETPH"), (98, "IPPROTO_ENCAP"),
    (103, "IPPROTO_PIM"), (108, "IPPROTO_COMP"), (115, "IPPROTO_L2TP"), (132, "IPPROTO_SCTP"),
    (136, "IPPROTO_UDPLITE"), (137, "IPPROTO_MPLS"), (143, "IPPROTO_ETHERNET"), (144, "IPPROTO_AGGFRAG"),
    (255, "IPPROTO_RAW"), (256, "IPPROTO_SMC"), (262, "IPPROTO_MPTCP"),
]);

/// Protocols of `AF_NETLINK`: `include/uapi/linux/netlink.h`.
#[rustfmt::skip]
pub static NETLINK: ValueSet = ValueSet::new("netlink", &[
    (0, "NETLINK_ROUTE"), (1, "NETLINK_UNUSED"), (2, "NETLINK_USERSOCK"), (3, "NETLINK_FIREWALL"),
    (4, "NETLINK_SOCK_DIAG"), (5, "NETLINK_NFLOG"), (6, "NETLINK_XFRM"), (7, "NETLINK_SELINUX"), (8, "NETLINK_ISCSI"),
    (9, "NETLINK_AUDIT"), (10, "NETLINK_FIB_LOOKUP"), (11, "NETLINK_CONNECTOR"), (12, "NETLINK_NETFILTER"),
    (13, "NETLINK_IP6_FW"), (14, "NETLINK_DNRTMSG"), (15, "NETLINK_KOBJECT_UEVENT"), (16, "NETLINK_GENERIC"),
    (18, "NETLINK_SCSITRANSPORT"), (19, "NETLINK_ECRYPTFS"), (20, "NETLINK_RDMA"), (21, "NETLINK_CRYPTO"),
    (22, "NETLINK_SMC"),
]);

/// Protocols by family.
pub static SOCKET_PROTOCOL: ValueSets = ValueSets {
    name: "socket_protocol",
    sets: &[(2, &IPPROTO), (10, &IPPROTO), (16, &NETLINK)],
};
