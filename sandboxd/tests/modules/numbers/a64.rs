//! 64-bit code.

use sandboxd::input::Isa;
use sandboxd::input::Number::{Constant, Generic, Undecided};

use super::{Wanted, compare, functions};
use crate::build::ARM64;

#[test]
fn stubs_of_a64_load_a_constant() {
    let bodies = [
        // bionic.
        (
            "stub",
            "mov x8, #56\nstub_svc: svc #0\ncmn x0, #4095\ncneg x0, x0, hi\nb.hi wide\nret",
        ),
        ("by_w", "mov w8, #63\nby_w_svc: svc #0\nret"),
        ("wide", "movz w8, #0x1, lsl #16\nwide_svc: svc #0\nret"),
        ("pattern", "orr w8, wzr, #0x3f0\npattern_svc: svc #0\nret"),
        (
            "literal",
            "ldr w8, =0x12345\nliteral_svc: svc #0\nret\n.ltorg",
        ),
        (
            "copied",
            "mov x9, #57\nmov x8, x9\nsxtw x8, w8\ncopied_svc: svc #0\nret",
        ),
        (
            "summed",
            "mov x9, #60\nsub x8, x9, #3\nsummed_svc: svc #0\nret",
        ),
        (
            "far",
            "stp x29, x30, [sp, #-32]!\nmov x8, #98\nldp x1, x2, [x0]\nldr x3, [x0, #16]!\nstr x8, [sp, #16]\n\
          cmp x3, #8\nccmp x3, #2, #8, ne\nb.eq 1f\nmrs x4, tpidr_el0\nfmov d8, x4\nfar_svc: svc #0\n1: ldp x29, x30, [sp], #32\nret",
        ),
        (
            "looped",
            "mov x8, #101\n1: looped_svc: svc #0\ncbnz x0, 1b\nret",
        ),
        (
            "joined",
            "cbz x0, 1f\nmov x8, #24\nb 2f\n1: mov x8, #24\n2: joined_svc: svc #0\nret",
        ),
        (
            "dies",
            "cbz x0, 1f\nmov x8, #94\nb 2f\n1: bl dies\n2: dies_svc: svc #0\nret",
        ),
    ];
    let wanted = [
        ("stub", Constant(56)),
        ("by_w", Constant(63)),
        ("wide", Constant(0x10000)),
        ("pattern", Constant(0x3f0)),
        ("literal", Constant(0x12345)),
        ("copied", Constant(57)),
        ("summed", Constant(57)),
        ("far", Constant(98)),
        ("looped", Constant(101)),
        ("joined", Constant(24)),
        ("dies", Constant(94)),
    ];
    compare(ARM64, &functions("", &bodies), Isa::A64, &wanted);
}

#[test]
fn generic_stubs_of_a64_are_known() {
    let bodies = [
        (
            "syscall",
            "mov x8, x0\nmov x0, x1\nmov x1, x2\nmov x2, x3\nmov x3, x4\nmov x4, x5\nmov x5, x6\nsyscall_svc: svc #0\nret",
        ),
        // glibc 2.41's cancel point.
        (
            "cancel",
            "bti c\nldr w0, [x0]\ntbnz w0, #3, 1f\nmov x8, x1\nmov x0, x2\nmov x1, x3\ncancel_svc: svc #0\nret\n1: b calls",
        ),
        (
            "calls",
            "stp x29, x30, [sp, #-16]!\nbl cancel\nldp x29, x30, [sp], #16\nret",
        ),
    ];
    let wanted = [("syscall", Generic), ("cancel", Generic)];
    compare(ARM64, &functions("", &bodies), Isa::A64, &wanted);
}

#[test]
fn what_a64_does_not_say_is_undecided() {
    let bodies = [
        ("memory", "ldrsw x8, [x3]\nmemory_svc: svc #0\nret"),
        ("pair", "ldp x7, x8, [x3]\npair_svc: svc #0\nret"),
        (
            "base",
            "mov x8, #56\nldr x1, [x8], #8\nbase_svc: svc #0\nret",
        ),
        (
            "exclusive",
            "mov x8, #56\nstxr w8, x1, [x2]\nexclusive_svc: svc #0\nret",
        ),
        (
            "swapped",
            "mov x8, #56\n.arch armv8.1-a\nswp x1, x8, [x2]\nswapped_svc: svc #0\nret",
        ),
        ("system", "mrs x8, tpidr_el0\nsystem_svc: svc #0\nret"),
        ("vector", "fmov x8, d0\nvector_svc: svc #0\nret"),
        ("lane", "umov w8, v0.s[1]\nlane_svc: svc #0\nret"),
        (
            "chosen",
            "mov x8, #1\ncsel x8, x8, x0, eq\nchosen_svc: svc #0\nret",
        ),
        (
            "two",
            "cbz x0, 1f\nmov x8, #24\nb 2f\n1: mov x8, #25\n2: two_svc: svc #0\nret",
        ),
        (
            "loops",
            "mov x8, #101\n1: loops_svc: svc #0\nadd x8, x8, #1\ncbnz x0, 1b\nret",
        ),
        ("called", "mov x8, #56\nbl memory\ncalled_svc: svc #0\nret"),
        ("bare", "bare_svc: svc #0\nret"),
        ("after", "ret\nafter_svc: svc #0\nret"),
        (
            "result",
            "mov x8, #39\nsvc #0\nmov x8, x0\nresult_svc: svc #0\nret",
        ),
    ];
    let wanted: Vec<Wanted> = bodies.iter().map(|(name, _)| (*name, Undecided)).collect();
    compare(ARM64, &functions("", &bodies), Isa::A64, &wanted);
}
