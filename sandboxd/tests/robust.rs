//! Damaged records: whatever their bytes, nothing panics, and what comes out are lines that JSON's readers take.
//!
//! The golden cases' records are damaged at every place; `proptest` makes up others, and mixes the cases' own.

mod cases;
mod valid;

use std::cell::Cell;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::thread;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use sandboxd::fold::{Fold, Joined};
use sandboxd::input::{Fact, Input, NameFound, NameLook, Stop};
use sandboxd::record::returns_from;
use serde_json::Value;

use cases::{Case, Owned};
use valid::Validators;

/// The published schema, read once for all tests here.
static SCHEMA: LazyLock<Validators> = LazyLock::new(|| {
    Validators::of(serde_json::from_str(&sandboxd::schema::json()).expect("a schema"))
});
/// What a byte is changed by: its lowest bit, its highest, all of it.
const FLIPS: [u8; 3] = [0x01, 0x80, 0xff];
/// Of the damaged lines, so many are held against the schema; all are parsed.
const SCHEMA_SAMPLE: u64 = 97;

/// What is looked at of every line; the rest is parsed all the same.
#[derive(serde::Deserialize)]
struct Head {
    seq: u64,
}

/// Feeds damaged copies of a case's records to one fold, and judges each line.
struct Feed {
    fold: Fold,
    /// As a replay takes them.
    joined: Joined,
    out: Vec<u8>,
    lines: u64,
}

impl Feed {
    fn new() -> Self {
        Self {
            fold: Fold::new(),
            joined: Joined::default(),
            out: Vec::new(),
            lines: 0,
        }
    }

    fn push(&mut self, input: Input<'_>) {
        if let Input::Record(bytes) = input {
            let _ = self.fold.wants(bytes);
        }
        self.out.clear();
        self.joined.push(&mut self.fold, input, &mut self.out);
        self.judge();
    }

    /// Nothing follows.
    fn finish(&mut self) {
        self.out.clear();
        self.joined.finish(&mut self.fold, &mut self.out);
        self.judge();
    }

    fn judge(&mut self) {
        for line in str::from_utf8(&self.out).expect("lines are UTF-8").lines() {
            let head: Head =
                serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
            assert_eq!(head.seq, self.lines, "a gap before {line}");
            self.lines += 1;
            if self.lines.is_multiple_of(SCHEMA_SAMPLE) {
                SCHEMA.check(&serde_json::from_str(line).expect("JSON"));
            }
        }
    }
}

/// Damages a record: gives every damaged copy away.
type Damage = fn(&[u8], &mut dyn FnMut(&[u8]));

/// Runs every case with its records as `damage` wants them, on all CPUs.
fn damaged(damage: Damage) {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut count = 0;
        while let Some(case) = cases::all().get(next.fetch_add(1, Relaxed)) {
            count += damaged_case(case, damage);
        }
        count
    };
    let count: usize = thread::scope(|scope| {
        let cpus = thread::available_parallelism().map_or(1, usize::from);
        let workers: Vec<_> = (0..cpus).map(|_| scope.spawn(work)).collect();
        let joined = workers.into_iter().map(thread::ScopedJoinHandle::join);
        joined
            .map(|count| count.unwrap_or_else(|panic| resume_unwind(panic)))
            .sum()
    });
    assert!(count > 100_000, "only {count} damaged records");
}

/// Runs one case and says how many damaged records it had; a panic tells where.
fn damaged_case(case: &Case, damage: Damage) -> usize {
    let (record, copy, count) = (Cell::new(0), Cell::new(0), Cell::new(0));
    let run = catch_unwind(AssertUnwindSafe(|| {
        let mut feed = Feed::new();
        for (at, input) in case.inputs.iter().enumerate() {
            record.set(at);
            copy.set(0);
            if let Owned::Record(bytes) = input {
                damage(bytes, &mut |bytes| {
                    feed.push(Input::Record(bytes));
                    copy.set(copy.get() + 1);
                    count.set(count.get() + 1);
                });
            }
            feed.push(input.input());
        }
        feed.finish();
    }));
    if let Err(panic) = run {
        eprintln!(
            "{}: input {}, copy {}",
            cases::name(case),
            record.get(),
            copy.get()
        );
        resume_unwind(panic);
    }
    count.get()
}

#[test]
fn every_line_of_the_cases_is_as_the_schema_says() {
    for case in cases::all() {
        for line in case.lines.lines() {
            SCHEMA.check(&serde_json::from_str(line).expect("JSON"));
        }
    }
}

#[test]
fn a_record_cut_off_anywhere_does_no_harm() {
    damaged(|bytes, give| (0..bytes.len()).for_each(|len| give(&bytes[..len])));
}

#[test]
fn a_record_with_a_wrong_byte_does_no_harm() {
    damaged(|bytes, give| {
        let mut copy = bytes.to_vec();
        for at in 0..bytes.len() {
            for flip in FLIPS {
                copy[at] ^= flip;
                give(&copy);
                copy[at] ^= flip;
            }
        }
    });
}

/// All records of the cases.
fn records() -> Vec<Vec<u8>> {
    let inputs = cases::all().iter().flat_map(|case| &case.inputs);
    inputs
        .filter_map(|input| match input {
            Owned::Record(bytes) => Some(bytes.clone()),
            Owned::Fact(_) => None,
        })
        .collect()
}

/// What may come between records.
fn facts() -> impl Strategy<Value = Fact> {
    let of_cases: Vec<Fact> = cases::all()
        .iter()
        .flat_map(|case| &case.inputs)
        .filter_map(|input| match input {
            Owned::Fact(Fact::Start(_)) | Owned::Record(_) => None,
            Owned::Fact(fact) => Some(fact.clone()),
        })
        .collect();
    prop_oneof![
        select(of_cases),
        any::<u64>().prop_map(|boot_ns| Fact::Tick { boot_ns }),
        (any::<u64>(), any::<i64>())
            .prop_map(|(boot_ns, offset_ns)| Fact::Clock { boot_ns, offset_ns }),
        (1..4_u32, any::<u64>(), 0..3_u64, "[a-z.\"]{0,3}").prop_map(|(pid, at, start, name)| {
            let found = Some(NameFound { start, name });
            let (began, ended) = (at, at.saturating_add(1));
            let look = NameLook {
                pid,
                began,
                ended,
                found,
            };
            Fact::Name { look, at }
        }),
        (any::<u64>(), any::<u16>(), any::<u32>()).prop_map(|(boot_ns, index, count)| {
            Fact::Unwritten {
                boot_ns,
                by_index: BTreeMap::from([(index % 1100, u64::from(count))]),
                lines: u64::from(count),
            }
        }),
    ]
}

/// Entries of the cases with the returns right behind them.
fn calls() -> Vec<[Vec<u8>; 2]> {
    let all = cases::all().iter().flat_map(|case| case.inputs.windows(2));
    all.filter_map(|two| match two {
        [Owned::Record(enter), Owned::Record(exit)] if returns_from(enter, exit) => {
            Some([enter.clone(), exit.clone()])
        }
        _ => None,
    })
    .collect()
}

/// A record is one of few threads', so that they meet.
fn moved(mut bytes: Vec<u8>, tid: u32, tgid: u32) -> Owned {
    bytes[16..20].copy_from_slice(&tgid.to_le_bytes());
    bytes[20..24].copy_from_slice(&tid.to_le_bytes());
    Owned::Record(bytes)
}

/// What comes in a row: a record, or a call that returns at once, perhaps with a wrong byte.
fn inputs() -> impl Strategy<Value = Vec<Owned>> {
    let (tid, tgid) = (|| 1..6_u32, || 1..4_u32);
    let flip = (
        any::<bool>(),
        0..2_usize,
        any::<Index>(),
        select(&FLIPS[..]),
    );
    prop_oneof![
        4 => (select(records()), tid(), tgid())
            .prop_map(|(bytes, tid, tgid)| vec![moved(bytes, tid, tgid)]),
        4 => (select(calls()), tid(), tgid(), flip).prop_map(
            |(mut call, tid, tgid, (is_wrong, of, at, flip))| {
                if is_wrong {
                    let at = at.index(call[of].len());
                    call[of][at] ^= flip;
                }
                call.map(|bytes| moved(bytes, tid, tgid)).into()
            }
        ),
        1 => facts().prop_map(|fact| vec![Owned::Fact(fact)]),
        1 => (0..12_u8, vec(any::<u8>(), 0..400)).prop_map(|(kind, mut bytes)| {
            bytes.insert(0, kind);
            vec![Owned::Record(bytes)]
        }),
    ]
}

/// The counts that a kernel half would have that sent this and lost nothing.
fn stop(inputs: &[Owned]) -> Fact {
    let mut seen: BTreeMap<u16, u64> = BTreeMap::new();
    for input in inputs {
        if let Owned::Record(bytes) = input
            && let Some(record) = sandboxd::record::Record::parse(bytes)
            && record.begins_call()
        {
            *seen.entry(record.header.index).or_default() += 1;
        }
    }
    let counts = seen
        .into_iter()
        .map(|(index, seen)| (index, [seen, 0, 0, 0]))
        .collect();
    Fact::Stop(Stop {
        why: "signal".into(),
        counts,
        ..Stop::default()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn inputs_in_any_order_give_whole_lines_and_balanced_books(
        inputs in vec(inputs(), 0..100),
        start in any::<Index>(),
    ) {
        let start = cases::all()[start.index(3)].inputs[0].clone();
        let mut inputs: Vec<Owned> = [vec![start]].into_iter().chain(inputs).flatten().collect();
        inputs.push(Owned::Fact(stop(&inputs)));
        let (mut feed, mut told) = (Feed::new(), Vec::new());
        let (mut fold, mut apart) = (Fold::new(), Vec::new());
        for input in &inputs {
            feed.push(input.input());
            told.extend_from_slice(&feed.out);
            fold.push(input.input(), &mut apart);
        }
        prop_assert!(told == apart, "other lines if a return is not taken with its entry");
        let end: Value = serde_json::from_slice(&feed.out[last_line(&feed.out)..]).expect("an end");
        prop_assert_eq!(&end["type"], "end");
        let number = |field: &str| end[field].as_u64().expect("a count that is not negative");
        prop_assert_eq!(number("seen"), number("emitted") + number("filtered") + number("lost"));
    }
}

/// Where the last line begins.
fn last_line(out: &[u8]) -> usize {
    let body = &out[..out.len() - 1];
    body.iter()
        .rposition(|&byte| byte == b'\n')
        .map_or(0, |at| at + 1)
}
