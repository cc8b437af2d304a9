//! Single lines against the schema: by the alternative of the line's own call, since trying hundreds takes long.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use jsonschema::Validator;
use serde_json::{Map, Value, json};

/// Of lines without a row.
const NAMELESS: &str = "a call without a name";

/// A schema taken apart, and the validators of what was met of it.
pub(crate) struct Validators {
    /// Definitions, those of lines without their alternatives.
    defs: Map<String, Value>,
    /// The alternatives of `syscall` lines, by the call's name.
    calls: BTreeMap<String, Vec<Value>>,
    made: Mutex<BTreeMap<String, Arc<Validator>>>,
}

impl Validators {
    /// Of a whole schema.
    pub(crate) fn of(mut schema: Value) -> Self {
        let Value::Object(mut defs) = schema["$defs"].take() else {
            panic!("a schema without definitions");
        };
        let mut calls: BTreeMap<String, Vec<Value>> = BTreeMap::new();
        let Value::Array(alternatives) = defs["line.syscall"]["oneOf"].take() else {
            panic!("no alternatives");
        };
        for one in alternatives {
            let title = one["title"].as_str().expect("a title").to_owned();
            calls.entry(title).or_default().push(one);
        }
        Self {
            defs,
            calls,
            made: Mutex::default(),
        }
    }

    /// Panics unless the line is as the schema says.
    pub(crate) fn check(&self, line: &Value) {
        let kind = line["type"].as_str().expect("a type");
        let call = line["syscall"]
            .as_str()
            .filter(|&name| self.calls.contains_key(name));
        let validator = self.validator(kind, call);
        if !validator.is_valid(line) {
            let errors: Vec<_> = validator
                .iter_errors(line)
                .map(|error| error.to_string())
                .collect();
            panic!(
                "{line}\n{}",
                errors.join("\n").chars().take(4000).collect::<String>()
            );
        }
    }

    fn validator(&self, kind: &str, call: Option<&str>) -> Arc<Validator> {
        let key = format!("{kind} {}", call.unwrap_or_default());
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        let validator = made.entry(key).or_insert_with(|| {
            let schema = self.narrowed(kind, call.unwrap_or(NAMELESS));
            Arc::new(jsonschema::validator_for(&schema).expect("a valid schema"))
        });
        Arc::clone(validator)
    }

    /// The schema of one type of line; of a call's, with its own alternatives alone; no definition that is not meant.
    fn narrowed(&self, kind: &str, call: &str) -> Value {
        let mut schema = self.defs[&format!("line.{kind}")].clone();
        if kind == "syscall" {
            let alternatives = self.calls.get(call);
            schema["oneOf"] = json!(alternatives.unwrap_or_else(|| panic!("no call {call:?}")));
        }
        let mut names = BTreeSet::new();
        self.meant(&schema, &mut names);
        let defs: Map<_, _> = names
            .iter()
            .map(|&name| (name.to_owned(), self.defs[name].clone()))
            .collect();
        schema["$defs"] = Value::Object(defs);
        schema
    }

    /// The definitions that a part of the schema means, and those that they mean.
    fn meant<'a>(&'a self, part: &Value, names: &mut BTreeSet<&'a str>) {
        match part {
            Value::Array(list) => list.iter().for_each(|one| self.meant(one, names)),
            Value::Object(object) => object.values().for_each(|one| self.meant(one, names)),
            Value::String(text) => {
                let defined = text
                    .strip_prefix("#/$defs/")
                    .and_then(|name| self.defs.get_key_value(name));
                if let Some((name, def)) = defined
                    && names.insert(name)
                {
                    self.meant(def, names);
                }
            }
            _ => {}
        }
    }
}
