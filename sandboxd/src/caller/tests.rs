//! Class and entry, by what memory holds and what is known of files.

use kprobe_common::index::index;

use super::*;
use crate::event::{Hex, Perms};
use crate::input::{ElfFound, FileKey, FrameFound, ModuleFound, ModuleLook, Role};
use crate::world::maps::backing::Files;

/// When the call was made.
const TIME: u64 = 1000;
const MAPPING: Mapping = Mapping {
    start: Hex(0x7000),
    end: Hex(0x9000),
    perms: Perms {
        prot: 5,
        shared: false,
    },
};

/// What the kernel calls a mapping, and what a look into the file finds, to the class of code in it.
fn class_of(name: &str, found: Option<ModuleFound>) -> Class {
    let mut files = Files::default();
    let backing = files.backing(name, FileKey::default(), 0);
    let held = Held {
        written: false,
        backing: &backing,
        distance: 0x10,
        mapping: Some(MAPPING),
    };
    let mut codes = Codes::default();
    let (Backing::File { file, .. } | Backing::Kernel([file, _])) = &backing else {
        return class(&held, None, TIME);
    };
    let look = ModuleLook {
        file: file.key.clone(),
        offset: 0x10,
        found,
        ..ModuleLook::default()
    };
    codes.module(&look, file.id);
    let code = match codes.at(&held, Abi::Arm64, Ask::default()) {
        Ok(code) => code,
        Err(want) => panic!("{name}: still wants {want:?}"),
    };
    class(&held, code.as_ref().map(|code| &*code.module), TIME)
}

/// Not an ELF, or nothing is known of it.
fn plain() -> ModuleFound {
    ModuleFound {
        len: 0x1000,
        ..ModuleFound::default()
    }
}

/// An ELF without segments, of that role.
fn elf(role: Option<Role>) -> ModuleFound {
    ModuleFound {
        elf: Some(ElfFound {
            role,
            ..ElfFound::default()
        }),
        ..plain()
    }
}

#[test]
fn a_library_is_what_its_path_and_its_content_say() {
    let libc = || Some(elf(Some(Role::Libc)));
    let cases = [
        (
            "/apex/com.android.runtime/lib64/bionic/libc.so",
            libc(),
            Class::Libc,
        ),
        ("/lib/aarch64-linux-gnu/libc.so.6", libc(), Class::Libc),
        (
            "/system/bin/linker64",
            Some(elf(Some(Role::Linker))),
            Class::Linker,
        ),
        // An app's copy of the platform's, and a platform's file of that name that is none.
        (
            "/data/app/~~x==/com.example.app-1==/lib/arm64/libc.so",
            libc(),
            Class::App,
        ),
        ("/system/lib64/libc.so", Some(elf(None)), Class::System),
        ("/system/lib64/libc.so", None, Class::Unknown),
        (
            "/data/app/x/oat/arm64/base.odex",
            Some(elf(None)),
            Class::Runtime,
        ),
        ("/memfd:jit-cache (deleted)", Some(plain()), Class::Runtime),
        ("/memfd:code (deleted)", Some(plain()), Class::Memfd),
        (
            "/dev/ashmem/dalvik-jit-code-cache (deleted)",
            None,
            Class::Runtime,
        ),
        ("/dev/ashmem/x (deleted)", None, Class::Memfd),
        ("/data/local/tmp/libx.so (deleted)", libc(), Class::Deleted),
        (
            "/lib/aarch64-linux-gnu/libc.so.6 (deleted)",
            libc(),
            Class::Deleted,
        ),
        ("/dev/zero (deleted)", None, Class::Anon),
        ("[anon:dalvik-jit-code-cache]", None, Class::Runtime),
        ("[anon:libc_malloc]", None, Class::Anon),
        ("", None, Class::Anon),
        ("//anon", None, Class::Anon),
        ("//toolong", None, Class::Unknown),
        ("[heap]", None, Class::Heap),
        ("[stack]", None, Class::Stack),
        ("[vdso]", Some(elf(None)), Class::Vdso),
    ];
    for (name, found, expected) in cases {
        assert_eq!(class_of(name, found), expected, "{name}");
    }
}

#[test]
fn a_file_that_has_lost_its_name_is_deleted() {
    let found = |changed| ModuleFound {
        deleted: true,
        changed,
        ..elf(None)
    };
    let class_of = |path, changed| class_of(path, Some(found(changed)));
    assert_eq!(class_of("/data/app/libx.so", 0), Class::Deleted);
    assert_eq!(class_of("/data/app/libx.so", TIME), Class::Deleted);
    // It lost it after the call, and before anybody looked.
    assert_eq!(class_of("/data/app/libx.so", TIME + 1), Class::App);
    assert_eq!(class_of("/memfd:code", TIME), Class::Memfd);
}

#[test]
fn how_a_call_was_made_is_what_its_code_says_of_the_number() {
    const OPENAT: i32 = 56;
    let openat = index(Abi::Arm64, OPENAT);
    let restart = index(Abi::Arm64, 128);
    let cases = [
        (Class::Libc, openat, Some(Number::Constant(56)), Entry::Stub),
        (
            Class::Libc,
            openat,
            Some(Number::Constant(57)),
            Entry::Gadget,
        ),
        (Class::Libc, openat, Some(Number::Generic), Entry::Syscall),
        (Class::Libc, openat, Some(Number::Undecided), Entry::Unknown),
        (Class::Libc, openat, None, Entry::Unknown),
        (
            Class::System,
            openat,
            Some(Number::Constant(56)),
            Entry::Stub,
        ),
        (
            Class::Libc,
            restart,
            Some(Number::Constant(101)),
            Entry::Stub,
        ),
        (
            Class::App,
            openat,
            Some(Number::Constant(56)),
            Entry::Inline,
        ),
        (Class::Anon, openat, None, Entry::Inline),
        (Class::Runtime, openat, None, Entry::Inline),
        (Class::Unknown, openat, None, Entry::Unknown),
    ];
    for (class, index, number, expected) in cases {
        let nr = if index == openat { OPENAT } else { 128 };
        let place = Place {
            class,
            site: Some(Rc::new(Site {
                symbol: None,
                symbol_offset: 0,
                number,
                frame: FrameFound::default(),
            })),
            ..Place::default()
        };
        assert_eq!(entry(&place, index, nr), expected, "{class:?} {number:?}");
    }
}

/// An app can write over the platform's code in its own memory.
#[test]
fn of_code_that_may_be_another_nothing_is_said() {
    let place = |class| Place {
        class,
        altered: true,
        site: Some(Rc::new(Site {
            symbol: None,
            symbol_offset: 0,
            number: Some(Number::Constant(56)),
            frame: crate::input::FrameFound::default(),
        })),
        ..Place::default()
    };
    let openat = index(Abi::Arm64, 56);
    assert_eq!(entry(&place(Class::Libc), openat, 56), Entry::Unknown);
    assert_eq!(entry(&place(Class::App), openat, 56), Entry::Inline);
}

#[test]
fn a_signature_is_no_part_of_an_address() {
    let callers = Callers::new(39, false);
    assert_eq!(
        callers.bare(0x002a_3f7a_1234_5678, Abi::Arm64),
        0x7a_1234_5678
    );
    assert_eq!(callers.bare(0xb6f0_0001, Abi::Arm32), 0xb6f0_0000);
}

#[test]
fn a_place_of_an_archive_that_is_no_entry_tells_nothing_of_others() {
    let mut files = Files::default();
    let path = "/data/app/x/base.apk";
    let backing = files.backing(path, FileKey::default(), 0);
    let Backing::File { file, .. } = &backing else {
        panic!("{backing:?}");
    };
    let look = |offset: u64, found: ModuleFound| ModuleLook {
        file: file.key.clone(),
        offset,
        found: Some(found),
        ..ModuleLook::default()
    };
    let held = |distance: u64| Held {
        written: false,
        backing: &backing,
        distance,
        mapping: Some(MAPPING),
    };
    let outside = ModuleFound {
        len: 0x10_0000,
        alone: true,
        ..ModuleFound::default()
    };
    let library = ModuleFound {
        start: 0x4000,
        len: 0x2000,
        entry: Some("lib/arm64-v8a/libx.so".to_owned()),
        ..ModuleFound::default()
    };
    let mut codes = Codes::default();
    codes.module(&look(0x10, outside), file.id);
    assert!(codes.at(&held(0x20), Abi::Arm64, Ask::default()).is_ok());
    assert!(codes.at(&held(0x4010), Abi::Arm64, Ask::default()).is_err());
    codes.module(&look(0x4010, library), file.id);
    let lib = |distance: u64| {
        let code = codes.at(&held(distance), Abi::Arm64, Ask::default());
        code.unwrap().unwrap().module.lib.clone()
    };
    assert_eq!(
        (lib(0x20).as_str(), lib(0x5ff0).as_str()),
        ("base.apk", "libx.so")
    );
}

/// A program is mapped as long as all of it is in memory; behind the end of its file there is no code. Behind the end of
/// an entry of an archive there may be others.
#[test]
fn whose_a_range_is_that_reaches_beyond_the_file() {
    let region = |found: ModuleFound, len: u64| {
        let mut files = Files::default();
        let backing = files.backing("/data/app/x", FileKey::default(), 0);
        let Backing::File { file, .. } = &backing else {
            panic!("{backing:?}")
        };
        let mut callers = Callers::new(48, false);
        let look = ModuleLook {
            file: file.key.clone(),
            found: Some(found),
            ..ModuleLook::default()
        };
        callers.codes.module(&look, file.id);
        callers.region(&backing, len).class
    };
    let entry = || ModuleFound {
        entry: Some("lib/x.so".to_owned()),
        ..plain()
    };
    assert_eq!(region(plain(), 0x1000), Class::App);
    assert_eq!(region(plain(), 0x9000), Class::App);
    assert_eq!(region(entry(), 0x1000), Class::App);
    assert_eq!(region(entry(), 0x9000), Class::Unknown);
}
