//! Netlink: what follows the head of a message, and its attributes, by protocol and type.

use super::{Count, Field, StructDef, same};
use crate::table::flags::{self as f, ValueSet};

/// What messages of some types begin with behind their heads.
pub struct BodyDef {
    /// The protocol: `NETLINK_ROUTE` and so on.
    pub protocol: u32,
    /// The types, from and to.
    pub types: (u16, u16),
    /// What it begins with.
    pub def: &'static StructDef,
    /// Only requests begin so (`NLM_F_REQUEST`): an answer of the same type does not.
    pub asked: bool,
    /// What may stand there instead, where that is too short.
    pub short: Option<&'static StructDef>,
    /// The attributes behind it.
    pub attributes: Option<&'static AttributesDef>,
}

/// The attributes of some messages.
pub struct AttributesDef {
    /// Their names.
    pub names: &'static ValueSet,
    /// What those mean that mean something; others are bytes.
    pub known: &'static [(u16, Field)],
}

const TEXT: Field = Field::Text(256);
const NUMBER: Field = Field::Uint(4);
const ADDRESS: Field = Field::Address(32, Count::All);

/// The bodies; the first that fits counts.
pub static BODIES: &[BodyDef] = &[
    route((16, 19), &IFINFOMSG, Some(&LINK)),
    route((20, 23), &IFADDRMSG, Some(&ADDR)),
    route((24, 27), &RTMSG, Some(&ROUTE)),
    route((28, 31), &NDMSG, Some(&NEIGHBOUR)),
    route((32, 35), &FIB_RULE_HDR, Some(&RULE)),
    route((36, 47), &TCMSG, Some(&TRAFFIC)),
    of(16, (16, 16), &CTRLMSGHDR, Some(&CONTROLLER)),
    of(16, (17, u16::MAX), &GENLMSGHDR, None),
    BodyDef {
        asked: true,
        ..of(4, (20, 21), &SOCK_DIAG_REQ, None)
    },
];

/// Attributes of `RTM_NEWLINK` and its like.
pub static LINK: AttributesDef = AttributesDef {
    names: &f::IFLA,
    known: &[
        (1, ADDRESS),
        (2, ADDRESS),
        (3, TEXT),
        (4, NUMBER),
        (5, NUMBER),
        (6, TEXT),
        (10, NUMBER),
        (13, NUMBER),
        (20, TEXT),
        (29, NUMBER),
        (30, NUMBER),
        (53, TEXT),
        (54, ADDRESS),
        (56, TEXT),
        (57, TEXT),
    ],
};

/// Attributes of `RTM_NEWADDR` and its like.
pub static ADDR: AttributesDef = AttributesDef {
    names: &f::IFA,
    known: &[
        (1, ADDRESS),
        (2, ADDRESS),
        (3, TEXT),
        (4, ADDRESS),
        (5, ADDRESS),
        (7, ADDRESS),
        (8, NUMBER),
        (9, NUMBER),
    ],
};

/// Attributes of `RTM_NEWROUTE` and its like.
pub static ROUTE: AttributesDef = AttributesDef {
    names: &f::RTA,
    known: &[
        (1, ADDRESS),
        (2, ADDRESS),
        (3, NUMBER),
        (4, NUMBER),
        (5, ADDRESS),
        (6, NUMBER),
        (7, ADDRESS),
        (15, NUMBER),
        (16, NUMBER),
        (25, NUMBER),
    ],
};

/// Attributes of `RTM_NEWNEIGH` and its like.
pub static NEIGHBOUR: AttributesDef = AttributesDef {
    names: &f::NDA,
    known: &[(1, ADDRESS), (2, ADDRESS), (4, NUMBER), (8, NUMBER)],
};

/// Attributes of `RTM_NEWRULE` and its like.
pub static RULE: AttributesDef = AttributesDef {
    names: &f::FRA,
    known: &[
        (1, ADDRESS),
        (2, ADDRESS),
        (3, TEXT),
        (6, NUMBER),
        (10, NUMBER),
        (15, NUMBER),
        (16, NUMBER),
        (17, TEXT),
    ],
};

/// Attributes of traffic control.
pub static TRAFFIC: AttributesDef = AttributesDef {
    names: &f::TCA,
    known: &[(1, TEXT)],
};

/// Attributes of messages to the controller of generic netlink's families.
pub static CONTROLLER: AttributesDef = AttributesDef {
    names: &f::CTRL_ATTR,
    known: &[
        (1, Field::Uint(2)),
        (2, TEXT),
        (3, NUMBER),
        (4, NUMBER),
        (5, NUMBER),
    ],
};

/// All lists of attributes.
pub static ATTRIBUTES: &[&AttributesDef] = &[
    &LINK,
    &ADDR,
    &ROUTE,
    &NEIGHBOUR,
    &RULE,
    &TRAFFIC,
    &CONTROLLER,
];

const fn of(
    protocol: u32,
    types: (u16, u16),
    def: &'static StructDef,
    attributes: Option<&'static AttributesDef>,
) -> BodyDef {
    BodyDef {
        protocol,
        types,
        def,
        asked: false,
        short: None,
        attributes,
    }
}

const fn route(
    types: (u16, u16),
    def: &'static StructDef,
    attributes: Option<&'static AttributesDef>,
) -> BodyDef {
    let mut body = of(0, types, def, attributes);
    body.short = Some(&RTGENMSG);
    body
}

const FAMILY: Field = Field::Enum(&f::SOCKET_DOMAIN, 1);

/// `struct rtgenmsg`: `include/uapi/linux/rtnetlink.h`.
pub static RTGENMSG: StructDef = StructDef {
    name: "rtgenmsg",
    size: [1, 1],
    fields: &[same("rtgen_family", 0, FAMILY)],
};

/// `struct ifinfomsg`: `include/uapi/linux/rtnetlink.h`.
pub static IFINFOMSG: StructDef = StructDef {
    name: "ifinfomsg",
    size: [16, 16],
    fields: &[
        same("ifi_family", 0, FAMILY),
        same("ifi_type", 2, Field::Enum(&f::ARPHRD, 2)),
        same("ifi_index", 4, Field::Int(4)),
        same("ifi_flags", 8, Field::Flags(&f::IFF, 4)),
        same("ifi_change", 12, Field::Hex(4)),
    ],
};

/// `struct ifaddrmsg`: `include/uapi/linux/if_addr.h`.
pub static IFADDRMSG: StructDef = StructDef {
    name: "ifaddrmsg",
    size: [8, 8],
    fields: &[
        same("ifa_family", 0, FAMILY),
        same("ifa_prefixlen", 1, Field::Uint(1)),
        same("ifa_flags", 2, Field::Flags(&f::IFA_F, 1)),
        same("ifa_scope", 3, Field::Enum(&f::RT_SCOPE, 1)),
        same("ifa_index", 4, Field::Uint(4)),
    ],
};

/// `struct rtmsg`: `include/uapi/linux/rtnetlink.h`.
pub static RTMSG: StructDef = StructDef {
    name: "rtmsg",
    size: [12, 12],
    fields: &[
        same("rtm_family", 0, FAMILY),
        same("rtm_dst_len", 1, Field::Uint(1)),
        same("rtm_src_len", 2, Field::Uint(1)),
        same("rtm_tos", 3, Field::Hex(1)),
        same("rtm_table", 4, Field::Enum(&f::RT_TABLE, 1)),
        same("rtm_protocol", 5, Field::Enum(&f::RTPROT, 1)),
        same("rtm_scope", 6, Field::Enum(&f::RT_SCOPE, 1)),
        same("rtm_type", 7, Field::Enum(&f::RTN, 1)),
        same("rtm_flags", 8, Field::Flags(&f::RTM_F, 4)),
    ],
};

/// `struct ndmsg`: `include/uapi/linux/neighbour.h`.
pub static NDMSG: StructDef = StructDef {
    name: "ndmsg",
    size: [12, 12],
    fields: &[
        same("ndm_family", 0, FAMILY),
        same("ndm_ifindex", 4, Field::Int(4)),
        same("ndm_state", 8, Field::Flags(&f::NUD, 2)),
        same("ndm_flags", 10, Field::Flags(&f::NTF, 1)),
        same("ndm_type", 11, Field::Enum(&f::RTN, 1)),
    ],
};

/// `struct fib_rule_hdr`: `include/uapi/linux/fib_rules.h`.
pub static FIB_RULE_HDR: StructDef = StructDef {
    name: "fib_rule_hdr",
    size: [12, 12],
    fields: &[
        same("family", 0, FAMILY),
        same("dst_len", 1, Field::Uint(1)),
        same("src_len", 2, Field::Uint(1)),
        same("tos", 3, Field::Hex(1)),
        same("table", 4, Field::Enum(&f::RT_TABLE, 1)),
        same("action", 7, Field::Uint(1)),
        same("flags", 8, Field::Hex(4)),
    ],
};

/// `struct tcmsg`: `include/uapi/linux/rtnetlink.h`.
pub static TCMSG: StructDef = StructDef {
    name: "tcmsg",
    size: [20, 20],
    fields: &[
        same("tcm_family", 0, FAMILY),
        same("tcm_ifindex", 4, Field::Int(4)),
        same("tcm_handle", 8, Field::Hex(4)),
        same("tcm_parent", 12, Field::Hex(4)),
        same("tcm_info", 16, Field::Hex(4)),
    ],
};

/// `struct genlmsghdr`: `include/uapi/linux/genetlink.h`: of the controller, whose commands are known.
pub static CTRLMSGHDR: StructDef = StructDef {
    name: "ctrlmsghdr",
    size: [4, 4],
    fields: &[
        same("cmd", 0, Field::Enum(&f::CTRL_CMD, 1)),
        same("version", 1, Field::Uint(1)),
    ],
};

/// `struct genlmsghdr`: `include/uapi/linux/genetlink.h`: of a family, whose number says nothing of its commands.
pub static GENLMSGHDR: StructDef = StructDef {
    name: "genlmsghdr",
    size: [4, 4],
    fields: &[
        same("cmd", 0, Field::Hex(1)),
        same("version", 1, Field::Uint(1)),
    ],
};

/// `struct sock_diag_req`: `include/uapi/linux/sock_diag.h`.
pub static SOCK_DIAG_REQ: StructDef = StructDef {
    name: "sock_diag_req",
    size: [2, 2],
    fields: &[
        same("sdiag_family", 0, FAMILY),
        same("sdiag_protocol", 1, Field::Enum(&f::IPPROTO, 1)),
    ],
};

/// `struct nlmsgerr`: `include/uapi/linux/netlink.h`, without the message that it answers.
pub static NLMSGERR: StructDef = StructDef {
    name: "nlmsgerr",
    size: [20, 20],
    fields: &[same("error", 0, Field::Int(4))],
};
