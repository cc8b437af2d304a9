//! Passes a guest's output on as it comes, up to the trailer that says the command's output is complete.
//!
//! The trailer is needed since a virtual machine that ends takes along what its ports still hold.

use std::io::{self, Read, Write};

/// How a stream ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum End {
    /// The trailer came: nothing is missing.
    Complete,
    /// The guest went away before.
    Cut,
    /// Whoever reads our side went away.
    Unread,
}

/// Copies until the trailer or the end, holding back only what may be the trailer's beginning.
pub(crate) fn pass(mut from: impl Read, mut to: impl Write, trailer: &[u8]) -> End {
    let mut held = Vec::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        let count = match from.read(&mut buffer) {
            Ok(0) => 0,
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(_) => 0,
        };
        if count == 0 {
            let _ = to.write_all(&held).and_then(|()| to.flush());
            return End::Cut;
        }
        held.extend_from_slice(&buffer[..count]);
        let found = find(&held, trailer);
        let ready = found.unwrap_or_else(|| held.len() - partial(&held, trailer));
        if to
            .write_all(&held[..ready])
            .and_then(|()| to.flush())
            .is_err()
        {
            return End::Unread;
        }
        if found.is_some() {
            return End::Complete;
        }
        held.drain(..ready);
    }
}

fn find(bytes: &[u8], trailer: &[u8]) -> Option<usize> {
    let first = *trailer.first()?;
    let candidates = bytes.iter().enumerate().filter(|(_, byte)| **byte == first);
    candidates
        .map(|(at, _)| at)
        .find(|at| bytes[*at..].starts_with(trailer))
}

/// The length of the longest end of `bytes` that the trailer starts with.
fn partial(bytes: &[u8], trailer: &[u8]) -> usize {
    let longest = bytes.len().min(trailer.len().saturating_sub(1));
    (1..=longest)
        .rev()
        .find(|length| trailer.starts_with(&bytes[bytes.len() - length..]))
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives a few bytes at a time, as a port does.
    struct Slow<'a>(&'a [u8], usize);

    impl Read for Slow<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let count = self.1.min(self.0.len()).min(buffer.len());
            buffer[..count].copy_from_slice(&self.0[..count]);
            self.0 = &self.0[count..];
            Ok(count)
        }
    }

    #[test]
    fn the_trailer_ends_the_stream_and_is_not_passed_on() {
        for step in 1..12 {
            let mut out = Vec::new();
            let end = pass(
                Slow(b"a\xffENa\xffEND, not this", step),
                &mut out,
                b"\xffEND",
            );
            assert_eq!(
                (end, &out[..]),
                (End::Complete, &b"a\xffENa"[..]),
                "step {step}"
            );
        }
    }

    #[test]
    fn a_stream_without_trailer_is_cut_and_loses_nothing() {
        let mut out = Vec::new();
        assert_eq!(pass(&b"abc\xffEN"[..], &mut out, b"\xffEND"), End::Cut);
        assert_eq!(out, b"abc\xffEN");
    }
}
