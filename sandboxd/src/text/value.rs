//! Values of arguments, as strace prints them.

use std::fmt::{self, Display, Formatter};

use kprobe_common::table::flags::Request;

use crate::args::{Buffer, FdSet, Value, fd_set, set_bits};
use crate::json::sockaddr::Sockaddr;
use crate::json::span::{Part, Span};
use crate::json::structs::{Content, Elements, Member, Struct, each, pointed, signals};
use crate::json::value::{Flags, OneOf};
use crate::json::{Dirents, OldDirents};
use crate::status::{State, Status};

use super::escape::Quoted;
use super::field::{self, Mode};
use super::message::{Iovec, Several};
use super::netlink::netlink;

/// A value and what is known about it.
pub(super) struct Shown<'a> {
    pub(super) value: &'a Value<'a>,
    pub(super) status: Option<&'a Status>,
    /// Whether the argument is a pointer: a number behind one stands in brackets.
    pub(super) pointer: bool,
    /// Its register: where it is what the call has not given or did not look at.
    pub(super) address: u64,
}

impl Display for Shown<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let cut = self
            .status
            .is_some_and(|status| status.state == State::Cut || status.len.is_some());
        let more = if cut { "..." } else { "" };
        match self.value {
            Value::Null => null(f, self.status, self.address),
            Value::DirFd(value) if *value == i64::from(libc::AT_FDCWD) => f.write_str("AT_FDCWD"),
            Value::Int(value) if self.pointer => write!(f, "[{value}]"),
            Value::Int(value) | Value::DirFd(value) => write!(f, "{value}"),
            Value::Mode(value) => write!(f, "{}", Mode(*value)),
            Value::Hex(value) => hex(f, *value),
            Value::Flags(set, value) => write!(f, "{}", Flags { set, value: *value }),
            Value::Enum(set, value) => write!(f, "{}", OneOf { set, value: *value }),
            Value::Text(text) => write!(f, "{}{more}", Quoted(text)),
            Value::Buffer(buffer) => write!(f, "{buffer}"),
            Value::Netlink(buffer, protocol) => netlink(f, buffer, *protocol),
            Value::Program(program) => write!(f, "{program}"),
            Value::Sockaddr(bytes) => write!(f, "{}", Sockaddr::of(bytes)),
            Value::Struct(def, abi, bytes) => {
                let (abi, bytes) = (*abi, *bytes);
                behind_pointer(f, Struct { def, abi, bytes })
            }
            Value::Structs(def, abi, bytes) => {
                let (abi, bytes) = (*abi, *bytes);
                list(f, each(Struct { def, abi, bytes }), cut)
            }
            Value::Span(def, abi, head, content) => {
                let (abi, head, content) = (*abi, *head, *content);
                let whole = Span {
                    def,
                    abi,
                    head,
                    content,
                };
                span(f, whole, cut)
            }
            Value::Pointed(def, abi, all) => list(f, pointed(def, *abi, all), cut),
            Value::Strings(strings) => list(f, strings.iter().map(|text| Quoted(text)), cut),
            Value::Buffers(buffers) => {
                list(f, buffers.iter().map(|buffer| Iovec(buffer, None)), cut)
            }
            Value::Message(message) => write!(f, "{message}"),
            Value::Messages(messages) => list(f, messages.iter().map(Several), cut),
            Value::FdSet(set) => descriptors(f, set),
            Value::OldDirents(bytes) => list(f, OldDirents(bytes), cut),
            Value::Dirents(bytes) => list(f, Dirents(bytes), cut),
        }?;
        match self.status {
            Some(status) if status.state == State::Late => f.write_str(" /* late */"),
            _ => Ok(()),
        }
    }
}

/// A structure, or in brackets the number that it stands for.
fn behind_pointer(f: &mut Formatter<'_>, whole: Struct<'_>) -> fmt::Result {
    match whole.alone().map(Member::content) {
        Some(Content::Int(value)) => write!(f, "[{value}]"),
        Some(Content::Uint(value)) => write!(f, "[{value}]"),
        Some(Content::Hex(value)) => write!(f, "[{value:#x}]"),
        _ => write!(f, "{whole}"),
    }
}

/// A structure, with what it points at in the pointer's place.
fn span(f: &mut Formatter<'_>, whole: Span<'_>, cut: bool) -> fmt::Result {
    let mut before = "{";
    for (name, part) in whole.parts() {
        write!(f, "{before}{name}=")?;
        match part {
            Part::Own(member) | Part::Pointer(member) => write!(f, "{member}"),
            Part::One(inner) => write!(f, "{inner}"),
            Part::Many(all) => list(f, each(all), cut),
        }?;
        before = ", ";
    }
    f.write_str("}")
}

/// What could not be read or was not given is its address; what JSON cannot carry is its number.
fn null(f: &mut Formatter<'_>, status: Option<&Status>, address: u64) -> fmt::Result {
    let known = status.and_then(|status| status.value.or(status.addr));
    match known.map_or(address, |number| number.0) {
        0 => f.write_str("NULL"),
        number => write!(f, "{number:#x}"),
    }
}

fn hex(f: &mut Formatter<'_>, value: u64) -> fmt::Result {
    if value == 0 {
        f.write_str("0")
    } else {
        write!(f, "{value:#x}")
    }
}

pub(super) fn list(
    f: &mut Formatter<'_>,
    items: impl Iterator<Item = impl Display>,
    cut: bool,
) -> fmt::Result {
    f.write_str("[")?;
    let mut comma = "";
    for item in items {
        write!(f, "{comma}{item}")?;
        comma = ", ";
    }
    if cut {
        write!(f, "{comma}...")?;
    }
    f.write_str("]")
}

/// Words with spaces between them, as strace prints sets.
/// What was asked; what is ready stands in a comment behind it.
fn descriptors(f: &mut Formatter<'_>, set: &FdSet<'_>) -> fmt::Result {
    match set.asked {
        Some(asked) => words(f, fd_set(asked, set.count))?,
        None => f.write_str("NULL")?,
    }
    if let Some(ready) = set.ready {
        f.write_str(" /* ready ")?;
        words(f, fd_set(ready, set.count))?;
        f.write_str(" */")?;
    }
    Ok(())
}

fn words(f: &mut Formatter<'_>, items: impl Iterator<Item = impl Display>) -> fmt::Result {
    f.write_str("[")?;
    for (at, item) in items.enumerate() {
        let space = if at > 0 { " " } else { "" };
        write!(f, "{space}{item}")?;
    }
    f.write_str("]")
}

impl Display for Flags {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut bar = "";
        let mut names = self.set.names(self.value);
        for name in names.by_ref() {
            write!(f, "{bar}{name}")?;
            bar = "|";
        }
        match names.rest() {
            0 if bar.is_empty() => f.write_str("0"),
            0 => Ok(()),
            rest => write!(f, "{bar}{rest:#x}"),
        }
    }
}

impl Display for OneOf {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.set.name(self.value) {
            Some(name) => f.write_str(name),
            None if self.set.requests => write!(f, "{}", Request(self.value as u32)),
            None => write!(f, "{:#x}", self.value),
        }
    }
}

impl Display for Buffer<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let more = if self.len > self.bytes.len() as u64 {
            "..."
        } else {
            ""
        };
        write!(f, "{}{more}", Quoted(self.bytes))
    }
}

/// What is there, or strace's word for what is not known.
pub(super) struct Known<T>(pub(super) Option<T>);

impl<T: Display> Display for Known<T> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Some(value) => write!(f, "{value}"),
            None => f.write_str("???"),
        }
    }
}

impl Display for Struct<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if let Some(member) = self.alone() {
            return write!(f, "{member}");
        }
        f.write_str("{")?;
        let mut comma = "";
        for (name, member) in self.members() {
            if matches!(member.content(), Content::Null) {
                // Fields are in order: what follows is missing too.
                write!(f, "{comma}...")?;
                break;
            }
            write!(f, "{comma}{name}=")?;
            named(f, name, member)?;
            comma = ", ";
        }
        f.write_str("}")
    }
}

/// A field's value, as its name asks for where it does.
fn named(f: &mut Formatter<'_>, name: &str, member: Member<'_>) -> fmt::Result {
    let number = match member.content() {
        Content::Uint(value) => Some(value),
        Content::Int(value) => u64::try_from(value).ok(),
        _ => None,
    };
    match number {
        Some(value) if field::number(f, name, value)? => Ok(()),
        _ => write!(f, "{member}"),
    }
}

impl Display for Member<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.content() {
            Content::Null => f.write_str("???"),
            Content::Int(value) => write!(f, "{value}"),
            Content::Uint(value) => write!(f, "{value}"),
            Content::Hex(value) => hex(f, value),
            Content::Flags(flags) => write!(f, "{flags}"),
            Content::Enum(one) => write!(f, "{one}"),
            Content::Signals(set) => signal_set(f, set),
            Content::Bits(bytes) => words(f, set_bits(bytes)),
            Content::Text(text) => write!(f, "{}", Quoted(text)),
            Content::Address(address) => write!(f, "\"{address}\""),
            Content::Octets(bytes) => write!(f, "{}", Quoted(bytes)),
            Content::Buffer(buffer) => write!(f, "{buffer}"),
            Content::Struct(inner) => write!(f, "{inner}"),
            Content::Array(elements) => array(f, elements),
        }
    }
}

fn array(f: &mut Formatter<'_>, elements: Elements<'_>) -> fmt::Result {
    list(f, elements.members(), false)
}

/// `[INT CHLD]`, or what is not in it, where that is shorter.
fn signal_set(f: &mut Formatter<'_>, set: u64) -> fmt::Result {
    let most = set.count_ones() > 32;
    if most {
        f.write_str("~")?;
    }
    words(f, signals(if most { !set } else { set }).map(Signal))
}

/// A signal without what all their names begin with.
struct Signal(OneOf);

impl Display for Signal {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.0.set.name(self.0.value) {
            Some(name) => f.write_str(name.trim_start_matches("SIG")),
            None => write!(f, "{}", self.0.value),
        }
    }
}
