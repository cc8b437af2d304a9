//! What records and looks make of the world: small tables of inputs, and what lines would say.

mod asked;
mod belonging;
mod dirs;
mod life;
mod sockets;

use bytemuck::bytes_of;
use kprobe_common::index::Abi;
use kprobe_common::record::{Fork, Frame, Header, Return, flag, kind};
use kprobe_common::table;
use kprobe_common::table::rows::ROWS;

use super::*;
use crate::input::{FilesFound, Found, OpenFile, ProcessLook};
use crate::record::tests::record;

const PID: u32 = 7;

/// A run: one process, thread 7 and others; each step is a clock tick later, looks tell their own times.
#[derive(Default)]
struct Run {
    world: World,
    time: u64,
    uid: u32,
    /// What the last record of an entry was, by thread.
    flags: FxHashMap<u32, u8>,
}

impl Run {
    fn new() -> Self {
        let mut run = Self::default();
        run.world.begin(true, false, None);
        run
    }

    fn header(&mut self, tid: u32, kind: u8, index: u16) -> Header {
        self.time += 10;
        Header {
            kind,
            flags: flag::STATE,
            time: self.time,
            tgid: PID,
            tid,
            uid: self.uid,
            index,
            ..Header::default()
        }
    }

    /// A call is entered; `memory` is what its registers point at.
    fn enter(
        &mut self,
        tid: u32,
        name: &str,
        args: &[i64],
        memory: &[(u8, &[u8])],
    ) -> Option<Rc<Meant>> {
        let row = ROWS.iter().find(|row| row.name == name).expect("a row");
        let mut frame = Frame {
            nr: row.nr(Abi::Arm64).unwrap(),
            ..Frame::default()
        };
        for (register, value) in frame.args.iter_mut().zip(args) {
            *register = *value as u64;
        }
        let mut header = self.header(tid, kind::ENTER, row.index(Abi::Arm64).unwrap());
        let commands = row.files.and_then(table::Files::commands);
        let changes = commands.is_none_or(|listed| listed.contains(&(frame.args[1] as u32)));
        if row.state == 0 || !changes {
            header.flags = 0;
        }
        self.flags.insert(tid, header.flags);
        let bytes = record(header, bytes_of(&frame), memory);
        self.world.call(&Record::parse(&bytes).unwrap())
    }

    fn exit(&mut self, tid: u32, name: &str, ret: i64, memory: &[(u8, &[u8])]) {
        let row = ROWS.iter().find(|row| row.name == name).expect("a row");
        let mut header = self.header(tid, kind::EXIT, row.index(Abi::Arm64).unwrap());
        header.flags = self.flags[&tid];
        let ret = Return {
            ret,
            ..Return::default()
        };
        let bytes = record(header, bytes_of(&ret), memory);
        self.world.call(&Record::parse(&bytes).unwrap());
    }

    /// A whole call, and what it says of its descriptors.
    fn call(
        &mut self,
        tid: u32,
        name: &str,
        args: &[i64],
        memory: &[(u8, &[u8])],
        ret: i64,
    ) -> String {
        let meant = self.enter(tid, name, args, memory);
        self.exit(tid, name, ret, &[]);
        meant.as_deref().map(told).unwrap_or_default()
    }

    fn open(&mut self, tid: u32, path: &str, ret: i64) -> String {
        let args = [-100, 1, 0x8_0000];
        self.call(tid, "openat", &args, &[(1, path.as_bytes())], ret)
    }

    fn fstat(&mut self, tid: u32, fd: i64) -> String {
        self.call(tid, "fstat", &[fd, 0], &[], 0)
    }

    fn fork(&mut self, tid: u32, child: u32, clone_flags: u64) {
        let header = self.header(tid, kind::FORK, 0);
        let fork = Fork {
            clone_flags,
            child,
            ..Fork::default()
        };
        let bytes = record(header, bytes_of(&fork), &[]);
        self.world.change(&Record::parse(&bytes).unwrap(), |_| {});
    }

    /// A look that lasts until the next record.
    fn look(&mut self, open: &[(i32, &str)]) {
        let open = open.iter().map(|&(fd, link)| OpenFile {
            fd,
            link: link.to_owned(),
            ..OpenFile::default()
        });
        self.look_at(open.collect());
    }

    fn look_at(&mut self, open: Vec<OpenFile>) {
        let files = FilesFound {
            cwd: "/data".to_owned(),
            root: "/".to_owned(),
            open,
            users: 1,
        };
        let look = ProcessLook {
            pid: PID,
            tid: PID,
            began: self.time + 1,
            ended: self.time + 9,
            found: Some(Found {
                files: Some(files),
                maps: Some(Vec::new()),
                ..Found::default()
            }),
        };
        self.world.look(&look, 0, self.time, |_| {});
    }
}

/// `fd=file:/a ret=pipe`
fn told(meant: &Meant) -> String {
    let one = |used: &meant::Used| {
        let path = used.file.path.as_deref().map(String::from_utf8_lossy);
        let peer = used
            .socket
            .as_deref()
            .and_then(|socket| socket.peer.clone());
        let peer = peer.map(|peer| format!(" to {peer:?}")).unwrap_or_default();
        let number = used.listed.then(|| format!("[{}]", used.number));
        let name = format!("{}{}", used.name, number.unwrap_or_default());
        match path {
            Some(path) => format!("{name}={}:{path}", used.file.kind),
            None => format!("{name}={}{peer}", used.file.kind),
        }
    };
    let all: Vec<String> = meant.used().iter().map(one).collect();
    all.join(" ")
}

#[test]
fn a_file_is_known_by_the_path_it_was_opened_by() {
    let mut run = Run::new();
    assert_eq!(
        run.open(PID, "/a/b", 3),
        "ret=file",
        "where paths begin is not known yet"
    );
    run.look(&[
        (0, "/dev/null"),
        (4, "anon_inode:[eventpoll]"),
        (6, "socket:[77]"),
    ]);
    assert_eq!(
        run.open(PID, "x/../y", 5),
        "dirfd=cwd:/data ret=file:/data/x/../y"
    );
    assert_eq!(run.fstat(PID, 5), "fd=file:/data/x/../y");
    assert_eq!(run.fstat(PID, 4), "fd=epoll");
    assert_eq!(run.fstat(PID, 6), "fd=socket");
    assert_eq!(run.fstat(PID, 0), "fd=file:/dev/null");
    assert_eq!(run.fstat(PID, 9), "");
    assert_eq!(
        run.call(PID, "dup", &[5], &[], 9),
        "oldfd=file:/data/x/../y ret=file:/data/x/../y"
    );
    assert_eq!(run.call(PID, "close", &[5], &[], 0), "fd=file:/data/x/../y");
    assert_eq!(run.fstat(PID, 5), "");
    assert_eq!(run.fstat(PID, 9), "fd=file:/data/x/../y");
    assert_eq!(
        run.call(PID, "fstat", &[9, 0], &[], -9),
        "",
        "it was not open"
    );
}

#[test]
fn a_version_is_no_descriptor() {
    let mut run = Run::new();
    let ruleset = |run: &mut Run, flags, ret| {
        run.call(PID, "landlock_create_ruleset", &[0, 0, flags], &[], ret)
    };
    assert_eq!(run.open(PID, "/a", 6), "ret=file");
    assert_eq!(ruleset(&mut run, 1, 6), "");
    assert_eq!(run.fstat(PID, 6), "fd=file");
    assert_eq!(ruleset(&mut run, 0, 7), "ret=landlock-ruleset");
}

#[test]
fn a_use_that_overlaps_a_close_says_nothing() {
    let mut run = Run::new();
    run.fstat(PID, 0);
    run.look(&[]);
    run.open(PID, "/a", 3);
    run.fork(PID, 8, 0x1_0f00);
    let read = run.enter(8, "fstat", &[3, 0], &[]);
    assert_eq!(told(read.as_deref().unwrap()), "fd=file:/a");
    run.enter(PID, "close", &[3], &[]);
    run.exit(8, "fstat", 0, &[]);
    assert_eq!(told(read.as_deref().unwrap()), "");
    assert_eq!(run.open(8, "/b", 3), "dirfd=cwd:/data ret=file:/b");
    run.exit(PID, "close", 0, &[]);
    assert_eq!(
        run.fstat(8, 3),
        "fd=file:/b",
        "the close had closed the old file"
    );
}

#[test]
fn a_socket_has_the_addresses_it_was_given() {
    let mut run = Run::new();
    let address: &[u8] = &[2, 0, 0, 80, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0];
    assert_eq!(run.call(PID, "socket", &[2, 1, 0], &[], 3), "ret=socket");
    run.call(PID, "connect", &[3, 1, 16], &[(1, address)], -115);
    assert_eq!(run.fstat(PID, 3), format!("fd=socket to {address:?}"));
    run.call(PID, "connect", &[3, 1, 16], &[(1, address)], -111);
    assert_eq!(run.fstat(PID, 3), "fd=socket");
}

#[test]
fn what_a_call_waits_for_is_known_by_its_number() {
    let mut run = Run::new();
    run.fstat(PID, 0);
    run.look(&[(1, "pipe:[5]"), (4, "anon_inode:[eventpoll]")]);
    let all: [[i32; 2]; 4] = [[9, 1], [-1, 1], [4, 1], [1, 4]];
    let all: Vec<u8> = all
        .as_flattened()
        .iter()
        .flat_map(|word| word.to_le_bytes())
        .collect();
    assert_eq!(
        run.call(PID, "ppoll", &[1, 4, 0, 0, 8], &[(0, &all)], 0),
        "fds[1]=pipe fds[4]=epoll"
    );
    assert_eq!(
        run.call(
            PID,
            "pselect6",
            &[4, 1, 1],
            &[(1, &[0b1_0011]), (2, &[0b10])],
            0
        ),
        "readfds[1]=pipe writefds[1]=pipe",
        "descriptor 4 does not count"
    );
}

#[test]
fn a_process_has_a_copy_and_an_exec_closes() {
    let mut run = Run::new();
    run.fstat(PID, 0);
    run.look(&[(1, "pipe:[5]")]);
    run.open(PID, "/a", 3);
    run.enter(PID, "clone", &[17], &[]);
    run.fork(PID, 20, 17);
    run.call(PID, "close", &[3], &[], 0);
    let child = |run: &mut Run, fd: i32| {
        let tables = run.world.processes[&20].tables.clone();
        let file = tables.files.borrow_mut().at(fd, run.time);
        file.map(|file| file.kind.to_string())
    };
    assert_eq!(child(&mut run, 3).as_deref(), Some("file"));
    assert_eq!(child(&mut run, 1).as_deref(), Some("pipe"));
    let fresh = run.world.processes[&20]
        .tables
        .files
        .borrow_mut()
        .exec(20, run.time);
    let mut fresh = fresh;
    assert_eq!(fresh.at(3, run.time), None);
}

#[test]
fn after_a_loss_nothing_is_known() {
    let mut run = Run::new();
    run.fstat(PID, 0);
    run.look(&[(1, "pipe:[5]")]);
    run.open(PID, "/a", 3);
    assert_eq!(run.fstat(PID, 3), "fd=file:/a");
    run.world.lost(0);
    assert_eq!(run.fstat(PID, 3), "");
    assert_eq!(run.fstat(PID, 1), "");
    run.look(&[(3, "/a")]);
    assert_eq!(run.fstat(PID, 3), "fd=file:/a");
}

#[test]
fn what_records_from_before_a_loss_tell_is_not_believed() {
    let mut run = Run::new();
    run.fstat(PID, 0);
    run.look(&[(1, "pipe:[5]")]);
    let noticed = run.time + 1000;
    run.world.lost(noticed);
    run.open(PID, "/a", 3);
    // What came between this and the loss was lost perhaps.
    assert_eq!(run.fstat(PID, 3), "");
    assert_eq!(run.fstat(PID, 1), "");
    run.world.pass(noticed);
    assert_eq!(run.fstat(PID, 3), "");
    run.world.pass(noticed + 1);
    assert_eq!(run.fstat(PID, 3), "");
    run.time = noticed + 10;
    run.open(PID, "/b", 3);
    assert_eq!(run.fstat(PID, 3), "fd=file");
}

/// What zygote's children do: the first record of them is the return of the call that makes them the app.
#[test]
fn a_process_that_becomes_the_user_keeps_what_was_looked_at_since() {
    let mut run = Run::new();
    run.world.begin(true, true, None);
    let row = ROWS.iter().find(|row| row.name == "setresuid").unwrap();
    let header = run.header(PID, kind::EXIT_ONLY, row.index(Abi::Arm64).unwrap());
    // It is looked at before its first record is taken, and after what that tells of.
    run.look(&[(3, "pipe:[5]")]);
    let fixed = [bytes_of(&Return::default()), bytes_of(&Frame::default())].concat();
    let bytes = record(header, &fixed, &[]);
    run.world.call(&Record::parse(&bytes).unwrap());
    assert_eq!(run.open(PID, "f", 4), "dirfd=cwd:/data ret=file:/data/f");
    assert_eq!(run.fstat(PID, 3), "fd=pipe");
}

#[test]
fn after_a_change_of_user_a_process_is_looked_at_again() {
    let mut run = Run::new();
    run.world.begin(true, true, None);
    run.fstat(PID, 0);
    run.look(&[]);
    run.enter(PID, "setresuid", &[10123, 10123, 10123], &[]);
    run.uid = 10123;
    run.exit(PID, "setresuid", 0, &[]);
    assert_eq!(run.open(PID, "/a", 3), "ret=file");
    assert!(run.world.processes[&PID].stale);
    run.look(&[]);
    assert_eq!(run.open(PID, "f", 4), "dirfd=cwd:/data ret=file:/data/f");
}
