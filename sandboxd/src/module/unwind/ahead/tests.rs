//! Code as compilers write it, and as others do.

use proptest::prelude::*;

use super::*;

const RET: u32 = 0xd65f_03c0;
const SVC: u32 = 0xd400_0001;
const NOP: u32 = 0xd503_201f;
/// To the instruction behind it.
const BL: u32 = 0x9400_0001;

fn of(code: &[u32], called: bool) -> Option<Rule> {
    let bytes: Vec<u8> = code.iter().flat_map(|word| word.to_le_bytes()).collect();
    let read = |from: u64, into: &mut [u8]| {
        let from = usize::try_from(from).ok();
        let part = from.and_then(|from| bytes.get(from..)?.get(..into.len()));
        part.is_some_and(|part| {
            into.copy_from_slice(part);
            true
        })
    };
    rule(&read, 0, called)
}

const fn stored(end: i64, fp: Kept, lr: i64) -> Rule {
    Rule {
        frame: (Pointer::Stack, end),
        fp,
        lr: Kept::At(lr),
    }
}

#[test]
fn a_stub_has_stored_nothing() {
    let leaf = Rule {
        frame: (Pointer::Stack, 0),
        fp: Kept::Same,
        lr: Kept::Same,
    };
    assert_eq!(of(&[SVC, RET], false), Some(leaf));
    // cmn x0, #4095; cneg x0, x0, hi; b.hi; ret
    let stub = [SVC, 0xb13f_fc1f, 0xda80_9400, 0x5400_0048, RET];
    assert_eq!(of(&stub, false), Some(leaf));
    // A jump to a function that has a frame and gives it back: stp x29, x30, [sp, #-16]!; ldp x29, x30, [sp], #16
    let goes_on = [
        0x1400_0002,
        NOP,
        0xa9bf_7bfd,
        0x9100_03fd,
        BL,
        0xa8c1_7bfd,
        RET,
    ];
    assert_eq!(of(&goes_on, false), Some(leaf));
}

#[test]
fn what_is_read_back_was_stored() {
    // ldp x19, x20, [sp, #16]; ldp x29, x30, [sp], #32
    let framed = [0xa941_53f3, 0xa8c2_7bfd, RET];
    let expected = stored(32, Kept::At(-32), -24);
    assert_eq!(of(&framed, true), Some(expected));
    // ldr x30, [sp, #16]; ldp x19, x20, [sp], #32
    let frameless = [0xf940_0bfe, 0xa8c2_53f3, RET];
    assert_eq!(of(&frameless, true), Some(stored(32, Kept::Same, -16)));
    // ldp x29, x30, [sp]; add sp, sp, #0x1, lsl #12; add sp, sp, #16
    let large = [0xa940_7bfd, 0x9140_07ff, 0x9100_43ff, RET];
    let expected = stored(4112, Kept::At(-4112), -4104);
    assert_eq!(of(&large, true), Some(expected));
    // ldr x30, [sp], #16; retaa
    assert_eq!(
        of(&[0xf841_07fe, 0xd65f_0bff], true),
        Some(stored(16, Kept::Same, -16))
    );
}

#[test]
fn a_stack_that_was_moved_goes_back_by_the_frame_pointer() {
    // mov sp, x29; ldp x29, x30, [sp], #48
    let expected = Rule {
        frame: (Pointer::Frame, 48),
        ..stored(0, Kept::At(-48), -40)
    };
    assert_eq!(of(&[0x9100_03bf, 0xa8c3_7bfd, RET], true), Some(expected));
    // sub sp, x29, #16; ldp x29, x30, [sp, #16]: what is read lies where the frame pointer points.
    let code = [0xd100_43bf, 0xa941_7bfd, 0x9100_83ff, RET];
    let expected = Rule {
        frame: (Pointer::Frame, 16),
        ..stored(0, Kept::At(-16), -8)
    };
    assert_eq!(of(&code, true), Some(expected));
}

#[test]
fn nothing_is_said_of_what_is_not_understood() {
    let cases: [&[u32]; 12] = [
        // No return address was read.
        &[RET],
        &[BL, 0x9100_43ff, RET],
        // ldr x30, [x1]; mov x30, x2
        &[0xf940_003e, RET],
        &[0xaa02_03fe, RET],
        // and sp, x0, #-16; add sp, sp, x1; br x2; brk
        &[0x927c_ec1f, 0xa8c2_7bfd, RET],
        &[0x8b21_63ff, 0xa8c2_7bfd, RET],
        &[0xd61f_0040],
        &[0xd420_0000],
        // ld1 {v0.16b}, [sp], #16; ldr w30, [sp]
        &[0x4cdf_73e0, 0xa8c2_7bfd, RET],
        &[0xb940_03fe, 0x9100_43ff, RET],
        // The code ends.
        &[NOP],
        // What is read lies below the stack: ldur x30, [sp, #-16]
        &[0xf85f_03fe, 0x9100_43ff, RET],
    ];
    for code in cases {
        assert_eq!(of(code, true), None, "{code:x?}");
    }
}

#[test]
fn behind_a_call_that_does_not_come_back_another_function_begins() {
    // stp x29, x30, [sp, #-16]!, or str x30, [sp, #-16]!, or paciasp first
    for begin in [0xa9bf_7bfd, 0xf81f_0ffe, 0xd503_233f] {
        let code = [begin, NOP, 0xa8c1_03e1, 0xf841_07fe, RET];
        assert_eq!(of(&code, true), None, "{begin:#x}");
    }
}

proptest! {
    #[test]
    fn any_code_is_taken(code in prop::collection::vec(any::<u32>(), 0..40), called: bool) {
        let _ = of(&code, called);
    }

    #[test]
    fn any_code_that_ends_as_functions_do_is_taken(
        code in prop::collection::vec(prop::sample::select(vec![
            0xa8c2_7bfd_u32, 0xa9be_7bfd, 0x9100_43ff, 0xd100_43ff, 0x9100_03bf, 0xf940_0bfe, 0xf841_07fe, BL, NOP,
        ]), 0..40),
    ) {
        let code = [&code[..], &[RET]].concat();
        if let Some(rule) = of(&code, true) {
            prop_assert!(matches!(rule.lr, Kept::At(_)));
        }
    }
}
