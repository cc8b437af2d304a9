//! `sandboxd replay`: the lines that a recording gives. Nothing but the file is read.

use std::time::Duration;

use super::waits::survive_file_size_limit;
use super::{TraceError, files, runtime, signals_failed};
use crate::cli;
use crate::fold::Fold;
use crate::recording::Recording;
use crate::sink::{Event, Options, Sink};

/// A reader of the last lines may take this long.
const LAST_LINES: Duration = Duration::from_mins(1);

/// Writes the lines of a recording.
pub fn replay(options: &cli::Replay) -> Result<(), TraceError> {
    files::is_kept(options)?;
    let recording = Recording::open(&options.file)?;
    let sink = Sink::open(Options {
        out: options.out.clone(),
        format: options.format,
    })?;
    runtime()?.block_on(copy(recording, sink))
}

async fn copy(mut recording: Recording, mut sink: Sink) -> Result<(), TraceError> {
    survive_file_size_limit().map_err(signals_failed)?;
    let mut fold = Fold::new();
    let mut result = Ok(());
    loop {
        match recording.next_input() {
            Ok(Some(input)) => fold.push(input, &mut sink),
            Ok(None) => break,
            Err(error) => {
                result = Err(error.into());
                break;
            }
        }
        if sink.full() {
            sink.flush().await;
            match sink.try_events().into_iter().next() {
                Some(Event::ReaderGone) => return Ok(()),
                Some(Event::Unwritten { error, .. }) => return Err(TraceError::Output(error)),
                None => {}
            }
        }
    }
    match sink.finish(LAST_LINES).await.events.into_iter().next() {
        Some(Event::Unwritten { error, .. }) => Err(TraceError::Output(error)),
        _ => result,
    }
}
