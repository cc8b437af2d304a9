//! Lines as JSON: how each type of [`event`](crate::event) and [`args`](crate::args) is written.
//!
//! Total: any bytes that a kernel or an app sends give valid JSON of the documented type. This is the hot path, so
//! everything goes straight into memory, and short texts are made on the stack. Where lines go is left to
//! [`sink`](crate::sink); what the types are, for others to read, to `schema`.

pub(crate) mod address;
mod bytes;
mod caller;
pub(crate) mod dirents;
mod fds;
mod heads;
pub(crate) mod message;
pub(crate) mod netlink;
pub(crate) mod number;
pub(crate) mod program;
mod put;
pub(crate) mod sockaddr;
pub(crate) mod span;
pub(crate) mod structs;
mod syscall;
pub(crate) mod value;
mod writer;

pub(crate) use bytes::{Escaped, HexBytes, until_zero};
pub(crate) use dirents::{Dirent, Dirents, OldDirents, TYPES as DIRENT_TYPES};

use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::args::Args;
use crate::event::{Line, Statuses};

/// Writes lines. What one has in common with those before it is copied from there.
#[derive(Debug, Default)]
pub struct Json(heads::Heads);

impl Json {
    /// Appends a line and its end.
    pub fn write(&mut self, out: &mut Vec<u8>, line: &Line<'_>) {
        write_after(&mut self.0, out, line);
    }
}

/// Appends a line and its end, of which none came before.
pub fn write(out: &mut Vec<u8>, line: &Line<'_>) {
    Json::default().write(out, line);
}

fn write_after(heads: &mut heads::Heads, out: &mut Vec<u8>, line: &Line<'_>) {
    if let Line::Syscall(call) = line {
        syscall::write(heads, out, call);
    } else {
        let written = line.serialize(&mut writer::Writer(out));
        // Nothing in a line is of a type that the writer is not for: a test writes every field.
        debug_assert!(written.is_ok(), "{written:?}");
    }
    out.push(b'\n');
}

impl Serialize for Args<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

impl Serialize for Statuses<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, status) in self.0 {
            map.serialize_entry(name, status)?;
        }
        map.end()
    }
}
