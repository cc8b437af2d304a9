//! Addresses of networks and of their hardware, as people write them.

use std::fmt::{self, Display, Formatter};
use std::net::{Ipv4Addr, Ipv6Addr};

use serde::ser::{Serialize, Serializer};

/// An address; what it is an address of follows from its length, Bluetooth's apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Address<'a> {
    /// IPv4.
    V4(Ipv4Addr),
    /// IPv6.
    V6(Ipv6Addr),
    /// Of hardware: `52:54:00:12:34:56`.
    Hardware(&'a [u8]),
    /// Bluetooth: the same, but its last byte is stored first.
    Bluetooth(&'a [u8; 6]),
}

impl<'a> Address<'a> {
    pub(crate) fn of(bytes: &'a [u8]) -> Self {
        if let Ok(bytes) = <[u8; 4]>::try_from(bytes) {
            Self::V4(bytes.into())
        } else if let Ok(bytes) = <[u8; 16]>::try_from(bytes) {
            Self::V6(bytes.into())
        } else {
            Self::Hardware(bytes)
        }
    }
}

impl Display for Address<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::V4(address) => address.fmt(f),
            Self::V6(address) => address.fmt(f),
            Self::Hardware(bytes) => with_colons(f, bytes.iter()),
            Self::Bluetooth(bytes) => with_colons(f, bytes.iter().rev()),
        }
    }
}

fn with_colons<'a>(f: &mut Formatter<'_>, bytes: impl Iterator<Item = &'a u8>) -> fmt::Result {
    for (at, byte) in bytes.enumerate() {
        let colon = if at > 0 { ":" } else { "" };
        write!(f, "{colon}{byte:02x}")?;
    }
    Ok(())
}

impl Serialize for Address<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
