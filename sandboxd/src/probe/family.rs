//! Tells the kernel half whose processes are, through memory that both share; and of zygotes, before the probes are live.

use std::mem::offset_of;
use std::rc::Rc;
use std::sync::atomic::Ordering;

use aya::maps::MapData;
use kprobe_common::family::{APP_WORDS, CommandLine, PLACES, Place, verdict};
use kprobe_common::thread::{self, Slot};
use memmap2::MmapMut;

use super::glances::Glances;
use super::load::map_error;
use super::shared::{mmap, word};
use super::{Loaded, ProbeError};
use crate::world::MET;

/// What is said of user IDs and processes.
#[derive(Debug)]
pub struct Family {
    apps: MmapMut,
    places: MmapMut,
    glances: Rc<Glances>,
}

impl Family {
    pub(super) fn map(
        apps: &MapData,
        places: &MapData,
        glances: Rc<Glances>,
    ) -> Result<Self, ProbeError> {
        Ok(Self {
            apps: mmap("APPS", apps, APP_WORDS as usize * 8)?,
            places: mmap("PROCESSES", places, PLACES as usize * size_of::<Place>())?,
            glances,
        })
    }

    /// Makes these user IDs, within their Android users, the targets, and no others.
    pub fn set_apps(&self, ids: impl IntoIterator<Item = u32>) {
        let mut words = vec![0u64; APP_WORDS as usize];
        for id in ids {
            if let Some(word) = words.get_mut(id as usize / 64) {
                *word |= 1 << (id % 64);
            }
        }
        for (at, value) in words.into_iter().enumerate() {
            word(&self.apps, at * 8).store(value, Ordering::SeqCst);
        }
        self.glances.forget();
    }

    /// Says whether a process is a target, by its [word](kprobe_common::family::born).
    pub fn say(&self, born: u64, is_target: bool) {
        let said = if is_target {
            verdict::TARGET
        } else {
            verdict::OTHER
        };
        self.place(born, offset_of!(Place, said))
            .store(born | said, Ordering::SeqCst);
    }

    /// Says that a process that was there before the probes is no target. What is there of its place already is of a
    /// process that was made meanwhile.
    pub fn say_other(&self, pid: u32) {
        if let Some(born) = self.begin(pid) {
            self.say(born, false);
        }
    }

    /// Says that a process is no target any more, whether it was there before the probes or made since.
    pub fn take_away(&self, pid: u32) {
        self.say_other(pid);
        self.say_by_number(pid, false);
    }

    /// What was said of a process does not hold any more: it is watched by its user ID.
    pub fn take_back(&self, pid: u32) {
        self.say_by_number(pid, true);
        self.glances.forget();
    }

    /// Says whether a process is a target, if its place is its own.
    fn say_by_number(&self, pid: u32, is_target: bool) {
        let place = u64::from(pid);
        let born = self
            .place(place, offset_of!(Place, born))
            .load(Ordering::SeqCst);
        if born as u32 == pid {
            self.say(born, is_target);
        }
    }

    /// Gives a process that was there before the probes its place: nothing is said of it yet.
    fn begin(&self, pid: u32) -> Option<u64> {
        let born = kprobe_common::family::born(pid, MET);
        let place = self.place(born, offset_of!(Place, born));
        let before = place.compare_exchange(0, born, Ordering::SeqCst, Ordering::SeqCst);
        before.is_ok().then_some(born)
    }

    fn place(&self, born: u64, field: usize) -> &std::sync::atomic::AtomicU64 {
        let at = (born as u32 & (PLACES - 1)) as usize * size_of::<Place>();
        word(&self.places, at + field)
    }
}

impl Loaded {
    /// Adds a zygote: what it makes from now on is watched. `line` is the address of its command line and the first bytes
    /// of that.
    pub fn add_zygote(&mut self, pid: u32, line: CommandLine) -> Result<(), ProbeError> {
        let slot = Slot {
            state: thread::state::UNKNOWN,
            birth: thread::birth::ZYGOTE,
            ..Slot::default()
        };
        self.add_born(pid, line, slot)
    }

    /// Adds a zygote's child that waits for what it is to be: it has one thread.
    pub fn add_candidate(&mut self, pid: u32, line: CommandLine) -> Result<(), ProbeError> {
        let slot = Slot {
            state: thread::state::UNKNOWN,
            flags: thread::flag::INHERITED,
            birth: thread::birth::UNSETTLED,
            ..Slot::default()
        };
        self.family.begin(pid);
        self.add_born(pid, line, slot)
    }

    /// What the thread's slot says beside that stays: it may be watched already.
    fn add_born(&mut self, pid: u32, line: CommandLine, slot: Slot) -> Result<(), ProbeError> {
        self.command_lines
            .insert(pid, line, 0)
            .map_err(|source| map_error("COMMAND_LINES", source))?;
        let known = self.threads.get(&pid, 0).ok();
        let slot = known.map_or(slot, |known| Slot {
            flags: known.flags | slot.flags,
            birth: known.birth | slot.birth,
            ..known
        });
        self.threads
            .insert(pid, slot, 0)
            .map_err(|source| map_error("THREADS", source))?;
        self.glances.forget();
        Ok(())
    }
}
