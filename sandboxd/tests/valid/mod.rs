//! Single lines against the schema: by the alternative of the line's own call, since trying hundreds takes long.

use std::collections::BTreeMap;

use jsonschema::Validator;
use serde_json::{Value, json};

/// Validators, made when first asked for.
pub(crate) struct Validators {
    schema: Option<Value>,
    made: BTreeMap<String, Validator>,
}

impl Validators {
    pub(crate) fn new() -> Self {
        Self {
            schema: None,
            made: BTreeMap::new(),
        }
    }

    /// Panics unless the line is as the schema says.
    pub(crate) fn check(&mut self, line: &Value) {
        let kind = line["type"].as_str().expect("a type");
        let call = line["syscall"]
            .as_str()
            .filter(|_| line.get("regs").is_none());
        let key = format!("{kind} {}", call.unwrap_or_default());
        let schema = self.schema.get_or_insert_with(|| {
            serde_json::from_str(&sandboxd::schema::json()).expect("a schema")
        });
        let validator = self.made.entry(key).or_insert_with(|| {
            jsonschema::validator_for(&narrowed(schema, kind, call)).expect("a valid schema")
        });
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
}

/// The schema of one type of line; of a call's, with its own alternatives alone.
fn narrowed(schema: &Value, kind: &str, call: Option<&str>) -> Value {
    let name = format!("line.{kind}");
    let mut defs = schema["$defs"].clone();
    if let Some(Value::Array(alternatives)) = defs.pointer_mut(&format!("/{name}/oneOf")) {
        let wanted = call.unwrap_or("a call without a name");
        alternatives.retain(|one| one["title"] == wanted);
        assert!(!alternatives.is_empty(), "no alternative for {call:?}");
    }
    json!({"$ref": format!("#/$defs/{name}"), "$defs": defs})
}
