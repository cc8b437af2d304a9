//! What the stand-in zygote (`xtask/lab/arm64/zygote.c`) says of its processes: the truth that a trace is held against.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;
use serde_json::Value;

use crate::lab::Outcome;

/// How many user IDs an Android user has.
pub(super) const USER: u32 = 100_000;

/// One process, from its fork to its end.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Process {
    /// Part of the paths of its marks.
    pub(super) number: u32,
    pub(super) pid: u32,
    pub(super) parent: u32,
    pub(super) kind: String,
    pub(super) uid: u32,
    /// What its command line was to be.
    pub(super) name: String,
    /// Whose it is; nobody can tell of some.
    pub(super) package: Option<String>,
    pub(super) end: String,
    /// As `wait4` gave it.
    status: i32,
    /// Its own child, 0 if it had none.
    pub(super) child: u32,
    pub(super) forked_ns: u64,
    /// 0 if it never got so far.
    pub(super) became_ns: u64,
    /// 0 if it never got one.
    pub(super) named_ns: u64,
    pub(super) ended_ns: u64,
    /// When it made each mark.
    pub(super) mark_ns: Vec<u64>,
    /// The numbers of its calls in order, and how often each came in a row.
    pub(super) calls: Vec<(u64, u64)>,
}

impl Process {
    /// The Android user that it belongs to.
    pub(super) fn user(&self) -> u32 {
        self.uid / USER
    }

    /// Whether it had this number then, or its child.
    pub(super) fn is(&self, pid: u64, time: u64) -> bool {
        let there = self.forked_ns <= time && time <= self.ended_ns;
        there && pid != 0 && (pid == u64::from(self.pid) || pid == u64::from(self.child))
    }

    /// The path of one mark, as the program makes it.
    pub(super) fn mark(&self, seq: usize) -> String {
        format!(
            "/data/user/{}/{}/marker-{}-{}-{seq}",
            self.user(),
            self.package.as_deref().unwrap_or("-"),
            self.kind,
            self.number
        )
    }

    /// Whether a mark was its child's: the last one.
    pub(super) fn is_childs(&self, seq: usize) -> bool {
        self.child != 0 && seq + 1 == self.mark_ns.len()
    }

    /// What `kind` of its `process` lines says.
    pub(super) fn told_kind(&self) -> &'static str {
        match self.uid % USER {
            10_000..=19_999 if self.name.ends_with("_zygote") => "app_zygote",
            10_000..=19_999 => "app",
            20_000..=29_999 => "sdk_sandbox",
            90_000..=99_999 => "isolated",
            _ => "other",
        }
    }
}

/// Everything that it said.
#[derive(Debug)]
pub(super) struct Truth {
    pub(super) processes: Vec<Process>,
    /// When it said which word.
    said: BTreeMap<String, u64>,
}

impl Truth {
    /// Of the file `truth`.
    pub(super) fn read(outcome: &Outcome) -> Result<Self> {
        let truth = Self::of(outcome.lines("truth")?)?;
        ensure!(!truth.processes.is_empty(), "the zygote told of no process");
        Ok(truth)
    }

    /// Of its lines.
    pub(super) fn of(lines: Vec<Value>) -> Result<Self> {
        let (mut processes, mut said) = (Vec::new(), BTreeMap::new());
        for line in lines {
            if let Some(word) = line["said"].as_str() {
                let time = line["ns"].as_u64().context("said, but when?")?;
                said.insert(word.to_owned(), time);
            } else {
                let process: Process = serde_json::from_value(line)?;
                went_well(&process)?;
                processes.push(process);
            }
        }
        Ok(Self { processes, said })
    }

    /// When it said a word.
    pub(super) fn when(&self, word: &str) -> Result<u64> {
        let time = self.said.get(word).copied();
        time.with_context(|| format!("the zygote never said {word:?}"))
    }

    /// Whose number it was then.
    pub(super) fn whose(&self, pid: u64, time: u64) -> Option<&Process> {
        self.processes.iter().find(|process| process.is(pid, time))
    }
}

/// What it was there to do, it did: a child that cannot leaves with a status that says where.
fn went_well(process: &Process) -> Result<()> {
    let named = process.named_ns > 0;
    let became = process.became_ns > 0;
    let whole = match process.end.as_str() {
        "exit" | "stay" | "zygote" | "named" => became && named,
        "child" | "exec" => became && named && process.child != 0,
        "unnamed" | "killed" => became && !named,
        "before" => !became && !named,
        "usap" => true,
        other => bail!("no such end: {other}"),
    };
    ensure!(
        matches!(process.status, 0 | 9),
        "a child of the zygote failed: {process:?}"
    );
    ensure!(whole, "the zygote's child did not do as told: {process:?}");
    ensure!(process.ended_ns > 0, "it never ended: {process:?}");
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn process(changes: &Value) -> Value {
        let mut process = json!({
            "number": 7, "pid": 50, "parent": 9, "kind": "app", "uid": 1_010_123, "name": "com.a", "package": "com.a",
            "end": "child", "status": 0, "child": 51, "forked_ns": 10, "became_ns": 11, "named_ns": 12, "ended_ns": 20,
            "mark_ns": [13, 14], "calls": [[147, 1], [94, 1]],
        });
        for (field, value) in changes.as_object().unwrap() {
            process[field] = value.clone();
        }
        process
    }

    fn of(changes: &Value) -> Result<Truth> {
        Truth::of(vec![json!({"said": "ready", "ns": 5}), process(changes)])
    }

    #[test]
    fn a_number_is_its_own_while_it_lives() {
        let truth = of(&json!({})).unwrap();
        assert_eq!(truth.when("ready").unwrap(), 5);
        assert!(truth.when("later").is_err());
        for (pid, time, is) in [
            (50, 10, true),
            (51, 20, true),
            (50, 9, false),
            (50, 21, false),
            (9, 15, false),
        ] {
            assert_eq!(truth.whose(pid, time).is_some(), is, "{pid} at {time}");
        }
        let process = &truth.processes[0];
        assert_eq!(process.mark(1), "/data/user/10/com.a/marker-app-7-1");
        assert!(process.is_childs(1) && !process.is_childs(0));
    }

    #[test]
    fn a_child_that_did_not_do_as_told_is_noticed() {
        for wrong in [
            json!({"status": 25_600}),
            json!({"named_ns": 0}),
            json!({"became_ns": 0}),
            json!({"ended_ns": 0}),
            json!({"child": 0}),
            json!({"end": "before"}),
            json!({"end": "killed"}),
            json!({"end": "nothing"}),
        ] {
            assert!(of(&wrong).is_err(), "{wrong}");
        }
        assert!(of(&json!({"end": "unnamed", "named_ns": 0})).is_ok());
        assert!(of(&json!({"end": "before", "named_ns": 0, "became_ns": 0})).is_ok());
    }

    #[test]
    fn user_ids_tell_kinds() {
        for (uid, name, kind) in [
            (10_123, "com.a:push", "app"),
            (1_010_123, "com.a_zygote", "app_zygote"),
            (20_123, "com.a_sdk_sandbox", "sdk_sandbox"),
            (1_090_001, "com.a:x", "isolated"),
            (99_001, "com.a_zygote", "isolated"),
            (1000, "system_server", "other"),
        ] {
            let truth = of(&json!({"uid": uid, "name": name})).unwrap();
            assert_eq!(truth.processes[0].told_kind(), kind, "{uid} {name}");
        }
    }
}
