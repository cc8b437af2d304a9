//! The table's numbers and names against the kernel's headers, where the cross compilers' packages have installed them.
//!
//! Headers older than the table lack the newest calls: a number above their last is passed over.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

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

/// Macros of the same form that number nothing.
const NOT_CALLS: &[&str] = &["syscalls", "arch_specific_syscall"];

/// `#define __NR_name number` and the ways in which the headers write that.
fn numbers(paths: &[&str]) -> BTreeMap<String, i32> {
    let texts = paths
        .iter()
        .filter_map(|path| fs::read_to_string(path).ok());
    let mut numbers = BTreeMap::new();
    for text in texts.collect::<Vec<_>>() {
        for line in text.lines() {
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

fn compare(abi: Abi, paths: &[&str], package: &str) {
    if !paths.iter().any(|path| Path::new(path).exists()) {
        eprintln!(
            "SKIPPED: {paths:?} are not there; install {package} to compare the {abi:?} table"
        );
        return;
    }
    let numbers = numbers(paths);
    let table = |number: &&i32| **number < ARM_PRIVATE;
    let last = *numbers
        .values()
        .filter(table)
        .max()
        .expect("numbers in the headers");
    let (mut wrong, mut compared) = (Vec::new(), 0);
    for row in ROWS {
        let Some(nr) = row.nr(abi) else { continue };
        match numbers.get(row.name) {
            Some(number) if *number == nr => compared += 1,
            None if nr > last && nr < ARM_PRIVATE => {}
            other => wrong.push(format!(
                "{}: {nr} in the table, {other:?} in the headers",
                row.name
            )),
        }
    }
    assert!(wrong.is_empty(), "{abi:?}:\n{}", wrong.join("\n"));
    assert!(compared > 300, "only {compared} calls could be compared");
    missing(abi, &numbers);
}

/// No number in the headers is unknown to the table.
fn missing(abi: Abi, numbers: &BTreeMap<String, i32>) {
    let known: Vec<i32> = ROWS.iter().filter_map(|row| row.nr(abi)).collect();
    // The generic header numbers 32-bit code's calls with 64-bit times too, under a condition.
    let foreign = |number: &i32| abi == Abi::Arm64 && (403..424).contains(number);
    let missing: Vec<_> = numbers
        .iter()
        .filter(|(_, number)| !known.contains(number) && !foreign(number))
        .collect();
    assert!(missing.is_empty(), "{abi:?}: the table lacks {missing:?}");
}

#[test]
fn arm64_numbers_are_the_headers() {
    compare(Abi::Arm64, ARM64, "linux-libc-dev-arm64-cross");
}

#[test]
fn arm32_numbers_are_the_headers() {
    compare(Abi::Arm32, ARM32, "linux-libc-dev-armhf-cross");
}
