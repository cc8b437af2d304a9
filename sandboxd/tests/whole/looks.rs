//! What a run begins with, and what its looks find: processes with a few open files, in memory that is their own.

use proptest::bool::weighted;
use proptest::prelude::*;
use sandboxd::event::Targets;
use sandboxd::fold::{Asked, Look};
use sandboxd::input::{
    DescriptorLook, Fact, FilesFound, Found, MapLine, NameFound, NameLook, OpenFile, ProcessLook,
    Show, SocketFound, Start,
};
use sandboxd::probe::CpuLosses;

use super::calls::{CODE, CODE_LEN};

/// The package that is asked for; two others share a user ID.
pub(crate) const PACKAGE: &str = "com.example.app";
/// Their user IDs, within a user.
pub(crate) const APP: u32 = 10_123;
pub(crate) const SHARED: u32 = 10_050;
/// What processes are called.
pub(crate) const NAMES: [&str; 4] = [PACKAGE, "com.shared.one", "zygote64", "x"];
/// When they began, in clock ticks: before every record.
const BEGAN: u64 = 50;

/// How runs begin.
pub(crate) fn starts() -> impl Strategy<Value = Start> {
    let filter = prop_oneof![8 => Just(0), 6 => 1..9_u8];
    let bools = (
        weighted(0.85),
        weighted(0.9),
        weighted(0.3),
        weighted(0.4),
        weighted(0.15),
    );
    (bools, filter).prop_map(
        |((files, returns, by_uid, has_package, changing), filter)| {
            let packages = if has_package { &[PACKAGE][..] } else { &[] };
            let targets = Targets {
                packages: owned(packages),
                ..Targets::default()
            };
            let start = Start {
                run: "whole".into(),
                page: 4096,
                address_bits: 48,
                files,
                returns,
                by_uid,
                changing,
                targets,
                ..Start::default()
            };
            filtered(start, filter)
        },
    )
}

/// Something is asked for that leaves calls out.
fn filtered(mut start: Start, filter: u8) -> Start {
    match filter {
        1 => start.names = owned(&["!b*"]),
        2 => start.errors = owned(&["!EBADF"]),
        3 => start.only = owned(&["/seen/*", "*f*"]),
        4 => start.show = Show::Failed,
        5 => start.show = Show::Successful,
        6 => start.show = Show::Counts,
        7 => {
            start.made_by = Asked {
                caller: owned(&["!anon"]),
                ..Asked::default()
            };
        }
        8 => start.raw = true,
        _ => {}
    }
    start
}

fn owned(words: &[&str]) -> Vec<String> {
    words.iter().map(|&word| word.to_owned()).collect()
}

/// Who has which user ID.
pub(crate) fn packages(all: bool) -> Fact {
    let mut by_uid = vec![(SHARED, owned(&["com.shared.one", "com.shared.two"]))];
    if all {
        by_uid.push((APP, owned(&[PACKAGE])));
    }
    Fact::Packages {
        by_uid: by_uid.into_iter().collect(),
    }
}

/// Others are asked for.
pub(crate) fn targets(boot_ns: u64, mine: bool) -> Fact {
    let package = if mine { PACKAGE } else { "com.shared.*" };
    Fact::Targets {
        boot_ns,
        targets: Targets {
            packages: owned(&[package]),
            ..Targets::default()
        },
    }
}

/// The counters of a CPU that has lost so many of its calls, and of its records of state.
pub(crate) fn losses(boot_ns: u64, cpu: u16, lost: u64, state_lost: u64) -> Fact {
    let cpu = CpuLosses {
        cpu,
        lost,
        state_lost,
        by_index: vec![(56, lost, 0)],
        ..CpuLosses::default()
    };
    Fact::Losses {
        boot_ns,
        cpus: vec![cpu],
    }
}

/// What a look that is due at that time finds; nobody looks into files.
pub(crate) fn found(look: &Look, time: u64) -> Option<Fact> {
    Some(match *look {
        Look::Process {
            pid,
            tid,
            files,
            uid,
            at,
        } => process(pid, tid, files, uid, at),
        Look::Name { pid, at } => {
            let name = NAMES[(at / 1000 % 4) as usize].to_owned();
            let found = NameFound { start: BEGAN, name };
            let look = NameLook {
                pid,
                began: at + 50,
                ended: at + 100,
                found: Some(found),
            };
            Fact::Name { look, at }
        }
        Look::Descriptor { pid, tid, fd } => {
            let found = (!(time / 1000).is_multiple_of(5)).then(|| open(fd));
            Fact::Descriptor {
                look: DescriptorLook {
                    pid,
                    tid,
                    fd,
                    start: BEGAN,
                    began: time + 50,
                    ended: ended(time),
                    found,
                },
            }
        }
        Look::Losses | Look::Code { .. } => return None,
    })
}

/// Some looks take longer than it takes until something else happens.
fn ended(time: u64) -> u64 {
    time + [100, 700, 1600][(time / 1000 % 3) as usize]
}

/// A look at a process.
pub(crate) fn process(pid: u32, tid: u32, files: bool, uid: u32, at: u64) -> Fact {
    let turn = at / 1000;
    let files = files.then(|| FilesFound {
        cwd: "/data".into(),
        root: "/".into(),
        open: (0..4).map(open).collect(),
        users: 1 + usize::from(turn.is_multiple_of(7)),
    });
    let found = Found {
        start: BEGAN,
        ppid: 1,
        name: NAMES[(turn % 3) as usize].into(),
        cmdline: Vec::new(),
        tids: vec![tid],
        maps: maps(turn % 4),
        files: files.filter(|_| !turn.is_multiple_of(5)),
    };
    let look = ProcessLook {
        pid,
        tid,
        began: at + 50,
        ended: ended(at),
        found: (!turn.is_multiple_of(11)).then_some(found),
    };
    Fact::Process { look, uid, at }
}

/// Mappings: the code as memory without a file, none, or nobody could read them.
fn maps(turn: u64) -> Option<Vec<MapLine>> {
    let code = MapLine {
        start: CODE,
        end: CODE + CODE_LEN,
        prot: 5,
        ..MapLine::default()
    };
    match turn {
        0 | 1 => Some(vec![code]),
        2 => Some(Vec::new()),
        _ => None,
    }
}

/// What is open at a number.
fn open(fd: i32) -> OpenFile {
    let link = match fd {
        1 => "pipe:[7]".into(),
        2 => "socket:[8]".into(),
        3 => "/gone (deleted)".into(),
        -100 => "/data".into(),
        -101 => "/".into(),
        fd => format!("/seen/{fd}"),
    };
    let socket = (fd == 2).then(|| SocketFound {
        domain: Some(2),
        kind: Some(1),
        ..SocketFound::default()
    });
    OpenFile {
        fd,
        link,
        on_exec: fd % 2 == 1,
        pid: None,
        socket,
    }
}
