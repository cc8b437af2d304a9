//! Threads of the Android runtime, by name: whose calls `--quiet-runtime` drops, and `list --runtime-threads` lists.
//!
//! The runtime cuts a name without dots after 15 bytes, as the kernel would:
//! <https://android.googlesource.com/platform/art/+/refs/heads/android14-release/libartbase/base/utils.cc>

use std::io::Write;

use anyhow::{Context, Result};
use kprobe_common::whose::NAME;
use serde::Serialize;

/// A thread that the runtime makes in every app.
#[derive(Debug, Serialize)]
pub struct Thread {
    /// What the runtime calls it.
    pub name: &'static str,
    /// What it does, and so why nobody misses it.
    pub does: &'static str,
}

const fn thread(name: &'static str, does: &'static str) -> Thread {
    Thread { name, does }
}

/// Every one of them.
pub const THREADS: &[Thread] = &[
    thread("HeapTaskDaemon", "collects garbage and gives memory back"),
    thread("Heap thread pool worker thread", "helps to collect garbage"),
    thread(
        "ReferenceQueueDaemon",
        "queues references to what was collected, and runs the cleaners of native memory",
    ),
    thread(
        "FinalizerDaemon",
        "calls `finalize` of objects that were collected: code of the app's, too",
    ),
    thread(
        "FinalizerWatchdogDaemon",
        "ends the app where a finalizer hangs",
    ),
    thread(
        "Jit thread pool worker thread",
        "compiles methods: maps and protects the memory of their code",
    ),
    thread(
        "Profile Saver",
        "writes down which methods are worth compiling ahead",
    ),
    thread(
        "Runtime worker thread",
        "opens and verifies files of code in the background",
    ),
    thread(
        "Signal Catcher",
        "waits for the signal that asks for all threads' stacks",
    ),
    thread(
        "ADB-JDWP Connection Control Thread",
        "waits for a debugger, of apps that can be debugged",
    ),
    thread(
        "perfetto_hprof_listener",
        "waits for whoever asks for a picture of the heap",
    ),
    thread(
        "Metrics Background Reporting Thread",
        "reports what compiling and collecting cost",
    ),
];

impl Thread {
    /// Its name as the kernel has it.
    #[must_use]
    pub fn comm(&self) -> &'static str {
        &self.name[..self.name.len().min(NAME - 1)]
    }
}

/// What to add to the names of `--comm`, so that calls of these threads are not shown.
pub fn names() -> impl Iterator<Item = String> {
    THREADS.iter().map(|thread| format!("!{}", thread.comm()))
}

#[derive(Serialize)]
struct Line {
    comm: &'static str,
    #[serde(flatten)]
    thread: &'static Thread,
}

/// Writes the list, one JSON object per line or for reading.
pub fn list(json: bool, out: &mut dyn Write) -> Result<()> {
    const WRITING: &str = "cannot write the list";
    for thread in THREADS {
        let comm = thread.comm();
        if json {
            let line = serde_json::to_string(&Line { comm, thread })?;
            writeln!(out, "{line}").context(WRITING)?;
        } else {
            writeln!(out, "{comm:<15}  {}: {}", thread.name, thread.does).context(WRITING)?;
        }
    }
    out.flush().context(WRITING)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fold::Names;

    #[test]
    fn their_names_are_dropped_and_no_others() {
        let names = Names::new(&names().collect::<Vec<_>>()).unwrap();
        for name in [
            "HeapTaskDaemon",
            "Heap thread poo",
            "ReferenceQueueD",
            "FinalizerDaemon",
            "FinalizerWatchd",
            "Jit thread pool",
            "Profile Saver",
            "Runtime worker ",
            "Signal Catcher",
            "ADB-JDWP Connec",
            "perfetto_hprof_",
            "Metrics Backgro",
        ] {
            assert!(!names.show(name.as_bytes()), "{name}");
        }
        for name in ["main", "RenderThread", "binder:123_1", "Jit", "HeapTask"] {
            assert!(names.show(name.as_bytes()), "{name}");
        }
        // As many as the kernel half has room for, beside some of the user's own.
        assert!(THREADS.len() < 16);
    }

    #[test]
    fn they_are_listed() {
        let mut text = Vec::new();
        list(false, &mut text).unwrap();
        let text = String::from_utf8(text).unwrap();
        assert!(text.contains("Jit thread pool  Jit thread pool worker thread: compiles"));
        let mut lines = Vec::new();
        list(true, &mut lines).unwrap();
        for line in String::from_utf8(lines).unwrap().lines() {
            let line: serde_json::Value = serde_json::from_str(line).unwrap();
            assert!(line["comm"].as_str().unwrap().len() < NAME, "{line}");
            assert!(
                line["name"].is_string() && line["does"].is_string(),
                "{line}"
            );
        }
    }
}
