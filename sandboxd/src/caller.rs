//! Who made a call: from where in memory the `svc` lies, and what the code there is, to class, entry and place.
//!
//! Pure: what memory holds comes from `world`, what files hold from looks that [`Callers::wants`] asks for.

mod code;
mod memo;
mod stack;
#[cfg(test)]
mod tests;
mod word;

use std::rc::Rc;

use kprobe_common::index::{self, Abi};
use kprobe_common::record::{Frame, Header};
use kprobe_common::table::{self, change};

use crate::event::{Mapping, Written};
use crate::input::{Isa, Number, SiteLook};
use crate::record::Record;
use crate::world::World;
use crate::world::maps::Held;
use crate::world::maps::backing::Backing;
pub use code::{Ask, Code, Codes, Module, Site, Want};
use memo::Memo;
use stack::Looks;
pub use stack::{Stack, StackEnd};
pub use word::{Class, Entry, OffsetOf};

/// A place in a program.
#[derive(Clone, Debug, Default)]
pub struct Place {
    /// The address.
    pub pc: u64,
    /// Whose it is.
    pub class: Class,
    /// The module, of code in a file.
    pub module: Option<Rc<Module>>,
    /// The instruction, of an ELF.
    pub site: Option<Rc<Site>>,
    /// The name that memory without a file was given.
    pub name: Option<Rc<str>>,
    /// Where it is, and what that counts from; `None` where not known.
    pub offset: Option<(u64, OffsetOf)>,
    /// Its memory could be written since it was mapped: its bytes need not be the file's.
    pub altered: bool,
    /// The mapping, of memory that is not a file's, where known.
    pub map: Option<Mapping>,
}

/// Who made a call.
#[derive(Clone, Debug, Default)]
pub struct Caller {
    /// The `svc`.
    pub place: Place,
    /// How.
    pub entry: Entry,
    /// What the link register says, of a call by the platform's code.
    pub from: Option<Place>,
    /// Who called whom, where it was asked for.
    pub stack: Option<Stack>,
    /// How lines have it, once one had it; of one that is remembered for later calls.
    pub written: Option<Written>,
}

/// What is known of code.
#[derive(Debug, Default)]
pub struct Callers {
    /// In files.
    pub codes: Codes,
    /// Bits of a user address.
    address_bits: u32,
    /// Whether stacks are asked for.
    stacks: bool,
    /// Looks at the code of stacks.
    looks: Looks,
    memo: Memo,
}

impl Callers {
    /// Of a machine on which user addresses have so many bits; and whether stacks are asked for.
    #[must_use]
    pub fn new(address_bits: u32, stacks: bool) -> Self {
        Self {
            codes: Codes::default(),
            address_bits,
            stacks,
            looks: Looks::default(),
            memo: Memo::default(),
        }
    }

    /// Takes a look at an instruction of the file of that number.
    pub fn site(&mut self, look: &SiteLook, id: u32) {
        if look.frame {
            self.looks.count();
        }
        self.codes.site(look, id);
    }

    /// The look that is due before it can be said who made this call.
    #[must_use]
    pub fn wants(&self, world: &World, record: &Record<'_>, frame: &Frame) -> Option<Want> {
        let header = &record.header;
        if self.known(world, header, frame).is_some() {
            return None;
        }
        let abi = index::abi(header.index);
        let place = match self.look(world, header, svc(frame), self.of_svc(frame, abi)) {
            Ok(place) => place,
            Err(want) => return Some(want),
        };
        let lr = self.bare(frame.lr, abi);
        let from = |lr| self.look(world, header, lr, Ask::default()).err();
        let is_from = place.class.is_platform();
        is_from.then(|| from(lr)).flatten().or_else(|| {
            let due = self.stacks && record.is_shown() && self.looks.are_left(header.time);
            due.then(|| self.wanted(world, record, frame, &place))?
        })
    }

    /// Who made a call.
    #[must_use]
    pub fn caller(&mut self, world: &World, record: &Record<'_>, frame: &Frame) -> Rc<Caller> {
        let header = &record.header;
        self.looks.pass(header.time);
        if let Some(known) = self.known(world, header, frame) {
            debug_assert!(memo::are_same(known, &self.work_out(world, record, frame)));
            return Rc::clone(known);
        }
        let caller = self.work_out(world, record, frame);
        self.memo
            .keep(world, header, frame, self.codes.version(), caller)
    }

    /// Who made a call, if that is known from an earlier one.
    fn known(&self, world: &World, header: &Header, frame: &Frame) -> Option<&Rc<Caller>> {
        self.memo.find(world, header, frame, self.codes.version())
    }

    fn work_out(&self, world: &World, record: &Record<'_>, frame: &Frame) -> Caller {
        let header = &record.header;
        let abi = index::abi(header.index);
        let place = self.place(world, header, svc(frame), self.of_svc(frame, abi));
        let entry = entry(&place, header.index, frame.nr);
        let lr = self.bare(frame.lr, abi);
        let from = matches!(entry, Entry::Stub | Entry::Syscall | Entry::Gadget)
            .then(|| self.place(world, header, lr, Ask::default()))
            .filter(|from| from.class != Class::Unknown);
        let stack = self
            .stacks
            .then(|| self.walked(world, record, frame, &place));
        Caller {
            place,
            entry,
            from,
            stack,
            written: None,
        }
    }

    /// What is asked of a call's instruction.
    fn of_svc(&self, frame: &Frame, abi: Abi) -> Ask {
        Ask {
            isa: Some(isa(frame, abi)),
            frame: self.stacks && abi == Abi::Arm64,
        }
    }

    /// What lies at an address of the process of a record.
    #[must_use]
    pub fn place(&self, world: &World, header: &Header, at: u64, ask: Ask) -> Place {
        self.look(world, header, at, ask).unwrap_or_else(|_| Place {
            pc: at,
            ..Place::default()
        })
    }

    /// The same, or the look that is due before it can be said.
    fn look(&self, world: &World, header: &Header, at: u64, ask: Ask) -> Result<Place, Want> {
        let nowhere = Place {
            pc: at,
            ..Place::default()
        };
        let Some(held) = world.held(header, at) else {
            return Ok(nowhere);
        };
        let code = self.codes.at(&held, index::abi(header.index), ask)?;
        let module = code.as_ref().map(|code| &*code.module);
        let class = class(&held, module, header.time);
        if class == Class::Unknown {
            return Ok(nowhere);
        }
        let offset = code.as_ref().map(|code| code.offset);
        // Where there is no ELF, a file that is in memory only counts like memory.
        let counts = offset.filter(|&(_, of)| of == OffsetOf::Elf || class != Class::Memfd);
        let in_map = |map: Mapping| (at.saturating_sub(map.start.0), OffsetOf::Map);
        Ok(Place {
            pc: at,
            class,
            offset: counts.or(held.mapping.map(in_map)),
            name: held.backing.name().cloned(),
            site: code.as_ref().and_then(|code| code.site.clone()),
            module: code.map(|code| code.module),
            map: held.mapping.filter(|_| class.is_memory()),
            altered: held.written,
        })
    }

    /// Whose code a whole range of memory is: without an instruction, unknown where it is of several.
    #[must_use]
    pub fn region(&self, backing: &Backing, len: u64) -> Place {
        let held = |distance| Held {
            backing,
            distance,
            mapping: None,
            written: false,
        };
        let (first, last) = (held(0), held(len.saturating_sub(1)));
        let module = self.codes.module_at(&first, Abi::Arm64);
        let ends = self.codes.module_at(&last, Abi::Arm64);
        let is_one = match (&module, &ends) {
            (Some(module), Some(ends)) => Rc::ptr_eq(module, ends),
            // A program is mapped as long as all of it is in memory, which its file need not be, before its other segments are.
            // https://github.com/torvalds/linux/blob/v6.12/fs/binfmt_elf.c#L354-L408
            (Some(module), None) => module.is_whole,
            (None, None) => !matches!(backing, Backing::File { .. } | Backing::Kernel(_)),
            _ => false,
        };
        if !is_one {
            return Place::default();
        }
        Place {
            class: class(&first, module.as_deref(), u64::MAX),
            name: backing.name().cloned(),
            module,
            ..Place::default()
        }
    }

    /// An address without its signature, and in 32-bit code without the bit that says Thumb.
    #[must_use]
    pub fn bare(&self, address: u64, abi: Abi) -> u64 {
        match abi {
            Abi::Arm64 if (1..64).contains(&self.address_bits) => {
                address & ((1 << self.address_bits) - 1)
            }
            Abi::Arm64 => address,
            Abi::Arm32 => u64::from(address as u32 & !1),
        }
    }
}

/// The address of the `svc` instruction: the saved one is behind it.
#[must_use]
pub fn svc(frame: &Frame) -> u64 {
    frame
        .pc
        .saturating_sub(if frame.thumb == 0 { 4 } else { 2 })
}

fn isa(frame: &Frame, abi: Abi) -> Isa {
    match (abi, frame.thumb) {
        (Abi::Arm64, _) => Isa::A64,
        (Abi::Arm32, 0) => Isa::A32,
        (Abi::Arm32, _) => Isa::T32,
    }
}

/// Whose code it is, of a call at that time.
fn class(held: &Held<'_>, module: Option<&Module>, time: u64) -> Class {
    match held.backing {
        Backing::Unknown => Class::Unknown,
        Backing::Anonymous(Some(name)) if code::is_runtime_memory(name) => Class::Runtime,
        Backing::Anonymous(_) => Class::Anon,
        Backing::Heap => Class::Heap,
        Backing::Stack => Class::Stack,
        Backing::Kernel(_) => Class::Vdso,
        Backing::File { deleted, .. } => match module.map(|module| module.class(time)) {
            None => Class::Unknown,
            Some(class @ (Class::Memfd | Class::Runtime)) => class,
            Some(_) if *deleted => Class::Deleted,
            Some(class) => class,
        },
    }
}

fn is_restart(index: u16) -> bool {
    table::row(index).is_some_and(|row| row.state & change::RESTART != 0)
}

/// How a call of that number was made from a place.
fn entry(place: &Place, index: u16, nr: i32) -> Entry {
    if place.class == Class::Unknown {
        return Entry::Unknown;
    }
    if !place.class.is_platform() {
        return Entry::Inline;
    }
    // What the file says of the code before it need not be so any more.
    if place.altered {
        return Entry::Unknown;
    }
    match place.site.as_ref().and_then(|site| site.number) {
        Some(Number::Constant(constant)) if constant.cast_signed() == nr => Entry::Stub,
        // The kernel itself put the number there, to go on with a call that a signal interrupted.
        Some(Number::Constant(_)) if is_restart(index) => Entry::Stub,
        Some(Number::Constant(_)) => Entry::Gadget,
        Some(Number::Generic) => Entry::Syscall,
        Some(Number::Undecided) | None => Entry::Unknown,
    }
}
