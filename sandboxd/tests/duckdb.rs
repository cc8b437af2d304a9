//! Loads lines into `DuckDB` with the generated tables, and compares its answers with counts made here.
//!
//! `SANDBOXD_LINES` names a file of lines; without it, examples are used. Skipped where scripts/setup.sh has not
//! installed `DuckDB`.

mod examples;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

fn python() -> Option<PathBuf> {
    let cache = std::env::var_os("SANDBOXD_CACHE").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../.cache"),
        PathBuf::from,
    );
    let python = cache.join("venv/bin/python");
    let output = Command::new(&python)
        .args(["-c", "import duckdb"])
        .output()
        .ok()?;
    output.status.success().then_some(python)
}

fn answers(python: &Path, directory: &Path, lines: &Path) -> Value {
    let tables = directory.join("tables.sql");
    std::fs::write(&tables, sandboxd::schema::duckdb()).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/queries.py");
    let output = Command::new(python)
        .arg(script)
        .args([&tables, lines])
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Rows with how often each is there, sorted as the script sorts them.
fn counted(rows: impl Iterator<Item = Vec<Value>>) -> Value {
    let mut counts: BTreeMap<String, (Vec<Value>, u64)> = BTreeMap::new();
    for row in rows {
        counts.entry(json!(row).to_string()).or_insert((row, 0)).1 += 1;
    }
    sorted(counts.into_values().map(|(mut row, count)| {
        row.push(count.into());
        row
    }))
}

fn sorted(rows: impl Iterator<Item = Vec<Value>>) -> Value {
    let mut rows: Vec<_> = rows.map(Value::from).collect();
    rows.sort_by_cached_key(Value::to_string);
    rows.into()
}

fn again(rows: &Value) -> Value {
    sorted(
        rows.as_array()
            .unwrap()
            .iter()
            .map(|row| row.as_array().unwrap().clone()),
    )
}

fn bytes_read(calls: &[Value]) -> Value {
    let mut sums: BTreeMap<(u64, i64), i64> = BTreeMap::new();
    for call in calls.iter().filter(|call| call["syscall"] == "read") {
        if let (Some(ret @ 1..), Some(fd)) = (call["ret"].as_i64(), call["args"]["fd"].as_i64()) {
            *sums.entry((call["pid"].as_u64().unwrap(), fd)).or_default() += ret;
        }
    }
    sorted(
        sums.into_iter()
            .map(|((pid, fd), sum)| vec![pid.into(), fd.into(), sum.into()]),
    )
}

fn lines(directory: &Path) -> PathBuf {
    if let Some(path) = std::env::var_os("SANDBOXD_LINES") {
        return path.into();
    }
    let mut out = Vec::new();
    examples::lines(&mut out);
    let path = directory.join("lines.jsonl");
    std::fs::write(&path, out).unwrap();
    path
}

/// Answers that are counts of calls.
fn check_counts(answer: impl Fn(&str) -> Value, calls: &[Value]) {
    let names = calls.iter().map(|call| vec![call["syscall"].clone()]);
    assert_eq!(answer("calls by name"), counted(names));
    let opens = calls.iter().filter(|call| {
        call["syscall"].as_str().unwrap().starts_with("open") && call["error"].is_string()
    });
    let opens = opens.map(|call| vec![call["args"]["pathname"].clone(), call["error"].clone()]);
    assert_eq!(answer("failed opens by path"), counted(opens));
    let pcs = calls.iter().map(|call| vec![call["caller"]["pc"].clone()]);
    assert_eq!(answer("calls by svc instruction"), counted(pcs));
    assert_eq!(answer("bytes read per descriptor"), bytes_read(calls));
    let with_status = calls
        .iter()
        .filter(|call| call["arg_status"].is_object())
        .count();
    assert_eq!(answer("statuses"), json!([[with_status]]));
}

/// Answers that say two numbers of the same thing.
fn check_books(answer: impl Fn(&str) -> Value) {
    for question in ["books", "lost and seen"] {
        let rows = answer(question);
        assert!(!rows.as_array().unwrap().is_empty(), "{question}");
        for row in rows.as_array().unwrap() {
            assert_eq!(row[1], row[2], "{question}: {row}");
        }
    }
}

fn first_and_last(calls: &[Value]) -> Value {
    let mut times: Vec<_> = calls
        .iter()
        .map(|call| call["time"].as_str().unwrap())
        .collect();
    times.sort_unstable();
    let nanos = |time: &str| {
        let time = humantime::parse_rfc3339(time).unwrap();
        time.duration_since(std::time::UNIX_EPOCH)
            .unwrap()
            .as_nanos() as u64
    };
    json!([[nanos(times[0]), nanos(times[times.len() - 1])]])
}

#[test]
fn duckdb_answers_as_the_lines_say() {
    let Some(python) = python() else {
        eprintln!("skipped: DuckDB is not installed (scripts/setup.sh installs it)");
        return;
    };
    let directory = tempfile::tempdir().unwrap();
    let lines = lines(directory.path());
    let text = std::fs::read_to_string(&lines).unwrap();
    let values = text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    let calls: Vec<_> = values.filter(|line| line["type"] == "syscall").collect();
    assert!(!calls.is_empty());
    let answers = answers(&python, directory.path(), &lines);
    let answer = |name: &str| again(&answers[name]);
    check_counts(answer, &calls);
    check_books(answer);
    assert_eq!(answer("first and last moment"), first_and_last(&calls));
}
