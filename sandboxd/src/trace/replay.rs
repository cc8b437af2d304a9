//! `sandboxd replay`: the lines that a recording gives. Nothing but the file is read.

use std::time::Duration;

use super::said::Said;
use super::waits::survive_file_size_limit;
use super::{TraceError, files, runtime, signals_failed};
use crate::cli;
use crate::fold::{Fold, Joined};
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
        ..Options::default()
    })?;
    runtime()?.block_on(copy(recording, sink))
}

async fn copy(mut recording: Recording, mut sink: Sink) -> Result<(), TraceError> {
    survive_file_size_limit().map_err(signals_failed)?;
    let (mut fold, mut joined) = (Fold::new(), Joined::default());
    let mut result = Ok(());
    let mut said = Said::default();
    loop {
        match recording.next_input() {
            Ok(Some(input)) => {
                joined.push(&mut fold, input, &mut sink);
                // There is no kernel half to be told.
                fold.take_verdicts();
            }
            Ok(None) => break,
            Err(error) => {
                result = Err(error.into());
                break;
            }
        }
        if sink.full() {
            sink.flush().await;
            let events = sink.try_events();
            if events.contains(&Event::ReaderGone) {
                return Ok(());
            }
            taken(&mut said, &events)?;
        }
    }
    joined.finish(&mut fold, &mut sink);
    taken(&mut said, &sink.finish(LAST_LINES).await.events)?;
    result
}

/// Whether the output took all lines, as long as somebody read it.
fn taken(said: &mut Said, events: &[Event]) -> Result<(), TraceError> {
    let error = said.refused(events).map(str::to_owned);
    error.map_or(Ok(()), |error| Err(TraceError::Output(error)))
}
