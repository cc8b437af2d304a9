//! `syscall` lines, fast: what the types say of themselves, field by field.
//!
//! Nearly all lines are of this type, so each field is a constant and a value, appended. A field that is missing here
//! does not compile, and a test holds every line against what the types would write; what is not a simple value is
//! left to them.

use serde::Serialize;

use super::caller;
use super::heads::Heads;
use super::number::{exact, exact_unsigned};
use super::put::{self, number, word};
use super::until_zero;
use super::value::{Flags, OneOf};
use super::writer::Writer;
use crate::args::Value;
use crate::event::{Hex, Outcome, Proc, Syscall};

/// Appends the line, without its end.
pub(super) fn write(heads: &mut Heads, out: &mut Vec<u8>, call: &Syscall<'_>) {
    // Every field by name: one that is new is missed by the compiler.
    let Syscall {
        run,
        seq,
        time,
        boot_ns,
        cpu,
        // The thread's head has these, and a test holds it against the types.
        proc: _,
        pid: _,
        tid: _,
        uid: _,
        user: _,
        comm: _,
        comm_hex: _,
        package: _,
        process_name: _,
        abi: _,
        nr,
        syscall,
        outcome,
        args,
        regs,
        registers: _,
        arg_status,
        paths,
        fds,
        ret,
        ret_hex,
        error,
        killed,
        dur_ns,
        caller,
        stack,
        stack_end,
    } = call;
    out.reserve(1024);
    heads.open(out, run);
    put::integer(out, *seq);
    heads.time(out, br#","time":"#, *time);
    number(out, br#","boot_ns":"#, *boot_ns);
    number(out, br#","cpu":"#, *cpu);
    heads.thread(out, call);
    number(out, br#","nr":"#, *nr);
    syscall.with(|name| word(out, br#","syscall":"#, name));
    word(out, br#","outcome":"#, of_outcome(*outcome));
    arguments(out, &args.0);
    if let Some(regs) = regs {
        out.extend_from_slice(br#","regs":"#);
        other(out, regs);
    }
    if !arg_status.is_empty() {
        out.extend_from_slice(br#","arg_status":"#);
        other(out, arg_status);
    }
    if !paths.is_empty() {
        out.extend_from_slice(br#","paths":["#);
        put::each(out, *paths, |out, path| put::bytes(out, &path.0));
        out.push(b']');
    }
    if !fds.is_empty() {
        out.extend_from_slice(br#","fds":"#);
        super::fds::write(out, fds);
    }
    number_or_null(out, br#","ret":"#, *ret);
    if let Some(ret_hex) = ret_hex {
        hex(out, br#","ret_hex":"#, *ret_hex);
    }
    if let Some(error) = error {
        error.with(|name| word(out, br#","error":"#, name));
    }
    if *killed {
        out.extend_from_slice(br#","killed":true"#);
    }
    number_or_null(out, br#","dur_ns":"#, *dur_ns);
    caller::write(out, caller);
    if let Some(places) = stack {
        caller::write_stack(out, places);
    }
    if let Some(end) = stack_end {
        caller::write_end(out, *end);
    }
    out.push(b'}');
}

/// Appends whose the line is: from the process to the ABI, with a comma before it.
pub(super) fn write_thread(out: &mut Vec<u8>, call: &Syscall<'_>) {
    process(out, call.proc);
    number(out, br#","pid":"#, call.pid);
    number(out, br#","tid":"#, call.tid);
    number(out, br#","uid":"#, call.uid);
    number(out, br#","user":"#, call.user);
    out.extend_from_slice(br#","comm":"#);
    put::bytes(out, until_zero(call.comm.0));
    text(out, br#","comm_hex":"#, call.comm_hex.as_deref());
    text(out, br#","package":"#, call.package);
    text(out, br#","process_name":"#, call.process_name);
    out.extend_from_slice(br#","abi":"#);
    put::name(out, call.abi);
}

/// As the type's own names.
const fn of_outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Returned => "returned",
        Outcome::NoReturn => "no_return",
        Outcome::Blocked => "blocked",
        Outcome::EntryMissed => "entry_missed",
        Outcome::ExitMissed => "exit_missed",
        Outcome::Unfinished => "unfinished",
        Outcome::Entered => "entered",
    }
}

fn arguments(out: &mut Vec<u8>, args: &[(&'static str, Value<'_>)]) {
    let mut before: &[u8] = br#","args":{""#;
    for (name, value) in args {
        put::all(out, [before, name.as_bytes(), br#"":"#]);
        argument(out, value);
        before = br#",""#;
    }
    out.extend_from_slice(if args.is_empty() {
        br#","args":{}"#
    } else {
        b"}"
    });
}

fn argument(out: &mut Vec<u8>, value: &Value<'_>) {
    match value {
        Value::Int(value) | Value::DirFd(value) => number_or_null(out, b"", exact(*value)),
        Value::Mode(value) => number_or_null(out, b"", exact_unsigned(*value)),
        Value::Hex(value) => put::hex(out, *value),
        Value::Text(text) => put::bytes(out, text),
        Value::Flags(set, value) => flags(out, Flags { set, value: *value }),
        Value::Enum(set, value) => match set.name(*value) {
            Some(name) => put::name(out, name),
            None => other(out, &OneOf { set, value: *value }),
        },
        value => other(out, value),
    }
}

fn flags(out: &mut Vec<u8>, flags: Flags) {
    out.push(b'[');
    let mut names = flags.set.names(flags.value);
    for name in names.by_ref() {
        put::name(out, name);
        out.push(b',');
    }
    if names.rest() != 0 {
        put::hex(out, names.rest());
        out.push(b',');
    }
    match out.last_mut() {
        Some(comma) if *comma == b',' => *comma = b']',
        _ => out.push(b']'),
    }
}

/// What is rare, or has parts: as its type says.
pub(super) fn other(out: &mut Vec<u8>, value: &impl Serialize) {
    let written = value.serialize(&mut Writer(out));
    debug_assert!(written.is_ok(), "{written:?}");
}

#[inline]
fn number_or_null(out: &mut Vec<u8>, key: &'static [u8], value: Option<impl itoa::Integer>) {
    match value {
        Some(value) => number(out, key, value),
        None => put::all(out, [key, b"null"]),
    }
}

#[inline]
fn text(out: &mut Vec<u8>, key: &'static [u8], value: Option<&str>) {
    if let Some(value) = value {
        out.extend_from_slice(key);
        put::text(out, value);
    }
}

#[inline]
fn hex(out: &mut Vec<u8>, key: &'static [u8], value: Hex) {
    out.extend_from_slice(key);
    put::hex(out, value.0);
}

#[inline]
fn process(out: &mut Vec<u8>, process: Proc) {
    number(out, br#","proc":""#, process.pid);
    number(out, b"-", process.start);
    out.push(b'"');
}
