//! Tables written by hand, as compilers write them.

use proptest::prelude::*;

use super::*;

/// Where the index and the function lie.
const INDEX_AT: u64 = 0x1000;
const CODE: u64 = 0x8000;

/// An entry: its length, then what it has, padded with `DW_CFA_nop`.
fn sized(mut body: Vec<u8>) -> Vec<u8> {
    body.resize(body.len().next_multiple_of(4), 0);
    let mut entry = (body.len() as u32).to_le_bytes().to_vec();
    entry.append(&mut body);
    entry
}

/// What functions have in common: "zR", code in steps of 4, data in steps of -8, `x30`, pointers counted from where they
/// stand. The frame ends where the stack pointer points.
fn common() -> Vec<u8> {
    let mut body = 0u32.to_le_bytes().to_vec();
    body.extend([1, b'z', b'R', 0, 4, 0x78, 30, 1, 0x1b, 0x0c, 31, 0]);
    sized(body)
}

/// A module with one function of `len` bytes at [`CODE`], whose table goes on like this.
fn module(len: u32, program: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0; 0x100];
    bytes.extend(common());
    let at = bytes.len() as u64;
    let mut body = (at as u32 + 4 - 0x100).to_le_bytes().to_vec();
    let from = INDEX_AT + at + 8;
    body.extend((CODE.wrapping_sub(from) as u32).to_le_bytes());
    body.extend(len.to_le_bytes());
    body.push(0);
    body.extend(program);
    bytes.extend(sized(body));
    bytes[..4].copy_from_slice(&INDEX);
    bytes[8..12].copy_from_slice(&1u32.to_le_bytes());
    bytes[12..16].copy_from_slice(&((CODE - INDEX_AT) as u32).to_le_bytes());
    bytes[16..20].copy_from_slice(&(at as u32).to_le_bytes());
    bytes
}

fn at(bytes: &[u8], address: u64) -> Option<Rule> {
    let read = |from: u64, into: &mut [u8]| {
        let from = from.checked_sub(INDEX_AT).map(|from| from as usize);
        let part = from.and_then(|from| bytes.get(from..)?.get(..into.len()));
        part.is_some_and(|part| {
            into.copy_from_slice(part);
            true
        })
    };
    rule(&read, INDEX_AT, address)
}

/// `stp x29, x30, [sp, #-32]!`; `mov x29, sp`; …; `ldp x29, x30, [sp], #32`; `ret`.
const USUAL: &[u8] = &[
    0x41, 0x0e, 32, 0x9d, 4, 0x9e, 3, // advance 4, frame ends at +32, x29 at -32, x30 at -24
    0x41, 0x0d, 29, // advance 4, counted from x29
    0x42, 0xde, 0xdd, 0x0c, 31, 0, // advance 8, both back
];

#[test]
fn a_function_is_followed_through_its_first_and_last_instructions() {
    let bytes = module(20, USUAL);
    let begin = Rule {
        frame: (Pointer::Stack, 0),
        fp: Kept::Same,
        lr: Kept::Same,
    };
    let stored = Rule {
        frame: (Pointer::Stack, 32),
        fp: Kept::At(-32),
        lr: Kept::At(-24),
    };
    let inside = Rule {
        frame: (Pointer::Frame, 32),
        ..stored
    };
    let expected = [begin, stored, inside, inside, begin];
    for (number, expected) in expected.into_iter().enumerate() {
        let address = CODE + 4 * number as u64;
        assert_eq!(at(&bytes, address), Some(expected), "{address:#x}");
    }
}

#[test]
fn nothing_is_said_of_what_no_entry_covers() {
    let bytes = module(20, USUAL);
    assert_eq!(at(&bytes, CODE - 4), None);
    assert_eq!(at(&bytes, CODE + 20), None);
    assert_eq!(at(&bytes[..bytes.len() - 1], CODE), None);
    assert_eq!(at(&[], CODE), None);
}

#[test]
fn a_function_without_a_caller_says_so() {
    // DW_CFA_undefined x30
    let rule = at(&module(4, &[0x07, 30]), CODE).unwrap();
    assert_eq!(rule.lr, Kept::Gone);
}

#[test]
fn a_signed_return_address_is_found_as_any_other() {
    // DW_CFA_AARCH64_negate_ra_state before the frame is made
    let program = [&[0x41, 0x2d][..], USUAL].concat();
    let rule = at(&module(24, &program), CODE + 8).unwrap();
    assert_eq!(rule.lr, Kept::At(-24));
}

#[test]
fn what_needs_other_registers_or_a_program_is_not_said() {
    // The frame counted from x19; x30 in x10; the frame by an expression (DW_OP_breg31 0).
    for program in [&[0x0d, 19][..], &[0x09, 30, 10], &[0x0f, 2, 0x8f, 0]] {
        assert_eq!(at(&module(4, program), CODE), None, "{program:?}");
    }
}

#[test]
fn the_address_behind_a_call_is_where_a_function_returns() {
    let cases = [
        (0x9400_0010, Link::Call),  // bl
        (0x97ff_fff0, Link::Call),  // bl, backwards
        (0xd63f_0100, Link::Call),  // blr x8
        (0xd63f_091f, Link::Call),  // blraaz x8
        (0xd73f_0d09, Link::Call),  // blrab x8, x9
        (0x1400_0010, Link::Other), // b
        (0xd61f_0100, Link::Other), // br x8
        (0xd65f_03c0, Link::Other), // ret
        (0xd503_201f, Link::Other), // nop
    ];
    let found = |code: &[u32]| {
        let bytes: Vec<u8> = code.iter().flat_map(|word| word.to_le_bytes()).collect();
        let read = |from: u64, into: &mut [u8]| {
            let part = bytes.get(from as usize..from as usize + into.len());
            part.is_some_and(|part| {
                into.copy_from_slice(part);
                true
            })
        };
        frame(&read, None, 0).link
    };
    for (instruction, expected) in cases {
        assert_eq!(
            found(&[instruction, 0, 0]),
            Some(expected),
            "{instruction:#x}"
        );
    }
    assert_eq!(
        found(&[0xd503_201f, 0xd280_1168, 0xd400_0001]),
        Some(Link::Restorer)
    );
    assert_eq!(found(&[]), None);
}

proptest! {
    #[test]
    fn any_bytes_are_taken(
        program in prop::collection::vec(any::<u8>(), 0..64),
        (place, byte) in (0usize..0x180, any::<u8>()),
        address in CODE - 8..CODE + 64,
    ) {
        let mut bytes = module(40, &program);
        if let Some(old) = bytes.get_mut(place) {
            *old = byte;
        }
        let _ = at(&bytes, address);
    }
}
