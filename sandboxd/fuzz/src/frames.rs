//! A recording taken apart into frames and put together again, so that one can be changed and the rest stays whole.
//!
//! The format is sandboxd's own (`recording.rs` there), which reads it without trust.

const MAGIC: &[u8] = b"sandboxd recording 1\n";
/// The kind of a frame that is a record.
pub(crate) const RECORD: u8 = 0;
/// The kind of a frame that is a fact.
pub(crate) const FACT: u8 = 1;

/// A frame.
#[derive(Clone)]
pub(crate) struct Frame {
    pub(crate) kind: u8,
    pub(crate) bytes: Vec<u8>,
}

/// The frames that are whole; `None` if there is none.
pub(crate) fn split(recording: &[u8]) -> Option<Vec<Frame>> {
    let mut rest = recording.strip_prefix(MAGIC)?;
    let mut frames = Vec::new();
    while let Some((head, after)) = rest.split_first_chunk::<5>() {
        let len = u32::from_le_bytes([head[0], head[1], head[2], head[3]]) as usize;
        let Some((bytes, after)) = after.split_at_checked(len) else {
            break;
        };
        frames.push(Frame {
            kind: head[4],
            bytes: bytes.to_vec(),
        });
        rest = after;
    }
    (!frames.is_empty()).then_some(frames)
}

/// A recording of them.
pub(crate) fn join(frames: &[Frame]) -> Vec<u8> {
    let mut recording = MAGIC.to_vec();
    for frame in frames {
        recording.extend((frame.bytes.len() as u32).to_le_bytes());
        recording.push(frame.kind);
        recording.extend(&frame.bytes);
    }
    recording
}
