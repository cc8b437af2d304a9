//! Each rule accepts what says the same, and notices what does not.

use serde_json::{Value, json};

use super::*;
use crate::line::{self, Line};

fn found(text: &str, json: &Value) -> Findings {
    match line::line(text) {
        Ok(Line::Call(call)) => compare(&call, json),
        other => panic!("{text}: {other:?}"),
    }
}

/// An `openat`, with what is to be different.
fn open(args: &Value, rest: &Value) -> Value {
    let mut line = json!({"abi": "arm64", "nr": 56, "syscall": "openat", "args": args, "ret": 3});
    for (key, value) in rest.as_object().unwrap() {
        line[key] = value.clone();
    }
    line
}

#[track_caller]
fn places(text: &str, json: &Value, wanted: &[&str]) {
    let found = found(text, json);
    let places: Vec<_> = found
        .differences
        .iter()
        .map(|found| &found.place[..])
        .collect();
    assert_eq!(places, wanted, "{found:?}");
}

#[test]
fn a_call_is_the_same_in_every_part_or_the_part_is_named() {
    let text = r#"openat(AT_FDCWD, "/x\377", O_RDONLY|O_CLOEXEC, 0644) = 3"#;
    let args = json!({"dirfd": -100, "pathname": "/x\\xff", "flags": ["O_RDONLY", "O_CLOEXEC"], "mode": 420});
    let all = found(text, &open(&args, &json!({})));
    assert_eq!((all.same, &all.differences[..]), (7, &[][..]), "{all:?}");
    let without = |name: &str, value: Value| {
        let mut args = args.clone();
        args[name] = value;
        open(&args, &json!({}))
    };
    places(text, &without("dirfd", json!(3)), &["dirfd"]);
    places(text, &without("pathname", json!("/y")), &["pathname"]);
    places(text, &without("pathname", Value::Null), &["pathname"]);
    places(text, &without("flags", json!(["O_RDONLY"])), &["flags"]);
    places(
        text,
        &without("flags", json!(["O_RDONLY", "0x80000"])),
        &["flags"],
    );
    places(text, &without("mode", json!(421)), &["mode"]);
    places(text, &open(&args, &json!({"ret": 4})), &["(return)"]);
    places(
        text,
        &open(&args, &json!({"ret": -2, "error": "ENOENT"})),
        &["(error)"],
    );
    places(
        text,
        &open(&args, &json!({"syscall": "openat2"})),
        &["(name)"],
    );
}

/// Compares one value as the path of an `openat`, which has no rule of its own.
fn value(strace: &str, json: &Value) -> Findings {
    let line = open(
        &json!({"dirfd": 0, "pathname": json, "flags": [], "mode": 0}),
        &json!({}),
    );
    found(&format!("openat(0, {strace}, 0, 0) = 3"), &line)
}

#[track_caller]
fn same(strace: &str, json: &Value) {
    let found = value(strace, json);
    assert!(found.differences.is_empty(), "{found:?}");
}

#[track_caller]
fn other(strace: &str, json: &Value) {
    assert_eq!(value(strace, json).differences.len(), 1, "{strace} {json}");
}

#[test]
fn numbers_and_names() {
    same("-1", &json!(4_294_967_295_u64));
    same("0xffffffffffffffff", &json!(-1));
    other("1", &json!(2));
    same("0x7f", &json!("0x7f"));
    other("0x7f", &json!("0x80"));
    same("makedev(0x8, 0x1)", &json!(0x801));
    other("makedev(0x8, 0x2)", &json!(0x801));
    same("S_IFREG|0644", &json!(0o100_644));
    same(
        "_IOC(_IOC_READ|_IOC_WRITE, 0x56, 0x78, 4)",
        &json!("0xc0045678"),
    );
    same(
        "FUTEX_WAIT_PRIVATE",
        &json!(["FUTEX_WAIT", "FUTEX_PRIVATE_FLAG"]),
    );
    other(
        "FUTEX_WAKE_PRIVATE",
        &json!(["FUTEX_WAIT", "FUTEX_PRIVATE_FLAG"]),
    );
    other("SIG_IGN", &json!("0x1"));
    same("WSTOPPED|0x10", &json!(["WUNTRACED", "0x10"]));
    other("WSTOPPED|0x10", &json!(["0x12"]));
}

#[test]
fn structures_lists_and_text() {
    same("{tv_sec=1, tv_nsec=2}", &json!({"tv_sec": 1, "tv_nsec": 2}));
    other("{tv_sec=1, tv_nsec=3}", &json!({"tv_sec": 1, "tv_nsec": 2}));
    other("{tv_sec=1, tv_nsec=2}", &json!({"tv_sec": 1}));
    same("[16 => 12]", &json!(12));
    other("[16 => 12]", &json!(16));
    same("[3, 4]", &json!([3, 4]));
    other("[3, 4]", &json!([3]));
    same("[3, ...]", &json!([3, 4]));
    same(
        "~[INT RT_1]",
        &json!(
            (1..=64)
                .filter(|n| ![2, 33].contains(n))
                .map(|n| format!("{n:#x}"))
                .collect::<Vec<_>>()
        ),
    );
    other("[INT]", &json!(["SIGHUP"]));
    same(r#""ab"..."#, &json!({"len": 4, "text": "abcd"}));
    other(r#""ab""#, &json!({"len": 4, "text": "abcd"}));
    same(
        r#"{iov_base="ab", iov_len=9}"#,
        &json!({"len": 2, "hex": "6162"}),
    );
    other(
        r#"{iov_base="ab"..., iov_len=9}"#,
        &json!({"len": 8, "hex": "6162"}),
    );
    same("[{WIFEXITED(s) && WEXITSTATUS(s) == 3}]", &json!(0x300));
    other(
        "[{WIFSIGNALED(s) && WTERMSIG(s) == SIGKILL}]",
        &json!(0x300),
    );
    let addr = json!({"family": "AF_INET", "addr": "127.0.0.1", "port": 80});
    same(
        r#"{sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr("127.0.0.1")}"#,
        &addr,
    );
    other(
        r#"{sa_family=AF_INET, sin_port=htons(81), sin_addr=inet_addr("127.0.0.1")}"#,
        &addr,
    );
    same(
        "{sival_int=7, sival_ptr=0x100000007}",
        &json!("0x100000007"),
    );
}

#[test]
fn what_is_unread_or_not_given_is_told_apart() {
    let null = |rest: Value| {
        open(
            &json!({"dirfd": 0, "pathname": null, "flags": [], "mode": 0}),
            &rest,
        )
    };
    let unread =
        |addr: &str| null(json!({"arg_status": {"pathname": {"state": "unread", "addr": addr}}}));
    places("openat(0, 0x10, 0, 0) = 3", &unread("0x10"), &[]);
    places("openat(0, 0x10, 0, 0) = 3", &unread("0x18"), &["pathname"]);
    places("openat(0, NULL, 0, 0) = 3", &null(json!({})), &[]);
    places("openat(0, 0x10, 0, 0) = 3", &null(json!({})), &["pathname"]);
    let failed = json!({"ret": -14, "error": "EFAULT"});
    let text = "openat(0, 0x10, 0, 0) = -1 EFAULT (Bad address)";
    places(text, &null(failed), &[]);
}

#[test]
fn numbers_made_of_several_are_the_same_whoever_names_them() {
    let class = |own: Value| {
        json!({"abi": "arm64", "nr": 30, "syscall": "ioprio_set", "ret": 0,
            "args": {"which": "IOPRIO_WHO_PROCESS", "who": 0, "ioprio": own}})
    };
    let text = "ioprio_set(IOPRIO_WHO_PROCESS, 0, IOPRIO_PRIO_VALUE(IOPRIO_CLASS_BE, 4)) = 0";
    places(text, &class(json!(["IOPRIO_CLASS_BE", "0x4"])), &[]);
    places(text, &class(json!(["IOPRIO_CLASS_BE", "0x5"])), &["ioprio"]);
    places(text, &class(json!(["IOPRIO_CLASS_RT", "0x4"])), &["ioprio"]);
    let text =
        "ioprio_set(IOPRIO_WHO_PROCESS, 0, IOPRIO_PRIO_VALUE(0x7 /* IOPRIO_CLASS_??? */, 4)) = 0";
    places(text, &class(json!(["0xe004"])), &[]);
    let wake = json!({"abi": "arm64", "nr": 98, "syscall": "futex", "ret": 0, "args": {"uaddr": "0x10",
        "futex_op": ["FUTEX_WAKE_OP"], "val": 1, "val2": 1, "uaddr2": "0x10",
        "wake_op": ["FUTEX_OP_ADD", "FUTEX_OP_CMP_LT", "0x345678"]}});
    let text = "futex(0x10, FUTEX_WAKE_OP, 1, 1, 0x10, FUTEX_OP_ADD<<28|0x345<<12|FUTEX_OP_CMP_LT<<24|0x678) = 0";
    places(text, &wake, &[]);
    places(&text.replace("_LT", "_GT"), &wake, &["wake_op"]);
    places(&text.replace("0x345<<12", "0x346<<12"), &wake, &["wake_op"]);
}
