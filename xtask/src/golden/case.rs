//! Makes the text of golden cases: what each call needs, and no more of it.
//!
//! `# …` says where it comes from; `fact JSON` and `record HEX` are inputs, in order; the lines come behind a ruler.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::PathBuf;

use anyhow::{Context, Result};
use kprobe_common::index::{self, Abi};
use kprobe_common::table;
use serde_json::{Value, json};

use super::cut::{self, Call};
use super::recording::{Input, Recording};

/// Between inputs and lines.
pub(super) const RULER: &str = "----\n";
/// The case of a number that has no row.
const NO_ROW: &str = "no-row";
/// `include/uapi/linux/prctl.h`
const PR_SET_NAME: u64 = 15;

/// A traced program.
pub(super) struct Source {
    /// Kernel, CPU model, program.
    pub(super) how: String,
    /// The program, which calls its cases by names of its thread: its own name stands for none.
    pub(super) named: Option<&'static str>,
    pub(super) recording: Recording,
    /// What the live run wrote.
    pub(super) lines: Vec<Value>,
}

/// The best calls of a kind so far: one that succeeded, one that failed, of one source.
#[derive(Default)]
struct Best {
    source: usize,
    succeeded: Option<Call>,
    failed: Option<Call>,
}

/// The cases, by path below the golden directory.
pub(super) fn all(sources: &[Source], only: &[String]) -> Result<BTreeMap<PathBuf, String>> {
    let mut best: BTreeMap<PathBuf, Best> = BTreeMap::new();
    for (source, from) in sources.iter().enumerate() {
        for call in cut::calls(&from.recording)? {
            let (path, name) = place(call.index);
            let Some(path) = named(from, &call, path)? else {
                continue;
            };
            if only.is_empty() || only.iter().any(|only| only == name) {
                best.entry(path)
                    .or_insert_with(|| Best {
                        source,
                        ..Best::default()
                    })
                    .offer(source, call);
            }
        }
    }
    best.into_iter()
        .map(|(path, best)| Ok((path, text(&sources[best.source], &best)?)))
        .collect()
}

fn place(number: u16) -> (PathBuf, &'static str) {
    let abi = match index::abi(number) {
        Abi::Arm64 => "arm64",
        Abi::Arm32 => "arm32",
    };
    let name = table::row(number).map_or(NO_ROW, |row| row.name);
    (PathBuf::from(abi).join(format!("{name}.case")), name)
}

/// The case of a call: `CALL+NAME` where the program says what it is an example of, nothing where it says nothing.
///
/// Giving a name is a call too, and none of the cases.
fn named(from: &Source, call: &Call, path: PathBuf) -> Result<Option<PathBuf>> {
    let (Some(program), Input::Record(record)) = (from.named, &from.recording.inputs[call.first])
    else {
        return Ok(Some(path));
    };
    let comm = record.comm()?;
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let gives_name = stem == "prctl" && record.argument()? == PR_SET_NAME;
    let is_case = comm != program && !gives_name;
    Ok(is_case.then(|| path.with_file_name(format!("{stem}+{comm}.case"))))
}

impl Best {
    /// Takes a call if it shows more than the one before. A case is of one source: the first that has the call.
    fn offer(&mut self, source: usize, call: Call) {
        let place = if call.failed {
            &mut self.failed
        } else {
            &mut self.succeeded
        };
        if source == self.source && place.as_ref().is_none_or(|old| old.slots < call.slots) {
            *place = Some(call);
        }
    }
}

fn text(source: &Source, best: &Best) -> Result<String> {
    let calls: Vec<&Call> = best.succeeded.iter().chain(&best.failed).collect();
    let start = source
        .recording
        .fact("start")
        .context("a recording without a start")?;
    let kernel = start["kernel"]
        .as_str()
        .context("a start without a kernel")?;
    let mut text = format!(
        "# {kernel} ({})\n# made by cargo xtask golden\n",
        source.how
    );
    let (mut places, mut svcs, mut uids) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for call in calls {
        places.extend(&call.records);
        let Input::Record(record) = &source.recording.inputs[call.first] else {
            continue;
        };
        places.extend(origin(&source.recording, call.first, record.tgid));
        svcs.insert(record.pc()?.wrapping_sub(4));
        uids.insert(record.uid);
    }
    let _ = writeln!(text, "fact {}", begin(start));
    let _ = writeln!(text, "fact {}", owners(&source.recording, &uids));
    for place in places {
        match &source.recording.inputs[place] {
            Input::Fact(look) => {
                let _ = writeln!(text, "fact {}", reduced(look, &svcs));
            }
            Input::Record(record) => {
                text += "record ";
                for byte in &record.bytes {
                    let _ = write!(text, "{byte:02x}");
                }
                text.push('\n');
            }
        }
    }
    Ok(text + RULER)
}

/// The run, as far as lines of calls depend on it.
fn begin(start: &Value) -> Value {
    json!({"start": {
        "run": "golden",
        "boot_ns": start["boot_ns"],
        "offset_ns": start["offset_ns"],
        "returns": start["returns"],
        "files": start["files"],
    }})
}

/// Whose the user IDs are.
fn owners(recording: &Recording, uids: &BTreeSet<u32>) -> Value {
    let packages = recording
        .fact("packages")
        .map_or(&Value::Null, |fact| &fact["by_uid"]);
    let owners: serde_json::Map<String, Value> = uids
        .iter()
        .map(u32::to_string)
        .filter_map(|uid| packages.get(&uid).cloned().map(|packages| (uid, packages)))
        .collect();
    json!({"packages": {"by_uid": owners}})
}

/// Where a process comes from, by place in the recording: the last look at it and, if its start was seen, its making
/// and where its parent comes from.
fn origin(recording: &Recording, before: usize, pid: u32) -> Vec<usize> {
    let last =
        |wanted: &dyn Fn(&Input) -> bool| recording.inputs[..before].iter().rposition(wanted);
    let look =
        last(&|input| matches!(input, Input::Fact(fact) if fact["process"]["look"]["pid"] == pid));
    let fork = last(&|input| matches!(input, Input::Record(record) if record.child() == Some(pid)));
    let mut places: Vec<usize> = look.into_iter().chain(fork).collect();
    if let Some(fork) = fork
        && let Input::Record(record) = &recording.inputs[fork]
    {
        places.extend(origin(recording, fork, record.tgid));
    }
    places
}

/// A look at a process, of its mappings only those that the calls came from, and no descriptors: calls that are not in
/// the case may have changed them.
fn reduced(look: &Value, svcs: &BTreeSet<u64>) -> Value {
    let mut look = look.clone();
    if let Some(Value::Array(lines)) = look.pointer_mut("/process/look/found/maps") {
        let number = |line: &Value, field: &str| line[field].as_u64().unwrap_or(0);
        lines.retain(|line| {
            svcs.range(number(line, "start")..number(line, "end"))
                .next()
                .is_some()
        });
    }
    if let Some(Value::Array(open)) = look.pointer_mut("/process/look/found/files/open") {
        open.clear();
    }
    look
}
