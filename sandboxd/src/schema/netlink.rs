//! JSON Schema of netlink messages, from the rows of their parts.

use kprobe_common::table::flags::{NLM_F, NLMSG, NLMSG_TYPE, ValueSet};
use kprobe_common::table::structs::{ATTRIBUTES, BODIES, NLMSGERR, StructDef};
use serde_json::{Value, json};

use super::args::{Defs, defined, flags, integer, named, of_field};

/// A message.
pub(super) fn message(defs: &mut Defs) -> Value {
    let mut types = vec![&NLMSG];
    types.extend(NLMSG_TYPE.sets.iter().map(|set| set.1));
    let def = json!({
        "type": "object",
        "properties": {
            "len": integer(),
            "type": one_of_all("nlmsg_type", &types, defs),
            "flags": flags(&NLM_F, defs),
            "seq": integer(),
            "pid": integer(),
            "body": body(defs),
            "attrs": {"type": "array", "items": attribute(defs)},
        },
        "required": ["len", "type", "flags", "seq", "pid", "body", "attrs"],
    });
    defined("netlink", def, defs)
}

/// What messages begin with: the fields of all kinds, whose names say which they belong to.
fn body(defs: &mut Defs) -> Value {
    let short = BODIES.iter().filter_map(|body| body.short);
    let all = BODIES.iter().map(|body| body.def).chain(short);
    let all: Vec<&StructDef> = all.chain([&NLMSGERR]).collect();
    let mut fields = json!({});
    for field in all.iter().flat_map(|def| def.fields) {
        fields[field.name] = of_field(&field.field, defs);
    }
    let def = json!({"type": ["object", "null"], "properties": fields});
    defined("netlink.body", def, defs)
}

fn attribute(defs: &mut Defs) -> Value {
    let types: Vec<_> = ATTRIBUTES.iter().map(|def| def.names).collect();
    let def = json!({
        "type": "object",
        "properties": {
            "type": one_of_all("nla_type", &types, defs),
            "len": integer(),
            "text": {"type": ["string", "null"]},
            "addr": {"type": ["string", "null"]},
            "number": integer(),
            "hex": {"type": "string"},
        },
        "required": ["type", "len"],
    });
    defined("netlink.attribute", def, defs)
}

fn one_of_all(name: &str, sets: &[&ValueSet], defs: &mut Defs) -> Value {
    let mut names: Vec<_> = sets
        .iter()
        .flat_map(|set| set.values)
        .map(|value| value.1)
        .collect();
    names.sort_unstable();
    names.dedup();
    defined(&format!("enum.{name}"), named(&names), defs)
}
