//! Examples of where calls come from.

use sandboxd::caller::{Class, Entry, OffsetOf};
use sandboxd::event::{Caller, Hex, Lib, Mapping, Perms, Place};

pub(super) fn caller(full: bool) -> Caller<'static> {
    Caller {
        written: None,
        place: Place {
            entry: Some(if full { Entry::Syscall } else { Entry::Unknown }),
            ..place(full)
        },
        from: full.then(|| Place {
            lib: Some(Lib::Memory("a \"name\"")),
            ..place(true)
        }),
        origin: full.then(|| place(true)),
    }
}

pub(super) fn stack() -> Vec<Place<'static>> {
    vec![place(true), place(false)]
}

fn place(full: bool) -> Place<'static> {
    let map = Mapping {
        start: Hex(0x7a00),
        end: Hex(0x7b00),
        perms: Perms {
            prot: 5,
            shared: false,
        },
    };
    Place {
        class: if full { Class::Memfd } else { Class::Unknown },
        entry: None,
        lib: full.then_some(Lib::File("memfd:x")),
        module: full.then_some("memfd:x"),
        build_id: full.then_some("ab12"),
        offset: full.then_some(Hex(0x12)),
        offset_of: full.then_some(OffsetOf::Map),
        symbol: full.then_some("check"),
        symbol_offset: full.then_some(Hex(0)),
        pc: Hex(0x7a12),
        map: full.then_some(map),
    }
}
