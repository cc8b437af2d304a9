//! Messages and their control data: the same walk for JSON and for text.
//!
//! Control messages follow each other as their own lengths say; one whose length is less than its head ends them.

use kprobe_common::index::Abi;
use kprobe_common::table::flags::{CONTROL_TYPE, MSG, SOCKET_LEVEL};
use kprobe_common::table::structs::CONTROLS;
use serde::ser::{Serialize, SerializeStruct, Serializer};

use super::HexBytes;
use super::netlink::netlink;
use super::number::exact_unsigned;
use super::sockaddr::Sockaddr;
use super::structs::Member;
use super::value::{Flags, OneOf};
use crate::args::{Buffer, Message, Netlink};

/// Control messages one behind the other.
#[derive(Clone)]
pub(crate) struct Controls<'a> {
    pub(crate) abi: Abi,
    pub(crate) bytes: &'a [u8],
}

/// A control message.
pub(crate) struct Control<'a> {
    /// The level: that of socket options.
    pub(crate) level: OneOf,
    /// The type.
    pub(crate) kind: OneOf,
    /// Its length, the head's included.
    pub(crate) len: u64,
    /// What it carries.
    pub(crate) data: Data<'a>,
}

/// What a control message carries.
pub(crate) enum Data<'a> {
    /// Something known, and what it is called.
    Known(&'static str, Member<'a>),
    /// Bytes.
    Bytes(&'a [u8]),
}

impl<'a> Iterator for Controls<'a> {
    type Item = Control<'a>;

    fn next(&mut self) -> Option<Control<'a>> {
        // A length of the ABI's width, then level and type.
        // https://github.com/torvalds/linux/blob/v6.12/include/linux/socket.h#L117-L126
        let word = match self.abi {
            Abi::Arm64 => 8,
            Abi::Arm32 => 4,
        };
        let (head, rest) = self.bytes.split_at_checked(word + 8)?;
        let number = |at: usize| {
            let bytes = head.get(at..).and_then(|bytes| bytes.first_chunk());
            bytes.map_or(0, |bytes| u32::from_le_bytes(*bytes))
        };
        let high = if word == 8 {
            u64::from(number(4)) << 32
        } else {
            0
        };
        let len = high | u64::from(number(0));
        let (level, kind) = (number(word), number(word + 4));
        let size = usize::try_from(len).unwrap_or(usize::MAX);
        let data = size.checked_sub(head.len())?;
        let data = rest.get(..data).unwrap_or(rest);
        let next = size.checked_next_multiple_of(word).unwrap_or(usize::MAX);
        self.bytes = self.bytes.get(next..).unwrap_or_default();
        Some(Control {
            level: OneOf {
                set: &SOCKET_LEVEL,
                value: u64::from(level),
            },
            kind: OneOf {
                set: CONTROL_TYPE.by(u64::from(level)),
                value: u64::from(kind),
            },
            len,
            data: self.meaning(level, kind, data),
        })
    }
}

impl Controls<'_> {
    fn meaning<'a>(&self, level: u32, kind: u32, bytes: &'a [u8]) -> Data<'a> {
        let known = CONTROLS
            .iter()
            .find(|control| control.level == level && control.kind == kind);
        match known {
            Some(control) => Data::Known(control.name, Member::of(&control.field, self.abi, bytes)),
            None => Data::Bytes(bytes),
        }
    }
}

impl Serialize for Control<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("control", 4)?;
        object.serialize_field("level", &self.level)?;
        object.serialize_field("type", &self.kind)?;
        object.serialize_field("len", &exact_unsigned(self.len))?;
        match &self.data {
            Data::Known(name, member) => object.serialize_field(name, member)?,
            Data::Bytes(bytes) => object.serialize_field("hex", &HexBytes(bytes))?,
        }
        object.end()
    }
}

/// A buffer of a message: the first may hold netlink messages.
struct Part<'a> {
    buffer: &'a Buffer<'a>,
    netlink: Option<Netlink>,
}

impl<'a> Part<'a> {
    fn of(message: &'a Message<'a>) -> impl Fn((usize, &'a Buffer<'a>)) -> Self + Clone {
        |(at, buffer)| Self {
            buffer,
            netlink: message.netlink.filter(|_| at == 0),
        }
    }
}

impl Serialize for Part<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.netlink {
            Some(protocol) => netlink(self.buffer, protocol).serialize(serializer),
            None => self.buffer.serialize(serializer),
        }
    }
}

/// What is written as a list.
struct List<T>(T);

impl<T: Iterator<Item: Serialize> + Clone> Serialize for List<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.clone())
    }
}

impl<'a> Message<'a> {
    /// Its control messages.
    pub(crate) fn controls(&self) -> Option<Controls<'a>> {
        self.control.map(|control| Controls {
            abi: self.abi,
            bytes: control.bytes,
        })
    }
}

impl Serialize for Message<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("message", 6)?;
        object.serialize_field("name", &self.name.map(Sockaddr::of))?;
        object.serialize_field(
            "iov",
            &List(self.iov.iter().enumerate().map(Part::of(self))),
        )?;
        object.serialize_field("control", &self.controls().map(List))?;
        let len = self.control.and_then(|control| exact_unsigned(control.len));
        object.serialize_field("controllen", &len)?;
        let flags = Flags {
            set: &MSG,
            value: u64::from(self.flags),
        };
        object.serialize_field("flags", &flags)?;
        if let Some(len) = self.len {
            object.serialize_field("len", &exact_unsigned(len))?;
        }
        object.end()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn json(abi: Abi, bytes: &[u8]) -> String {
        serde_json::to_string(&Controls { abi, bytes }.collect::<Vec<_>>()).unwrap()
    }

    fn control(len: u64, level: u32, kind: u32, data: &[u8]) -> Vec<u8> {
        let mut bytes = len.to_le_bytes().to_vec();
        bytes.extend(level.to_le_bytes());
        bytes.extend(kind.to_le_bytes());
        bytes.extend(data);
        bytes
    }

    #[test]
    fn descriptors_and_credentials_are_shown() {
        let mut bytes = control(24, 1, 1, &[5, 0, 0, 0, 0xff, 0xff, 0xff, 0xff]);
        bytes.extend(control(
            28,
            1,
            2,
            &[7, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0],
        ));
        bytes.extend(control(17, 99, 5, &[0xab, 0, 0]));
        let wanted = concat!(
            r#"[{"level":"SOL_SOCKET","type":"SCM_RIGHTS","len":24,"fds":[5,-1]},"#,
            r#"{"level":"SOL_SOCKET","type":"SCM_CREDENTIALS","len":28,"creds":{"pid":7,"uid":1,"gid":2}},"#,
            r#"{"level":"0x63","type":"0x5","len":17,"hex":"ab"}]"#
        );
        assert_eq!(json(Abi::Arm64, &bytes), wanted);
    }

    #[test]
    fn heads_of_32_bit_code_are_shorter() {
        let bytes = [
            16, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 9, 0, 0, 0, 12, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0,
        ];
        let wanted = concat!(
            r#"[{"level":"SOL_SOCKET","type":"SCM_RIGHTS","len":16,"fds":[9]},"#,
            r#"{"level":"SOL_IP","type":"IP_PKTINFO","len":12,"pktinfo":null}]"#
        );
        assert_eq!(json(Abi::Arm32, &bytes), wanted);
    }

    #[test]
    fn addresses_and_times_are_shown() {
        let mut bytes = control(
            28,
            0,
            8,
            &[2, 0, 0, 0, 10, 0, 0, 1, 127, 0, 0, 1, 0, 0, 0, 0],
        );
        let mut time = [0; 16];
        (time[0], time[8]) = (1, 2);
        bytes.extend(control(32, 1, 35, &time));
        let wanted = concat!(
            r#"[{"level":"SOL_IP","type":"IP_PKTINFO","len":28,"pktinfo":{"ipi_ifindex":2,"ipi_spec_dst":"10.0.0.1","ipi_addr":"127.0.0.1"}},"#,
            r#"{"level":"SOL_SOCKET","type":"SO_TIMESTAMPNS_OLD","len":32,"timespec":{"tv_sec":1,"tv_nsec":2}}]"#
        );
        assert_eq!(json(Abi::Arm64, &bytes), wanted);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]

        #[test]
        fn any_bytes_are_a_list(mut bytes in proptest::collection::vec(any::<u8>(), 0..300), len in 0u8..60) {
            for high in bytes.iter_mut().take(8) { *high = 0; }
            if let Some(low) = bytes.first_mut() { *low = len; }
            for abi in [Abi::Arm64, Abi::Arm32] {
                prop_assert!(serde_json::from_str::<serde_json::Value>(&json(abi, &bytes)).unwrap().is_array());
            }
        }
    }
}
