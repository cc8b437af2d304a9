//! What descriptors and paths mean.

use std::borrow::Cow;

use kprobe_common::table::flags::{SOCKET_DOMAIN, SOCKET_PROTOCOL, SOCKET_TYPE};
use serde::ser::{Serialize, SerializeMap, SerializeStruct, Serializer};

use super::sockaddr::Sockaddr;
use super::syscall::other;
use super::value::OneOf;
use super::{Escaped, put};
use crate::event::{Fds, PathText};
use crate::world::file::{File, Socket};
use crate::world::meant::Used;

/// Appends them, the common ones without asking the types.
pub(super) fn write(out: &mut Vec<u8>, fds: &Fds<'_>) {
    out.push(b'{');
    put::each(out, fds.0, |out, used| {
        if used.listed {
            out.push(b'"');
            out.extend_from_slice(used.name.as_bytes());
            out.push(b'[');
            put::integer(out, used.number);
            out.extend_from_slice(b"]\"");
        } else {
            put::name(out, used.name);
        }
        out.push(b':');
        if used.file.pid.is_some() || used.socket.is_some() {
            other(out, used);
        } else {
            write_file(out, &used.file);
        }
    });
    out.push(b'}');
}

fn write_file(out: &mut Vec<u8>, file: &File) {
    match &file.kind {
        Cow::Borrowed(name) => put::word(out, br#"{"kind":"#, name),
        Cow::Owned(text) => {
            out.extend_from_slice(br#"{"kind":"#);
            put::text(out, text);
        }
    }
    for (key, text) in [(br#","path":"#, &file.path), (br#","name":"#, &file.name)] {
        if let Some(text) = text {
            out.extend_from_slice(key);
            put::bytes(out, text);
        }
    }
    out.push(b'}');
}

impl Serialize for PathText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Escaped(&self.0).serialize(serializer)
    }
}

impl Serialize for Fds<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for used in self.0 {
            if used.listed {
                map.serialize_entry(&format_args!("{}[{}]", used.name, used.number), used)?;
            } else {
                map.serialize_entry(used.name, used)?;
            }
        }
        map.end()
    }
}

impl Serialize for Used {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("fd", 4)?;
        object.serialize_field("kind", self.file.kind.as_ref())?;
        if let Some(path) = &self.file.path {
            object.serialize_field("path", &Escaped(path))?;
        }
        if let Some(name) = &self.file.name {
            object.serialize_field("name", &Escaped(name))?;
        }
        if let Some(pid) = &self.file.pid {
            object.serialize_field("pid", pid)?;
        }
        if let Some(socket) = &self.socket {
            self::socket(socket, &mut object)?;
        }
        object.end()
    }
}

fn socket<S: SerializeStruct>(socket: &Socket, object: &mut S) -> Result<(), S::Error> {
    let one_of = |set, value: u32| OneOf {
        set,
        value: u64::from(value),
    };
    if let Some(domain) = socket.domain {
        object.serialize_field("domain", &one_of(&SOCKET_DOMAIN, domain))?;
    }
    if let Some(name) = socket
        .kind
        .and_then(|kind| SOCKET_TYPE.names(u64::from(kind)).next())
    {
        object.serialize_field("type", name)?;
    }
    if let (Some(domain), Some(protocol)) = (socket.domain, socket.protocol) {
        let set = SOCKET_PROTOCOL.by(u64::from(domain));
        object.serialize_field("protocol", &one_of(set, protocol))?;
    }
    if let Some(local) = &socket.local {
        object.serialize_field("local", &Sockaddr::of(local))?;
    }
    if let Some(peer) = &socket.peer {
        object.serialize_field("peer", &Sockaddr::of(peer))?;
    }
    Ok(())
}
