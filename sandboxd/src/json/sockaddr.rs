//! Socket addresses: the same parts for JSON and for text.
//!
//! A part that the address is too short for is null; nothing here trusts a length.

use std::net::{Ipv4Addr, Ipv6Addr};

use kprobe_common::table::flags::SOCKET_DOMAIN;
use serde::ser::{Serialize, SerializeStruct, Serializer};

use super::value::OneOf;
use super::{Escaped, HexBytes, until_zero};
use crate::event::Hex;

/// An address, taken apart.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Sockaddr<'a> {
    /// IPv4.
    Inet {
        /// The address.
        addr: Option<Ipv4Addr>,
        /// The port.
        port: Option<u16>,
    },
    /// IPv6.
    Inet6 {
        /// The address.
        addr: Option<Ipv6Addr>,
        /// The port.
        port: Option<u16>,
        /// Flow label and traffic class.
        flowinfo: Option<u32>,
        /// The interface.
        scope_id: Option<u32>,
    },
    /// A path, or a name that is in no file system.
    Unix {
        /// The path or name; a name may have zero bytes in it.
        path: &'a [u8],
        /// Whether it is a name.
        hidden: bool,
    },
    /// Netlink.
    Netlink {
        /// The port, often the process.
        pid: Option<u32>,
        /// The multicast groups, one bit each.
        groups: Option<u32>,
    },
    /// Another family.
    Other {
        /// The family; none if even that is missing.
        family: Option<u16>,
        /// What follows the family.
        data: &'a [u8],
    },
}

fn part<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..)?.first_chunk().copied()
}

impl<'a> Sockaddr<'a> {
    /// Of the bytes that were read.
    pub(crate) fn of(bytes: &'a [u8]) -> Self {
        let Some((family, data)) = bytes.split_first_chunk() else {
            return Self::Other {
                family: None,
                data: bytes,
            };
        };
        let family = u16::from_le_bytes(*family);
        let port = part(bytes, 2).map(u16::from_be_bytes);
        match i32::from(family) {
            libc::AF_INET => Self::Inet {
                addr: part::<4>(bytes, 4).map(Ipv4Addr::from),
                port,
            },
            libc::AF_INET6 => Self::Inet6 {
                addr: part::<16>(bytes, 8).map(Ipv6Addr::from),
                port,
                flowinfo: part(bytes, 4).map(u32::from_be_bytes),
                scope_id: part(bytes, 24).map(u32::from_le_bytes),
            },
            libc::AF_UNIX => match data {
                [0, name @ ..] if !name.is_empty() => Self::Unix {
                    path: name,
                    hidden: true,
                },
                _ => Self::Unix {
                    path: until_zero(data),
                    hidden: false,
                },
            },
            libc::AF_NETLINK => Self::Netlink {
                pid: part(bytes, 4).map(u32::from_le_bytes),
                groups: part(bytes, 8).map(u32::from_le_bytes),
            },
            _ => Self::Other {
                family: Some(family),
                data,
            },
        }
    }

    /// Its family.
    pub(crate) fn family(&self) -> Option<OneOf> {
        let number = match self {
            Self::Inet { .. } => libc::AF_INET as u16,
            Self::Inet6 { .. } => libc::AF_INET6 as u16,
            Self::Unix { .. } => libc::AF_UNIX as u16,
            Self::Netlink { .. } => libc::AF_NETLINK as u16,
            Self::Other { family, .. } => (*family)?,
        };
        Some(OneOf {
            set: &SOCKET_DOMAIN,
            value: u64::from(number),
        })
    }
}

/// What has a `Display` as a string.
struct Shown<T>(T);

impl<T: std::fmt::Display> Serialize for Shown<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl Serialize for Sockaddr<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("sockaddr", 5)?;
        object.serialize_field("family", &self.family())?;
        match self {
            Self::Inet { addr, port } => {
                object.serialize_field("addr", &addr.map(Shown))?;
                object.serialize_field("port", port)?;
            }
            Self::Inet6 {
                addr,
                port,
                flowinfo,
                scope_id,
            } => {
                object.serialize_field("addr", &addr.map(Shown))?;
                object.serialize_field("port", port)?;
                object.serialize_field("flowinfo", flowinfo)?;
                object.serialize_field("scope_id", scope_id)?;
            }
            Self::Unix { path, hidden } => {
                object.serialize_field("path", &Escaped(path))?;
                object.serialize_field("abstract", hidden)?;
            }
            Self::Netlink { pid, groups } => {
                object.serialize_field("pid", pid)?;
                object.serialize_field("groups", &groups.map(|groups| Hex(u64::from(groups))))?;
            }
            Self::Other { data, .. } => object.serialize_field("data", &HexBytes(data))?,
        }
        object.end()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn json(bytes: &[u8]) -> String {
        serde_json::to_string(&Sockaddr::of(bytes)).unwrap()
    }

    #[test]
    fn each_family_has_its_parts() {
        let inet = [2, 0, 0x69, 0xa2, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0];
        let wanted = r#"{"family":"AF_INET","addr":"127.0.0.1","port":27042}"#;
        assert_eq!(json(&inet), wanted);
        let mut inet6 = [0; 28];
        (inet6[0], inet6[3], inet6[7], inet6[23], inet6[24]) = (10, 53, 1, 1, 2);
        let wanted = r#"{"family":"AF_INET6","addr":"::1","port":53,"flowinfo":1,"scope_id":2}"#;
        assert_eq!(json(&inet6), wanted);
        let wanted = r#"{"family":"AF_UNIX","path":"/dev/x","abstract":false}"#;
        assert_eq!(json(b"\x01\0/dev/x\0junk"), wanted);
        let wanted = r#"{"family":"AF_UNIX","path":"frida\u0000:1","abstract":true}"#;
        assert_eq!(json(b"\x01\0\0frida\0:1"), wanted);
        let wanted = r#"{"family":"AF_UNIX","path":"","abstract":false}"#;
        assert_eq!(json(b"\x01\0"), wanted);
        let wanted = r#"{"family":"AF_NETLINK","pid":7,"groups":"0x11"}"#;
        assert_eq!(json(&[16, 0, 0, 0, 7, 0, 0, 0, 0x11, 0, 0, 0]), wanted);
        assert_eq!(
            json(&[0, 0, 1, 255]),
            r#"{"family":"AF_UNSPEC","data":"01ff"}"#
        );
        assert_eq!(json(&[99, 0]), r#"{"family":"0x63","data":""}"#);
    }

    #[test]
    fn what_is_missing_is_null() {
        assert_eq!(
            json(&[2, 0, 0, 53]),
            r#"{"family":"AF_INET","addr":null,"port":53}"#
        );
        assert_eq!(json(&[2]), r#"{"family":null,"data":"02"}"#);
        assert_eq!(json(&[]), r#"{"family":null,"data":""}"#);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]

        #[test]
        fn any_bytes_are_an_object(family in 0u8..48, rest in any::<Vec<u8>>(), len in 0usize..200) {
            let mut bytes = vec![family, 0];
            bytes.extend(rest);
            bytes.truncate(len);
            let value: serde_json::Value = serde_json::from_str(&json(&bytes)).unwrap();
            prop_assert!(value["family"].is_string() || value["family"].is_null());
        }
    }
}
