//! Arguments that point at pointers: strings, buffers, messages, as far as they were copied.

use kprobe_common::index::Abi;
use kprobe_common::record::{IOVECS, msghdr, state};
use kprobe_common::spec::read;
use kprobe_common::table::kind::{Filter, Kind};
use kprobe_common::table::structs::{SpanDef, StructDef};

use super::memory::raise;
use super::{Argument, odd};
use crate::args::{Buffer, Message, Program, Value};
use crate::event::Hex;
use crate::record::Part;
use crate::status::{State, Status};

impl<'a> Argument<'_, 'a> {
    pub(super) fn strings(&self, status: &mut Option<Status>) -> Value<'a> {
        let mut strings = Vec::new();
        let mut ended = false;
        for part in self.call.taken(self.register) {
            self.note(&part, status);
            ended |= part.part == 0;
            if part.part > 0 && part.state != state::UNREAD {
                strings.push(part.bytes);
            }
        }
        if !ended {
            raise(status, Status::new(State::Cut));
        }
        if strings.is_empty()
            && matches!(
                status,
                Some(Status {
                    state: State::Unread,
                    ..
                })
            )
        {
            return Value::Null;
        }
        Value::Strings(strings)
    }

    /// The structures of an array of pointers, which is as long as `count`; the slot of part 0 says how it ended.
    pub(super) fn pointed(
        &self,
        def: &'static StructDef,
        count: u64,
        status: &mut Option<Status>,
    ) -> Value<'a> {
        let mut structures = Vec::new();
        for part in self.call.taken(self.register) {
            self.note(&part, status);
            if part.part > 0 && part.state != state::UNREAD {
                structures.push(part.bytes);
            }
        }
        if structures.is_empty() && count > 0 {
            return Value::Null;
        }
        if count > structures.len() as u64 {
            let len = Some(count);
            raise(
                status,
                Status {
                    len,
                    ..Status::new(State::Cut)
                },
            );
        }
        Value::Pointed(def, self.call.abi, structures)
    }

    /// Buffers that the call takes, or those that it filled, as many bytes as it returned.
    pub(super) fn iovecs(&self, count: &str, status: &mut Option<Status>) -> Value<'a> {
        let count = self.other(count);
        match (self.kind, self.returned()) {
            (Kind::IovecOut(_), Some(ret)) => {
                self.buffers(self.call.given(self.register), count, ret, status)
            }
            (Kind::IovecOut(_), None) => Value::Null,
            _ => self.buffers(self.call.taken(self.register), count, u64::MAX, status),
        }
    }

    /// A message that the call takes, or that it gave.
    pub(super) fn msghdr(&self, status: &mut Option<Status>) -> Value<'a> {
        match (self.kind, self.returned()) {
            (Kind::MsghdrOut, Some(ret)) => {
                self.message(self.call.given(self.register), ret, true, status)
            }
            (Kind::MsghdrOut, None) => Value::Null,
            _ => self.message(self.call.taken(self.register), u64::MAX, false, status),
        }
    }

    /// Messages that the call takes, or those that it gave.
    pub(super) fn mmsghdrs(&self, count: &str, status: &mut Option<Status>) -> Value<'a> {
        match (self.kind, self.returned()) {
            (Kind::MmsghdrOut(_), Some(ret)) => {
                self.messages(&self.call.given(self.register), ret, true, status)
            }
            (Kind::MmsghdrOut(_), None) => Value::Null,
            _ => {
                let count = self.other(count);
                self.messages(&self.call.taken(self.register), count, false, status)
            }
        }
    }

    fn buffers(
        &self,
        parts: impl Iterator<Item = Part<'a>>,
        count: u64,
        limit: u64,
        status: &mut Option<Status>,
    ) -> Value<'a> {
        let mut parts = parts.peekable();
        match parts.peek() {
            Some(array) if array.state == state::UNREAD => {
                raise(status, self.unread(array.error));
                Value::Null
            }
            Some(_) => Value::Buffers(self.vector(parts, 0, count, limit, status)),
            None => Value::Null,
        }
    }

    /// An array of iovecs in the slot of part `first`, and the buffers in those behind it.
    fn vector(
        &self,
        parts: impl Iterator<Item = Part<'a>>,
        first: u8,
        count: u64,
        mut limit: u64,
        status: &mut Option<Status>,
    ) -> Vec<Buffer<'a>> {
        let mut lens: &[u8] = &[];
        let mut buffers = Vec::new();
        if count > IOVECS as u64 {
            raise(
                status,
                Status {
                    len: Some(count),
                    ..Status::new(State::Cut)
                },
            );
        }
        for part in parts.filter(|part| part.part >= first) {
            if part.part == first {
                lens = part.bytes;
                // That the array was cut is said by its count, better.
                if part.state == state::UNREAD {
                    raise(status, self.unread(part.error));
                }
                continue;
            }
            let at = usize::from(part.part - first - 1);
            if part.state == state::UNREAD {
                // It is not where the argument points.
                let addr = Some(Hex(self.word(lens, 2 * at)));
                raise(
                    status,
                    Status {
                        addr,
                        ..self.unread(part.error)
                    },
                );
            }
            let len = self.word(lens, 2 * at + 1).min(limit);
            limit -= len;
            self.note(&part, status);
            buffers.push(Buffer {
                len,
                bytes: part.bytes,
            });
        }
        buffers
    }

    /// A `struct msghdr`; what the call `gave` of its address had room.
    fn message(
        &self,
        parts: impl Iterator<Item = Part<'a>> + Clone,
        limit: u64,
        gave: bool,
        status: &mut Option<Status>,
    ) -> Value<'a> {
        self.of_parts(parts, 0, limit, gave, status)
            .map_or(Value::Null, Value::Message)
    }

    /// An array of `struct mmsghdr`; those that the call `gave` have lengths.
    fn messages(
        &self,
        parts: &(impl Iterator<Item = Part<'a>> + Clone),
        count: u64,
        gave: bool,
        status: &mut Option<Status>,
    ) -> Value<'a> {
        let mut messages = Vec::new();
        for first in (0..=u8::MAX).step_by(usize::from(msghdr::EACH)) {
            let own = parts
                .clone()
                .filter(move |part| part.part & !(msghdr::EACH - 1) == first);
            let head = own.clone().find(|part| part.part == first);
            let len = head.map_or(0, |head| self.word(head.bytes, 7) & 0xffff_ffff);
            let limit = if gave { len } else { u64::MAX };
            let Some(message) = self.of_parts(own, first, limit, gave, status) else {
                break;
            };
            let len = gave.then_some(len);
            messages.push(Message { len, ..message });
        }
        if count > messages.len() as u64 {
            let cut = Status {
                len: Some(count),
                ..Status::new(State::Cut)
            };
            // That not even the first could be read is said already.
            if !messages.is_empty() || status.is_none() {
                raise(status, cut);
            }
        }
        if messages.is_empty() && count > 0 {
            return Value::Null;
        }
        Value::Messages(messages)
    }

    /// A message whose parts have numbers from `first` on.
    fn of_parts(
        &self,
        parts: impl Iterator<Item = Part<'a>> + Clone,
        first: u8,
        limit: u64,
        gave: bool,
        status: &mut Option<Status>,
    ) -> Option<Message<'a>> {
        let head = parts.clone().next().filter(|part| part.part == first)?;
        self.note(&head, status);
        if head.state == state::UNREAD {
            return None;
        }
        let mut find = |wanted: u8| {
            let mut part = parts.clone().find(|part| part.part == first + wanted)?;
            if gave && wanted == msghdr::NAME {
                part = self.address_within(part, &head, status);
            }
            self.note(&part, status);
            (part.state != state::UNREAD).then_some(part.bytes)
        };
        let name = find(msghdr::NAME);
        let control = find(msghdr::CONTROL).map(|bytes| Buffer {
            len: self.word(head.bytes, 5).max(bytes.len() as u64),
            bytes,
        });
        if let Some(name) = name {
            odd::address(name, status);
        }
        let count = self.word(head.bytes, 3);
        let flags = self.word(head.bytes, 6) as u32;
        let iov = self.vector(parts, first + msghdr::IOVEC, count, limit, status);
        let netlink = self.netlink_of(name, iov.first());
        Some(Message {
            name,
            iov,
            iovlen: count,
            control,
            flags,
            netlink,
            len: None,
            abi: self.call.abi,
        })
    }

    /// A `struct sock_fprog`: the number of instructions, and where they are.
    pub(super) fn program(&self, filter: Filter, status: &mut Option<Status>) -> Value<'a> {
        let mut parts = self.call.taken(self.register);
        let Some(head) = self.head(&mut parts, status) else {
            return Value::Null;
        };
        let len = self.word(head.bytes, 0) as u16;
        let instructions = parts.next();
        if let Some(part) = &instructions {
            self.note(part, status);
            if part.state == state::CUT {
                let len = Some(u64::from(len));
                raise(
                    status,
                    Status {
                        len,
                        ..Status::new(State::Cut)
                    },
                );
            }
        }
        Value::Program(Program {
            len,
            bytes: instructions.map_or(&[], |part| part.bytes),
            seccomp: filter == Filter::Seccomp,
        })
    }

    /// A structure of two words, and what it points at: what the call gave where it gives something.
    pub(super) fn span(&self, def: &'static SpanDef, status: &mut Option<Status>) -> Value<'a> {
        let gives = matches!(self.kind, Kind::SpanInOut(_));
        if gives && self.returned().is_some() {
            let mut parts = self.call.given(self.register);
            let Some(head) = self.head(&mut parts, status) else {
                return Value::Null;
            };
            return self.spanned(def, head.bytes, parts.next(), status);
        }
        let mut parts = self.call.taken(self.register);
        match self.head(&mut parts, status) {
            Some(head) if gives => Value::Span(def, self.call.abi, head.bytes, None),
            Some(head) => self.spanned(def, head.bytes, parts.next(), status),
            None => Value::Null,
        }
    }

    /// What such a structure points at is in a slot, unless it could not be read or found no room.
    fn spanned(
        &self,
        def: &'static SpanDef,
        head: &'a [u8],
        part: Option<Part<'a>>,
        status: &mut Option<Status>,
    ) -> Value<'a> {
        let pointer = self.word(head, usize::from(def.read != read::SPAN));
        let content = part.filter(|part| part.state != state::UNREAD);
        match (&content, part) {
            (Some(part), _) => self.note(part, status),
            (None, _) if pointer == 0 => {}
            (None, part) => raise(
                status,
                Status {
                    addr: Some(Hex(pointer)),
                    ..self.unread(part.map_or(0, |part| part.error))
                },
            ),
        }
        Value::Span(def, self.call.abi, head, content.map(|part| part.bytes))
    }

    /// The slot of a structure that points at more, if it was read.
    fn head(
        &self,
        parts: &mut impl Iterator<Item = Part<'a>>,
        status: &mut Option<Status>,
    ) -> Option<Part<'a>> {
        let Some(head) = parts.next() else {
            raise(status, self.unread(0));
            return None;
        };
        self.note(&head, status);
        (head.state != state::UNREAD).then_some(head)
    }

    /// A pointer-sized word of a structure; 0 beyond its end.
    pub(super) fn word(&self, bytes: &[u8], at: usize) -> u64 {
        match self.call.abi {
            Abi::Arm64 => bytes
                .get(at * 8..)
                .and_then(|bytes| bytes.first_chunk())
                .map_or(0, |word| u64::from_le_bytes(*word)),
            Abi::Arm32 => bytes
                .get(at * 4..)
                .and_then(|bytes| bytes.first_chunk())
                .map_or(0, |word| u64::from(u32::from_le_bytes(*word))),
        }
    }
}
