//! What is measured: workloads, tools, and the guest's script that runs each with each.
//!
//! What a workload does is `xtask/lab/arm64/bench.c`'s.

use std::fmt;
use std::fmt::Write as _;

use anyhow::Result;
use clap::ValueEnum;
use serde::Serialize;

use super::bpftrace;
use crate::guest::Copy;
use crate::strace;

/// Whom tools watch, and somebody else.
const WATCHED: u32 = 10_123;
const OTHER: u32 = 10_124;

/// Tracepoints of single calls.
const TRACEPOINTS: &str = "/sys/kernel/tracing/events/syscalls";

/// Calls that a program makes again and again.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Workload {
    pub(crate) name: &'static str,
    /// What `bench` calls it.
    program: &'static str,
    /// What tools are asked to show.
    pub(crate) calls: &'static [&'static str],
    /// Other calls in it that sandboxd has a probe on, since they change descriptors and mappings.
    followed: &'static [&'static str],
    /// How many of the former are in one round.
    pub(crate) shown: u64,
    /// Calls of any kind in one round.
    pub(crate) round: u64,
    /// Whether the one that makes them is watched.
    watched: bool,
}

impl Workload {
    const fn of(
        name: &'static str,
        program: &'static str,
        calls: &'static [&'static str],
        [shown, round]: [u64; 2],
        watched: bool,
    ) -> Self {
        Self {
            name,
            program,
            calls,
            followed: &[],
            shown,
            round,
            watched,
        }
    }

    const fn following(mut self, followed: &'static [&'static str]) -> Self {
        self.followed = followed;
        self
    }
}

/// The call of a path that is not there, which targets are about.
pub(crate) const MISSING: &str = "openat";
/// The same, by a task that is not watched.
pub(crate) const UNWATCHED: &str = "openat-unwatched";
/// A call that is not asked for, by a task that is watched.
pub(crate) const UNPROBED: &str = "getppid-unprobed";

pub(crate) static WORKLOADS: [Workload; 8] = [
    Workload::of(MISSING, "missing", &["openat"], [1, 1], true),
    Workload::of(
        "open-read-close",
        "file",
        &["openat", "read", "close"],
        [3, 3],
        true,
    ),
    Workload::of("getppid", "parent", &["getppid"], [1, 1], true),
    Workload::of("connect", "refused", &["connect"], [1, 1], true),
    Workload::of("writev", "four-parts", &["writev"], [1, 1], true),
    Workload::of(
        "app-start",
        "start",
        &[
            "faccessat",
            "openat",
            "mmap",
            "newfstatat",
            "readlinkat",
            "mprotect",
        ],
        [9, 20],
        true,
    )
    .following(&["close", "munmap"]),
    Workload::of(UNWATCHED, "missing", &["openat"], [0, 1], false),
    Workload::of(UNPROBED, "parent", &["openat"], [0, 1], true),
];

/// A workload by its name.
pub(crate) fn workload(name: &str) -> Result<&'static Workload, String> {
    let found = WORKLOADS.iter().find(|workload| workload.name == name);
    found.ok_or_else(|| {
        let names: Vec<_> = WORKLOADS.iter().map(|workload| workload.name).collect();
        format!("it is one of {}", names.join(", "))
    })
}

/// What watches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Tool {
    /// Nobody
    Nothing,
    /// sandboxd, JSON to a file
    Kprobe,
    /// The same, entries by the tracepoint
    Tracepoint,
    /// sandboxd without returns
    KprobeNoReturns,
    /// Empty programs on the hooks that `kprobe` has
    FloorKprobe,
    /// The same of `tracepoint`
    FloorTracepoint,
    /// strace -f
    Strace,
    /// strace -f --seccomp-bpf
    StraceSeccomp,
    /// bpftrace, entry and return joined
    Bpftrace,
}

impl Tool {
    /// Whether it says anything about a workload that others do not.
    fn suits(self, workload: &Workload) -> bool {
        match self {
            Self::KprobeNoReturns => workload.shown == 0,
            // It watches only whom it started.
            Self::Strace | Self::StraceSeccomp => workload.watched,
            _ => true,
        }
    }

    /// Whether it shows calls, and so must show all.
    pub(crate) fn shows(self) -> bool {
        !matches!(
            self,
            Self::Nothing | Self::FloorKprobe | Self::FloorTracepoint
        )
    }

    /// The script's lines around one workload.
    fn around(self, workload: &Workload, bench: &str) -> String {
        match self {
            Self::Nothing => format!("{bench} || exit 91\n"),
            Self::Kprobe => sandboxd("--backend kprobe", workload, bench),
            Self::Tracepoint => sandboxd("--backend tracepoint", workload, bench),
            Self::KprobeNoReturns => sandboxd("--backend kprobe --no-returns", workload, bench),
            Self::FloorKprobe => {
                let calls = workload.calls.iter().chain(workload.followed);
                let symbols: Vec<_> = calls.map(|call| format!("__arm64_sys_{call}")).collect();
                floor(&format!("kprobe {}", symbols.join(" ")), bench)
            }
            Self::FloorTracepoint => floor("tracepoint", bench),
            Self::Strace => by_strace("", workload, bench),
            Self::StraceSeccomp => by_strace("--seccomp-bpf", workload, bench),
            Self::Bpftrace => by_bpftrace(workload, bench),
        }
    }
}

/// Its last line is its account.
fn sandboxd(options: &str, workload: &Workload, bench: &str) -> String {
    let calls = workload.calls.join(",");
    format!(
        "sandboxd trace -u {WATCHED} -e {calls} {options} --format json -o lines 2>log & pid=$!\n\
         wait-for log ready 60 || exit 90\n\
         settle\n\
         {bench} || exit 91\n\
         grep RssAnon /proc/$pid/status\n\
         kill -INT $pid; wait $pid || {{ cat log >&2; exit 92; }}\n\
         tail -n 1 lines; rm lines\n\
         while grep -qs sandboxd-reaper /proc/[0-9]*/comm; do sleep 1; done\n"
    )
}

fn floor(hooks: &str, bench: &str) -> String {
    format!(
        "floor {hooks} 2>log & pid=$!\n\
         wait-for log ready 60 || exit 90\n\
         settle\n\
         {bench} || exit 91\n\
         {{ kill $pid; wait $pid; }} 2>/dev/null || :\n"
    )
}

/// It takes seconds to compile, and says nothing when it is ready: whoever was not shows too few calls.
fn by_bpftrace(workload: &Workload, bench: &str) -> String {
    format!(
        "cat >script.bt <<'EOF'\n{}EOF\n\
         BPFTRACE_PERF_RB_PAGES=4096 bpftrace -B full -o lines script.bt 2>log & pid=$!\n\
         sleep 40\n\
         {bench} || exit 91\n\
         kill -INT $pid; wait $pid || {{ cat log >&2; exit 92; }}\n\
         echo \"shown=$(grep -cE ' ({})\\(' lines)\"; rm lines\n",
        bpftrace::script(workload.calls, WATCHED),
        workload.calls.join("|")
    )
}

fn by_strace(options: &str, workload: &Workload, bench: &str) -> String {
    format!(
        "strace -f {options} -o lines -e trace={} {bench} || exit 91\n\
         echo \"shown=$(grep -cE '^[0-9]+ +({})\\(' lines)\"; rm lines\n",
        workload.calls.join(","),
        workload.calls.join("|")
    )
}

impl fmt::Display for Tool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = self.to_possible_value();
        f.pad(value.as_ref().map_or("", |value| value.get_name()))
    }
}

/// What a short run measures, on which kernel, by how many calls in a span.
pub(crate) const SHORT_KERNEL: &str = "debian-6.1";
pub(crate) const SHORT_CALLS: u64 = 500;
const SHORT_TOOLS: [Tool; 2] = [Tool::Kprobe, Tool::Tracepoint];
const SHORT_WORKLOADS: [&str; 4] = [MISSING, "getppid", UNWATCHED, UNPROBED];

/// What is run where little time is.
pub(crate) fn short_runs() -> Vec<Run> {
    let workloads: Vec<&Workload> = WORKLOADS
        .iter()
        .filter(|workload| SHORT_WORKLOADS.contains(&workload.name))
        .collect();
    runs(&SHORT_TOOLS, &workloads)
}

/// A tool watching a workload.
pub(crate) type Run = (Tool, &'static Workload);

/// Those that were asked for, by name; none means all.
pub(crate) fn runs(tools: &[Tool], workloads: &[&'static Workload]) -> Vec<Run> {
    let mut runs = Vec::new();
    for tool in Tool::value_variants() {
        // What a tool adds is told by what is there without it.
        if !(tools.is_empty() || tools.contains(tool) || *tool == Tool::Nothing) {
            continue;
        }
        let asked = |workload: &&Workload| workloads.is_empty() || workloads.contains(workload);
        let suits = WORKLOADS
            .iter()
            .filter(asked)
            .filter(|workload| tool.suits(workload));
        runs.extend(suits.map(|workload| (*tool, workload)));
    }
    runs
}

/// What the guest needs for them beside what every guest has.
pub(crate) fn copies(runs: &[Run]) -> Result<Vec<Copy>> {
    let needs = |tools: &[Tool]| runs.iter().any(|(tool, _)| tools.contains(tool));
    let mut copies = Vec::new();
    if needs(&[Tool::Strace, Tool::StraceSeccomp]) {
        copies.extend(strace::files()?);
    }
    if needs(&[Tool::Bpftrace]) {
        copies.extend(bpftrace::files()?);
    }
    Ok(copies)
}

/// What the guest does. A kernel works in the background for seconds after boot, and idle seconds cost no time here.
pub(crate) fn script(runs: &[Run], calls: u64) -> String {
    let mut script = String::from(
        "settle() { sleep 2; }\n\
         cd /tmp; sleep 20\n\
         echo \"release $(uname -r)\"; echo \"version sandboxd $(sandboxd --version | cut -d' ' -f2)\"\n\
         if command -v strace >/dev/null; then echo \"version strace $(strace -V | sed -n '1s/.* //p')\"; fi\n\
         if command -v bpftrace >/dev/null; then bpftrace --version | sed 's/^/version /'; fi\n",
    );
    for (tool, workload) in runs {
        let uid = if workload.watched { WATCHED } else { OTHER };
        let bench = format!("bench {} {calls} {uid}", workload.program);
        let lines = tool.around(workload, &bench);
        let run = format!("echo 'run {tool} {}'\n{lines}", workload.name);
        let _ = match tool {
            // No figure where the kernel has not what it needs.
            Tool::Bpftrace => writeln!(script, "if [ -d {TRACEPOINTS} ]; then\n{run}fi"),
            _ => write!(script, "{run}"),
        };
    }
    script
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_there_without_a_tool_is_always_measured() {
        let workload = workload(MISSING).unwrap();
        assert_eq!(
            runs(&[Tool::Kprobe], &[workload]),
            [(Tool::Nothing, workload), (Tool::Kprobe, workload)]
        );
        assert_eq!(runs(&[Tool::KprobeNoReturns], &[workload]).len(), 1);
        assert!(super::workload("nothing").is_err());
        assert_eq!(short_runs().len(), 3 * SHORT_WORKLOADS.len());
    }
}
