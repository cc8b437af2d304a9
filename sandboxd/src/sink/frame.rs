//! Blocks as frames of zstd: each is whole by itself, and one behind the other they are a file.

use ruzstd::encoding::{CompressionLevel, compress_to_vec};

/// Lines as a frame.
pub(super) fn frame(lines: &[u8]) -> Vec<u8> {
    compress_to_vec(lines, CompressionLevel::Fastest)
}
