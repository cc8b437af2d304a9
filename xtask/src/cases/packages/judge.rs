//! Holds a trace of packages against the truth: the processes that were asked for, all of each, and nobody else.
//!
//! Pure functions over lines; the tests break a good trace in every way that a check is there for.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};

use super::truth::{Process, Truth, USER};
use crate::cases::trace::expect;

/// The call that makes a process another user's: `__NR_setresuid`, which both lists of calls have by number.
const BECOMES: u64 = 147;

/// Wrong things that are shown.
const MOST_SHOWN: usize = 12;
const MOST_CHARACTERS: usize = 400;

/// Whom a run was told to watch.
pub(super) enum Wanted {
    /// From their fork on.
    Packages {
        /// Names, and patterns that end in `*`.
        packages: &'static [&'static str],
        /// Of these Android users; of all if there is none.
        users: &'static [u32],
    },
    /// From the call on that gives a process this user ID.
    Uid(u32),
}

impl Wanted {
    fn is(&self, process: &Process) -> bool {
        let package = process.package.as_deref();
        match self {
            Self::Uid(uid) => process.uid == *uid && process.became_ns > 0,
            Self::Packages { packages, users } => {
                let fits = |pattern: &&str| match pattern.strip_suffix('*') {
                    Some(start) => package.is_some_and(|package| package.starts_with(start)),
                    None => package == Some(*pattern),
                };
                let of_user = users.is_empty() || users.contains(&process.user());
                of_user && packages.iter().any(fits)
            }
        }
    }

    const fn is_by_package(&self) -> bool {
        matches!(self, Self::Packages { .. })
    }
}

/// A trace, and what it is held against.
pub(super) struct Judge<'a> {
    pub(super) lines: &'a [Value],
    pub(super) truth: &'a Truth,
    pub(super) wanted: &'a Wanted,
    /// From when on the run saw everything.
    pub(super) ready_ns: u64,
    /// The calls that were selected; all of them if it is empty.
    pub(super) selected: &'a [u64],
}

impl Judge<'_> {
    /// Every check that a trace of packages has to pass; says everything that is wrong, since runs take long.
    pub(super) fn all(&self) -> Result<()> {
        let mut wrong = Vec::new();
        let by_process = self.by_process(&mut wrong)?;
        let (mut processes, mut marks) = (0, 0);
        for process in &self.truth.processes {
            if !self.wanted.is(process) || process.ended_ns < self.ready_ns {
                continue;
            }
            let none = Vec::new();
            let lines = by_process.get(&process.number).unwrap_or(&none);
            let found = self.marks(process, lines);
            marks += found.as_ref().copied().unwrap_or(0);
            let checks = [
                found.map(drop),
                self.calls(process, lines),
                self.told(process),
            ];
            let of = format!("{} ({}, {})", process.pid, process.name, process.end);
            let failed = checks.into_iter().filter_map(Result::err);
            wrong.extend(failed.map(|error| format!("process {of}: {error:#}")));
            processes += 1;
        }
        wrong.extend(self.counts().err().map(|error| format!("{error:#}")));
        ensure!(
            wrong.is_empty(),
            "{} things are wrong, as these:\n{}",
            wrong.len(),
            shown(&wrong)
        );
        ensure!(
            processes > 0 && marks > 0,
            "{processes} processes were wanted, which made {marks} marks: the case shows nothing"
        );
        Ok(())
    }

    /// The end tells of those that turned out to be others', and of those that nobody can tell of.
    fn counts(&self) -> Result<()> {
        if !self.wanted.is_by_package() {
            return Ok(());
        }
        let (mut undetermined, mut nameless, mut others, mut older) = (0, 0, 0, 0);
        for process in &self.truth.processes {
            if self.wanted.is(process)
                || process.ended_ns < self.ready_ns
                || self.is_anothers(process)
            {
                continue;
            }
            if self.is_undetermined(process) {
                undetermined += 1;
            } else if process.package.is_none() && process.named_ns == 0 {
                // Its user ID says that it is none of ours, though not whose it is.
                nameless += 1;
            } else if process.forked_ns >= self.ready_ns {
                others += 1;
            } else {
                older += 1;
            }
        }
        let end = self.lines.last().context("no line")?;
        let told = |what: &str| end[what].as_u64().with_context(|| format!("no {what}"));
        let (unknown, known) = (told("undetermined")?, told("not_target")?);
        ensure!(
            (undetermined..=undetermined + nameless).contains(&unknown),
            "undetermined is {unknown}; {undetermined} processes are, and {nameless} without a name are others'"
        );
        let all = others + undetermined + nameless;
        ensure!(
            (all..=all + older).contains(&(unknown + known)),
            "not_target is {known}, undetermined {unknown}; {all} processes were not wanted, nor {older} that were there"
        );
        Ok(())
    }

    /// Whether an app zygote made it that is not wanted: nobody watches what that makes.
    fn is_anothers(&self, process: &Process) -> bool {
        let made =
            |other: &Process| other.pid == process.parent && other.told_kind() == "app_zygote";
        let mut makers = self.truth.processes.iter().filter(|other| made(other));
        makers.next().is_some_and(|maker| !self.wanted.is(maker))
    }

    /// Whether nothing that it ever showed tells whose it is, and it may be of those that are wanted.
    fn is_undetermined(&self, process: &Process) -> bool {
        let is_nameless = process.named_ns == 0 && process.package.is_none();
        let is_isolated = process.told_kind() == "isolated";
        let has_user = process.became_ns > 0;
        is_nameless && (!has_user || is_isolated || self.may_be_wanted(process))
    }

    /// Whether it has a wanted one's user ID.
    fn may_be_wanted(&self, process: &Process) -> bool {
        let has = |other: &Process| other.uid == process.uid && self.wanted.is(other);
        self.truth.processes.iter().any(has)
    }

    /// Lines of calls by the process that made them; one of a process that is not wanted is wrong.
    fn by_process(&self, wrong: &mut Vec<String>) -> Result<BTreeMap<u32, Vec<&Value>>> {
        let mut by_process: BTreeMap<u32, Vec<&Value>> = BTreeMap::new();
        let mut others = BTreeSet::new();
        for line in self.lines {
            let kind = line["type"].as_str().unwrap_or_default();
            if kind != "syscall" && kind != "process" {
                continue;
            }
            let process = match self.whose(line) {
                Ok(process) => process,
                Err(error) => {
                    // One line of each is enough.
                    if others.insert(line["proc"].to_string()) {
                        wrong.push(format!("{error:#}"));
                    }
                    continue;
                }
            };
            let uid = line["uid"].as_u64().context("a line without uid")?;
            let says = [
                ("/package", json!(process.package)),
                ("/user", json!(uid / u64::from(USER))),
            ];
            wrong.extend(expect(line, &says).err().map(|error| error.to_string()));
            if kind == "syscall" {
                by_process.entry(process.number).or_default().push(line);
            }
        }
        Ok(by_process)
    }

    /// The process that a line is of: a wanted one, or one that may be, since it shares the user ID and nobody can tell.
    fn whose(&self, line: &Value) -> Result<&Process> {
        let pid = line["pid"].as_u64().context("a line without pid")?;
        let time = line["boot_ns"].as_u64().context("a line without boot_ns")?;
        let process = self.truth.whose(pid, time);
        let process = process.with_context(|| format!("a line of none of the zygote's: {line}"))?;
        let may_be = self.wanted.is_by_package() && self.is_undetermined(process);
        ensure!(
            self.wanted.is(process) || may_be && self.may_be_wanted(process),
            "a line of another, {} ({:?}, {}): {line}",
            process.name,
            process.package,
            process.end
        );
        Ok(process)
    }

    /// Each mark since the run was ready is there once, made by whom it names. Returns how many there are.
    fn marks(&self, process: &Process, lines: &[&Value]) -> Result<usize> {
        let mut found = 0;
        for (seq, time) in process.mark_ns.iter().enumerate() {
            if *time < self.ready_ns {
                continue;
            }
            let path = process.mark(seq);
            let pid = if process.is_childs(seq) {
                process.child
            } else {
                process.pid
            };
            let marks: Vec<_> = lines
                .iter()
                .filter(|line| line["args"]["pathname"] == *path)
                .collect();
            ensure!(marks.len() == 1, "{} lines of {path}", marks.len());
            expect(
                marks[0],
                &[("/pid", json!(pid)), ("/uid", json!(process.uid))],
            )?;
            found += 1;
        }
        let wrong = lines.iter().find(|line| {
            let path = line["args"]["pathname"].as_str().unwrap_or_default();
            let is_own = |seq| path == process.mark(seq);
            path.contains("/marker-") && !(0..process.mark_ns.len()).any(is_own)
        });
        match wrong {
            Some(line) => bail!("a mark of another's: {line}"),
            None => Ok(found),
        }
    }

    /// Its own calls are those that it says it made: all of them, in order, from the first one that is to be seen.
    fn calls(&self, process: &Process, lines: &[&Value]) -> Result<()> {
        let seen: Vec<u64> = lines
            .iter()
            .filter(|line| line["pid"] == process.pid)
            .filter_map(|line| line["nr"].as_u64())
            .collect();
        let made: Vec<u64> = process
            .calls
            .iter()
            .filter(|&&(number, _)| self.is_selected(number))
            .flat_map(|&(number, times)| (0..times).map(move |_| number))
            .collect();
        ensure!(
            made.ends_with(&seen),
            "its last calls are {:?}, the lines are of {:?}",
            in_runs(&made[made.len().saturating_sub(seen.len())..]),
            in_runs(&seen)
        );
        let since_becoming = made
            .iter()
            .position(|number| *number == BECOMES)
            .map_or(0, |at| made.len() - at);
        let is_new = process.forked_ns >= self.ready_ns;
        let least = match self.wanted {
            Wanted::Packages { .. } if is_new => made.len(),
            _ if is_new || process.became_ns >= self.ready_ns => since_becoming,
            // What it did before the run was ready is not there.
            _ => return Ok(()),
        };
        ensure!(
            seen.len() == least || !is_new && seen.len() > least,
            "{} lines, not {least}; the first is of call {:?}",
            seen.len(),
            seen.first()
        );
        if self.is_selected(BECOMES) {
            becomes(process, lines)?;
        }
        Ok(())
    }

    fn is_selected(&self, number: u64) -> bool {
        self.selected.is_empty() || self.selected.contains(&number)
    }

    /// The first zygote is root's.
    fn uid_of_zygote(&self, process: &Process) -> u32 {
        let zygote = self.truth.whose(process.parent.into(), process.forked_ns);
        zygote.map_or(0, |zygote| zygote.uid)
    }

    /// The line that tells of the start of a process, or of its child.
    fn first(&self, process: &Process, pid: u32) -> Result<&Value> {
        let mut lines = self.lines.iter().filter(|line| {
            let time = line["boot_ns"].as_u64().unwrap_or(0);
            line["type"] == "process" && line["pid"] == pid && process.is(u64::from(pid), time)
        });
        let line = lines.find(|line| line["event"] == "start" || line["event"] == "attach");
        line.with_context(|| format!("no process line of the start of {pid}"))
    }

    /// The first line about the process says what it is and from when on it was seen.
    fn told(&self, process: &Process) -> Result<()> {
        if !self.wanted.is_by_package() {
            return Ok(());
        }
        let line = self.first(process, process.pid)?;
        let (event, from) = if process.forked_ns < self.ready_ns {
            ("attach", "attach")
        } else {
            ("start", "specialisation")
        };
        // One that waited in the pool was nobody's when the run began.
        if process.forked_ns >= self.ready_ns || process.became_ns < self.ready_ns {
            expect(line, &[("/event", json!(event)), ("/from", json!(from))])?;
        }
        // It is of that moment: before it became the app it had its zygote's user ID.
        let uid = if line["boot_ns"].as_u64() < Some(process.became_ns) {
            self.uid_of_zygote(process)
        } else {
            process.uid
        };
        expect(
            line,
            &[
                ("/kind", json!(process.told_kind())),
                ("/uid", json!(uid)),
                ("/ppid", json!(process.parent)),
            ],
        )?;
        self.told_of_child(process)
    }

    /// Its own child was made by it, not by a zygote.
    fn told_of_child(&self, process: &Process) -> Result<()> {
        if process.child == 0 {
            return Ok(());
        }
        let says = [
            ("/event", json!("start")),
            ("/from", json!("fork")),
            ("/ppid", json!(process.pid)),
        ];
        expect(self.first(process, process.child)?, &says)
    }
}

/// The call that made it the app is there, and says so.
fn becomes(process: &Process, lines: &[&Value]) -> Result<()> {
    let calls: Vec<_> = lines
        .iter()
        .filter(|line| line["nr"] == BECOMES && line["pid"] == process.pid)
        .collect();
    let expected = usize::from(process.became_ns > 0);
    ensure!(calls.len() == expected, "{} such calls", calls.len());
    for call in calls {
        expect(
            call,
            &[("/args/ruid", json!(process.uid)), ("/ret", json!(0))],
        )?;
    }
    Ok(())
}

/// The first wrong things, each cut: a line can be long.
fn shown(wrong: &[String]) -> String {
    let cut = |what: &String| what.chars().take(MOST_CHARACTERS).collect::<String>();
    let shown: Vec<_> = wrong.iter().take(MOST_SHOWN).map(cut).collect();
    shown.join("\n")
}

/// As the program tells of calls.
fn in_runs(calls: &[u64]) -> Vec<(u64, usize)> {
    let mut runs: Vec<(u64, usize)> = Vec::new();
    for call in calls {
        match runs.last_mut() {
            Some((number, times)) if number == call => *times += 1,
            _ => runs.push((*call, 1)),
        }
    }
    runs
}

#[cfg(test)]
#[path = "judge_tests.rs"]
mod tests;
