//! What descriptors and paths mean.

use kprobe_common::table::flags::{SOCKET_DOMAIN, SOCKET_PROTOCOL, SOCKET_TYPE};
use serde::ser::{Serialize, SerializeMap, SerializeStruct, Serializer};

use super::Escaped;
use super::sockaddr::Sockaddr;
use super::value::OneOf;
use crate::event::{Fds, PathText};
use crate::world::file::Socket;
use crate::world::meant::Used;

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
