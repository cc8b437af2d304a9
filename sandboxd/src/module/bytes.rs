//! Bytes that are read a little at a time: a file of which only some tables matter, or a part of one.

use object::pod::{self, Pod};

/// Something that has bytes. A file may become shorter at any time: what is not there any more is not read.
pub trait Bytes {
    /// How many there are.
    fn len(&self) -> u64;

    /// Reads into the buffer from that offset on; gives how many bytes were read.
    fn read_at(&self, into: &mut [u8], offset: u64) -> usize;

    /// Whether there are none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Bytes for [u8] {
    fn len(&self) -> u64 {
        <[u8]>::len(self) as u64
    }

    fn read_at(&self, into: &mut [u8], offset: u64) -> usize {
        let rest = usize::try_from(offset)
            .ok()
            .and_then(|offset| self.get(offset..))
            .unwrap_or_default();
        let len = rest.len().min(into.len());
        into[..len].copy_from_slice(&rest[..len]);
        len
    }
}

impl Bytes for Vec<u8> {
    fn len(&self) -> u64 {
        self.as_slice().len() as u64
    }

    fn read_at(&self, into: &mut [u8], offset: u64) -> usize {
        self.as_slice().read_at(into, offset)
    }
}

/// A part of something.
#[derive(Clone, Copy)]
pub struct Part<'a> {
    /// What it is a part of.
    pub whole: &'a dyn Bytes,
    /// Where it begins.
    pub start: u64,
    /// How many bytes it has.
    pub len: u64,
}

impl Bytes for Part<'_> {
    fn len(&self) -> u64 {
        self.len
    }

    fn read_at(&self, into: &mut [u8], offset: u64) -> usize {
        let left = self.len.saturating_sub(offset);
        let len = usize::try_from(left).unwrap_or(usize::MAX).min(into.len());
        match self.start.checked_add(offset) {
            Some(offset) => self.whole.read_at(&mut into[..len], offset),
            None => 0,
        }
    }
}

/// Where something lies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// Its first byte.
    pub offset: u64,
    /// Its bytes.
    pub len: u64,
}

/// Reads exactly so many bytes, but never more than `most`.
#[must_use]
pub fn read(bytes: &dyn Bytes, span: Span, most: u64) -> Option<Vec<u8>> {
    let end = span.offset.checked_add(span.len)?;
    if span.len > most || end > bytes.len() {
        return None;
    }
    let mut buffer = vec![0; usize::try_from(span.len).ok()?];
    fill(bytes, &mut buffer, span.offset).then_some(buffer)
}

/// Reads as much as there is, up to the length of the buffer; gives how much.
pub fn read_some(bytes: &dyn Bytes, into: &mut [u8], offset: u64) -> usize {
    let mut done = 0;
    while done < into.len() {
        let Some(from) = offset.checked_add(done as u64) else {
            break;
        };
        match bytes.read_at(&mut into[done..], from) {
            0 => break,
            read => done += read,
        }
    }
    done
}

/// Fills the buffer, or says that it could not.
pub fn fill(bytes: &dyn Bytes, into: &mut [u8], offset: u64) -> bool {
    read_some(bytes, into, offset) == into.len()
}

/// Reads one value.
#[must_use]
pub fn one<T: Pod>(bytes: &dyn Bytes, offset: u64) -> Option<T> {
    rows(bytes, offset, 1)?.pop()
}

/// Reads a table of so many rows. The caller bounds their number.
#[must_use]
pub fn rows<T: Pod>(bytes: &dyn Bytes, offset: u64, count: u64) -> Option<Vec<T>> {
    let len = count.checked_mul(size_of::<T>() as u64)?;
    let buffer = read(bytes, Span { offset, len }, len)?;
    let (rows, _) = pod::slice_from_bytes::<T>(&buffer, usize::try_from(count).ok()?).ok()?;
    Some(rows.to_vec())
}

/// Reads a string that ends with a zero, of less than `most` bytes.
#[must_use]
pub fn string(bytes: &dyn Bytes, within: Span, at: u64, most: usize) -> Option<Vec<u8>> {
    let left = within.len.checked_sub(at)?;
    let offset = within.offset.checked_add(at)?;
    let mut text = Vec::new();
    let mut chunk = [0; 64];
    while text.len() < most {
        let want = usize::try_from(left - text.len() as u64)
            .unwrap_or(usize::MAX)
            .min(chunk.len());
        let read = read_some(
            bytes,
            &mut chunk[..want],
            offset.checked_add(text.len() as u64)?,
        );
        let part = &chunk[..read];
        if let Some(end) = part.iter().position(|&byte| byte == 0) {
            text.extend_from_slice(&part[..end]);
            return Some(text);
        }
        if read == 0 {
            return None;
        }
        text.extend_from_slice(part);
    }
    None
}
