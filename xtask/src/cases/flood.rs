//! A flood, and readers that do not keep up: what is counted is what the flooder counted.
//!
//! `lab/guest/flood.sh` has the three runs; `cargo xtask flood` does them for minutes, the case for seconds.

use std::fmt;
use std::io;

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use super::books::Running;
use super::schema::Schema;
use super::takes::{self, Look};
use super::trace::{Facts, tail};
use crate::lab::{Case, Outcome};

/// What a guest runs.
pub(crate) const SCRIPT: &str = include_str!("../../lab/guest/flood.sh");
/// A reader that stalls and goes on, one that stalls and is killed, and a file.
pub(crate) const CASE: Case = Case {
    name: "flood-stalled",
    script: concat!(
        "exec 3>told; rounds=400 buffer=64K look=100 reading=0 stalled=0 after=0 killed=0 filed=0\n",
        include_str!("../../lab/guest/flood.sh")
    ),
    check,
    timeout_s: 180,
};

/// Anonymous memory that a run may take, KiB, whatever its reader does.
const MOST_KIB: u64 = 8192;
/// The calls that the flooder makes and counts.
const CALLS: [&str; 5] = ["openat", "faccessat", "unlinkat", "getppid", "pwrite64"];

fn check(outcome: &Outcome) -> Result<()> {
    outcome.expect_status(0)?;
    let mut judge = Judge::default();
    for line in outcome.bytes("told")?.split(|byte| *byte == b'\n') {
        judge.take(line);
    }
    judge.end()?.iter().try_for_each(Account::is_bounded)
}

/// Takes what the script tells, as it comes.
#[derive(Default)]
pub(crate) struct Judge {
    /// Half a line.
    rest: Vec<u8>,
    section: String,
    schema_text: String,
    schema: Option<Schema>,
    runs: Vec<Told>,
    wrong: Option<anyhow::Error>,
}

/// What was told of one run.
#[derive(Default)]
struct Told {
    name: String,
    books: Running,
    lines: u64,
    facts: String,
    log: String,
    memory: String,
}

/// What a run came to.
pub(crate) struct Account {
    name: String,
    /// Lines of every kind that were read, and found to be good.
    lines: u64,
    /// Seen, emitted, filtered, lost.
    sums: [u64; 4],
    looks: Vec<Look>,
}

impl io::Write for Judge {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut rest = std::mem::take(&mut self.rest);
        rest.extend_from_slice(bytes);
        let whole = rest.iter().rposition(|byte| *byte == b'\n');
        let (lines, half) = rest.split_at(whole.map_or(0, |at| at + 1));
        for line in lines.split(|byte| *byte == b'\n') {
            self.take(line);
        }
        self.rest = half.to_vec();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Judge {
    /// The first thing that is wrong is kept; a guest is not stopped by it.
    fn take(&mut self, line: &[u8]) {
        if self.wrong.is_none()
            && !line.is_empty()
            && let Err(error) = self.judge(line)
        {
            let run = self.runs.last().map_or("no", |run| &run.name);
            self.wrong = Some(error.context(format!("in {run} run, {}", self.section)));
        }
    }

    fn judge(&mut self, line: &[u8]) -> Result<()> {
        let text = str::from_utf8(line).context("not UTF-8")?;
        if let Some(section) = text.strip_prefix("=== ") {
            if let Some(name) = section.strip_prefix("run ") {
                self.runs.push(Told {
                    name: name.to_owned(),
                    ..Told::default()
                });
            }
            if self.section == "schema" {
                self.schema = Some(Schema::parse(&self.schema_text)?);
            }
            section.clone_into(&mut self.section);
            return Ok(());
        }
        let add = |to: &mut String| {
            to.push_str(text);
            to.push('\n');
        };
        if self.section == "schema" {
            add(&mut self.schema_text);
            return Ok(());
        }
        let run = self.runs.last_mut().context("told of no run")?;
        match self.section.as_str() {
            "lines" => {
                let line =
                    serde_json::from_str(text).with_context(|| format!("not JSON: {text}"))?;
                self.schema.as_ref().context("no schema")?.check(&line)?;
                run.books.take(&line)?;
                run.lines += 1;
            }
            "facts" => add(&mut run.facts),
            "log" => add(&mut run.log),
            "memory" => add(&mut run.memory),
            other => bail!("a section {other:?}: {text}"),
        }
        Ok(())
    }

    /// Fails unless all was right.
    pub(crate) fn end(self) -> Result<Vec<Account>> {
        if let Some(wrong) = self.wrong {
            return Err(wrong);
        }
        let names: Vec<&str> = self.runs.iter().map(|run| run.name.as_str()).collect();
        ensure!(names == ["first", "second", "third"], "told of {names:?}");
        let account = |run: Told| {
            let name = run.name.clone();
            run.account().with_context(|| format!("in {name} run"))
        };
        self.runs.into_iter().map(account).collect()
    }
}

impl Told {
    fn account(self) -> Result<Account> {
        let facts = Facts::of(&self.facts);
        let code = facts.number("code")?;
        ensure!(
            code == 0 && !self.log.contains("panicked"),
            "exit code {code}: {}",
            tail(&self.log)
        );
        let looks = takes::parse(&self.memory)?;
        let sums = if self.name == "second" {
            // The reader was gone before the last line.
            summed_up(&facts, &self.log, "reader_gone")?
        } else {
            by_call(&facts, &self.books.end()?)?
        };
        ensure!(
            self.name == "third" || sums[3] > 0,
            "nothing was lost: the reader never stalled"
        );
        ensure!(sums[2] > 0, "nothing was filtered: {}", tail(&self.log));
        Ok(Account {
            name: self.name,
            lines: self.lines,
            sums,
            looks,
        })
    }
}

/// How often the flooder made a call.
fn made(facts: &Facts, call: &str) -> Result<u64> {
    let made = facts.numbers(call)?;
    ensure!(!made.is_empty(), "the flooder told of no {call}");
    Ok(made.into_iter().sum::<i64>() as u64)
}

/// The end's accounts are the flooder's, of each call.
pub(super) fn by_call(facts: &Facts, end: &Value) -> Result<[u64; 4]> {
    let mut sums = [0; 4];
    for call in CALLS {
        let made = made(facts, call)?;
        let count = |what: &str| end["by_call"][call][what].as_u64().unwrap_or(0);
        let counts = ["seen", "emitted", "filtered", "lost"].map(count);
        let [seen, emitted, filtered, lost] = counts;
        ensure!(
            seen == made && emitted + filtered + lost == made,
            "{call}: {made} made, but seen, emitted, filtered and lost are {counts:?}"
        );
        for (sum, count) in sums.iter_mut().zip(counts) {
            *sum += count;
        }
    }
    Ok(sums)
}

/// What stderr says at the end is of as many calls as the flooder made, in all.
pub(crate) fn summed_up(facts: &Facts, log: &str, why: &str) -> Result<[u64; 4]> {
    let mut made_in_all = 0;
    for call in CALLS {
        made_in_all += made(facts, call)?;
    }
    let said = log
        .split_once(&format!("end ({why}): "))
        .and_then(|(_, said)| said.split_once(';'))
        .with_context(|| format!("no account on stderr: {}", tail(log)))?
        .0;
    let numbers: Vec<u64> = said
        .split(' ')
        .filter_map(|word| word.parse().ok())
        .collect();
    let [seen, emitted, filtered, lost] = numbers[..] else {
        bail!("not four numbers: {said}");
    };
    ensure!(
        seen == made_in_all && emitted + filtered + lost == made_in_all,
        "{made_in_all} calls were made, but {said}"
    );
    Ok([seen, emitted, filtered, lost])
}

impl Account {
    /// Fails if the daemon took more than it may.
    fn is_bounded(&self) -> Result<()> {
        let most = takes::most(&self.looks);
        ensure!(
            most <= MOST_KIB,
            "in {} run: {most} KiB of anonymous memory, {MOST_KIB} at most",
            self.name
        );
        Ok(())
    }

    /// Fails if the daemon took more and more, or more than it may.
    pub(crate) fn is_flat(&self) -> Result<()> {
        self.is_bounded()?;
        takes::flat(&self.looks).with_context(|| format!("in {} run", self.name))
    }
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [seen, emitted, filtered, lost] = self.sums;
        let at = |look: Option<&Look>| look.map_or(0, |look| look.rss_anon_kib);
        write!(
            f,
            "{:6}  seen {seen} = emitted {emitted} + filtered {filtered} + lost {lost}; {} lines; RssAnon {} KiB at first, \
             {} at most, {} at last",
            self.name,
            self.lines,
            at(self.looks.first()),
            takes::most(&self.looks),
            at(self.looks.last())
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FACTS: &str = "openat=3\nfaccessat=2\nunlinkat=2\ngetppid=2\npwrite64=2\n";

    #[test]
    fn every_call_is_accounted_for_by_itself() {
        let count = |seen: u64, emitted: u64, lost: u64| serde_json::json!({"seen": seen, "emitted": emitted, "filtered": 0, "lost": lost});
        let end = |openat: Value, getppid: Value| {
            let two = count(2, 2, 0);
            serde_json::json!({"by_call": {
                "openat": openat, "getppid": getppid, "faccessat": two, "unlinkat": two, "pwrite64": two,
            }})
        };
        let facts = Facts::of(FACTS);
        let right = end(count(3, 1, 2), count(2, 2, 0));
        assert_eq!(by_call(&facts, &right).unwrap(), [11, 9, 0, 2]);
        // As many in all, but of another name.
        assert!(by_call(&facts, &end(count(2, 2, 0), count(3, 3, 0))).is_err());
        assert!(by_call(&facts, &end(count(3, 1, 1), count(2, 2, 0))).is_err());
    }

    #[test]
    fn what_stderr_says_is_held_against_all_calls() {
        let facts = Facts::of(FACTS);
        let said = |seen: u64| {
            format!(
                "INFO end (signal): seen {seen} = emitted 8 + filtered 2 + lost 1; returns missed 0"
            )
        };
        assert_eq!(
            summed_up(&facts, &said(11), "signal").unwrap(),
            [11, 8, 2, 1]
        );
        assert!(summed_up(&facts, &said(12), "signal").is_err());
        assert!(summed_up(&facts, &said(11), "reader_gone").is_err());
    }

    #[test]
    fn a_line_that_is_none_is_noticed() {
        let mut judge = Judge::default();
        for line in ["=== run first", "=== lines", "{\"type\":"] {
            judge.take(line.as_bytes());
        }
        let error = format!("{:#}", judge.end().err().unwrap());
        assert!(
            error.contains("in first run, lines") && error.contains("not JSON"),
            "{error}"
        );
    }
}
