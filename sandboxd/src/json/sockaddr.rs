//! Socket addresses: the same parts for JSON and for text.
//!
//! A part that the address is too short for is null; nothing here trusts a length.

use std::net::{Ipv4Addr, Ipv6Addr};

use kprobe_common::index::Abi;
use kprobe_common::table::flags::SOCKET_DOMAIN;
use kprobe_common::table::structs::{ADDRESSES, AddressDef};
use serde::ser::{Serialize, SerializeStruct, Serializer};

use super::structs::Struct;
use super::value::OneOf;
use super::{Escaped, HexBytes, until_zero};
use crate::event::Hex;

/// An address, taken apart.
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
    /// A family whose parts are numbers: packets, Bluetooth, virtual machines and so on.
    Numbers(Struct<'a>),
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
            _ => match numbers(family, bytes) {
                Some(numbers) => Self::Numbers(numbers),
                None => Self::Other {
                    family: Some(family),
                    data,
                },
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
            Self::Numbers(numbers) => part(numbers.bytes, 0).map(u16::from_le_bytes)?,
            Self::Other { family, .. } => (*family)?,
        };
        Some(OneOf {
            set: &SOCKET_DOMAIN,
            value: u64::from(number),
        })
    }
}

/// The structure of an address, where there is a row for it.
fn numbers(family: u16, bytes: &[u8]) -> Option<Struct<'_>> {
    let fits = |address: &&AddressDef| {
        let (from, to) = address.len;
        address.family == family && (usize::from(from)..=usize::from(to)).contains(&bytes.len())
    };
    let address = ADDRESSES.iter().find(fits)?;
    Some(Struct {
        def: address.def,
        // The same in both.
        abi: Abi::Arm64,
        bytes,
    })
}

/// A field's name without what all names of its structure begin with: `sll_ifindex` is `ifindex`.
pub(crate) fn short(name: &'static str) -> &'static str {
    name.split_once('_').map_or(name, |(_, short)| short)
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
            Self::Numbers(numbers) => {
                for (name, member) in numbers.members() {
                    object.serialize_field(short(name), &member)?;
                }
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
        let mut packet = [0; 20];
        (packet[0], packet[3], packet[4], packet[8]) = (17, 3, 2, 1);
        (packet[11], packet[12], packet[17]) = (6, 0x52, 0x56);
        let wanted = r#"{"family":"AF_PACKET","protocol":"ETH_P_ALL","ifindex":2,"hatype":"ARPHRD_ETHER","pkttype":"PACKET_HOST","halen":6,"addr":"52:00:00:00:00:56"}"#;
        assert_eq!(json(&packet), wanted);
        let wanted = r#"{"family":"AF_VSOCK","port":1234,"cid":2}"#;
        assert_eq!(
            json(&[40, 0, 0, 0, 0xd2, 4, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0]),
            wanted
        );
        let mut alg = [0; 88];
        alg[0] = 38;
        alg[2..6].copy_from_slice(b"hash");
        alg[24..30].copy_from_slice(b"sha256");
        let wanted =
            r#"{"family":"AF_ALG","type":"hash","feat":"0x0","mask":"0x0","name":"sha256"}"#;
        assert_eq!(json(&alg), wanted);
        let wanted = r#"{"family":"AF_QIPCRTR","node":1,"port":4294967294}"#;
        assert_eq!(
            json(&[42, 0, 0, 0, 1, 0, 0, 0, 0xfe, 0xff, 0xff, 0xff]),
            wanted
        );
        assert_eq!(json(&[99, 0]), r#"{"family":"0x63","data":""}"#);
    }

    #[test]
    fn bluetooth_is_told_by_its_length() {
        let of = |len: usize| {
            let bytes = [31, 0, 1, 2, 3, 4, 5, 6, 7, 0, 4, 0, 1, 0];
            json(&bytes[..len])
        };
        let wanted = r#"{"family":"AF_BLUETOOTH","dev":513,"channel":1027}"#;
        assert_eq!(of(6), wanted);
        let wanted = r#"{"family":"AF_BLUETOOTH","bdaddr":"06:05:04:03:02:01"}"#;
        assert_eq!(of(8), wanted);
        let wanted = r#"{"family":"AF_BLUETOOTH","bdaddr":"06:05:04:03:02:01","channel":7}"#;
        assert_eq!(of(10), wanted);
        let wanted = r#"{"family":"AF_BLUETOOTH","psm":513,"bdaddr":"00:07:06:05:04:03","cid":4,"bdaddr_type":"BDADDR_LE_PUBLIC"}"#;
        assert_eq!(of(14), wanted);
        let wanted = r#"{"family":"AF_BLUETOOTH","data":"0102030405"}"#;
        assert_eq!(of(7), wanted);
    }

    #[test]
    fn what_is_missing_is_null() {
        assert_eq!(
            json(&[17, 0, 0]),
            r#"{"family":"AF_PACKET","protocol":null,"ifindex":null,"hatype":null,"pkttype":null,"halen":null,"addr":null}"#
        );
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
