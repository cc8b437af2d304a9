//! Validates lines against the JSON Schema that the daemon generates from its types.
//!
//! Knows the keywords that such a schema uses; one that it does not know is an error, not a silent pass.

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Map, Value};

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

/// Say nothing that a value could break.
const REMARKS: [&str; 10] = [
    "$schema",
    "$id",
    "$defs",
    "definitions",
    "title",
    "description",
    "$comment",
    "default",
    "examples",
    "format",
];

/// A schema, as the daemon printed it.
pub(crate) struct Schema {
    root: Value,
}

impl Schema {
    /// Of its text.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let root: Value = serde_json::from_str(text).context("the schema is not JSON")?;
        ensure!(root.is_object(), "the schema is no object");
        Ok(Self { root })
    }

    /// Fails, naming the place, unless the line is what the schema says.
    pub(crate) fn check(&self, line: &Value) -> Result<()> {
        self.value(&self.root, line)
            .with_context(|| format!("not as the schema says: {line}"))
    }

    fn value(&self, schema: &Value, value: &Value) -> Result<()> {
        let schema = match schema {
            Value::Bool(true) => return Ok(()),
            Value::Object(schema) => schema,
            _ => bail!("{value} must not be there"),
        };
        for (keyword, wanted) in schema {
            self.keyword(schema, keyword, wanted, value)?;
        }
        Ok(())
    }

    fn keyword(
        &self,
        schema: &Map<String, Value>,
        keyword: &str,
        wanted: &Value,
        value: &Value,
    ) -> Result<()> {
        match keyword {
            "type" => ensure!(is_a(wanted, value), "{value} is no {wanted}"),
            "const" => ensure!(value == wanted, "{value} is not {wanted}"),
            "enum" => ensure!(list(wanted)?.contains(value), "{value} is none of {wanted}"),
            "$ref" => return self.value(self.named(wanted)?, value),
            "anyOf" | "oneOf" => return self.alternative(keyword, wanted, value),
            "allOf" => {
                return list(wanted)?
                    .iter()
                    .try_for_each(|part| self.value(part, value));
            }
            "not" => ensure!(
                self.value(wanted, value).is_err(),
                "{value} is what it must not be"
            ),
            "required" => return required(wanted, value),
            "properties" => return self.fields(wanted, value),
            "additionalProperties" => return self.other_fields(schema, wanted, value),
            "items" => return self.items(schema, wanted, value),
            "prefixItems" => {
                let pairs = list(wanted)?
                    .iter()
                    .zip(value.as_array().into_iter().flatten());
                return pairs
                    .into_iter()
                    .try_for_each(|(part, item)| self.value(part, item));
            }
            "minimum" => ensure!(
                !(value.as_f64() < wanted.as_f64() && value.is_number()),
                "{value} is below {wanted}"
            ),
            "maximum" => ensure!(
                !(value.as_f64() > wanted.as_f64() && value.is_number()),
                "{value} is above {wanted}"
            ),
            "minItems" => ensure!(
                len(value).is_none() || len(value) >= wanted.as_u64(),
                "{value} has too few items"
            ),
            "maxItems" => ensure!(
                len(value) <= wanted.as_u64() || len(value).is_none(),
                "{value} has too many items"
            ),
            _ => ensure!(
                REMARKS.contains(&keyword) || keyword.starts_with("x-"),
                "the schema says {keyword:?}, which is not understood here"
            ),
        }
        Ok(())
    }

    fn named(&self, name: &Value) -> Result<&Value> {
        let pointer = name.as_str().and_then(|name| name.strip_prefix('#'));
        pointer
            .and_then(|pointer| self.root.pointer(pointer))
            .with_context(|| format!("the schema has no {name}"))
    }

    fn alternative(&self, keyword: &str, wanted: &Value, value: &Value) -> Result<()> {
        let mut reasons = Vec::new();
        let mut fitting = 0;
        for part in list(wanted)? {
            match self.value(part, value) {
                Ok(()) => fitting += 1,
                Err(error) => reasons.push(format!("{error:#}")),
            }
        }
        ensure!(fitting > 0, "fits no alternative: {}", reasons.join("; "));
        ensure!(
            keyword == "anyOf" || fitting == 1,
            "fits {fitting} alternatives: {value}"
        );
        Ok(())
    }

    fn fields(&self, wanted: &Value, value: &Value) -> Result<()> {
        let Some(fields) = value.as_object() else {
            return Ok(());
        };
        for (name, schema) in wanted.as_object().into_iter().flatten() {
            if let Some(field) = fields.get(name) {
                self.value(schema, field).with_context(|| name.clone())?;
            }
        }
        Ok(())
    }

    fn other_fields(
        &self,
        schema: &Map<String, Value>,
        wanted: &Value,
        value: &Value,
    ) -> Result<()> {
        for (name, field) in value.as_object().into_iter().flatten() {
            let known = schema
                .get("properties")
                .is_some_and(|known| known.get(name).is_some());
            if !known {
                self.value(wanted, field).with_context(|| name.clone())?;
            }
        }
        Ok(())
    }

    fn items(&self, schema: &Map<String, Value>, wanted: &Value, value: &Value) -> Result<()> {
        let before = schema
            .get("prefixItems")
            .and_then(Value::as_array)
            .map_or(0, Vec::len);
        let mut items = value.as_array().into_iter().flatten().skip(before);
        items.try_for_each(|item| self.value(wanted, item))
    }
}

fn required(wanted: &Value, value: &Value) -> Result<()> {
    let Some(fields) = value.as_object() else {
        return Ok(());
    };
    for name in list(wanted)? {
        let there = name.as_str().is_some_and(|name| fields.contains_key(name));
        ensure!(there, "{name} is missing");
    }
    Ok(())
}

fn list(value: &Value) -> Result<&Vec<Value>> {
    value
        .as_array()
        .context("the schema has no list where one belongs")
}

/// `None` for what has no length: such values satisfy every limit.
fn len(value: &Value) -> Option<u64> {
    value.as_array().map(|items| items.len() as u64)
}

fn is_a(wanted: &Value, value: &Value) -> bool {
    if let Value::Array(several) = wanted {
        return several.iter().any(|one| is_a(one, value));
    }
    match wanted.as_str().unwrap_or_default() {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn schema() -> Schema {
        let text = json!({
            "$schema": "any", "oneOf": [{"$ref": "#/$defs/a"}, {"$ref": "#/$defs/b"}],
            "$defs": {
                "a": {"type": "object", "properties": {"type": {"const": "a"}, "n": {"type": ["integer", "null"], "minimum": 0}},
                      "required": ["type"], "additionalProperties": false},
                "b": {"type": "object", "properties": {"type": {"enum": ["b"]}, "list": {"type": "array", "items": {"type": "string"}, "minItems": 1}},
                      "required": ["type"], "additionalProperties": {"type": "boolean"}},
            },
        });
        Schema::parse(&text.to_string()).unwrap()
    }

    #[test]
    fn good_lines_pass() {
        for line in [
            json!({"type": "a"}),
            json!({"type": "a", "n": 3}),
            json!({"type": "a", "n": null}),
            json!({"type": "b", "list": ["x"], "other": true}),
        ] {
            schema().check(&line).unwrap();
        }
    }

    #[test]
    fn each_kind_of_breach_is_noticed() {
        for line in [
            json!({}),
            json!([]),
            json!({"type": "c"}),
            json!({"type": "a", "n": "3"}),
            json!({"type": "a", "n": 1.5}),
            json!({"type": "a", "n": -1}),
            json!({"type": "a", "more": 1}),
            json!({"type": "b", "list": [1]}),
            json!({"type": "b", "list": []}),
            json!({"type": "b", "other": 1}),
        ] {
            assert!(schema().check(&line).is_err(), "{line}");
        }
    }

    #[test]
    fn an_unknown_keyword_is_no_silent_pass() {
        let schema = Schema::parse(r#"{"patternProperties": {}}"#).unwrap();
        assert!(schema.check(&json!({})).is_err());
    }
}
