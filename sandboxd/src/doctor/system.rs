//! Clock, memory, the list of packages.

use super::finding::{Finding, State};

/// 2020-01-01, seconds since 1970: no kernel that is new enough was there before.
const PLAUSIBLE_FROM: i64 = 1_577_836_800;
/// 2100-01-01.
const PLAUSIBLE_TO: i64 = 4_102_444_800;
const SECOND: i64 = 1_000_000_000;

/// The clocks, in nanoseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Clocks {
    /// Since boot.
    pub(super) boot: i64,
    /// Since 1970.
    pub(super) wall: i64,
}

/// Memory, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Memory {
    /// What can be had.
    pub(super) available: u64,
    /// All.
    pub(super) total: u64,
}

impl Memory {
    /// Reads `/proc/meminfo`.
    #[must_use]
    pub(super) fn of(meminfo: &str) -> Option<Self> {
        let bytes = |name: &str| {
            let line = meminfo.lines().find_map(|line| line.strip_prefix(name))?;
            let kib: u64 = line.split_whitespace().next()?.parse().ok()?;
            Some(kib << 10)
        };
        Some(Self {
            available: bytes("MemAvailable:")?,
            total: bytes("MemTotal:")?,
        })
    }
}

/// Whether the wall clock can be right.
#[must_use]
pub(super) fn clock(clocks: Clocks) -> Finding {
    const CHECK: &str = "clock";
    let wall = clocks.wall / SECOND;
    let days = clocks.boot / SECOND / 86_400;
    let finding = if (PLAUSIBLE_FROM..PLAUSIBLE_TO).contains(&wall) {
        let found = format!("plausible; the device runs for {days} days");
        Finding::new(CHECK, State::Ok, found)
    } else {
        let found = format!("the wall clock says {wall} seconds after 1970");
        Finding::new(CHECK, State::Limited, found)
            .follows("`time` of lines is wrong; `boot_ns`, order and durations are right")
            .todo("set the clock: date -u -s 2026-01-31T12:00:00")
    };
    finding
        .value("wall_seconds", wall)
        .value("boot_seconds", clocks.boot / SECOND)
}

/// Whether the rings find room; `rings`: bytes of both, as a run without options makes them.
#[must_use]
pub(super) fn memory(memory: Option<Memory>, rings: u64) -> Finding {
    const CHECK: &str = "memory";
    let mib = |bytes: u64| bytes >> 20;
    let Some(Memory { available, total }) = memory else {
        return Finding::new(CHECK, State::Unknown, "/proc/meminfo cannot be read");
    };
    let found = format!(
        "{} MiB of {} MiB can be had, the rings take {}",
        mib(available),
        mib(total),
        mib(rings)
    );
    let finding = if available < rings * 4 {
        Finding::new(CHECK, State::Limited, found)
            .follows("a run may fail to begin, or have apps killed for memory")
            .todo("a smaller --buffer, such as 1M")
    } else {
        Finding::new(CHECK, State::Ok, found)
    };
    finding.value("available", available).value("rings", rings)
}

/// The list of packages; `count`: of how many it tells.
#[must_use]
pub(super) fn packages(count: &Result<usize, String>, root: bool) -> Finding {
    const CHECK: &str = "packages";
    match count {
        Err(why) if !root => Finding::new(
            CHECK,
            State::Unknown,
            format!("not looked for without root: {why}"),
        ),
        Ok(0) => Finding::new(CHECK, State::Limited, "the platform's list is empty")
            .follows("-n finds no package: name user IDs (-u), processes (-p) or a command; --wait waits for one")
            .value("count", 0),
        Ok(count) => Finding::new(CHECK, State::Ok, format!("the platform's list has {count}"))
            .value("count", *count),
        Err(why) => Finding::new(CHECK, State::Limited, why.clone())
            .follows("-n does not work: name user IDs (-u), processes (-p) or a command"),
    }
}
