//! Mappings over time: what a read, the kernel's events and calls leave.

mod stack;

use super::*;
use crate::input::FileKey;

const READ_EXEC: u32 = 5;

fn line(start: u64, end: u64, prot: u8, path: &str) -> MapLine {
    MapLine {
        start,
        end,
        prot,
        path: path.to_owned(),
        ..MapLine::default()
    }
}

fn known() -> (Maps, Files) {
    let (mut maps, mut files) = (Maps::default(), Files::default());
    let lines = [
        line(0x1000, 0x5000, 5, "/bin/a"),
        line(0x8000, 0x9000, 3, "[heap]"),
        line(0x4_0000, 0x4_2000, 7, "[stack]"),
    ];
    maps.read(&lines, &mut files, 4096, (10, 20));
    (maps, files)
}

fn at(maps: &Maps, address: u64, time: u64) -> Option<(u64, u64)> {
    let held = maps.at(address, time)?;
    held.mapping.map(|map| (map.start.0, map.end.0))
}

/// The file at an address, and the place in it.
fn file(maps: &Maps, address: u64, time: u64) -> Option<(String, u64)> {
    let held = maps.at(address, time)?;
    match held.backing {
        Backing::File { file, offset, .. } => Some((file.key.path.clone(), offset + held.distance)),
        other => Some((format!("{other:?}"), held.distance)),
    }
}

fn told(
    maps: &mut Maps,
    files: &mut Files,
    (start, end): (u64, u64),
    name: &str,
    time: u64,
    tid: u32,
) {
    let backing = files.backing(name, FileKey::default(), 0x3000);
    let mapped = record::Mapped {
        address: start,
        len: end - start,
        prot: READ_EXEC,
        ..record::Mapped::default()
    };
    maps.told(&mapped, backing, time, tid);
}

const FIXED: [u64; 6] = [0x2000, 0x1000, 5, 0x12, 3, 0];
const UNMAP: [u64; 6] = [0x2000, 0x1000, 0, 0, 0, 0];

#[test]
fn nothing_is_said_of_the_time_before_the_read() {
    let (maps, _) = known();
    assert_eq!(at(&maps, 0x2000, 19), None);
    assert_eq!(at(&maps, 0x2000, 20), Some((0x1000, 0x5000)));
    assert_eq!(at(&maps, 0x5000, 20), None);
}

#[test]
fn code_does_not_run_where_nothing_is_executable() {
    let (maps, _) = known();
    assert_eq!(file(&maps, 0x8000, 20), None);
}

#[test]
fn a_hole_leaves_both_sides_and_their_places_in_the_file() {
    let (mut maps, _) = known();
    maps.apply(Effect::Unmap, &UNMAP, 0, 30, 1);
    assert_eq!(at(&maps, 0x1fff, 30), Some((0x1000, 0x2000)));
    assert_eq!(at(&maps, 0x2000, 30), None);
    assert_eq!(at(&maps, 0x3000, 30), Some((0x3000, 0x5000)));
    assert_eq!(file(&maps, 0x3010, 30), Some(("/bin/a".to_owned(), 0x2010)));
}

#[test]
fn a_length_is_rounded_to_the_machines_pages() {
    let (mut maps, mut files) = (Maps::default(), Files::default());
    let lines = [line(0x1_0000, 0x2_0000, 5, "")];
    maps.read(&lines, &mut files, 16_384, (10, 20));
    maps.apply(Effect::Unmap, &[0x1_0000, 5000, 0, 0, 0, 0], 0, 30, 1);
    assert_eq!(at(&maps, 0x1_3fff, 30), None);
    assert_eq!(at(&maps, 0x1_4000, 30), Some((0x1_4000, 0x2_0000)));
}

#[test]
fn a_change_of_protection_splits() {
    let (mut maps, _) = known();
    maps.apply(Effect::Protect, &[0x2000, 0x1001, 7, 0, 0, 0], 0, 30, 1);
    assert_eq!(at(&maps, 0x3000, 30), Some((0x2000, 0x4000)));
    assert_eq!(at(&maps, 0x4000, 30), Some((0x4000, 0x5000)));
    maps.apply(Effect::Protect, &[0x2000, 0x1001, 3, 0, 0, 0], 0, 31, 1);
    assert_eq!(file(&maps, 0x3000, 31), None);
}

/// Code ran there, so it is of what was there last; where that ends is not certain.
#[test]
fn what_is_being_unmapped_is_known_but_its_ends_are_not() {
    let (mut maps, _) = known();
    maps.before(Effect::Unmap, &UNMAP, 30, 7);
    assert_eq!(at(&maps, 0x2000, 31), None);
    assert_eq!(file(&maps, 0x2000, 31), Some(("/bin/a".to_owned(), 0x1000)));
    assert_eq!(at(&maps, 0x1000, 31), Some((0x1000, 0x5000)));
    maps.apply(Effect::Unmap, &UNMAP, 0, 32, 7);
    assert_eq!(file(&maps, 0x2000, 33), None);
}

/// Its bytes need not be the file's any more, whatever its permissions are now.
#[test]
fn what_could_be_written_stays_so() {
    let (mut maps, mut files) = known();
    let written = |maps: &Maps, address| maps.at(address, 40).unwrap().written;
    let change = |prot| [0x2000, 0x1000, prot, 0, 0, 0];
    maps.before(Effect::Protect, &change(7), 30, 7);
    assert!(written(&maps, 0x2000));
    assert!(!written(&maps, 0x1000));
    maps.apply(Effect::Protect, &change(7), 0, 31, 7);
    maps.before(Effect::Protect, &change(5), 32, 7);
    // The kernel tells of the whole mapping that it makes of neighbours.
    told(&mut maps, &mut files, (0x1000, 0x5000), "/bin/a", 33, 7);
    maps.apply(Effect::Protect, &change(5), 0, 34, 7);
    assert!(written(&maps, 0x2000));
    assert!(!written(&maps, 0x3000));
    let certain: Vec<(u64, u64)> = maps
        .code()
        .unwrap()
        .map(|(start, end, _)| (start, end))
        .collect();
    assert!(
        !certain
            .iter()
            .any(|&(start, end)| (start..end).contains(&0x2000))
    );
    assert!(certain.contains(&(0x1000, 0x2000)));
}

/// `mremap` moves code without telling: perhaps to where something is just being unmapped.
#[test]
fn while_code_is_moved_what_is_going_is_unknown() {
    let (mut maps, _) = known();
    maps.before(Effect::Remap, &[0x4000, 0x1000, 0x1000, 1, 0, 0], 30, 8);
    assert!(maps.at(0x2000, 31).is_some());
    maps.before(Effect::Unmap, &UNMAP, 31, 7);
    assert!(maps.at(0x2000, 32).is_none());
}

#[test]
fn a_call_that_failed_leaves_ends_uncertain() {
    let (mut maps, _) = known();
    maps.before(Effect::Unmap, &UNMAP, 30, 7);
    maps.apply(Effect::Unmap, &UNMAP, (-12i64) as u64, 32, 7);
    assert_eq!(at(&maps, 0x2000, 33), None);
    assert_eq!(file(&maps, 0x2000, 33), Some(("/bin/a".to_owned(), 0x1000)));
}

#[test]
fn the_kernel_tells_what_is_mapped_before_the_call_returns() {
    let (mut maps, mut files) = known();
    maps.before(Effect::Map, &FIXED, 30, 7);
    assert_eq!(file(&maps, 0x2000, 30), Some(("/bin/a".to_owned(), 0x1000)));
    told(&mut maps, &mut files, (0x2000, 0x3000), "/lib/b", 31, 7);
    assert_eq!(file(&maps, 0x2010, 31), Some(("/lib/b".to_owned(), 0x3010)));
    assert_eq!(at(&maps, 0x2010, 31), Some((0x2000, 0x3000)));
    maps.apply(Effect::Map, &FIXED, 0x2000, 32, 7);
    assert_eq!(file(&maps, 0x2010, 33), Some(("/lib/b".to_owned(), 0x3010)));
}

/// Another thread's mapping came while this one was unmapping: it was there first, or code could not run in it.
#[test]
fn what_came_during_an_unmapping_stays() {
    let (mut maps, mut files) = known();
    maps.before(Effect::Unmap, &UNMAP, 30, 7);
    told(&mut maps, &mut files, (0x2000, 0x3000), "/lib/b", 31, 8);
    maps.apply(Effect::Unmap, &UNMAP, 0, 32, 7);
    assert_eq!(file(&maps, 0x2000, 33), Some(("/lib/b".to_owned(), 0x3000)));
    assert_eq!(at(&maps, 0x2000, 33), None);
}

/// Two threads mapped the same addresses at once, one of them nothing executable: who was last?
#[test]
fn a_dispute_makes_unknown() {
    let (mut maps, mut files) = known();
    maps.before(Effect::Map, &[0x2000, 0x1000, 3, 0x32, 0, 0], 30, 7);
    told(&mut maps, &mut files, (0x2000, 0x3000), "/lib/b", 31, 8);
    maps.apply(Effect::Map, &[0x2000, 0x1000, 3, 0x32, 0, 0], 0x2000, 32, 7);
    assert_eq!(file(&maps, 0x2000, 33), Some(("Unknown".to_owned(), 0)));
}

/// `PERF_RECORD_MMAP2` says `//anon` of memory with a name too.
#[test]
fn memory_keeps_its_name_when_it_becomes_executable() {
    let (mut maps, mut files) = known();
    let anonymous = [0, 0x2000, 3, 0x22, 0, 0];
    maps.before(Effect::Map, &anonymous, 30, 7);
    maps.apply(Effect::Map, &anonymous, 0x2_0000, 31, 7);
    maps.named(0x2_0000, 0x2000, Some(&"code".into()), 32);
    maps.before(Effect::Protect, &[0x2_0000, 0x1000, 5, 0, 0, 0], 33, 7);
    told(&mut maps, &mut files, (0x2_0000, 0x2_1000), "//anon", 34, 7);
    let named = Some(("Anonymous(Some(\"code\"))".to_owned(), 16));
    assert_eq!(file(&maps, 0x2_0010, 34), named);
    maps.apply(Effect::Protect, &[0x2_0000, 0x1000, 5, 0, 0, 0], 0, 35, 7);
    assert_eq!(file(&maps, 0x2_0010, 35), named);
    // Other memory at the same place has no name.
    maps.before(Effect::Map, &[0x2_0000, 0x1000, 5, 0x32, 0, 0], 36, 7);
    told(&mut maps, &mut files, (0x2_0000, 0x2_1000), "//anon", 37, 7);
    assert_eq!(
        file(&maps, 0x2_0010, 37),
        Some(("Anonymous(None)".to_owned(), 16))
    );
}

#[test]
fn a_change_of_protection_that_changes_nothing_does_not_split() {
    let (mut maps, _) = known();
    maps.apply(Effect::Protect, &[0x2000, 0x1000, 5, 0, 0, 0], 0, 30, 1);
    assert_eq!(at(&maps, 0x2000, 30), Some((0x1000, 0x5000)));
}

#[test]
fn changes_in_the_middle_of_the_read_are_applied_to_it() {
    let (mut maps, mut files) = known();
    maps.apply(Effect::Unmap, &UNMAP, 0, 15, 1);
    told(&mut maps, &mut files, (0x6000, 0x7000), "/lib/b", 16, 1);
    assert_eq!(file(&maps, 0x2000, 20), None);
    assert_eq!(file(&maps, 0x6000, 20), Some(("/lib/b".to_owned(), 0x3000)));
}

#[test]
fn a_change_before_the_read_is_no_news() {
    let (mut maps, _) = known();
    maps.apply(Effect::Unmap, &UNMAP, 0, 5, 1);
    assert_eq!(at(&maps, 0x2000, 30), Some((0x1000, 0x5000)));
}

#[test]
fn another_read_tells_only_what_was_not_known() {
    let (mut maps, mut files) = known();
    let lines = [
        line(0x1000, 0x5000, 5, "/lib/newer"),
        line(0x6000, 0x7000, 5, "/lib/b"),
    ];
    maps.fill(&lines, &mut files, 40);
    assert_eq!(file(&maps, 0x1000, 41), Some(("/bin/a".to_owned(), 0)));
    assert_eq!(file(&maps, 0x6000, 39), None);
    assert_eq!(file(&maps, 0x6000, 40), Some(("/lib/b".to_owned(), 0)));
}

#[test]
fn a_tag_is_no_part_of_an_address() {
    let (mut maps, _) = known();
    let tagged = 0xb400_0000_0000_2000;
    maps.before(Effect::Protect, &[tagged, 0x1000, 7, 0, 0, 0], 30, 7);
    assert_eq!(at(&maps, 0x2000, 31), None);
    maps.apply(Effect::Protect, &[tagged, 0x1000, 7, 0, 0, 0], 0, 32, 7);
    assert_eq!(at(&maps, 0x2000, 33), Some((0x2000, 0x3000)));
}

#[test]
fn a_32_bit_address_was_extended_by_its_sign() {
    let (mut maps, _) = known();
    let ret = i64::from(0xb6f0_0000_u32.cast_signed()) as u64;
    maps.apply(Effect::Map, &[0, 0x1000, 5, 2, 0, 0], ret, 30, 1);
    assert_eq!(at(&maps, 0xb6f0_0000, 31), Some((0xb6f0_0000, 0xb6f0_1000)));
}

#[test]
fn a_child_has_what_its_parent_had_then() {
    let (mut maps, mut files) = known();
    maps.before(Effect::Unmap, &UNMAP, 30, 7);
    assert!(
        !maps.for_child(1, None, 19).is_known(),
        "it was read after the fork"
    );
    let child = maps.for_child(1, Some(30), 31);
    assert_eq!(at(&child, 0x2000, 31), None);
    assert_eq!(at(&child, 0x3000, 31), Some((0x3000, 0x5000)));
    // Another thread's mapping may be newer than the copy.
    told(&mut maps, &mut files, (0x3000, 0x4000), "/lib/b", 32, 8);
    let child = maps.for_child(1, Some(31), 33);
    assert_eq!(file(&child, 0x3000, 33), Some(("Unknown".to_owned(), 0)));
    let child = maps.for_child(8, Some(31), 33);
    assert_eq!(
        file(&child, 0x3000, 33),
        Some(("/lib/b".to_owned(), 0x3000))
    );
}

#[test]
fn a_mapping_moves_and_is_uncertain_meanwhile() {
    let (mut maps, _) = known();
    let moved = [0x1000, 0x4000, 0x8000, 1, 0, 0];
    maps.before(Effect::Remap, &moved, 29, 1);
    assert_eq!(file(&maps, 0x1000, 30), None);
    maps.apply(Effect::Remap, &moved, 0x2_0000, 30, 1);
    assert_eq!(file(&maps, 0x1000, 30), None);
    assert_eq!(at(&maps, 0x2_7fff, 30), Some((0x2_0000, 0x2_8000)));
    assert_eq!(file(&maps, 0x2_0010, 30), Some(("/bin/a".to_owned(), 16)));
}
