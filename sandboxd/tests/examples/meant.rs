//! Examples of what is known beside the arguments: statuses, and what paths and descriptors mean.

use sandboxd::event::{Hex, PathText};
use sandboxd::status::{State, Status};
use sandboxd::world::file::{File, Socket, address};
use sandboxd::world::meant::Used;

/// What paths and descriptors mean: a socket of each family of addresses.
pub(crate) fn meant() -> (Vec<PathText>, Vec<Used>) {
    let mut inet6 = [0; 28];
    inet6[0] = 10;
    let addresses: [&[u8]; 5] = [
        &[2, 0, 0x69, 0xa2, 127, 0, 0, 1],
        &inet6,
        b"\x01\0\0name",
        &[16, 0, 0, 0, 7, 0, 0, 0, 0x11, 0, 0, 0],
        &[99, 0, 1],
    ];
    let used = addresses.into_iter().map(|bytes| {
        let mut socket = Socket::new(Some(2), Some(1), Some(6));
        (socket.local, socket.peer) = (address(bytes), address(bytes));
        let mut file = File::socket(socket);
        file.path = Some(b"/a\xff"[..].into());
        file.name = Some(b"jit"[..].into());
        file.pid = Some(412);
        file
    });
    let names = ["sockfd", "in_fd", "out_fd", "dirfd", "ret"];
    let used = names.into_iter().zip(used);
    let paths = vec![PathText(b"/data/\xff".to_vec())];
    (
        paths,
        used.map(|(name, file)| Used::new(name, 3, file.into()))
            .collect(),
    )
}

pub(crate) fn status() -> Status {
    Status {
        addr: Some(Hex(0x7f12)),
        error: Some("EFAULT"),
        len: Some(5000),
        value: Some(Hex(u64::MAX)),
        field: Some("rlim_max"),
        hex: Some("ff".into()),
        ..Status::new(State::Unread)
    }
}
