//! Sockets: the addresses that they are said to have, and what their messages are.

use super::*;
use crate::args::Netlink;

const WILD: &[u8] = &[2, 0, 0, 80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
const LOOP: &[u8] = &[2, 0, 0, 80, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0];
const FAR: &[u8] = &[2, 0, 1, 187, 10, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 0];
const NOBODY: &[u8] = &[0, 0, 0, 0, 0, 0, 0, 0];
const EINPROGRESS: i64 = -115;
const ECONNREFUSED: i64 = -111;

/// The addresses of a descriptor: its own, the other side's.
fn ends(run: &mut Run, fd: i64) -> (Option<Vec<u8>>, Option<Vec<u8>>) {
    let meant = run.enter(PID, "fstat", &[fd, 0], &[]).unwrap();
    run.exit(PID, "fstat", 0, &[]);
    let used = meant.used();
    let socket = used[0].socket.clone().expect("a socket");
    let bytes = |address: &Option<Rc<[u8]>>| address.as_deref().map(Into::into);
    (bytes(&socket.local), bytes(&socket.peer))
}

fn named(local: Option<&[u8]>, peer: Option<&[u8]>) -> (Option<Vec<u8>>, Option<Vec<u8>>) {
    (local.map(Into::into), peer.map(Into::into))
}

fn socket(run: &mut Run, fd: i64) {
    run.call(PID, "socket", &[2, 1, 0], &[], fd);
}

fn bind(run: &mut Run, fd: i64, address: &[u8]) {
    run.call(PID, "bind", &[fd, 1, 16], &[(1, address)], 0);
}

fn connect(run: &mut Run, fd: i64, address: &[u8], ret: i64) {
    run.call(PID, "connect", &[fd, 1, 16], &[(1, address)], ret);
}

/// Somebody connects to descriptor 3: the room, what lies in the buffer, and how long the kernel says that it is.
fn accept(run: &mut Run, fd: i64, room: u32, address: &[u8], len: u32) {
    run.enter(PID, "accept4", &[3, 1, 2, 0], &[(2, &room.to_le_bytes())]);
    run.exit(PID, "accept4", fd, &[(1, address), (2, &len.to_le_bytes())]);
}

#[test]
fn who_connected_is_known_where_there_was_room_to_say() {
    let mut run = Run::new();
    socket(&mut run, 3);
    accept(&mut run, 4, 16, FAR, 16);
    assert_eq!(ends(&mut run, 4), named(None, Some(FAR)));
    accept(&mut run, 5, 8, FAR, 16);
    assert_eq!(
        ends(&mut run, 5),
        named(None, None),
        "behind the room lies what was there before"
    );
    accept(&mut run, 6, 128, FAR, 16);
    assert_eq!(ends(&mut run, 6), named(None, Some(FAR)));
    run.enter(PID, "accept4", &[3, 1, 2, 0], &[]);
    let len: &[u8] = &[16, 0, 0, 0];
    run.exit(PID, "accept4", 7, &[(1, FAR), (2, len)]);
    assert_eq!(
        ends(&mut run, 7),
        named(None, None),
        "the room was not read"
    );
}

#[test]
fn an_address_that_the_kernel_chooses_is_not_said() {
    let mut run = Run::new();
    socket(&mut run, 3);
    bind(&mut run, 3, WILD);
    assert_eq!(ends(&mut run, 3), named(None, None));
    accept(&mut run, 4, 16, FAR, 16);
    assert_eq!(ends(&mut run, 4), named(None, Some(FAR)));
    connect(&mut run, 3, FAR, 0);
    assert_eq!(ends(&mut run, 3), named(None, Some(FAR)));
    socket(&mut run, 5);
    bind(&mut run, 5, LOOP);
    connect(&mut run, 5, FAR, 0);
    assert_eq!(ends(&mut run, 5), named(Some(LOOP), Some(FAR)));
    let mut six = [0; 28];
    (six[0], six[3]) = (10, 80);
    assert_eq!(file::own_address(&six), None);
    six[23] = 1;
    assert_eq!(file::own_address(&six).as_deref(), Some(&six[..]));
    let any: &[u8] = &[40, 0, 0, 0, 1, 0, 0, 0, 255, 255, 255, 255, 0, 0, 0, 0];
    assert_eq!(file::own_address(any), None);
    assert_eq!(file::own_address(&[1, 0]), None);
}

#[test]
fn a_connection_is_dissolved() {
    let mut run = Run::new();
    socket(&mut run, 3);
    connect(&mut run, 3, FAR, 0);
    connect(&mut run, 3, NOBODY, 0);
    assert_eq!(ends(&mut run, 3), named(None, None));
    connect(&mut run, 3, FAR, EINPROGRESS);
    assert_eq!(ends(&mut run, 3), named(None, Some(FAR)));
    connect(&mut run, 3, LOOP, ECONNREFUSED);
    assert_eq!(ends(&mut run, 3), named(None, None));
}

#[test]
fn of_two_that_connect_at_once_nobody_knows_the_last() {
    let mut run = Run::new();
    socket(&mut run, 3);
    run.fork(PID, 8, 0x1_0f00);
    run.enter(PID, "connect", &[3, 1, 16], &[(1, FAR)]);
    connect(&mut run, 3, LOOP, 0);
    run.enter(8, "connect", &[3, 1, 16], &[(1, LOOP)]);
    run.enter(PID, "connect", &[3, 1, 16], &[(1, FAR)]);
    run.exit(8, "connect", 0, &[]);
    run.exit(PID, "connect", 0, &[]);
    assert_eq!(ends(&mut run, 3), named(None, None));
    connect(&mut run, 3, FAR, 0);
    assert_eq!(ends(&mut run, 3), named(None, Some(FAR)));
}

/// What a look says of a socket's own end holds until it is connected anew, unless a call asked for it.
#[test]
fn what_was_looked_at_may_move() {
    let mut run = Run::new();
    run.fstat(PID, 0);
    let at = |fd, domain: u32, local: &[u8], peer: &[u8]| OpenFile {
        fd,
        link: "socket:[7]".to_owned(),
        socket: Some(crate::input::SocketFound {
            domain: Some(domain),
            local: local.into(),
            peer: peer.into(),
            ..Default::default()
        }),
        ..OpenFile::default()
    };
    let name: &[u8] = b"\x01\0/name";
    run.look_at(vec![
        at(3, 2, &[2, 0, 0, 0, 0, 0, 0, 0], &[]),
        at(4, 2, LOOP, FAR),
        at(5, 1, name, &[]),
    ]);
    run.fstat(PID, 0);
    assert_eq!(ends(&mut run, 3), named(None, None));
    assert_eq!(ends(&mut run, 4), named(Some(LOOP), Some(FAR)));
    connect(&mut run, 4, NOBODY, 0);
    assert_eq!(ends(&mut run, 4), named(None, None));
    connect(&mut run, 5, name, 0);
    assert_eq!(ends(&mut run, 5), named(Some(name), Some(name)));
}

#[test]
fn a_netlink_socket_says_of_which_protocol_its_messages_are() {
    let mut run = Run::new();
    let mut fd = 3;
    let mut netlink = |made: &[i64]| {
        fd += 1;
        run.call(PID, "socket", made, &[], fd);
        let meant = run.enter(PID, "sendto", &[fd, 0, 0, 0, 0, 0], &[]).unwrap();
        run.exit(PID, "sendto", 0, &[]);
        let row = ROWS.iter().find(|row| row.name == "sendto").unwrap();
        let socket = meant.first(row).and_then(|file| file.as_socket());
        socket.unwrap().netlink()
    };
    assert_eq!(netlink(&[16, 3, 0]), Some(Netlink::Protocol(0)));
    assert_eq!(netlink(&[16, 3, 16]), Some(Netlink::Protocol(16)));
    assert_eq!(netlink(&[2, 3, 16]), None);
    assert_eq!(
        file::Socket::new(Some(16), None, None).netlink(),
        Some(Netlink::Unknown)
    );
}
