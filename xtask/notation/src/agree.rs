//! Whether a call in strace's notation and a `syscall` line of JSON say the same, by general rules.
//!
//! The rules know how each side writes a kind of value, never what a certain call does. What strace leaves as a number
//! and JSON decodes is no difference but counted as finer; what only strace shows is a difference.

mod filter;
mod netlink;
mod number;
mod set;
mod signal;
mod table;
mod text;
mod value;

use serde_json::Value;

use crate::line::Call;
use crate::tree::{Field, Tree};

/// What comparing a call gave.
#[derive(Debug, Default)]
pub struct Findings {
    /// Values that both decode and that say the same.
    pub same: usize,
    /// What JSON decodes and strace leaves as a number, or does not show.
    pub finer: Vec<Difference>,
    /// Pointers to what a failed call did not give: strace shows where, JSON nothing.
    pub not_given: usize,
    /// What does not agree.
    pub differences: Vec<Difference>,
}

/// A place where the two sides do not agree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// `NAME`, `NAME.FIELD`, `NAME[2].FIELD` of an argument; `(name)`, `(return)`, `(error)` of the call itself.
    pub place: String,
    /// strace's side.
    pub strace: String,
    /// JSON's side.
    pub json: String,
}

/// Compares a call with a line.
#[must_use]
pub fn compare(call: &Call, line: &Value) -> Findings {
    let mut comparison = Comparison {
        line,
        status: &Value::Null,
        failed: failed(line),
        place: String::new(),
        findings: Findings::default(),
    };
    comparison.ends(call);
    let unknown = number_as_name(&call.name).is_some() && line["syscall"] != call.name[..];
    if unknown {
        comparison.place.push_str("(unknown to strace)");
        comparison.finer(&call.name, &line["args"]);
    } else {
        comparison.arguments(&call.args, &table::arguments(line));
    }
    comparison.findings
}

/// The number of a call that strace has no name for.
fn number_as_name(name: &str) -> Option<i128> {
    number::hex(name.strip_prefix("syscall_")?)
}

fn failed(line: &Value) -> bool {
    line["ret"]
        .as_i64()
        .is_none_or(|ret| (-4095..0).contains(&ret))
}

/// One comparison: where it is and what it found.
struct Comparison<'a> {
    line: &'a Value,
    /// What is known of the argument beside its value.
    status: &'a Value,
    failed: bool,
    place: String,
    findings: Findings,
}

impl Comparison<'_> {
    /// Name, return value and error.
    fn ends(&mut self, call: &Call) {
        let line = self.line;
        let name = line["syscall"].as_str().unwrap_or_default();
        match number_as_name(&call.name) {
            Some(nr) if name != call.name => {
                let same = line["nr"].as_i64().map(i128::from) == Some(nr);
                self.settle_at("(name)", same, call.name.clone(), name.to_owned());
            }
            _ => self.word("(name)", &call.name, name),
        }
        let error = line["error"].as_str();
        self.word(
            "(error)",
            call.error.as_deref().unwrap_or("none"),
            error.unwrap_or("none"),
        );
        if error.is_some() {
            return;
        }
        let ret = line["ret"].as_i64().map(i128::from);
        let same = match (call.ret, ret) {
            (Some(strace), Some(own)) => number::same(strace, own),
            (strace, own) => strace == own,
        };
        let shown = |ret: Option<i128>| ret.map_or("?".to_owned(), |ret| ret.to_string());
        self.settle_at("(return)", same, shown(call.ret), shown(ret));
    }

    fn word(&mut self, place: &str, strace: &str, own: &str) {
        self.settle_at(place, strace == own, strace.to_owned(), own.to_owned());
    }

    fn settle_at(&mut self, place: &str, same: bool, strace: String, json: String) {
        if same {
            self.findings.same += 1;
        } else {
            let place = place.to_owned();
            self.findings.differences.push(Difference {
                place,
                strace,
                json,
            });
        }
    }

    /// Arguments by name where strace names them, else by position.
    fn arguments(&mut self, args: &[Field], names: &[&str]) {
        let line = self.line;
        let mut shown = vec![false; names.len()];
        for (at, arg) in args.iter().enumerate() {
            let place = match &arg.name {
                Some(name) => names.iter().position(|own| same_name(name, own)),
                None => (at < names.len()).then_some(at),
            };
            let (name, value) = match place {
                Some(at) => (names[at], &line["args"][names[at]]),
                None if line["regs"].is_array() => ("regs", &line["regs"][at]),
                None if arg.value == Tree::Unclear => continue,
                None => {
                    let name = arg.name.as_deref().unwrap_or("one more");
                    self.settle_at(name, false, arg.value.to_string(), "nothing".to_owned());
                    continue;
                }
            };
            if let Some(at) = place {
                shown[at] = true;
            }
            self.status = &line["arg_status"][name];
            name.clone_into(&mut self.place);
            self.value(&arg.value, value);
        }
        for (name, _) in names.iter().zip(shown).filter(|(_, shown)| !shown) {
            (*name).clone_into(&mut self.place);
            self.finer(&"nothing", &line["args"][*name]);
        }
    }

    /// Compares something inside: the place grows for that time.
    fn inside(&mut self, place: &str, compare: impl FnOnce(&mut Self)) {
        let length = self.place.len();
        self.place.push_str(place);
        compare(self);
        self.place.truncate(length);
    }

    fn settle(&mut self, same: bool, strace: &Tree, json: &Value) {
        let place = self.place.clone();
        if same {
            self.findings.same += 1;
        } else {
            self.findings.differences.push(Difference {
                place,
                strace: strace.to_string(),
                json: json.to_string(),
            });
        }
    }

    fn finer(&mut self, strace: &impl ToString, json: &Value) {
        let place = self.place.clone();
        self.findings.finer.push(Difference {
            place,
            strace: strace.to_string(),
            json: json.to_string(),
        });
    }

    fn state(&self) -> &str {
        self.status["state"].as_str().unwrap_or_default()
    }
}

/// Whether a name of strace's is one of JSON's: `sin6_port` is `port` in an address, which has one family, and
/// `child_tidptr` is a pointer to `child_tid`.
fn same_name(strace: &str, own: &str) -> bool {
    let strace = strace.trim_start_matches('&');
    strace == own
        || strace.strip_suffix("ptr") == Some(own)
        || strace.split_once('_').is_some_and(|(_, rest)| rest == own)
}

#[cfg(test)]
mod tests;
