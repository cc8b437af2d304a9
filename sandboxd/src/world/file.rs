//! What a descriptor is of: the open file behind it, which any number of descriptors share.

use std::borrow::Cow;
use std::cell::RefCell;
use std::rc::Rc;

use crate::args::Netlink;

/// The family of netlink.
const NETLINK: u32 = libc::AF_NETLINK.cast_unsigned();

/// Address families and the bytes that their addresses have at least: IPv4, IPv6, netlink.
const LEAST: &[(u16, usize)] = &[(2, 8), (10, 28), (16, 12)];

/// Address families, and the bytes that are all of one value where the kernel chooses: any port, any address. IPv4,
/// IPv6, netlink, Bluetooth (of which there are two layouts), `AF_VSOCK`, `AF_QIPCRTR`.
const CHOSEN: &[(u16, std::ops::Range<usize>, u8)] = &[
    (2, 2..4, 0),
    (2, 4..8, 0),
    (10, 2..4, 0),
    (10, 8..24, 0),
    (16, 4..8, 0),
    (31, 2..8, 0),
    (31, 4..10, 0),
    (40, 4..8, 0xff),
    (40, 8..12, 0xff),
    (42, 8..12, 0),
];

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
    /// Its own address: a `struct sockaddr` of any family, unless the kernel chooses a part of it.
    pub local: Option<Rc<[u8]>>,
    /// The other side's, or the one that it was asked to connect to without waiting.
    pub peer: Option<Rc<[u8]>>,
    /// Its own address was asked for, and stays whatever it is connected to.
    pub(super) is_bound: bool,
    /// Counts beginnings and ends of calls that connect it.
    pub(super) connects: u32,
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

/// A socket's own address, as it was asked for or found: none where the kernel chooses a part of it, now or once the
/// socket is connected.
#[must_use]
pub fn own_address(bytes: &[u8]) -> Option<Rc<[u8]>> {
    let is_chosen = |(of, range, value): &(u16, std::ops::Range<usize>, u8)| {
        bytes.starts_with(&of.to_le_bytes())
            && bytes
                .get(range.clone())
                .is_none_or(|part| part.iter().all(|byte| byte == value))
    };
    // Of a family alone, nothing is said: the kernel names a socket of `AF_UNIX` then.
    address(bytes).filter(|bytes| bytes.len() > 2 && !CHOSEN.iter().any(is_chosen))
}

/// The other side's address: none where the call dissolves what was connected (`AF_UNSPEC`).
#[must_use]
pub fn other_address(bytes: &[u8]) -> Option<Rc<[u8]>> {
    address(bytes).filter(|bytes| bytes.len() > 2 && bytes[..2] != [0, 0])
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

    /// A call begins to connect it, or dissolves its connection: where it leads to is not known, nor from where, unless
    /// that was asked for. Gives the count by which [`Self::connected`] knows the call.
    pub(super) fn connecting(&mut self) -> u32 {
        self.peer = None;
        // Names of `AF_UNIX` and numbers of netlink stay with their socket.
        let stays = [libc::AF_UNIX.cast_unsigned(), NETLINK];
        let stays = self.domain.is_some_and(|domain| stays.contains(&domain));
        if !self.is_bound && !stays {
            self.local = None;
        }
        self.connects = self.connects.wrapping_add(1);
        self.connects
    }

    /// The call is over that began at that count. Of two at once, nobody knows which was the last.
    pub(super) fn connected(&mut self, began: u32, peer: Option<Rc<[u8]>>) {
        self.peer = peer.filter(|_| self.connects == began);
        self.connects = self.connects.wrapping_add(1);
    }

    /// The socket that somebody got by connecting to this one.
    pub(super) fn accepted(&self, peer: Option<Rc<[u8]>>) -> Self {
        Self {
            peer,
            is_bound: false,
            ..self.clone()
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
    pub fn learn<T>(&self, change: impl FnOnce(&mut Socket) -> T) -> Option<T> {
        let socket = self.socket.as_ref()?;
        let mut now = Socket::clone(&socket.borrow());
        let answer = change(&mut now);
        *socket.borrow_mut() = Rc::new(now);
        Some(answer)
    }
}
