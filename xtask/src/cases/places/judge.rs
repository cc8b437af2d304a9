//! Compares a line with what is expected of it, field by field, and any line with what binutils say of the files.

use serde_json::Value;

use super::elf::{Elf, Elves};
use super::expected::{Expected, Spot};

/// Who calls before anything of the app runs; a program of the lab, in no list of modules.
const STARTER: &str = "/bin/as-uid";

/// What a place in a line says, as words: absent and null are the same.
struct Place<'a>(&'a Value);

impl Place<'_> {
    fn text(&self, field: &str) -> Option<&str> {
        self.0[field].as_str()
    }

    fn number(&self, field: &str) -> Option<u64> {
        number(&self.0[field])
    }
}

fn number(value: &Value) -> Option<u64> {
    u64::from_str_radix(value.as_str()?.strip_prefix("0x")?, 16).ok()
}

/// A line without an expectation, for messages.
pub(super) fn title(line: &Value) -> String {
    format!(
        "line {} ({}, {})",
        line["seq"], line["syscall"], line["comm"]
    )
}

/// Whether a line can be that of a call without a path: it was made by the instruction in question.
pub(super) fn may_be(line: &Value, expected: &Expected) -> bool {
    let place = Place(&line["caller"]);
    let at = match expected.svc.number("at") {
        Some(at) => place.number("pc") == Some(at),
        None => place.text("class") == expected.svc.get("class"),
    };
    at && line["syscall"] == "clock_gettime"
}

/// What differs from what is expected.
pub(super) fn as_expected(line: &Value, expected: &Expected, elves: &Elves) -> Vec<String> {
    let mut wrong = Vec::new();
    let caller = Place(&line["caller"]);
    differs(
        &mut wrong,
        "entry",
        caller.text("entry"),
        Some(&expected.entry),
    );
    place(&mut wrong, "", &caller, &expected.svc);
    let from = Place(&line["caller"]["from"]);
    match &expected.from {
        Some(spot) if from.0.is_object() => {
            place(&mut wrong, "from.", &from, spot);
            wrong.extend(leads_behind_call(line, &from, spot, elves));
        }
        Some(_) => wrong.push("there is no from".into()),
        None if from.0.is_null() => {}
        None => wrong.push(format!("from is {}, and should not be there", from.0)),
    }
    wrong
}

fn differs(wrong: &mut Vec<String>, field: &str, found: Option<&str>, expected: Option<&str>) {
    if found != expected {
        let shown = |text: Option<&str>| text.map_or("absent".into(), |text| format!("{text:?}"));
        wrong.push(format!(
            "{field} is {}, expected {}",
            shown(found),
            shown(expected)
        ));
    }
}

fn differs_in_number(wrong: &mut Vec<String>, field: &str, found: Option<u64>, expected: u64) {
    let found = found.map(|found| format!("{found:#x}"));
    let expected = format!("{expected:#x}");
    differs(wrong, field, found.as_deref(), Some(&expected));
}

/// The fields of one place.
fn place(wrong: &mut Vec<String>, prefix: &str, found: &Place, spot: &Spot) {
    let field = |name: &str| format!("{prefix}{name}");
    let classes = spot.get("class").unwrap_or_default();
    let class = found.text("class");
    if !classes.split('|').any(|word| Some(word) == class) {
        differs(wrong, &field("class"), class, Some(classes));
    }
    let (lib, module) = spot.names();
    differs(wrong, &field("lib"), found.text("lib"), lib.as_deref());
    differs(
        wrong,
        &field("module"),
        found.text("module"),
        module.as_deref(),
    );
    if let Some(at) = spot.number("at") {
        differs_in_number(wrong, &field("pc"), found.number("pc"), at);
    }
    let of = spot.get("of");
    let untold = ["offset_of", "offset", "map"].map(|name| found.0[name].is_null());
    if spot.get("loose").is_some() && untold == [true; 3] {
        return;
    }
    differs(wrong, &field("offset_of"), found.text("offset_of"), of);
    let behind_bias = || Some(found.number("pc")?.wrapping_sub(spot.number("bias")?));
    if let Some(offset) = spot.number("offset").or_else(behind_bias) {
        differs_in_number(wrong, &field("offset"), found.number("offset"), offset);
    } else {
        wrong.push(format!("{prefix}pc is {}", found.0["pc"]));
    }
    if let Some(symbol) = spot.get("symbol") {
        differs(wrong, &field("symbol"), found.text("symbol"), Some(symbol));
    }
    if let Some(offset) = spot.number("symbol_offset") {
        let found = found.number("symbol_offset");
        differs_in_number(wrong, &field("symbol_offset"), found, offset);
    }
    if of == Some("map") {
        let map = Place(&found.0["map"]);
        for name in ["start", "end"] {
            let name_of = field(&format!("map.{name}"));
            let expected = spot.number(name).unwrap_or_default();
            differs_in_number(wrong, &name_of, map.number(name), expected);
        }
        let perms = field("map.perms");
        differs(wrong, &perms, map.text("perms"), spot.get("perms"));
        differs(wrong, &field("symbol"), found.text("symbol"), None);
    }
}

/// Where nobody knows better: the link register leads behind an instruction that sets it.
fn leads_behind_call(line: &Value, from: &Place, spot: &Spot, elves: &Elves) -> Option<String> {
    let abi = line["abi"].as_str()?;
    let elf = elves.of(from.text("module")?, abi)?;
    let offset = from.number("offset")?;
    (spot.number("at").is_none() && !elf.follows_call(offset, abi))
        .then(|| format!("from.offset {offset:#x} is behind no call"))
}

/// What binutils contradict, of any line at all.
pub(super) fn by_binutils(line: &Value, elves: &Elves) -> Vec<String> {
    let caller = Place(&line["caller"]);
    let (Some(module), Some(abi)) = (caller.text("module"), line["abi"].as_str()) else {
        return match caller.text("class") {
            Some("anon" | "stack" | "heap") => Vec::new(),
            class => vec![format!("class {class:?} without a module")],
        };
    };
    let mut wrong = Vec::new();
    if let Some(elf) = elves.of(module, abi) {
        if elves.by_path.contains_key(module) {
            differs(&mut wrong, "class", caller.text("class"), Some(elf.class));
        }
        if caller.text("offset_of") == Some("elf") {
            in_elf(&mut wrong, "", &caller, elf);
            let offset = caller.number("offset").unwrap_or_default();
            if !elf.is_svc(offset, abi) {
                wrong.push(format!("offset {offset:#x} of {module} is no svc"));
            }
        }
        made_by(&mut wrong, &caller);
    } else if module != STARTER && module != "[vdso]" && caller.text("offset_of") == Some("elf") {
        wrong.push(format!("an ELF of nobody's: {module:?}"));
    }
    let from = Place(&line["caller"]["from"]);
    if let Some(elf) = from.text("module").and_then(|module| elves.of(module, abi)) {
        in_elf(&mut wrong, "from.", &from, elf);
    }
    wrong
}

/// Symbol and build ID are the file's.
fn in_elf(wrong: &mut Vec<String>, prefix: &str, found: &Place, elf: &Elf) {
    let build_id = format!("{prefix}build_id");
    let expected = elf.build_id.as_deref();
    differs(wrong, &build_id, found.text("build_id"), expected);
    let functions = elf.functions_at(found.number("offset").unwrap_or_default());
    let symbol = found
        .text("symbol")
        .map(|name| (name, found.number("symbol_offset").unwrap_or(u64::MAX)));
    let agrees = match symbol {
        Some(symbol) => functions.contains(&symbol),
        None => functions.is_empty(),
    };
    if !agrees {
        wrong.push(format!(
            "{prefix}symbol is {symbol:x?}, readelf says {functions:x?}"
        ));
    }
}

/// The platform's code makes calls by its stubs unless the app misuses it, and the app's code by itself.
fn made_by(wrong: &mut Vec<String>, caller: &Place) {
    let entry = caller.text("entry").unwrap_or_default();
    let fits = match caller.text("class") {
        Some("libc" | "linker" | "vdso" | "system") => {
            ["stub", "syscall", "gadget"].contains(&entry)
        }
        _ => entry == "inline",
    };
    if !fits {
        let class = caller.text("class");
        wrong.push(format!("entry {entry:?} of class {class:?}"));
    }
}
