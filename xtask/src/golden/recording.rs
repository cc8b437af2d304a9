//! Reads what `sandboxd trace --record` wrote, as far as cutting needs it: which record is whose, and of which call.
//!
//! The format is sandboxd's own (`recording.rs` there); lines are made by sandboxd alone.

use std::fs;
use std::mem::{offset_of, size_of};
use std::path::Path;

use anyhow::{Context, Result, bail};
use kprobe_common::record::{Exec, Fork, Frame, Header, Return, kind};
use serde_json::Value;

const MAGIC: &[u8] = b"sandboxd recording 2\n";
/// Length, kind and checksum, which is `sandboxd replay`'s to look at.
const FRAME_HEAD: usize = 9;

/// A run's inputs, in order.
pub(super) struct Recording {
    pub(super) inputs: Vec<Input>,
}

/// One input.
pub(super) enum Input {
    Record(Record),
    Fact(Value),
}

/// A record's bytes, and what of its head matters here.
pub(super) struct Record {
    pub(super) bytes: Vec<u8>,
    pub(super) kind: u8,
    pub(super) tgid: u32,
    pub(super) tid: u32,
    pub(super) uid: u32,
    pub(super) index: u16,
    pub(super) slots: u16,
}

impl Recording {
    /// Reads a whole file.
    pub(super) fn read(path: &Path) -> Result<Self> {
        let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        let mut rest = bytes
            .strip_prefix(MAGIC)
            .with_context(|| format!("{} is no recording", path.display()))?;
        let mut inputs = Vec::new();
        while let Some((head, after)) = rest.split_at_checked(FRAME_HEAD) {
            let len = u32::from_le_bytes([head[0], head[1], head[2], head[3]]) as usize;
            let (frame, after) = after.split_at_checked(len).context("a frame is cut off")?;
            inputs.push(match head[4] {
                0 => Input::Record(Record::parse(frame)?),
                1 => Input::Fact(serde_json::from_slice(frame)?),
                2 => return Ok(Self { inputs }),
                other => bail!("a frame of the unknown kind {other}"),
            });
            rest = after;
        }
        bail!("{} ends without its last mark", path.display())
    }

    /// The fact of a kind that comes first.
    pub(super) fn fact(&self, name: &str) -> Option<&Value> {
        self.inputs.iter().find_map(|input| match input {
            Input::Fact(fact) => fact.get(name),
            Input::Record(_) => None,
        })
    }
}

impl Record {
    fn parse(bytes: &[u8]) -> Result<Self> {
        Ok(Self {
            bytes: bytes.to_vec(),
            kind: bytes.first().copied().context("an empty record")?,
            tgid: u32::from_le_bytes(field(bytes, offset_of!(Header, tgid))?),
            tid: u32::from_le_bytes(field(bytes, offset_of!(Header, tid))?),
            uid: u32::from_le_bytes(field(bytes, offset_of!(Header, uid))?),
            index: u16::from_le_bytes(field(bytes, offset_of!(Header, index))?),
            slots: u16::from_le_bytes(field(bytes, offset_of!(Header, slots))?),
        })
    }

    /// The address behind the `svc`, in a record with registers.
    pub(super) fn pc(&self) -> Result<u64> {
        let pc = self.frame()? + offset_of!(Frame, pc);
        Ok(u64::from_le_bytes(field(&self.bytes, pc)?))
    }

    /// The thread's name, in a record with registers.
    pub(super) fn comm(&self) -> Result<String> {
        let comm: [u8; 16] = field(&self.bytes, self.frame()? + offset_of!(Frame, comm))?;
        let name = comm.split(|byte| *byte == 0).next().unwrap_or_default();
        Ok(String::from_utf8_lossy(name).into_owned())
    }

    /// The first argument, in a record with registers.
    pub(super) fn argument(&self) -> Result<u64> {
        let first = self.frame()? + offset_of!(Frame, args);
        Ok(u64::from_le_bytes(field(&self.bytes, first)?))
    }

    /// Where the registers are, in a record with them.
    fn frame(&self) -> Result<usize> {
        match self.kind {
            kind::ENTER => Ok(size_of::<Header>()),
            kind::EXIT_ONLY => Ok(size_of::<Header>() + size_of::<Return>()),
            other => bail!("a record of kind {other} has no registers"),
        }
    }

    /// The return value, in a record with one.
    pub(super) fn ret(&self) -> Result<i64> {
        Ok(i64::from_le_bytes(field(
            &self.bytes,
            size_of::<Header>() + offset_of!(Return, ret),
        )?))
    }

    /// The new task, in a record of one being made.
    pub(super) fn child(&self) -> Option<u32> {
        (self.kind == kind::FORK)
            .then(|| field(&self.bytes, size_of::<Header>() + offset_of!(Fork, child)).ok())?
            .map(u32::from_le_bytes)
    }

    /// The thread that this is about: the one that executed a program goes by its old number until then.
    pub(super) fn thread(&self) -> Result<u32> {
        match self.kind {
            kind::EXEC => Ok(u32::from_le_bytes(field(
                &self.bytes,
                size_of::<Header>() + offset_of!(Exec, old_tid),
            )?)),
            _ => Ok(self.tid),
        }
    }
}

fn field<const N: usize>(bytes: &[u8], at: usize) -> Result<[u8; N]> {
    bytes
        .get(at..)
        .and_then(|bytes| bytes.first_chunk())
        .copied()
        .context("a record is too short")
}
