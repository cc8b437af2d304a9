//! Names and offsets against what `nm`, `addr2line` and `objdump` say of the same files: a libc with dynamic symbols alone,
//! and a static program with all of its own.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use sandboxd::module::elf::Elf;

use crate::build::{ARM32, ARM64, function};
use crate::debian;

/// Functions by where they begin and how long they are: all their names.
type Functions = BTreeMap<(u64, u64), BTreeSet<String>>;

fn run(command: &mut Command) -> String {
    let out = command.stderr(Stdio::inherit()).output();
    let out = out.unwrap_or_else(|error| panic!("{command:?}: {error}"));
    String::from_utf8_lossy(&out.stdout).into_owned()
}

/// What `nm` lists that lies in code and has a size.
fn nm(target: &str, path: &Path) -> Functions {
    let mut functions = Functions::new();
    for options in ["-S", "-DS"] {
        let mut nm = Command::new(format!("{target}-nm"));
        let text = run(nm.args([options, "--defined-only"]).arg(path));
        for line in text.lines() {
            let words: Vec<&str> = line.split(' ').collect();
            let [start, size, kind, name] = words[..] else {
                continue;
            };
            let hex = |text: &str| u64::from_str_radix(text, 16).unwrap();
            let (mut start, size) = (hex(start), hex(size));
            if !"tTwWi".contains(kind) || size == 0 {
                continue;
            }
            if target == ARM32 {
                start &= !1;
            }
            let name = name.split('@').next().unwrap_or_default().to_owned();
            functions.entry((start, size)).or_default().insert(name);
        }
    }
    functions
}

/// The names at an address: of what begins last and is shortest among all that hold it.
fn names(functions: &Functions, longest: u64, address: u64) -> Option<(u64, &BTreeSet<String>)> {
    let from = address.saturating_sub(longest);
    let near = functions.range((from, 0)..=(address, u64::MAX));
    let holds = near.filter(|((start, size), _)| address - start < *size);
    let best = holds.max_by_key(|((start, size), _)| (*start, u64::MAX - size));
    best.map(|((start, _), names)| (*start, names))
}

/// Compares at each function's ends and in it, and behind it; gives the number of places.
fn compare(target: &str, path: &Path) -> usize {
    let bytes = fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let elf = Elf::read(&bytes).expect("an ELF");
    let functions = nm(target, path);
    let longest = functions.keys().map(|(_, size)| *size).max().unwrap_or(0);
    let mut places = BTreeSet::new();
    for (start, size) in functions.keys() {
        places.extend([
            *start,
            start + size / 2,
            start + size - 1,
            start + size,
            start + size + 2,
        ]);
    }
    for place in &places {
        let wanted = names(&functions, longest, *place);
        let found = function(&bytes, &elf, *place);
        let is_same = match (&wanted, &found) {
            (Some((start, names)), Some(found)) => {
                *start == found.start && names.contains(&found.name)
            }
            (None, None) => true,
            _ => false,
        };
        assert!(
            is_same,
            "{} at {place:#x}: {wanted:?}, not {found:?}",
            path.display()
        );
    }
    places.len()
}

/// A static program: it has the whole C library in it, with all symbols.
fn program(target: &str, dir: &Path) -> PathBuf {
    let (source, out) = (dir.join("a.c"), dir.join(target));
    fs::write(
        &source,
        "#include <stdio.h>\nint main(void) { return puts(\"\"); }\n",
    )
    .unwrap();
    let mut compiler = Command::new(format!("{target}-gcc"));
    let status = compiler
        .arg("-static")
        .arg("-o")
        .arg(&out)
        .arg(&source)
        .status();
    assert!(status.expect("a compiler (scripts/setup.sh)").success());
    out
}

#[test]
fn names_are_those_of_nm() {
    let dir = tempfile::tempdir().unwrap();
    for target in [ARM64, ARM32] {
        let places = compare(target, &program(target, dir.path()));
        assert!(places > 3000, "{places}");
        let places = compare(target, Path::new(&format!("/usr/{target}/lib/libc.so.6")));
        assert!(places > 3000, "{places}");
    }
}

#[test]
fn names_are_those_of_addr2line() {
    let dir = tempfile::tempdir().unwrap();
    for target in [ARM64, ARM32] {
        let path = program(target, dir.path());
        let bytes = fs::read(&path).unwrap();
        let elf = Elf::read(&bytes).unwrap();
        let functions = nm(target, &path);
        let places: Vec<u64> = functions
            .keys()
            .map(|(start, size)| start + size / 2)
            .collect();
        let mut tool = Command::new(format!("{target}-addr2line"));
        tool.args(["-f", "-e"]).arg(&path);
        tool.args(places.iter().map(|place| format!("{place:#x}")));
        let text = run(&mut tool);
        let named: Vec<&str> = text.lines().step_by(2).collect();
        assert_eq!(named.len(), places.len());
        let labels = labels(target, &path);
        for (place, name) in places.iter().zip(named) {
            let found = function(&bytes, &elf, *place).expect("nm has one there");
            let names = &functions[&(found.start, found.size)];
            // It knows no sizes, so it takes labels in functions for functions.
            let is_label = labels.contains(name);
            assert!(
                is_label || names.contains(name),
                "{place:#x}: {name}, not {found:?}"
            );
        }
    }
}

/// What `nm` gives no size.
fn labels(target: &str, path: &Path) -> BTreeSet<String> {
    let text = run(Command::new(format!("{target}-nm")).arg("-S").arg(path));
    let lines = text.lines().map(|line| line.split(' ').collect::<Vec<_>>());
    let labels = lines.filter(|words| words.len() == 3);
    labels.map(|words| words[2].to_owned()).collect()
}

#[test]
#[ignore = "cargo xtask check fetches the libraries"]
fn names_in_debians_libraries_are_those_of_nm() {
    for library in debian::libraries() {
        let target = if library.elf.found.bits == 64 {
            ARM64
        } else {
            ARM32
        };
        compare(target, &library.path);
    }
}

/// An offset that is pasted into a disassembler is the instruction.
#[test]
#[ignore = "cargo xtask check fetches the libraries"]
fn svcs_are_those_of_objdump() {
    for library in debian::libraries() {
        if library.elf.found.bits != 64 {
            continue;
        }
        let mut tool = Command::new(format!("{ARM64}-objdump"));
        let text = run(tool.args(["-d", "--no-show-raw-insn"]).arg(&library.path));
        let svcs = text.lines().filter(|line| line.ends_with("\tsvc\t#0x0"));
        let wanted: Vec<u64> = svcs
            .filter_map(|line| u64::from_str_radix(line.split(':').next()?.trim(), 16).ok())
            .collect();
        let found: Vec<u64> = library
            .svcs()
            .into_iter()
            .map(|(address, _)| address)
            .collect();
        assert_eq!(found, wanted, "{}", library.path.display());
    }
}
