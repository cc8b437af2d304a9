//! The checks that make a wrong row fail to compile.
//!
//! What needs the kernel's headers or is easier to say at run time is left to `tests/`.

use super::form::Form;
use super::kind::Kind;
use super::only_if::{Names, OnlyIf};
use super::variant::Variants;
use super::{Syscall, rows};
use crate::index::Abi;
use crate::spec::REGISTERS;

const _: () = check(rows::ROWS);

/// Rejects a bad table.
///
/// # Panics
/// On more than six registers, numbers out of order, a length, condition, variant or size that does not fit.
const fn check(rows: &[Syscall]) {
    let mut i = 0;
    while i < rows.len() {
        let row = &rows[i];
        assert!(
            row.nr64.is_some() || row.nr32.is_some(),
            "a row has no number"
        );
        check_form(&row.form(), row);
        if let Some(variants) = row.variants {
            check_variants(row, variants);
        }
        if let Some(only_if) = &row.files_if {
            check_condition(&row.form(), only_if);
        }
        if let Some(condition) = &row.condition {
            let _ = row.arg(condition.arg);
        }
        if i > 0 {
            let before = &rows[i - 1];
            match (before.nr64, row.nr64) {
                (Some(a), Some(b)) => assert!(a < b, "arm64 numbers are repeated or out of order"),
                (None, Some(_)) => {
                    panic!("a row with an arm64 number stands among the 32-bit ones")
                }
                (None, None) => match (before.nr32, row.nr32) {
                    (Some(a), Some(b)) => {
                        assert!(a < b, "32-bit numbers are repeated or out of order");
                    }
                    _ => panic!("a row has no number"),
                },
                (Some(_), None) => {}
            }
        }
        i += 1;
    }
}

/// The arguments fit the registers, and those that another one tells of name one that is there.
const fn check_form(form: &Form, row: &Syscall) {
    assert!(
        form.register_count(Abi::Arm64) as usize <= REGISTERS,
        "a row has more than six arguments"
    );
    if row.nr32.is_some() {
        assert!(
            form.register_count(Abi::Arm32) as usize <= REGISTERS,
            "a row's pairs need more than six registers"
        );
        let _ = form.spec(Abi::Arm32);
    }
    let _ = form.spec(Abi::Arm64);
    let mut i = 0;
    while i < form.len() {
        if let Kind::EnumBy(_, by) = &form.at(i).kind {
            let _ = form.arg(by);
        }
        let arg = form.at(i);
        if let Some(only_if) = &arg.only_if {
            check_condition(form, only_if);
        }
        if let Some((only_if, kind)) = &arg.instead {
            check_condition(form, only_if);
            assert!(
                kind.shape().is(arg.kind.shape()),
                "an argument means two JSON types"
            );
        }
        i += 1;
    }
}

/// A condition speaks of arguments that are there.
const fn check_condition(form: &Form, condition: &OnlyIf) {
    match condition.names() {
        Names::None => {}
        Names::One(name) => {
            let _ = form.arg(name);
        }
        Names::OfAll(several) => {
            let mut i = 0;
            while i < several.len() {
                check_condition(form, &several[i]);
                i += 1;
            }
        }
    }
}

/// Variants are chosen by the argument that names their commands, and fit as a row does; a name means one JSON type.
const fn check_variants(row: &Syscall, variants: &Variants) {
    match row.command {
        Some(name) => assert!(
            variants
                .commands
                .are_those_of(&row.args[row.arg(name)].kind),
            "a row's variants have commands of another argument"
        ),
        None => panic!("a row with variants has no command"),
    }
    let mut i = 0;
    while i < variants.list.len() {
        let form = row.form_of(&variants.list[i]);
        check_form(&form, row);
        check_shapes(&form, &row.form());
        let mut n = 0;
        while n < i {
            check_shapes(&form, &row.form_of(&variants.list[n]));
            n += 1;
        }
        i += 1;
    }
}

const fn check_shapes(a: &Form, b: &Form) {
    let mut i = 0;
    while i < a.own.len() {
        if let Some(at) = b.position(a.own[i].name) {
            assert!(
                a.own[i].kind.shape().is(b.at(at).kind.shape()),
                "an argument's name means two JSON types"
            );
        }
        i += 1;
    }
}

/// String equality, in constants.
pub(super) const fn same(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    let mut i = 0;
    while i < a.len() {
        if a[i] != b[i] {
            return false;
        }
        i += 1;
    }
    true
}
