//! Filters by thread and process: `--comm`, `-p '!…'`, `-t '!…'`, `--quiet-runtime`; alone, and with others.

use anyhow::{Result, ensure};

use super::super::script::{start, stop};
use super::super::trace::{Facts, Trace, expect};
use crate::lab::{Case, Outcome};

/// The program first, since some options need its numbers; `$parent_…` and `$child_…` have them.
macro_rules! named {
    ($options:expr) => {
        concat!(
            "mkdir -m 700 locked\nas-uid 10123 named-threads 200 >facts & program=$!\n",
            "wait-for facts all= 20 || exit 91\n. ./facts\n",
            start!(concat!("-u 10123 -e openat ", $options)),
            ": >go\nwait $program || exit 92",
            stop!()
        )
    };
}

/// All of them.
pub(crate) const CASES: [Case; 13] = [
    NAMES,
    NAMES_BY_TRACEPOINT,
    ENDINGS,
    NUMBERS,
    RUNTIME,
    ERROR,
    NO_ERROR,
    TOGETHER,
    COUNTED,
    REUSED,
    SUCCESSFUL,
    FAILED,
    PATH,
];

/// Names that the kernel half can compare.
pub(crate) const NAMES: Case = Case {
    name: "filters-comm",
    script: named!("--no-fds --comm 'pool-?,pool-??,!pool-2*,RenderThread'"),
    check: |outcome| {
        check(
            outcome,
            &Filter {
                in_kernel: true,
                ..Filter::of(|_, name| ["pool-1", "RenderThread"].contains(&name))
            },
        )
    },
    timeout_s: 60,
};

/// The same by the tracepoint, with what is not wanted alone.
pub(crate) const NAMES_BY_TRACEPOINT: Case = Case {
    name: "filters-comm-by-tracepoint",
    script: named!(
        "--backend tracepoint --no-fds --comm '!pool-*' --comm '!named-threads,pool-22'"
    ),
    check: |outcome| {
        check(
            outcome,
            &Filter {
                in_kernel: true,
                ..Filter::of(|_, name| !["pool-1", "named-threads"].contains(&name))
            },
        )
    },
    timeout_s: 60,
};

/// Names that it cannot compare.
pub(crate) const ENDINGS: Case = Case {
    name: "filters-comm-endings",
    script: named!("--comm '*pool,!Jit*'"),
    check: |outcome| check(outcome, &Filter::of(|_, name| name == "my-pool")),
    timeout_s: 60,
};

/// A process and a thread of another one.
pub(crate) const NUMBERS: Case = Case {
    name: "filters-left-out",
    script: named!("--no-fds -p \"!$child_named_threads\" -t \"!$parent_pool_22\""),
    check: |outcome| {
        check(
            outcome,
            &Filter {
                in_kernel: true,
                ..Filter::of(|process, name| process == "parent" && name != "pool-22")
            },
        )
    },
    timeout_s: 60,
};

/// The runtime's own threads.
pub(crate) const RUNTIME: Case = Case {
    name: "filters-quiet-runtime",
    script: named!("--no-fds --quiet-runtime"),
    check: |outcome| {
        check(
            outcome,
            &Filter {
                in_kernel: true,
                ..Filter::of(|_, name| !["HeapTaskDaemon", "Jit thread pool"].contains(&name))
            },
        )
    },
    timeout_s: 60,
};

/// Failures of one kind.
pub(crate) const ERROR: Case = Case {
    name: "filters-error",
    script: named!("--error EACCES,EPERM"),
    check: |outcome| {
        check(
            outcome,
            &Filter {
                own: false,
                others: LOCKED,
                ..Filter::of(|_, _| true)
            },
        )
    },
    timeout_s: 60,
};

/// All but failures of one kind, of the same calls.
pub(crate) const NO_ERROR: Case = Case {
    name: "filters-not-error",
    script: named!("--error '!EACCES'"),
    check: |outcome| {
        check(
            outcome,
            &Filter {
                others: 1,
                ..Filter::of(|_, _| true)
            },
        )
    },
    timeout_s: 60,
};

/// Successes alone.
pub(crate) const SUCCESSFUL: Case = Case {
    name: "filters-successful",
    script: named!("-z"),
    check: |outcome| {
        check(
            outcome,
            &Filter {
                own: false,
                others: OTHERS - LOCKED,
                ..Filter::of(|_, _| true)
            },
        )
    },
    timeout_s: 60,
};

/// Failures alone.
pub(crate) const FAILED: Case = Case {
    name: "filters-failed",
    script: named!("-Z"),
    check: |outcome| {
        check(
            outcome,
            &Filter {
                others: LOCKED,
                ..Filter::of(|_, _| true)
            },
        )
    },
    timeout_s: 60,
};

/// Paths alone.
pub(crate) const PATH: Case = Case {
    name: "filters-path",
    script: named!("-P '/named/child/*' -P '/named/parent/RenderThread/?*'"),
    check: |outcome| {
        check(
            outcome,
            &Filter {
                others: 0,
                ..Filter::of(|process, name| process == "child" || name == "RenderThread")
            },
        )
    },
    timeout_s: 60,
};

/// All of them at once, and others; descriptors are followed.
pub(crate) const TOGETHER: Case = Case {
    name: "filters-together",
    script: named!(
        "-p \"!$child_named_threads\" -t \"!$parent_pool_1\" --comm 'pool-*,*Daemon,*Thread' --quiet-runtime \
         -P '/named/*' -Z --error ENOENT --caller '!anon'"
    ),
    check: |outcome| {
        check(
            outcome,
            &Filter {
                others: 0,
                ..Filter::of(|process, name| {
                    process == "parent" && ["pool-22", "RenderThread"].contains(&name)
                })
            },
        )
    },
    timeout_s: 60,
};

/// A process that is left out ends, and another one gets its number. Those below 300 are not used again.
pub(crate) const REUSED: Case = Case {
    name: "filters-number-used-again",
    script: concat!(
        "while [ $(sh -c 'echo $$') -lt 310 ]; do :; done\necho 500 >/proc/sys/kernel/pid_max || exit 94\n",
        "as-uid 10123 sleep 1000 & victim=$!\n",
        start!("-u 10123 -e openat -p \"!$victim\""),
        "kill $victim; wait $victim\ntries=0\n",
        "while [ $tries -lt 1000 ]; do\n",
        "as-uid 10123 cat /named/$tries 2>/dev/null & again=$!\nwait $again\n",
        "[ $again = $victim ] && break\ntries=$((tries + 1))\ndone\n",
        "echo victim=$victim >facts; echo again=$again >>facts; echo tries=$tries >>facts\n",
        "echo 32768 >/proc/sys/kernel/pid_max",
        stop!()
    ),
    check: reused,
    timeout_s: 120,
};

/// What is counted is what is not dropped.
pub(crate) const COUNTED: Case = Case {
    name: "filters-comm-counted",
    script: named!("-c --comm '!pool-*,!*Daemon'"),
    check: counted,
    timeout_s: 60,
};

const NAMED: [&str; 7] = [
    "pool-1",
    "pool-22",
    "my-pool",
    "RenderThread",
    "HeapTaskDaemon",
    "Jit thread pool",
    "named-threads",
];
/// Calls of each thread that it may not make.
const LOCKED: u64 = 3;
/// Its calls beside those on its own paths: these, and a success.
const OTHERS: u64 = LOCKED + 1;

fn reused(outcome: &Outcome) -> Result<()> {
    let trace = Trace::of(outcome)?;
    let facts = Facts::read(outcome, "facts")?;
    let (victim, again) = (facts.number("victim")?, facts.number("again")?);
    ensure!(victim == again, "nobody got the number {victim} again");
    for number in 0..=facts.number("tries")? {
        trace.with_path(&format!("/named/{number}"))?;
    }
    let last = format!("/named/{}", facts.number("tries")?);
    expect(trace.with_path(&last)?, &[("/pid", victim.into())])
}

fn counted(outcome: &Outcome) -> Result<()> {
    let trace = Trace::of(outcome)?;
    let each = Facts::read(outcome, "facts")?.number("all")? as u64 + OTHERS;
    let log = outcome.text("log")?;
    let row = log.lines().find(|line| line.ends_with("  openat"));
    let calls = row.and_then(|row| row.split_whitespace().nth(3));
    let wanted = 2 * 4 * each;
    ensure!(
        calls == Some(wanted.to_string().as_str()),
        "the table counts {calls:?}, not {wanted}"
    );
    let (seen, all) = (trace.count("openat", "seen"), 2 * NAMED.len() as u64 * each);
    ensure!(seen == all, "{seen} seen, not {all}");
    Ok(())
}

/// What a case's options let through.
struct Filter {
    shows: fn(&str, &str) -> bool,
    /// Whether all that is dropped is dropped by the kernel half.
    in_kernel: bool,
    /// Whether calls on a thread's own paths are shown.
    own: bool,
    /// How many of its others are.
    others: u64,
}

impl Filter {
    fn of(shows: fn(&str, &str) -> bool) -> Self {
        Self {
            shows,
            in_kernel: false,
            own: true,
            others: OTHERS,
        }
    }
}

fn check(outcome: &Outcome, filter: &Filter) -> Result<()> {
    let trace = Trace::of(outcome)?;
    let facts = Facts::read(outcome, "facts")?;
    let count = facts.number("all")? as u64;
    let recorded = outcome.bytes("rec")?;
    let mut emitted = 0;
    for process in ["parent", "child"] {
        for name in NAMED {
            let own = format!("/named/{process}/{name}/");
            let tid = facts.number(&format!("{process}_{}", name.replace([' ', '-'], "_")))?;
            let lines: Vec<_> = trace.calls().filter(|line| line["tid"] == tid).collect();
            let shown = (filter.shows)(process, name);
            let own_wanted = if shown && filter.own { count } else { 0 };
            let wanted = own_wanted + if shown { filter.others } else { 0 };
            ensure!(
                lines.len() as u64 == wanted,
                "{} lines of {process}'s {name}, not {wanted}",
                lines.len()
            );
            emitted += wanted;
            for line in &lines {
                expect(line, &[("/comm", name.into())])?;
            }
            let of_own =
                |path: &serde_json::Value| path.as_str().is_some_and(|path| path.starts_with(&own));
            let on_own = lines
                .iter()
                .filter(|line| of_own(&line["args"]["pathname"]))
                .count() as u64;
            ensure!(on_own == own_wanted, "{on_own} calls on {own}");
            // Whatever came through the ring is in the recording.
            let came = recorded
                .windows(own.len())
                .any(|bytes| bytes == own.as_bytes());
            ensure!(
                came == shown || came && !filter.in_kernel,
                "calls on {own} came through the ring: {came}; shown: {shown}"
            );
        }
    }
    let seen = 2 * NAMED.len() as u64 * (count + OTHERS);
    for (what, expected) in [
        ("seen", seen),
        ("emitted", emitted),
        ("filtered", seen - emitted),
        ("lost", 0),
    ] {
        let found = trace.count("openat", what);
        ensure!(found == expected, "{found} {what}, not {expected}");
    }
    Ok(())
}
