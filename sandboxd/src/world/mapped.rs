//! What the kernel itself tells of mappings: executable ones that are made, and memory that a new program replaces.

use std::rc::Rc;

use kprobe_common::record::{Header, Mapped};

use super::World;
use super::maps::Maps;
use super::space::Space;
use crate::input::FileKey;

impl World {
    /// An executable mapping was made, which the kernel calls by that name.
    pub(super) fn mapped(&mut self, header: &Header, mapped: &Mapped, name: &[u8]) {
        let key = FileKey {
            path: String::new(),
            major: mapped.major,
            minor: mapped.minor,
            inode: mapped.inode,
            generation: mapped.generation,
        };
        let name = String::from_utf8_lossy(name);
        let backing = self.mapped.backing(&name, key, mapped.offset);
        let maps = match self.loading.get_mut(&header.tgid) {
            Some(maps) => Some(maps),
            None => self
                .processes
                .get(&header.tgid)
                .and_then(|process| self.spaces.get_mut(&process.space))
                .map(Space::change),
        };
        if let Some(maps) = maps {
            maps.told(mapped, backing, header.time, header.tid);
        }
    }

    /// A process has let its memory go, and a program is about to be loaded into new one. The process has it when the
    /// program is executed.
    pub(super) fn loading(&mut self, header: &Header) {
        if self.processes.contains_key(&header.tgid) {
            let maps = Maps::fresh(self.page, header.time);
            self.loading.insert(header.tgid, maps);
        }
    }

    /// A program was executed and begins, with its stack pointer near that address.
    pub(super) fn program_begins(&mut self, header: &Header, stack: u64) {
        let space = self.process(header).space;
        if let Some(space) = self.spaces.get_mut(&space).filter(|_| stack > 0) {
            space.change().begins_near(stack);
        }
    }

    /// Mappings were made that nobody told of.
    pub(super) fn untold(&mut self) {
        self.loading.clear();
        for space in self.spaces.values_mut() {
            space.change().forget();
        }
        for process in self.processes.values_mut() {
            process.looked = None;
        }
    }

    /// A thread gave memory a name, or took it away.
    pub(super) fn memory_named(
        &mut self,
        header: &Header,
        (start, len): (u64, u64),
        name: Option<&Rc<str>>,
    ) {
        let space = self.process(header).space;
        if let Some(space) = self.spaces.get_mut(&space) {
            space.change().named(start, len, name, header.time);
        }
    }
}
