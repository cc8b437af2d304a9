//! Lines as text: one of each kind, word by word.

use kprobe_common::index::Abi;
use kprobe_common::table::flags::{AT, OPEN};
use kprobe_common::table::structs::{FD_PAIR, IFCONF_LIST, SIGNALS_ARG, SIGSET, TIMESPEC, UTSNAME};
use proptest::prelude::*;

use super::*;
use crate::args::{Args, Buffer, Message, Value};
use crate::caller::{Class, Entry, StackEnd};
use crate::event::{Bytes, Caller, ErrorName, Fds, Hex, Lib, Name, Place, Proc, Statuses, Time};
use crate::status::State;

fn place() -> Place<'static> {
    Place {
        class: Class::App,
        entry: Some(Entry::Inline),
        lib: Some(Lib::File("libguard.so")),
        module: None,
        build_id: None,
        offset: Some(Hex(0x1a2b4)),
        offset_of: None,
        symbol: None,
        symbol_offset: None,
        pc: Hex(0),
        map: None,
    }
}

fn call<'a>(args: &'a Args<'a>, change: impl FnOnce(&mut Syscall<'a>)) -> String {
    let mut call = Syscall {
        run: "r",
        seq: 1,
        time: Time(1_795_401_612_123_456_789),
        boot_ns: 1,
        cpu: 0,
        proc: Proc { pid: 412, start: 1 },
        pid: 412,
        tid: 430,
        uid: 10123,
        user: 0,
        comm: Bytes(b"pool-2\0"),
        comm_hex: None,
        package: None,
        process_name: None,
        abi: "arm64",
        nr: 56,
        syscall: Name::Row("openat"),
        outcome: Outcome::Returned,
        args,
        regs: None,
        registers: [0; 6],
        arg_status: Statuses(&[]),
        paths: &[],
        fds: Fds(&[]),
        ret: Some(7),
        ret_hex: None,
        error: None,
        killed: false,
        dur_ns: None,
        caller: Caller {
            written: None,
            place: place(),
            from: None,
            origin: None,
        },
        stack: None,
        stack_end: None,
    };
    change(&mut call);
    let mut out = Vec::new();
    write(&mut out, &Line::Syscall(call), false);
    String::from_utf8(out).unwrap()
}

fn shown(value: &Value<'_>) -> String {
    Shown {
        value,
        status: None,
        pointer: true,
        address: 0,
    }
    .to_string()
}

fn args<'a, const N: usize>(of: [(&'static str, Value<'a>); N]) -> Args<'a> {
    Args(of.into_iter().collect())
}

#[test]
fn a_call_looks_as_strace_prints_it() {
    let args = args([
        ("dirfd", Value::DirFd(-100)),
        ("pathname", Value::Text(b"/proc/self/maps")),
        ("flags", Value::Flags(&OPEN, 0x80000)),
        ("mode", Value::Mode(0o644)),
    ]);
    let wanted = "430   02:40:12.123456 \
                  openat(AT_FDCWD, \"/proc/self/maps\", O_RDONLY|O_CLOEXEC, 0644) = 7  @ libguard.so+0x1a2b4 (inline)\n";
    assert_eq!(call(&args, |_| {}), wanted);
}

#[test]
fn a_stack_looks_as_strace_prints_it() {
    let args = Args::default();
    let memory = Place {
        lib: Some(Lib::Memory("jit\n")),
        offset: None,
        pc: Hex(0x7a00),
        ..place()
    };
    let library = Place {
        module: Some("/data/app/libguard.so"),
        symbol: Some("check_maps"),
        symbol_offset: Some(Hex(0x34)),
        ..place()
    };
    let shown = call(&args, |call| {
        call.stack = Some(vec![library, memory]);
        call.stack_end = Some(StackEnd::NoFrame);
    });
    let (_, frames) = shown.split_once('\n').unwrap();
    let wanted = " > /data/app/libguard.so(check_maps+0x34) [0x1a2b4]\n > [anon:jit\\n]() [0x7a00]\n > (no_frame)\n";
    assert_eq!(frames, wanted);
}

#[test]
fn a_call_says_who_made_it() {
    let made = |change: fn(&mut Caller<'_>)| {
        let line = call(&Args::default(), |call| change(&mut call.caller));
        line.split_once("  @ ").unwrap().1.trim_end().to_owned()
    };
    let by_libc = made(|caller| {
        (caller.from, caller.place.entry) = (Some(caller.place), Some(Entry::Stub));
        caller.place.lib = Some(Lib::File("libc.so"));
    });
    assert_eq!(by_libc, "libguard.so+0x1a2b4 (stub)");
    let named = made(|caller| caller.place.lib = Some(Lib::Memory("a\nb")));
    assert_eq!(named, "[anon:a\\nb]+0x1a2b4 (inline)");
    let unknown = made(|caller| {
        (caller.place.class, caller.place.entry) = (Class::Unknown, Some(Entry::Unknown));
        (caller.place.lib, caller.place.offset) = (None, None);
    });
    assert_eq!(unknown, "[unknown] 0x0 (unknown)");
}

#[test]
fn results_say_what_became_of_the_call() {
    let ending = |change: fn(&mut Syscall<'_>)| {
        let line = call(&Args::default(), change);
        let line = line.replace("  @ libguard.so+0x1a2b4 (inline)", "");
        line.split_once("openat(").unwrap().1.trim_end().to_owned()
    };
    assert_eq!(
        ending(|call| call.error = Some(ErrorName(2))),
        ") = -1 ENOENT (No such file or directory)"
    );
    assert_eq!(
        ending(|call| call.ret_hex = Some(Hex(0x7f00))),
        ") = 0x7f00"
    );
    let killed = |call: &mut Syscall<'_>| (call.error, call.killed) = (Some(ErrorName(514)), true);
    assert_eq!(
        ending(killed),
        ") = ? ERESTARTNOHAND (To be restarted if no handler) (killed)"
    );
    let missed = |call: &mut Syscall<'_>| (call.outcome, call.ret) = (Outcome::ExitMissed, None);
    assert_eq!(ending(missed), ") = ? (return missed)");
    assert_eq!(
        ending(|call| call.outcome = Outcome::EntryMissed),
        ") = 7 (entry missed)"
    );
    assert_eq!(
        ending(|call| call.outcome = Outcome::Unfinished),
        " <unfinished ...>"
    );
    assert_eq!(
        ending(|call| (call.outcome, call.ret) = (Outcome::Entered, None)),
        ") = ? (return not watched)"
    );
    assert_eq!(
        ending(|call| call.dur_ns = Some(1_002_003_999)),
        ") = 7 <1.002003>"
    );
    let nameless = call(&Args::default(), |call| {
        (call.syscall, call.abi) = (Name::Unknown(0x1f3), "arm32");
        call.regs = Some([0, 1, 2, 3, 4, 0xff].map(Hex));
    });
    assert!(
        nameless.contains(" syscall_0x1f3(0x0, 0x1, 0x2, 0x3, 0x4, 0xff) = 7 (arm32)"),
        "{nameless}"
    );
}

#[test]
fn what_is_not_whole_says_so() {
    let unread = Status {
        addr: Some(Hex(0x7f12)),
        ..Status::new(State::Unread)
    };
    let big = Status {
        value: Some(Hex(u64::MAX)),
        ..Status::new(State::Big)
    };
    let statuses = [("a", unread), ("b", Status::new(State::Cut)), ("c", big)];
    let args = args([
        ("a", Value::Null),
        ("b", Value::Text(b"/long")),
        ("c", Value::Null),
        ("d", Value::Null),
    ]);
    let line = call(&args, |call| call.arg_status = Statuses(&statuses));
    assert!(
        line.contains("(0x7f12, \"/long\"..., 0xffffffffffffffff, NULL)"),
        "{line}"
    );
}

#[test]
fn what_was_not_given_is_where_it_would_be() {
    let args = args([("path", Value::Null), ("mode", Value::Null)]);
    let line = call(&args, |call| call.registers = [0x7ff0, 0, 0, 0, 0, 0]);
    assert!(line.contains("(0x7ff0, NULL)"), "{line}");
}

#[test]
fn what_a_structure_points_at_stands_in_the_pointers_place() {
    let head = [0, 0x10, 0, 0, 8, 0, 0, 0];
    let set = 0x10002u64.to_le_bytes();
    let span = |content| shown(&Value::Span(&SIGNALS_ARG, Abi::Arm32, &head, content));
    assert_eq!(span(Some(&set)), "{sigmask=[INT CHLD], sigsetsize=8}");
    assert_eq!(span(None), "{sigmask=0x1000, sigsetsize=8}");
    let mut list = [32, 0, 0, 0, 0, 0x10, 0, 0];
    let mut lo = [0; 40];
    lo[..2].copy_from_slice(b"lo");
    lo[16..24].copy_from_slice(&[2, 0, 0, 0, 127, 0, 0, 1]);
    let one = "{ifc_len=32, ifc_buf=[{ifr_name=\"lo\", ifr_addr={family=AF_INET, port=0, addr=\"127.0.0.1\"}}]}";
    assert_eq!(
        shown(&Value::Span(&IFCONF_LIST, Abi::Arm32, &list, Some(&lo))),
        one
    );
    list[0] = 0;
    assert_eq!(
        shown(&Value::Span(&IFCONF_LIST, Abi::Arm32, &list, Some(&[]))),
        "{ifc_len=0, ifc_buf=[]}"
    );
}

#[test]
fn each_kind_of_value_has_a_form() {
    let time = [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    assert_eq!(
        shown(&Value::Struct(&TIMESPEC, Abi::Arm64, &time)),
        "{tv_sec=1, tv_nsec=0}"
    );
    assert_eq!(
        shown(&Value::Struct(&TIMESPEC, Abi::Arm32, &time[..6])),
        "{tv_sec=1, ...}"
    );
    assert_eq!(
        shown(&Value::Structs(&TIMESPEC, Abi::Arm32, &time)),
        "[{tv_sec=1, tv_nsec=0}, {tv_sec=0, tv_nsec=0}]"
    );
    assert_eq!(
        shown(&Value::Struct(&UTSNAME, Abi::Arm64, b"Linux\0")),
        "{sysname=\"Linux\", ...}"
    );
    let set = |set: u64| shown(&Value::Struct(&SIGSET, Abi::Arm64, &set.to_le_bytes()));
    assert_eq!(set(0x10002), "[INT CHLD]");
    assert_eq!(set(!0x10002), "~[INT CHLD]");
    let pair = [3, 0, 0, 0, 4, 0, 0, 0];
    assert_eq!(shown(&Value::Struct(&FD_PAIR, Abi::Arm64, &pair)), "[3, 4]");
    assert_eq!(shown(&Value::Flags(&AT, 0)), "0");
    assert_eq!(shown(&Value::Flags(&AT, 0x1100_0000)), "0x11000000");
    let inet = [2, 0, 0x69, 0xa2, 127, 0, 0, 1];
    assert_eq!(
        shown(&Value::Sockaddr(&inet)),
        "{sa_family=AF_INET, sin_port=htons(27042), sin_addr=inet_addr(\"127.0.0.1\")}"
    );
    assert_eq!(
        shown(&Value::Sockaddr(b"\x01\0\0frida")),
        "{sa_family=AF_UNIX, sun_path=@\"frida\"}"
    );
    let buffer = Buffer {
        len: 9,
        bytes: b"a\n\x1b[\xff\"",
    };
    assert_eq!(shown(&Value::Buffer(buffer)), r#""a\n\33[\377\""..."#);
    assert_eq!(
        shown(&Value::Strings(vec![b"sh", b"-c"])),
        r#"["sh", "-c"]"#
    );
    let message = Message {
        name: None,
        iov: vec![buffer],
        iovlen: 1,
        control: None,
        flags: 0x40,
        len: None,
        netlink: None,
        abi: Abi::Arm64,
    };
    let wanted = r#"{msg_name=NULL, msg_iov=[{iov_base="a\n\33[\377\""..., iov_len=9}], msg_iovlen=1, msg_flags=MSG_DONTWAIT}"#;
    assert_eq!(shown(&Value::Message(message.clone())), wanted);
    let iovlen = 12;
    let cut = shown(&Value::Message(Message { iovlen, ..message }));
    assert!(cut.contains("iov_len=9}, ...], msg_iovlen=12"), "{cut}");
}

#[test]
fn colours_come_only_if_told_so() {
    let stats = crate::event::Stats {
        run: "r",
        seq: 1,
        time: Time(0),
        boot_ns: 0,
        emitted: 1,
        filtered: 0,
        lost: 0,
    };
    let line = Line::Stats(stats);
    let text = |colour| {
        let mut out = Vec::new();
        write(&mut out, &line, colour);
        String::from_utf8(out).unwrap()
    };
    assert_eq!(
        text(false),
        "sandboxd: 00:00:00.000000 1 call so far, 0 filtered, 0 lost\n"
    );
    assert!(text(true).starts_with("\u{1b}[33msandboxd: ") && text(true).ends_with("\u{1b}[0m\n"));
}

#[test]
fn other_lines_are_sentences() {
    let by_call = ["a", "b", "c", "d", "e", "f", "g"].map(|name| (name.to_owned(), 1));
    let mut loss = crate::event::Loss {
        run: "r",
        seq: 1,
        reason: "ring_full",
        count: 7,
        exits: 1,
        cpu: Some(3),
        from_ns: 1_000_000,
        to_ns: 6_000_000,
        by_call: by_call.into(),
    };
    let text = |line: &Line<'_>| remark::Remark(line).to_string();
    let wanted = "sandboxd: 7 calls were lost (a 1, b 1, c 1, d 1, e 1, and 2 more) and 1 return on CPU 3 \
                  within 5 ms (ring_full)";
    loss.by_call.insert("a".into(), 1);
    assert_eq!(text(&Line::Loss(loss)), wanted);
    let process = crate::event::Process {
        run: "r",
        seq: 1,
        time: Time(0),
        boot_ns: 0,
        event: crate::event::ProcessEvent::Exec,
        proc: Proc { pid: 412, start: 1 },
        pid: 412,
        ppid: None,
        uid: 10123,
        user: 0,
        package: None,
        uid_packages: &[],
        kind: None,
        from: None,
        process_name: Some("com.example\u{202e}app"),
        cmdline: &[],
        path: Some(Bytes(b"/system/bin/sh\0")),
        exit_code: None,
        signal: Some("SIGSEGV"),
    };
    let wanted = "sandboxd: 00:00:00.000000 process 412 (com.example\\u{202e}app, uid 10123) executed a program: \
                  /system/bin/sh";
    let mut line = Line::Process(process);
    assert_eq!(text(&line), wanted);
    if let Line::Process(process) = &mut line {
        process.event = crate::event::ProcessEvent::Exit;
    }
    assert_eq!(
        text(&line),
        "412   00:00:00.000000 +++ killed by SIGSEGV +++"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn nothing_an_app_says_reaches_the_terminal_raw(bytes in any::<Vec<u8>>(), text in any::<String>()) {
        for bytes in [&bytes[..], text.as_bytes()] {
            let args = args([("a", Value::Text(bytes)), ("b", Value::Sockaddr(bytes))]);
            let line = call(&args, |_| {});
            let text = line.strip_suffix('\n').unwrap();
            prop_assert!(!text.contains(char::is_control), "{text:?}");
        }
    }
}
