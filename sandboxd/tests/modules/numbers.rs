//! Where a `svc` takes its number from: stubs as C libraries have them, and code that only looks so.
//!
//! Each text is one function by one, `NAME:` with a `svc` at `NAME_svc:`; what is expected stands beside the name.

mod a64;
mod arm32;

use std::fmt::Write as _;

use object::read::elf::ElfFile;
use object::{LittleEndian, Object, ObjectSymbol};
use sandboxd::input::{Isa, Number};
use sandboxd::module::elf::Elf;
use sandboxd::module::number::of_svc;

use crate::build::{ARM64, function, library};

type Wanted = (&'static str, Number);

/// Looks at every `NAME_svc` and compares.
fn compare(target: &str, text: &str, isa: Isa, wanted: &[Wanted]) {
    let bytes = library(target, text, &[]);
    let elf = Elf::read(&bytes).expect("an ELF");
    for (name, number) in wanted {
        let address = address(&bytes, &format!("{name}_svc")) & !u64::from(isa == Isa::T32);
        let function = function(&bytes, &elf, address);
        let found = of_svc(&bytes, &elf, address, isa, function.as_ref());
        assert_eq!(found, Some(*number), "{name} at {address:#x}, {function:?}");
        // Without a symbol nothing else may be said: only less.
        let alone = of_svc(&bytes, &elf, address, isa, None);
        let is_less = alone == Some(Number::Undecided) || alone == found;
        assert!(is_less, "{name} without its symbol: {alone:?}");
    }
}

fn address(bytes: &[u8], name: &str) -> u64 {
    fn find<'a>(file: &impl Object<'a>, name: &str) -> u64 {
        let mut symbols = file.symbols();
        let symbol = symbols.find(|symbol| symbol.name() == Ok(name));
        symbol.unwrap_or_else(|| panic!("no {name}")).address()
    }
    if bytes[4] == 2 {
        let file = ElfFile::<object::elf::FileHeader64<LittleEndian>>::parse(bytes);
        find(&file.unwrap(), name)
    } else {
        let file = ElfFile::<object::elf::FileHeader32<LittleEndian>>::parse(bytes);
        find(&file.unwrap(), name)
    }
}

/// Functions of a text: each gets its type and size.
fn functions(head: &str, bodies: &[(&str, &str)]) -> String {
    let mut text = format!("{head}\n.text\n");
    for (name, body) in bodies {
        let _ = write!(
            text,
            ".balign 16\n.global {name}\n.type {name}, %function\n{name}:\n{body}\n.size {name}, . - {name}\n"
        );
    }
    text
}

#[test]
fn only_a_svc_takes_a_number() {
    let bytes = library(
        ARM64,
        &functions("", &[("f", "mov x8, #1\nf_svc: nop\nret")]),
        &[],
    );
    let elf = Elf::read(&bytes).unwrap();
    let at = address(&bytes, "f_svc");
    assert_eq!(of_svc(&bytes, &elf, at, Isa::A64, None), None);
    assert_eq!(of_svc(&bytes, &elf, at + 1, Isa::A64, None), None);
    assert_eq!(of_svc(&bytes, &elf, u64::MAX, Isa::A64, None), None);
}
