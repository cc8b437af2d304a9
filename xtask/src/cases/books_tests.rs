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

/// The good trace in two parts: the first ends while `read` is under way.
fn in_parts() -> Vec<Vec<Value>> {
    let process = |seq: u64| json!({"type": "process", "run": "r", "seq": seq, "event": "attach", "proc": "7-1"});
    let lines = good();
    let [_, openat, loss, read, _] = &lines[..] else {
        unreachable!()
    };
    let of = |seq: u64, line: &Value| {
        let mut line = line.clone();
        line["seq"] = json!(seq);
        line
    };
    let end =
        |seq: u64, why: &str, pending: u64, name: &str, [emitted, filtered, lost]: [u64; 3]| {
            let seen = emitted + filtered + lost;
            let counts =
                json!({"seen": seen, "emitted": emitted, "filtered": filtered, "lost": lost});
            let mut end = counts.clone();
            for (field, value) in [
                ("type", json!("end")),
                ("run", json!("r")),
                ("seq", json!(seq)),
                ("why", json!(why)),
                ("pending", json!(pending)),
                ("exits_missed", json!(u64::from(name == "read"))),
                ("by_call", json!({name: counts})),
            ] {
                end[field] = value;
            }
            end
        };
    vec![
        vec![
            json!({"type": "start", "run": "r", "seq": 0, "part": 1}),
            process(1),
            of(2, openat),
            of(3, loss),
            end(4, "rotated", 1, "openat", [1, 1, 2]),
        ],
        vec![
            json!({"type": "start", "run": "r", "seq": 5, "part": 2}),
            process(6),
            of(7, read),
            end(8, "signal", 0, "read", [1, 0, 0]),
        ],
    ]
}

#[test]
fn good_parts_pass_and_their_accounts_are_added() {
    let sums = check_parts(&in_parts()).unwrap();
    assert_eq!(
        sums["openat"],
        json!({"seen": 4, "emitted": 1, "filtered": 1, "lost": 2})
    );
    assert_eq!(sums["read"]["seen"], 1);
}

#[test]
fn parts_that_do_not_stand_alone_are_refused() {
    let refusal = |change: fn(&mut Vec<Vec<Value>>)| {
        let mut parts = in_parts();
        change(&mut parts);
        format!("{:#}", check_parts(&parts).unwrap_err())
    };
    for (change, wanted) in [
        (
            (|parts| drop(parts[1].remove(0))) as fn(&mut Vec<Vec<Value>>),
            "in part 2: the first line is no start",
        ),
        (
            |parts| drop(parts[0].pop()),
            "in part 1: the last line is no end",
        ),
        (
            |parts| drop(parts[1].remove(1)),
            "nobody told of its process",
        ),
        (|parts| parts[1][0]["part"] = json!(3), "it is another"),
        (
            |parts| parts[0][4]["why"] = json!("signal"),
            "it ended otherwise",
        ),
        (
            |parts| parts[1][3]["why"] = json!("rotated"),
            "it ended otherwise",
        ),
        (
            |parts| parts[1][3]["pending"] = json!(1),
            "calls are missing",
        ),
        (
            |parts| parts[1][1]["seq"] = json!(9),
            "seq goes from 5 to 9",
        ),
        (
            |parts| parts[0][4]["by_call"]["openat"]["lost"] = json!(3),
            "accounted for",
        ),
        (|parts| parts.swap(0, 1), "it is another"),
        (|parts| drop(parts.remove(0)), "it is another"),
        (|parts| drop(parts[0].remove(2)), "0 lines"),
    ] {
        let said = refusal(change);
        assert!(said.contains(wanted), "{said:?}, not {wanted:?}");
    }
}
