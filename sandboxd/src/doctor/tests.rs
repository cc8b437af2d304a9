//! What the checks say of what was seen: each state, with what follows and what to do.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::config::{Configuration, configuration};
use super::finding::{Finding, State};
use super::report::{Report, schema};
use super::rights::{Rights, Selinux};
use super::rooted::{Manager, Mark};
use super::system::{Clocks, Memory};
use super::trial::Trial;
use super::{hooks, kernel, rights, rooted, system};
use crate::probe::{Attempt, ProbeError};

mod probes;

const EVERYTHING: u64 = (1 << 41) - 1;

#[track_caller]
fn is(finding: &Finding, state: State, words: &[&str]) {
    assert_eq!(finding.state, state, "{finding:?}");
    let text = format!("{finding:?}");
    for word in words {
        assert!(text.contains(word), "no {word:?} in {text}");
    }
    // Whatever is wrong says what follows or what to do.
    assert!(state < State::Limited || finding.follows.is_some() || finding.todo.is_some());
}

fn packed(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

const ALL_SET: &str = "CONFIG_BPF_SYSCALL=y\nCONFIG_PERF_EVENTS=y\nCONFIG_BPF_EVENTS=y\nCONFIG_TRACEPOINTS=y\n\
    CONFIG_HAVE_SYSCALL_TRACEPOINTS=y\nCONFIG_KALLSYMS=y\nCONFIG_KPROBES=y\nCONFIG_KPROBE_EVENTS=y\nCONFIG_BPF_JIT=y\nCONFIG_COMPAT=y\n";

#[test]
fn a_configuration_is_unpacked_and_judged() {
    let judged = |text: &str| configuration(&Configuration::of(&packed(text)), false);
    is(&judged(ALL_SET), State::Ok, &["all 10 options"]);
    let narrow = ALL_SET.replace("CONFIG_COMPAT=y", "# CONFIG_COMPAT is not set");
    is(
        &judged(&narrow),
        State::Ok,
        &["not set: COMPAT", "32-bit programs do not run"],
    );
    let without = ALL_SET.replace("CONFIG_KPROBES=y", "# CONFIG_KPROBES is not set");
    is(
        &judged(&without),
        State::Limited,
        &["not set: KPROBES", "the tracepoint alone"],
    );
    let worse = without.replace("CONFIG_BPF_SYSCALL=y\n", "");
    is(&judged(&worse), State::Missing, &["BPF_SYSCALL, KPROBES"]);
    is(
        &configuration(&Configuration::Absent, false),
        State::Unknown,
        &["no /proc/config.gz"],
    );
}

#[test]
fn a_configuration_that_is_broken_is_not_known() {
    let mut bytes = packed(ALL_SET);
    bytes.truncate(bytes.len() / 2);
    for bytes in [&b"not gzip at all"[..], &bytes, b""] {
        is(
            &configuration(&Configuration::of(bytes), false),
            State::Unknown,
            &["config.gz"],
        );
    }
}

#[test]
fn releases_that_are_too_old_are_said_as_trace_says_it() {
    let old = kernel::release("4.19.191-perf", "aarch64");
    let error = ProbeError::TooOld {
        release: "4.19.191-perf".to_owned(),
    };
    is(&old, State::Missing, &[&error.to_string()]);
    is(
        &kernel::release("5.10.223", "aarch64"),
        State::Ok,
        &["Linux 5.10.223, aarch64"],
    );
}

#[test]
fn only_confidentiality_locks_out() {
    let set = |options: &str| Configuration::of(&packed(options));
    let mode = |text: &str| kernel::lockdown(Some(text), &Configuration::Absent);
    is(
        &mode("none integrity [confidentiality]\n"),
        State::Missing,
        &["lockdown=confidentiality"],
    );
    is(
        &mode("none [integrity] confidentiality\n"),
        State::Ok,
        &["integrity"],
    );
    is(
        &mode("[none] integrity confidentiality\n"),
        State::Ok,
        &["none"],
    );
    let forced = set("CONFIG_LOCK_DOWN_KERNEL_FORCE_CONFIDENTIALITY=y\n");
    is(
        &kernel::lockdown(None, &forced),
        State::Missing,
        &["always"],
    );
    is(
        &kernel::lockdown(None, &set(ALL_SET)),
        State::Ok,
        &["cannot be locked down"],
    );
    is(
        &kernel::lockdown(None, &Configuration::Absent),
        State::Unknown,
        &["there is no"],
    );
}

#[test]
fn rights_are_read_and_judged() {
    let status =
        "Name:\tsandboxd\nUid:\t2000\t0\t2000\t2000\nCapEff:\t000001ffffffffff\nSeccomp:\t2\n";
    let read = Rights::of(status);
    assert_eq!(read.uid, 0);
    assert_eq!(read.capabilities, EVERYTHING);
    is(&rights::root(read), State::Ok, &["root"]);
    is(&rights::seccomp(read), State::Limited, &["filter"]);
    let with = |uid, capabilities| {
        rights::root(Rights {
            uid,
            capabilities,
            seccomp: 0,
        })
    };
    is(
        &with(2000, 0),
        State::Missing,
        &[&ProbeError::NotRoot.to_string()],
    );
    is(
        &with(0, 0),
        State::Missing,
        &["CAP_BPF and CAP_PERFMON or CAP_SYS_ADMIN"],
    );
    is(
        &with(0, 1 << 21),
        State::Limited,
        &["CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH"],
    );
    is(
        &with(0, 1 << 38 | 1 << 39 | 1 << 19 | 1 << 2),
        State::Ok,
        &[],
    );
    assert_eq!(Rights::of("").uid, u32::MAX);
}

#[test]
fn selinux_is_only_blamed_for_what_was_refused() {
    let domain = |enforces| Selinux {
        enforces,
        context: enforces.map(|_| "u:r:shell:s0".to_owned()),
    };
    let judged = |enforces, refused| rights::selinux(&domain(enforces), refused);
    is(&judged(None, None), State::Ok, &["not in use"]);
    is(
        &judged(Some(false), Some(true)),
        State::Ok,
        &["permissive; this is u:r:shell:s0"],
    );
    is(
        &judged(Some(true), Some(true)),
        State::Limited,
        &["may be what refuses"],
    );
    is(&judged(Some(true), None), State::Unknown, &["not tried"]);
    is(
        &judged(Some(true), Some(false)),
        State::Ok,
        &["which may do"],
    );
}

#[test]
fn root_managers_matter_where_they_are_in_the_kernel() {
    let mark = |manager, place: &str| Mark {
        manager,
        place: place.to_owned(),
    };
    let magisk = [mark(Manager::Magisk, "/data/adb/magisk")];
    is(
        &rooted::root_manager(&magisk, true),
        State::Ok,
        &["Magisk (/data/adb/magisk)"],
    );
    let both = [
        mark(Manager::KernelSu, "/data/adb/ksu"),
        mark(Manager::KernelSu, "ksu_x in /proc/kallsyms"),
        mark(Manager::APatch, "/data/adb/ap"),
    ];
    let found = rooted::root_manager(&both, true);
    is(
        &found,
        State::Limited,
        &["KernelSU and APatch", "not what the app asked for"],
    );
    is(&rooted::root_manager(&[], true), State::Ok, &["no mark"]);
    is(
        &rooted::root_manager(&[], false),
        State::Unknown,
        &["without root"],
    );
    is(&rooted::other_probes(None), State::Unknown, &[]);
    is(&rooted::other_probes(Some(&[])), State::Ok, &["nobody"]);
    is(
        &rooted::other_probes(Some(&["__arm64_sys_x".to_owned()])),
        State::Ok,
        &["__arm64_sys_x"],
    );
}

#[test]
fn clocks_memory_and_compiler_are_judged() {
    let at = |wall: i64| {
        system::clock(Clocks {
            boot: 90_000_000_000_000,
            wall: wall * 1_000_000_000,
        })
    };
    is(&at(1_795_000_000), State::Ok, &["1 days"]);
    is(
        &at(3_600),
        State::Limited,
        &["3600 seconds after 1970", "boot_ns"],
    );
    let read = Memory::of("MemTotal:  2048 kB\nMemFree: 1 kB\nMemAvailable:   1024 kB\n").unwrap();
    assert_eq!((read.available, read.total), (1 << 20, 2 << 20));
    is(
        &system::memory(Some(read), 12 << 20),
        State::Limited,
        &["--buffer"],
    );
    let much = Memory {
        available: 1 << 30,
        total: 2 << 30,
    };
    is(
        &system::memory(Some(much), 12 << 20),
        State::Ok,
        &["1024 MiB of 2048 MiB"],
    );
    is(
        &system::memory(Memory::of("rubbish"), 1),
        State::Unknown,
        &[],
    );
    let known = Configuration::of(&packed(ALL_SET));
    is(
        &kernel::jit(Some(0), &known),
        State::Limited,
        &["bpf_jit_enable"],
    );
    is(&kernel::jit(Some(1), &known), State::Ok, &[]);
    is(
        &kernel::jit(None, &Configuration::of(&packed(""))),
        State::Limited,
        &["cannot compile"],
    );
    is(
        &kernel::jit(None, &Configuration::Absent),
        State::Unknown,
        &[],
    );
    is(
        &system::packages(&Err("no".to_owned()), true),
        State::Limited,
        &["-u"],
    );
}

#[test]
fn a_report_is_what_its_worst_finding_is_and_fits_its_schema() {
    let ok = || Finding::new("a", State::Ok, "well");
    let limited = || Finding::new("b", State::Limited, "less").todo("more");
    let missing = || {
        Finding::new("c", State::Missing, "gone")
            .follows("nothing")
            .value("n", 1)
    };
    assert!(Report::new(vec![ok(), limited()]).works);
    let report = Report::new(vec![ok(), limited(), missing()]);
    assert!(!report.works);
    assert_eq!(report.verdict, "tracing will not work, for: c");
    let mut out = Vec::new();
    report.write(true, false, &mut out).unwrap();
    let line: serde_json::Value = serde_json::from_slice(&out).unwrap();
    let schema: serde_json::Value = serde_json::from_str(&schema()).unwrap();
    jsonschema::validate(&schema, &line).unwrap();
    let mut broken = line;
    broken["checks"][0]["state"] = "fine".into();
    assert!(jsonschema::validate(&schema, &broken).is_err());
}

#[test]
fn text_has_columns_that_fit_and_colours_only_where_asked() {
    let found = Finding::new("kprobes", State::Limited, "word ".repeat(40))
        .follows("less")
        .todo("more");
    let text = |colours| {
        let mut out = Vec::new();
        Report::new(vec![found.clone()])
            .write(false, colours, &mut out)
            .unwrap();
        String::from_utf8(out).unwrap()
    };
    let plain = text(false);
    assert!(
        plain.starts_with("kprobes          limited  word word"),
        "{plain}"
    );
    assert!(
        plain
            .contains("\n                          so: less\n                          do: more\n")
    );
    assert!(plain.ends_with("tracing will work, limited by: kprobes\n"));
    assert!(plain.lines().all(|line| line.chars().count() <= 110));
    assert!(!plain.contains('\x1b') && text(true).contains('\x1b'));
}

#[test]
fn what_is_not_there_is_not_said_to_be_refused() {
    let attempt = |why: &str| Attempt {
        name: "x".to_owned(),
        took: Err(why.to_owned()),
    };
    let none = Err("this kernel has no kprobes for perf events".to_owned());
    let whole = Trial::default();
    assert!(!hooks::is_denied(Ok(&whole), &none));
    let denied = Err("the kernel refuses kprobes (Permission denied (os error 13))".to_owned());
    assert!(hooks::is_denied(Ok(&whole), &denied));
    let refused = Trial {
        tracepoints: vec![attempt(
            "cannot attach: Operation not permitted (os error 1)",
        )],
        ..Trial::default()
    };
    assert!(hooks::is_denied(Ok(&refused), &Ok(())));
}

#[test]
fn a_configuration_does_not_overrule_what_works() {
    let config = Configuration::of(&packed("CONFIG_KPROBES=y\n"));
    assert_eq!(configuration(&config, false).state, State::Missing);
    assert_eq!(configuration(&config, true).state, State::Ok);
}
