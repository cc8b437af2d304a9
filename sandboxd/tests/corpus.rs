//! What `cargo xtask fuzz` has found worth keeping, and the golden cases, by the fuzz target's own rules, without libFuzzer.
//!
//! Nothing else that takes memory runs here: it is counted for the whole program.

mod cases;
#[path = "../fuzz/src/frames.rs"]
mod frames;
#[path = "../fuzz/src/judge.rs"]
mod judge;
mod valid;

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::Path;
use std::time::{Duration, Instant};

use cases::Owned;
use frames::Frame;
use sandboxd::input::Input;
use valid::Validators;

/// Far above what any input takes, even on a busy machine; a loop takes longer.
const MOST: Duration = Duration::from_secs(20);

/// An input.
struct Judged {
    name: String,
    recording: Vec<u8>,
    /// So many lines come of it at least.
    lines: usize,
}

#[test]
fn kept_inputs_and_golden_cases_give_bounded_lines_as_the_schema_says() {
    let schema = serde_json::from_str(&sandboxd::schema::json()).expect("a schema");
    let validators = Validators::of(schema);
    let mut lines = Vec::new();
    for input in kept().into_iter().chain(golden()) {
        let name = &input.name;
        let begin = Instant::now();
        let run =
            AssertUnwindSafe(|| judge::judge(&input.recording, |line| lines.push(line.to_owned())));
        if let Err(panic) = catch_unwind(run) {
            eprintln!("{name}: `sandboxd replay` takes it too");
            resume_unwind(panic);
        }
        assert!(begin.elapsed() < MOST, "{name} takes too long");
        assert!(lines.len() >= input.lines, "{name}: {} lines", lines.len());
        for line in lines.drain(..) {
            validators.check(&serde_json::from_str(&line).expect("JSON"));
        }
    }
}

fn kept() -> Vec<Judged> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus");
    let files = fs::read_dir(dir).expect("a corpus");
    let kept: Vec<_> = files
        .map(|entry| entry.expect("an input").path())
        .map(|path| Judged {
            name: path.display().to_string(),
            recording: fs::read(&path).expect("an input"),
            lines: 0,
        })
        .collect();
    assert!(kept.len() > 100, "only {} inputs were kept", kept.len());
    kept
}

/// The golden cases as recordings.
fn golden() -> impl Iterator<Item = Judged> {
    cases::all().iter().map(|case| {
        let recording = frames::join(&case.inputs.iter().map(frame).collect::<Vec<_>>());
        let again = frames::split(&recording).expect("frames");
        assert_eq!(again.len(), case.inputs.len());
        Judged {
            name: cases::name(case),
            recording,
            lines: case.lines.lines().count(),
        }
    })
}

fn frame(input: &Owned) -> Frame {
    let (kind, bytes) = match input.input() {
        Input::Record(bytes) => (frames::RECORD, bytes.to_vec()),
        Input::Fact(fact) => (frames::FACT, serde_json::to_vec(fact).expect("JSON")),
    };
    Frame { kind, bytes }
}
