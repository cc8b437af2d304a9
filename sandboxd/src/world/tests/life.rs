//! Names, beginnings and ends of processes: what lines would say of them.

use kprobe_common::record::Exec;
use kprobe_common::table::change;

use super::*;
use crate::input::{NameFound, NameLook};

const PR_SET_NAME: i64 = 15;

/// A run whose events are kept: `attach zygote64`.
struct Life {
    run: Run,
    events: Vec<String>,
}

impl Life {
    fn new(made: Option<u32>) -> Self {
        let mut run = Run::new();
        run.world.begin(true, false, made);
        // Behind the starts that looks tell of, ticks of 10 ms.
        run.time = 100_000_000;
        Self {
            run,
            events: Vec::new(),
        }
    }

    /// A whole look, for a record that comes now.
    fn look(&mut self, name: &str, start: u64) {
        let look = ProcessLook {
            pid: PID,
            tid: PID,
            began: self.run.time + 1,
            ended: self.run.time + 9,
            found: Some(Found {
                name: name.to_owned(),
                start,
                maps: Some(Vec::new()),
                ..Found::default()
            }),
        };
        let events = &mut self.events;
        self.run
            .world
            .look(&look, 0, self.run.time, |happened| note(events, &happened));
    }

    fn look_at_name(&mut self, name: &str, start: u64) {
        let name = name.to_owned();
        let look = NameLook {
            pid: PID,
            began: self.run.time + 1,
            ended: self.run.time + 9,
            found: Some(NameFound { start, name }),
        };
        let events = &mut self.events;
        self.run
            .world
            .look_at_name(&look, self.run.time, |happened| note(events, &happened));
    }

    /// What is wanted before a call of the thread that is called `comm`.
    fn call(&mut self, tid: u32, comm: &str) -> Option<Want> {
        let mut frame = Frame::default();
        frame.comm[..comm.len()].copy_from_slice(comm.as_bytes());
        let mut header = self.run.header(tid, kind::ENTER, 0);
        header.flags = 0;
        let bytes = record(header, bytes_of(&frame), &[]);
        let record = Record::parse(&bytes).unwrap();
        let want = self.run.world.wants(&record);
        self.run.world.call(&record);
        want
    }

    /// A call that names its thread.
    fn names(&mut self, tid: u32) {
        let row = ROWS.iter().find(|row| row.state & change::NAME != 0);
        let name = row.expect("a row").name;
        self.run.call(tid, name, &[PR_SET_NAME, 1], &[], 0);
    }

    fn exec(&mut self) -> Option<Want> {
        let header = self.run.header(PID, kind::EXEC, 0);
        let bytes = record(header, bytes_of(&Exec::default()), &[]);
        let record = Record::parse(&bytes).unwrap();
        let want = self.run.world.wants(&record);
        let events = &mut self.events;
        self.run
            .world
            .change(&record, |happened| note(events, &happened));
        want
    }

    fn wait(&mut self, ns: u64) {
        self.run.time += ns;
    }
}

fn note(events: &mut Vec<String>, happened: &Happened<'_>) {
    let name = happened.name.as_deref().unwrap_or("-");
    events.push(format!("{:?} {name}", happened.event));
}

/// What zygote's children do: they are the user before they have a name of their own, name their thread, and write
/// their command line after that.
#[test]
fn a_new_name_is_looked_up_and_told() {
    let mut life = Life::new(None);
    assert_eq!(life.call(PID, "main"), Some(Want::Process));
    life.look("zygote64", 5);
    life.wait(100_000_000);
    assert_eq!(life.call(PID, "main"), None);
    life.names(PID);
    assert_eq!(life.call(PID, "com.example.app"), Some(Want::Name));
    life.look_at_name("zygote64", 5);
    assert_eq!(
        life.call(PID, "com.example.app"),
        None,
        "it was just looked at"
    );
    life.wait(100_000_000);
    assert_eq!(life.call(PID, "com.example.app"), Some(Want::Name));
    life.look_at_name("com.example.app", 5);
    life.wait(1_000_000_000);
    assert_eq!(life.call(PID, "com.example.app"), Some(Want::Name));
    life.look_at_name("com.example.app", 5);
    life.wait(10_000_000_000);
    assert_eq!(life.call(PID, "com.example.app"), None);
    assert_eq!(life.events, ["Attach zygote64", "Rename com.example.app"]);
}

/// However it came about: by a file of `/proc`, by a call that is not watched.
#[test]
fn a_thread_that_is_called_otherwise_may_be_a_process_that_is() {
    let mut life = Life::new(None);
    life.call(PID, "main");
    life.look("zygote64", 5);
    life.wait(100_000_000);
    assert_eq!(life.call(8, "pool"), None);
    assert_eq!(life.call(8, "pool-1"), None, "not the main thread");
    life.names(8);
    assert_eq!(life.call(PID, "main"), None);
    assert_eq!(life.call(PID, "other"), None);
    assert_eq!(life.call(8, "pool-1"), Some(Want::Name));
    life.look_at_name("", 5);
    life.wait(100_000_000);
    life.look_at_name("stranger", 6);
    assert_eq!(
        life.events,
        ["Attach zygote64"],
        "nothing there, or another process's"
    );
}

#[test]
fn names_that_change_all_the_time_are_not_looked_up_all_the_time() {
    let mut life = Life::new(None);
    life.call(PID, "main");
    life.look("zygote64", 5);
    let mut looks = 0;
    for _ in 0..10_000 {
        life.names(PID);
        if life.call(PID, "main") == Some(Want::Name) {
            life.look_at_name("zygote64", 5);
            looks += 1;
        }
        life.wait(10_000);
    }
    assert!((2..=6).contains(&looks), "{looks} looks in 100 ms");
}

#[test]
fn what_a_look_at_the_process_finds_is_told_too() {
    let mut life = Life::new(None);
    life.call(PID, "main");
    life.look("zygote64", 5);
    life.run.world.lost(0);
    life.look("com.example.app", 5);
    assert_eq!(life.events, ["Attach zygote64", "Rename com.example.app"]);
}

#[test]
fn a_command_is_started_and_not_found() {
    let mut life = Life::new(Some(PID));
    assert_eq!(
        life.exec(),
        Some(Want::Process),
        "or it could not be told when it began"
    );
    let mut life = Life::new(Some(PID));
    life.look("sandboxd", 5);
    assert_eq!(life.exec(), None);
    assert_eq!(life.events, ["Start sandboxd", "Exec -"]);
    life.look("/bin/sh", 5);
    assert_eq!(
        life.events.len(),
        2,
        "the name that a program begins with is not new"
    );
}

#[test]
fn a_number_that_is_used_again_is_another_process() {
    let mut life = Life::new(Some(PID));
    life.look("one", 5);
    life.run.world.lost(0);
    life.look("two", 6);
    assert_eq!(life.events, ["Start one", "Exit one", "Attach two"]);
    assert_eq!(life.run.world.processes[&PID].proc.start, 6);
}

#[test]
fn a_look_that_comes_too_late_is_of_another_process() {
    let mut life = Life::new(None);
    life.look("one", 5);
    // In the tick of the record, or after it: whoever made the record had the number before.
    life.look("two", 10);
    life.look("three", 11);
    assert_eq!(life.events, ["Attach one"]);
    assert_eq!(life.run.world.processes[&PID].proc.start, 5);
    life.wait(10_000_000);
    life.look("two", 10);
    assert_eq!(life.events[1..], ["Exit one", "Attach two"]);
}

#[test]
fn a_child_has_its_parents_name_and_takes_the_place_of_who_had_its_number() {
    let mut life = Life::new(None);
    life.look("shell", 0);
    let mut events = Vec::new();
    for _ in 0..2 {
        let header = life.run.header(PID, kind::FORK, 0);
        let fork = Fork {
            child: 20,
            ..Fork::default()
        };
        let bytes = record(header, bytes_of(&fork), &[]);
        let record = Record::parse(&bytes).unwrap();
        life.run
            .world
            .change(&record, |happened| note(&mut events, &happened));
    }
    assert_eq!(events, ["Start shell", "Exit shell", "Start shell"]);
}
