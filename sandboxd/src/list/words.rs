//! Words for kinds of arguments, their directions, their values, and for what calls return.

use kprobe_common::index::Abi;
use kprobe_common::spec::phase;
use kprobe_common::table::Ret;
use kprobe_common::table::flags::{FlagSet, Named, SIGNALS};
use kprobe_common::table::kind::Kind;

/// What a kind of argument means.
pub(super) fn meaning(kind: &Kind) -> String {
    match kind {
        Kind::Int | Kind::Uint | Kind::Long | Kind::Size | Kind::Wide | Kind::Split => {
            "integer".into()
        }
        Kind::Hex | Kind::WideHex => "hex".into(),
        Kind::Addr => "address".into(),
        Kind::Fd => "descriptor".into(),
        Kind::DirFd => "directory descriptor".into(),
        Kind::Pid => "process".into(),
        Kind::Id | Kind::Id16 => "user or group".into(),
        Kind::Mode => "mode".into(),
        Kind::Dev => "device".into(),
        Kind::Signal => "signal".into(),
        Kind::Flags(set) | Kind::WideFlags(set) => format!("flags {}", set.name),
        Kind::Enum(set) => format!("one of {}", set.name),
        Kind::EnumBy(sets, by) => format!("one of {} by {by}", sets.name),
        Kind::EnumAbi(sets) => format!("one of {}", sets.name),
        Kind::Path => "path".into(),
        Kind::Str | Kind::StrOut | Kind::PathOut => "string".into(),
        Kind::BufOut(_) | Kind::BufOutWhole(_) | Kind::BufOutLen(_) => "bytes".into(),
        Kind::Buf(length)
        | Kind::Request(length)
        | Kind::RequestOut(length)
        | Kind::RequestInOut(length) => format!("bytes[{length}]"),
        Kind::Sockaddr(_) | Kind::SockaddrOut(_) => "socket address".into(),
        Kind::SocklenInOut => "length".into(),
        Kind::Struct(def)
        | Kind::StructSized(def, _)
        | Kind::StructSizedInOut(def, _)
        | Kind::StructOut(def)
        | Kind::StructOutSized(def, _)
        | Kind::StructOutLen(def, _)
        | Kind::StructOutAlways(def)
        | Kind::StructInOut(def) => format!("struct {}", def.name),
        Kind::Structs(def, count) | Kind::StructsInOut(def, count) => {
            format!("struct {}[{count}]", def.name)
        }
        Kind::StructsOut(def, _) => format!("struct {}[]", def.name),
        Kind::Pointers(def, count) => format!("struct {} *[{count}]", def.name),
        Kind::FdSet(count) => format!("descriptors below {count}, asked for and ready"),
        Kind::Dirents | Kind::OldDirents => "directory entries".into(),
        Kind::Iovec(count) | Kind::IovecOut(count) => format!("buffers[{count}]"),
        Kind::Strings => "strings".into(),
        Kind::Msghdr | Kind::MsghdrOut | Kind::Msgbuf(_) | Kind::MsgbufOut(_) => "message".into(),
        Kind::Mmsghdr(count) => format!("messages[{count}]"),
        Kind::MmsghdrOut(_) => "messages".into(),
        Kind::Span(def) | Kind::SpanInOut(def) => format!("struct {}", def.head.name),
        Kind::Program(_) => "filter".into(),
    }
}

/// Whether it is what the call takes, or gives.
pub(super) fn direction(kind: &Kind) -> &'static str {
    let phases = kind.spec(Abi::Arm64).phase;
    match (phases & phase::ENTER != 0, phases & phase::EXIT != 0) {
        (true, true) => "in and out",
        (false, true) => "out",
        _ => "in",
    }
}

/// The names that its values have. Those of requests are too many: an expression lists them.
pub(super) fn names(kind: &Kind) -> Vec<&'static str> {
    let of = |named: &'static [Named]| named.iter().map(|(_, name)| *name);
    if let Kind::Enum(set) = kind {
        of(set.values).collect()
    } else if let Kind::EnumBy(sets, _) = kind {
        sets.sets
            .iter()
            .flat_map(|(_, set)| of(set.values))
            .collect()
    } else if let Kind::Flags(set) | Kind::WideFlags(set) = kind {
        of_flags(set)
    } else if matches!(kind, Kind::Signal) {
        of(SIGNALS.values).collect()
    } else {
        Vec::new()
    }
}

fn of_flags(set: &'static FlagSet) -> Vec<&'static str> {
    let fields = set.fields.iter().flat_map(|(_, named)| *named);
    let named = fields.chain(set.bits).map(|(_, name)| *name);
    set.zero.into_iter().chain(named).collect()
}

/// What a return value means.
pub(super) fn returns(ret: Ret) -> &'static str {
    match ret {
        Ret::Zero => "zero",
        Ret::Int => "integer",
        Ret::Count => "count",
        Ret::Fd => "descriptor",
        Ret::Pid => "process",
        Ret::Id => "user or group",
        Ret::Addr => "address",
        Ret::Never => "never",
        Ret::Restored => "restored registers",
    }
}
