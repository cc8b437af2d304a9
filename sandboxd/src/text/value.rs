//! Values of arguments, as strace prints them.

use std::fmt::{self, Display, Formatter};

use crate::args::{Buffer, Message, Netlink, Value};
use crate::json::message::{Control, Data};
use crate::json::sockaddr::Sockaddr;
use crate::json::structs::{Content, Elements, Member, Struct, each, pointed, set_bits, signals};
use crate::json::value::{Flags, OneOf};
use crate::json::{Dirents, OldDirents};
use crate::status::{State, Status};
use kprobe_common::table::flags::MSG;

use super::escape::Quoted;
use super::netlink::netlink;

/// A value and what is known about it.
pub(super) struct Shown<'a> {
    pub(super) value: &'a Value<'a>,
    pub(super) status: Option<&'a Status>,
}

impl Display for Shown<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let cut = self
            .status
            .is_some_and(|status| status.state == State::Cut || status.len.is_some());
        let more = if cut { "..." } else { "" };
        match self.value {
            Value::Null => null(f, self.status),
            Value::DirFd(value) if *value == i64::from(libc::AT_FDCWD) => f.write_str("AT_FDCWD"),
            Value::Int(value) | Value::DirFd(value) => write!(f, "{value}"),
            Value::Mode(value) => write!(f, "0{value:o}"),
            Value::Hex(value) => hex(f, *value),
            Value::Flags(set, value) => write!(f, "{}", Flags { set, value: *value }),
            Value::Enum(set, value) => write!(f, "{}", OneOf { set, value: *value }),
            Value::Text(text) => write!(f, "{}{more}", Quoted(text)),
            Value::Buffer(buffer) => write!(f, "{buffer}"),
            Value::Netlink(buffer, protocol) => netlink(f, buffer, *protocol),
            Value::Program(program) => write!(f, "{program}"),
            Value::Sockaddr(bytes) => write!(f, "{}", Sockaddr::of(bytes)),
            Value::Struct(def, abi, bytes) => write!(
                f,
                "{}",
                Struct {
                    def,
                    abi: *abi,
                    bytes
                }
            ),
            Value::Structs(def, abi, bytes) => list(
                f,
                each(Struct {
                    def,
                    abi: *abi,
                    bytes,
                }),
                cut,
            ),
            Value::Pointed(def, abi, all) => list(f, pointed(def, *abi, all), cut),
            Value::Strings(strings) => list(f, strings.iter().map(|text| Quoted(text)), cut),
            Value::Buffers(buffers) => {
                list(f, buffers.iter().map(|buffer| Iovec(buffer, None)), cut)
            }
            Value::Message(message) => write!(f, "{message}"),
            Value::Messages(messages) => list(f, messages.iter().map(Several), cut),
            Value::OldDirents(bytes) => {
                list(f, OldDirents(bytes).map(|entry| Quoted(entry.name)), cut)
            }
            Value::Dirents(bytes) => list(f, Dirents(bytes).map(|entry| Quoted(entry.name)), cut),
        }
    }
}

/// What could not be read is its address; what JSON cannot carry is its number.
fn null(f: &mut Formatter<'_>, status: Option<&Status>) -> fmt::Result {
    match status.and_then(|status| status.value.or(status.addr)) {
        Some(number) => write!(f, "{:#x}", number.0),
        None => f.write_str("NULL"),
    }
}

fn hex(f: &mut Formatter<'_>, value: u64) -> fmt::Result {
    if value == 0 {
        f.write_str("0")
    } else {
        write!(f, "{value:#x}")
    }
}

fn list(
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

/// A buffer of several, and whether it holds netlink messages.
struct Iovec<'a>(&'a Buffer<'a>, Option<Netlink>);

impl Display for Iovec<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("{iov_base=")?;
        match self.1 {
            Some(protocol) => netlink(f, self.0, protocol)?,
            None => write!(f, "{}", self.0)?,
        }
        write!(f, ", iov_len={}}}", self.0.len)
    }
}

impl Display for Message<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.name {
            Some(name) => write!(f, "{{msg_name={}, msg_iov=", Sockaddr::of(name))?,
            None => f.write_str("{msg_name=NULL, msg_iov=")?,
        }
        let netlink = |at| self.netlink.filter(|_| at == 0);
        let buffers = self.iov.iter().enumerate();
        list(
            f,
            buffers.map(|(at, buffer)| Iovec(buffer, netlink(at))),
            false,
        )?;
        if let (Some(controls), Some(control)) = (self.controls(), &self.control) {
            f.write_str(", msg_control=")?;
            let cut = control.len > control.bytes.len() as u64;
            list(f, controls, cut)?;
            write!(f, ", msg_controllen={}", control.len)?;
        }
        let flags = Flags {
            set: &MSG,
            value: u64::from(self.flags),
        };
        write!(f, ", msg_flags={flags}}}")
    }
}

impl Display for Control<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self {
            level,
            kind,
            len,
            data,
        } = self;
        write!(
            f,
            "{{cmsg_len={len}, cmsg_level={level}, cmsg_type={kind}, cmsg_data="
        )?;
        match data {
            Data::Known(_, member) => write!(f, "{member}}}"),
            Data::Bytes(bytes) => write!(f, "{}}}", Quoted(bytes)),
        }
    }
}

/// A message of several.
struct Several<'a>(&'a Message<'a>);

impl Display for Several<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{{msg_hdr={}", self.0)?;
        if let Some(len) = self.0.len {
            write!(f, ", msg_len={len}")?;
        }
        f.write_str("}")
    }
}

/// What is there, or a question mark.
struct Known<T>(Option<T>);

impl<T: Display> Display for Known<T> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Some(value) => write!(f, "{value}"),
            None => f.write_str("?"),
        }
    }
}

impl Display for Sockaddr<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{{sa_family={}", Known(self.family()))?;
        match self {
            Self::Inet { addr, port } => {
                write!(f, ", sin_port={}, sin_addr={}", Known(*port), Known(*addr))?;
            }
            Self::Inet6 {
                addr,
                port,
                flowinfo,
                scope_id,
            } => {
                write!(
                    f,
                    ", sin6_port={}, sin6_addr={}",
                    Known(*port),
                    Known(*addr)
                )?;
                for (name, value) in [("flowinfo", flowinfo), ("scope_id", scope_id)] {
                    if *value != Some(0) {
                        write!(f, ", sin6_{name}={}", Known(*value))?;
                    }
                }
            }
            Self::Unix { path, hidden } => {
                let at = if *hidden { "@" } else { "" };
                write!(f, ", sun_path={at}{}", Quoted(path))?;
            }
            Self::Netlink { pid, groups } => {
                write!(f, ", nl_pid={}, nl_groups={}", Known(*pid), Known(*groups))?;
            }
            Self::Numbers(numbers) => {
                for (name, member) in numbers.members() {
                    write!(f, ", {name}={member}")?;
                }
            }
            Self::Other { data, .. } => write!(f, ", sa_data={}", Quoted(data))?,
        }
        f.write_str("}")
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
            write!(f, "{comma}{name}={member}")?;
            comma = ", ";
        }
        f.write_str("}")
    }
}

impl Display for Member<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.content() {
            Content::Null => f.write_str("?"),
            Content::Int(value) => write!(f, "{value}"),
            Content::Uint(value) => write!(f, "{value}"),
            Content::Hex(value) => hex(f, value),
            Content::Flags(flags) => write!(f, "{flags}"),
            Content::Enum(one) => write!(f, "{one}"),
            Content::Signals(set) => signal_set(f, set),
            Content::Bits(bytes) => words(f, set_bits(bytes)),
            Content::Text(text) => write!(f, "{}", Quoted(text)),
            Content::Address(address) => write!(f, "{address}"),
            Content::Octets(bytes) => write!(f, "{}", Quoted(bytes)),
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
