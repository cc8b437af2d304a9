//! Walks over stacks that are written down, through a C library with tables and an app's library.

mod seen;

use kprobe_common::index::{self, Abi};
use kprobe_common::record::{FRAMES, kind};
use proptest::prelude::*;

use super::walk::{BEFORE_LR, BEFORE_PC, BEFORE_SP};
use super::*;
use crate::input::{Kept, Link, Pointer, Rule};
use seen::{ANON, APP, Copied, LEAF, LIBC, OUTERMOST, SIGNED, SP, Seen, framed, frameless};

#[test]
fn a_stub_returns_where_its_link_register_says() {
    let mut seen = Seen::new()
        .svc(LEAF)
        .call(APP + 0x200, framed(32))
        .call(APP + 0x300, OUTERMOST);
    let copied = Copied::new().chain(&[[SP + 0x80, SIGNED | (APP + 0x304)]]);
    let expected = vec![LIBC + 0x100, APP + 0x200, APP + 0x300];
    assert_eq!(seen.walk(&copied), (expected, StackEnd::Outermost));
    assert_eq!(seen.stack(&copied).origin().unwrap().pc, APP + 0x200);
}

#[test]
fn a_function_that_has_a_frame_returns_where_that_says() {
    // The link register is left over from a call of its own.
    let mut seen = Seen::new().svc(framed(32)).call(APP + 0x300, OUTERMOST);
    let copied = Copied::new().chain(&[[SP + 0x80, APP + 0x304]]);
    let expected = vec![LIBC + 0x100, APP + 0x300];
    assert_eq!(seen.walk(&copied), (expected, StackEnd::Outermost));
}

#[test]
fn without_tables_a_link_register_that_points_into_the_same_function_is_left_over() {
    let copied = Copied::new().chain(&[[0, APP + 0x304]]).lr(LIBC + 0x184);
    let mut seen = Seen::new()
        .svc(None)
        .call(LIBC + 0x180, None)
        .call(APP + 0x300, None);
    let expected = vec![LIBC + 0x100, APP + 0x300];
    assert_eq!(seen.walk(&copied), (expected, StackEnd::Outermost));
}

#[test]
fn without_tables_a_link_register_that_points_elsewhere_is_the_caller() {
    let mut seen = Seen::new()
        .svc(None)
        .call(APP + 0x200, None)
        .call(APP + 0x300, None);
    let copied = Copied::new().chain(&[[0, APP + 0x304]]);
    let expected = vec![LIBC + 0x100, APP + 0x200, APP + 0x300];
    assert_eq!(seen.walk(&copied), (expected, StackEnd::Outermost));
}

#[test]
fn a_function_that_keeps_no_frame_pointer_is_not_skipped() {
    let seen = || Seen::new().svc(LEAF).call(APP + 0x300, OUTERMOST);
    let copied = Copied::new().chain(&[[0, APP + 0x304]]);
    let found = vec![LIBC + 0x100, APP + 0x200];
    // By its tables the frame ends at 32 bytes, and no frame of the chain lies there.
    for rule in [
        frameless(32),
        Rule {
            frame: (Pointer::Stack, 32),
            ..framed(32)
        },
    ] {
        let mut seen = seen().call(APP + 0x200, rule);
        assert_eq!(seen.walk(&copied), (found.clone(), StackEnd::NoFrame));
    }
    // The copy of the stack has it.
    let copied = copied.stack(&[0, 0, 0, APP + 0x304], 0);
    let mut seen = seen().call(APP + 0x200, frameless(32));
    let whole = [found, vec![APP + 0x300]].concat();
    assert_eq!(seen.walk(&copied), (whole, StackEnd::Outermost));
}

#[test]
fn the_stack_pointer_is_known_again_behind_a_frame_of_the_chain() {
    // Code that is in no file, by its frame pointer; then a function whose frame is counted from the stack pointer.
    let stored = Rule {
        frame: (Pointer::Stack, 48),
        fp: Kept::At(-48),
        lr: Kept::At(-40),
    };
    let mut seen = Seen::new()
        .svc(LEAF)
        .call(APP + 0x200, stored)
        .call(APP + 0x300, frameless(16))
        .call(APP + 0x400, OUTERMOST);
    let copied = Copied::new().lr(ANON + 0x24);
    let chain = [[SP + 0x80, APP + 0x204], [SP + 0xc0, APP + 0x304]];
    let mut words = [0; 24];
    // Behind the frame at 0x80, which has 48 bytes, the next one ends after 16.
    words[(0x80 + 48 + 8) / 8] = APP + 0x404;
    let expected = [LIBC + 0x100, ANON + 0x20, APP + 0x200, APP + 0x300];
    let by_chain = copied.chain(&chain);
    let (found, end) = seen.walk(&by_chain);
    assert_eq!((found, end), (expected.to_vec(), StackEnd::NoFrame));
    words[0x40 / 8] = SP + 0x80;
    words[0x48 / 8] = APP + 0x204;
    words[0x80 / 8] = SP + 0xc0;
    words[0x88 / 8] = APP + 0x304;
    let whole = [&expected[..], &[APP + 0x400]].concat();
    assert_eq!(
        seen.walk(&by_chain.stack(&words, 0)),
        (whole, StackEnd::Outermost)
    );
}

#[test]
fn the_end_says_what_is_missing() {
    let seen = || Seen::new().svc(LEAF).call(APP + 0x200, framed(32));
    let found = vec![LIBC + 0x100, APP + 0x200];
    let cases = [
        (Copied::new().ended(1, -14), StackEnd::Unread),
        (Copied::new().ended(1, 0), StackEnd::Limit),
        (Copied::new().stack(&[0; 4], 0), StackEnd::NotCopied),
        (Copied::new().stack(&[0; 4], 1), StackEnd::Unread),
        (Copied::new().chain(&[[0, 0]]), StackEnd::Outermost),
        (Copied::new().chain(&[[0, 0x1234]]), StackEnd::NotCode),
        (Copied::new().chain(&[[0, APP + 0x9004]]), StackEnd::Busy),
    ];
    for (number, (copied, end)) in cases.iter().enumerate() {
        assert_eq!(seen().walk(copied), (found.clone(), *end), "{number}");
    }
    let mut seen = seen().place(APP + 0x300, Some(Link::Other), None);
    let copied = Copied::new().chain(&[[0, APP + 0x304]]);
    assert_eq!(seen.walk(&copied), (found, StackEnd::NotCalled));
}

#[test]
fn a_chain_that_goes_back_ends() {
    let mut seen = Seen::new()
        .svc(LEAF)
        .call(APP + 0x200, None)
        .call(APP + 0x300, None);
    let copied = Copied::new().chain(&[[SP + 0x20, APP + 0x304], [0, APP + 0x204]]);
    let expected = vec![LIBC + 0x100, APP + 0x200, APP + 0x300];
    assert_eq!(seen.walk(&copied), (expected, StackEnd::Backwards));
}

#[test]
fn a_chain_that_goes_to_another_stack_ends() {
    let mut seen = Seen::new()
        .svc(LEAF)
        .call(APP + 0x200, None)
        .call(APP + 0x300, None);
    let copied = Copied::new().chain(&[[SP + 0x1000, APP + 0x304], [0, APP + 0x204]]);
    let expected = vec![LIBC + 0x100, APP + 0x200, APP + 0x300];
    assert_eq!(seen.walk(&copied), (expected, StackEnd::Elsewhere));
}

#[test]
fn an_origin_is_not_said_where_a_frame_before_it_may_be_missing() {
    // The stub's caller is the library itself, in code without tables.
    let mut seen = Seen::new()
        .svc(LEAF)
        .call(LIBC + 0x180, None)
        .call(APP + 0x300, OUTERMOST);
    let copied = Copied::new().lr(LIBC + 0x184).chain(&[[0, APP + 0x304]]);
    let stack = seen.stack(&copied);
    assert_eq!((stack.places.len(), stack.end), (3, StackEnd::Outermost));
    assert!(stack.origin().is_none());
}

/// A handler at [`APP`] + 0x200 that interrupted [`APP`] + 0x508, called from [`APP`] + 0x600.
fn handled() -> Seen {
    Seen::new()
        .svc(LEAF)
        .call(APP + 0x200, framed(16))
        .place(LIBC + 0x7fc, Some(Link::Restorer), None)
        .place(LIBC + 0x800, Some(Link::Other), None)
        .place(APP + 0x508, Some(Link::Other), Some(LEAF))
        .call(APP + 0x600, OUTERMOST)
}

#[test]
fn behind_a_signal_the_copy_has_what_was_interrupted() {
    let mut words = vec![0; 100];
    words[8] = SP + 0x200;
    words[9] = LIBC + 0x800;
    let before = |at: u64| (0x50 + at) as usize / 8;
    words[before(BEFORE_PC)] = APP + 0x508;
    words[before(BEFORE_SP)] = 0x1234_5670;
    words[before(BEFORE_LR)] = APP + 0x604;
    let expected = [
        LIBC + 0x100,
        APP + 0x200,
        LIBC + 0x800,
        APP + 0x508,
        APP + 0x600,
    ];
    let copied = Copied::new().stack(&words, 0);
    assert_eq!(
        handled().walk(&copied),
        (expected.to_vec(), StackEnd::Outermost)
    );
}

#[test]
fn behind_a_signal_the_chain_has_where_the_interrupted_function_goes_back_to() {
    // The handler ran on a stack above; the kernel's own frame has the link register, which is not to be trusted.
    let chain = [
        [SP + 0x200, LIBC + 0x800],
        [SP - 0x8000, APP + 0x104],
        [0, APP + 0x604],
    ];
    let expected = [LIBC + 0x100, APP + 0x200, LIBC + 0x800, APP + 0x600];
    let copied = Copied::new().chain(&chain);
    assert_eq!(
        handled().walk(&copied),
        (expected.to_vec(), StackEnd::Outermost)
    );
}

#[test]
fn what_is_not_followed_says_so() {
    let mut seen = Seen::new();
    let mut bytes = Copied::new().record();
    bytes[0] = kind::EXIT_ONLY;
    bytes.splice(32..32, [0; 16]);
    let record = Record::parse(&bytes).unwrap();
    let frame = Copied::new().frame;
    let stack = seen
        .callers
        .caller(&seen.world, &record, &frame)
        .stack
        .clone()
        .unwrap();
    assert_eq!((stack.places.len(), stack.end), (1, StackEnd::NoEntry));
    bytes = Copied::new().record();
    let narrow = index::index(Abi::Arm32, 5).to_le_bytes();
    bytes[28..30].copy_from_slice(&narrow);
    let record = Record::parse(&bytes).unwrap();
    let stack = seen
        .callers
        .caller(&seen.world, &record, &frame)
        .stack
        .clone()
        .unwrap();
    assert_eq!((stack.places.len(), stack.end), (1, StackEnd::Arm32));
}

/// Words as a stack might have them.
fn words(most: usize) -> impl Strategy<Value = Vec<u64>> {
    let word = prop::sample::select(vec![
        SP,
        SP + 0x10,
        SP + 0x40,
        APP + 0x204,
        APP + 0x604,
        ANON + 0x40,
        LIBC + 0x800,
        0,
        u64::MAX,
    ]);
    prop::collection::vec(word, 0..most)
}

proptest! {
    #[test]
    fn any_stack_ends(
        chain in words(140),
        words in words(90),
        fp in prop::sample::select(vec![SP, SP + 8, SP + 0x40, 0, u64::MAX]),
        sp in prop::sample::select(vec![SP, 0, u64::MAX]),
    ) {
        let mut copied = Copied::new().chain(chain.as_chunks().0).stack(&words, 0);
        (copied.frame.fp, copied.frame.sp) = (fp, sp);
        let stack = handled().stack(&copied);
        prop_assert!(stack.places.len() <= FRAMES + 2);
    }
}
