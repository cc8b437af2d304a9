//! A good trace passes; broken in each way that a check is there for, it does not.

use super::*;
use serde_json::json;

fn call(seq: u64, name: &str, outcome: &str, ret: &Value) -> Value {
    let mut line = json!({
        "type": "syscall", "run": "r", "seq": seq, "time": "t", "boot_ns": 1000 + seq, "cpu": 0, "proc": "7-1", "pid": 7,
        "tid": 8, "uid": 10123, "user": 0, "comm": "c", "abi": "arm64", "nr": 56, "syscall": name, "outcome": outcome,
        "args": {}, "ret": ret, "dur_ns": 5,
        "caller": {"pc": "0x1000"},
    });
    if ret.as_i64().is_some_and(|ret| ret < 0) {
        line["error"] = json!("ENOENT");
    }
    line
}

/// Two calls written, one missing its exit, one filtered, two lost.
fn good() -> Vec<Value> {
    vec![
        json!({"type": "start", "run": "r", "seq": 0}),
        call(1, "openat", "returned", &json!(-2)),
        json!({"type": "loss", "run": "r", "seq": 2, "reason": "ring_full", "count": 2, "by_call": {"openat": 2}}),
        call(3, "read", "exit_missed", &Value::Null),
        json!({
            "type": "end", "run": "r", "seq": 4, "seen": 5, "emitted": 2, "filtered": 1, "lost": 2, "exits_missed": 1,
            "by_call": {
                "openat": {"seen": 4, "emitted": 1, "filtered": 1, "lost": 2},
                "read": {"seen": 1, "emitted": 1, "filtered": 0, "lost": 0},
            },
        }),
    ]
}

/// Why a trace is refused after the change.
fn refusal(change: impl FnOnce(&mut Vec<Value>)) -> String {
    let mut lines = good();
    change(&mut lines);
    format!("{:#}", check(&lines).unwrap_err())
}

#[test]
fn a_good_trace_passes() {
    check(&good()).unwrap();
}

#[test]
fn a_trace_without_its_frame_is_refused() {
    assert!(refusal(|lines| drop(lines.remove(0))).contains("no start"));
    assert!(refusal(|lines| drop(lines.pop())).contains("no end"));
    assert!(refusal(Vec::clear).contains("no start"));
    let twice = |lines: &mut Vec<Value>| lines.insert(0, json!({"type": "start", "run": "r"}));
    assert!(refusal(twice).contains("2 lines of type start"));
    assert!(refusal(|lines| lines[1]["run"] = json!("other")).contains("not of run"));
}

#[test]
fn a_missing_or_repeated_line_is_noticed() {
    assert!(refusal(|lines| drop(lines.remove(2))).contains("seq goes from 1 to 3"));
    assert!(refusal(|lines| lines[2]["seq"] = json!(1)).contains("seq goes"));
    assert!(refusal(|lines| lines[2]["seq"] = Value::Null).contains("without seq"));
    let late = |lines: &mut Vec<Value>| {
        for line in lines {
            line["seq"] = json!(line["seq"].as_u64().unwrap() + 5);
        }
    };
    assert!(refusal(late).contains("seq begins with 5"));
}

#[test]
fn an_incomplete_line_is_noticed() {
    for field in ALWAYS {
        let said = refusal(|lines| drop(lines[1].as_object_mut().unwrap().remove(field)));
        assert!(said.contains(field) || field == "run", "{field}: {said}");
    }
    for field in ["ret", "dur_ns"] {
        let said = refusal(|lines| drop(lines[1].as_object_mut().unwrap().remove(field)));
        assert!(said.contains("not even null"), "{field}: {said}");
    }
    assert!(refusal(|lines| lines[1]["outcome"] = json!("fine")).contains("outcome"));
    assert!(refusal(|lines| lines[1]["ret"] = Value::Null).contains("returned, but what"));
    assert!(refusal(|lines| lines[1]["error"] = Value::Null).contains("disagree"));
    assert!(refusal(|lines| lines[1]["ret"] = json!(3)).contains("disagree"));
}

#[test]
fn disorder_within_a_thread_is_noticed() {
    assert!(refusal(|lines| lines[3]["boot_ns"] = json!(1)).contains("earlier"));
    let mut lines = good();
    lines[3]["boot_ns"] = json!(1);
    lines[3]["tid"] = json!(9);
    check(&lines).unwrap();
}

#[test]
fn calls_are_counted_where_the_end_counts_them() {
    let mut lines = good();
    lines[3]["abi"] = json!("arm32");
    lines[3]["syscall"] = json!("syscall_0x1388");
    let read = lines[4]["by_call"]["read"].clone();
    lines[4]["by_call"] = json!({"arm32:other": read, "openat": lines[4]["by_call"]["openat"]});
    check(&lines).unwrap();
}

#[test]
fn books_that_do_not_balance_are_noticed() {
    assert!(refusal(|lines| lines[4]["seen"] = json!(6)).contains("in all"));
    assert!(refusal(|lines| lines[4]["by_call"]["read"]["lost"] = json!(1)).contains("of read"));
    assert!(refusal(|lines| lines[3]["syscall"] = json!("openat")).contains("emitted"));
    assert!(refusal(|lines| lines[3]["syscall"] = json!("write")).contains("does not know write"));
    assert!(refusal(|lines| lines[4]["exits_missed"] = json!(0)).contains("miss their exit"));
    let more = |lines: &mut Vec<Value>| {
        lines[4]["seen"] = json!(6);
        lines[4]["lost"] = json!(3);
    };
    assert!(refusal(more).contains("by call"));
}

#[test]
fn a_loss_that_nobody_told_of_is_noticed() {
    assert!(refusal(|lines| lines[2]["by_call"]["openat"] = json!(1)).contains("add up"));
    let less = |lines: &mut Vec<Value>| {
        lines[2]["by_call"]["openat"] = json!(1);
        lines[2]["count"] = json!(1);
    };
    assert!(refusal(less).contains("loss lines tell of 1"));
    let other = |lines: &mut Vec<Value>| lines[2]["by_call"] = json!({"openat": 2, "kill": 0});
    assert!(refusal(other).contains("kill"));
}

#[test]
fn a_replay_that_differs_in_one_byte_is_noticed() {
    replayed(b"a\nb\n", b"a\nb\n").unwrap();
    let said = replayed(b"a\nb\n", b"a\nc\n").unwrap_err().to_string();
    assert!(
        said.contains("line 2") && said.contains("Replayed: c"),
        "{said}"
    );
    assert!(
        replayed(b"a\nb\n", b"a\n")
            .unwrap_err()
            .to_string()
            .contains("(nothing)")
    );
    assert!(replayed(b"a\n", b"a").is_err());
}
