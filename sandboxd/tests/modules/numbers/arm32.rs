//! 32-bit code: A32 and T32.

use sandboxd::input::Isa;
use sandboxd::input::Number::{Constant, Generic, Undecided};

use super::{Wanted, compare, functions};
use crate::build::ARM32;

#[test]
fn stubs_of_a32_load_a_constant() {
    let bodies = [
        // bionic: a literal for most.
        (
            "stub",
            "mov ip, r7\nldr r7, =322\nstub_svc: svc #0\nmov r7, ip\ncmn r0, #4096\nbxls lr\nneg r0, r0\nb stub\n.ltorg",
        ),
        (
            "short",
            "push {r4, r7}\nmov r7, #20\nshort_svc: svc #0\npop {r4, r7}\nbx lr",
        ),
        ("wide", "movw r7, #0x2c4\nwide_svc: svc #0\nbx lr"),
        (
            "upper",
            "movw r7, #5\nmovt r7, #15\nupper_svc: svc #0\nbx lr",
        ),
        (
            "summed",
            "mov r3, #300\nadd r7, r3, #22\nsummed_svc: svc #0\nbx lr",
        ),
        (
            "kept",
            "push {r7, lr}\nmov r7, #240\nbl stub\nstrd r6, r7, [sp, #-8]!\nkept_svc: svc #0\nadd sp, sp, #8\npop {r7, pc}",
        ),
        (
            "branched",
            "mov r7, #6\ncmp r0, #0\nbeq 1f\nmoveq r1, #2\nbranched_svc: svc #0\n1: bx lr",
        ),
        (
            "inverse",
            "mvn r7, #0xff\nsub r7, r7, #1\ninverse_svc: svc #0\nbx lr",
        ),
    ];
    let wanted = [
        ("stub", Constant(322)),
        ("short", Constant(20)),
        ("wide", Constant(0x2c4)),
        ("upper", Constant(0xf0005)),
        ("summed", Constant(322)),
        ("kept", Constant(240)),
        ("branched", Constant(6)),
        ("inverse", Constant(!0xff - 1)),
    ];
    compare(
        ARM32,
        &functions(".arch armv7-a\n.arm", &bodies),
        Isa::A32,
        &wanted,
    );
}

#[test]
fn what_a32_does_not_say_is_undecided() {
    let bodies = [
        ("memory", "ldr r7, [r3]\nmemory_svc: svc #0\nbx lr"),
        ("many", "ldm r0, {r0-r7}\nmany_svc: svc #0\nbx lr"),
        ("pair", "ldrd r6, r7, [r0]\npair_svc: svc #0\nbx lr"),
        (
            "base",
            "mov r7, #6\nldr r1, [r7, #4]!\nbase_svc: svc #0\nbx lr",
        ),
        (
            "chosen",
            "mov r7, #6\nmoveq r7, #7\nchosen_svc: svc #0\nbx lr",
        ),
        (
            "system",
            "mov r7, #6\nmrc p15, 0, r7, c13, c0, 3\nsystem_svc: svc #0\nbx lr",
        ),
        (
            "multiplied",
            "mov r7, #6\nmul r7, r1, r2\nmultiplied_svc: svc #0\nbx lr",
        ),
        ("bare", "bare_svc: svc #0\nbx lr"),
    ];
    let wanted: Vec<Wanted> = bodies.iter().map(|(name, _)| (*name, Undecided)).collect();
    compare(
        ARM32,
        &functions(".arch armv7-a\n.arm", &bodies),
        Isa::A32,
        &wanted,
    );
    let generic = [(
        "syscall",
        "mov ip, sp\npush {r4, r5, r6, r7}\nmov r7, r0\nmov r0, r1\nmov r1, r2\nmov r2, r3\nldm ip, {r3, r4, r5, r6}\n\
         syscall_svc: svc #0\npop {r4, r5, r6, r7}\nbx lr",
    )];
    compare(
        ARM32,
        &functions(".arch armv7-a\n.arm", &generic),
        Isa::A32,
        &[("syscall", Generic)],
    );
}

const THUMB: &str = ".arch armv7-a\n.syntax unified\n.thumb";

#[test]
fn stubs_of_t32_load_a_constant() {
    let bodies = [
        (
            "short",
            "push {r7}\nmovs r7, #20\nshort_svc: svc 0\npop {r7}\nbx lr",
        ),
        (
            "stub",
            "push {r7}\nmov.w r7, #322\nstub_svc: svc 0\npop {r7}\nbx lr",
        ),
        ("wide", "movw r7, #397\nwide_svc: svc 0\nbx lr"),
        (
            "upper",
            "movs r3, #5\nmovt r3, #15\nmov r2, r7\nmov r7, r3\nupper_svc: svc 0\nmov r7, r2\nbx lr",
        ),
        ("near", "ldr r7, =0x142\nnear_svc: svc 0\nbx lr\n.ltorg"),
        ("long", "ldr.w r7, =0x12345\nlong_svc: svc 0\nbx lr\n.ltorg"),
        (
            "summed",
            "movs r7, #255\nadds r7, #67\nsummed_svc: svc 0\nbx lr",
        ),
        (
            "taken",
            "movw r7, #300\nsubs r7, #3\naddw r7, r7, #7\ntaken_svc: svc 0\nbx lr",
        ),
        ("low", "movs r3, #6\nmovs r7, r3\nlow_svc: svc 0\nbx lr"),
        (
            "high",
            "mov.w r12, #6\nmov.w r7, r12\nhigh_svc: svc 0\nbx lr",
        ),
        (
            "blocked",
            "movs r7, #6\ncmp r0, #0\nite eq\nmoveq r1, #1\nmovne r1, #2\nblocked_svc: svc 0\nbx lr",
        ),
        (
            "kept",
            "push {r7, lr}\nmovs r7, #240\nbl stub\nstrd r6, r7, [sp, #-8]!\nkept_svc: svc 0\nadd sp, #8\npop {r7, pc}",
        ),
        (
            "joined",
            "cbz r0, 1f\nmovs r7, #6\nb 2f\n1: movs r7, #6\n2: joined_svc: svc 0\nbx lr",
        ),
        (
            "pattern",
            "mov.w r7, #0x00010001\npattern_svc: svc 0\nbx lr",
        ),
    ];
    let wanted = [
        ("short", Constant(20)),
        ("stub", Constant(322)),
        ("wide", Constant(397)),
        ("upper", Constant(0xf0005)),
        ("near", Constant(0x142)),
        ("long", Constant(0x12345)),
        ("summed", Constant(322)),
        ("taken", Constant(304)),
        ("low", Constant(6)),
        ("high", Constant(6)),
        ("blocked", Constant(6)),
        ("kept", Constant(240)),
        ("joined", Constant(6)),
        ("pattern", Constant(0x0001_0001)),
    ];
    compare(ARM32, &functions(THUMB, &bodies), Isa::T32, &wanted);
}

#[test]
fn generic_stubs_of_t32_are_known() {
    let bodies = [
        (
            "syscall",
            "mov ip, sp\npush {r4, r5, r6, r7}\nmov r7, r0\nmov r0, r1\nldm ip, {r3, r4, r5, r6}\nsyscall_svc: svc 0\n\
          pop {r4, r5, r6, r7}\nbx lr",
        ),
        (
            "stub",
            "push {r7, lr}\nmov r7, ip\nstub_svc: svc 0\npop {r7, pc}",
        ),
        ("calls", "push {lr}\nmov.w ip, #322\nbl stub\npop {pc}"),
    ];
    compare(
        ARM32,
        &functions(THUMB, &bodies),
        Isa::T32,
        &[("syscall", Generic), ("stub", Generic)],
    );
}

#[test]
fn what_t32_does_not_say_is_undecided() {
    let bodies = [
        ("memory", "ldr r7, [r3]\nmemory_svc: svc 0\nbx lr"),
        ("many", "ldm r0, {r0-r7}\nmany_svc: svc 0\nbx lr"),
        ("pair", "ldrd r6, r7, [r0]\npair_svc: svc 0\nbx lr"),
        (
            "popped",
            "movs r7, #6\npop {r6, r7}\npopped_svc: svc 0\nbx lr",
        ),
        (
            "chosen",
            "movs r7, #6\nit eq\nmoveq r7, #7\nchosen_svc: svc 0\nbx lr",
        ),
        (
            "system",
            "mrc p15, 0, r7, c13, c0, 3\nsystem_svc: svc 0\nbx lr",
        ),
        (
            "shifted",
            "movs r7, #6\nlsls r7, r7, #1\nshifted_svc: svc 0\nbx lr",
        ),
        (
            "inserted",
            "movs r7, #6\nbfi r7, r1, #0, #4\ninserted_svc: svc 0\nbx lr",
        ),
        (
            "two",
            "cbz r0, 1f\nmovs r7, #6\nb 2f\n1: movs r7, #7\n2: two_svc: svc 0\nbx lr",
        ),
        ("bare", "bare_svc: svc 0\nbx lr"),
    ];
    let wanted: Vec<Wanted> = bodies.iter().map(|(name, _)| (*name, Undecided)).collect();
    compare(ARM32, &functions(THUMB, &bodies), Isa::T32, &wanted);
}
