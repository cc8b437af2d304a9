//! What a file is: the ELF, the entry of an archive, the functions.

use std::fs;

use sandboxd::input::Role;
use sandboxd::module::{self, elf::Elf, mini, symbols, zip};

use crate::build::{ARM32, ARM64, archive, function, library, with_mini};

const TEXT: &str = ".text\n.global outer\n.type outer, %function\nouter: nop\nnop\n\
    inner: nop\nnop\nnop\n.size inner, 8\n.type inner, %function\nnop\n.size outer, . - outer\n\
    .global bare\n.type bare, %function\nbare: nop\nnop\n";

#[test]
fn an_elf_says_what_it_is() {
    for (target, bits) in [(ARM64, 64), (ARM32, 32)] {
        let options = [
            "-Wl,-soname,libfirst.so.1",
            "-Wl,--build-id=0x0123456789abcdef",
        ];
        let bytes = library(target, TEXT, &options);
        let found = module::at(&bytes, 0).found;
        assert_eq!((found.start, found.len), (0, bytes.len() as u64));
        let elf = found.elf.unwrap();
        assert_eq!(elf.bits, bits);
        assert_eq!(elf.soname.as_deref(), Some("libfirst.so.1"));
        assert_eq!(elf.build_id.as_deref(), Some("0123456789abcdef"));
        assert_eq!(elf.role, None);
        assert!(
            elf.loads
                .iter()
                .any(|load| load.offset == 0 && load.len > 0)
        );
    }
}

#[test]
fn a_name_is_never_given_beyond_a_functions_size() {
    for target in [ARM64, ARM32] {
        let bytes = library(target, TEXT, &["-Wl,--no-gc-sections"]);
        let elf = Elf::read(&bytes).unwrap();
        let outer = (0..1 << 20)
            .step_by(4)
            .find_map(|at| function(&bytes, &elf, at));
        let outer = outer.unwrap();
        assert_eq!(outer.name, "outer");
        let word = outer.size / 6;
        let name = |at: u64| function(&bytes, &elf, outer.start + at).map(|it| it.name);
        assert_eq!(name(word).as_deref(), Some("outer"));
        assert_eq!(
            name(2 * word).as_deref(),
            Some("inner"),
            "the one that begins last"
        );
        assert_eq!(
            name(2 * word + 8).as_deref(),
            Some("outer"),
            "behind the inner one"
        );
        assert_eq!(
            name(outer.size),
            None,
            "a function without a size names nothing"
        );
        assert_eq!(name((outer.size + 1) << 12), None);
    }
}

#[test]
fn the_plainest_of_several_names_is_given() {
    let text = ".text\n.global __read, read, __libc_read\n.type __read, %function\n__read: nop\n.size __read, 4\n\
        .set read, __read\n.set __libc_read, __read\n";
    let bytes = library(ARM64, text, &[]);
    let elf = Elf::read(&bytes).unwrap();
    let found = (0..1 << 20)
        .find_map(|at| function(&bytes, &elf, at))
        .unwrap();
    assert_eq!(found.name, "read");
}

#[test]
fn symbols_are_found_without_section_headers() {
    for (target, style) in [
        (ARM64, "gnu"),
        (ARM64, "sysv"),
        (ARM32, "gnu"),
        (ARM32, "sysv"),
    ] {
        let style = format!("-Wl,--hash-style={style}");
        let mut bytes = library(target, TEXT, &[&style, "-s"]);
        let whole = Elf::read(&bytes).unwrap();
        let (at, len) = if bytes[4] == 2 { (0x28, 8) } else { (0x20, 4) };
        bytes[at..at + len].fill(0);
        let elf = Elf::read(&bytes).unwrap();
        assert_eq!(elf.tables, whole.tables, "{target} {style}");
        let outer = (0..1 << 20)
            .find_map(|at| function(&bytes, &elf, at))
            .unwrap();
        assert_eq!(outer.name, "outer");
    }
}

#[test]
fn symbols_are_unpacked() {
    let whole = library(ARM64, TEXT, &[]);
    let bytes = with_mini(ARM64, &whole, &whole);
    let elf = Elf::read(&bytes).unwrap();
    let inner = mini::unpack(&bytes, elf.mini.unwrap()).unwrap();
    assert_eq!(inner, whole);
    let inside = Elf::read(&inner).unwrap();
    let all = [(
        &bytes as &dyn module::bytes::Bytes,
        elf.tables[0],
        elf.machine,
    )];
    let outer = (0..1 << 20)
        .find_map(|at| symbols::function(&all, at))
        .unwrap();
    assert_eq!(
        symbols::function(&all, outer.start + 8).unwrap().name,
        "outer"
    );
    let mut both = all.to_vec();
    both.extend(
        inside
            .tables
            .iter()
            .map(|table| (&inner as _, *table, elf.machine)),
    );
    assert_eq!(
        symbols::function(&both, outer.start + 8).unwrap().name,
        "inner"
    );
}

#[test]
fn a_library_is_found_in_an_archive() {
    let first = library(ARM64, TEXT, &["-Wl,-soname,libfirst.so"]);
    let second = library(ARM32, TEXT, &["-Wl,-soname,libsecond.so"]);
    let entries: [(&str, &[u8]); 4] = [
        ("AndroidManifest.xml", b"manifest"),
        ("lib/arm64-v8a/libfirst.so", &first),
        ("lib/armeabi-v7a/libsecond.so", &second),
        ("resources.arsc", b"resources"),
    ];
    let bytes = archive(&entries);
    for (name, content) in &entries[1..3] {
        let start = bytes.windows(content.len()).position(|it| it == *content);
        let (start, len) = (start.unwrap() as u64, content.len() as u64);
        for at in [start, start + 4096, start + len - 1] {
            let found = module::at(&bytes, at).found;
            assert_eq!(found.entry.as_deref(), Some(*name));
            assert_eq!((found.start, found.len), (start, len));
            assert!(!found.alone);
            let elf = found.elf.unwrap();
            assert!(name.ends_with(elf.soname.as_deref().unwrap()));
        }
        assert_ne!(
            module::at(&bytes, start + len).found.entry.as_deref(),
            Some(*name)
        );
        assert_ne!(
            module::at(&bytes, start - 1).found.entry.as_deref(),
            Some(*name)
        );
    }
    assert_eq!(
        zip::stored_at(&bytes, bytes.len() as u64 - 4),
        None,
        "the directory is no entry"
    );
    assert_eq!(zip::stored_at(&bytes, u64::MAX), None);
    let outside = module::at(&bytes, bytes.len() as u64 - 4).found;
    assert!(outside.alone && outside.entry.is_none() && outside.start == 0);
    assert!(!module::at(&first, 0).found.alone);
    assert!(!zip::is_one(&first));
}

#[test]
fn a_name_alone_makes_no_c_library() {
    for name in [
        "libc.so",
        "libc.so.6",
        "ld-linux-aarch64.so.1",
        "ld-android.so",
    ] {
        let bytes = library(ARM64, TEXT, &[&format!("-Wl,-soname,{name}")]);
        let elf = module::at(&bytes, 0).found.elf.unwrap();
        assert_eq!((elf.soname.as_deref(), elf.role), (Some(name), None));
    }
}

#[test]
fn a_c_library_like_bionics_is_known() {
    let exports = |names: &[&str]| -> String {
        let lines = names.iter().map(|name| {
            format!(".global {name}\n.type {name}, %function\n{name}: nop\n.size {name}, 4\n")
        });
        lines.collect()
    };
    let dir = tempfile::tempdir().unwrap();
    let map = dir.path().join("map");
    fs::write(&map, "LIBC { global: *; };").unwrap();
    let map = format!("-Wl,--version-script={}", map.display());
    for target in [ARM64, ARM32] {
        let text = exports(&["__libc_init", "__system_property_get", "openat"]);
        let bytes = library(target, &text, &["-Wl,-soname,libc.so", &map]);
        assert_eq!(
            module::at(&bytes, 0).found.elf.unwrap().role,
            Some(Role::Libc)
        );
        let text = exports(&["__loader_dlopen", "rtld_db_dlactivity"]);
        let bytes = library(target, &text, &["-Wl,-soname,ld-android.so", &map]);
        assert_eq!(
            module::at(&bytes, 0).found.elf.unwrap().role,
            Some(Role::Linker)
        );
    }
}
