//! What tests see of code, and what they copy of stacks.

use bytemuck::bytes_of;
use kprobe_common::index::{self, Abi};
use kprobe_common::record::{Frame, Header, Slot, kind, register};

use crate::caller::{Callers, Stack, StackEnd};
use crate::input::{
    ElfFound, FileKey, Found, FrameFound, Isa, Kept, Link, Load, MapLine, ModuleFound, ModuleLook,
    Pointer, ProcessLook, Role, Rule, SiteFound, SiteLook,
};
use crate::record::Record;
use crate::world::World;

const PID: u32 = 7;
const PAGE: u64 = 4096;
pub(super) const LIBC: u64 = 0x7000_0000;
pub(super) const APP: u64 = 0x6000_0000;
/// Memory that is no file's.
pub(super) const ANON: u64 = 0x5000_0000;
pub(super) const SP: u64 = 0x7fff_0000;
/// What a signed return address has above its bits.
pub(super) const SIGNED: u64 = 0x2a << 48;

/// A run so far: who is watched, and what was seen of its code.
pub(super) struct Seen {
    pub(super) world: World,
    pub(super) callers: Callers,
}

/// A record in the making: the registers, and what was copied.
pub(super) struct Copied {
    pub(super) frame: Frame,
    chain: Vec<[u64; 2]>,
    chain_ended: (u8, i16),
    stack: Option<(Vec<u64>, u8)>,
}

fn key(path: &str) -> FileKey {
    FileKey {
        path: path.to_owned(),
        inode: 1,
        ..FileKey::default()
    }
}

fn line(start: u64, path: &str) -> MapLine {
    MapLine {
        start,
        end: start + 16 * PAGE,
        prot: 5,
        inode: u64::from(!path.is_empty()),
        path: path.to_owned(),
        ..MapLine::default()
    }
}

const FILES: [(u64, &str, Option<Role>); 2] = [
    (LIBC, "/system/lib64/libc.so", Some(Role::Libc)),
    (APP, "/data/app/libx.so", None),
];

fn elf(role: Option<Role>) -> ModuleFound {
    let load = Load {
        len: 16 * PAGE,
        ..Load::default()
    };
    ModuleFound {
        len: 16 * PAGE,
        elf: Some(ElfFound {
            role,
            loads: vec![load],
            ..ElfFound::default()
        }),
        ..ModuleFound::default()
    }
}

impl Seen {
    pub(super) fn new() -> Self {
        let mut world = World::new(PAGE, true);
        let mut lines: Vec<_> = FILES.iter().map(|(at, path, _)| line(*at, path)).collect();
        lines.push(line(ANON, ""));
        lines.push(MapLine {
            start: SP - 16 * PAGE,
            end: SP + PAGE,
            prot: 3,
            path: "[stack]".to_owned(),
            ..MapLine::default()
        });
        let look = ProcessLook {
            pid: PID,
            tid: PID,
            found: Some(Found {
                maps: Some(lines),
                ..Found::default()
            }),
            ..ProcessLook::default()
        };
        world.look(&look, 0, 1, |_| {});
        let mut callers = Callers::new(48, true);
        for (_, path, role) in FILES {
            let look = ModuleLook {
                file: key(path),
                found: Some(elf(role)),
                ..ModuleLook::default()
            };
            callers
                .codes
                .module(&look, world.file_id(&key(path)).unwrap());
        }
        Self { world, callers }
    }

    /// Takes what a look at an address finds.
    fn see(&mut self, address: u64, isa: Option<Isa>, found: FrameFound) {
        let (base, path, _) = FILES[usize::from(address < LIBC)];
        let look = SiteLook {
            file: key(path),
            address: address - base,
            isa,
            frame: true,
            found: SiteFound {
                symbol: Some(format!("at_{:x}", address & !0xff)),
                frame: Some(found),
                ..SiteFound::default()
            },
            ..SiteLook::default()
        };
        self.callers
            .site(&look, self.world.file_id(&key(path)).unwrap());
    }

    /// The `svc` itself.
    pub(super) fn svc(mut self, rule: impl Into<Option<Rule>>) -> Self {
        let rule = rule.into();
        let found = FrameFound { link: None, rule };
        self.see(LIBC + 0x100, Some(Isa::A64), found);
        self
    }

    /// A call, from there.
    pub(super) fn call(self, address: u64, rule: impl Into<Option<Rule>>) -> Self {
        self.place(address, Some(Link::Call), rule.into())
    }

    pub(super) fn place(mut self, address: u64, link: Option<Link>, rule: Option<Rule>) -> Self {
        self.see(address, None, FrameFound { link, rule });
        self
    }

    /// The addresses of the stack, and why it ends.
    pub(super) fn walk(&mut self, copied: &Copied) -> (Vec<u64>, StackEnd) {
        let stack = self.stack(copied);
        let places = stack.places.iter().map(|place| place.pc);
        (places.collect(), stack.end)
    }

    pub(super) fn stack(&mut self, copied: &Copied) -> Stack {
        let bytes = copied.record();
        let record = Record::parse(&bytes).unwrap();
        let caller = self.callers.caller(&self.world, &record, &copied.frame);
        caller.stack.clone().unwrap()
    }
}

impl Copied {
    /// A call by the C library, whose caller is at [`APP`] + 0x200.
    pub(super) fn new() -> Self {
        Self {
            frame: Frame {
                nr: 56,
                pc: LIBC + 0x104,
                lr: SIGNED | (APP + 0x204),
                sp: SP,
                fp: SP + 0x40,
                ..Frame::default()
            },
            chain: Vec::new(),
            chain_ended: (0, 0),
            stack: None,
        }
    }

    pub(super) fn lr(mut self, lr: u64) -> Self {
        self.frame.lr = lr;
        self
    }

    pub(super) fn chain(mut self, frames: &[[u64; 2]]) -> Self {
        self.chain = frames.to_vec();
        self
    }

    pub(super) fn ended(mut self, state: u8, error: i16) -> Self {
        self.chain_ended = (state, error);
        self
    }

    pub(super) fn stack(mut self, words: &[u64], state: u8) -> Self {
        self.stack = Some((words.to_vec(), state));
        self
    }

    pub(super) fn record(&self) -> Vec<u8> {
        let header = Header {
            kind: kind::ENTER,
            time: 10,
            tgid: PID,
            tid: PID,
            index: index::index(Abi::Arm64, self.frame.nr),
            slots: 1 + u16::from(self.stack.is_some()),
            ..Header::default()
        };
        let mut bytes = [bytes_of(&header), bytes_of(&self.frame)].concat();
        let mut slot = |register, (state, error), words: &[u64]| {
            let head = Slot {
                register,
                state,
                error,
                len: 8 * words.len() as u16,
                ..Slot::default()
            };
            bytes.extend_from_slice(bytes_of(&head));
            bytes.extend(words.iter().flat_map(|word| word.to_le_bytes()));
        };
        slot(
            register::FRAMES,
            self.chain_ended,
            self.chain.as_flattened(),
        );
        if let Some((words, state)) = &self.stack {
            slot(register::STACK, (*state, 0), words);
        }
        bytes
    }
}

/// The function has stored nothing yet.
pub(super) const LEAF: Rule = Rule {
    frame: (Pointer::Stack, 0),
    fp: Kept::Same,
    lr: Kept::Same,
};

/// The function keeps a frame pointer to the first of so many bytes.
pub(super) const fn framed(bytes: i64) -> Rule {
    Rule {
        frame: (Pointer::Frame, bytes),
        fp: Kept::At(-bytes),
        lr: Kept::At(8 - bytes),
    }
}

/// The function stores its return address alone, in the last of so many bytes.
pub(super) const fn frameless(bytes: i64) -> Rule {
    Rule {
        frame: (Pointer::Stack, bytes),
        fp: Kept::Same,
        lr: Kept::At(-8),
    }
}

pub(super) const OUTERMOST: Rule = Rule {
    frame: (Pointer::Stack, 0),
    fp: Kept::Same,
    lr: Kept::Gone,
};
