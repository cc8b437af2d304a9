//! Lines that are no calls: the end of a process as strace says it, all else in sentences behind the program's name.

use std::collections::BTreeMap;
use std::fmt::{self, Display, Formatter};

use super::escape::Plain;
use crate::event::{End, Line, Loss, Process, ProcessEvent, Start, Targets};
use crate::json::until_zero;

/// Names that are listed, at most.
const NAMES: usize = 5;

/// A line as a sentence.
pub(super) struct Remark<'a>(pub(super) &'a Line<'a>);

impl Display for Remark<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if let Line::Process(process) = self.0
            && process.event == ProcessEvent::Exit
        {
            let time = process.time.of_day();
            write!(f, "{:<5} {} +++ ", process.pid, time.as_str())?;
            return match (process.exit_code, process.signal) {
                (Some(code), _) => write!(f, "exited with {code} +++"),
                (None, Some(signal)) => write!(f, "killed by {signal} +++"),
                (None, None) => f.write_str("exited +++"),
            };
        }
        f.write_str("sandboxd: ")?;
        match self.0 {
            // Written elsewhere.
            Line::Syscall(_) => Ok(()),
            Line::Start(start) => begun(f, start),
            Line::Process(process) => lived(f, process),
            Line::Loss(loss) => lost(f, loss),
            Line::StateLoss(loss) => write!(
                f,
                "{} on CPU {}: the processes concerned are looked at anew",
                Count(
                    loss.count,
                    "record of state was lost",
                    "records of state were lost"
                ),
                loss.cpu
            ),
            Line::Clock(clock) => {
                let time = clock.time.of_day();
                let sign = if clock.step_ns < 0 { "back" } else { "forward" };
                let step = clock.step_ns.unsigned_abs();
                let (seconds, nanos) = (step / 1_000_000_000, step % 1_000_000_000);
                write!(
                    f,
                    "the wall clock was set {sign} by {seconds}.{nanos:09} s, to {}",
                    time.as_str()
                )
            }
            Line::Targets(new) => {
                write!(f, "{} from now on ", new.time.of_day().as_str())?;
                watching(f, new.targets)
            }
            Line::Stats(stats) => {
                let time = stats.time.of_day();
                write!(
                    f,
                    "{} {} so far, {} filtered, {} lost",
                    time.as_str(),
                    Count(stats.emitted, "call", "calls"),
                    stats.filtered,
                    stats.lost
                )
            }
            Line::End(end) => ended(f, end),
        }
    }
}

/// A number and a word for it.
struct Count(u64, &'static str, &'static str);

impl Display for Count {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} {}",
            self.0,
            if self.0 == 1 { self.1 } else { self.2 }
        )
    }
}

fn begun(f: &mut Formatter<'_>, start: &Start<'_>) -> fmt::Result {
    write!(
        f,
        "{} sandboxd {} on {} {}: {} by {}",
        start.time.of_day().as_str(),
        start.version,
        start.kernel,
        start.arch,
        Count(start.calls.len() as u64, "call", "calls"),
        start.backend,
    )?;
    if start.part > 1 {
        write!(f, ", part {}", start.part)?;
    }
    if !start.failed.is_empty() {
        write!(
            f,
            ", {}",
            Count(
                start.failed.len() as u64,
                "symbol not probed",
                "symbols not probed"
            )
        )?;
    }
    f.write_str(", ")?;
    watching(f, start.targets)
}

fn watching(f: &mut Formatter<'_>, targets: &Targets) -> fmt::Result {
    f.write_str("watching")?;
    for (name, numbers) in [
        ("uid", &targets.uids),
        ("pid", &targets.pids),
        ("tid", &targets.tids),
    ] {
        for number in numbers {
            write!(f, " {name} {number}")?;
        }
    }
    for word in targets.packages.iter().chain(&targets.command) {
        write!(f, " {}", Plain(word.as_bytes()))?;
    }
    if targets.all_apps {
        f.write_str(" all apps")
    } else {
        Ok(())
    }
}

fn lived(f: &mut Formatter<'_>, process: &Process<'_>) -> fmt::Result {
    write!(
        f,
        "{} process {}",
        process.time.of_day().as_str(),
        process.pid
    )?;
    if let Some(name) = process.process_name.or(process.package) {
        write!(f, " ({}, uid {})", Plain(name.as_bytes()), process.uid)?;
    } else {
        write!(f, " (uid {})", process.uid)?;
    }
    match process.event {
        ProcessEvent::Attach => f.write_str(" was there already"),
        ProcessEvent::Start => f.write_str(" was started"),
        ProcessEvent::Exec => f.write_str(" executed a program"),
        ProcessEvent::Rename => f.write_str(" has a new name"),
        ProcessEvent::Leave => f.write_str(" is watched no more"),
        ProcessEvent::Exit => f.write_str(" ended"),
    }?;
    if let (ProcessEvent::Start, Some(parent)) = (process.event, process.ppid) {
        write!(f, " by {parent}")?;
    }
    match process.path {
        Some(path) => write!(f, ": {}", Plain(until_zero(path.0))),
        None => Ok(()),
    }
}

fn lost(f: &mut Formatter<'_>, loss: &Loss<'_>) -> fmt::Result {
    if loss.reason == "unwritten" {
        return write!(
            f,
            "{}{}",
            Count(
                loss.count,
                "line could not be written",
                "lines could not be written"
            ),
            Names(&loss.by_call)
        );
    }
    let count = Count(loss.count, "call was lost", "calls were lost");
    write!(f, "{count}{}", Names(&loss.by_call))?;
    if loss.exits > 0 {
        write!(f, " and {}", Count(loss.exits, "return", "returns"))?;
    }
    if let Some(cpu) = loss.cpu {
        write!(f, " on CPU {cpu}")?;
    }
    let span = loss.to_ns.saturating_sub(loss.from_ns) / 1_000_000;
    write!(f, " within {span} ms ({})", loss.reason)
}

/// Names by number, the most frequent ones first.
struct Names<'a>(&'a BTreeMap<String, u64>);

impl Display for Names<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut names: Vec<_> = self.0.iter().collect();
        names.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
        for (at, (name, count)) in names.iter().take(NAMES).enumerate() {
            let before = if at == 0 { " (" } else { ", " };
            write!(f, "{before}{name} {count}")?;
        }
        match names.len() {
            0 => Ok(()),
            1..=NAMES => f.write_str(")"),
            more => write!(f, ", and {} more)", more - NAMES),
        }
    }
}

fn ended(f: &mut Formatter<'_>, end: &End<'_>) -> fmt::Result {
    write!(
        f,
        "{} ended ({}): {} seen = {} shown + {} filtered + {} lost",
        end.time.of_day().as_str(),
        end.why,
        Count(end.seen, "call", "calls"),
        end.emitted,
        end.filtered,
        end.lost
    )?;
    for (count, one, many) in [
        (end.pending, "call pending", "calls pending"),
        (end.exits_missed, "return missed", "returns missed"),
        (end.args_cut, "argument cut", "arguments cut"),
        (
            end.state_lost,
            "record of state lost",
            "records of state lost",
        ),
        (
            end.threads_full,
            "thread not remembered",
            "threads not remembered",
        ),
        (end.unwritten, "line not written", "lines not written"),
    ] {
        if count > 0 {
            write!(f, ", {}", Count(count, one, many))?;
        }
    }
    Ok(())
}
