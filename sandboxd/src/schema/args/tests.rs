//! Arguments as JSON Schema: what rows give.

use std::collections::BTreeMap;

use super::*;

#[test]
fn parts_of_addresses_have_one_type_each() {
    let mut types: BTreeMap<&str, Value> = BTreeMap::new();
    for field in ADDRESSES.iter().flat_map(|address| address.def.fields) {
        let name = crate::json::sockaddr::short(field.name);
        let described = of_field(&field.field, &mut Defs::new());
        let before = types.entry(name).or_insert_with(|| described.clone());
        assert_eq!(*before, described, "{name}");
    }
    assert_eq!(types["addr"], text());
    assert_eq!(types["port"], integer());
}

#[test]
fn one_name_has_one_definition_and_can_be_referred_to() {
    let mut whole = Defs::new();
    alternatives(&mut whole);
    for row in ROWS {
        for arg in row.forms().flat_map(|form| form.args()) {
            let mut alone = Defs::new();
            of_kind(&arg.kind, &mut alone);
            for (name, def) in alone {
                assert_eq!(whole[&name], def, "{name} has two meanings");
                let plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
                assert!(
                    name.chars().all(plain),
                    "{name} must be escaped in a reference"
                );
            }
        }
    }
}
