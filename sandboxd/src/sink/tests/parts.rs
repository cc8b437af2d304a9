//! Runs in parts, compressed or not: whole lines, whole frames, no file of anybody else's.

use std::fs;
use std::os::unix::fs::MetadataExt as _;

use super::*;
use crate::fold::Fold;
use crate::input::{Fact, Input, Stop};
use crate::sink::name::Name;

const NAMES: [&str; 2] = ["x-{part}.jsonl", "x-{part}.jsonl.zst"];

fn naming(path: &Path, keep: Option<usize>) -> Options {
    let parts = Naming {
        name: Name::parse(path).unwrap(),
        package: "com.example.app".into(),
        time: Time(0),
        keep,
    };
    Options {
        out: Some(parts.first()),
        parts: Some(parts),
        ..Options::default()
    }
}

fn begun(out: &mut impl Lines) -> Fold {
    let mut fold = Fold::new();
    fold.push(Input::Fact(&Fact::Start(Box::default())), out);
    fold
}

fn cut() -> Fact {
    Fact::Cut(Stop {
        why: "rotated".into(),
        ..Stop::default()
    })
}

/// Goes on in another part.
async fn rotate(sink: &mut Sink, fold: &mut Fold) {
    timeout(SOON, sink.settle()).await.expect("it settles");
    sink.prepare(fold.part() + 1, Time(0)).unwrap();
    fold.push(Input::Fact(&cut()), sink);
    sink.part_has_begun();
}

/// What a file has, decompressed if it is compressed.
fn read(path: &Path) -> Vec<u8> {
    let bytes = fs::read(path).unwrap();
    if !name::is_compressed(path) {
        return bytes;
    }
    let (mut rest, mut lines) = (&bytes[..], Vec::new());
    while !rest.is_empty() {
        let mut frame = ruzstd::decoding::StreamingDecoder::new(&mut rest).unwrap();
        frame.read_to_end(&mut lines).unwrap();
    }
    lines
}

/// The files of a directory, in the order of their names.
fn files(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).unwrap();
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

fn name_of(path: &Path) -> &str {
    path.file_name().and_then(|name| name.to_str()).unwrap()
}

#[test]
fn parts_are_the_whole_together() {
    for name in NAMES {
        let directory = tempfile::tempdir().unwrap();
        let mut whole = Vec::new();
        run(async {
            let mut sink = Sink::open(naming(&directory.path().join(name), None)).unwrap();
            let mut folds = (begun(&mut whole), begun(&mut sink));
            for part in 0..3 {
                for seq in 0..5000 {
                    line(&mut whole, seq * part);
                    line(&mut sink, seq * part);
                    if sink.full() {
                        sink.flush().await;
                    }
                }
                folds.0.push(Input::Fact(&cut()), &mut whole);
                rotate(&mut sink, &mut folds.1).await;
            }
            assert_eq!(sink.finish(SOON).await, Finished::default());
        });
        let files = files(directory.path());
        let parts: Vec<_> = files.iter().map(|path| read(path)).collect();
        assert_eq!(parts.concat(), whole, "{name}");
        assert_eq!(parts.len(), 4);
        for (at, part) in parts.iter().enumerate() {
            let text = str::from_utf8(part).unwrap();
            let first = text.lines().next().unwrap();
            assert!(first.contains(&format!("\"part\":{}", at + 1)), "{first}");
            let ends = text.matches("\"type\":\"end\"").count();
            assert_eq!((ends, text.ends_with('\n')), (usize::from(at < 3), true));
        }
        let modes = files.iter().map(|path| fs::metadata(path).unwrap().mode());
        assert!(modes.map(|mode| mode & 0o7777).all(|mode| mode == 0o600));
        assert!(name_of(&files[1]).starts_with("x-0002.jsonl"));
    }
}

#[test]
fn a_part_is_full_when_its_file_is() {
    const LIMIT: u64 = 100_000;
    for name in NAMES {
        let directory = tempfile::tempdir().unwrap();
        run(async {
            let mut sink = Sink::open(naming(&directory.path().join(name), None)).unwrap();
            let mut fold = begun(&mut sink);
            sink.set_limit(Some(LIMIT));
            let mut seq = 0;
            while fold.part() < 4 {
                while !sink.full() && !sink.part_is_full() {
                    line(&mut sink, seq);
                    seq += 1;
                }
                sink.flush().await;
                if sink.part_is_full() {
                    rotate(&mut sink, &mut fold).await;
                }
            }
            assert_eq!(sink.finish(SOON).await, Finished::default());
        });
        for path in &files(directory.path())[..3] {
            let bytes = fs::metadata(path).unwrap().len();
            // A line more, and the end; what is compressed is known a few blocks later.
            let most = if name::is_compressed(path) {
                3 * LIMIT
            } else {
                LIMIT + 1000
            };
            assert!(
                (LIMIT..most).contains(&bytes),
                "{}: {bytes}",
                path.display()
            );
        }
    }
}

#[test]
fn what_is_compressed_can_be_read_within_a_second() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("x.zst");
    run(async {
        let out = Some(path.clone());
        let mut sink = Sink::open(Options {
            out,
            ..Options::default()
        })
        .unwrap();
        let begin = Clock::now();
        let (mut made, mut in_a_second) = (0, 0);
        while begin.elapsed() < Duration::from_millis(2500) {
            line(&mut sink, made);
            made += 1;
            if begin.elapsed() < Duration::from_secs(1) {
                in_a_second = made;
            }
            sink.flush().await;
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let there = whole_lines(&read(&path)).len();
        // Whoever is slow to write has a second and a half for those of the first one.
        let due = (in_a_second as usize).saturating_sub(10);
        assert!(
            (due..made as usize).contains(&there),
            "{there} of {made} lines, {due} are due"
        );
        let frames = fs::read(&path)
            .unwrap()
            .windows(4)
            .filter(|word| *word == [0x28, 0xb5, 0x2f, 0xfd])
            .count();
        let seconds = begin.elapsed().as_secs() as usize;
        assert!(
            (1..=seconds + 1).contains(&frames),
            "few lines are worth few frames, not {frames}"
        );
        assert_eq!(sink.finish(SOON).await, Finished::default());
        assert!(whole_lines(&read(&path)).into_iter().eq(0..made));
    });
}

#[test]
fn files_that_are_there_are_kept_and_old_ones_of_the_run_removed() {
    let directory = tempfile::tempdir().unwrap();
    let others = directory.path().join("x-0002.jsonl");
    fs::write(&others, "somebody's").unwrap();
    run(async {
        let mut sink = Sink::open(naming(&directory.path().join(NAMES[0]), Some(2))).unwrap();
        let mut fold = begun(&mut sink);
        for _ in 0..3 {
            rotate(&mut sink, &mut fold).await;
        }
        assert_eq!(sink.path().map(name_of), Some("x-0004.jsonl"));
        sink.finish(SOON).await;
    });
    let files = files(directory.path());
    let names: Vec<_> = files.iter().map(|path| name_of(path)).collect();
    assert_eq!(names, ["x-0002.jsonl", "x-0003.jsonl", "x-0004.jsonl"]);
    assert_eq!(fs::read(&others).unwrap(), b"somebody's");
}

#[test]
fn a_namesake_gets_another_name() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("{package}.jsonl.zst");
    run(async {
        for name in ["com.example.app.jsonl.zst", "com.example.app-2.jsonl.zst"] {
            let mut sink = Sink::open(naming(&path, None)).unwrap();
            begun(&mut sink);
            assert_eq!(sink.path().map(name_of), Some(name));
            assert!(!sink.has_parts());
            sink.finish(SOON).await;
        }
    });
}

#[test]
fn a_directory_that_was_removed_is_made_anew_and_one_that_cannot_be_changes_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let (inner, pattern) = (
        directory.path().join("d"),
        directory.path().join("d").join(NAMES[0]),
    );
    fs::create_dir(&inner).unwrap();
    run(async {
        let mut sink = Sink::open(naming(&pattern, None)).unwrap();
        let mut fold = begun(&mut sink);
        fs::remove_dir_all(&inner).unwrap();
        rotate(&mut sink, &mut fold).await;
        sink.settle().await;
        assert_eq!(files(&inner).len(), 1);
        let before = fs::read(inner.join("x-0002.jsonl")).unwrap();
        fs::rename(&inner, directory.path().join("e")).unwrap();
        fs::write(&inner, "no directory").unwrap();
        let error = sink.prepare(3, Time(0)).unwrap_err().to_string();
        assert!(
            error.contains("x-0003.jsonl") && error.contains("Not a directory"),
            "{error}"
        );
        line(&mut sink, 9);
        assert_eq!(sink.finish(SOON).await, Finished::default());
        let after = fs::read(directory.path().join("e/x-0002.jsonl")).unwrap();
        assert!(after.len() > before.len(), "lines go where they went");
    });
}

#[test]
fn a_full_disk_costs_whole_frames_and_the_rest_can_be_read() {
    let Some(small) = Small::mount() else {
        eprintln!("skipped: a small file system cannot be mounted here (needs root)");
        return;
    };
    let pattern = small.0.path().join(NAMES[1]);
    let ballast = small.0.path().join("ballast");
    fs::write(&ballast, vec![0; 1_000_000]).unwrap();
    run(async {
        let mut sink = Sink::open(naming(&pattern, None)).unwrap();
        let mut fold = begun(&mut sink);
        let (mut made, mut refused) = (0_u64, 0);
        for round in 0..40 {
            for _ in 0..2000 {
                // Nothing that compresses well.
                sink.main.block.line(Some(7), |out| {
                    let noise = made.wrapping_mul(0x9e37_79b9_7f4a_7c15_u64);
                    writeln!(out, r#"{{"seq":{made},"noise":"{noise:x}"}}"#).unwrap();
                });
                made += 1;
            }
            sink.settle().await;
            for event in sink.try_events() {
                let Event::Unwritten { lines, .. } = event else {
                    panic!("{event:?}")
                };
                refused += lines;
            }
            assert_eq!(sink.refuses(), refused > 0 && round <= 20, "{round}");
            if round == 20 {
                fs::remove_file(&ballast).unwrap();
                rotate(&mut sink, &mut fold).await;
            }
        }
        let finished = sink.finish(SOON).await;
        assert!(refused > 0 && refused < 42_000, "{refused} of {made} lines");
        assert_eq!(finished.lines, refused);
        let parts = [1, 2].map(|part| read(&small.0.path().join(format!("x-000{part}.jsonl.zst"))));
        let seqs = whole_lines(&parts.concat());
        // Besides the calls: two starts, and the end of the first part.
        assert_eq!(seqs.len() as u64 + refused, made + 3);
        assert_eq!(seqs.last(), Some(&(made - 1)));
    });
}
