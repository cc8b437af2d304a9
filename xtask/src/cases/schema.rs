//! Holds lines against the JSON Schema that the daemon generates from its types.
//!
//! A `syscall` line must be one of several hundred alternatives, one for each row. Trying them all on every line of a
//! flood takes minutes, so the alternative is picked by the line's own call first; exactly one may fit.

use std::cell::RefCell;
use std::collections::HashMap;

use anyhow::{Context, Result, anyhow, ensure};
use jsonschema::Validator;
use serde_json::{Value, json};

use super::script::traced;
use super::trace::Trace;
use crate::lab::{Case, Outcome};

/// A trace of everything that one app does.
pub(crate) const CASE: Case = Case {
    name: "schema",
    script: traced!(
        "-u 10123 --backend tracepoint -e all",
        "as-uid 10123 protected-app >facts || exit 91"
    ),
    check,
    timeout_s: 60,
};

fn check(outcome: &Outcome) -> Result<()> {
    let schema = Schema::parse(&outcome.text("schema.json")?)?;
    let trace = Trace::of(outcome)?;
    trace
        .lines()
        .iter()
        .try_for_each(|line| schema.check(line))?;
    let mut wrong = trace.end().clone();
    wrong["seen"] = Value::from("many");
    ensure!(schema.check(&wrong).is_err(), "the schema takes any line");
    Ok(())
}

/// A schema, as the daemon printed it, and the validators of what has been met so far.
pub(crate) struct Schema {
    root: Value,
    met: RefCell<HashMap<Met, Validator>>,
}

/// What decides which part of the schema a line must fit: its type, and of a call its ABI and name.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Met {
    kind: String,
    abi: String,
    call: String,
}

impl Schema {
    /// Of its text.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let root: Value = serde_json::from_str(text).context("the schema is not JSON")?;
        ensure!(root["$defs"].is_object(), "the schema defines nothing");
        Ok(Self {
            root,
            met: RefCell::default(),
        })
    }

    /// Fails, naming the place, unless the line is what the schema says.
    pub(crate) fn check(&self, line: &Value) -> Result<()> {
        let word = |name: &str| line[name].as_str().unwrap_or_default().to_owned();
        let met = Met {
            kind: word("type"),
            abi: word("abi"),
            call: word("syscall"),
        };
        if !self.met.borrow().contains_key(&met) {
            let validator = self.validator(&met)?;
            self.met.borrow_mut().insert(met.clone(), validator);
        }
        match self.met.borrow()[&met].validate(line) {
            Ok(()) => Ok(()),
            Err(error) => Err(anyhow!(
                "not as the schema says, at {}: {error}: {line}",
                error.instance_path()
            )),
        }
    }

    /// The schema of one type of line, of a call with its one alternative.
    fn validator(&self, met: &Met) -> Result<Validator> {
        let mut part = self.root["$defs"][format!("line.{}", met.kind)].clone();
        ensure!(part.is_object(), "the schema has no line `{}`", met.kind);
        if let Some(alternatives) = part.get("oneOf").and_then(Value::as_array) {
            let fitting: Vec<&Value> = alternatives
                .iter()
                .filter(|alternative| is_of(alternative, met))
                .collect();
            ensure!(
                fitting.len() == 1,
                "the schema has {} alternatives for {met:?}",
                fitting.len()
            );
            part["oneOf"] = json!([fitting[0]]);
        }
        part["$defs"] = self.root["$defs"].clone();
        jsonschema::validator_for(&part).map_err(|error| anyhow!("a bad schema: {error}"))
    }
}

/// Whether an alternative is that of a call, by the two fields that tell.
fn is_of(alternative: &Value, met: &Met) -> bool {
    let fields = &alternative["properties"];
    let line = json!({"abi": met.abi, "syscall": met.call});
    let part = json!({"properties": {"abi": fields.get("abi").unwrap_or(&Value::Bool(true)), "syscall": fields["syscall"]}});
    jsonschema::is_valid(&part, &line)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schema() -> Schema {
        let call = |abis: Value, name: Value, args: Value| json!({"properties": {"abi": {"enum": abis}, "syscall": name, "args": {"type": "object", "properties": args}}});
        let text = json!({
            "oneOf": [{"$ref": "#/$defs/line.end"}, {"$ref": "#/$defs/line.syscall"}],
            "$defs": {
                "line.end": {"type": "object", "properties": {"type": {"const": "end"}, "n": {"type": ["integer", "null"], "minimum": 0}},
                      "required": ["type"]},
                "line.syscall": {"type": "object", "required": ["type", "abi", "syscall", "args"], "oneOf": [
                    call(json!(["arm64", "arm32"]), json!({"const": "openat"}), json!({"dirfd": {"$ref": "#/$defs/fd"}})),
                    call(json!(["arm32"]), json!({"const": "open"}), json!({})),
                    {"properties": {"syscall": {"not": {"enum": ["openat", "open"]}}}},
                ]},
                "fd": {"type": ["integer", "null"]},
            },
        });
        Schema::parse(&text.to_string()).unwrap()
    }

    fn call(abi: &str, name: &str, args: &Value) -> Value {
        json!({"type": "syscall", "abi": abi, "syscall": name, "args": args})
    }

    #[test]
    fn good_lines_pass() {
        for line in [
            json!({"type": "end"}),
            json!({"type": "end", "n": 3}),
            json!({"type": "end", "n": null}),
            call("arm64", "openat", &json!({"dirfd": -100})),
            call("arm32", "openat", &json!({"dirfd": null})),
            call("arm32", "open", &json!({})),
            call("arm64", "syscall_0x1c3", &json!({})),
        ] {
            schema().check(&line).unwrap();
        }
    }

    #[test]
    fn each_kind_of_breach_is_noticed() {
        for line in [
            json!({}),
            json!([]),
            json!({"type": "start"}),
            json!({"type": "end", "n": "3"}),
            json!({"type": "end", "n": -1}),
            json!({"type": "syscall", "abi": "arm64", "syscall": "openat"}),
            call("arm64", "openat", &json!({"dirfd": "three"})),
            call("arm64", "open", &json!({})),
        ] {
            assert!(schema().check(&line).is_err(), "{line}");
        }
    }
}
