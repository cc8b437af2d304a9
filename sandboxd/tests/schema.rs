//! Lines against the schema: it says all that lines say, and nothing else.

mod examples;
mod valid;

use std::collections::{BTreeMap, BTreeSet};

use jsonschema::Validator;
use kprobe_common::index::Abi;
use kprobe_common::table::rows::ROWS;
use serde_json::{Map, Value, json};

fn schema() -> Value {
    serde_json::from_str(&sandboxd::schema::json()).unwrap()
}

/// The schema with nothing allowed that it does not name: published, it is open for later versions.
fn strict() -> Value {
    let mut schema = schema();
    close(&mut schema);
    schema
}

fn close(schema: &mut Value) {
    match schema {
        Value::Array(list) => list.iter_mut().for_each(close),
        Value::Object(object) => {
            object.values_mut().for_each(close);
            if object.contains_key("type") && object.contains_key("properties") {
                object.insert("additionalProperties".into(), json!(false));
            }
        }
        _ => {}
    }
}

fn check(validator: &Validator, line: &str) {
    let value: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
    if validator.is_valid(&value) {
        return;
    }
    let errors: Vec<_> = validator
        .iter_errors(&value)
        .map(|error| error.to_string())
        .collect();
    panic!(
        "{line}\n{}",
        errors.join("\n").chars().take(4000).collect::<String>()
    );
}

fn each_line(bytes: &[u8]) -> impl Iterator<Item = &str> {
    str::from_utf8(bytes).unwrap().lines()
}

#[test]
fn every_type_of_line_is_as_the_schema_says() {
    let validator = jsonschema::validator_for(&strict()).unwrap();
    let mut out = Vec::new();
    examples::lines(&mut out);
    each_line(&out).for_each(|line| check(&validator, line));
}

#[test]
fn every_call_decodes_to_what_the_schema_says_whatever_its_bytes() {
    let validators = valid::Validators::of(strict());
    for row in ROWS {
        for abi in [Abi::Arm64, Abi::Arm32] {
            if row.nr(abi).is_none() {
                continue;
            }
            let mut out = Vec::new();
            for seed in 0..8 {
                examples::call(&mut out, row, abi, seed, false);
            }
            for line in each_line(&out) {
                validators.check(&serde_json::from_str(line).expect("JSON"));
            }
        }
    }
}

/// The fields of an object in the schema, and of those in it, as paths.
fn described(schema: &Value, at: &str, found: &mut BTreeSet<String>) {
    for (name, field) in schema["properties"].as_object().into_iter().flatten() {
        found.insert(format!("{at}.{name}"));
        described(field, &format!("{at}.{name}"), found);
        described(&field["items"], &format!("{at}.{name}[]"), found);
        described(
            &field["additionalProperties"],
            &format!("{at}.{name}.*"),
            found,
        );
    }
}

fn said(value: &Map<String, Value>, at: &str, found: &mut BTreeSet<String>) {
    for (name, field) in value {
        // By-name objects of the examples: their keys are data.
        let data = matches!(
            at.rsplit('.').next(),
            Some("by_call" | "arg_status" | "fds")
        );
        let here = if data {
            format!("{at}.*")
        } else {
            format!("{at}.{name}")
        };
        if !data {
            found.insert(here.clone());
        }
        if name == "args" || matches!(at.rsplit('.').next(), Some("device" | "tags")) {
            continue;
        }
        if let Some(object) = field.as_object() {
            said(object, &here, found);
        }
        for item in field
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_object)
        {
            said(item, &format!("{here}[]"), found);
        }
    }
}

#[test]
fn the_schema_has_no_field_that_no_line_has() {
    let schema = schema();
    let mut out = Vec::new();
    examples::lines(&mut out);
    let mut of_lines: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for line in each_line(&out) {
        let line: Map<String, Value> = serde_json::from_str(line).unwrap();
        said(
            &line,
            "",
            of_lines
                .entry(line["type"].as_str().unwrap().into())
                .or_default(),
        );
    }
    for (tag, found) in of_lines {
        let found: BTreeSet<_> = found
            .into_iter()
            .filter(|path| {
                let data = [".device.", ".tags.", ".by_call.", ".args."];
                !data.iter().any(|data| path.contains(data)) || path.contains(".*.")
            })
            .collect();
        let mut wanted = BTreeSet::new();
        described(&schema["$defs"][format!("line.{tag}")], "", &mut wanted);
        assert_eq!(wanted, found, "{tag}");
    }
    assert_eq!(schema["oneOf"].as_array().unwrap().len(), 9);
}

#[test]
fn what_is_wrong_is_noticed() {
    let validator = jsonschema::validator_for(&schema()).unwrap();
    let mut out = Vec::new();
    let row = ROWS.iter().find(|row| row.name == "openat").unwrap();
    examples::call(&mut out, row, Abi::Arm64, 1, true);
    let good: Value = serde_json::from_slice(&out).unwrap();
    assert!(validator.is_valid(&good));
    for (pointer, wrong) in [
        ("/type", json!("other")),
        ("/time", json!(5)),
        ("/abi", json!("x86")),
        ("/args/flags", json!("O_RDONLY")),
        ("/args/dirfd", json!("AT_FDCWD")),
        ("/args/mode", json!(0.5)),
        ("/caller/pc", json!(7)),
        ("/ret", json!("7")),
    ] {
        let mut line = good.clone();
        *line.pointer_mut(pointer).unwrap() = wrong;
        assert!(!validator.is_valid(&line), "{pointer}");
    }
}
