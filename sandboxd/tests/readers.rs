//! The text of the golden cases, read by a program of others that reads strace's output.
//!
//! Skipped where scripts/setup.sh has not installed it.

mod cases;

use std::path::{Path, PathBuf};
use std::process::Command;

use sandboxd::event::Line;
use sandboxd::fold::Fold;
use sandboxd::sink::Lines;
use serde_json::Value;

/// Calls in both forms.
#[derive(Default)]
struct Calls(Vec<(Value, String)>);

impl Lines for Calls {
    fn line(&mut self, line: &Line<'_>, index: Option<u16>) {
        if index.is_some() {
            let (mut json, mut text) = (Vec::new(), Vec::new());
            sandboxd::json::write(&mut json, line);
            sandboxd::text::write(&mut text, line, false);
            let json = serde_json::from_slice(&json).expect("JSON");
            self.0.push((json, String::from_utf8(text).expect("UTF-8")));
        }
    }
}

fn python() -> Option<PathBuf> {
    let cache = std::env::var_os("SANDBOXD_CACHE").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../.cache"),
        PathBuf::from,
    );
    let python = cache.join("venv/bin/python");
    let output = Command::new(&python).arg(script()).output().ok()?;
    output.status.success().then_some(python)
}

fn script() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/read_strace.py")
}

#[test]
fn a_reader_of_strace_reads_every_call() {
    let Some(python) = python() else {
        println!("skipped: scripts/setup.sh installs what reads strace's output");
        return;
    };
    let mut calls = Calls::default();
    for case in cases::all() {
        assert!(!case.lines.is_empty(), "{}", cases::name(case));
        let mut fold = Fold::new();
        for input in &case.inputs {
            fold.push(input.input(), &mut calls);
        }
    }
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("text");
    let text: String = calls.0.iter().map(|(_, text)| &text[..]).collect();
    std::fs::write(&file, text).unwrap();
    let output = Command::new(python)
        .arg(script())
        .arg(&file)
        .output()
        .unwrap();
    let found: Vec<Value> = serde_json::from_slice(&output.stdout).expect("the script's JSON");
    assert_eq!(found.len(), calls.0.len());
    for (found, (json, text)) in found.iter().zip(&calls.0) {
        check(found, json, text);
    }
}

/// Whether the reader found in the text what the JSON says.
#[track_caller]
fn check(found: &Value, json: &Value, text: &str) {
    assert_eq!(found["kind"], "syscall", "{text}");
    assert_eq!(found["name"], json["syscall"], "{text}");
    assert_eq!(found["tid"], json["tid"], "{text}");
    let error = found["error"]
        .as_str()
        .map(|error| error.split(' ').next().unwrap_or_default());
    assert_eq!(error, json["error"].as_str(), "{text}");
    let ret = found["ret"].as_str().unwrap_or_default();
    let ret = ret.split(' ').next().unwrap_or_default();
    let own = match (&json["ret"], &json["ret_hex"], error) {
        (_, _, Some(_)) => None,
        (_, Value::String(hex), _) => Some(hex.clone()),
        (Value::Null, ..) => Some("?".to_owned()),
        (own, ..) => Some(own.to_string()),
    };
    assert!(own.is_none_or(|own| own == ret), "{ret}: {text}");
    let names = json["args"].as_object().map_or(0, serde_json::Map::len);
    if names > 0 {
        assert_eq!(found["args"], names, "{text}");
    }
    let seconds = found["seconds"].as_f64();
    let own = json["dur_ns"].as_f64().map(|ns| ns / 1e9);
    assert!(
        seconds
            .zip(own)
            .is_none_or(|(found, own)| (found - own).abs() < 1.1e-6),
        "{text}"
    );
    assert_eq!(seconds.is_some(), own.is_some(), "{text}");
}
