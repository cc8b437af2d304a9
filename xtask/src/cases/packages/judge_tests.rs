//! A good trace passes; every way of breaking it is noticed.

use super::*;

/// A run that is ready at 100: an app from before it, one that it sees whole, one that has a child, another's, and one
/// that nobody can tell of.
fn truth() -> Truth {
    let process = |number: u32, pid: u32, uid: u32, name: &str, package: &Value, end: &str| {
        json!({
            "number": number, "pid": pid, "parent": 9, "kind": "app", "uid": uid, "name": name, "package": package,
            "end": end, "status": 0, "child": 0, "forked_ns": 110, "became_ns": 112, "named_ns": 113, "ended_ns": 190,
            "mark_ns": [115], "calls": [[167, 2], [147, 1], [56, 1], [94, 1]],
        })
    };
    let with = |mut process: Value, changes: Value| {
        for (field, value) in changes.as_object().unwrap() {
            process[field] = value.clone();
        }
        process
    };
    let (own, other) = (json!("com.a"), json!("com.b"));
    let lines = vec![
        json!({"said": "ready", "ns": 100}),
        with(
            process(0, 50, 10_001, "com.a", &own, "stay"),
            json!({"forked_ns": 10, "became_ns": 12, "named_ns": 13, "mark_ns": [15, 120],
                "calls": [[147, 1], [56, 1], [98, 1], [56, 1], [94, 1]]}),
        ),
        process(1, 51, 1_010_001, "com.a:push", &own, "exit"),
        with(
            process(2, 52, 10_001, "com.a", &own, "child"),
            json!({"child": 53, "mark_ns": [115, 116], "calls": [[147, 1], [56, 1], [220, 1], [260, 1], [94, 1]]}),
        ),
        process(3, 54, 10_001, "com.b", &other, "exit"),
        with(
            process(4, 51, 10_001, "com.b", &Value::Null, "killed"),
            json!({"forked_ns": 191, "became_ns": 192, "named_ns": 0, "ended_ns": 195, "mark_ns": []}),
        ),
    ];
    Truth::of(lines).unwrap()
}

fn call(pid: u32, time: u64, number: u64, uid: u32) -> Value {
    json!({"type": "syscall", "pid": pid, "boot_ns": time, "nr": number, "uid": uid, "user": uid / USER,
        "package": "com.a", "ret": 0, "args": {}})
}

fn mark(pid: u32, time: u64, uid: u32, path: &str) -> Value {
    let mut line = call(pid, time, 56, uid);
    line["args"]["pathname"] = json!(path);
    line
}

fn becomes(pid: u32, time: u64, from: u32, uid: u32) -> Value {
    let mut line = call(pid, time, BECOMES, from);
    line["args"]["ruid"] = json!(uid);
    line
}

fn process(pid: u32, time: u64, event: &str, from: &str, uid: u32) -> Value {
    json!({"type": "process", "event": event, "from": from, "pid": pid, "ppid": 9, "boot_ns": time, "kind": "app",
        "uid": uid, "user": uid / USER, "package": "com.a"})
}

fn trace() -> Vec<Value> {
    let mut child = process(53, 116, "start", "fork", 10_001);
    child["ppid"] = json!(52);
    vec![
        process(50, 90, "attach", "attach", 10_001),
        call(50, 119, 98, 10_001),
        mark(50, 120, 10_001, "/data/user/0/com.a/marker-app-0-1"),
        call(50, 189, 94, 10_001),
        process(51, 110, "start", "specialisation", 0),
        call(51, 111, 167, 0),
        call(51, 111, 167, 0),
        becomes(51, 112, 0, 1_010_001),
        mark(51, 115, 1_010_001, "/data/user/10/com.a/marker-app-1-0"),
        call(51, 189, 94, 1_010_001),
        process(52, 110, "start", "specialisation", 0),
        becomes(52, 112, 0, 10_001),
        mark(52, 115, 10_001, "/data/user/0/com.a/marker-app-2-0"),
        call(52, 116, 220, 10_001),
        child,
        mark(53, 117, 10_001, "/data/user/0/com.a/marker-app-2-1"),
        call(52, 118, 260, 10_001),
        call(52, 189, 94, 10_001),
        json!({"type": "end", "undetermined": 1, "not_target": 1}),
    ]
}

const WANTED: Wanted = Wanted::Packages {
    packages: &["com.a"],
    users: &[],
};

fn judged(lines: &[Value], wanted: &Wanted) -> Result<()> {
    let truth = truth();
    let judge = Judge {
        lines,
        truth: &truth,
        wanted,
        ready_ns: truth.when("ready")?,
        selected: &[],
    };
    judge.all()
}

/// Whether the trace fails after a change.
fn fails(change: impl FnOnce(&mut Vec<Value>)) -> bool {
    let mut lines = trace();
    change(&mut lines);
    judged(&lines, &WANTED).is_err()
}

#[test]
fn a_good_trace_passes() {
    judged(&trace(), &WANTED).unwrap();
}

#[test]
fn no_line_can_be_missing_or_come_twice() {
    // The wait of the first process began before the run: its return may be there or not.
    for at in (0..trace().len()).filter(|at| *at != 1) {
        assert!(fails(|lines| drop(lines.remove(at))), "{}", trace()[at]);
    }
    for (at, line) in trace().iter().enumerate() {
        if line["type"] == "syscall" {
            assert!(fails(|lines| lines.insert(at, line.clone())), "{line}");
        }
    }
}

#[test]
fn nobody_else_has_lines() {
    assert!(fails(|lines| lines.insert(0, call(54, 120, 56, 10_001))));
    assert!(fails(|lines| lines.insert(0, call(9, 120, 56, 0))));
    let mut other = process(54, 110, "start", "specialisation", 10_001);
    assert!(fails(|lines| lines.insert(0, other.clone())));
    other["package"] = json!("com.b");
    assert!(fails(|lines| lines.insert(0, other)));
    // The number of the app that ended is that of one whose package nobody knows.
    assert!(fails(|lines| lines.insert(0, call(51, 193, 56, 10_001))));
}

#[test]
fn one_that_may_be_wanted_has_no_package() {
    let mut lines = trace();
    let mut nameless = call(51, 193, 56, 10_001);
    nameless["package"] = Value::Null;
    lines.insert(0, nameless.clone());
    judged(&lines, &WANTED).unwrap();
    // Of another user ID, it is not.
    let of = |packages| {
        judged(
            &lines,
            &Wanted::Packages {
                packages,
                users: &[10],
            },
        )
    };
    assert!(of(&["com.a"]).is_err());
}

#[test]
fn what_lines_say_is_looked_at() {
    let cases = [
        (2, "/package", json!("com.b")),
        (2, "/package", Value::Null),
        (5, "/package", Value::Null),
        (8, "/user", json!(0)),
        (8, "/uid", json!(10_001)),
        (8, "/pid", json!(52)),
        (7, "/args/ruid", json!(0)),
        (7, "/ret", json!(-1)),
        (15, "/pid", json!(52)),
        (
            12,
            "/args/pathname",
            json!("/data/user/0/com.a/marker-app-2-1"),
        ),
        (
            12,
            "/args/pathname",
            json!("/data/user/0/com.b/marker-app-3-0"),
        ),
        (0, "/from", json!("fork")),
        (4, "/from", json!("attach")),
        (4, "/event", json!("attach")),
        (4, "/kind", json!("other")),
        (4, "/uid", json!(1_010_001)),
        (4, "/ppid", json!(1)),
        (14, "/from", json!("specialisation")),
        (14, "/ppid", json!(9)),
        (18, "/undetermined", json!(0)),
        (18, "/not_target", json!(0)),
        (18, "/not_target", json!(2)),
    ];
    for (at, field, value) in cases {
        assert!(
            fails(|lines| *lines[at].pointer_mut(field).unwrap() = value.clone()),
            "{field} = {value} in line {at}"
        );
    }
}

#[test]
fn calls_stand_in_the_order_in_which_they_were_made() {
    assert!(fails(|lines| lines.swap(6, 7)));
    assert!(fails(|lines| lines.swap(7, 8)));
}

#[test]
fn users_and_patterns_restrict() {
    let of = |packages, users| judged(&trace(), &Wanted::Packages { packages, users });
    assert!(of(&["com.*"], &[0]).is_err());
    assert!(of(&["com.a*"], &[0, 10]).is_ok());
    assert!(of(&["com.a"], &[0]).is_err());
    assert!(of(&["com"], &[]).is_err());
    assert!(of(&["net.*"], &[]).is_err());
}

#[test]
fn by_user_id_a_process_begins_when_it_becomes_the_users() {
    let wanted = Wanted::Uid(1_010_001);
    let lines: Vec<_> = trace()
        .into_iter()
        .filter(|line| line["pid"] == 51 && line["boot_ns"].as_u64() > Some(111))
        .collect();
    judged(&lines, &wanted).unwrap();
    assert!(judged(&lines[1..], &wanted).is_err());
    assert!(judged(&trace(), &wanted).is_err());
    let mut early = lines.clone();
    early.insert(0, call(51, 111, 167, 0));
    assert!(judged(&early, &wanted).is_err());
}
