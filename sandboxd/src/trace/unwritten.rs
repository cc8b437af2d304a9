//! Lines that the output did not take: what is told of them, and when.

use std::collections::BTreeMap;

use super::run::Run;
use crate::facts;
use crate::input::{Fact, Input};
use crate::sink::Event;

/// Lines that the output did not take, and of which the fold has not been told.
#[derive(Debug, Default)]
pub(super) struct Untold {
    by_index: BTreeMap<u16, u64>,
    lines: u64,
}

impl Untold {
    fn add(&mut self, by_index: &BTreeMap<u16, u64>, lines: u64) {
        self.lines += lines;
        for (&index, count) in by_index {
            *self.by_index.entry(index).or_default() += count;
        }
    }
}

impl Run {
    /// Counts what the output did not take. Returns whether its reader is gone.
    pub(super) fn take_events(&mut self) -> bool {
        let mut gone = false;
        let events = self.sink.try_events();
        if let Some(error) = self.said.refused(&events) {
            tracing::error!("lines could not be written: {error}; the run goes on and counts them");
        }
        for event in events {
            match event {
                Event::ReaderGone => gone = true,
                Event::Unwritten {
                    by_index, lines, ..
                } => self.untold.add(&by_index, lines),
            }
        }
        // A line that says so would be refused as they were.
        if !self.sink.refuses() {
            self.tell_unwritten();
        }
        gone
    }

    /// Tells the fold of lines that the output did not take.
    pub(super) fn tell_unwritten(&mut self) {
        let Untold { by_index, lines } = std::mem::take(&mut self.untold);
        if lines > 0 {
            let boot_ns = facts::boot_ns();
            self.push(Input::Fact(&Fact::Unwritten {
                boot_ns,
                by_index,
                lines,
            }));
        }
    }
}
