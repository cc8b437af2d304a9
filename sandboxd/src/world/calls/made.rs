//! What a new descriptor is of, and what a call took and gave in memory.

use kprobe_common::index::{self, Abi};
use kprobe_common::record::{Frame, state};
use kprobe_common::table::kind::Kind;
use kprobe_common::table::{Cloexec, Files, Made, Syscall};

use super::Inside;
use super::files::Asked;
use crate::record::{Part, Record};
use crate::world::file::{File, Socket, address};
use crate::world::meant::Meant;

/// `SOCK_TYPE_MASK`.
const SOCK_TYPE: u32 = 0xf;
/// Address families whose own address may be chosen by the kernel, and the bytes that are zero then.
const CHOSEN: &[(u16, std::ops::Range<usize>)] = &[(2, 2..4), (10, 2..4), (16, 4..8)];
const AF_UNIX: u16 = 1;

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
            let peer = given(record, inside.row, |kind| {
                matches!(kind, Kind::SockaddrOut(_))
            });
            File::socket(Socket {
                peer: peer.and_then(address).filter(|peer| peer.len() > 2),
                ..listening.as_deref().cloned().unwrap_or_default()
            })
        }
        Made::Process => File {
            pid: Some(number(0)),
            ..File::of("pidfd")
        },
        Made::Unknown => return None,
    })
}

/// The address that a socket was given, unless the kernel chose a part of it.
pub(super) fn chosen(address: &[u8]) -> bool {
    let Some(&[low, high]) = address.get(..2) else {
        return true;
    };
    let family = u16::from_le_bytes([low, high]);
    let zero = |range: &std::ops::Range<usize>| {
        address
            .get(range.clone())
            .is_none_or(|bytes| bytes.iter().all(|&byte| byte == 0))
    };
    family == AF_UNIX && address.len() == 2
        || CHOSEN
            .iter()
            .any(|(of, range)| *of == family && zero(range))
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
