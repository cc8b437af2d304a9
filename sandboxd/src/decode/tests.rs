//! What a call did not look at or did not write, and what another argument makes of one.

use bytemuck::bytes_of;
use kprobe_common::record::{Frame, Header, Return, kind};
use kprobe_common::table::rows::ROWS;

use super::*;
use crate::event::Outcome;
use crate::record::tests::record;

/// What lies there before: nothing that a kernel would write.
const STALE: &[u8] = &[0x5a; 144];
type Memory<'a> = &'a [(u8, &'a [u8])];

/// The arguments of a call as JSON, and those that have a status.
fn shown(
    abi: Abi,
    name: &str,
    args: &[i64],
    taken: Memory<'_>,
    ret: i64,
    given: Memory<'_>,
) -> (serde_json::Value, Vec<&'static str>) {
    let row = ROWS
        .iter()
        .find(|row| row.name == name && row.nr(abi).is_some())
        .expect("a row");
    let index = row.index(abi).expect("a number");
    let mut frame = Frame::default();
    for (register, value) in frame.args.iter_mut().zip(args) {
        *register = *value as u64;
    }
    let ret = Return {
        ret,
        ..Return::default()
    };
    let header = |kind| Header {
        kind,
        index,
        ..Header::default()
    };
    let enter = record(header(kind::ENTER), bytes_of(&frame), taken);
    let exit = record(header(kind::EXIT), bytes_of(&ret), given);
    let paired = Paired {
        enter: Record::parse(&enter),
        exit: Record::parse(&exit),
        outcome: Outcome::Returned,
        killed: false,
        executed: None,
        who: (),
    };
    let call = Call::new(&paired).expect("a call");
    let (mut args, mut statuses) = (Args::default(), Vec::new());
    decode(&call, row, &mut args, &mut statuses);
    // What lies there before may be too big for JSON.
    statuses.retain(|(_, status)| status.state != State::Big);
    let names = statuses.iter().map(|(name, _)| *name).collect();
    (serde_json::to_value(&args).expect("JSON"), names)
}

fn args(
    name: &str,
    args: &[i64],
    taken: Memory<'_>,
    ret: i64,
    given: Memory<'_>,
) -> serde_json::Value {
    let (args, statuses) = shown(Abi::Arm64, name, args, taken, ret, given);
    assert_eq!(statuses, [""; 0], "{args}");
    args
}

#[test]
fn without_a_child_there_is_no_status() {
    let given: Memory<'_> = &[(1, &STALE[..4]), (3, STALE)];
    let none = args("wait4", &[-1, 16, 1, 32], &[], 0, given);
    assert!(
        none["wstatus"].is_null() && none["rusage"].is_null(),
        "{none}"
    );
    let found = args("wait4", &[-1, 16, 1, 32], &[], 9, given);
    assert_eq!(found["wstatus"], 0x5a5a_5a5a);
    assert!(found["rusage"].is_object(), "{found}");
}

#[test]
fn a_child_to_wait_for_is_told_by_what_is_said_of_it() {
    let mut info = [0; 128];
    let wait = |options, info: &[u8]| {
        args(
            "waitid",
            &[1, 9, 16, options, 32],
            &[],
            0,
            &[(2, info), (4, STALE)],
        )
    };
    let none = wait(5, &info);
    assert!(none["rusage"].is_null(), "{none}");
    assert_eq!(none["infop"]["si_signo"], "0x0");
    info[..4].copy_from_slice(&17u32.to_le_bytes());
    info[8] = 1;
    let found = wait(5, &info);
    assert!(found["rusage"].is_object(), "{found}");
    assert_eq!(found["infop"]["si_pid"], 0);
    assert!(found["infop"].get("si_utime").is_none(), "{found}");
    let waited = args("waitid", &[1, 9, 0, 4, 32], &[], 0, &[(4, STALE)]);
    assert!(waited["rusage"].is_object(), "{waited}");
    let (unknown, statuses) = shown(
        Abi::Arm64,
        "waitid",
        &[1, 9, 0, 5, 32],
        &[],
        0,
        &[(4, STALE)],
    );
    assert!(unknown["rusage"].is_null(), "{unknown}");
    assert_eq!(statuses, ["rusage"]);
}

#[test]
fn what_remains_of_a_sleep_is_written_where_it_was_interrupted() {
    let sleep = |ret| {
        let given: Memory<'_> = &[(1, &STALE[..16])];
        args("nanosleep", &[16, 32], &[(0, &STALE[..16])], ret, given)["rem"].is_object()
    };
    assert!(sleep(-516));
    // Slept, until a time of day, nothing that was written at all.
    assert!(!sleep(0) && !sleep(-514) && !sleep(-14));
}

#[test]
fn a_command_says_what_is_looked_at() {
    let event = |op| args("epoll_ctl", &[3, op, 4, 16], &[(3, &STALE[..16])], 0, &[]);
    assert!(event(1)["event"].is_object() && event(2)["event"].is_null());
    let log = |kind| args("syslog", &[kind, 16, 8], &[], 8, &[(1, &STALE[..8])]);
    assert!(log(3)["bufp"].is_object() && log(9)["bufp"].is_null() && log(10)["bufp"].is_null());
    let blob = args(
        "fsconfig",
        &[3, 2, 16, 32, 2],
        &[(2, b"k"), (3, b"\0a")],
        0,
        &[],
    );
    assert_eq!(blob["blob"]["len"], 2);
    let path = args(
        "fsconfig",
        &[3, 3, 16, 32, -100],
        &[(2, b"k"), (3, b"/a")],
        0,
        &[],
    );
    assert_eq!(
        (&path["value"], &path["aux"]),
        (&"/a".into(), &(-100).into())
    );
}

#[test]
fn a_length_says_what_a_number_is() {
    let set = |level, option, bytes: &[u8]| {
        let len = bytes.len() as i64;
        args(
            "setsockopt",
            &[3, level, option, 16, len],
            &[(3, bytes)],
            0,
            &[],
        )
    };
    assert_eq!(set(0, 2, &[64])["value"], 64);
    assert_eq!(set(0, 2, &[64, 0x5a])["value"], 64);
    assert_eq!(set(0, 2, &[64, 1, 0, 0])["value"], 320);
    assert_eq!(set(1, 47, &[0, 1, 0, 0])["value"], 256);
    assert_eq!(
        set(1, 47, &[0, 1, 0, 0, 1, 0, 0, 0])["value"],
        0x1_0000_0100_i64
    );
    assert_eq!(
        set(0, 32, &[127, 0, 0, 1])["mreq"],
        serde_json::json!({"imr_address": "127.0.0.1"})
    );
    assert_eq!(
        set(0, 32, &[0, 0, 0, 0, 127, 0, 0, 1])["mreq"]["imr_address"],
        "127.0.0.1"
    );
    let (short, statuses) = shown(
        Abi::Arm64,
        "setsockopt",
        &[3, 1, 2, 16, 2],
        &[(3, &[1, 0])],
        -22,
        &[],
    );
    assert!(short["value"].is_null(), "{short}");
    assert_eq!(statuses, ["value"]);
}

#[test]
fn a_size_or_version_says_where_a_structure_ends() {
    let mut attr = [0x5a; 56];
    attr[..4].copy_from_slice(&48u32.to_le_bytes());
    let first = args("sched_setattr", &[0, 16, 0], &[(1, &attr)], 0, &[]);
    assert!(first["attr"].get("sched_util_min").is_none(), "{first}");
    attr[0] = 56;
    let second = args("sched_setattr", &[0, 16, 0], &[(1, &attr)], 0, &[]);
    assert_eq!(second["attr"]["sched_util_max"], 0x5a5a_5a5a);
    let caps = |version: u32| {
        let head = u64::from(version).to_le_bytes();
        let mut data = [0; 24];
        data[0] = 1;
        data[12] = 1;
        args(
            "capget",
            &[16, 32],
            &[(0, &head)],
            0,
            &[(0, &head), (1, &data)],
        )["datap"]["effective"]
            .clone()
    };
    assert_eq!(caps(0x1998_0330), serde_json::json!(["CAP_CHOWN"]));
    assert_eq!(
        caps(0x2008_0522),
        serde_json::json!(["CAP_CHOWN", "CAP_MAC_OVERRIDE"])
    );
    let mount = |flags| {
        let id: &[u8] = &[1, 0, 0, 0, 1, 0, 0, 0];
        args(
            "name_to_handle_at",
            &[-100, 0, 0, 16, flags],
            &[],
            0,
            &[(3, id)],
        )["mount_id"]
            .clone()
    };
    assert_eq!((mount(0), mount(1)), (1.into(), 0x1_0000_0001_i64.into()));
}

#[test]
fn old_numbers_of_users_have_16_bits() {
    let ids = |abi, name, args: &[i64]| shown(abi, name, args, &[], 0, &[]).0;
    let old = ids(Abi::Arm32, "setresuid", &[0xffff, 0x1_0007, -1]);
    assert_eq!(old, serde_json::json!({"ruid": -1, "euid": 7, "suid": -1}));
    let new = ids(Abi::Arm64, "setresuid", &[0xffff, 0x1_0007, -1]);
    assert_eq!(
        new,
        serde_json::json!({"ruid": 65535, "euid": 65543, "suid": -1})
    );
    let new = ids(Abi::Arm32, "setresuid32", &[0xffff, 0x1_0007, -1]);
    assert_eq!(
        new,
        serde_json::json!({"ruid": 65535, "euid": 65543, "suid": -1})
    );
}
