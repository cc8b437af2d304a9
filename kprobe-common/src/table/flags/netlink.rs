//! Netlink: types, flags and attributes of messages.
//! Values are the kernel headers', names too.

use super::{FlagSet, ValueSet, ValueSets};

/// Types that all protocols have: `include/uapi/linux/netlink.h`.
#[rustfmt::skip]
pub static NLMSG: ValueSet = ValueSet::new("nlmsg", &[
    (1, "NLMSG_NOOP"), (2, "NLMSG_ERROR"), (3, "NLMSG_DONE"), (4, "NLMSG_OVERRUN"),
]);

/// Types of `NETLINK_ROUTE`: `include/uapi/linux/rtnetlink.h`.
#[rustfmt::skip]
pub static RTM: ValueSet = ValueSet::new("rtm", &[
    (16, "RTM_NEWLINK"), (17, "RTM_DELLINK"), (18, "RTM_GETLINK"), (19, "RTM_SETLINK"), (20, "RTM_NEWADDR"),
    (21, "RTM_DELADDR"), (22, "RTM_GETADDR"), (24, "RTM_NEWROUTE"), (25, "RTM_DELROUTE"), (26, "RTM_GETROUTE"),
    (28, "RTM_NEWNEIGH"), (29, "RTM_DELNEIGH"), (30, "RTM_GETNEIGH"), (32, "RTM_NEWRULE"), (33, "RTM_DELRULE"),
    (34, "RTM_GETRULE"), (36, "RTM_NEWQDISC"), (37, "RTM_DELQDISC"), (38, "RTM_GETQDISC"), (40, "RTM_NEWTCLASS"),
    (41, "RTM_DELTCLASS"), (42, "RTM_GETTCLASS"), (44, "RTM_NEWTFILTER"), (45, "RTM_DELTFILTER"),
    (46, "RTM_GETTFILTER"), (48, "RTM_NEWACTION"), (49, "RTM_DELACTION"), (50, "RTM_GETACTION"),
    (52, "RTM_NEWPREFIX"), (58, "RTM_GETMULTICAST"), (62, "RTM_GETANYCAST"), (64, "RTM_NEWNEIGHTBL"),
    (66, "RTM_GETNEIGHTBL"), (67, "RTM_SETNEIGHTBL"), (68, "RTM_NEWNDUSEROPT"), (72, "RTM_NEWADDRLABEL"),
    (73, "RTM_DELADDRLABEL"), (74, "RTM_GETADDRLABEL"), (78, "RTM_GETDCB"), (79, "RTM_SETDCB"),
    (80, "RTM_NEWNETCONF"), (81, "RTM_DELNETCONF"), (82, "RTM_GETNETCONF"), (84, "RTM_NEWMDB"), (85, "RTM_DELMDB"),
    (86, "RTM_GETMDB"), (88, "RTM_NEWNSID"), (89, "RTM_DELNSID"), (90, "RTM_GETNSID"), (92, "RTM_NEWSTATS"),
    (94, "RTM_GETSTATS"), (95, "RTM_SETSTATS"), (96, "RTM_NEWCACHEREPORT"), (100, "RTM_NEWCHAIN"),
    (101, "RTM_DELCHAIN"), (102, "RTM_GETCHAIN"), (104, "RTM_NEWNEXTHOP"), (105, "RTM_DELNEXTHOP"),
    (106, "RTM_GETNEXTHOP"), (108, "RTM_NEWLINKPROP"), (109, "RTM_DELLINKPROP"), (110, "RTM_GETLINKPROP"),
    (112, "RTM_NEWVLAN"), (113, "RTM_DELVLAN"), (114, "RTM_GETVLAN"), (116, "RTM_NEWNEXTHOPBUCKET"),
    (117, "RTM_DELNEXTHOPBUCKET"), (118, "RTM_GETNEXTHOPBUCKET"), (120, "RTM_NEWTUNNEL"), (121, "RTM_DELTUNNEL"),
    (122, "RTM_GETTUNNEL"),
]);

/// Types of `NETLINK_SOCK_DIAG`: `include/uapi/linux/sock_diag.h`, `inet_diag.h`.
#[rustfmt::skip]
pub static SOCK_DIAG: ValueSet = ValueSet::new("sock_diag", &[
    (18, "TCPDIAG_GETSOCK"), (19, "DCCPDIAG_GETSOCK"), (20, "SOCK_DIAG_BY_FAMILY"), (21, "SOCK_DESTROY"),
]);

/// Types of `NETLINK_AUDIT`: `include/uapi/linux/audit.h`.
#[rustfmt::skip]
pub static AUDIT: ValueSet = ValueSet::new("audit", &[
    (1000, "AUDIT_GET"), (1001, "AUDIT_SET"), (1002, "AUDIT_LIST"), (1003, "AUDIT_ADD"), (1004, "AUDIT_DEL"),
    (1005, "AUDIT_USER"), (1006, "AUDIT_LOGIN"), (1007, "AUDIT_WATCH_INS"), (1008, "AUDIT_WATCH_REM"),
    (1009, "AUDIT_WATCH_LIST"), (1010, "AUDIT_SIGNAL_INFO"), (1011, "AUDIT_ADD_RULE"), (1012, "AUDIT_DEL_RULE"),
    (1013, "AUDIT_LIST_RULES"), (1014, "AUDIT_TRIM"), (1015, "AUDIT_MAKE_EQUIV"), (1016, "AUDIT_TTY_GET"),
    (1017, "AUDIT_TTY_SET"), (1018, "AUDIT_SET_FEATURE"), (1019, "AUDIT_GET_FEATURE"),
]);

/// Types of `NETLINK_GENERIC` that are no family's own: `include/uapi/linux/genetlink.h`.
#[rustfmt::skip]
pub static GENL: ValueSet = ValueSet::new("genl", &[
    (16, "GENL_ID_CTRL"), (17, "GENL_ID_VFS_DQUOT"), (18, "GENL_ID_PMCRAID"),
]);

/// Types by protocol.
pub static NLMSG_TYPE: ValueSets = ValueSets {
    name: "nlmsg_type",
    sets: &[(0, &RTM), (4, &SOCK_DIAG), (9, &AUDIT), (16, &GENL)],
};

/// Flags of all messages: `include/uapi/linux/netlink.h`.
#[rustfmt::skip]
pub static NLM_F: FlagSet = FlagSet::new("nlm_f", None, &[], &[
    (0x1, "NLM_F_REQUEST"), (0x2, "NLM_F_MULTI"), (0x4, "NLM_F_ACK"), (0x8, "NLM_F_ECHO"), (0x10, "NLM_F_DUMP_INTR"),
    (0x20, "NLM_F_DUMP_FILTERED"),
]);

/// Flags of requests: `include/uapi/linux/netlink.h`.
#[rustfmt::skip]
pub static NLM_F_GET: FlagSet = FlagSet::new("nlm_f_get", None, &[], &[
    (0x1, "NLM_F_REQUEST"), (0x2, "NLM_F_MULTI"), (0x4, "NLM_F_ACK"), (0x8, "NLM_F_ECHO"), (0x10, "NLM_F_DUMP_INTR"),
    (0x20, "NLM_F_DUMP_FILTERED"), (0x300, "NLM_F_DUMP"), (0x100, "NLM_F_ROOT"), (0x200, "NLM_F_MATCH"),
    (0x400, "NLM_F_ATOMIC"),
]);

/// Flags of what makes something: `include/uapi/linux/netlink.h`.
#[rustfmt::skip]
pub static NLM_F_NEW: FlagSet = FlagSet::new("nlm_f_new", None, &[], &[
    (0x1, "NLM_F_REQUEST"), (0x2, "NLM_F_MULTI"), (0x4, "NLM_F_ACK"), (0x8, "NLM_F_ECHO"), (0x10, "NLM_F_DUMP_INTR"),
    (0x20, "NLM_F_DUMP_FILTERED"), (0x100, "NLM_F_REPLACE"), (0x200, "NLM_F_EXCL"), (0x400, "NLM_F_CREATE"),
    (0x800, "NLM_F_APPEND"),
]);

/// Flags of what takes something away: `include/uapi/linux/netlink.h`.
#[rustfmt::skip]
pub static NLM_F_DELETE: FlagSet = FlagSet::new("nlm_f_delete", None, &[], &[
    (0x1, "NLM_F_REQUEST"), (0x2, "NLM_F_MULTI"), (0x4, "NLM_F_ACK"), (0x8, "NLM_F_ECHO"), (0x10, "NLM_F_DUMP_INTR"),
    (0x20, "NLM_F_DUMP_FILTERED"), (0x100, "NLM_F_NONREC"), (0x200, "NLM_F_BULK"),
]);

/// Attributes of interfaces: `include/uapi/linux/if_link.h`.
#[rustfmt::skip]
pub static IFLA: ValueSet = ValueSet::new("ifla", &[
    (0, "IFLA_UNSPEC"), (1, "IFLA_ADDRESS"), (2, "IFLA_BROADCAST"), (3, "IFLA_IFNAME"), (4, "IFLA_MTU"),
    (5, "IFLA_LINK"), (6, "IFLA_QDISC"), (7, "IFLA_STATS"), (8, "IFLA_COST"), (9, "IFLA_PRIORITY"),
    (10, "IFLA_MASTER"), (11, "IFLA_WIRELESS"), (12, "IFLA_PROTINFO"), (13, "IFLA_TXQLEN"), (14, "IFLA_MAP"),
    (15, "IFLA_WEIGHT"), (16, "IFLA_OPERSTATE"), (17, "IFLA_LINKMODE"), (18, "IFLA_LINKINFO"),
    (19, "IFLA_NET_NS_PID"), (20, "IFLA_IFALIAS"), (21, "IFLA_NUM_VF"), (22, "IFLA_VFINFO_LIST"),
    (23, "IFLA_STATS64"), (24, "IFLA_VF_PORTS"), (25, "IFLA_PORT_SELF"), (26, "IFLA_AF_SPEC"), (27, "IFLA_GROUP"),
    (28, "IFLA_NET_NS_FD"), (29, "IFLA_EXT_MASK"), (30, "IFLA_PROMISCUITY"), (31, "IFLA_NUM_TX_QUEUES"),
    (32, "IFLA_NUM_RX_QUEUES"), (33, "IFLA_CARRIER"), (34, "IFLA_PHYS_PORT_ID"), (35, "IFLA_CARRIER_CHANGES"),
    (36, "IFLA_PHYS_SWITCH_ID"), (37, "IFLA_LINK_NETNSID"), (38, "IFLA_PHYS_PORT_NAME"), (39, "IFLA_PROTO_DOWN"),
    (40, "IFLA_GSO_MAX_SEGS"), (41, "IFLA_GSO_MAX_SIZE"), (42, "IFLA_PAD"), (43, "IFLA_XDP"), (44, "IFLA_EVENT"),
    (45, "IFLA_NEW_NETNSID"), (46, "IFLA_IF_NETNSID"), (47, "IFLA_CARRIER_UP_COUNT"),
    (48, "IFLA_CARRIER_DOWN_COUNT"), (49, "IFLA_NEW_IFINDEX"), (50, "IFLA_MIN_MTU"), (51, "IFLA_MAX_MTU"),
    (52, "IFLA_PROP_LIST"), (53, "IFLA_ALT_IFNAME"), (54, "IFLA_PERM_ADDRESS"), (55, "IFLA_PROTO_DOWN_REASON"),
    (56, "IFLA_PARENT_DEV_NAME"), (57, "IFLA_PARENT_DEV_BUS_NAME"), (58, "IFLA_GRO_MAX_SIZE"),
    (59, "IFLA_TSO_MAX_SIZE"), (60, "IFLA_TSO_MAX_SEGS"), (61, "IFLA_ALLMULTI"),
]);

/// Attributes of addresses: `include/uapi/linux/if_addr.h`.
#[rustfmt::skip]
pub static IFA: ValueSet = ValueSet::new("ifa", &[
    (0, "IFA_UNSPEC"), (1, "IFA_ADDRESS"), (2, "IFA_LOCAL"), (3, "IFA_LABEL"), (4, "IFA_BROADCAST"),
    (5, "IFA_ANYCAST"), (6, "IFA_CACHEINFO"), (7, "IFA_MULTICAST"), (8, "IFA_FLAGS"), (9, "IFA_RT_PRIORITY"),
    (10, "IFA_TARGET_NETNSID"), (11, "IFA_PROTO"),
]);

/// Attributes of routes: `include/uapi/linux/rtnetlink.h`.
#[rustfmt::skip]
pub static RTA: ValueSet = ValueSet::new("rta", &[
    (0, "RTA_UNSPEC"), (1, "RTA_DST"), (2, "RTA_SRC"), (3, "RTA_IIF"), (4, "RTA_OIF"), (5, "RTA_GATEWAY"),
    (6, "RTA_PRIORITY"), (7, "RTA_PREFSRC"), (8, "RTA_METRICS"), (9, "RTA_MULTIPATH"), (10, "RTA_PROTOINFO"),
    (11, "RTA_FLOW"), (12, "RTA_CACHEINFO"), (13, "RTA_SESSION"), (14, "RTA_MP_ALGO"), (15, "RTA_TABLE"),
    (16, "RTA_MARK"), (17, "RTA_MFC_STATS"), (18, "RTA_VIA"), (19, "RTA_NEWDST"), (20, "RTA_PREF"),
    (21, "RTA_ENCAP_TYPE"), (22, "RTA_ENCAP"), (23, "RTA_EXPIRES"), (24, "RTA_PAD"), (25, "RTA_UID"),
    (26, "RTA_TTL_PROPAGATE"), (27, "RTA_IP_PROTO"), (28, "RTA_SPORT"), (29, "RTA_DPORT"), (30, "RTA_NH_ID"),
]);

/// Attributes of neighbours: `include/uapi/linux/neighbour.h`.
#[rustfmt::skip]
pub static NDA: ValueSet = ValueSet::new("nda", &[
    (0, "NDA_UNSPEC"), (1, "NDA_DST"), (2, "NDA_LLADDR"), (3, "NDA_CACHEINFO"), (4, "NDA_PROBES"), (5, "NDA_VLAN"),
    (6, "NDA_PORT"), (7, "NDA_VNI"), (8, "NDA_IFINDEX"), (9, "NDA_MASTER"), (10, "NDA_LINK_NETNSID"),
    (11, "NDA_SRC_VNI"), (12, "NDA_PROTOCOL"), (13, "NDA_NH_ID"), (14, "NDA_FDB_EXT_ATTRS"), (15, "NDA_FLAGS_EXT"),
    (16, "NDA_NDM_STATE_MASK"), (17, "NDA_NDM_FLAGS_MASK"),
]);

/// Attributes of rules: `include/uapi/linux/fib_rules.h`.
#[rustfmt::skip]
pub static FRA: ValueSet = ValueSet::new("fra", &[
    (0, "FRA_UNSPEC"), (1, "FRA_DST"), (2, "FRA_SRC"), (3, "FRA_IIFNAME"), (4, "FRA_GOTO"), (5, "FRA_UNUSED2"),
    (6, "FRA_PRIORITY"), (7, "FRA_UNUSED3"), (8, "FRA_UNUSED4"), (9, "FRA_UNUSED5"), (10, "FRA_FWMARK"),
    (11, "FRA_FLOW"), (12, "FRA_TUN_ID"), (13, "FRA_SUPPRESS_IFGROUP"), (14, "FRA_SUPPRESS_PREFIXLEN"),
    (15, "FRA_TABLE"), (16, "FRA_FWMASK"), (17, "FRA_OIFNAME"), (18, "FRA_PAD"), (19, "FRA_L3MDEV"),
    (20, "FRA_UID_RANGE"), (21, "FRA_PROTOCOL"), (22, "FRA_IP_PROTO"), (23, "FRA_SPORT_RANGE"),
    (24, "FRA_DPORT_RANGE"),
]);

/// Attributes of traffic control: `include/uapi/linux/rtnetlink.h`.
#[rustfmt::skip]
pub static TCA: ValueSet = ValueSet::new("tca", &[
    (0, "TCA_UNSPEC"), (1, "TCA_KIND"), (2, "TCA_OPTIONS"), (3, "TCA_STATS"), (4, "TCA_XSTATS"), (5, "TCA_RATE"),
    (6, "TCA_FCNT"), (7, "TCA_STATS2"), (8, "TCA_STAB"), (9, "TCA_PAD"), (10, "TCA_DUMP_INVISIBLE"),
    (11, "TCA_CHAIN"), (12, "TCA_HW_OFFLOAD"), (13, "TCA_INGRESS_BLOCK"), (14, "TCA_EGRESS_BLOCK"),
    (15, "TCA_DUMP_FLAGS"),
]);

/// Attributes of generic netlink's families: `include/uapi/linux/genetlink.h`.
#[rustfmt::skip]
pub static CTRL_ATTR: ValueSet = ValueSet::new("ctrl_attr", &[
    (0, "CTRL_ATTR_UNSPEC"), (1, "CTRL_ATTR_FAMILY_ID"), (2, "CTRL_ATTR_FAMILY_NAME"), (3, "CTRL_ATTR_VERSION"),
    (4, "CTRL_ATTR_HDRSIZE"), (5, "CTRL_ATTR_MAXATTR"), (6, "CTRL_ATTR_OPS"), (7, "CTRL_ATTR_MCAST_GROUPS"),
    (8, "CTRL_ATTR_POLICY"), (9, "CTRL_ATTR_OP_POLICY"), (10, "CTRL_ATTR_OP"),
]);

/// Commands to generic netlink's families: `include/uapi/linux/genetlink.h`.
#[rustfmt::skip]
pub static CTRL_CMD: ValueSet = ValueSet::new("ctrl_cmd", &[
    (0, "CTRL_CMD_UNSPEC"), (1, "CTRL_CMD_NEWFAMILY"), (2, "CTRL_CMD_DELFAMILY"), (3, "CTRL_CMD_GETFAMILY"),
    (4, "CTRL_CMD_NEWOPS"), (5, "CTRL_CMD_DELOPS"), (6, "CTRL_CMD_GETOPS"), (7, "CTRL_CMD_NEWMCAST_GRP"),
    (8, "CTRL_CMD_DELMCAST_GRP"), (9, "CTRL_CMD_GETMCAST_GRP"), (10, "CTRL_CMD_GETPOLICY"),
]);

/// Flags of interfaces: `include/uapi/linux/if.h`.
#[rustfmt::skip]
pub static IFF: FlagSet = FlagSet::new("iff", None, &[], &[
    (0x1, "IFF_UP"), (0x2, "IFF_BROADCAST"), (0x4, "IFF_DEBUG"), (0x8, "IFF_LOOPBACK"), (0x10, "IFF_POINTOPOINT"),
    (0x20, "IFF_NOTRAILERS"), (0x40, "IFF_RUNNING"), (0x80, "IFF_NOARP"), (0x100, "IFF_PROMISC"),
    (0x200, "IFF_ALLMULTI"), (0x400, "IFF_MASTER"), (0x800, "IFF_SLAVE"), (0x1000, "IFF_MULTICAST"),
    (0x2000, "IFF_PORTSEL"), (0x4000, "IFF_AUTOMEDIA"), (0x8000, "IFF_DYNAMIC"), (0x1_0000, "IFF_LOWER_UP"),
    (0x2_0000, "IFF_DORMANT"), (0x4_0000, "IFF_ECHO"),
]);

/// Flags of addresses: `include/uapi/linux/if_addr.h`.
#[rustfmt::skip]
pub static IFA_F: FlagSet = FlagSet::new("ifa_f", None, &[], &[
    (0x1, "IFA_F_SECONDARY"), (0x2, "IFA_F_NODAD"), (0x4, "IFA_F_OPTIMISTIC"), (0x8, "IFA_F_DADFAILED"),
    (0x10, "IFA_F_HOMEADDRESS"), (0x20, "IFA_F_DEPRECATED"), (0x40, "IFA_F_TENTATIVE"), (0x80, "IFA_F_PERMANENT"),
    (0x100, "IFA_F_MANAGETEMPADDR"), (0x200, "IFA_F_NOPREFIXROUTE"), (0x400, "IFA_F_MCAUTOJOIN"),
    (0x800, "IFA_F_STABLE_PRIVACY"),
]);

/// States of neighbours: `include/uapi/linux/neighbour.h`.
#[rustfmt::skip]
pub static NUD: FlagSet = FlagSet::new("nud", None, &[], &[
    (0x1, "NUD_INCOMPLETE"), (0x2, "NUD_REACHABLE"), (0x4, "NUD_STALE"), (0x8, "NUD_DELAY"), (0x10, "NUD_PROBE"),
    (0x20, "NUD_FAILED"), (0x40, "NUD_NOARP"), (0x80, "NUD_PERMANENT"),
]);

/// Flags of neighbours: `include/uapi/linux/neighbour.h`.
#[rustfmt::skip]
pub static NTF: FlagSet = FlagSet::new("ntf", None, &[], &[
    (0x1, "NTF_USE"), (0x2, "NTF_SELF"), (0x4, "NTF_MASTER"), (0x8, "NTF_PROXY"), (0x20, "NTF_OFFLOADED"),
    (0x40, "NTF_STICKY"), (0x80, "NTF_ROUTER"),
]);

/// Flags of routes: `include/uapi/linux/rtnetlink.h`.
#[rustfmt::skip]
pub static RTM_F: FlagSet = FlagSet::new("rtm_f", None, &[], &[
    (0x100, "RTM_F_NOTIFY"), (0x200, "RTM_F_CLONED"), (0x400, "RTM_F_EQUALIZE"), (0x800, "RTM_F_PREFIX"),
    (0x1000, "RTM_F_LOOKUP_TABLE"), (0x2000, "RTM_F_FIB_MATCH"), (0x4000, "RTM_F_OFFLOAD"), (0x8000, "RTM_F_TRAP"),
    (0x2000_0000, "RTM_F_OFFLOAD_FAILED"),
]);

/// Tables of routes: `include/uapi/linux/rtnetlink.h`.
#[rustfmt::skip]
pub static RT_TABLE: ValueSet = ValueSet::new("rt_table", &[
    (0, "RT_TABLE_UNSPEC"), (252, "RT_TABLE_COMPAT"), (253, "RT_TABLE_DEFAULT"), (254, "RT_TABLE_MAIN"),
    (255, "RT_TABLE_LOCAL"),
]);

/// Who made a route: `include/uapi/linux/rtnetlink.h`.
#[rustfmt::skip]
pub static RTPROT: ValueSet = ValueSet::new("rtprot", &[
    (0, "RTPROT_UNSPEC"), (1, "RTPROT_REDIRECT"), (2, "RTPROT_KERNEL"), (3, "RTPROT_BOOT"), (4, "RTPROT_STATIC"),
    (8, "RTPROT_GATED"), (9, "RTPROT_RA"), (10, "RTPROT_MRT"), (11, "RTPROT_ZEBRA"), (12, "RTPROT_BIRD"),
    (13, "RTPROT_DNROUTED"), (14, "RTPROT_XORP"), (15, "RTPROT_NTK"), (16, "RTPROT_DHCP"), (17, "RTPROT_MROUTED"),
    (18, "RTPROT_KEEPALIVED"), (42, "RTPROT_BABEL"), (99, "RTPROT_OPENR"), (186, "RTPROT_BGP"),
    (187, "RTPROT_ISIS"), (188, "RTPROT_OSPF"), (189, "RTPROT_RIP"), (192, "RTPROT_EIGRP"),
]);

/// How far an address reaches: `include/uapi/linux/rtnetlink.h`.
#[rustfmt::skip]
pub static RT_SCOPE: ValueSet = ValueSet::new("rt_scope", &[
    (0, "RT_SCOPE_UNIVERSE"), (200, "RT_SCOPE_SITE"), (253, "RT_SCOPE_LINK"), (254, "RT_SCOPE_HOST"),
    (255, "RT_SCOPE_NOWHERE"),
]);

/// Kinds of routes: `include/uapi/linux/rtnetlink.h`.
#[rustfmt::skip]
pub static RTN: ValueSet = ValueSet::new("rtn", &[
    (0, "RTN_UNSPEC"), (1, "RTN_UNICAST"), (2, "RTN_LOCAL"), (3, "RTN_BROADCAST"), (4, "RTN_ANYCAST"),
    (5, "RTN_MULTICAST"), (6, "RTN_BLACKHOLE"), (7, "RTN_UNREACHABLE"), (8, "RTN_PROHIBIT"), (9, "RTN_THROW"),
    (10, "RTN_NAT"), (11, "RTN_XRESOLVE"),
]);
