//! `sandboxd list`: the system calls that the program knows, as the table has them.
//!
//! Which calls an expression means is left to `select`; what words stand for a kind of argument, to `list/words`.

mod words;

use std::fmt::Write as _;
use std::io::Write;

use anyhow::{Context, Result};
use kprobe_common::index::Abi;
use kprobe_common::table::group::GROUPS;
use kprobe_common::table::kind::Kind;
use kprobe_common::table::rows::ROWS;
use kprobe_common::table::{Form, Syscall, flags, variant};
use serde::Serialize;

use crate::select::{self, Condition, Selection};
use words::{direction, meaning, names, returns};

/// A row, in words.
#[derive(Serialize)]
struct Line<'a> {
    name: &'static str,
    arm64: Option<i32>,
    arm32: Option<i32>,
    groups: Vec<&'static str>,
    args: Vec<Argument>,
    returns: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    condition: Option<&'a Condition>,
    /// The names of what the condition lists.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    selected: Vec<&'static str>,
    /// The argument whose value chooses a variant.
    #[serde(skip_serializing_if = "Option::is_none")]
    command: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    variants: Vec<Variant>,
}

#[derive(Serialize)]
struct Argument {
    name: &'static str,
    #[serde(rename = "type")]
    meaning: String,
    direction: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    values: Vec<&'static str>,
}

/// What some commands take behind the arguments that all share.
#[derive(Serialize)]
struct Variant {
    commands: Vec<&'static str>,
    args: Vec<Argument>,
    returns: &'static str,
}

/// Writes the calls that expressions select (none: every call), one JSON object per line or for reading.
pub fn run(exprs: &[String], json: bool, out: &mut dyn Write) -> Result<()> {
    let all = [String::from("all")];
    let selection = select::parse(if exprs.is_empty() { &all } else { exprs })?;
    let lines = ROWS.iter().filter_map(|row| line(row, &selection));
    if !json {
        writeln!(out, "{:<30}{:>6}{:>9}  groups", "call", "arm64", "arm32").context(WRITING)?;
    }
    for line in lines {
        let text = if json {
            serde_json::to_string(&line)?
        } else {
            line.text()
        };
        writeln!(out, "{text}").context(WRITING)?;
    }
    out.flush().context(WRITING)
}

const WRITING: &str = "cannot write the list";

fn line<'a>(row: &'static Syscall, selection: &'a Selection) -> Option<Line<'a>> {
    let chosen = |abi| row.index(abi).filter(|index| selection.contains(*index));
    let (arm64, arm32) = (chosen(Abi::Arm64), chosen(Abi::Arm32));
    let condition = selection.condition(arm64.or(arm32)?);
    let abi = if arm64.is_some() {
        Abi::Arm64
    } else {
        Abi::Arm32
    };
    Some(Line {
        name: row.name,
        arm64: arm64.and(row.nr(Abi::Arm64)),
        arm32: arm32.and(row.nr(Abi::Arm32)),
        groups: groups(row),
        args: arguments(&row.form(), 0),
        returns: returns(row.ret),
        condition,
        selected: condition.map_or(Vec::new(), |condition| selected(row, abi, condition)),
        command: row.command,
        variants: variants(row),
    })
}

fn arguments(form: &Form, from: usize) -> Vec<Argument> {
    let argument = |arg: &'static kprobe_common::table::Arg| Argument {
        name: arg.name,
        meaning: meaning(&arg.kind),
        direction: direction(&arg.kind),
        values: names(&arg.kind),
    };
    form.args().skip(from).map(argument).collect()
}

fn variants(row: &'static Syscall) -> Vec<Variant> {
    let list = row.variants.map_or(&[][..], |variants| variants.list);
    let shared = row.command.map_or(0, |command| row.arg(command) + 1);
    let variant = |variant: &'static variant::Variant| {
        let form = row.form_of(variant);
        let others = variant.broad.map(flags::direction);
        Variant {
            commands: variant.names.iter().copied().chain(others).collect(),
            args: arguments(&form, shared),
            returns: returns(form.ret),
        }
    };
    list.iter().map(variant).collect()
}

/// The names of what a condition lists.
fn selected(row: &'static Syscall, abi: Abi, condition: &Condition) -> Vec<&'static str> {
    if !condition.listed {
        return Vec::new();
    }
    let kind = &row.args[row.arg(condition.arg)].kind;
    let name = |value: &u32| {
        let value = *value;
        if let Kind::Enum(set) = kind {
            set.name(value.into())
        } else if let Kind::EnumAbi(sets) = kind {
            sets.by(abi as u64).name(value.into())
        } else if let Kind::EnumBy(sets, _) = kind {
            sets.by(u64::from(value >> 16))
                .name(u64::from(value & 0xffff))
        } else {
            None
        }
    };
    condition.values.iter().filter_map(name).collect()
}

/// The groups of a row, each by its first name.
fn groups(row: &Syscall) -> Vec<&'static str> {
    let first = |at: usize| GROUPS[..at].iter().all(|group| group.1 != GROUPS[at].1);
    let has = |at: &usize| row.groups & GROUPS[*at].1 != 0 && first(*at);
    (0..GROUPS.len())
        .filter(has)
        .map(|at| GROUPS[at].0)
        .collect()
}

impl Line<'_> {
    fn text(&self) -> String {
        let number = |number: Option<i32>| {
            number.map_or("-".into(), |number| {
                if number < 0x1000 {
                    number.to_string()
                } else {
                    format!("{number:#x}")
                }
            })
        };
        let mut text = format!(
            "{:<30}{:>6}{:>9}  {}\n    {} -> {}",
            self.name,
            number(self.arm64),
            number(self.arm32),
            self.groups.join(" "),
            list(&self.args),
            self.returns,
        );
        if let Some(condition) = self.condition {
            let _ = write!(text, "\n    {condition}");
            append(&mut text, &self.selected);
        }
        for variant in &self.variants {
            append(&mut text, &variant.commands);
            let returns = if variant.returns == self.returns {
                String::new()
            } else {
                format!(" -> {}", variant.returns)
            };
            let _ = write!(text, "\n        {}{returns}", list(&variant.args));
        }
        text
    }
}

fn list(args: &[Argument]) -> String {
    let arg = |arg: &Argument| match arg.direction {
        "in" => format!("{}: {}", arg.name, arg.meaning),
        direction => format!("{}: {}, {direction}", arg.name, arg.meaning),
    };
    let args: Vec<String> = args.iter().map(arg).collect();
    format!("({})", args.join(", "))
}

/// Names, in lines that are not too long.
fn append(text: &mut String, names: &[&str]) {
    const WIDTH: usize = 100;
    let mut width = WIDTH;
    for name in names {
        if width + 1 + name.len() > WIDTH {
            text.push_str("\n     ");
            width = 5;
        }
        let _ = write!(text, " {name}");
        width += 1 + name.len();
    }
}

#[cfg(test)]
mod tests;
