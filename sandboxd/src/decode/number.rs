//! Arguments that are the register itself.

use kprobe_common::index::Abi;
use kprobe_common::table::flags;
use kprobe_common::table::kind::Kind;

use super::Argument;
use super::memory::raise;
use crate::args::{EXACT, Value};
use crate::event::Hex;
use crate::json::dirents::Dirents;
use crate::json::span::Span;
use crate::json::structs::{Struct, each, pointed};
use crate::status::{State, Status};

impl<'a> Argument<'_, 'a> {
    /// The value of an argument that is not followed.
    pub(super) fn number(&self, status: &mut Option<Status>) -> Value<'a> {
        let raw = self.raw();
        let low = raw as u32;
        match self.kind {
            Kind::Int | Kind::Fd | Kind::Pid => Value::Int(i64::from(low as i32)),
            Kind::DirFd => Value::DirFd(i64::from(low as i32)),
            Kind::Uint | Kind::Dev => Value::Int(i64::from(low)),
            // -1 means "unchanged" and is no user or group.
            Kind::Id16 if self.call.abi == Abi::Arm32 => match low as u16 {
                u16::MAX => Value::Int(-1),
                id => Value::Int(i64::from(id)),
            },
            Kind::Id | Kind::Id16 => {
                Value::Int(if low == u32::MAX { -1 } else { i64::from(low) })
            }
            // `umode_t`, which is all that the kernel takes of the register.
            Kind::Mode => Value::Mode(u64::from(low as u16)),
            Kind::Long => match self.call.abi {
                Abi::Arm64 => exact(raw as i64, raw, status),
                Abi::Arm32 => Value::Int(i64::from(low as i32)),
            },
            Kind::Size => exact_unsigned(raw, status),
            Kind::Wide | Kind::Split => exact(self.wide() as i64, self.wide(), status),
            Kind::WideHex => Value::Hex(self.wide()),
            Kind::WideFlags(set) => Value::Flags(set, self.wide()),
            Kind::Signal => Value::Enum(&flags::SIGNALS, u64::from(low)),
            Kind::Flags(set) => Value::Flags(set, u64::from(low)),
            Kind::Enum(set) => Value::Enum(set, u64::from(low)),
            Kind::EnumBy(sets, by) => Value::Enum(sets.by(self.other(by)), u64::from(low)),
            Kind::EnumAbi(sets) => Value::Enum(sets.by(self.call.abi as u64), u64::from(low)),
            Kind::Hex
            | Kind::Addr
            // What is followed does not come here.
            | Kind::Path
            | Kind::Str
            | Kind::StrOut
            | Kind::PathOut
            | Kind::Buf(_)
            | Kind::BufOut(_)
            | Kind::BufOutWhole(_)
            | Kind::BufOutLen(_)
            | Kind::Request(_)
            | Kind::RequestOut(_)
            | Kind::RequestInOut(_)
            | Kind::Sockaddr(_)
            | Kind::SockaddrOut(_)
            | Kind::SocklenInOut
            | Kind::Struct(_)
            | Kind::StructSized(..)
            | Kind::StructSizedInOut(..)
            | Kind::StructOut(_)
            | Kind::StructOutSized(..)
            | Kind::StructOutLen(..)
            | Kind::StructOutAlways(_)
            | Kind::StructInOut(_)
            | Kind::Structs(..)
            | Kind::StructsOut(..)
            | Kind::StructsInOut(..)
            | Kind::Pointers(..)
            | Kind::FdSet(_)
            | Kind::Dirents
            | Kind::OldDirents
            | Kind::Iovec(_)
            | Kind::IovecOut(_)
            | Kind::Strings
            | Kind::Msghdr
            | Kind::MsghdrOut
            | Kind::Mmsghdr(_)
            | Kind::MmsghdrOut(_)
            | Kind::Msgbuf(_)
            | Kind::MsgbufOut(_)
            | Kind::Span(_)
            | Kind::SpanInOut(_)
            | Kind::Program(_) => Value::Hex(raw),
        }
    }

    /// A 64-bit value: in one register, or in a pair with the low half first.
    fn wide(&self) -> u64 {
        match self.call.abi {
            Abi::Arm64 => self.raw(),
            Abi::Arm32 => {
                let high = self.call.frame.args.get(usize::from(self.register) + 1);
                (self.raw() & 0xffff_ffff) | high.copied().unwrap_or(0) << 32
            }
        }
    }
}

fn exact<'a>(value: i64, raw: u64, status: &mut Option<Status>) -> Value<'a> {
    if value.unsigned_abs() <= EXACT {
        Value::Int(value)
    } else {
        big(raw, status)
    }
}

fn exact_unsigned<'a>(value: u64, status: &mut Option<Status>) -> Value<'a> {
    if value <= EXACT {
        Value::Int(value as i64)
    } else {
        big(value, status)
    }
}

/// Numbers in structures and directory entries that JSON cannot carry: the first of them.
pub(super) fn note_big(value: &Value<'_>, status: &mut Option<Status>) {
    let big = match *value {
        Value::Struct(def, abi, bytes) => Struct { def, abi, bytes }.big(),
        Value::Structs(def, abi, bytes) => each(Struct { def, abi, bytes }).find_map(Struct::big),
        Value::Pointed(def, abi, ref all) => pointed(def, abi, all).find_map(Struct::big),
        Value::Span(def, abi, head, content) => Span {
            def,
            abi,
            head,
            content,
        }
        .big(),
        Value::Dirents(bytes) => Dirents(bytes).find_map(|entry| entry.big()),
        _ => None,
    };
    if let Some((field, value)) = big {
        let state = Status {
            value: Some(Hex(value)),
            field,
            ..Status::new(State::Big)
        };
        raise(status, state);
    }
}

fn big<'a>(value: u64, status: &mut Option<Status>) -> Value<'a> {
    *status = Some(Status {
        value: Some(Hex(value)),
        ..Status::new(State::Big)
    });
    Value::Null
}
