//! Threads on different CPUs that take turns, by a pipe and by a futex, and with calls that come by different rings: lines stand in
//! the order of cause.

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::books::Running;
use super::long::unpacked;
use super::schema::Schema;
use super::trace::{Facts, tail};
use crate::lab::{Case, Outcome};

macro_rules! turns {
    ($rounds:literal) => {
        concat!(
            "sandboxd schema --json >schema.json\n\
             sandboxd trace -u 10123 --buffer 64M --no-fds -e write,futex:FUTEX_WAKE -o lines.zst 2>log & pid=$!\n\
             wait-for log ready 60 || exit 90\n\
             as-uid 10123 turns pipe ",
            $rounds,
            " >pipe || exit 91\nas-uid 10123 turns futex ",
            $rounds,
            " >futex || exit 92\nkill -INT $pid; wait $pid; echo code=$? >facts\n\
             sandboxd trace -u 10123 --buffer 64M --state-buffer 64M -e openat,faccessat -o lines.rings.zst 2>log.rings & pid=$!\n\
             wait-for log.rings ready 60 || exit 90\n\
             as-uid 10123 turns rings ",
            $rounds,
            " >rings || exit 93\nkill -INT $pid; wait $pid; echo code=$? >facts.rings\n"
        )
    };
}

/// Some thousand rounds of each kind.
pub(crate) const CASE: Case = Case {
    name: "order-of-cause",
    script: turns!("2000"),
    check,
    timeout_s: 120,
};
/// A hundred thousand: minutes on each kernel, for whoever asks for it.
pub(crate) const LONG: Case = Case {
    name: "order-of-cause-long",
    script: turns!("100000"),
    check,
    timeout_s: 900,
};

fn check(outcome: &Outcome) -> Result<()> {
    outcome.expect_status(0)?;
    let schema = Schema::parse(&outcome.text("schema.json")?)?;
    let turns = |by| Turns::of(&Facts::read(outcome, by)?, by);
    ordered(outcome, &schema, "", vec![turns("pipe")?, turns("futex")?])?;
    ordered(outcome, &schema, ".rings", vec![turns("rings")?])
}

/// One run's lines: `run` is what the names of its files end with.
fn ordered(outcome: &Outcome, schema: &Schema, run: &str, mut all: Vec<Turns>) -> Result<()> {
    let log = outcome.text(&format!("log{run}"))?;
    let code = Facts::read(outcome, &format!("facts{run}"))?.number("code")?;
    ensure!(code == 0, "exit code {code}: {}", tail(&log));
    let mut books = Running::default();
    let (lines, said) = unpacked(&outcome.path(&format!("lines{run}.zst")))?;
    ensure!(said.is_empty(), "zstd says {said}");
    for line in str::from_utf8(&lines)?.lines() {
        let line = serde_json::from_str(line).with_context(|| format!("not JSON: {line}"))?;
        schema.check(&line)?;
        books.take(&line)?;
        all.iter_mut().try_for_each(|turns| turns.take(&line))?;
    }
    let end = books.end()?;
    ensure!(end["lost"] == 0, "calls were lost: {end}");
    all.into_iter().try_for_each(Turns::end)
}

/// The turns of one program: who made them, how many there are to be, when each that was met began.
struct Turns {
    by: &'static str,
    pid: i64,
    ends: [i64; 2],
    count: u64,
    began: Vec<(u64, u64)>,
    latest: u64,
}

impl Turns {
    fn of(facts: &Facts, by: &'static str) -> Result<Self> {
        Ok(Self {
            by,
            pid: facts.number(&format!("{by}_pid"))?,
            ends: [facts.number("to_first")?, facts.number("to_second")?],
            count: facts.number("turns")? as u64,
            began: Vec::new(),
            latest: 0,
        })
    }

    /// Which turn a line is, if it is one.
    fn number(&self, line: &Value) -> Option<u64> {
        if line["pid"] != self.pid || line["type"] != "syscall" {
            return None;
        }
        let args = &line["args"];
        if self.by == "futex" {
            let woke = line["syscall"] == "futex" && line["ret"] == 1;
            return woke.then(|| args["val"].as_u64())?;
        }
        if self.by == "rings" {
            return args["pathname"]
                .as_str()?
                .strip_prefix("turn-")?
                .parse()
                .ok();
        }
        let fd = args["fd"].as_i64()?;
        let is_one = line["syscall"] == "write" && self.ends.contains(&fd);
        is_one.then(|| args["buf"]["text"].as_str()?.parse().ok())?
    }

    /// A line is written when its call returns, and what it causes can return before that: neighbours may change places. But a
    /// thread's next turn begins after that return, so what that one causes comes later in any case.
    fn take(&mut self, line: &Value) -> Result<()> {
        let Some(turn) = self.number(line) else {
            return Ok(());
        };
        let latest = self.latest;
        ensure!(
            latest <= turn + 1,
            "{}: turn {latest} comes before turn {turn}: {line}",
            self.by
        );
        self.latest = latest.max(turn);
        let began = line["boot_ns"].as_u64().context("no time")?;
        self.began.push((began, turn));
        Ok(())
    }

    /// By the time of entry there is no disorder at all.
    fn end(mut self) -> Result<()> {
        let (by, count, met) = (self.by, self.count, self.began.len());
        ensure!(met as u64 == count, "{by}: {met} of {count} turns");
        self.began.sort_unstable();
        for (at, (began, turn)) in (1..).zip(self.began) {
            ensure!(
                turn == at,
                "{by}: by time of entry, turn {at} is {turn}, at {began}"
            );
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn turns(order: &[(u64, u64)]) -> Result<()> {
        let facts = Facts::of("pipe_pid=7\nto_first=4\nto_second=6\nturns=4\n");
        let mut turns = Turns::of(&facts, "pipe")?;
        for (began, turn) in order {
            let text = format!("{turn:08}");
            let line = json!({
                "type": "syscall", "syscall": "write", "pid": 7, "boot_ns": began,
                "args": {"fd": 4 + 2 * (turn % 2), "buf": {"len": 8, "text": text}},
            });
            turns.take(&line)?;
        }
        turns.end()
    }

    #[test]
    fn neighbours_may_change_places_and_nobody_else() {
        turns(&[(1, 1), (2, 2), (3, 3), (4, 4)]).unwrap();
        turns(&[(2, 2), (1, 1), (3, 3), (4, 4)]).unwrap();
        assert!(turns(&[(1, 1), (3, 3), (4, 4), (2, 2)]).is_err());
        assert!(turns(&[(1, 1), (3, 2), (2, 3), (4, 4)]).is_err(), "times");
        assert!(turns(&[(1, 1), (2, 2), (3, 3)]).is_err(), "one is missing");
    }
}
