//! Netlink messages, as strace prints them.

use std::fmt::{self, Display, Formatter};

use super::escape::Quoted;
use crate::args::{Buffer, Netlink};
use crate::json::netlink::{Attribute, Message, Messages};

/// A buffer of messages.
pub(super) fn netlink(f: &mut Formatter<'_>, buffer: &Buffer<'_>, netlink: Netlink) -> fmt::Result {
    let messages = Messages {
        protocol: netlink.protocol(),
        bytes: buffer.bytes,
    };
    write!(f, "{messages}")
}

/// One message stands for itself, several are a list of them.
impl Display for Messages<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut rest = self.clone();
        let Some(first) = rest.next() else {
            return f.write_str("[]");
        };
        let Some(second) = rest.next() else {
            return write!(f, "{first}");
        };
        write!(f, "[{first}, {second}")?;
        for message in rest {
            write!(f, ", {message}")?;
        }
        f.write_str("]")
    }
}

impl Display for Message<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self {
            len,
            kind,
            flags,
            seq,
            port,
            body,
            attributes,
        } = self;
        write!(
            f,
            "[{{nlmsg_len={len}, nlmsg_type={kind}, nlmsg_flags={flags}, nlmsg_seq={seq}, nlmsg_pid={port}}}"
        )?;
        if let Some(body) = body {
            write!(f, ", {body}")?;
        }
        let mut opening = ", [";
        for attribute in attributes.clone() {
            write!(f, "{opening}{attribute}")?;
            opening = ", ";
        }
        f.write_str(if opening == ", " { "]]" } else { "]" })
    }
}

impl Display for Attribute<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { kind, len, value } = self;
        write!(f, "[{{nla_len={len}, nla_type={kind}}}, ")?;
        match value {
            Ok(member) => write!(f, "{member}]"),
            Err(bytes) => write!(f, "{}]", Quoted(bytes)),
        }
    }
}
