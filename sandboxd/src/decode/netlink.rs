//! Whether a buffer holds netlink messages: told by the socket, or by the address that the message goes to or comes from.

use kprobe_common::table::kind::Kind;

use super::Argument;
use crate::args::{Buffer, Netlink};
use crate::json::netlink::Messages;

/// What the buffer of a call that sends or receives is called, in every row.
const BUFFER: &str = "buf";

impl Argument<'_, '_> {
    /// The protocol of the messages in a buffer; `None` if there are none.
    pub(super) fn netlink(&self, buffer: &Buffer<'_>) -> Option<Netlink> {
        if self.name != BUFFER {
            return None;
        }
        self.netlink_of(self.address(), Some(buffer))
    }

    /// The same where the address is known; the buffer is the first of several.
    pub(super) fn netlink_of(
        &self,
        address: Option<&[u8]>,
        buffer: Option<&Buffer<'_>>,
    ) -> Option<Netlink> {
        let family = (libc::AF_NETLINK as u16).to_le_bytes();
        let named = address.is_some_and(|address| address.starts_with(&family));
        let netlink = self.call.netlink.or(named.then_some(Netlink::Unknown))?;
        let buffer = buffer?;
        Messages::of(netlink, buffer.bytes, buffer.len)?;
        Some(netlink)
    }

    /// The address that the call names or gives.
    fn address(&self) -> Option<&[u8]> {
        let mut args = self.form.args().zip(self.registers);
        args.find_map(|(arg, register)| match arg.kind {
            Kind::Sockaddr(_) => self.call.taken(register).next(),
            Kind::SockaddrOut(_) => self.call.given(register).next(),
            _ => None,
        })
        .map(|part| part.bytes)
    }
}
