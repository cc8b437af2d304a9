//! Debian's C libraries: every `svc` in them, and every function. `cargo xtask check` fetches them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use kprobe_common::index::{Abi, index};
use kprobe_common::table::rows::ROWS;
use kprobe_common::table::{Syscall, row};
use sandboxd::input::{Isa, Number, Role};
use sandboxd::module::elf::Elf;
use sandboxd::module::number;

use crate::build::function;

/// Names the directories with them, one for each release and ABI.
const LIBRARIES: &str = "SANDBOXD_LIBRARIES";

/// What a call is named whose number a library uses in place of the one that the function has its name from: the same
/// with wider arguments or one more.
const WIDER: [&str; 6] = ["32", "64", "_time64", "2", "4", "64_64"];
/// Functions that are named as a call and make only others themselves, and those: an older or a newer one that does the
/// same, or what is done afterwards, when the call itself is made by the shared cancel point.
const OTHERS: [(&str, &str); 8] = [
    ("accept4", "fcntl"),
    ("accept4", "fcntl64"),
    ("getpgrp", "getpgid"),
    ("getrlimit", "prlimit64"),
    ("lseek", "_llseek"),
    ("open", "fcntl64"),
    ("setrlimit", "prlimit64"),
    ("sigpending", "rt_sigpending"),
];
/// What takes its number from a structure: functions that a signal has every thread call, so that all have one user.
/// 32-bit glibc makes these by a stub for all calls.
const UNDECIDED: [(&str, usize); 9] = [
    ("bullseye-arm64/libpthread.so.0", 2),
    ("bookworm-arm64/libc.so.6", 2),
    ("trixie-arm64/libc.so.6", 2),
    ("bullseye-arm64/musl.so", 1),
    ("bookworm-arm64/musl.so", 1),
    ("trixie-arm64/musl.so", 1),
    ("bullseye-armhf/musl.so", 1),
    ("bookworm-armhf/musl.so", 1),
    ("trixie-armhf/musl.so", 1),
];

pub(crate) struct Library {
    pub(crate) path: PathBuf,
    pub(crate) bytes: Vec<u8>,
    pub(crate) elf: Elf,
}

/// All of them.
pub(crate) fn libraries() -> Vec<Library> {
    let dirs = std::env::var_os(LIBRARIES).expect("cargo xtask check says where they are");
    let mut found = Vec::new();
    for dir in std::env::split_paths(&dirs) {
        for entry in fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            let bytes = fs::read(&path).unwrap();
            let elf = Elf::read(&bytes).expect("an ELF");
            found.push(Library { path, bytes, elf });
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    assert_eq!(found.len(), 30);
    found
}

impl Library {
    fn name(&self) -> &str {
        let name = self.path.file_name().and_then(|name| name.to_str());
        name.unwrap_or_default()
    }

    fn is(&self, end: &str) -> bool {
        self.path.to_string_lossy().ends_with(end)
    }

    /// Whether the ABI has a call of that name.
    fn is_call(&self, name: &str) -> bool {
        let has = |row: &Syscall| match self.abi() {
            Abi::Arm64 => row.nr64.is_some(),
            Abi::Arm32 => row.nr32.is_some(),
        };
        ROWS.iter().any(|row| row.name == name && has(row))
    }

    fn abi(&self) -> Abi {
        if self.elf.found.bits == 64 {
            Abi::Arm64
        } else {
            Abi::Arm32
        }
    }

    /// Every `svc`: in code sections, words or half words that are one.
    pub(crate) fn svcs(&self) -> Vec<(u64, Isa)> {
        let mut found = Vec::new();
        for (address, code) in self.code() {
            let (words, _) = code.as_chunks::<4>();
            let (halves, _) = code.as_chunks::<2>();
            let words = (address..).step_by(4).zip(words);
            let halves = (address..).step_by(2).zip(halves);
            if self.abi() == Abi::Arm64 {
                let svcs = words.filter(|(_, word)| **word == [1, 0, 0, 0xd4]);
                found.extend(svcs.map(|(at, _)| (at, Isa::A64)));
            } else {
                let svcs = words.filter(|(_, word)| **word == [0, 0, 0, 0xef]);
                found.extend(svcs.map(|(at, _)| (at, Isa::A32)));
                let svcs = halves.filter(|(_, half)| **half == [0, 0xdf]);
                found.extend(svcs.map(|(at, _)| (at, Isa::T32)));
            }
        }
        found
    }

    fn code(&self) -> Vec<(u64, &[u8])> {
        use object::{Object, ObjectSection, SectionKind};
        let file = object::File::parse(self.bytes.as_slice()).unwrap();
        let sections = file.sections().filter(|it| it.kind() == SectionKind::Text);
        let all = sections.map(|section| {
            let (offset, len) = section.file_range().unwrap();
            let (from, to) = (offset as usize, (offset + len) as usize);
            (section.address(), &self.bytes[from..to])
        });
        all.collect()
    }
}

#[test]
#[ignore = "cargo xtask check fetches the libraries"]
fn what_they_are_is_known() {
    for library in libraries() {
        let (name, found) = (library.name(), &library.elf.found);
        let wanted = match name {
            _ if name.starts_with("ld-") => Some(Role::Linker),
            _ => Some(Role::Libc),
        };
        assert_eq!(found.role, wanted, "{}", library.path.display());
        let id = found.build_id.as_ref();
        assert_eq!(id.map(String::len), Some(40), "{}", library.path.display());
    }
}

/// Of one library: what its functions make, by their names, and how many there are of each kind.
#[derive(Default)]
struct Made {
    calls: BTreeMap<String, BTreeSet<&'static str>>,
    constants: usize,
    generic: usize,
    undecided: usize,
}

fn made(library: &Library) -> Made {
    let mut made = Made::default();
    for (address, isa) in library.svcs() {
        let (bytes, elf) = (&library.bytes, &library.elf);
        let function = function(bytes, elf, address);
        match number::of_svc(bytes, elf, address, isa, function.as_ref()) {
            None => panic!("no svc at {address:#x}"),
            Some(Number::Generic) => made.generic += 1,
            Some(Number::Undecided) => made.undecided += 1,
            Some(Number::Constant(number)) => {
                made.constants += 1;
                let call = row(index(library.abi(), number as i32));
                let call = call.unwrap_or_else(|| panic!("no call {number} at {address:#x}"));
                let name = function.map(|function| function.name).unwrap_or_default();
                made.calls.entry(name).or_default().insert(call.name);
            }
        }
    }
    made
}

#[test]
#[ignore = "cargo xtask check fetches the libraries"]
fn every_svc_has_a_number() {
    let (mut sites, mut stubs) = (0, 0);
    for library in libraries() {
        let path = library.path.display();
        let made = made(&library);
        sites += made.constants + made.generic + made.undecided;
        for (name, calls) in &made.calls {
            if !library.is_call(name) {
                continue;
            }
            stubs += 1;
            let is_it = |call: &str| {
                let rest = call.strip_prefix(name.as_str());
                rest.is_some_and(|rest| rest.is_empty() || WIDER.contains(&rest))
                    || OTHERS.contains(&(name, call))
            };
            assert!(
                calls.iter().any(|call| is_it(call)),
                "{path}: {name} makes {calls:?}"
            );
        }
        let known = UNDECIDED.iter().find(|(end, _)| library.is(end));
        let undecided = known.map_or(0, |(_, count)| *count);
        assert_eq!(made.undecided, undecided, "{path}");
        assert!(made.generic <= 3, "{path}: {}", made.generic);
    }
    println!("{sites} sites, {stubs} functions named as calls");
    assert!(sites > 5000 && stubs > 2000, "{sites} {stubs}");
}
