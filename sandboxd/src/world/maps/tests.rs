//! Mappings over time: what one read and the calls after it leave.

use super::*;

fn line(start: u64, end: u64, prot: u8, path: &str) -> MapLine {
    MapLine {
        start,
        end,
        prot,
        shared: false,
        path: path.to_owned(),
    }
}

fn known() -> Maps {
    let mut maps = Maps::default();
    let lines = [
        line(0x1000, 0x5000, 5, "/bin/a"),
        line(0x8000, 0x9000, 3, "[heap]"),
    ];
    maps.read(&lines, 4096, 10, 20);
    maps
}

fn at(maps: &Maps, address: u64, time: u64) -> Option<(u64, u64, u8)> {
    maps.at(address, time)
        .map(|map| (map.start.0, map.end.0, map.perms.prot))
}

#[test]
fn nothing_is_said_of_the_time_before_the_read() {
    let maps = known();
    assert_eq!(at(&maps, 0x2000, 19), None);
    assert_eq!(at(&maps, 0x2000, 20), Some((0x1000, 0x5000, 5)));
    assert_eq!(at(&maps, 0x5000, 20), None);
}

#[test]
fn a_hole_leaves_both_sides() {
    let mut maps = known();
    maps.apply(Effect::Unmap, &[0x2000, 0x1000, 0, 0, 0, 0], 0, 30, 1);
    assert_eq!(at(&maps, 0x1fff, 30), Some((0x1000, 0x2000, 5)));
    assert_eq!(at(&maps, 0x2000, 30), None);
    assert_eq!(at(&maps, 0x3000, 30), Some((0x3000, 0x5000, 5)));
}

#[test]
fn a_length_is_rounded_to_the_machines_pages() {
    let mut maps = Maps::default();
    maps.read(&[line(0x1_0000, 0x2_0000, 5, "")], 16_384, 10, 20);
    maps.apply(Effect::Unmap, &[0x1_0000, 5000, 0, 0, 0, 0], 0, 30, 1);
    assert_eq!(at(&maps, 0x1_3fff, 30), None);
    assert_eq!(at(&maps, 0x1_4000, 30), Some((0x1_4000, 0x2_0000, 5)));
}

#[test]
fn a_change_of_protection_splits() {
    let mut maps = known();
    maps.apply(Effect::Protect, &[0x2000, 0x1001, 7, 0, 0, 0], 0, 30, 1);
    assert_eq!(at(&maps, 0x3000, 30), Some((0x2000, 0x4000, 7)));
    assert_eq!(at(&maps, 0x4000, 30), Some((0x4000, 0x5000, 5)));
}

#[test]
fn a_range_under_change_is_uncertain_until_the_return() {
    let mut maps = known();
    maps.before(Effect::Unmap, &[0x2000, 0x1000, 0, 0, 0, 0], 30, 7);
    assert_eq!(at(&maps, 0x2000, 31), None);
    assert_eq!(at(&maps, 0x1000, 31), Some((0x1000, 0x5000, 5)));
    maps.apply(
        Effect::Unmap,
        &[0x2000, 0x1000, 0, 0, 0, 0],
        (-22i64) as u64,
        32,
        7,
    );
    assert_eq!(at(&maps, 0x2000, 33), Some((0x1000, 0x5000, 5)));
}

#[test]
fn a_change_in_the_middle_of_the_read_makes_all_unknown() {
    let mut maps = known();
    maps.apply(Effect::Unmap, &[0x2000, 0x1000, 0, 0, 0, 0], 0, 15, 1);
    assert!(!maps.is_known());
}

#[test]
fn a_change_before_the_read_is_no_news() {
    let mut maps = known();
    maps.apply(Effect::Unmap, &[0x2000, 0x1000, 0, 0, 0, 0], 0, 5, 1);
    assert_eq!(at(&maps, 0x2000, 30), Some((0x1000, 0x5000, 5)));
}

#[test]
fn a_tag_is_no_part_of_an_address() {
    let mut maps = known();
    let tagged = 0xb400_0000_0000_2000;
    maps.before(Effect::Protect, &[tagged, 0x1000, 7, 0, 0, 0], 30, 7);
    assert_eq!(at(&maps, 0x2000, 31), None);
    maps.apply(Effect::Protect, &[tagged, 0x1000, 7, 0, 0, 0], 0, 32, 7);
    assert_eq!(at(&maps, 0x2000, 33), Some((0x2000, 0x3000, 7)));
}

#[test]
fn a_32_bit_address_was_extended_by_its_sign() {
    let mut maps = known();
    let ret = i64::from(0xb6f0_0000_u32.cast_signed()) as u64;
    maps.apply(Effect::Map, &[0, 0x1000, 5, 2, 0, 0], ret, 30, 1);
    assert_eq!(
        at(&maps, 0xb6f0_0000, 31),
        Some((0xb6f0_0000, 0xb6f0_1000, 5))
    );
}

#[test]
fn a_child_has_what_its_parent_had_then() {
    let mut maps = known();
    maps.before(Effect::Unmap, &[0x2000, 0x1000, 0, 0, 0, 0], 30, 7);
    assert!(!maps.for_child(19).is_known(), "it was read after the fork");
    let child = maps.for_child(31);
    assert_eq!(at(&child, 0x2000, 31), None);
    assert_eq!(at(&child, 0x3000, 31), Some((0x3000, 0x5000, 5)));
}

#[test]
fn the_heap_grows_and_shrinks() {
    let mut maps = known();
    maps.apply(Effect::Brk, &[0xb000, 0, 0, 0, 0, 0], 0xb000, 30, 1);
    assert_eq!(at(&maps, 0xafff, 30), Some((0x8000, 0xb000, 3)));
    maps.apply(Effect::Brk, &[0x9000, 0, 0, 0, 0, 0], 0x9000, 31, 1);
    assert_eq!(at(&maps, 0x9000, 31), None);
}

#[test]
fn a_mapping_moves() {
    let mut maps = known();
    maps.apply(
        Effect::Remap,
        &[0x1000, 0x4000, 0x8000, 1, 0, 0],
        0x2_0000,
        30,
        1,
    );
    assert_eq!(at(&maps, 0x1000, 30), None);
    assert_eq!(at(&maps, 0x2_7fff, 30), Some((0x2_0000, 0x2_8000, 5)));
}
