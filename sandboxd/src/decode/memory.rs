//! Arguments that point at memory, as far as it was copied.

use kprobe_common::record::state;
use kprobe_common::spec::request_size;
use kprobe_common::table::kind::Kind;
use kprobe_common::table::structs::StructDef;

use super::{Argument, odd};
use crate::args::{Buffer, FdSet, Value};
use crate::json::structs::Struct;
use crate::record::Part;
use crate::status::{State, Status};

impl<'a> Argument<'_, 'a> {
    /// The value of an argument that is followed.
    pub(super) fn memory(&self, status: &mut Option<Status>) -> Value<'a> {
        if self.raw() == 0 {
            return Value::Null;
        }
        match self.kind {
            Kind::Path => self.path(status),
            Kind::Str => self.text(self.taken(), None, status),
            Kind::PathOut => self.text(self.given(), None, status),
            Kind::StrOut => self.text(self.given(), self.returned(), status),
            Kind::Buf(len) => self.buffer(self.taken(), self.other(len), status),
            Kind::BufOut(room) => self.buffer(self.given(), self.returned_within(room), status),
            Kind::BufOutWhole(room) => match self.returned() {
                Some(len) if len <= self.other(room) => self.buffer(self.given(), len, status),
                _ => Value::Null,
            },
            Kind::BufOutLen(len) => self.buffer_within(len, status),
            Kind::StructOutLen(def, len) => self.structure_within(def, len, status),
            Kind::Request(op) | Kind::RequestOut(op) | Kind::RequestInOut(op) => {
                self.request(op, status)
            }
            Kind::Sockaddr(_) => self.socket_address(self.taken(), status),
            Kind::SockaddrOut(len) => {
                let (source, _) = self.within(len, status);
                self.socket_address(source, status)
            }
            Kind::SocklenInOut => match self.bytes(self.given_or_taken(), status) {
                Some(&[a, b, c, d]) => Value::Int(i64::from(u32::from_le_bytes([a, b, c, d]))),
                _ => Value::Null,
            },
            Kind::Struct(def) | Kind::StructSized(def, _) => {
                self.structure(def, self.taken(), status)
            }
            Kind::StructOut(def) | Kind::StructOutSized(def, _) | Kind::StructOutAlways(def) => {
                self.structure(def, self.given(), status)
            }
            Kind::StructInOut(def) | Kind::StructSizedInOut(def, _) => {
                self.structure(def, self.given_or_taken(), status)
            }
            Kind::Structs(def, count) => {
                self.structures(def, self.taken(), self.other(count), status)
            }
            Kind::StructsOut(def, room) => {
                self.structures(def, self.given(), self.returned_within(room), status)
            }
            Kind::StructsInOut(def, count) => {
                self.structures(def, self.given_or_taken(), self.other(count), status)
            }
            Kind::Pointers(def, count) => self.pointed(def, self.other(count), status),
            Kind::FdSet(count) => self.fd_set(self.other(count), status),
            Kind::Dirents | Kind::OldDirents => self.dirents(status),
            Kind::Iovec(count) | Kind::IovecOut(count) => self.iovecs(count, status),
            Kind::Strings => self.strings(status),
            Kind::Msghdr | Kind::MsghdrOut => self.msghdr(status),
            Kind::Mmsghdr(count) | Kind::MmsghdrOut(count) => self.mmsghdrs(count, status),
            Kind::Msgbuf(len) | Kind::MsgbufOut(len) => self.message_of(len, status),
            Kind::Span(def) | Kind::SpanInOut(def) => self.span(def, status),
            Kind::Program(filter) => self.program(*filter, status),
            Kind::Int
            | Kind::Uint
            | Kind::Long
            | Kind::Size
            | Kind::Wide
            | Kind::WideHex
            | Kind::WideFlags(_)
            | Kind::Split
            | Kind::Hex
            | Kind::Addr
            | Kind::Fd
            | Kind::DirFd
            | Kind::Pid
            | Kind::Id
            | Kind::Id16
            | Kind::Mode
            | Kind::Dev
            | Kind::Signal
            | Kind::Flags(_)
            | Kind::Enum(_)
            | Kind::EnumBy(..)
            | Kind::EnumAbi(_) => Value::Null,
        }
    }

    /// What was read at entry, or late; [`Source::Absent`] where the kernel half had no room to say anything.
    pub(super) fn taken(&self) -> Source<'a> {
        self.call
            .taken(self.register)
            .next()
            .map_or(Source::Absent, Source::Read)
    }

    /// What the call gave; nothing where it failed, did not return or was refused.
    pub(super) fn given(&self) -> Source<'a> {
        match self.call.given(self.register).next() {
            Some(part) => Source::Read(part),
            None if self.returned().is_some() => Source::Absent,
            None => Source::NotGiven,
        }
    }

    fn given_or_taken(&self) -> Source<'a> {
        match self.given() {
            Source::Read(part) if part.state != state::UNREAD => Source::Read(part),
            _ => self.taken(),
        }
    }

    /// The return value of a call that returned and succeeded.
    pub(super) fn returned(&self) -> Option<u64> {
        if self.call.failed() || self.call.exit.is_none_or(|exit| exit.is_blocked()) {
            return None;
        }
        self.call.ret.map(|ret| ret as u64)
    }

    /// What an `ioctl` takes or gives, as many bytes as the request in the named argument tells.
    fn request(&self, name: &str, status: &mut Option<Status>) -> Value<'a> {
        let source = match self.kind {
            Kind::Request(_) => self.taken(),
            Kind::RequestOut(_) => self.given(),
            _ => self.given_or_taken(),
        };
        self.buffer(source, request_size(self.other(name)), status)
    }

    fn buffer_within(&self, len: &str, status: &mut Option<Status>) -> Value<'a> {
        let (source, len) = self.within(len, status);
        self.buffer(source, len, status)
    }

    fn structure_within(
        &self,
        def: &'static StructDef,
        len: &str,
        status: &mut Option<Status>,
    ) -> Value<'a> {
        let (source, _) = self.within(len, status);
        self.structure(def, source, status)
    }

    /// The bytes of a simple slot, its status noted.
    pub(super) fn bytes(
        &self,
        source: Source<'a>,
        status: &mut Option<Status>,
    ) -> Option<&'a [u8]> {
        match source {
            Source::Read(part) => {
                self.note(&part, status);
                (part.state != state::UNREAD).then_some(part.bytes)
            }
            Source::Absent => {
                raise(status, self.unread(0));
                None
            }
            Source::NotGiven => None,
        }
    }

    /// Notes what a slot says of itself.
    pub(super) fn note(&self, part: &Part<'_>, status: &mut Option<Status>) {
        match part.state {
            state::UNREAD => raise(status, self.unread(part.error)),
            state::CUT => raise(status, Status::new(State::Cut)),
            _ => {}
        }
        if part.late && part.state != state::UNREAD {
            raise(status, Status::new(State::Late));
        }
    }

    /// A path. One that `execve` could not read again, because the program was gone, is the kernel's own copy.
    fn path(&self, status: &mut Option<Status>) -> Value<'a> {
        match (self.taken(), self.call.executed) {
            (Source::Read(part), Some(path)) if part.state == state::UNREAD => {
                raise(status, Status::new(State::Late));
                Value::Text(path)
            }
            (source, _) => self.text(source, None, status),
        }
    }

    fn text(&self, source: Source<'a>, len: Option<u64>, status: &mut Option<Status>) -> Value<'a> {
        let Some(bytes) = self.bytes(source, status) else {
            return Value::Null;
        };
        if let Some(len) = len.filter(|&len| len > bytes.len() as u64) {
            raise(
                status,
                Status {
                    len: Some(len),
                    ..Status::new(State::Cut)
                },
            );
        }
        odd::string(bytes, status);
        Value::Text(bytes)
    }

    fn socket_address(&self, source: Source<'a>, status: &mut Option<Status>) -> Value<'a> {
        let Some(bytes) = self.bytes(source, status) else {
            return Value::Null;
        };
        odd::address(bytes, status);
        Value::Sockaddr(bytes)
    }

    fn buffer(&self, source: Source<'a>, len: u64, status: &mut Option<Status>) -> Value<'a> {
        let Some(bytes) = self.bytes(source, status) else {
            return Value::Null;
        };
        if len > bytes.len() as u64 {
            raise(
                status,
                Status {
                    len: Some(len),
                    ..Status::new(State::Cut)
                },
            );
        }
        let buffer = Buffer {
            len: len.max(bytes.len() as u64),
            bytes,
        };
        match self.netlink(&buffer) {
            Some(protocol) => Value::Netlink(buffer, protocol),
            None => Value::Buffer(buffer),
        }
    }

    fn structure(
        &self,
        def: &'static StructDef,
        source: Source<'a>,
        status: &mut Option<Status>,
    ) -> Value<'a> {
        match self.bytes(source, status) {
            Some(bytes) => {
                if (Struct {
                    def,
                    abi: self.call.abi,
                    bytes,
                })
                .is_short()
                {
                    raise(status, Status::new(State::Cut));
                }
                Value::Struct(def, self.call.abi, bytes)
            }
            None => Value::Null,
        }
    }

    fn structures(
        &self,
        def: &'static StructDef,
        source: Source<'a>,
        count: u64,
        status: &mut Option<Status>,
    ) -> Value<'a> {
        let Some(bytes) = self.bytes(source, status) else {
            return Value::Null;
        };
        let size = usize::from(def.size(self.call.abi)).max(1);
        let whole = bytes.len() / size;
        if count > whole as u64 {
            raise(
                status,
                Status {
                    len: Some(count),
                    ..Status::new(State::Cut)
                },
            );
        }
        Value::Structs(
            def,
            self.call.abi,
            bytes.get(..whole * size).unwrap_or_default(),
        )
    }

    /// Two sets of descriptors. What lies behind the last that counts is whatever was there before.
    fn fd_set(&self, count: u64, status: &mut Option<Status>) -> Value<'a> {
        let asked = self.bytes(self.taken(), status);
        let ready = self.bytes(self.given(), status);
        let count = u64::try_from(count as i32).unwrap_or(0);
        let least = asked.into_iter().chain(ready).map(<[u8]>::len).min();
        let Some(least) = least else {
            return Value::Null;
        };
        if count > 8 * least as u64 {
            raise(
                status,
                Status {
                    len: Some(count),
                    ..Status::new(State::Cut)
                },
            );
        }
        Value::FdSet(FdSet {
            asked,
            ready,
            count,
        })
    }

    fn dirents(&self, status: &mut Option<Status>) -> Value<'a> {
        let Some(bytes) = self.bytes(self.given(), status) else {
            return Value::Null;
        };
        if let Some(len) = self.returned().filter(|&len| len > bytes.len() as u64) {
            raise(
                status,
                Status {
                    len: Some(len),
                    ..Status::new(State::Cut)
                },
            );
        }
        match self.kind {
            Kind::OldDirents => Value::OldDirents(bytes),
            _ => Value::Dirents(bytes),
        }
    }
}

/// Where an argument's bytes come from.
#[derive(Clone, Copy)]
pub(super) enum Source<'a> {
    /// A slot, which may say that it could not be read.
    Read(Part<'a>),
    /// It should have been read, but the record had no room for it.
    Absent,
    /// The call gave nothing.
    NotGiven,
}

/// Adds what is known: the gravest state counts, other details stay.
pub(super) fn raise(status: &mut Option<Status>, new: Status) {
    *status = Some(match status.take() {
        None => new,
        Some(old) => Status {
            state: old.state.min(new.state),
            addr: old.addr.or(new.addr),
            error: old.error.or(new.error),
            len: old.len.or(new.len),
            field: old.field.or(new.field.filter(|_| old.value.is_none())),
            value: old.value.or(new.value),
            hex: old.hex.or(new.hex),
        },
    });
}
