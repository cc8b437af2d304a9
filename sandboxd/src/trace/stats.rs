//! `--stats`: what a run does, a line a second on standard error, also while a reader holds it up.

use std::rc::Rc;
use std::time::{Duration, Instant};

use super::run::Run;
use crate::facts;
use crate::probe::{Rings, Shared};

const SECOND: Duration = Duration::from_secs(1);

/// What is to be said, and since when.
#[derive(Debug)]
pub(super) struct Stats {
    rings: Rc<Rings>,
    /// The most of each ring since the last line, in hundredths.
    fill: [u64; 2],
    before: Sample,
    next: Instant,
}

/// Sums so far.
#[derive(Clone, Copy, Debug)]
struct Sample {
    at: Instant,
    calls: u64,
    lost: u64,
    cpu: Duration,
}

impl Sample {
    fn take(shared: &Shared, indexes: &[u16]) -> Self {
        let calls = indexes.iter().map(|&index| shared.calls_so_far(index).0);
        Self {
            at: Instant::now(),
            calls: calls.sum(),
            lost: shared.losses_total(),
            cpu: facts::cpu_time(),
        }
    }

    /// What happened between two of them, in words.
    fn line(&self, now: &Self, [calls_ring, state_ring]: [u64; 2]) -> String {
        let seconds = (now.at - self.at).as_secs_f64().max(0.001);
        let a_second = |count: u64| (count as f64 / seconds).round() as u64;
        let cpu = (now.cpu.saturating_sub(self.cpu)).as_secs_f64() / seconds * 100.0;
        format!(
            "stats: {} calls/s, {} records lost ({} so far), ring of calls {calls_ring} % full, of state {state_ring} %, \
             CPU {cpu:.0} %",
            a_second(now.calls.saturating_sub(self.calls)),
            now.lost.saturating_sub(self.lost),
            now.lost,
        )
    }
}

impl Stats {
    pub(super) fn new(rings: Rc<Rings>, shared: &Shared, indexes: &[u16]) -> Self {
        Self {
            rings,
            fill: [0; 2],
            before: Sample::take(shared, indexes),
            next: Instant::now() + SECOND,
        }
    }

    /// Looks at the rings: they are never fuller than before they are read.
    pub(super) fn notice(&mut self) {
        for (most, now) in self.fill.iter_mut().zip(self.rings.percent()) {
            *most = now.max(*most);
        }
    }

    /// Says it, if a second has passed.
    pub(super) fn say_when_due(&mut self, shared: &Shared, indexes: &[u16]) {
        if Instant::now() < self.next {
            return;
        }
        self.notice();
        let now = Sample::take(shared, indexes);
        tracing::info!("{}", self.before.line(&now, self.fill));
        self.fill = [0; 2];
        self.before = now;
        self.next = now.at + SECOND;
    }
}

/// Says it every second, and never ends: for while something else is waited for.
pub(super) async fn say_meanwhile(stats: &mut Option<Stats>, shared: &Shared, indexes: &[u16]) {
    let Some(stats) = stats else {
        return std::future::pending().await;
    };
    loop {
        tokio::time::sleep_until(stats.next.into()).await;
        stats.say_when_due(shared, indexes);
    }
}

impl Run {
    /// Has it say every second what it does.
    pub(super) fn tell_stats(&mut self) {
        let rings = Rc::clone(&self.loaded.rings);
        self.stats = Some(Stats::new(rings, &self.loaded.shared, &self.indexes));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_tells_of_one_second() {
        let at = Instant::now();
        let before = Sample {
            at,
            calls: 1000,
            lost: 5,
            cpu: Duration::from_millis(700),
        };
        let now = Sample {
            at: at + Duration::from_secs(2),
            calls: 25_000,
            lost: 17,
            cpu: Duration::from_millis(1600),
        };
        assert_eq!(
            before.line(&now, [3, 100]),
            "stats: 12000 calls/s, 12 records lost (17 so far), ring of calls 3 % full, of state 100 %, CPU 45 %"
        );
    }

    #[test]
    fn nothing_happened_in_no_time() {
        let now = Sample {
            at: Instant::now(),
            calls: 0,
            lost: 0,
            cpu: Duration::ZERO,
        };
        assert!(
            now.line(&now, [0, 0])
                .contains(" 0 calls/s, 0 records lost (0 so far)")
        );
    }
}
