//! What is typed wrongly, and how the program says so: exit codes and words, of the program itself.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use sandboxd::input::{Fact, Input, Stop};
use sandboxd::recording::Recorder;

const PROGRAM: &str = env!("CARGO_BIN_EXE_sandboxd");

fn run(args: &[&str]) -> Output {
    Command::new(PROGRAM).args(args).output().expect("it runs")
}

/// In a shell, where `$0` is the program.
fn shell(script: &str) -> Output {
    let mut command = Command::new("sh");
    let command = command.args(["-c", script, PROGRAM]);
    command.output().expect("a shell")
}

/// It ended with that code and said those words.
#[track_caller]
fn refused(output: &Output, code: i32, words: &[&str]) {
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{said}");
    for word in words {
        assert!(said.contains(word), "no {word:?} in: {said}");
    }
    assert!(output.stdout.is_empty(), "{:?}", output.stdout);
}

/// A recording of nothing.
fn recorded(path: &Path) {
    let mut recorder = Recorder::create(path).expect("a recording");
    for fact in [Fact::Start(Box::default()), Fact::Stop(Stop::default())] {
        recorder.push(Input::Fact(&fact));
    }
    recorder.finish().expect("written");
}

#[test]
fn a_closed_output_is_no_output() {
    let words = &["standard output is closed", "-o"];
    refused(&shell("exec \"$0\" list %network >&-"), 1, words);
    refused(&shell("exec \"$0\" schema >&-"), 1, words);
    refused(&shell("exec \"$0\" trace -u 10123 >&-"), 1, words);
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("rec");
    recorded(&path);
    let replay = format!("exec \"$0\" replay {} >&-", path.display());
    refused(&shell(&replay), 1, words);
    let away = format!("exec \"$0\" replay {} >/dev/null", path.display());
    refused(&shell(&away), 0, &[]);
}

/// However many lines there are: of few it is only known at the end that nobody read them.
#[test]
fn a_replay_whose_reader_has_seen_enough_is_no_failure() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("rec");
    for lines in [2, 1000, 20_000] {
        let mut recorder = Recorder::create(&path).unwrap();
        recorder.push(Input::Fact(&Fact::Start(Box::default())));
        for offset in 0..lines {
            let (boot_ns, offset_ns) = (1, offset * 1_000_000_000);
            recorder.push(Input::Fact(&Fact::Clock { boot_ns, offset_ns }));
        }
        recorder.push(Input::Fact(&Fact::Stop(Stop::default())));
        recorder.finish().unwrap();
        let path = path.display();
        let output = shell(&format!(
            "(\"$0\" replay {path}; echo \"code $?\" >&2) | head -n 1"
        ));
        assert_eq!(
            String::from_utf8_lossy(&output.stderr),
            "code 0\n",
            "{lines} lines"
        );
    }
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let output = shell("\"$0\" list --json | head -1; \"$0\" list >/dev/null");
    assert!(output.status.success());
    assert_eq!(
        String::from_utf8_lossy(&output.stderr),
        "",
        "nothing to say"
    );
    assert_eq!(String::from_utf8_lossy(&output.stdout).lines().count(), 1);
}

#[test]
fn a_command_that_cannot_be_is_wrong_usage() {
    for (name, words) in [
        ("", "empty name"),
        ("/tmp", "Is a directory"),
        ("/etc/passwd", "Permission denied"),
        ("no-such-program", "No such file or directory"),
    ] {
        refused(&run(&["trace", "--", name]), 2, &[words]);
    }
}

#[test]
fn a_selection_of_nothing_is_wrong_usage_everywhere() {
    let words = &["this selects no system call", "openat,!openat"];
    refused(&run(&["list", "openat,!openat"]), 2, words);
    let trace = ["trace", "-u", "10123", "-e", "openat,!openat"];
    refused(&run(&trace), 2, words);
}

#[test]
fn a_user_is_a_number_that_a_task_can_have() {
    let no_task = &["(uid_t)-1"];
    refused(&run(&["trace", "-u", "4294967295"]), 2, no_task);
    let as_none = ["trace", "--as-uid", "4294967295", "--", "true"];
    refused(&run(&as_none), 2, no_task);
    let name = ["trace", "-u", "com.example.app"];
    refused(&run(&name), 2, &["a user ID is a number", "packages.list"]);
}

#[test]
fn lines_and_recording_need_a_file_each() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("one");
    let name = path.to_str().unwrap();
    let by_way = dir.path().join("./one");
    let by_way = by_way.to_str().unwrap();
    let trace = ["trace", "-u", "10123", "-o", name, "--record", by_way];
    refused(&run(&trace), 2, &["-o and --record", by_way]);
    let script = format!("exec \"$0\" trace -u 10123 --record {name} >{name}");
    refused(&shell(&script), 2, &["standard output goes to"]);
    recorded(&path);
    let before = fs::read(&path).unwrap();
    refused(
        &run(&["replay", name, "-o", by_way]),
        2,
        &["the recording itself"],
    );
    assert_eq!(fs::read(&path).unwrap(), before, "it is as it was");
}

#[test]
fn parts_need_a_file_that_can_have_them() {
    let traced = |args: &[&str]| run(&[&["trace", "-u", "10123"], args].concat());
    let size = ["--rotate-size", "1M"];
    refused(&traced(&size), 2, &["--output"]);
    refused(
        &traced(&[&size[..], &["-o", "-"]].concat()),
        2,
        &["standard output has no parts"],
    );
    let null = [&size[..], &["-o", "/dev/null"]].concat();
    refused(&traced(&null), 2, &["/dev/null", "no ordinary file"]);
    refused(
        &traced(&["-o", "x-{pakage}"]),
        2,
        &["{pakage}", "did you mean package?"],
    );
    refused(&traced(&["-o", "x", "--rotate-size", "1K"]), 2, &["64K"]);
    refused(
        &traced(&["-o", "x", "--rotate-age", "5"]),
        2,
        &["--rotate-age"],
    );
    refused(
        &traced(&["-o", "x", "--rotate-keep", "0"]),
        2,
        &["1 or more"],
    );
    refused(
        &traced(&["--owner", "shell"]),
        2,
        &["no file that could be somebody's"],
    );
    refused(
        &traced(&["-o", "x", "--owner", "adb"]),
        2,
        &["shell, system, root"],
    );
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("x-{part}");
    let record = dir.path().join("x-0001");
    let [out, record] = [&out, &record].map(|path| path.to_str().unwrap());
    refused(
        &traced(&["-o", out, "--record", record]),
        2,
        &["-o and --record"],
    );
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
}

/// Not even an empty one: whoever tries again and again would fill the directory.
#[test]
fn a_run_that_never_began_leaves_no_part() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("{package}-{part}.zst");
    let trace = [
        "trace",
        "-u",
        "10123",
        "-o",
        out.to_str().unwrap(),
        "--record",
        "/nowhere/rec",
    ];
    refused(&run(&trace), 1, &["/nowhere/rec"]);
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
}

#[test]
fn a_replay_is_compressed_by_its_files_name() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    let (recording, plain, compressed) = (path("rec"), path("{x}"), path("x.zst"));
    recorded(Path::new(&recording));
    for out in [&plain, &compressed] {
        assert!(run(&["replay", &recording, "-o", out]).status.success());
    }
    let bytes = fs::read(compressed).unwrap();
    assert_eq!(
        bytes[..4],
        [0x28, 0xb5, 0x2f, 0xfd],
        "the magic number of zstd"
    );
    assert!(!fs::read(plain).unwrap().is_empty());
}

#[test]
fn a_recording_may_come_by_standard_input() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("rec");
    recorded(&path);
    let wanted = run(&["replay", path.to_str().unwrap()]);
    let mut command = Command::new(PROGRAM);
    let file = Stdio::from(fs::File::open(&path).unwrap());
    let got = command.args(["replay", "-"]).stdin(file).output().unwrap();
    assert!(got.status.success() && !got.stdout.is_empty());
    assert_eq!(got.stdout, wanted.stdout);
    let nothing = shell("exec \"$0\" replay - </dev/null");
    refused(&nothing, 1, &["standard input is not a sandboxd recording"]);
}

#[test]
fn filters_that_mean_nothing_are_refused() {
    let traced = |args: &[&str]| run(&[&["trace"], args].concat());
    // Whom not to show does not say whom to watch.
    refused(&traced(&["-p", "!1"]), 2, &["nothing to watch"]);
    refused(&traced(&["-t", "!1"]), 2, &["nothing to watch"]);
    refused(
        &traced(&["-u", "1", "-P", ""]),
        2,
        &["-P: an empty pattern"],
    );
    refused(
        &traced(&["-u", "1", "-Z", "--no-returns"]),
        2,
        &["cannot be used with"],
    );
    refused(&traced(&["-u", "1", "-p", "!0"]), 2, &["numbers from 1 on"]);
    refused(
        &traced(&["-u", "1", "-p", "!2147483647"]),
        2,
        &["there is no process 2147483647"],
    );
    refused(
        &traced(&["-p", "1,!1"]),
        2,
        &["the process 1 is both to be watched and left out"],
    );
    refused(
        &traced(&["-u", "1", "--comm", "a,!"]),
        2,
        &["--comm: \"!\""],
    );
    refused(
        &traced(&["-u", "1", "--error", "EACCESS"]),
        2,
        &["did you mean EACCES?"],
    );
    let both = ["-u", "1", "--error", "EACCES", "--no-returns"];
    refused(&traced(&both), 2, &["--no-returns"]);
    let both = ["list", "--runtime-threads", "%file"];
    refused(&run(&both), 2, &["--runtime-threads"]);
}
