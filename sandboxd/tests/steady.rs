//! Who made a call is said without allocating, once its code was looked at. A test binary of its own, since it counts every
//! allocation.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use bytemuck::bytes_of;
use kprobe_common::index::{Abi, index};
use kprobe_common::record::{Exec, Frame, Header, Mapped, Slot, kind};
use sandboxd::caller::Want;
use sandboxd::caller::{Caller, Callers, Class, Entry};
use sandboxd::input::{
    ElfFound, FileKey, Load, ModuleFound, ModuleLook, Number, Role, SiteFound, SiteLook,
};
use sandboxd::record::{Body, Record};
use sandboxd::world::World;

struct Counting;

thread_local! {
    static COUNT: Cell<u64> = const { Cell::new(0) };
}

// SAFETY: everything is the system's; a counter is raised besides.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        COUNT.with(|count| count.set(count.get() + 1));
        // SAFETY: as the caller promises.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        // SAFETY: as the caller promises.
        unsafe { System.dealloc(memory, layout) }
    }
}

#[global_allocator]
static MEMORY: Counting = Counting;

const PID: u32 = 412;
const OPENAT: i32 = 56;
const LIBC: u64 = 0x7000_0000;
const APP: u64 = 0x5000_0000;
const NAMES: [(&str, u64, u64); 2] = [
    ("/system/lib64/libc.so", LIBC, 1),
    ("/data/app/x/libguard.so", APP, 2),
];

fn header(kind: u8, time: u64) -> Header {
    Header {
        kind,
        time,
        tgid: PID,
        tid: PID,
        index: index(Abi::Arm64, OPENAT),
        ..Header::default()
    }
}

/// A program that was executed, with a library of the platform's and one of its own.
fn world() -> World {
    let mut world = World::new(4096, true);
    world.who(&header(kind::ENTER, 1), Caller::default().into());
    change(&mut world, &[bytes_of(&header(kind::LOADING, 2))]);
    for (name, address, inode) in NAMES {
        let mapped = Mapped {
            address,
            len: 0x10000,
            inode,
            prot: 5,
            ..Mapped::default()
        };
        let slot = Slot {
            len: name.len() as u16,
            ..Slot::default()
        };
        let header = Header {
            slots: 1,
            ..header(kind::MAPPED, 3)
        };
        let mut name = name.as_bytes().to_vec();
        name.resize(name.len().next_multiple_of(8), 0);
        change(
            &mut world,
            &[bytes_of(&header), bytes_of(&mapped), bytes_of(&slot), &name],
        );
    }
    let exec = Exec::default();
    change(
        &mut world,
        &[bytes_of(&header(kind::EXEC, 4)), bytes_of(&exec)],
    );
    world
}

fn change(world: &mut World, parts: &[&[u8]]) {
    let bytes = parts.concat();
    let record = Record::parse(&bytes).expect("a whole record");
    world.change(&record, |_| {});
}

/// Answers a look.
fn answer(world: &World, callers: &mut Callers, want: &Want) {
    match want {
        Want::Module { file, offset, .. } => {
            let look = ModuleLook {
                file: file.clone(),
                offset: *offset,
                found: Some(ModuleFound {
                    len: 0x10000,
                    elf: Some(ElfFound {
                        role: file.path.ends_with("libc.so").then_some(Role::Libc),
                        loads: vec![Load {
                            len: 0x10000,
                            ..Load::default()
                        }],
                        ..ElfFound::default()
                    }),
                    ..ModuleFound::default()
                }),
                ..ModuleLook::default()
            };
            callers.codes.module(&look, id(world, file));
        }
        Want::Site {
            file,
            start,
            address,
            ask,
            ..
        } => {
            let look = SiteLook {
                file: file.clone(),
                start: *start,
                address: *address,
                isa: ask.isa,
                frame: ask.frame,
                found: SiteFound {
                    symbol: Some("openat".to_owned()),
                    number: Some(Number::Constant(OPENAT as u32)),
                    ..SiteFound::default()
                },
            };
            callers.site(&look, id(world, file));
        }
    }
}

fn id(world: &World, file: &FileKey) -> u32 {
    world.file_id(file).expect("it was mapped")
}

#[test]
fn who_made_a_call_is_said_without_allocating() {
    let world = world();
    let mut callers = Callers::new(48, false);
    let frame = Frame {
        nr: OPENAT,
        pc: LIBC + 0x104,
        lr: APP + 0x2000,
        ..Frame::default()
    };
    let head = header(kind::ENTER, 5);
    let bytes = [bytes_of(&head), bytes_of(&frame)].concat();
    let record = Record::parse(&bytes).expect("a whole record");
    assert!(matches!(record.body, Body::Enter(_)));
    for _ in 0..8 {
        if let Some(want) = callers.wants(&world, &record, &frame) {
            answer(&world, &mut callers, &want);
        }
    }
    let caller = callers.caller(&world, &record, &frame);
    assert_eq!(
        (caller.place.class, caller.entry),
        (Class::Libc, Entry::Stub)
    );
    let from = caller.from.as_ref();
    assert_eq!(from.map(|from| from.class), Some(Class::App));
    let before = COUNT.with(Cell::get);
    for _ in 0..10_000 {
        assert!(callers.wants(&world, &record, &frame).is_none());
        assert_eq!(callers.caller(&world, &record, &frame).entry, Entry::Stub);
    }
    assert_eq!(COUNT.with(Cell::get) - before, 0);
}
