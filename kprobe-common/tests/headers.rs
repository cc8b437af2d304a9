//! The table's numbers and names against the kernel's own headers, in both directions: none is missing, misnamed or moved.
//!
//! Twice: against the headers of the cross compilers, which are older than the table, so that numbers above their last
//! are passed over; and, from `cargo xtask check`, against those of the newest kernel in the lab, without exception.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use kprobe_common::index::{ARM_PRIVATE, Abi};
use kprobe_common::table::rows::ROWS;

const ARM64: &[&str] = &[
    "/usr/aarch64-linux-gnu/include/asm/unistd_64.h",
    "/usr/aarch64-linux-gnu/include/asm-generic/unistd.h",
];
const ARM32: &[&str] = &[
    "/usr/arm-linux-gnueabihf/include/asm/unistd-common.h",
    "/usr/arm-linux-gnueabihf/include/asm/unistd-eabi.h",
    "/usr/arm-linux-gnueabihf/include/asm/unistd.h",
];
/// Names the directory with the newest kernel's headers.
const NEWEST: &str = "SANDBOXD_HEADERS";

/// Macros of the same form that number nothing.
const NOT_CALLS: &[&str] = &["syscalls", "arch_specific_syscall", "SYSCALL_BASE"];
/// The generic header numbers 32-bit code's calls with 64-bit times too, under a condition.
const TIMES_OF_32_BITS: std::ops::Range<i32> = 403..424;

/// `#define __NR_name number` and the ways in which the headers write that.
fn numbers(texts: &[String]) -> BTreeMap<String, i32> {
    let mut numbers = BTreeMap::new();
    for line in texts.iter().flat_map(|text| text.lines()) {
        let mut words = line.split_whitespace();
        if words.next() != Some("#define") {
            continue;
        }
        let Some(name) = words.next() else { continue };
        let value: String = words.collect();
        if let Some(number) = number(&value, &numbers)
            && let Some(name) = ["__NR3264_", "__NR_", "__ARM_NR_"]
                .iter()
                .find_map(|start| name.strip_prefix(start))
            && !NOT_CALLS.contains(&name)
        {
            numbers.insert(name.to_owned(), number);
        }
    }
    numbers
}

/// `56`, `(__NR_SYSCALL_BASE+56)`, `(__ARM_NR_BASE+2)` or another call's macro.
fn number(value: &str, known: &BTreeMap<String, i32>) -> Option<i32> {
    if let Some(other) = value.strip_prefix("__NR3264_") {
        return known.get(other).copied();
    }
    let value = value.trim_matches(['(', ')']);
    if let Some(value) = value.strip_prefix("__ARM_NR_BASE+") {
        return Some(ARM_PRIVATE + value.parse::<i32>().ok()?);
    }
    let value = value.strip_prefix("__NR_SYSCALL_BASE+").unwrap_or(value);
    value.parse().ok()
}

/// What differs, a line each; of headers that are whole, rows above their last number too.
fn differences(abi: Abi, numbers: &BTreeMap<String, i32>, whole: bool) -> Vec<String> {
    let last = numbers.values().filter(|number| **number < ARM_PRIVATE);
    let last = *last.max().expect("numbers in the headers");
    let (mut wrong, mut compared) = (Vec::new(), 0);
    for row in ROWS {
        let Some(nr) = row.nr(abi) else { continue };
        match numbers.get(row.name) {
            Some(number) if *number == nr => compared += 1,
            None if !whole && nr > last && nr < ARM_PRIVATE => {}
            other => wrong.push(format!(
                "{}: {nr} in the table, {other:?} in the headers",
                row.name
            )),
        }
    }
    assert!(compared > 300, "only {compared} calls could be compared");
    let foreign = |number: i32| abi == Abi::Arm64 && TIMES_OF_32_BITS.contains(&number);
    let known = |number: i32| ROWS.iter().any(|row| row.nr(abi) == Some(number));
    for (name, &number) in numbers {
        if !known(number) && !foreign(number) {
            wrong.push(format!("{name}, {number}: the table lacks it"));
        }
    }
    wrong
}

fn compare(abi: Abi, texts: &[String], whole: bool) {
    let wrong = differences(abi, &numbers(texts), whole);
    assert!(wrong.is_empty(), "{abi:?}:\n{}", wrong.join("\n"));
}

/// The texts of the headers that are there; a test without any has not been made.
fn read(paths: &[impl AsRef<Path>], package: &str) -> Vec<String> {
    let there = paths
        .iter()
        .filter_map(|path| fs::read_to_string(path).ok());
    let texts: Vec<_> = there.collect();
    assert!(
        !texts.is_empty(),
        "the kernel's headers are not there: install {package} (scripts/setup.sh does)"
    );
    texts
}

#[test]
fn arm64_numbers_are_the_headers() {
    let texts = read(ARM64, "linux-libc-dev-arm64-cross");
    compare(Abi::Arm64, &texts, false);
}

#[test]
fn arm32_numbers_are_the_headers() {
    let texts = read(ARM32, "linux-libc-dev-armhf-cross");
    compare(Abi::Arm32, &texts, false);
}

#[test]
#[ignore = "cargo xtask check gets the newest kernel's headers"]
fn the_newest_kernel_has_the_same_numbers() {
    let dir = std::env::var_os(NEWEST).expect("a directory of headers; run cargo xtask check");
    let dir = PathBuf::from(dir);
    let files = |abi: &str| -> Vec<PathBuf> {
        let entries = fs::read_dir(dir.join(abi)).expect("headers of this ABI");
        let mut files: Vec<_> = entries.map(|entry| entry.expect("a file").path()).collect();
        // The old ABI has the same names and other numbers; 32-bit code of other systems is not meant.
        files.retain(|path| !path.ends_with("unistd-oabi.h") && !path.ends_with("unistd_32.h"));
        files.sort();
        files
    };
    compare(Abi::Arm64, &read(&files("arm64"), "them"), true);
    compare(Abi::Arm32, &read(&files("arm32"), "them"), true);
}

#[test]
fn what_is_missing_moved_or_misnamed_is_noticed() {
    let texts = read(ARM32, "linux-libc-dev-armhf-cross");
    let numbers = numbers(&texts);
    let with = |change: &dyn Fn(&mut BTreeMap<String, i32>)| {
        let mut numbers = numbers.clone();
        change(&mut numbers);
        differences(Abi::Arm32, &numbers, false).len()
    };
    let row = ROWS.iter().find(|row| row.nr(Abi::Arm32).is_some());
    let row = row.expect("a row");
    assert_eq!(with(&|_| ()), 0);
    assert!(with(&|numbers| _ = numbers.insert("new".into(), 511)) > 0);
    assert!(with(&|numbers| _ = numbers.insert(row.name.into(), 510)) > 0);
    assert!(with(&|numbers| _ = numbers.remove(row.name)) > 0);
}
