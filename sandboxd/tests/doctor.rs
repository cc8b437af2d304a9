//! `doctor` of the program itself, which has no kernel half here: its exit code, its two forms, and its schema.

use std::process::{Command, Output};

use serde_json::Value;

fn run(args: &[&str]) -> Output {
    let mut program = Command::new(env!("CARGO_BIN_EXE_sandboxd"));
    program.args(args).output().expect("it runs")
}

#[test]
fn what_it_writes_for_programs_fits_its_schema() {
    let output = run(&["doctor", "--json"]);
    let line: Value = serde_json::from_slice(&output.stdout).expect("an object");
    let schema: Value =
        serde_json::from_slice(&run(&["schema", "--doctor"]).stdout).expect("a schema");
    jsonschema::validate(&schema, &line).expect("as described");
    // It was built by plain cargo.
    assert_eq!(line["works"], false);
    let checks = line["checks"].as_array().expect("a list");
    let of = |name: &str| checks.iter().find(|check| check["check"] == name);
    assert_eq!(of("programs").expect("a check")["state"], "missing");
    assert!(of("blind").is_none() && checks.len() > 20);
}

#[test]
fn that_tracing_will_not_work_is_an_exit_code_and_a_sentence() {
    let output = run(&["doctor"]);
    assert_eq!(output.status.code(), Some(3));
    let text = String::from_utf8(output.stdout).expect("text");
    let said = String::from_utf8(output.stderr).expect("text");
    assert!(
        said.starts_with("sandboxd: tracing will not work, for: "),
        "{said}"
    );
    assert!(said.contains("programs"), "{said}");
    assert!(
        text.ends_with(&said.replacen("sandboxd: ", "", 1)),
        "{text}"
    );
    assert!(text.contains("\nprograms         missing  "), "{text}");
}
