//! What the checks say of what was tried, and of symbols.

use std::collections::BTreeSet;
use std::time::Duration;

use kprobe_common::index::Abi;

use super::is;
use crate::doctor::finding::State;
use crate::doctor::trial::Trial;
use crate::doctor::{cost, hooks, symbols};
use crate::probe::{Attempt, Backend, ProbeError, Took, platform};

fn works(name: &str, attach: u64, detach: u64) -> Attempt {
    Attempt {
        name: name.to_owned(),
        took: Ok(Took {
            attach: Duration::from_millis(attach),
            detach: Duration::from_millis(detach),
        }),
    }
}

fn fails(name: &str, why: &str) -> Attempt {
    Attempt {
        name: name.to_owned(),
        took: Err(format!("{name}: {why}")),
    }
}

/// All that was tried worked.
fn whole() -> Trial {
    Trial {
        kprobe_program: Some(Ok(())),
        tracepoint_program: Some(Ok(())),
        tracepoints: vec![works("sched:one", 10, 20), works("task:two", 10, 20)],
        returns: Some(works("sys_exit", 10, 20)),
        entries: Some(works("sys_enter", 10, 20)),
        kprobes: vec![
            works("__arm64_sys_a", 10, 60),
            works("__arm64_sys_b", 20, 100),
            works("__arm64_sys_c", 900, 80),
        ],
    }
}

#[test]
fn what_was_not_tried_is_not_said_to_be_missing() {
    for error in [ProbeError::NotRoot, ProbeError::LockedDown] {
        for finding in [
            hooks::programs(Err(&error)),
            hooks::tracepoints(Err(&error)),
            hooks::raw_tracepoints(Err(&error), false),
        ] {
            is(&finding, State::Unknown, &["not tried"]);
        }
    }
    let refused = ProbeError::Denied {
        what: "to make BPF maps".to_owned(),
        source: std::io::Error::from_raw_os_error(1),
    };
    is(
        &hooks::programs(Err(&refused)),
        State::Missing,
        &["to make BPF maps"],
    );
    is(&hooks::ring(&Ok(false)), State::Missing, &[]);
    is(&hooks::ring(&Err("no".to_owned())), State::Unknown, &["no"]);
}

#[test]
fn without_kprobes_the_tracepoint_is_enough() {
    let off = Err(format!(
        "kprobes are switched off in {}",
        platform::KPROBES_ENABLED
    ));
    let trial = whole();
    is(
        &hooks::kprobes(Ok(&trial), &off, true),
        State::Limited,
        &["echo 1 >", "the tracepoint"],
    );
    is(
        &hooks::raw_tracepoints(Ok(&trial), false),
        State::Ok,
        &["sys_enter"],
    );
    let neither = Trial {
        entries: Some(fails("sys_enter", "Operation not permitted (os error 1)")),
        ..whole()
    };
    is(
        &hooks::kprobes(Ok(&neither), &off, true),
        State::Missing,
        &["does not work either"],
    );
    is(
        &hooks::raw_tracepoints(Ok(&neither), false),
        State::Missing,
        &["seccomp filter"],
    );
    is(
        &hooks::raw_tracepoints(Ok(&neither), true),
        State::Limited,
        &["--backend tracepoint"],
    );
    is(
        &hooks::kprobes(Ok(&trial), &Ok(()), true),
        State::Ok,
        &["3 were attached"],
    );
    is(
        &hooks::kprobes(Err(&ProbeError::NotRoot), &off, false),
        State::Unknown,
        &["without root"],
    );
}

#[test]
fn probes_that_failed_are_named() {
    let trial = Trial {
        tracepoints: vec![works("sched:one", 1, 1), fails("task:two", "No such file")],
        returns: Some(fails("sys_exit", "Invalid argument")),
        kprobes: vec![
            works("__arm64_sys_a", 1, 1),
            fails("__arm64_sys_b", "Invalid argument"),
        ],
        tracepoint_program: Some(Err("too large".to_owned())),
        ..whole()
    };
    is(
        &hooks::tracepoints(Ok(&trial)),
        State::Missing,
        &["task:two: No such file"],
    );
    is(
        &hooks::raw_tracepoints(Ok(&trial), true),
        State::Missing,
        &["sys_exit: Invalid", "--no-returns"],
    );
    is(
        &hooks::kprobes(Ok(&trial), &Ok(()), true),
        State::Limited,
        &["1 of 2", "__arm64_sys_b: Invalid"],
    );
    is(&hooks::programs(Ok(&trial)), State::Limited, &["too large"]);
}

#[test]
fn kprobes_that_nothing_can_use_are_not_said_to_be_good() {
    let refused = Trial {
        kprobe_program: Some(Err("too large".to_owned())),
        kprobes: Vec::new(),
        ..whole()
    };
    is(
        &hooks::kprobes(Ok(&refused), &Ok(()), true),
        State::Limited,
        &["the program for them was refused", "by the tracepoint"],
    );
    let nothing = Trial {
        kprobes: Vec::new(),
        ..whole()
    };
    is(
        &hooks::kprobes(Ok(&nothing), &Ok(()), true),
        State::Limited,
        &["no symbol of a call"],
    );
}

#[test]
fn the_cost_is_what_was_measured_times_the_probes() {
    let trial = whole();
    let found = cost::backend(Backend::Kprobe, "why", 100, Some(&trial));
    // Three tracepoints of 10 and 20 ms, 100 kprobes of 20 and 80 ms, as most are.
    is(&found, State::Ok, &["kprobe: why", "2.0 s", "8.1 s"]);
    assert_eq!(found.values["attach_ms"], 2030);
    assert_eq!(found.values["detach_ms"], 8060);
    let by_tracepoint = cost::backend(Backend::Tracepoint, "why", 500, Some(&trial));
    assert_eq!(by_tracepoint.values["attach_ms"], 40);
    is(
        &cost::backend(Backend::Kprobe, "why", 100, None),
        State::Unknown,
        &[],
    );
    let none = Trial {
        kprobes: vec![fails("__arm64_sys_a", "no")],
        ..whole()
    };
    is(
        &cost::backend(Backend::Kprobe, "why", 100, Some(&none)),
        State::Missing,
        &["--backend"],
    );
}

#[test]
fn symbols_are_counted_by_abi() {
    let all: BTreeSet<String> = [Abi::Arm64, Abi::Arm32]
        .into_iter()
        .flat_map(symbols::wanted)
        .flatten()
        .collect();
    let whole = symbols::symbols(Some(&all));
    assert_eq!(whole.values["arm64"], whole.values["arm64_of"]);
    assert_eq!(whole.values["arm32"], whole.values["arm32_of"]);
    is(&whole, State::Ok, &[]);
    let wide: BTreeSet<String> = symbols::wanted(Abi::Arm64).flatten().collect();
    is(
        &symbols::symbols(Some(&wide)),
        State::Ok,
        &["runs no 32-bit programs"],
    );
    is(
        &symbols::symbols(Some(&BTreeSet::new())),
        State::Limited,
        &["--backend tracepoint"],
    );
    is(&symbols::symbols(None), State::Unknown, &["/proc/kallsyms"]);
}
