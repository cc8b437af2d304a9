//! A report, as text and as JSON.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use serde::Serialize;
use serde_json::{Value, json};

use super::blind::{BLIND_SPOTS, BlindSpot};
use super::finding::{Finding, State};
use crate::event::SCHEMA;

/// Where text is broken.
const WIDTH: usize = 110;
/// Width of the first two columns.
const NAMES: usize = 17;
const STATES: usize = 9;

/// All that was found.
#[derive(Debug, Serialize)]
pub struct Report {
    #[serde(rename = "type")]
    tag: &'static str,
    schema: &'static str,
    version: &'static str,
    /// Whether tracing will work.
    pub works: bool,
    /// The same as a sentence, with the reason.
    pub verdict: String,
    /// What was found.
    pub checks: Vec<Finding>,
    blind_spots: &'static [BlindSpot],
}

impl Report {
    /// Sums up what was found.
    #[must_use]
    pub fn new(checks: Vec<Finding>) -> Self {
        let of = |state| -> Vec<&str> {
            let those = checks.iter().filter(|finding| finding.state == state);
            those.map(|finding| finding.check).collect()
        };
        let missing = of(State::Missing);
        let limited = of(State::Limited);
        let verdict = match (missing.as_slice(), limited.as_slice()) {
            ([], []) => "tracing will work".to_owned(),
            ([], limited) => format!("tracing will work, limited by: {}", limited.join(", ")),
            (missing, _) => format!("tracing will not work, for: {}", missing.join(", ")),
        };
        Self {
            tag: "doctor",
            schema: SCHEMA,
            version: env!("CARGO_PKG_VERSION"),
            works: missing.is_empty(),
            verdict,
            checks,
            blind_spots: BLIND_SPOTS,
        }
    }

    /// Writes it.
    pub fn write(&self, json: bool, colours: bool, out: &mut dyn Write) -> io::Result<()> {
        if json {
            serde_json::to_writer(&mut *out, self)?;
            return writeln!(out);
        }
        for finding in &self.checks {
            write_finding(finding, colours, out)?;
        }
        writeln!(out, "\nNot seen, on any device:")?;
        for BlindSpot { what, why } in self.blind_spots {
            writeln!(out, "  {what}")?;
            write_wrapped("      ", "      ", &why.replace('`', ""), out)?;
        }
        let style = style(
            if self.works {
                State::Ok
            } else {
                State::Missing
            },
            colours,
        );
        writeln!(
            out,
            "\nsandboxd {}: {}{}{}",
            self.version,
            style.render(),
            self.verdict,
            style.render_reset()
        )
    }
}

fn style(state: State, colours: bool) -> Style {
    match state {
        _ if !colours => Style::new(),
        State::Ok => AnsiColor::Green.on_default(),
        State::Unknown => AnsiColor::Cyan.on_default(),
        State::Limited => AnsiColor::Yellow.on_default(),
        State::Missing => AnsiColor::Red.on_default().bold(),
    }
}

/// Name, state and what was found; below, what follows and what to do.
fn write_finding(finding: &Finding, colours: bool, out: &mut dyn Write) -> io::Result<()> {
    let style = style(finding.state, colours);
    write!(
        out,
        "{:NAMES$}{}{:STATES$}{}",
        finding.check,
        style.render(),
        finding.state.word(),
        style.render_reset()
    )?;
    let margin = " ".repeat(NAMES + STATES);
    let mut lines = wrapped(&finding.found, WIDTH - NAMES - STATES).into_iter();
    writeln!(out, "{}", lines.next().unwrap_or_default())?;
    for line in lines {
        writeln!(out, "{margin}{line}")?;
    }
    if let Some(follows) = &finding.follows {
        write_wrapped(
            &format!("{margin}so: "),
            &format!("{margin}    "),
            follows,
            out,
        )?;
    }
    if let Some(todo) = &finding.todo {
        write_wrapped(
            &format!("{margin}do: "),
            &format!("{margin}    "),
            todo,
            out,
        )?;
    }
    Ok(())
}

fn write_wrapped(first: &str, next: &str, text: &str, out: &mut dyn Write) -> io::Result<()> {
    for (at, line) in wrapped(text, WIDTH - next.len()).iter().enumerate() {
        writeln!(out, "{}{line}", if at == 0 { first } else { next })?;
    }
    Ok(())
}

/// Breaks text at spaces; what has none is left whole.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// JSON Schema of a report. Open, as that of lines: later minor versions add checks, fields and values.
#[must_use]
pub fn schema() -> String {
    let text = json!({"type": "string"});
    let object = |properties: Value, required: &[&str]| json!({"type": "object", "properties": properties, "required": required});
    let states: Vec<&str> = State::ALL.into_iter().map(State::word).collect();
    let check = object(
        json!({
            "check": {"type": "string", "description": "what was looked at"},
            "state": {"enum": states, "description": "ok, limited: tracing works, with less than there could be; missing: it does not; unknown"},
            "found": {"type": "string", "description": "what is there"},
            "follows": {"type": "string", "description": "what follows from it"},
            "todo": {"type": "string", "description": "what to do"},
            "values": {"type": "object", "description": "the same for programs"},
        }),
        &["check", "state", "found"],
    );
    let spot = object(json!({"what": text, "why": text}), &["what", "why"]);
    let mut schema = object(
        json!({
            "type": {"const": "doctor"},
            "schema": text,
            "version": {"type": "string", "description": "of sandboxd"},
            "works": {"type": "boolean", "description": "whether tracing will work"},
            "verdict": {"type": "string", "description": "the same in words"},
            "checks": {"type": "array", "items": check},
            "blind_spots": {"type": "array", "items": spot, "description": "what is not seen on any device"},
        }),
        &[
            "type",
            "schema",
            "version",
            "works",
            "verdict",
            "checks",
            "blind_spots",
        ],
    );
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema".into();
    schema["$id"] = format!("urn:sandboxd:doctor:{SCHEMA}").into();
    schema["title"] = "what sandboxd doctor --json writes".into();
    format!("{schema:#}\n")
}
