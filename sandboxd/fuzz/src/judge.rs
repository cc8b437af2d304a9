//! What holds of any recording, however damaged: no panic, whole lines of JSON and text, bounded output and memory, and the
//! same lines whether a return is taken together with its entry or not.
//!
//! The fuzz target calls this, and an ordinary test on the corpus. What is wrong is a panic; time is the caller's watch.

use std::collections::HashSet;
use std::fmt;
use std::hash::{DefaultHasher, Hasher};
use std::path::Path;

use peak_alloc::PeakAlloc;
use sandboxd::event::Line;
use sandboxd::fold::{Fold, Joined};
use sandboxd::input::Input;
use sandboxd::recording::Recording;
use sandboxd::sink::Lines;
use sandboxd::{json, text};
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};

/// Counts what is allocated.
#[global_allocator]
static HEAP: PeakAlloc = PeakAlloc;

/// A line may have so many bytes for each byte of input: a mask of 8 bytes names up to 64 flags.
const LINE_PER_BYTE: usize = 128;
/// And so many without any.
const LINE_ALWAYS: usize = 8 << 10;
/// An input may be the end of every call and process before it, which are one line each.
const LINES_PER_INPUT: usize = 8;
/// Memory for each byte of input, at the worst moment.
const HEAP_PER_BYTE: usize = 256;
/// And without any.
const HEAP_ALWAYS: usize = 128 << 10;

/// Judges what comes of a recording; `seen` gets each line of JSON.
pub(crate) fn judge(recording: &[u8], mut seen: impl FnMut(&str)) {
    let before = HEAP.current_usage();
    HEAP.reset_peak_usage();
    let mut judge = Judge {
        bounds: Bounds::default(),
        json: Vec::new(),
        text: Vec::new(),
        told: DefaultHasher::new(),
        seen: &mut seen,
    };
    if let Ok(mut inputs) = Recording::read(recording, Path::new("an input")) {
        let (mut fold, mut joined) = (Fold::new(), Joined::default());
        while let Ok(Some(input)) = inputs.next_input() {
            judge.bounds.count(&input);
            if let Input::Record(bytes) = input {
                let _ = fold.wants(bytes);
            }
            joined.push(&mut fold, input, &mut judge);
        }
        joined.finish(&mut fold, &mut judge);
    }
    let used = HEAP.peak_usage().saturating_sub(before);
    let most = HEAP_ALWAYS + HEAP_PER_BYTE * recording.len();
    assert!(
        used <= most,
        "{used} bytes of memory for {} of input",
        recording.len()
    );
    let told = judge.told.finish();
    assert_eq!(
        told,
        apart(recording),
        "other lines if a return is not taken with its entry"
    );
}

/// What comes of a recording whose inputs are taken one by one.
fn apart(recording: &[u8]) -> u64 {
    let mut told = Told::default();
    if let Ok(mut inputs) = Recording::read(recording, Path::new("an input")) {
        let mut fold = Fold::new();
        while let Ok(Some(input)) = inputs.next_input() {
            fold.push(input, &mut told);
        }
    }
    told.hasher.finish()
}

/// Lines, of which nothing is asked but whether they are the same.
#[derive(Default)]
struct Told {
    json: Vec<u8>,
    hasher: DefaultHasher,
}

impl Lines for Told {
    fn line(&mut self, line: &Line<'_>, _index: Option<u16>) {
        self.json.clear();
        json::write(&mut self.json, line);
        self.hasher.write(&self.json);
    }
}

/// What may come of the inputs so far.
#[derive(Default)]
struct Bounds {
    bytes: usize,
    inputs: usize,
    lines: usize,
}

impl Bounds {
    fn count(&mut self, input: &Input<'_>) {
        self.inputs += 1;
        self.bytes += match input {
            Input::Record(bytes) => bytes.len(),
            // Facts are bytes of a file too: their text is as long as they are large.
            Input::Fact(fact) => serde_json::to_string(fact).map_or(0, |json| json.len()),
        };
    }
}

struct Judge<'a> {
    bounds: Bounds,
    json: Vec<u8>,
    text: Vec<u8>,
    told: DefaultHasher,
    seen: &'a mut dyn FnMut(&str),
}

impl Lines for Judge<'_> {
    fn line(&mut self, line: &Line<'_>, _index: Option<u16>) {
        self.json.clear();
        self.text.clear();
        json::write(&mut self.json, line);
        text::write(&mut self.text, line, false);
        self.told.write(&self.json);
        let bounds = &mut self.bounds;
        bounds.lines += 1;
        assert!(
            bounds.lines <= LINES_PER_INPUT * bounds.inputs,
            "{} lines of {} inputs",
            bounds.lines,
            bounds.inputs
        );
        let most = LINE_ALWAYS + LINE_PER_BYTE * bounds.bytes;
        for out in [&self.json, &self.text] {
            assert!(
                out.len() <= most,
                "a line of {} bytes for {} of input",
                out.len(),
                bounds.bytes
            );
        }
        let json = whole(&self.json);
        assert!(!json.contains('\n'), "two lines: {json:?}");
        if let Err(error) = serde_json::from_str::<Unique>(json) {
            panic!("{error}: {json}");
        }
        for (number, text) in whole(&self.text).split('\n').enumerate() {
            // Who called the caller, a line each, as strace writes it.
            assert!(
                number == 0 || text.starts_with(" > "),
                "two lines: {text:?}"
            );
            assert!(
                !text.contains(char::is_control),
                "a control character: {text:?}"
            );
        }
        (self.seen)(json);
    }
}

/// What is there, without the end of its last line.
fn whole(out: &[u8]) -> &str {
    str::from_utf8(out)
        .expect("lines are UTF-8")
        .strip_suffix('\n')
        .expect("lines are ended")
}

/// JSON in which no object has a name twice.
struct Unique;

impl<'de> Deserialize<'de> for Unique {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Each;
        impl<'de> Visitor<'de> for Each {
            type Value = Unique;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Unique, M::Error> {
                let mut names = HashSet::new();
                while let Some(name) = map.next_key::<String>()? {
                    map.next_value::<Unique>()?;
                    if names.contains(&name) {
                        return Err(Error::custom(format_args!("{name:?} is there twice")));
                    }
                    names.insert(name);
                }
                Ok(Unique)
            }

            fn visit_seq<S: SeqAccess<'de>>(self, mut seq: S) -> Result<Unique, S::Error> {
                while seq.next_element::<Unique>()?.is_some() {}
                Ok(Unique)
            }

            fn visit_str<E>(self, _: &str) -> Result<Unique, E> {
                Ok(Unique)
            }

            fn visit_i64<E>(self, _: i64) -> Result<Unique, E> {
                Ok(Unique)
            }

            fn visit_u64<E>(self, _: u64) -> Result<Unique, E> {
                Ok(Unique)
            }

            fn visit_bool<E>(self, _: bool) -> Result<Unique, E> {
                Ok(Unique)
            }

            fn visit_unit<E>(self) -> Result<Unique, E> {
                Ok(Unique)
            }
        }
        deserializer.deserialize_any(Each)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_there_twice_is_noticed() {
        let parse = |json| serde_json::from_str::<Unique>(json).is_ok();
        assert!(parse(r#"{"a":[1,"x",null,true,{"b":-1}],"b":{}}"#));
        assert!(!parse(r#"{"a":[{"b":1,"b":1}]}"#));
        assert!(!parse(r#"{"a":"#));
    }
}
