//! What was read comes out in the order of time, round by round, an entry together with a return right behind it.

use bytemuck::bytes_of;
use kprobe_common::record::{Header, kind};
use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

/// A record of a thread, with bytes of its own behind the header.
fn record(kind: u8, tid: u32, index: u16, time: u64, own: &[u8]) -> Vec<u8> {
    let header = Header {
        kind,
        tid,
        index,
        time,
        ..Header::default()
    };
    [bytes_of(&header), own].concat()
}

/// What a round gives.
fn given(source: &mut Source) -> Vec<(Vec<u8>, Option<Vec<u8>>)> {
    let mut all = Vec::new();
    while let Some((first, exit)) = source.next_records() {
        all.push((first.to_vec(), exit.map(<[u8]>::to_vec)));
    }
    assert!(!source.has_more());
    all
}

fn read(source: &mut Source, records: &[&Vec<u8>], settled: u64) {
    source.compact();
    for bytes in records {
        let time = record::header(bytes).expect("a header").time;
        source.push(bytes, time, true);
    }
    source.settle(settled);
}

#[test]
fn a_return_comes_with_the_entry_right_before_it() {
    let enter = record(kind::ENTER, 1, 56, 10, b"in");
    let exit = record(kind::EXIT, 1, 56, 20, b"out");
    let others = [
        ("another thread's", record(kind::EXIT, 2, 56, 15, b"")),
        ("another call's", record(kind::EXIT, 1, 57, 15, b"")),
        ("an entry", record(kind::ENTER, 1, 56, 15, b"")),
        ("an end", record(kind::THREAD_EXIT, 1, 56, 15, b"")),
    ];
    let mut source = Source::new();
    read(&mut source, &[&exit, &enter], 20);
    assert_eq!(given(&mut source), [(enter.clone(), Some(exit.clone()))]);
    for (name, other) in others {
        read(&mut source, &[&enter, &other], 20);
        let alone = [(enter.clone(), None), (other, None)];
        assert_eq!(given(&mut source), alone, "{name}");
    }
}

#[test]
fn a_return_that_is_not_ready_comes_by_itself_later() {
    let enter = record(kind::ENTER, 1, 56, 10, b"in");
    let exit = record(kind::EXIT, 1, 56, 20, b"out");
    let later = record(kind::ENTER, 1, 57, 30, b"");
    let mut source = Source::new();
    read(&mut source, &[&enter, &exit], 19);
    assert_eq!(given(&mut source), [(enter, None)]);
    read(&mut source, &[&later], 30);
    assert_eq!(given(&mut source), [(exit, None), (later, None)]);
}

/// Records of a round: time, thread, whether it is a return, whether it is a call's; what is ready then; how many are taken
/// before the next.
type Round = (Vec<(u64, u32, bool, bool)>, u64, usize);

fn rounds() -> impl Strategy<Value = Vec<Round>> {
    let one = (0..40_u64, 0..2_u32, any::<bool>(), any::<bool>());
    vec((vec(one, 0..12), 0..45_u64, 0..12_usize), 0..6)
}

proptest! {
    #[test]
    fn every_record_comes_once_and_in_order(rounds in rounds()) {
        let mut source = Source::new();
        // What was not given yet: in the order of time, what changes state first, as it was read.
        let mut left: Vec<(u64, bool, u32, Vec<u8>)> = Vec::new();
        let mut count = 0;
        for (records, settled, taken) in rounds {
            source.compact();
            let kept: usize = left.iter().map(|entry| entry.3.len()).sum();
            prop_assert_eq!(source.bytes.len(), kept);
            for (time, tid, is_exit, is_call) in records {
                count += 1;
                let kind = if is_exit { kind::EXIT } else { kind::ENTER };
                // Of any length, so that those that stay move by more than others.
                let own = vec![count as u8; count as usize % 7];
                let bytes = record(kind, tid, 56, time, &own);
                source.push(&bytes, time, is_call);
                left.push((time, is_call, count, bytes));
            }
            source.settle(settled);
            left.sort_unstable();
            for _ in 0..taken {
                let ready = left.iter().take_while(|entry| entry.0 <= settled).count();
                prop_assert_eq!(source.has_more(), ready > 0);
                let Some((first, exit)) = source.next_records() else {
                    prop_assert_eq!(ready, 0);
                    break;
                };
                let is_pair = ready > 1 && record::returns_from(&left[0].3, &left[1].3);
                prop_assert_eq!(first, left[0].3.as_slice());
                prop_assert_eq!(exit, is_pair.then(|| left[1].3.as_slice()));
                left.drain(..=usize::from(is_pair));
            }
        }
    }
}
