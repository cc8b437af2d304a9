//! What a new descriptor is of, and what a call took and gave in memory.

use std::rc::Rc;

use kprobe_common::index::{self, Abi};
use kprobe_common::record::{Frame, state};
use kprobe_common::table::kind::Kind;
use kprobe_common::table::{Cloexec, Files, Made, Syscall};

use super::Inside;
use super::files::Asked;
use crate::record::{Extent, Part, Record, socklen};
use crate::world::file::{File, Socket, other_address};
use crate::world::meant::Meant;

/// `SOCK_TYPE_MASK`.
const SOCK_TYPE: u32 = 0xf;

/// What the descriptor is of that a call gives; `None`: only a look can tell.
pub(super) fn file(
    made: Made,
    asked: &Asked,
    meant: &Meant,
    record: &Record<'_>,
    inside: &Inside,
) -> Option<File> {
    let number = |at: usize| inside.args[at] as u32;
    Some(match made {
        Made::File => File::at(asked.path(meant, &record.header)),
        Made::Kind(kind) => File::of(kind),
        Made::Named(kind) => File {
            name: asked.taken.clone(),
            ..File::of(kind)
        },
        Made::Socket => {
            let kind = number(1) & SOCK_TYPE;
            File::socket(Socket::new(Some(number(0)), Some(kind), Some(number(2))))
        }
        Made::Accepted => {
            let listening = meant.first(inside.row).and_then(|file| file.as_socket());
            let peer = peer(asked, record, inside.row);
            File::socket(listening.unwrap_or_default().accepted(peer))
        }
        Made::Process => File {
            pid: Some(number(0)),
            ..File::of("pidfd")
        },
        Made::Unknown => return None,
    })
}

/// Who connected, unless the address is cut: behind the room that its caller gave lies what was there before.
fn peer(asked: &Asked, record: &Record<'_>, row: &Syscall) -> Option<Rc<[u8]>> {
    let len = given(record, row, |kind| *kind == Kind::SocklenInOut)?;
    let extent = Extent {
        whole: socklen(len)?,
        room: asked.room,
    };
    let address = given(record, row, |kind| matches!(kind, Kind::SockaddrOut(_)))?;
    other_address(address).filter(|_| extent.fits())
}

/// The argument that says whether an exec closes a new descriptor: its value, or the first word behind it.
pub(super) fn word(record: &Record<'_>, row: &Syscall, frame: &Frame, abi: Abi) -> Option<u32> {
    let (Some(Files::Opens(_, by) | Files::OpensPair(_, by) | Files::Replaces(by)), Some(_)) =
        (row.files, row.args.first())
    else {
        return Some(0);
    };
    let Cloexec::Bit(name, _) = by else {
        return Some(0);
    };
    let at = row.args.iter().position(|arg| arg.name == name)?;
    let register = row.registers(abi)[at];
    if !row.args[at].kind.is_pointer() {
        return frame
            .args
            .get(usize::from(register))
            .map(|&value| value as u32);
    }
    let part = taken_by(record, register)?;
    let bytes = part.bytes.first_chunk::<4>()?;
    Some(u32::from_le_bytes(*bytes))
}

/// Whether an exec closes a new descriptor; `None` if that could not be read.
pub(super) fn on_exec(files: Files, word: Option<u32>) -> Option<bool> {
    let (Files::Opens(_, by) | Files::OpensPair(_, by) | Files::Replaces(by)) = files else {
        return None;
    };
    match by {
        Cloexec::Never => Some(false),
        Cloexec::Always => Some(true),
        Cloexec::Bit(_, bit) => word.map(|word| word & bit != 0),
    }
}

/// The bytes that the call took through the first argument of a kind, if they were read at its entry, whole.
pub(super) fn taken<'a>(
    record: &Record<'a>,
    row: &Syscall,
    abi: Abi,
    wanted: impl Fn(&Kind) -> bool,
) -> Option<&'a [u8]> {
    let at = row.args.iter().position(|arg| wanted(&arg.kind))?;
    taken_by(record, row.registers(abi)[at]).map(|part| part.bytes)
}

/// The room for what the call gives, as the first `socklen_t` says it at its entry.
pub(super) fn room(record: &Record<'_>, row: &Syscall, abi: Abi) -> Option<u64> {
    let bytes = taken(record, row, abi, |kind| *kind == Kind::SocklenInOut)?;
    socklen(bytes)
}

fn taken_by<'a>(record: &Record<'a>, register: u8) -> Option<Part<'a>> {
    record
        .parts()
        .find(|part| part.register == register && part.part == 0)
        .filter(|part| part.state == state::WHOLE && !part.late)
}

/// The bytes that the call gave through the first argument of a kind.
pub(super) fn given<'a>(
    record: &Record<'a>,
    row: &Syscall,
    wanted: impl Fn(&Kind) -> bool,
) -> Option<&'a [u8]> {
    let abi = index::abi(record.header.index);
    let at = row.args.iter().position(|arg| wanted(&arg.kind))?;
    let register = row.registers(abi)[at];
    record
        .parts()
        .find(|part| part.register == register && part.part == 0)
        .filter(|part| part.state == state::WHOLE && !part.late)
        .map(|part| part.bytes)
}

/// The two descriptors that the call gave.
pub(super) fn pair(record: &Record<'_>, row: &Syscall) -> Option<[i32; 2]> {
    let bytes = given(record, row, |kind| matches!(kind, Kind::StructOut(_)))?;
    let (first, second) = (bytes.get(..4)?, bytes.get(4..8)?);
    let number = |bytes: &[u8]| Some(i32::from_le_bytes(*bytes.first_chunk()?));
    Some([number(first)?, number(second)?])
}
