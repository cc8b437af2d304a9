//! Recordings: what was recorded comes back, and what was damaged is said to be, and where.

use std::fs;
use std::path::{Path, PathBuf};

use sandboxd::input::{Fact, Input, Stop};
use sandboxd::recording::{Recorder, Recording, RecordingError};

const HEAD: usize = "sandboxd recording 2\n".len();

fn inputs() -> Vec<Vec<u8>> {
    vec![b"a record".to_vec(), Vec::new(), vec![0xff; 300]]
}

/// A recording of a start, some records, and the end.
fn recorded() -> Vec<u8> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("rec");
    let mut recorder = Recorder::create(&path).unwrap();
    recorder.push(Input::Fact(&Fact::Start(Box::default())));
    for record in inputs() {
        recorder.push(Input::Record(&record));
    }
    recorder.push(Input::Fact(&Fact::Stop(Stop::default())));
    recorder.finish().unwrap();
    fs::read(path).unwrap()
}

/// How many inputs it gives, and how it ends.
fn read(bytes: &[u8]) -> (usize, Result<(), RecordingError>) {
    let path: PathBuf = "rec".into();
    let mut recording = match Recording::read(bytes, &path) {
        Ok(recording) => recording,
        Err(error) => return (0, Err(error)),
    };
    let mut count = 0;
    loop {
        match recording.next_input() {
            Ok(Some(_)) => count += 1,
            Ok(None) => return (count, Ok(())),
            Err(error) => return (count, Err(error)),
        }
    }
}

/// Where it is said to be damaged; the inputs before are those of the whole one.
#[track_caller]
fn damaged_at(bytes: &[u8]) -> usize {
    match read(bytes).1 {
        Err(RecordingError::Damaged { at, .. }) => at as usize,
        other => panic!("{other:?}"),
    }
}

/// Where its frames begin, and where it ends.
fn frames(bytes: &[u8]) -> Vec<usize> {
    let mut at = HEAD;
    let mut frames = vec![at];
    while at < bytes.len() {
        let len = u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap());
        at += 9 + len as usize;
        frames.push(at);
    }
    frames
}

#[test]
fn what_was_recorded_comes_back() {
    let bytes = recorded();
    let mut recording = Recording::read(&bytes[..], Path::new("rec")).unwrap();
    let first = recording.next_input().unwrap();
    assert!(matches!(first, Some(Input::Fact(Fact::Start(_)))));
    for record in inputs() {
        match recording.next_input().unwrap() {
            Some(Input::Record(bytes)) => assert_eq!(bytes, record),
            other => panic!("{other:?}"),
        }
    }
    let last = recording.next_input().unwrap();
    assert!(matches!(last, Some(Input::Fact(Fact::Stop(_)))));
    assert!(recording.next_input().unwrap().is_none());
}

#[test]
fn a_changed_bit_is_noticed_in_its_frame() {
    let bytes = recorded();
    let frames = frames(&bytes);
    for at in HEAD..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 0x10;
        let frame = frames.iter().rposition(|begin| *begin <= at).unwrap();
        assert_eq!(damaged_at(&changed), frames[frame], "byte {at}");
        assert_eq!(read(&changed).0, frame, "inputs before it");
    }
}

#[test]
fn what_is_cut_off_is_noticed_everywhere() {
    let bytes = recorded();
    let frames = frames(&bytes);
    for len in HEAD..bytes.len() {
        let frame = frames.iter().rposition(|begin| *begin <= len).unwrap();
        assert_eq!(damaged_at(&bytes[..len]), frames[frame], "{len} bytes");
    }
    for len in 0..HEAD {
        let error = read(&bytes[..len]).1.unwrap_err();
        assert!(matches!(error, RecordingError::Foreign { .. }));
    }
}

#[test]
fn a_frame_that_is_missing_or_moved_or_too_much_is_noticed() {
    let bytes = recorded();
    let frames = frames(&bytes);
    let part = |from: usize, to: usize| &bytes[frames[from]..frames[to]];
    let missing = [&bytes[..frames[1]], part(2, 6)].concat();
    assert_eq!(damaged_at(&missing), frames[1]);
    let moved = [&bytes[..frames[1]], part(2, 3), part(1, 2), part(3, 6)].concat();
    assert_eq!(damaged_at(&moved), frames[1]);
    let longer = [&bytes[..], b"x"].concat();
    assert_eq!(damaged_at(&longer), bytes.len());
    let error = read(&longer).1.unwrap_err().to_string();
    assert!(error.contains("something follows its end"), "{error}");
}

/// Without checksums and a last frame.
#[test]
fn the_first_format_is_read_still() {
    let mut bytes = b"sandboxd recording 1\n".to_vec();
    for record in inputs() {
        bytes.extend((record.len() as u32).to_le_bytes());
        bytes.push(0);
        bytes.extend(record);
    }
    let (count, end) = read(&bytes);
    end.unwrap();
    assert_eq!(count, inputs().len());
    bytes.pop();
    assert!(matches!(
        read(&bytes).1,
        Err(RecordingError::Damaged { .. })
    ));
}
