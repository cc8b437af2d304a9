//! Messages, their buffers and control messages, and entries of directories, as strace prints them.

use std::fmt::{self, Display, Formatter};

use kprobe_common::table::flags::MSG;

use super::escape::Quoted;
use super::netlink::netlink;
use super::value::list;
use crate::args::{Buffer, Message, Netlink};
use crate::json::Dirent;
use crate::json::message::{Control, Data};
use crate::json::sockaddr::Sockaddr;
use crate::json::value::Flags;

/// A buffer of several, and whether it holds netlink messages.
pub(super) struct Iovec<'a>(pub(super) &'a Buffer<'a>, pub(super) Option<Netlink>);

impl Display for Iovec<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("{iov_base=")?;
        match self.1 {
            Some(protocol) => netlink(f, self.0, protocol)?,
            None => write!(f, "{}", self.0)?,
        }
        write!(f, ", iov_len={}}}", self.0.len)
    }
}

impl Display for Dirent<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self {
            ino,
            off,
            kind,
            name,
        } = self;
        let name = Quoted(name);
        write!(
            f,
            "{{d_ino={ino}, d_off={off}, d_type={kind}, d_name={name}}}"
        )
    }
}

impl Display for Message<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.name {
            Some(name) => write!(f, "{{msg_name={}", Sockaddr::of(name))?,
            None => f.write_str("{msg_name=NULL")?,
        }
        f.write_str(", msg_iov=")?;
        let netlink = |at| self.netlink.filter(|_| at == 0);
        let buffers = self.iov.iter().enumerate();
        let cut = self.iovlen > self.iov.len() as u64;
        let each = buffers.map(|(at, buffer)| Iovec(buffer, netlink(at)));
        list(f, each, cut)?;
        write!(f, ", msg_iovlen={}", self.iovlen)?;
        if let (Some(controls), Some(control)) = (self.controls(), &self.control) {
            f.write_str(", msg_control=")?;
            let cut = control.len > control.bytes.len() as u64;
            list(f, controls, cut)?;
            write!(f, ", msg_controllen={}", control.len)?;
        }
        let flags = Flags {
            set: &MSG,
            value: u64::from(self.flags),
        };
        write!(f, ", msg_flags={flags}}}")
    }
}

impl Display for Control<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self {
            level,
            kind,
            len,
            data,
        } = self;
        write!(
            f,
            "{{cmsg_len={len}, cmsg_level={level}, cmsg_type={kind}, cmsg_data="
        )?;
        match data {
            Data::Known(_, member) => write!(f, "{member}}}"),
            Data::Bytes(bytes) => write!(f, "{}}}", Quoted(bytes)),
        }
    }
}

/// A message of several.
pub(super) struct Several<'a>(pub(super) &'a Message<'a>);

impl Display for Several<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{{msg_hdr={}", self.0)?;
        if let Some(len) = self.0.len {
            write!(f, ", msg_len={len}")?;
        }
        f.write_str("}")
    }
}
