//! What a descriptor is of: the open file behind it, which any number of descriptors share.

use std::borrow::Cow;
use std::cell::RefCell;
use std::rc::Rc;

use crate::args::Netlink;

/// The family of netlink.
const NETLINK: u32 = libc::AF_NETLINK.cast_unsigned();

/// Address families and the bytes that their addresses have at least: IPv4, IPv6, netlink.
const LEAST: &[(u16, usize)] = &[(2, 8), (10, 28), (16, 12)];

/// The kind of sockets.
pub const SOCKET: &str = "socket";

/// An open file.
#[derive(Debug, PartialEq)]
pub struct File {
    /// What it is: `file`, `socket`, `pipe` …
    pub kind: Cow<'static, str>,
    /// The path that it was opened by, or that `/proc` had when it was met: absolute.
    pub path: Option<Rc<[u8]>>,
    /// The name that it was made with (`memfd`).
    pub name: Option<Rc<[u8]>>,
    /// The process that it stands for (`pidfd`).
    pub pid: Option<u32>,
    pub(super) socket: Option<RefCell<Rc<Socket>>>,
}

/// What is known of a socket.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Socket {
    /// Address family.
    pub domain: Option<u32>,
    /// Type, without flags.
    pub kind: Option<u32>,
    /// Protocol, unless it is 0 and that means the family's usual one.
    pub protocol: Option<u32>,
    /// Its own address: a `struct sockaddr` of any family.
    pub local: Option<Rc<[u8]>>,
    /// The other side's.
    pub peer: Option<Rc<[u8]>>,
}

/// An address to keep: none where it is too short for its family.
#[must_use]
pub fn address(bytes: &[u8]) -> Option<Rc<[u8]>> {
    let family = u16::from_le_bytes(*bytes.first_chunk()?);
    let least = LEAST
        .iter()
        .find(|(of, _)| *of == family)
        .map_or(2, |&(_, least)| least);
    (bytes.len() >= least).then(|| bytes.into())
}

impl Socket {
    /// A socket as it was asked for or found.
    #[must_use]
    pub fn new(domain: Option<u32>, kind: Option<u32>, protocol: Option<u32>) -> Self {
        Self {
            domain,
            kind,
            // Of netlink, 0 is a protocol like others.
            protocol: protocol.filter(|&protocol| protocol != 0 || domain == Some(NETLINK)),
            ..Self::default()
        }
    }

    /// Of which protocol its messages are, if it is a netlink socket.
    #[must_use]
    pub fn netlink(&self) -> Option<Netlink> {
        let protocol = self.protocol.map_or(Netlink::Unknown, Netlink::Protocol);
        (self.domain == Some(NETLINK)).then_some(protocol)
    }
}

impl File {
    /// Of a kind, with nothing else known.
    #[must_use]
    pub fn of(kind: impl Into<Cow<'static, str>>) -> Self {
        Self {
            kind: kind.into(),
            path: None,
            name: None,
            pid: None,
            socket: None,
        }
    }

    /// Something that has a path.
    #[must_use]
    pub fn at(path: Option<Rc<[u8]>>) -> Self {
        Self {
            path,
            ..Self::of("file")
        }
    }

    /// The working directory.
    #[must_use]
    pub fn cwd(path: Rc<[u8]>) -> Self {
        Self {
            path: Some(path),
            ..Self::of("cwd")
        }
    }

    /// A socket.
    #[must_use]
    pub fn socket(socket: Socket) -> Self {
        Self {
            socket: Some(RefCell::new(Rc::new(socket))),
            ..Self::of(SOCKET)
        }
    }

    /// Whether a look would tell more.
    #[must_use]
    pub fn is_vague(&self) -> bool {
        self.kind == "file" && self.path.is_none()
    }

    /// What is known of the socket now.
    #[must_use]
    pub fn as_socket(&self) -> Option<Rc<Socket>> {
        self.socket
            .as_ref()
            .map(|socket| Rc::clone(&socket.borrow()))
    }

    /// Learns more about the socket.
    pub fn learn(&self, change: impl FnOnce(&mut Socket)) {
        if let Some(socket) = &self.socket {
            let mut now = Socket::clone(&socket.borrow());
            change(&mut now);
            *socket.borrow_mut() = Rc::new(now);
        }
    }
}
