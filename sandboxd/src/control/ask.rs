//! The other side: asks a daemon, and waits for its answer.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::{Duration, Instant};

use super::place::SOCKET;
use super::{Answer, Request};

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(15);
/// Between two tries, where too many ask at once.
const PAUSE: Duration = Duration::from_millis(250);

/// Asks the daemon at a place. Returns once the daemon is gone, where it was asked to end.
pub fn ask(dir: &Path, request: &Request) -> io::Result<Answer> {
    let began = Instant::now();
    loop {
        match converse(&dir.join(SOCKET), request).map(|said| said.filter(|said| !is_busy(said))) {
            Ok(Some(answer)) => return Ok(answer),
            // Closed without a word, it had no room for one more either.
            Ok(None) if began.elapsed() < PATIENCE => std::thread::sleep(PAUSE),
            Ok(None) => return Err(io::Error::other("too many ask it at once")),
            Err(error) => return Err(error),
        }
    }
}

fn is_busy(answer: &Answer) -> bool {
    matches!(answer, Answer::Busy {})
}

fn converse(socket: &Path, request: &Request) -> io::Result<Option<Answer>> {
    let mut stream = UnixStream::connect(socket)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let mut line = serde_json::to_vec(request)?;
    line.push(b'\n');
    match stream.write_all(&line) {
        // What it said before it closed is there still.
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => return Err(error),
        _ => {}
    }
    let mut answer = String::new();
    let mut reader = BufReader::new(stream);
    match reader.read_line(&mut answer) {
        Err(error) if error.kind() == io::ErrorKind::ConnectionReset => return Ok(None),
        Err(error) => return Err(error),
        Ok(0) => return Ok(None),
        Ok(_) => {}
    }
    let answer = serde_json::from_str(&answer)?;
    if *request == (Request::Stop {}) && matches!(answer, Answer::Done { .. }) {
        // It ends with the daemon.
        let _ = reader.read_to_end(&mut Vec::new());
    }
    Ok(Some(answer))
}
