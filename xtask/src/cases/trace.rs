//! What a case left, made easy to ask: the trace's lines, and the facts that a program printed about itself.
//!
//! What every trace has to satisfy stands in `books`.

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use super::books;
use super::schema::Schema;
use crate::lab::Outcome;

/// The lines of one trace, found to be in order.
pub(crate) struct Trace {
    lines: Vec<Value>,
}

impl Trace {
    /// Of a script made by `traced!`: it ended well, every shared check holds, the replay gives the
    /// same bytes, every line is what the schema says.
    pub(crate) fn of(outcome: &Outcome) -> Result<Self> {
        outcome.expect_status(0)?;
        let ended = outcome.text("ended")?;
        ensure!(
            ended == "trace 0\nreplay 0\n",
            "exit statuses: {ended:?}; stderr: {}",
            tail(&outcome.text("log")?)
        );
        let trace = Self::read(outcome, "lines")?;
        books::replayed(&outcome.bytes("lines")?, &outcome.bytes("replayed")?)?;
        // Empty where the daemon has no such verb, which `schema::CASE` does not forgive.
        let schema = outcome.text("schema.json")?;
        if !schema.is_empty() {
            let schema = Schema::parse(&schema)?;
            trace.lines.iter().try_for_each(|line| schema.check(line))?;
        }
        Ok(trace)
    }

    /// Of any file that holds a whole trace.
    pub(crate) fn read(outcome: &Outcome, file: &str) -> Result<Self> {
        let lines = outcome.lines(file)?;
        books::check(&lines).with_context(|| format!("in {file}"))?;
        Ok(Self { lines })
    }

    /// Every line.
    pub(crate) fn lines(&self) -> &[Value] {
        &self.lines
    }

    /// The last line; `books` made sure that it is the `end`.
    pub(crate) fn end(&self) -> &Value {
        self.lines.last().unwrap_or(&Value::Null)
    }

    /// The first line; `books` made sure that it is the `start`.
    pub(crate) fn start(&self) -> &Value {
        self.lines.first().unwrap_or(&Value::Null)
    }

    /// Every system call, in order.
    pub(crate) fn calls(&self) -> impl Iterator<Item = &Value> {
        self.lines.iter().filter(|line| line["type"] == "syscall")
    }

    /// Every call of this name.
    pub(crate) fn named(&self, name: &str) -> Vec<&Value> {
        self.calls()
            .filter(|line| line["syscall"] == name)
            .collect()
    }

    /// The only call of this name; it is an error if there are more or none.
    pub(crate) fn only(&self, name: &str) -> Result<&Value> {
        match self.named(name)[..] {
            [line] => Ok(line),
            ref lines => bail!("{} lines of {name}, not one", lines.len()),
        }
    }

    /// The only call whose path argument is this.
    pub(crate) fn with_path(&self, path: &str) -> Result<&Value> {
        let mut lines = self.calls().filter(|line| line["args"]["pathname"] == path);
        match (lines.next(), lines.next()) {
            (Some(line), None) => Ok(line),
            (None, _) => bail!("no line says pathname {path:?}"),
            _ => bail!("several lines say pathname {path:?}"),
        }
    }

    /// The calls of the thread that made the mark `from`, after that and before its mark `to`.
    pub(crate) fn between(&self, from: &str, to: &str) -> Result<Vec<&Value>> {
        let mark = |name: &str| self.with_path(&format!("/marker/{name}"));
        let (from, to) = (mark(from)?, mark(to)?);
        let seq = |line: &Value| line["seq"].as_u64();
        Ok(self
            .calls()
            .filter(|line| line["tid"] == from["tid"])
            .filter(|line| seq(line) > seq(from) && seq(line) < seq(to))
            .collect())
    }

    /// What the end says of one call.
    pub(crate) fn count(&self, call: &str, what: &str) -> u64 {
        self.end()["by_call"][call][what].as_u64().unwrap_or(0)
    }
}

/// Fails unless every field named has the value given; says which line it was.
pub(crate) fn expect(line: &Value, wanted: &[(&str, Value)]) -> Result<()> {
    for (pointer, value) in wanted {
        let found = line.pointer(pointer).unwrap_or(&Value::Null);
        ensure!(
            found == value,
            "{pointer} is {found}, not {value}, in {line}"
        );
    }
    Ok(())
}

/// `key=value` lines of a program about itself.
pub(crate) struct Facts {
    pairs: Vec<(String, String)>,
}

impl Facts {
    /// Of a file; lines without `=` are no facts.
    pub(crate) fn read(outcome: &Outcome, file: &str) -> Result<Self> {
        Ok(Self::of(&outcome.text(file)?))
    }

    /// Of what a program printed.
    pub(crate) fn of(text: &str) -> Self {
        let pairs = text
            .lines()
            .filter_map(|line| line.split_once('='))
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .collect();
        Self { pairs }
    }

    /// Every value of a key, in order.
    pub(crate) fn texts<'a>(&'a self, key: &'a str) -> impl Iterator<Item = &'a str> {
        let of_key = move |(name, value): &'a (String, String)| (name == key).then_some(value);
        self.pairs.iter().filter_map(of_key).map(String::as_str)
    }

    /// Every number of a key, in order.
    pub(crate) fn numbers(&self, key: &str) -> Result<Vec<i64>> {
        let parse = |text: &str| {
            text.parse()
                .with_context(|| format!("{key}={text} is no number"))
        };
        self.texts(key).map(parse).collect()
    }

    /// The first number of a key.
    pub(crate) fn number(&self, key: &str) -> Result<i64> {
        let numbers = self.numbers(key)?;
        numbers
            .first()
            .copied()
            .with_context(|| format!("the program printed no {key}"))
    }
}

/// The last lines of a text, for error messages.
pub(crate) fn tail(text: &str) -> String {
    let lines: Vec<_> = text.lines().collect();
    lines[lines.len().saturating_sub(8)..].join("\n")
}
