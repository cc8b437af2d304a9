//! Calls whose command decides what their arguments are.

use std::collections::BTreeSet;

use kprobe_common::index::{Abi, index};
use kprobe_common::spec::{NO_COMMAND, length, pair, phase};
use kprobe_common::table::rows::ROWS;
use kprobe_common::table::{Form, Syscall, row};

const ABIS: [Abi; 2] = [Abi::Arm64, Abi::Arm32];

#[track_caller]
fn call(name: &str) -> &'static Syscall {
    let mut rows = ROWS.iter();
    rows.find(|row| row.name == name).expect("a row")
}

fn names(form: &Form) -> Vec<&'static str> {
    form.args().map(|arg| arg.name).collect()
}

#[test]
fn every_command_of_a_variant_selects_it() {
    for row in ROWS {
        let Some(variants) = row.variants else {
            continue;
        };
        for abi in ABIS.into_iter().filter(|abi| row.nr(*abi).is_some()) {
            let selector = row.selector(abi).expect("a selector");
            for &(key, at) in variants.keys[abi as usize] {
                let (command, broad) = (key as u32, key >> 48 != 0);
                let mut registers = [0; 6];
                registers[usize::from(selector.register)] = u64::from(command);
                if selector.high < 6 {
                    registers[usize::from(selector.register)] &= 0xffff;
                    registers[usize::from(selector.high)] = u64::from(command >> 16);
                }
                let found = row.variant(abi, &registers).expect("a variant");
                let expected = &variants.list[usize::from(at)];
                assert!(
                    core::ptr::eq(found, expected),
                    "{} {command:#x} {broad}",
                    row.name
                );
            }
        }
    }
}

#[test]
fn a_command_without_a_variant_has_the_rows_arguments() {
    let prctl = call("prctl");
    let form = prctl.form_in(Abi::Arm64, &[0xdead, 1, 2, 3, 4, 0]);
    assert_eq!(names(&form), ["op", "arg2", "arg3", "arg4", "arg5"]);
    assert_eq!(
        names(&prctl.form_in(Abi::Arm64, &[15, 1, 2, 3, 4, 0])),
        ["op", "name"]
    );
    assert_eq!(
        prctl.form_in(Abi::Arm64, &[15; 6]).spec(Abi::Arm64).enter,
        2
    );
}

/// Bits beside the command do not hide it, and registers that it does not look at are passed over.
#[test]
fn packed_commands() {
    let futex = call("futex");
    let form = futex.form_in(Abi::Arm64, &[1, 9 | 0x80 | 0x100, 2, 3, 4, 5]);
    assert_eq!(
        names(&form),
        ["uaddr", "futex_op", "val", "timeout", "val3"]
    );
    assert_eq!(form.registers(Abi::Arm64)[..5], [0, 1, 2, 3, 5]);
}

#[test]
fn commands_of_two_registers() {
    let form = |level, option| call("setsockopt").form_in(Abi::Arm64, &[3, level, option, 1, 4, 0]);
    assert!(names(&form(1, 2)).contains(&"value"));
    // The option of another level, and numbers that do not fit: the buffer as it is.
    for (level, option) in [(7, 2), (1, 0x1_0002), (0x1_0001, 2), (u64::MAX, u64::MAX)] {
        assert!(
            names(&form(level, option)).contains(&"optval"),
            "{level:#x} {option:#x}"
        );
    }
    assert_eq!(pair(1, 2), 0x1_0002);
    assert_eq!(pair(0xffff, 0xffff), NO_COMMAND);
}

/// An `ioctl` that nobody knows says by its number what is to be copied.
#[test]
fn unknown_requests_are_copied_by_direction_and_size() {
    let ioctl = call("ioctl");
    for (request, enter, exit) in [
        (0x4010_ff01, 4, 0),
        (0x8010_ff01, 0, 4),
        (0xc010_ff01, 4, 4),
        (0xff01, 0, 0),
    ] {
        let form = ioctl.form_in(Abi::Arm64, &[3, request, 0x7000, 0, 0, 0]);
        let spec = form.spec(Abi::Arm64);
        assert_eq!((spec.enter, spec.exit), (enter, exit), "{request:#x}");
        if spec.args[2].phase & (phase::ENTER | phase::EXIT) != 0 {
            assert_eq!(
                (spec.args[2].length, spec.args[2].register),
                (length::REQUEST, 1)
            );
        }
    }
}

/// The size of what a request takes is in its number, so that the ABIs number it differently.
#[test]
fn requests_have_the_abis_own_numbers() {
    let name = |abi, op| {
        let nr = call("ioctl").nr(abi).expect("a number");
        let row = row(index(abi, nr)).expect("a row");
        let kprobe_common::table::kind::Kind::EnumAbi(sets) = row.args[1].kind else {
            panic!("requests of each ABI")
        };
        sets.by(abi as u64).name(op)
    };
    assert_eq!(name(Abi::Arm64, 0x4008_7703), Some("ASHMEM_SET_SIZE"));
    assert_eq!(name(Abi::Arm32, 0x4004_7703), Some("ASHMEM_SET_SIZE"));
    assert_eq!(name(Abi::Arm32, 0x4008_7703), None);
    for abi in ABIS {
        assert_eq!(name(abi, 0x5401), Some("TCGETS"));
    }
}

#[test]
fn arguments_have_good_names() {
    for (row, form) in ROWS
        .iter()
        .flat_map(|row| row.forms().map(move |form| (row, form)))
    {
        let mut seen = BTreeSet::new();
        for arg in form.args() {
            let good = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
            assert!(arg.name.chars().all(good), "{}: {}", row.name, arg.name);
            assert!(
                arg.name.starts_with(|c: char| c.is_ascii_lowercase()),
                "{}: {}",
                row.name,
                arg.name
            );
            assert!(seen.insert(arg.name), "{} has {} twice", row.name, arg.name);
        }
    }
}
