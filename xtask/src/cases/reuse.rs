//! Addresses that are used again at once: what a line says of its caller must be of the code that was there then.
//!
//! The program (`xtask/lab/places/reuse.c`) says in each call's path which kind of code made it.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::script::traced;
use super::trace::{Facts, Trace};
use crate::lab::{Case, Outcome};

/// Ten thousand times by one thread, while four others do the same.
pub(crate) const REUSE: Case = Case {
    name: "reuse",
    script: traced!(
        "-u 10123 -e faccessat",
        "run-places reuse 10000 >facts || exit 91"
    ),
    check: named,
    timeout_s: 180,
};

/// Where the kernel half drops calls by their addresses.
pub(crate) const FILTERED: Case = Case {
    name: "reuse-filtered",
    script: traced!(
        "-u 10123 --caller '!libc' -e faccessat",
        "run-places reuse 10000 >facts || exit 91"
    ),
    check: filtered,
    timeout_s: 180,
};

/// With a ring of state that has no room for what it is there for: it overflows and recovers again and again.
pub(crate) const OVERFLOWN: Case = Case {
    name: "reuse-overflown",
    script: traced!(
        "-u 10123 --state-buffer 16K -e faccessat",
        "run-places reuse 10000 >facts || exit 91"
    ),
    check: overflown,
    timeout_s: 180,
};

const DATA: &str = "/data/data/com.example.app/reuse";
/// Of so many calls one may be of an unknown class.
const UNKNOWN_OF: u64 = 1000;
/// Wrong lines that are shown.
const MOST_SHOWN: usize = 5;

/// What lines say of one kind of code.
struct Kind {
    name: &'static str,
    class: &'static str,
    entry: &'static str,
    offset_of: &'static str,
}

const fn kind(name: &'static str, class: &'static str, offset_of: &'static str) -> Kind {
    Kind {
        name,
        class,
        entry: "inline",
        offset_of,
    }
}

const KINDS: [Kind; 6] = [
    kind("app", "app", "elf"),
    kind("anon", "anon", "map"),
    kind("written", "anon", "map"),
    kind("memfd", "memfd", "map"),
    kind("deleted", "deleted", "file"),
    Kind {
        entry: "gadget",
        ..kind("libc", "libc", "elf")
    },
];

/// What became of the calls of one kind.
#[derive(Debug, Default, PartialEq)]
struct Tally {
    made: u64,
    lines: u64,
    /// Class, or something else of what is expected, is not told.
    untold: u64,
}

fn named(outcome: &Outcome) -> Result<()> {
    let trace = Trace::of(outcome)?;
    let tallies = tallies(&trace, &Facts::read(outcome, "facts")?)?;
    let (mut made, mut untold) = (0, 0);
    for (kind, tally) in &tallies {
        ensure!(tally.made == tally.lines, "{kind}: {tally:?}");
        (made, untold) = (made + tally.made, untold + tally.untold);
    }
    ensure!(
        untold * UNKNOWN_OF < made,
        "{untold} of {made} calls are not told whole: {tallies:?}"
    );
    Ok(())
}

fn filtered(outcome: &Outcome) -> Result<()> {
    let trace = Trace::of(outcome)?;
    let tallies = tallies(&trace, &Facts::read(outcome, "facts")?)?;
    let (mut made, mut untold) = (0, 0);
    for (kind, tally) in &tallies {
        (made, untold) = (made + tally.made, untold + tally.untold);
        if *kind == "libc" {
            // What is not known to be libc's may not be.
            ensure!(
                tally.lines == tally.untold,
                "shown though libc's: {tally:?}"
            );
        } else {
            ensure!(tally.made == tally.lines, "{kind} missed: {tally:?}");
        }
    }
    ensure!(untold * UNKNOWN_OF < made, "{untold} of {made} untold");
    Ok(())
}

fn overflown(outcome: &Outcome) -> Result<()> {
    let trace = Trace::of(outcome)?;
    let tallies = tallies(&trace, &Facts::read(outcome, "facts")?)?;
    for (kind, tally) in &tallies {
        ensure!(tally.made == tally.lines, "{kind}: {tally:?}");
    }
    ensure!(
        trace
            .lines()
            .iter()
            .any(|line| line["type"] == "state_loss"),
        "the ring was never full: the case shows nothing"
    );
    Ok(())
}

/// Counts lines by kind; a wrong one is an error.
fn tallies(trace: &Trace, facts: &Facts) -> Result<BTreeMap<&'static str, Tally>> {
    let calls: Vec<_> = trace.calls().collect();
    let (tallies, wrong) = count(&calls, facts)?;
    ensure!(
        wrong.is_empty(),
        "{} wrong lines, as these: {}",
        wrong.len(),
        wrong[..wrong.len().min(MOST_SHOWN)].join("\n")
    );
    Ok(tallies)
}

type Counted = (BTreeMap<&'static str, Tally>, Vec<String>);

fn count(calls: &[&Value], facts: &Facts) -> Result<Counted> {
    let mut tallies = BTreeMap::new();
    for kind in &KINDS {
        let made = facts.number(kind.name)?;
        ensure!(made > 0, "no call of kind {}", kind.name);
        let made = made as u64;
        tallies.insert(
            kind.name,
            Tally {
                made,
                ..Tally::default()
            },
        );
    }
    let mut wrong = Vec::new();
    for line in calls {
        let path = line["args"]["pathname"].as_str().unwrap_or_default();
        let name = path
            .strip_prefix(DATA)
            .and_then(|name| name.strip_prefix('/'));
        let Some(kind) = KINDS.iter().find(|kind| Some(kind.name) == name) else {
            continue;
        };
        let tally = tallies.entry(kind.name).or_default();
        tally.lines += 1;
        let verdict = judge(&line["caller"], kind, facts)?;
        tally.untold += u64::from(verdict == Verdict::Untold);
        if let Verdict::Wrong(field) = verdict {
            wrong.push(format!(
                "{}: {field} is wrong in {}",
                kind.name, line["caller"]
            ));
        }
    }
    Ok((tallies, wrong))
}

#[derive(Debug, PartialEq)]
enum Verdict {
    Right,
    /// Something is left out.
    Untold,
    Wrong(&'static str),
}

fn judge(caller: &Value, kind: &Kind, facts: &Facts) -> Result<Verdict> {
    if caller["class"] == "unknown" {
        return Ok(Verdict::Untold);
    }
    let at = facts.number(&format!("{}_at", kind.name))?;
    let offset = match kind.offset_of {
        "elf" => facts.number(&format!("{}_offset", kind.name))?,
        "file" => facts.number("page")? + at,
        _ => at,
    };
    let file = match kind.name {
        "memfd" => Some("memfd:reuse".to_owned()),
        "deleted" => Some(format!("{DATA}/code")),
        "app" | "libc" => {
            let key = format!("{}_file", kind.name);
            let file = facts.texts(&key).next().context("no file")?.to_owned();
            Some(file)
        }
        _ => None,
    };
    let mut verdict = Verdict::Right;
    for (field, expected) in [
        ("class", Some(kind.class.to_owned())),
        ("entry", Some(kind.entry.to_owned())),
        ("module", file),
        ("offset_of", Some(kind.offset_of.to_owned())),
        ("offset", Some(format!("{offset:#x}"))),
    ] {
        match (caller[field].as_str(), expected.as_deref()) {
            (found, expected) if found == expected => {}
            (None, Some(_)) => verdict = Verdict::Untold,
            _ => return Ok(Verdict::Wrong(field)),
        }
    }
    Ok(verdict)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const FACTS: &str = "page=4096\napp=1\nanon=1\nwritten=1\nmemfd=1\ndeleted=1\nlibc=1\n\
        app_at=8\nanon_at=328\nwritten_at=328\nmemfd_at=328\ndeleted_at=328\nlibc_at=1352\n\
        app_offset=200712\napp_file=/data/app/libguard.so\nlibc_offset=931144\nlibc_file=/usr/lib/libc.so.6\n";

    fn line(kind: &str, caller: &Value) -> Value {
        json!({"args": {"pathname": format!("{DATA}/{kind}")}, "caller": caller})
    }

    fn good() -> Vec<Value> {
        let memory = |class: &str| json!({"class": class, "entry": "inline", "offset_of": "map", "offset": "0x148"});
        let with = |mut caller: Value, field: &str, value: &str| {
            caller[field] = json!(value);
            caller
        };
        let deleted =
            json!({"class": "deleted", "entry": "inline", "offset_of": "file", "offset": "0x1148"});
        vec![
            line(
                "app",
                &json!({"class": "app", "entry": "inline", "module": "/data/app/libguard.so", "offset_of": "elf", "offset": "0x31008"}),
            ),
            line("anon", &memory("anon")),
            line("written", &memory("anon")),
            line("memfd", &with(memory("memfd"), "module", "memfd:reuse")),
            line("deleted", &with(deleted, "module", &format!("{DATA}/code"))),
            line(
                "libc",
                &json!({"class": "libc", "entry": "gadget", "module": "/usr/lib/libc.so.6", "offset_of": "elf", "offset": "0xe3548"}),
            ),
            json!({"args": {"pathname": "/elsewhere"}, "caller": {"class": "unknown"}}),
        ]
    }

    fn counted(lines: &[Value]) -> Counted {
        count(&lines.iter().collect::<Vec<_>>(), &Facts::of(FACTS)).unwrap()
    }

    #[test]
    fn lines_as_expected_are_counted() {
        let (tallies, wrong) = counted(&good());
        assert_eq!(wrong, Vec::<String>::new());
        let one = Tally {
            made: 1,
            lines: 1,
            untold: 0,
        };
        assert!(tallies.values().all(|tally| *tally == one), "{tallies:?}");
    }

    #[test]
    fn each_field_of_each_kind_is_looked_at() {
        for at in 0..KINDS.len() {
            for field in ["class", "entry", "module", "offset_of", "offset"] {
                let mut lines = good();
                lines[at]["caller"][field] = json!("wrong");
                assert_eq!(counted(&lines).1.len(), 1, "{field} of {}", lines[at]);
                if good()[at]["caller"][field].is_null() {
                    continue;
                }
                lines[at]["caller"][field] = Value::Null;
                let (tallies, wrong) = counted(&lines);
                assert_eq!(wrong.len(), 0);
                assert_eq!(tallies.values().map(|tally| tally.untold).sum::<u64>(), 1);
            }
        }
    }

    #[test]
    fn a_class_that_is_not_known_is_untold_and_a_line_that_is_not_there_is_missed() {
        let mut lines = good();
        lines[1]["caller"] = json!({"class": "unknown", "entry": "unknown"});
        lines.remove(0);
        let (tallies, wrong) = counted(&lines);
        assert_eq!(wrong, Vec::<String>::new());
        assert_eq!(
            tallies["anon"],
            Tally {
                made: 1,
                lines: 1,
                untold: 1
            }
        );
        assert_eq!(
            tallies["app"],
            Tally {
                made: 1,
                lines: 0,
                untold: 0
            }
        );
    }
}
