//! The output against places that fail, stall and close, with whole lines as the measure.

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::{FromRawFd, OwnedFd};
use std::time::Instant as Clock;

use tokio::time::timeout;

use super::*;
use crate::event::{self, Time};

mod parts;

const SOON: Duration = Duration::from_secs(5);

fn run<F: Future>(future: F) -> F::Output {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder.enable_time().build().unwrap().block_on(future)
}

fn sink(file: File) -> Sink {
    let place = Place::of(file, "the test's file".into()).unwrap();
    Sink {
        main: Output::start(place, Look::Json).unwrap(),
        screen: None,
        parts: None,
    }
}

/// A pipe: the end that is read, and the other.
fn pipe() -> (File, File) {
    let mut fds = [0; 2];
    // SAFETY: the kernel writes two descriptors, to ours.
    assert_eq!(unsafe { libc::pipe2(fds.as_mut_ptr(), libc::O_CLOEXEC) }, 0);
    // SAFETY: both were just made and belong to nobody else.
    let [read, write] = fds.map(|fd| File::from(unsafe { OwnedFd::from_raw_fd(fd) }));
    (read, write)
}

fn line(sink: &mut impl Lines, seq: u64) {
    let stats = event::Stats {
        run: "r",
        seq,
        time: Time(0),
        boot_ns: 0,
        emitted: 0,
        filtered: 0,
        lost: 0,
    };
    sink.line(&event::Line::Stats(stats), Some((seq % 3) as u16));
}

fn whole_lines(bytes: &[u8]) -> Vec<u64> {
    assert!(bytes.is_empty() || bytes.ends_with(b"\n"));
    let text = str::from_utf8(bytes).unwrap();
    let seq = |line| {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        line["seq"].as_u64().unwrap()
    };
    text.lines().map(seq).collect()
}

async fn until_event(sink: &mut Sink) -> Vec<Event> {
    let begin = Clock::now();
    loop {
        let events = sink.try_events();
        if !events.is_empty() {
            return events;
        }
        assert!(begin.elapsed() < SOON, "nothing happened");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

#[test]
fn a_file_is_replaced_with_the_first_line() {
    let dir = tempfile::tempdir().unwrap();
    let before = "of an earlier run, which was longer than this one\n";
    let run_to = |name: &str, lines: u64| {
        let path = dir.path().join(name);
        std::fs::write(&path, before).unwrap();
        let options = Options {
            out: Some(path.clone()),
            format: Format::Json,
            ..Options::default()
        };
        let mut sink = Sink::open(options).unwrap();
        for seq in 0..lines {
            line(&mut sink, seq);
        }
        run(sink.finish(SOON));
        std::fs::read_to_string(path).unwrap()
    };
    assert_eq!(run_to("none", 0), before);
    assert_eq!(whole_lines(run_to("one", 1).as_bytes()), [0]);
}

#[test]
fn a_file_gets_every_line_in_order() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("out");
    let options = Options {
        out: Some(path.clone()),
        format: Format::Auto,
        ..Options::default()
    };
    run(async {
        let mut sink = Sink::open(options).unwrap();
        for seq in 0..20_000 {
            line(&mut sink, seq);
            if sink.full() {
                sink.flush().await;
            }
        }
        assert_eq!(sink.finish(SOON).await, Finished::default());
    });
    let written = whole_lines(&std::fs::read(path).unwrap());
    assert!(written.into_iter().eq(0..20_000));
}

#[test]
fn a_file_that_cannot_be_made_is_named() {
    let options = Options {
        out: Some("/no/such/directory/x".into()),
        format: Format::Json,
        ..Options::default()
    };
    let error = Sink::open(options).unwrap_err().to_string();
    assert!(
        error.contains("/no/such/directory/x") && error.contains("No such file"),
        "{error}"
    );
}

#[test]
fn a_full_device_is_told_once_for_each_block_and_writing_goes_on() {
    run(async {
        let mut sink = sink(File::options().write(true).open("/dev/full").unwrap());
        for round in 1..3 {
            (0..10).for_each(|seq| line(&mut sink, seq));
            sink.flush().await;
            let events = until_event(&mut sink).await;
            let [
                Event::Unwritten {
                    by_index,
                    lines,
                    error,
                },
            ] = &events[..]
            else {
                panic!("{round}: {events:?}")
            };
            assert_eq!(*by_index, BTreeMap::from([(0, 4), (1, 3), (2, 3)]));
            assert_eq!(*lines, 10);
            assert!(
                error.contains("the test's file") && error.contains("-o"),
                "{error}"
            );
        }
        let finished = sink.finish(SOON).await;
        assert_eq!((finished.lines, finished.events), (20, vec![]));
        assert_eq!(finished.unwritten, BTreeMap::from([(0, 8), (1, 6), (2, 6)]));
    });
}

#[test]
fn a_closed_pipe_is_told_and_counted() {
    run(async {
        let (mut read, write) = pipe();
        let mut sink = sink(write);
        line(&mut sink, 1);
        sink.flush().await;
        let mut byte = [0];
        read.read_exact(&mut byte).unwrap();
        drop(read);
        // Before the next line: it may be long in coming.
        assert_eq!(until_event(&mut sink).await, [Event::ReaderGone]);
        (2..5).for_each(|seq| line(&mut sink, seq));
        sink.flush().await;
        let finished = sink.finish(SOON).await;
        assert_eq!(finished.lines, 3);
        assert_eq!(finished.unwritten, BTreeMap::from([(0, 1), (1, 1), (2, 1)]));
    });
}

#[test]
fn a_pipe_that_nobody_reads_holds_nobody_up_and_gets_whole_lines() {
    run(async {
        let (mut read, write) = pipe();
        let mut sink = sink(write);
        let mut made = 0;
        let stalled = loop {
            while !sink.full() {
                line(&mut sink, made);
                made += 1;
            }
            if timeout(Duration::from_millis(300), sink.flush())
                .await
                .is_err()
            {
                break sink.main.block.len();
            }
        };
        assert!(stalled >= BLOCK, "a cancelled flush must keep its lines");
        let begin = Clock::now();
        let finished = sink.finish(Duration::from_millis(100)).await;
        assert!(
            begin.elapsed() < Duration::from_secs(1),
            "{:?}",
            begin.elapsed()
        );
        let mut taken = Vec::new();
        read.read_to_end(&mut taken).unwrap();
        let taken = whole_lines(&taken).len() as u64;
        assert!(taken > 100, "{taken} lines in the pipe");
        assert_eq!(taken + finished.lines, made);
        assert_eq!(finished.unwritten.values().sum::<u64>(), finished.lines);
        assert!(matches!(&finished.events[..], [Event::Unwritten { .. }]));
    });
}

#[test]
fn a_slow_reader_gets_every_line() {
    let (mut read, write) = pipe();
    let reader = std::thread::spawn(move || {
        let mut taken = Vec::new();
        let mut some = [0; 5000];
        loop {
            let count = read.read(&mut some).unwrap();
            if count == 0 {
                return taken;
            }
            taken.extend(&some[..count]);
            std::thread::sleep(Duration::from_micros(300));
        }
    });
    run(async {
        let mut sink = sink(write);
        for seq in 0..10_000 {
            line(&mut sink, seq);
            if sink.full() || seq % 100 == 0 {
                sink.flush().await;
            }
        }
        assert_eq!(sink.finish(SOON).await, Finished::default());
    });
    assert!(
        whole_lines(&reader.join().unwrap())
            .into_iter()
            .eq(0..10_000)
    );
}

#[test]
fn a_line_longer_than_the_pipe_arrives() {
    let (mut read, write) = pipe();
    let reader = std::thread::spawn(move || {
        let mut taken = Vec::new();
        read.read_to_end(&mut taken).unwrap();
        taken
    });
    run(async {
        let mut sink = sink(write);
        line(&mut sink, 0);
        sink.main.block.line(None, |out| {
            writeln!(out, r#"{{"seq":1,"long":"{}"}}"#, "x".repeat(300_000)).unwrap();
        });
        line(&mut sink, 2);
        assert_eq!(sink.finish(SOON).await, Finished::default());
    });
    assert_eq!(whole_lines(&reader.join().unwrap()), [0, 1, 2]);
}

/// A file system of one megabyte, gone again with the value.
struct Small(tempfile::TempDir);

impl Small {
    /// None without the right to mount.
    fn mount() -> Option<Self> {
        let directory = tempfile::tempdir().unwrap();
        let mut command = std::process::Command::new("mount");
        let mount = command
            .args(["-t", "tmpfs", "-o", "size=1m", "none"])
            .arg(directory.path());
        mount
            .output()
            .ok()?
            .status
            .success()
            .then_some(Self(directory))
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        let _ = std::process::Command::new("umount")
            .arg(self.0.path())
            .status();
    }
}

#[test]
fn a_full_disk_costs_lines_but_never_half_of_one_and_recovers() {
    let Some(small) = Small::mount() else {
        eprintln!("skipped: a small file system cannot be mounted here (needs root)");
        return;
    };
    let path = small.0.path().join("out");
    let ballast = small.0.path().join("ballast");
    std::fs::write(&ballast, vec![0; 600_000]).unwrap();
    run(async {
        let mut sink = Sink::open(Options {
            out: Some(path.clone()),
            format: Format::Json,
            ..Options::default()
        })
        .unwrap();
        let mut made = 0;
        let mut fill = |sink: &mut Sink, bytes: usize| {
            while sink.main.block.len() < bytes {
                line(sink, made);
                made += 1;
            }
            made
        };
        let before = fill(&mut sink, 600_000);
        sink.flush().await;
        let events = until_event(&mut sink).await;
        let [Event::Unwritten { lines, error, .. }] = &events[..] else {
            panic!("{events:?}")
        };
        assert!(
            error.contains("No space left") && error.contains("free space"),
            "{error}"
        );
        let written = whole_lines(&std::fs::read(&path).unwrap());
        assert!(written.len() > 1000);
        assert_eq!(written.len() as u64 + lines, before);
        std::fs::remove_file(&ballast).unwrap();
        let after = fill(&mut sink, 1000);
        let finished = sink.finish(SOON).await;
        assert_eq!(finished.lines, *lines);
        let recovered = whole_lines(&std::fs::read(&path).unwrap());
        assert_eq!(recovered.len() as u64 + lines, after);
        assert_eq!(recovered.last(), Some(&(after - 1)));
    });
}
