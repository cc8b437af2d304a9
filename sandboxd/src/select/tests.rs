//! Expressions and what they select.

use super::*;

fn select(exprs: &[&str]) -> Selection {
    let exprs: Vec<String> = exprs.iter().map(|&expr| expr.into()).collect();
    parse(&exprs).unwrap_or_else(|error| panic!("{error}"))
}

fn index(name: &str, abi: Abi) -> u16 {
    let named = |row: &&Syscall| row.name == name && row.nr(abi).is_some();
    let row = ROWS.iter().find(named);
    row.and_then(|row| row.index(abi))
        .unwrap_or_else(|| panic!("no {name}"))
}

#[track_caller]
fn check(exprs: &[&str], names: &str) {
    let names: Vec<&str> = names.split_whitespace().collect();
    if names.is_empty() {
        let exprs: Vec<String> = exprs.iter().map(|&expr| expr.into()).collect();
        let error = parse(&exprs).expect_err("nothing");
        return assert_eq!(error.problem, Problem::Nothing, "{exprs:?}");
    }
    assert_eq!(select(exprs).names(), names, "{exprs:?}");
}

#[track_caller]
fn check_error(expr: &str, shown: &str) {
    let error = parse(&[expr.into()]).expect_err(expr);
    assert_eq!(error.to_string(), shown.trim_start_matches('\n'), "{expr}");
}

#[test]
fn names_and_lists() {
    check(&["openat"], "openat");
    check(&["openat,close"], "openat close");
    check(&[" openat , close "], "openat close");
    check(&["trace=openat,close"], "openat close");
    check(&["openat", "close"], "openat close");
    check(&["openat,close,!openat"], "close");
    check(&["openat", "!openat", "close"], "close");
    check(&["none"], "");
    check(&["openat,none,close"], "close");
    check(&["?tuxcall,close"], "close");
    check(&["close,?!tuxcall"], "close");
    check(&["?/^tux/,?%tux,?400,close"], "close");
}

#[test]
fn a_name_selects_in_both_abis() {
    let selection = select(&["openat"]);
    assert_eq!(selection.iter().count(), 2);
    assert!(selection.contains(index("openat", Abi::Arm64)));
    assert!(selection.contains(index("openat", Abi::Arm32)));
    assert!(!selection.contains(index("close", Abi::Arm64)));
    assert!(!selection.others);
}

#[test]
fn a_name_with_two_rows_is_one_name() {
    check(&["fstat"], "fstat");
    assert_eq!(select(&["fstat"]).iter().count(), 2);
}

#[test]
fn abis() {
    check(&["arm32:open"], "open");
    assert_eq!(select(&["arm64:openat"]).iter().count(), 1);
    assert_eq!(select(&["openat,!arm32:openat"]).iter().count(), 1);
}

#[test]
fn numbers() {
    check(&["56"], "openat");
    check(&["arm64:56"], "openat");
    check(&["arm32:322"], "openat");
    check(&["arm32:0xf0002"], "cacheflush");
    check(&["arm32:64"], "getppid");
    check(&["64"], "write");
}

#[test]
fn groups_and_regular_expressions() {
    check(&["/^pidfd_/"], "pidfd_send_signal pidfd_open pidfd_getfd");
    check(&["/^pidfd_"], "pidfd_send_signal pidfd_open pidfd_getfd");
    check(&["/^pread(64){1,2}$/,close"], "close pread64");
    check(&["%pure,!/uid/,!/gid/"], "getpid getppid gettid getpgrp");
    assert!(select(&["%file"]).names().contains(&"openat"));
    assert!(!select(&["%file,!%stat"]).names().contains(&"statx"));
}

#[test]
fn everything_and_the_rest() {
    let all = select(&["all"]);
    assert!(all.others);
    assert!(all.contains(OTHER64) && all.contains(OTHER32));
    let rest = select(&["!openat,!close"]);
    assert_eq!(rest.iter().count() + 4, all.iter().count());
    assert!(rest.others);
    assert!(!select(&["close,!openat"]).others);
    check(&["!all"], "");
}

#[test]
fn nothing_said_is_the_default_group() {
    let (none, default) = (select(&[]), select(&["%default"]));
    assert_eq!(none.names(), default.names());
    assert_eq!(default.names(), default_calls().names());
    for selection in [none, default] {
        let condition = selection
            .condition(index("mmap", Abi::Arm64))
            .expect("a condition");
        assert_eq!(
            (condition.arg, condition.shift, condition.mask),
            ("prot", 2, 1)
        );
        assert!(condition.listed && condition.values.contains(&1));
    }
}

#[test]
fn a_name_alone_has_no_condition() {
    for exprs in [
        &["mmap"][..],
        &["%default,mmap"],
        &["mmap,%default"],
        &["%memory"],
        &["all"],
    ] {
        let selection = select(exprs);
        assert!(selection.contains(index("mmap", Abi::Arm64)), "{exprs:?}");
        assert_eq!(
            selection.condition(index("mmap", Abi::Arm64)),
            None,
            "{exprs:?}"
        );
    }
    let rest = select(&["all,!%default"]);
    let rest = rest
        .condition(index("mmap", Abi::Arm64))
        .expect("a condition");
    assert!(!rest.listed && rest.values.contains(&1));
}

#[test]
fn commands() {
    check(&["ioctl:SIOCGIF*"], "ioctl");
    let nr = |expr: &str| {
        let selection = select(&[expr]);
        selection
            .condition(index("ioctl", Abi::Arm64))
            .map(|c| (c.values.len(), c.listed))
    };
    assert_eq!(nr("ioctl:TCGETS,ioctl:FIONREAD"), Some((2, true)));
    assert_eq!(nr("ioctl:0x5401"), Some((1, true)));
    assert_eq!(nr("ioctl,!ioctl:TCGETS"), Some((1, false)));
    assert_eq!(nr("ioctl:TC*,ioctl"), None);
    assert_eq!(nr("%default,ioctl:TCGETS"), nr("%default"));
    let of = |name: &str, expr: &str| {
        let selection = select(&[expr]);
        selection
            .condition(index(name, Abi::Arm32))
            .cloned()
            .expect("a condition")
    };
    assert_eq!(of("futex", "futex:FUTEX_WAIT").mask, 0x7f);
    assert_eq!(of("socket", "socket:AF_NETLINK").arg, "domain");
    let create = of("openat", "openat:O_CREAT");
    assert_eq!(
        (create.arg, create.mask, create.listed),
        ("flags", 0o100, true)
    );
    let any = of("clone", "clone:CLONE_NEW*");
    assert!(!any.listed && any.values.contains(&0));
    check(&["ioctl:TCGETS,!ioctl:TC*"], "");
}

/// The command of an option is its level and its number; of a futex, what is left without its flags.
#[test]
fn commands_that_are_a_part_of_a_register_or_two() {
    let condition = |expr: &str, name: &str| {
        let selection = select(&[expr]);
        let found = selection.condition(index(name, Abi::Arm64));
        found.expect("a condition").clone()
    };
    let options = condition("setsockopt:TCP_KEEP*", "setsockopt");
    assert_eq!((options.arg, options.high), ("optname", Some("level")));
    assert_eq!(
        options.values.into_iter().collect::<Vec<_>>(),
        [6 << 16 | 4, 6 << 16 | 5, 6 << 16 | 6]
    );
    let futex = condition("futex:FUTEX_WAIT*", "futex");
    assert_eq!((futex.mask, futex.high), (0x7f, None));
    assert!(futex.values.contains(&0) && futex.values.contains(&9) && !futex.values.contains(&1));
    // A request's number is each ABI's own.
    let selection = select(&["ioctl:ASHMEM_SET_SIZE"]);
    for (abi, number) in [(Abi::Arm64, 0x4008_7703), (Abi::Arm32, 0x4004_7703)] {
        let condition = selection.condition(index("ioctl", abi)).expect("one");
        assert!(condition.values.contains(&number) && condition.values.len() == 1);
    }
    check(&["ioctl:RNDZAPENTCNT"], "ioctl");
    let error = parse(&["prctl:PR_SET_NAMES".into()]).expect_err("no such command");
    assert!(
        error.to_string().contains("did you mean PR_SET_NAME"),
        "{error}"
    );
}

#[test]
fn errors_point_at_the_word() {
    check_error(
        "%default,opneat,close",
        "
no system call is called `opneat`
  %default,opneat,close
           ^^^^^^
did you mean openat or openat2?
`sandboxd list` shows all; `?opneat` is passed over where it is unknown",
    );
    check_error(
        "OPENAT",
        "
no system call is called `OPENAT`
  OPENAT
  ^^^^^^
did you mean openat?
`sandboxd list` shows all; `?OPENAT` is passed over where it is unknown",
    );
    check_error(
        "openat,//",
        "
not a regular expression: it is empty; `all` is every call
  openat,//
         ^^
write it between slashes, as in /^pidfd_/",
    );
    check_error(
        "openat,!openat",
        "
this selects no system call
  openat,!openat
  ^^^^^^^^^^^^^^
`sandboxd list` shows what there is; `all` is everything",
    );
    check_error(
        "close,,openat",
        "
a name is missing
  close,,openat
        ^
write names, %groups, /regular expressions/ or numbers, with commas between",
    );
    check_error(
        "inject=openat:error=EPERM",
        "
`inject=` selects no system calls
  inject=openat:error=EPERM
  ^^^^^^^^^^^^^^^^^^^^^^^^^
sandboxd changes nothing in what it watches; there is no option for it",
    );
    check_error(
        "trace=arm32:7",
        "
the 32-bit table has no system call 7
  trace=arm32:7
        ^^^^^^^
a plain number is of the 64-bit table, arm32:N of the 32-bit one; `all` includes those without a name",
    );
}

#[test]
fn what_is_wrong() {
    let problem = |expr: &str| parse(&[expr.into()]).expect_err(expr).problem;
    assert!(matches!(problem("%fil"), Problem::UnknownGroup { .. }));
    assert!(matches!(problem("/(/"), Problem::BadRegex { .. }));
    for none in ["//", "/", "!/", "close,//"] {
        assert!(matches!(problem(none), Problem::BadRegex { .. }), "{none}");
    }
    assert!(matches!(problem("/^tux/"), Problem::NoMatch { .. }));
    assert!(matches!(
        problem("ioctl:TUX*"),
        Problem::UnknownCommand { .. }
    ));
    assert!(matches!(problem("tux:TUX*"), Problem::UnknownCall { .. }));
    assert!(matches!(problem("close:X"), Problem::UnknownCommand { .. }));
    assert!(matches!(
        problem("%default,ioctl:BINDER_*"),
        Problem::Entangled { .. }
    ));
    assert!(matches!(problem(""), Problem::Empty));
    assert!(matches!(problem("arm32:"), Problem::Empty));
    for word in [
        "inject",
        "fault",
        "status",
        "signal",
        "read",
        "write",
        "abbrev",
        "verbose",
        "raw",
        "decode-fds",
        "kvm",
    ] {
        let found = problem(&format!("{word}=x"));
        assert!(matches!(found, Problem::Foreign { .. }), "{word}");
    }
}
