//! JSON Schema 2020-12 of a line.
//!
//! Open: later minor versions add fields and values. Known values are examples. The keywords are few and plain, so
//! that small validators understand them.

use serde_json::{Map, Value, json};

use super::args::{Defs, alternatives};
use super::field::{Field, Kind, Line, Presence};
use super::lines::LINES;
use crate::event::SCHEMA;

/// The JSON Schema of a line.
#[must_use]
pub fn json() -> String {
    let mut defs = Defs::new();
    let mut types = Vec::new();
    for line in LINES {
        let name = format!("line.{}", line.tag);
        types.push(json!({"$ref": format!("#/$defs/{name}")}));
        let def = of_line(line, &mut defs);
        defs.insert(name, def);
    }
    let schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": format!("urn:sandboxd:line:{SCHEMA}"),
        "title": format!("a line of sandboxd's output, schema {SCHEMA}"),
        "description": "Readers ignore types and fields that they do not know: new ones, and new values, are minor.",
        "oneOf": types,
        "$defs": defs,
    });
    format!("{schema:#}\n")
}

fn of_line(line: &Line, defs: &mut Defs) -> Value {
    let mut def = object(line.fields);
    let has_args = line
        .fields
        .iter()
        .any(|field| matches!(field.kind, Kind::Args));
    if let Value::Object(def) = &mut def {
        def.insert("description".into(), line.about.into());
        if let Some(Value::Object(fields)) = def.get_mut("properties") {
            fields.insert("type".into(), json!({"const": line.tag}));
        }
        if let Some(Value::Array(required)) = def.get_mut("required") {
            required.insert(0, "type".into());
        }
        if has_args {
            def.insert("oneOf".into(), alternatives(defs).into());
        }
    }
    def
}

fn object(fields: &[Field]) -> Value {
    let required: Vec<_> = fields
        .iter()
        .filter(|field| field.presence != Presence::Sometimes)
        .map(|field| field.name)
        .collect();
    let properties: Map<_, _> = fields
        .iter()
        .map(|field| (field.name.to_owned(), of_field(field)))
        .collect();
    json!({"type": "object", "properties": properties, "required": required})
}

fn of_field(field: &Field) -> Value {
    let mut schema = of_kind(field.kind);
    if let Value::Object(schema) = &mut schema {
        schema.insert("description".into(), field.about.into());
        if field.presence == Presence::Null
            && let Some(kind) = schema.remove("type")
        {
            schema.insert("type".into(), json!([kind, "null"]));
        }
    }
    schema
}

fn of_kind(kind: Kind) -> Value {
    let list = |items: Value| json!({"type": "array", "items": items});
    let by_name = |value: Value| json!({"type": "object", "additionalProperties": value});
    match kind {
        Kind::Text | Kind::Word => json!({"type": "string"}),
        Kind::Words(words) => json!({"type": "string", "examples": words()}),
        Kind::Texts => list(json!({"type": "string"})),
        Kind::TextMap => by_name(json!({"type": "string"})),
        Kind::Time => json!({"type": "string", "format": "date-time"}),
        Kind::Hex => json!({"type": "string", "examples": ["0x7f12"]}),
        Kind::Hexes => list(of_kind(Kind::Hex)),
        Kind::Int => json!({"type": "integer"}),
        Kind::Uint => json!({"type": "integer", "minimum": 0}),
        Kind::Bool => json!({"type": "boolean"}),
        Kind::Uints => list(of_kind(Kind::Uint)),
        Kind::Counts => by_name(of_kind(Kind::Uint)),
        Kind::Object(fields) => object(fields),
        Kind::Objects(fields) => list(object(fields)),
        Kind::ObjectMap(fields) => by_name(object(fields)),
        Kind::Args => json!({"type": "object"}),
    }
}
