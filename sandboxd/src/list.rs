//! `sandboxd list`: the system calls that the program knows, as the table has them.
//!
//! Which calls an expression means is left to `select`.

use std::io::Write;

use anyhow::{Context, Result};
use kprobe_common::index::Abi;
use kprobe_common::table::group::GROUPS;
use kprobe_common::table::kind::Kind;
use kprobe_common::table::rows::ROWS;
use kprobe_common::table::{Ret, Syscall};
use serde::Serialize;

use crate::select::{self, Condition, Selection};

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
}

#[derive(Serialize)]
struct Argument {
    name: &'static str,
    #[serde(rename = "type")]
    meaning: String,
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
    let arg = |arg: &kprobe_common::table::Arg| Argument {
        name: arg.name,
        meaning: meaning(&arg.kind),
    };
    Some(Line {
        name: row.name,
        arm64: arm64.and(row.nr(Abi::Arm64)),
        arm32: arm32.and(row.nr(Abi::Arm32)),
        groups: groups(row),
        args: row.args.iter().map(arg).collect(),
        returns: returns(row.ret),
        condition: selection.condition(arm64.or(arm32)?),
    })
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
        let args: Vec<String> = self
            .args
            .iter()
            .map(|arg| format!("{}: {}", arg.name, arg.meaning))
            .collect();
        let mut text = format!(
            "{:<30}{:>6}{:>9}  {}\n    ({}) -> {}",
            self.name,
            number(self.arm64),
            number(self.arm32),
            self.groups.join(" "),
            args.join(", "),
            self.returns,
        );
        if let Some(condition) = self.condition {
            text.push_str("\n    ");
            text.push_str(&condition.to_string());
        }
        text
    }
}

fn meaning(kind: &Kind) -> String {
    match kind {
        Kind::Int | Kind::Uint | Kind::Long | Kind::Size | Kind::Wide | Kind::Split => {
            "integer".into()
        }
        Kind::Hex | Kind::WideHex => "hex".into(),
        Kind::Addr => "address".into(),
        Kind::Fd => "descriptor".into(),
        Kind::DirFd => "directory descriptor".into(),
        Kind::Pid => "process".into(),
        Kind::Id => "user or group".into(),
        Kind::Mode => "mode".into(),
        Kind::Dev => "device".into(),
        Kind::Signal => "signal".into(),
        Kind::Flags(set) | Kind::WideFlags(set) => format!("flags {}", set.name),
        Kind::Enum(set) => format!("one of {}", set.name),
        Kind::EnumBy(sets, by) => format!("one of {} by {by}", sets.name),
        Kind::Path => "path".into(),
        Kind::Str => "string".into(),
        Kind::StrOut | Kind::PathOut => "string, out".into(),
        Kind::Buf(length) => format!("bytes[{length}]"),
        Kind::BufOut(_) | Kind::BufOutLen(_) => "bytes, out".into(),
        Kind::Sockaddr(_) => "socket address".into(),
        Kind::SockaddrOut(_) => "socket address, out".into(),
        Kind::SocklenInOut => "length, in and out".into(),
        Kind::Struct(def) | Kind::StructSized(def, _) => format!("struct {}", def.name),
        Kind::StructOut(def) | Kind::StructOutSized(def, _) | Kind::StructOutAlways(def) => {
            format!("struct {}, out", def.name)
        }
        Kind::StructInOut(def) => format!("struct {}, in and out", def.name),
        Kind::Structs(def, count) => format!("struct {}[{count}]", def.name),
        Kind::StructsOut(def, _) => format!("struct {}[], out", def.name),
        Kind::StructsInOut(def, count) => format!("struct {}[{count}], in and out", def.name),
        Kind::Pointers(def, count) => format!("struct {} *[{count}]", def.name),
        Kind::FdSet(count) => format!("descriptors below {count}, in and out"),
        Kind::Dirents | Kind::OldDirents => "directory entries, out".into(),
        Kind::Iovec(count) => format!("buffers[{count}]"),
        Kind::IovecOut(count) => format!("buffers[{count}], out"),
        Kind::Strings => "strings".into(),
        Kind::Msghdr => "message".into(),
        Kind::MsghdrOut => "message, out".into(),
        Kind::Mmsghdr(count) => format!("messages[{count}]"),
        Kind::MmsghdrOut(_) => "messages, out".into(),
        Kind::Program(_) => "filter".into(),
    }
}

fn returns(ret: Ret) -> &'static str {
    match ret {
        Ret::Zero => "zero",
        Ret::Int => "integer",
        Ret::Count => "count",
        Ret::Fd => "descriptor",
        Ret::Pid => "process",
        Ret::Id => "user or group",
        Ret::Addr => "address",
        Ret::Never => "never",
        Ret::Restored => "restored registers",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(expr: &str, json: bool) -> String {
        let mut out = Vec::new();
        run(&[expr.into()], json, &mut out).expect("a list");
        String::from_utf8(out).expect("UTF-8")
    }

    #[test]
    fn for_reading() {
        assert_eq!(
            list("openat,arm32:cacheflush", false),
            "\
call                           arm64    arm32  groups
openat                            56      322  default file desc
    (dirfd: directory descriptor, pathname: path, flags: flags open, mode: mode) -> descriptor
cacheflush                         -  0xf0002  memory
    (start: address, end: address, flags: hex) -> zero
"
        );
    }

    #[test]
    fn one_object_per_line() {
        let line = list("getppid", true);
        assert_eq!(
            line,
            concat!(
                r#"{"name":"getppid","arm64":173,"arm32":64,"groups":["pure"],"args":[],"#,
                r#""returns":"process"}"#,
                "\n"
            )
        );
    }

    #[test]
    fn conditions_are_shown() {
        let text = list("%default,!/^[^m]/", false);
        assert!(text.contains("mprotect"), "{text}");
        assert!(text.contains("where (prot >> 2) & 0x1 is 0x1"), "{text}");
        let line = list("socket:AF_UNIX", true);
        assert!(line.contains(r#""condition":{"arg":"domain""#), "{line}");
    }

    #[test]
    fn every_call_without_an_expression() {
        let mut out = Vec::new();
        run(&[], true, &mut out).expect("a list");
        let lines = String::from_utf8(out).expect("UTF-8");
        assert_eq!(lines.lines().count(), ROWS.len());
    }
}
