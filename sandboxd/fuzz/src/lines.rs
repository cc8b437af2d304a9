//! The fuzz target: a recording, changed by [`change`], to lines, judged by [`judge`].
//!
//! An input that fails is a recording: `sandboxd replay FILE` shows what comes of it.
#![no_main]

mod change;
mod frames;
mod judge;

use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};

fuzz_target!(|recording: &[u8]| judge::judge(recording, |_| ()));

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    let by_bytes = |data: &mut [u8], size| fuzzer_mutate(data, size, max_size);
    match change::changed(&data[..size], seed, &mut |bytes, room| {
        let size = bytes.len();
        bytes.resize(size + room, 0);
        let size = fuzzer_mutate(bytes, size, size + room);
        bytes.truncate(size);
    }) {
        Some(new) if new.len() <= max_size => {
            data[..new.len()].copy_from_slice(&new);
            new.len()
        }
        _ => by_bytes(data, size),
    }
});
