//! What a guest's script said, as figures: instructions per call, and what a tool adds to them; as text and as JSON.
//!
//! A tool that did not see what it was to see has no figure: that is an error.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;

use anyhow::{Context, Result, ensure};
use clap::ValueEnum;
use serde::Serialize;
use serde_json::Value;

use super::alone::{self, Alone};
use super::plan::{self, Tool, WORKLOADS, Workload};
use super::targets::{self, Target};
use crate::paths;

/// All boots of one run of the verb.
pub(crate) struct Report {
    pub(crate) qemu: String,
    pub(crate) cpu: String,
    pub(crate) binary_bytes: u64,
    pub(crate) boots: Vec<Boot>,
}

/// One kernel.
#[derive(Serialize)]
pub(crate) struct Boot {
    pub(crate) kernel: String,
    release: String,
    /// Of the tools, as they tell them.
    versions: BTreeMap<String, String>,
    figures: Vec<Figure>,
    /// Where it was measured.
    alone: Option<Alone>,
}

/// A tool watching a workload.
#[derive(Serialize)]
pub(crate) struct Figure {
    tool: Tool,
    workload: &'static str,
    calls: u64,
    /// Instructions of the whole guest for a call, until everything is written.
    whole: f64,
    /// Those after which the caller had its answer.
    caller: f64,
    /// What the tool adds to `whole`.
    added: Option<f64>,
    /// The tool's anonymous memory, in KiB, as it was when the calls had been made.
    rss_anon_kib: Option<u64>,
}

impl Boot {
    /// Of what the script printed.
    pub(crate) fn parse(kernel: &str, text: &str) -> Result<Self> {
        let mut boot = Self {
            kernel: kernel.to_owned(),
            release: String::new(),
            versions: BTreeMap::new(),
            figures: Vec::new(),
            alone: None,
        };
        let mut parts = text.split("\nrun ");
        for line in parts.next().unwrap_or_default().lines() {
            if let Some(release) = line.strip_prefix("release ") {
                release.clone_into(&mut boot.release);
            } else if let Some((name, version)) = line
                .strip_prefix("version ")
                .and_then(|rest| rest.split_once(' '))
            {
                boot.versions.insert(name.to_owned(), version.to_owned());
            }
        }
        for part in parts {
            let head = part.lines().next().unwrap_or_default();
            if head == alone::HEAD {
                boot.alone = Some(Alone::parse(part).context("of the daemon alone")?);
                continue;
            }
            let figure = Figure::parse(part).with_context(|| format!("of {head}"))?;
            boot.figures.push(figure);
        }
        boot.subtract();
        Ok(boot)
    }

    fn subtract(&mut self) {
        let without: BTreeMap<_, _> = self
            .figures
            .iter()
            .filter(|figure| figure.tool == Tool::Nothing)
            .map(|figure| (figure.workload, figure.whole))
            .collect();
        for figure in &mut self.figures {
            let without = without.get(figure.workload);
            figure.added = without.map(|without| figure.whole - without);
        }
    }

    fn figure(&self, tool: Tool, workload: &str) -> Option<&Figure> {
        self.figures
            .iter()
            .find(|figure| figure.tool == tool && figure.workload == workload)
    }

    /// `uname -r`.
    pub(crate) fn release(&self) -> &str {
        &self.release
    }

    /// Of the daemon alone.
    pub(crate) fn alone(&self) -> Option<&Alone> {
        self.alone.as_ref()
    }

    /// What each tool adds to each workload.
    pub(crate) fn all_added(&self) -> impl Iterator<Item = (Tool, &'static str, f64)> {
        self.figures
            .iter()
            .filter_map(|figure| Some((figure.tool, figure.workload, figure.added?)))
    }

    /// What a tool adds to a call of a workload.
    pub(crate) fn added(&self, tool: Tool, workload: &str) -> Option<f64> {
        self.figure(tool, workload)?.added
    }
}

impl Figure {
    fn parse(text: &str) -> Result<Self> {
        let (head, rest) = text.split_once('\n').context("nothing was said")?;
        let (tool, name) = head.split_once(' ').context("no workload")?;
        let tool = Tool::from_str(tool, false).map_err(anyhow::Error::msg)?;
        let workload = plan::workload(name).map_err(anyhow::Error::msg)?;
        let facts: BTreeMap<&str, i64> = rest
            .lines()
            .filter_map(|line| line.split_once('='))
            .filter_map(|(key, value)| Some((key, value.parse().ok()?)))
            .collect();
        let fact = |key| facts.get(key).copied().with_context(|| format!("no {key}"));
        let (calls, rounds) = (fact("calls")?, fact("rounds_in_all")?);
        if tool.shows() {
            let shown = match fact("shown") {
                Ok(lines) => u64::try_from(lines)?,
                Err(_) => emitted(rest)?,
            };
            all_shown(shown, workload, u64::try_from(rounds)?)?;
        }
        #[expect(clippy::cast_precision_loss, reason = "far fewer than 2^53")]
        let per_call = |instructions: i64| instructions as f64 / calls as f64;
        Ok(Self {
            tool,
            workload: workload.name,
            calls: u64::try_from(calls)?,
            whole: per_call(fact("busy")? - fact("empty")?),
            caller: per_call(fact("spent")?),
            added: None,
            rss_anon_kib: rest.lines().find_map(|line| {
                let line = line.strip_prefix("RssAnon:")?;
                line.split_whitespace().next()?.parse().ok()
            }),
        })
    }
}

/// Every call that was to be shown was, and no more than the program's other few.
fn all_shown(shown: u64, workload: &Workload, rounds: u64) -> Result<()> {
    /// Its own preparations: it opens and writes files, and maps memory.
    const BESIDE: u64 = 50;
    let wanted = workload.shown * rounds;
    ensure!(
        (wanted..=wanted + BESIDE).contains(&shown),
        "{shown} calls were shown, {wanted} were to be"
    );
    Ok(())
}

/// Of sandboxd's own account, which must say that nothing was lost.
fn emitted(text: &str) -> Result<u64> {
    let end = text.lines().find(|line| line.starts_with('{'));
    let end: Value = serde_json::from_str(end.context("no end line")?).context("no JSON")?;
    ensure!(end["type"] == "end", "the last line is {end}");
    let count = |what: &str| end[what].as_u64().with_context(|| format!("no {what:?}"));
    ensure!(count("lost")? == 0, "calls were lost: {end}");
    count("emitted")
}

impl Report {
    fn targets(&self) -> Vec<Target> {
        let mut targets: Vec<_> = self.boots.iter().flat_map(targets::of_boot).collect();
        targets.push(targets::of_binary(self.binary_bytes));
        targets
    }

    /// Writes `bench.txt` and `bench.json` into the build directory.
    pub(crate) fn save(&self) -> Result<()> {
        let json = serde_json::json!({
            "qemu": self.qemu,
            "cpu": self.cpu,
            "binary_bytes": self.binary_bytes,
            "boots": self.boots,
            "targets": self.targets(),
        });
        let json = serde_json::to_string_pretty(&json).context("cannot write the figures")?;
        for (name, text) in [("bench.txt", self.to_string()), ("bench.json", json)] {
            let path = paths::target().join(name);
            fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
        }
        Ok(())
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "Guest instructions per call: all of them with nothing attached, then what each tool adds until everything is \
             written.\nQEMU {}, -icount shift=0, one CPU, {}",
            self.qemu, self.cpu
        )?;
        for boot in &self.boots {
            write!(f, "\n{boot}")?;
        }
        writeln!(f)?;
        for target in self.targets() {
            writeln!(f, "{target}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Boot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.kernel, self.release)?;
        for (name, version) in &self.versions {
            write!(f, ", {name} {version}")?;
        }
        let of_tool = |tool: &Tool| self.figures.iter().any(|figure| figure.tool == *tool);
        let tools: Vec<_> = Tool::value_variants()
            .iter()
            .copied()
            .filter(of_tool)
            .collect();
        write!(f, "\n{:<18}", "")?;
        for tool in &tools {
            write!(f, " {tool:>17}")?;
        }
        for workload in &WORKLOADS {
            if self.figure(Tool::Nothing, workload.name).is_none() {
                continue;
            }
            write!(f, "\n{:<18}", workload.name)?;
            for tool in &tools {
                let figure = self.figure(*tool, workload.name);
                let number = figure.and_then(|figure| match tool {
                    Tool::Nothing => Some(figure.whole),
                    _ => figure.added,
                });
                let number = number.map_or("-".to_owned(), |number| format!("{number:.0}"));
                write!(f, " {number:>17}")?;
            }
        }
        if let Some(alone) = &self.alone {
            write!(
                f,
                "\na line of openat made of a recording: {:.0}; RssAnon with 20 targets: {} KiB at most",
                alone.replayed, alone.rss_anon_kib
            )?;
        }
        writeln!(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTHING: &str = "calls=10\nrounds_in_all=12\nempty=100\nbusy=1100\nspent=900\n";
    const TOOL: &str =
        "calls=10\nrounds_in_all=12\nempty=200\nbusy=3200\nspent=1000\nRssAnon:\t 512 kB\n";

    fn said(end: &str) -> Result<Boot> {
        let text = format!(
            "release 6.1\nversion sandboxd 0.1\nrun nothing openat\n{NOTHING}run kprobe openat\n{TOOL}{end}\n"
        );
        Boot::parse("debian-6.1", &text)
    }

    #[test]
    fn what_a_tool_adds_is_what_is_there_beyond_nothing() {
        let boot = said(r#"{"type":"end","emitted":13,"lost":0}"#).unwrap();
        assert_eq!(boot.release, "6.1");
        assert_eq!(boot.versions["sandboxd"], "0.1");
        assert_eq!(boot.added(Tool::Kprobe, "openat"), Some(200.0));
        assert_eq!(boot.figures[1].rss_anon_kib, Some(512));
        assert_eq!(boot.added(Tool::Tracepoint, "openat"), None);
    }

    #[test]
    fn who_did_not_see_all_has_no_figure() {
        let why = |end: &str| format!("{:#}", said(end).err().unwrap());
        assert!(why(r#"{"type":"end","emitted":12,"lost":1}"#).contains("were lost"));
        assert!(why(r#"{"type":"end","emitted":11,"lost":0}"#).contains("11 calls"));
        assert!(why(r#"{"type":"end","emitted":99,"lost":0}"#).contains("99 calls"));
        assert!(why(r#"{"type":"stats"}"#).contains("the last line"));
        assert!(why("").contains("no end line"));
    }
}
