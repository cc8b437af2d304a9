//! What sandboxd's table says of names: which arguments a call has, in order, and which number a name stands for.

use std::collections::HashMap;
use std::sync::LazyLock;

use kprobe_common::index::{self, Abi};
use kprobe_common::table::flags::{FlagSet, Named};
use kprobe_common::table::form::Form;
use kprobe_common::table::kind::Kind;
use kprobe_common::table::rows::ROWS;
use kprobe_common::table::structs::{Field, StructDef};
use kprobe_common::table::{self, Syscall};
use serde_json::Value;

/// The arguments of a line's call, those of its command where it has one; none where no row has its number.
pub(super) fn arguments(line: &Value) -> Vec<&'static str> {
    let abi = if line["abi"] == "arm64" {
        Abi::Arm64
    } else {
        Abi::Arm32
    };
    let row = line["nr"]
        .as_i64()
        .and_then(|nr| table::row(index::index(abi, nr as i32)));
    let names = |form: Form| -> Vec<&'static str> { form.args().map(|arg| arg.name).collect() };
    let shown = |names: &Vec<&str>| {
        line["args"].as_object().is_some_and(|args| {
            args.len() == names.len() && names.iter().all(|name| args.contains_key(*name))
        })
    };
    row.and_then(|row| {
        let of_command = row.forms().map(names).find(shown);
        of_command.or_else(|| Some(names(row.form())))
    })
    .unwrap_or_default()
}

/// The number of a name in any of the table's sets; none if two sets disagree.
pub(super) fn value_of(name: &str) -> Option<i128> {
    static NAMES: LazyLock<HashMap<&str, Option<u64>>> = LazyLock::new(all);
    NAMES.get(name).copied().flatten().map(i128::from)
}

fn all() -> HashMap<&'static str, Option<u64>> {
    let mut names = HashMap::new();
    for arg in ROWS
        .iter()
        .flat_map(Syscall::forms)
        .flat_map(|form| form.args())
    {
        match arg.kind {
            Kind::Flags(set) | Kind::WideFlags(set) => flags(&mut names, set),
            Kind::Enum(set) => values(&mut names, set.values),
            Kind::EnumBy(sets, _) | Kind::EnumAbi(sets) => {
                for (_, set) in sets.sets {
                    values(&mut names, set.values);
                }
            }
            kind => kind
                .structure()
                .iter()
                .for_each(|def| structure(&mut names, def)),
        }
    }
    names
}

type Names = HashMap<&'static str, Option<u64>>;

fn flags(names: &mut Names, set: &'static FlagSet) {
    values(names, set.bits);
    for (_, field) in set.fields {
        values(names, field);
    }
    set.zero.iter().for_each(|zero| note(names, zero, 0));
}

fn values(names: &mut Names, list: &'static [Named]) {
    for (value, name) in list {
        note(names, name, *value);
    }
}

fn note(names: &mut Names, name: &'static str, value: u64) {
    let known = names.entry(name).or_insert(Some(value));
    if *known != Some(value) {
        *known = None;
    }
}

fn structure(names: &mut Names, def: &'static StructDef) {
    for member in def.fields {
        field(names, &member.field);
    }
}

fn field(names: &mut Names, of: &'static Field) {
    match of {
        Field::Flags(set, _) | Field::FlagsApart(set, _) => flags(names, set),
        Field::Enum(set, _) | Field::NetEnum(set) | Field::WordEnum(set) => {
            values(names, set.values);
        }
        Field::Struct(def) => structure(names, def),
        Field::Array(element, _) => field(names, element),
        _ => {}
    }
}
