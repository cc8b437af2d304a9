//! Heap and stack, which change without mappings being made.

use super::*;

/// It says `//anon` of parts of the heap and of the stack too.
#[test]
fn parts_of_heap_and_stack_stay_what_they_are_when_they_become_executable() {
    let (mut maps, mut files) = known();
    for (start, end, of) in [
        (0x8000, 0x9000, "Heap"),
        (0x4_0000, 0x4_1000, "Stack"),
        // It has grown, which nobody tells.
        (0x3_0000, 0x3_1000, "Stack"),
    ] {
        maps.before(Effect::Protect, &[start, 0x1000, 7, 0, 0, 0], 30, 7);
        told(&mut maps, &mut files, (start, end), "//anon", 31, 7);
        maps.apply(Effect::Protect, &[start, 0x1000, 7, 0, 0, 0], 0, 32, 7);
        assert_eq!(file(&maps, start + 16, 33), Some((of.to_owned(), 16)));
        assert_eq!(at(&maps, start, 33), Some((start, end)));
    }
    // What is mapped there is something else.
    maps.before(Effect::Map, &[0x3_0000, 0x1000, 5, 0x32, 0, 0], 40, 7);
    told(&mut maps, &mut files, (0x3_0000, 0x3_1000), "//anon", 41, 7);
    let anonymous = Some(("Anonymous(None)".to_owned(), 0));
    assert_eq!(file(&maps, 0x3_0000, 42), anonymous);
}

#[test]
fn a_stack_of_several_mappings_is_one() {
    let lines = [
        line(0x3_0000, 0x3_1000, 3, ""),
        line(0x3_f000, 0x4_0000, 7, ""),
        line(0x4_0000, 0x4_1000, 3, "[stack]"),
        line(0x4_1000, 0x4_2000, 7, ""),
    ];
    let mut files = Files::default();
    let mut maps = Maps::fresh(4096, 10);
    maps.fill(&lines, &mut files, 20);
    for (address, of) in [(0x3_f000, "Stack"), (0x4_1000, "Stack")] {
        assert_eq!(file(&maps, address, 21), Some((of.to_owned(), 0)));
    }
    let mut maps = Maps::default();
    maps.read(&lines, &mut files, 4096, (10, 20));
    assert_eq!(at(&maps, 0x3_f000, 21), Some((0x3_f000, 0x4_0000)));
    assert_eq!(file(&maps, 0x3_f000, 21), Some(("Stack".to_owned(), 0)));
}

/// Where the stack lies is not known before anybody looked.
#[test]
fn memory_that_was_there_when_the_program_began_may_be_the_stack() {
    let mut files = Files::default();
    let mut maps = Maps::fresh(4096, 10);
    told(&mut maps, &mut files, (0x3_0000, 0x3_1000), "//anon", 11, 7);
    assert_eq!(file(&maps, 0x3_0000, 12), Some(("Unknown".to_owned(), 0)));
}

#[test]
fn the_heap_grows_and_shrinks() {
    let (mut maps, _) = known();
    maps.apply(Effect::Brk, &[0xb000, 0, 0, 0, 0, 0], 0xb000, 30, 1);
    maps.apply(Effect::Protect, &[0x8000, 0x3000, 7, 0, 0, 0], 0, 31, 1);
    assert_eq!(at(&maps, 0xafff, 31), Some((0x8000, 0xb000)));
    maps.apply(Effect::Brk, &[0x9000, 0, 0, 0, 0, 0], 0x9000, 32, 1);
    assert_eq!(at(&maps, 0x9000, 32), None);
    assert_eq!(file(&maps, 0x8fff, 32), Some(("Heap".to_owned(), 0xfff)));
}

/// The stack grows down without telling.
#[test]
fn below_the_stack_is_stack() {
    let (maps, _) = known();
    assert_eq!(file(&maps, 0x3_0000, 31), Some(("Stack".to_owned(), 0)));
    assert_eq!(at(&maps, 0x3_0000, 31), None);
}

/// Before anybody looked, only the pointer that the kernel gave the program says where its stack is.
#[test]
fn the_stack_is_where_the_program_began() {
    let mut files = Files::default();
    let mut maps = Maps::fresh(4096, 10);
    let page = (0xffff_c4c8_1000, 0xffff_c4c8_2000);
    told(&mut maps, &mut files, page, "//anon", 20, 1);
    assert_eq!(file(&maps, page.0, 20), Some(("Unknown".to_owned(), 0)));
    maps.begins_near(0xffff_c4ca_0000);
    told(&mut maps, &mut files, page, "//anon", 21, 1);
    assert_eq!(file(&maps, page.0, 21), Some(("Stack".to_owned(), 0)));
    let below = (0xffff_b000_0000, 0xffff_b000_1000);
    told(&mut maps, &mut files, below, "//anon", 22, 1);
    assert_eq!(
        file(&maps, below.0, 22),
        Some(("Anonymous(None)".to_owned(), 0))
    );
}

#[test]
fn a_stack_ends_where_memory_cannot_be_written_any_more() {
    let (mut maps, _) = known();
    assert_eq!(maps.stack_end(0x8800, 20), Some(0x9000));
    assert_eq!(maps.stack_end(0x2000, 20), None);
    assert_eq!(maps.stack_end(0x8800, 19), None);
    // The first thread's has grown.
    assert_eq!(maps.stack_end(0x3_f000, 20), Some(0x4_2000));
    // What lies right behind it belongs to it: pieces that the kernel sees as one.
    maps.apply(
        Effect::Map,
        &[0, 0x1000, 3, 0x22, u64::MAX, 0],
        0x9000,
        30,
        1,
    );
    assert_eq!(maps.stack_end(0x8800, 30), Some(0xa000));
    maps.before(Effect::Unmap, &[0x8000, 0x1000, 0, 0, 0, 0], 40, 1);
    assert_eq!(maps.stack_end(0x8800, 40), None);
}

/// Nobody tells of a stack that can be executed from the start, before a look does.
#[test]
fn code_near_the_top_of_the_stack_is_in_the_stack() {
    let mut files = Files::default();
    let mut maps = Maps::fresh(4096, 10);
    let top = 0xffff_c4ca_0000;
    assert_eq!(file(&maps, top - 0x3000, 20), None);
    maps.begins_near(top - 0x1000);
    let stack = Some(("Stack".to_owned(), 0));
    assert_eq!(file(&maps, top - 0x3000, 20), stack);
    assert_eq!(at(&maps, top - 0x3000, 20), None);
    assert_eq!(file(&maps, top - 0x1000_0000, 20), None);
    let lines = [line(top - 0x2_1000, top, 7, "[stack]")];
    maps.fill(&lines, &mut files, 40);
    assert_eq!(file(&maps, top - 0x3000, 30), stack);
    assert_eq!(at(&maps, top - 0x3000, 30), None);
    assert_eq!(at(&maps, top - 0x3000, 40), Some((top - 0x2_1000, top)));
}
