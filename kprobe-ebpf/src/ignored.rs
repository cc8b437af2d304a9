//! Calls from addresses that nobody wants calls from. What is told of these holds until mappings change.

use kprobe_common::ignored::{COUNT_BITS, HEADS, Head, RANGES, TABLES, Table, counted};
use kprobe_common::spec::{self, Spec};

use crate::config::config;
use crate::emit;
use crate::maps;
use crate::scratch::Desk;

/// `MAP_FIXED` and `MAP_FIXED_NOREPLACE`.
const FIXED: u64 = 0x10_0010;
/// `MREMAP_FIXED`.
const MOVED: u64 = 0x2;
/// Addresses and lengths need not be multiples of a page, which is of this size at most.
const PAGE: u64 = 0x1_0000;

/// Whether the call at hand is not wanted, because of where it comes from.
#[inline(always)]
pub(crate) fn is_ignored(desk: &Desk) -> bool {
    if config!(ignores) == 0 {
        return false;
    }
    let tgid = desk.task.tgid;
    let Some(head) = head(tgid) else {
        return false;
    };
    // SAFETY: a value of the map.
    let told = unsafe { core::ptr::read_volatile(&raw const (*head).told) };
    let Some(table) = table(told, tgid) else {
        return false;
    };
    let at = desk.sheet.svc();
    let inside = overlaps(table, at, at + 1);
    inside && holds(head, told)
}

/// A call was entered that may change mappings: what was told of them is not believed any more, unless it is known that
/// the call does not touch them.
#[inline(always)]
pub(crate) fn change(desk: &Desk, spec: &Spec) {
    if config!(ignores) == 0 || spec.flags & spec::MAPS == 0 {
        return;
    }
    let arg = |at: u8| desk.sheet.arg(at);
    if spec.flags & spec::MAPS_FIXED != 0 && arg(3) & FIXED == 0 {
        return;
    }
    let tgid = desk.task.tgid;
    let Some(head) = head(tgid) else {
        return;
    };
    // SAFETY: a value of the map.
    let told = unsafe { core::ptr::read_volatile(&raw const (*head).told) };
    if spec.flags & spec::MAPS_ANY == 0
        && holds(head, told)
        && let Some(table) = table(told, tgid)
    {
        let len = arg(1);
        let len = if spec.flags & spec::MAPS_MOVES != 0 && arg(2) > len {
            arg(2)
        } else {
            len
        };
        let moves = spec.flags & spec::MAPS_MOVES != 0 && arg(3) & MOVED != 0;
        let touched = touches(table, arg(0), len) || moves && touches(table, arg(4), arg(2));
        if !touched {
            return;
        }
    }
    count(head);
}

/// The mappings of a process are others now.
#[inline(always)]
pub(crate) fn replace(tgid: u32) {
    if config!(ignores) != 0
        && let Some(head) = head(tgid)
    {
        count(head);
    }
}

#[inline(always)]
fn count(head: *mut Head) {
    // SAFETY: a value of the map, 8-byte aligned.
    unsafe { emit::add(&raw mut (*head).changes) };
}

#[inline(always)]
fn head(tgid: u32) -> Option<*mut Head> {
    maps::IGNORED.get_ptr_mut(tgid % HEADS)
}

/// Whether nothing changed since that was told.
#[inline(always)]
fn holds(head: *mut Head, told: u64) -> bool {
    // SAFETY: a value of the map.
    let (changes, now) = unsafe {
        (
            core::ptr::read_volatile(&raw const (*head).changes),
            core::ptr::read_volatile(&raw const (*head).told),
        )
    };
    told == now && (told ^ changes) & counted() == 0
}

/// The table that a word names, if it is of this process.
#[inline(always)]
fn table(told: u64, tgid: u32) -> Option<*const Table> {
    let number = told >> COUNT_BITS;
    if number == 0 {
        return None;
    }
    let table = maps::RANGES.get_ptr((number as u32 - 1) & (TABLES - 1))?;
    // SAFETY: a value of the map.
    let owner = unsafe { core::ptr::read_volatile(&raw const (*table).tgid) };
    (owner == tgid as u64).then_some(table)
}

/// Whether some of `len` bytes, or of the pages that they lie in, are in a range.
#[inline(always)]
fn touches(table: *const Table, start: u64, len: u64) -> bool {
    let start = kprobe_common::regs::untag(start);
    let end = start.saturating_add(len).saturating_add(PAGE);
    overlaps(table, start & !(PAGE - 1), end)
}

/// Whether `start..end` and a range have something in common: the last range that begins before `end` decides.
#[inline(always)]
fn overlaps(table: *const Table, start: u64, end: u64) -> bool {
    let mut at = 0;
    let mut step = RANGES / 2;
    while step > 0 {
        if begin(table, at + step) < end {
            at += step;
        }
        step /= 2;
    }
    // SAFETY: a range of the table.
    let last =
        unsafe { core::ptr::read_volatile(&raw const (*table).ranges[at & (RANGES - 1)].end) };
    begin(table, at) < end && last > start
}

#[inline(always)]
fn begin(table: *const Table, at: usize) -> u64 {
    // SAFETY: a range of the table.
    unsafe { core::ptr::read_volatile(&raw const (*table).ranges[at & (RANGES - 1)].start) }
}
