//! JSON Schema of arguments: what each kind of argument looks like, from the table's rows.
//!
//! No `match` here has a `_` arm: a new kind of argument or field does not compile until it is described.

use kprobe_common::index::Abi;
use kprobe_common::table::Syscall;
use kprobe_common::table::flags::{
    CONTROL_TYPE, FlagSet, MSG, SIGNALS, SOCKET_LEVEL, ValueSet, ValueSets,
};
use kprobe_common::table::kind::Kind;
use kprobe_common::table::rows::ROWS;
use kprobe_common::table::structs::{ADDRESSES, CONTROLS, Field, MSGBUF, SpanDef, StructDef};
use serde_json::{Map, Value, json};

/// Definitions that arguments refer to, by name.
pub(super) type Defs = Map<String, Value>;

/// What `args` of a `syscall` line must be: one alternative per row, and one for calls without a row.
pub(super) fn alternatives(defs: &mut Defs) -> Vec<Value> {
    let mut all: Vec<_> = ROWS.iter().map(|row| of_row(row, defs)).collect();
    let known: Vec<_> = ROWS.iter().map(|row| row.name).collect();
    all.push(json!({
        "title": "a call without a name",
        "properties": {"syscall": {"not": {"enum": known}}, "args": {"type": "object"}},
    }));
    all
}

fn of_row(row: &'static Syscall, defs: &mut Defs) -> Value {
    let mut abis = Vec::new();
    let mut numbers = Map::new();
    for (abi, name) in [(Abi::Arm64, "arm64"), (Abi::Arm32, "arm32")] {
        if let Some(nr) = row.nr(abi) {
            abis.push(name);
            numbers.insert(name.into(), nr.into());
        }
    }
    let args = of_args(row, defs);
    json!({
        "title": row.name,
        "x-nr": numbers,
        "properties": {
            "abi": {"enum": abis},
            "syscall": {"const": row.name},
            "args": {"type": "object", "properties": args},
        },
    })
}

/// What each argument is, whatever the call's command: one thing, or one of several of the same JSON type.
fn of_args(row: &'static Syscall, defs: &mut Defs) -> Map<String, Value> {
    let mut args: Vec<(&str, Vec<Value>)> = Vec::new();
    for arg in row.forms().flat_map(|form| form.args()) {
        let kind = of_kind(&arg.kind, defs);
        match args.iter_mut().find(|(name, _)| *name == arg.name) {
            None => args.push((arg.name, vec![kind])),
            Some((_, kinds)) if kinds.contains(&kind) => {}
            Some((_, kinds)) => kinds.push(kind),
        }
    }
    let one = |(name, mut kinds): (&str, Vec<Value>)| {
        let kind = match &mut kinds[..] {
            [only] => only.take(),
            _ => json!({"anyOf": kinds}),
        };
        (name.to_owned(), kind)
    };
    args.into_iter().map(one).collect()
}

fn of_kind(kind: &Kind, defs: &mut Defs) -> Value {
    match kind {
        Kind::Int
        | Kind::Uint
        | Kind::Long
        | Kind::Size
        | Kind::Wide
        | Kind::Split
        | Kind::Fd
        | Kind::DirFd
        | Kind::Pid
        | Kind::Id
        | Kind::Id16
        | Kind::Mode
        | Kind::Dev
        | Kind::SocklenInOut => integer(),
        Kind::WideHex | Kind::Hex | Kind::Addr => hex(defs),
        Kind::Flags(set) | Kind::WideFlags(set) => flags(set, defs),
        Kind::Signal => one_of(&SIGNALS, defs),
        Kind::Enum(set) => one_of(set, defs),
        Kind::EnumBy(sets, _) | Kind::EnumAbi(sets) => one_of_several(sets, defs),
        Kind::Path | Kind::Str | Kind::StrOut | Kind::PathOut => text(),
        Kind::Buf(_)
        | Kind::BufOut(_)
        | Kind::BufOutWhole(_)
        | Kind::BufOutLen(_)
        | Kind::Request(_)
        | Kind::RequestOut(_)
        | Kind::RequestInOut(_) => buffer(defs),
        Kind::Sockaddr(_) | Kind::SockaddrOut(_) => sockaddr(defs),
        Kind::Struct(def)
        | Kind::StructSized(def, _)
        | Kind::StructSizedInOut(def, _)
        | Kind::StructOut(def)
        | Kind::StructOutSized(def, _)
        | Kind::StructOutLen(def, _)
        | Kind::StructOutAlways(def)
        | Kind::StructInOut(def) => structure(def, defs),
        Kind::Structs(def, _)
        | Kind::StructsOut(def, _)
        | Kind::StructsInOut(def, _)
        | Kind::Pointers(def, _) => list(structure(def, defs)),
        Kind::FdSet(_) => fd_set(defs),
        Kind::Dirents | Kind::OldDirents => list(dirent(defs)),
        Kind::Iovec(_) | Kind::IovecOut(_) => list(buffer(defs)),
        Kind::Strings => list(json!({"type": "string"})),
        Kind::Msghdr | Kind::MsghdrOut => message(defs),
        Kind::Mmsghdr(_) | Kind::MmsghdrOut(_) => list(message(defs)),
        Kind::Msgbuf(_) | Kind::MsgbufOut(_) => structure(&MSGBUF, defs),
        Kind::Span(def) | Kind::SpanInOut(def) => span(def, defs),
        Kind::Program(_) => program(defs),
    }
}

pub(super) fn of_field(field: &Field, defs: &mut Defs) -> Value {
    match field {
        Field::Int(_) | Field::Uint(_) | Field::Long | Field::Ulong | Field::Net(_) => integer(),
        Field::Hex(_) | Field::Addr => hex(defs),
        Field::Flags(set, _) | Field::FlagsApart(set, _) => flags(set, defs),
        Field::Enum(set, _) | Field::NetEnum(set) | Field::WordEnum(set) => one_of(set, defs),
        Field::Sigset(_) => {
            let examples: Vec<_> = SIGNALS.values.iter().map(|named| named.1).collect();
            let def = list(json!({"type": "string", "examples": examples}));
            defined("sigset", def, defs)
        }
        Field::Bits(_) => list(json!({"type": "integer", "minimum": 0})),
        Field::Text(_) | Field::Address(..) | Field::Bluetooth | Field::Octets(..) => text(),
        Field::Buffer(_) => buffer(defs),
        Field::Struct(def) => structure(def, defs),
        Field::Array(element, _) => list(of_field(element, defs)),
    }
}

pub(super) fn integer() -> Value {
    json!({"type": ["integer", "null"]})
}

fn text() -> Value {
    json!({"type": ["string", "null"]})
}

fn list(items: Value) -> Value {
    Value::from_iter([("type", json!(["array", "null"])), ("items", items)])
}

/// Keeps a definition and refers to it.
pub(super) fn defined(name: &str, def: Value, defs: &mut Defs) -> Value {
    defs.entry(name).or_insert(def);
    json!({"$ref": format!("#/$defs/{name}")})
}

fn hex(defs: &mut Defs) -> Value {
    let def = json!({
        "type": ["string", "null"],
        "description": "a pointer, mask or cookie, in hexadecimal",
        "examples": ["0x7f12"],
    });
    defined("hex", def, defs)
}

pub(super) fn flags(set: &FlagSet, defs: &mut Defs) -> Value {
    let fields = set.fields.iter().flat_map(|field| field.1);
    let names = set
        .zero
        .into_iter()
        .chain(fields.chain(set.bits).map(|named| named.1));
    let def = json!({
        "type": ["array", "null"],
        "description": "names of what is set; bits without a name are one last string like \"0x40\"",
        "items": {"type": "string", "examples": names.collect::<Vec<_>>()},
    });
    defined(&format!("flags.{}", set.name), def, defs)
}

fn one_of(set: &ValueSet, defs: &mut Defs) -> Value {
    let names: Vec<_> = set.values.iter().map(|named| named.1).collect();
    let def = named(&names);
    defined(&format!("enum.{}", set.name), def, defs)
}

fn one_of_several(sets: &ValueSets, defs: &mut Defs) -> Value {
    let mut names: Vec<_> = sets
        .sets
        .iter()
        .flat_map(|set| set.1.values)
        .map(|named| named.1)
        .collect();
    names.sort_unstable();
    names.dedup();
    defined(&format!("enum.{}", sets.name), named(&names), defs)
}

pub(super) fn named(names: &[&str]) -> Value {
    json!({
        "type": ["string", "null"],
        "description": "a name; a value without one is a string like \"0x2a\"",
        "examples": names,
    })
}

fn structure(def: &StructDef, defs: &mut Defs) -> Value {
    if let Some(field) = def.alone() {
        return of_field(field, defs);
    }
    let fields: Map<_, _> = def
        .fields
        .iter()
        .map(|field| (field.name.to_owned(), of_field(&field.field, defs)))
        .collect();
    let whole = json!({
        "type": ["object", "null"],
        "description": "a field that was not read is null",
        "properties": fields,
    });
    defined(&format!("struct.{}", def.name), whole, defs)
}

fn span(def: &SpanDef, defs: &mut Defs) -> Value {
    let element = structure(def.element, defs);
    let content = if def.many { list(element) } else { element };
    let fields: Map<_, _> = def
        .head
        .fields
        .iter()
        .map(|field| {
            let own = field.name != def.field;
            let value = if own {
                of_field(&field.field, defs)
            } else {
                content.clone()
            };
            (field.name.to_owned(), value)
        })
        .collect();
    let whole = json!({
        "type": ["object", "null"],
        "description": "what it points at stands for the pointer, and is null where it was not read",
        "properties": fields,
    });
    defined(&format!("struct.{}", def.name), whole, defs)
}

fn buffer(defs: &mut Defs) -> Value {
    let def = json!({
        "type": ["object", "null"],
        "description": "bytes, perhaps only the first of them: as text if they are, else in hexadecimal",
        "properties": {
            "len": {"type": ["integer", "null"], "description": "how many there are in truth"},
            "text": {"type": "string"},
            "hex": {"type": "string"},
            "netlink": {"type": "array", "items": super::netlink::message(defs)},
        },
        "required": ["len"],
    });
    defined("buffer", def, defs)
}

fn program(defs: &mut Defs) -> Value {
    let def = json!({
        "type": ["object", "null"],
        "description": "a filter in classic BPF, perhaps only its start",
        "properties": {
            "len": {"type": "integer", "description": "how many instructions there are in truth"},
            "filter": {"type": "array", "items": {"type": "string", "examples": ["ld [4]", "ret ALLOW"]}},
        },
        "required": ["len", "filter"],
    });
    defined("program", def, defs)
}

fn fd_set(defs: &mut Defs) -> Value {
    let numbers = json!({"type": ["array", "null"], "items": {"type": "integer", "minimum": 0}});
    let def = json!({
        "type": ["object", "null"],
        "description": "descriptors that are waited for, and those that are ready",
        "properties": {"asked": numbers, "ready": numbers},
        "required": ["asked", "ready"],
    });
    defined("fd_set", def, defs)
}

fn sockaddr(defs: &mut Defs) -> Value {
    let hex = hex(defs);
    let family = one_of(&kprobe_common::table::flags::SOCKET_DOMAIN, defs);
    let mut fields = json!({
        "family": family,
        "addr": text(),
        "port": integer(),
        "flowinfo": integer(),
        "scope_id": integer(),
        "path": {"type": "string"},
        "abstract": {"type": "boolean"},
        "pid": integer(),
        "groups": hex,
        "data": {"type": "string", "description": "what follows the family, in hexadecimal"},
    });
    for field in ADDRESSES.iter().flat_map(|address| address.def.fields) {
        let name = crate::json::sockaddr::short(field.name);
        fields[name] = of_field(&field.field, defs);
    }
    let def = json!({
        "type": ["object", "null"],
        "properties": fields,
        "required": ["family"],
    });
    defined("sockaddr", def, defs)
}

fn message(defs: &mut Defs) -> Value {
    let def = json!({
        "type": ["object", "null"],
        "properties": {
            "name": sockaddr(defs),
            "iov": {"type": "array", "items": buffer(defs)},
            "control": list(control(defs)),
            "controllen": integer(),
            "flags": flags(&MSG, defs),
            "len": {"type": ["integer", "null"], "description": "of one of several: `msg_len`, where the call gave it"},
        },
        "required": ["name", "iov", "control", "controllen", "flags"],
    });
    defined("message", def, defs)
}

fn control(defs: &mut Defs) -> Value {
    let mut fields = json!({
        "level": one_of(&SOCKET_LEVEL, defs),
        "type": one_of_several(&CONTROL_TYPE, defs),
        "len": integer(),
        "hex": {"type": "string"},
    });
    for control in CONTROLS {
        fields[control.name] = of_field(&control.field, defs);
    }
    let def = json!({
        "type": "object",
        "properties": fields,
        "required": ["level", "type", "len"],
    });
    defined("control", def, defs)
}

fn dirent(defs: &mut Defs) -> Value {
    let def = json!({
        "type": "object",
        "properties": {
            "d_ino": integer(),
            "d_off": hex(defs),
            "d_type": one_of(&crate::json::DIRENT_TYPES, defs),
            "d_name": {"type": "string"},
        },
        "required": ["d_ino", "d_off", "d_type", "d_name"],
    });
    defined("dirent", def, defs)
}

#[cfg(test)]
mod tests;
