//! Cuts a recording into calls: which inputs belong to each.

use std::collections::HashMap;

use anyhow::Result;
use kprobe_common::record::kind;

use super::recording::{Input, Record, Recording};

/// Returns that ask for a restart: sandboxd waits for what the thread does next.
const RESTART: std::ops::RangeInclusive<i64> = -516..=-512;

/// A call: the inputs that are its own, by their place in the recording.
pub(super) struct Call {
    pub(super) index: u16,
    /// Where it begins.
    pub(super) first: usize,
    /// All its records, in order.
    pub(super) records: Vec<usize>,
    pub(super) failed: bool,
    /// How much memory was copied for it, in slots: the more, the more a case shows.
    pub(super) slots: u16,
}

/// The calls of a recording, in the order of their entries.
pub(super) fn calls(recording: &Recording) -> Result<Vec<Call>> {
    let mut calls: Vec<Call> = Vec::new();
    // Of each thread: the call that it is in, and what came just before the next.
    let mut inside: HashMap<u32, usize> = HashMap::new();
    let mut before: HashMap<u32, Vec<usize>> = HashMap::new();
    for (at, input) in recording.inputs.iter().enumerate() {
        let Input::Record(record) = input else {
            continue;
        };
        let thread = record.thread()?;
        match record.kind {
            kind::ENTER | kind::EXIT_ONLY => {
                // What waited for what its thread does next has seen it now.
                if let Some(&waiting) = inside.get(&thread) {
                    calls[waiting].records.push(at);
                }
                let mut call = begin(record, at);
                call.records
                    .splice(0..0, before.remove(&thread).unwrap_or_default());
                call.failed = record.kind == kind::EXIT_ONLY && is_error(record.ret()?);
                calls.push(call);
                inside.insert(thread, calls.len() - 1);
            }
            _ => match inside.get(&thread) {
                Some(&call) => {
                    let over = add(&mut calls[call], record, at)?;
                    if over {
                        inside.remove(&thread);
                    }
                    if record.kind == kind::EXEC && !over {
                        inside.remove(&thread);
                        inside.insert(record.tid, call);
                    }
                }
                None => before.entry(thread).or_default().push(at),
            },
        }
    }
    Ok(calls)
}

fn begin(record: &Record, at: usize) -> Call {
    Call {
        index: record.index,
        first: at,
        records: vec![at],
        failed: false,
        slots: record.slots,
    }
}

/// Adds a record to the call that its thread is in, and says whether the call is over.
fn add(call: &mut Call, record: &Record, at: usize) -> Result<bool> {
    call.records.push(at);
    call.slots += record.slots;
    if record.kind == kind::EXIT {
        call.failed = is_error(record.ret()?);
        return Ok(!RESTART.contains(&record.ret()?));
    }
    Ok(matches!(record.kind, kind::RESUMED | kind::THREAD_EXIT))
}

fn is_error(ret: i64) -> bool {
    (-4095..0).contains(&ret)
}
