//! `caller` of `syscall` lines, fast.

use super::put::{self, word};
use crate::caller::StackEnd;
use crate::event::{Caller, Hex, Lib, Mapping, Place};

/// Appends the field, with a comma before it.
pub(super) fn write(out: &mut Vec<u8>, caller: &Caller<'_>) {
    match caller.written {
        Some(written) => out.extend_from_slice(written.bytes(|bytes| write_anew(bytes, caller))),
        None => write_anew(out, caller),
    }
}

fn write_anew(out: &mut Vec<u8>, caller: &Caller<'_>) {
    let Caller {
        place,
        from,
        origin,
        written: _,
    } = caller;
    out.extend_from_slice(br#","caller":"#);
    write_place(out, place);
    if let Some(from) = from {
        out.extend_from_slice(br#","from":"#);
        write_place(out, from);
        out.push(b'}');
    }
    if let Some(origin) = origin {
        out.extend_from_slice(br#","origin":"#);
        write_place(out, origin);
        out.push(b'}');
    }
    out.push(b'}');
}

/// Appends who called whom, with a comma before it.
pub(super) fn write_stack(out: &mut Vec<u8>, places: &[Place<'_>]) {
    out.extend_from_slice(br#","stack":["#);
    put::each(out, places, |out, place| {
        write_place(out, place);
        out.push(b'}');
    });
    out.push(b']');
}

/// Appends why there are no more, with a comma before it.
pub(super) fn write_end(out: &mut Vec<u8>, end: StackEnd) {
    word(out, br#","stack_end":"#, end.word());
}

/// Without the end: more may follow.
fn write_place(out: &mut Vec<u8>, place: &Place<'_>) {
    let Place {
        class,
        entry,
        lib,
        module,
        build_id,
        offset,
        offset_of,
        symbol,
        symbol_offset,
        pc,
        map,
    } = place;
    word(out, br#"{"class":"#, class.word());
    if let Some(entry) = entry {
        word(out, br#","entry":"#, entry.word());
    }
    match lib {
        Some(Lib::File(name)) => text(out, br#","lib":"#, Some(name)),
        Some(Lib::Memory(name)) => {
            out.extend_from_slice(br#","lib":"[anon:"#);
            put::escaped(out, name);
            out.extend_from_slice(br#"]""#);
        }
        None => {}
    }
    text(out, br#","module":"#, *module);
    text(out, br#","build_id":"#, *build_id);
    hex(out, br#","offset":"#, *offset);
    if let Some(of) = offset_of {
        word(out, br#","offset_of":"#, of.word());
    }
    text(out, br#","symbol":"#, *symbol);
    hex(out, br#","symbol_offset":"#, *symbol_offset);
    hex(out, br#","pc":"#, Some(*pc));
    if let Some(Mapping { start, end, perms }) = map {
        hex(out, br#","map":{"start":"#, Some(*start));
        hex(out, br#","end":"#, Some(*end));
        out.extend_from_slice(br#","perms":"#);
        super::syscall::other(out, perms);
        out.push(b'}');
    }
}

fn text(out: &mut Vec<u8>, key: &[u8], value: Option<&str>) {
    if let Some(value) = value {
        out.extend_from_slice(key);
        put::text(out, value);
    }
}

fn hex(out: &mut Vec<u8>, key: &[u8], value: Option<Hex>) {
    if let Some(Hex(value)) = value {
        out.extend_from_slice(key);
        put::hex(out, value);
    }
}
