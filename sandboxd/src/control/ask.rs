//! The other side: asks a daemon, and waits for its answer.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::{Duration, Instant};

use super::place::{PID, SOCKET};
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
    let pid = socket.with_file_name(PID);
    let number = number_in(&pid);
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
        see_it_end(reader, &pid, &number.unwrap_or_default())?;
    }
    Ok(Some(answer))
}

/// Waits for a daemon that was asked to end: the connection ends with it, then its file goes, or is another daemon's.
fn see_it_end(mut connection: impl Read, pid: &Path, number: &str) -> io::Result<()> {
    let began = Instant::now();
    // However the connection ends, and if it does not in time: the file says whether the daemon is there.
    let _ = connection.read_to_end(&mut Vec::new());
    while number_in(pid).is_some_and(|now| now == number) {
        if began.elapsed() >= PATIENCE {
            return Err(io::Error::other(format!(
                "it was asked to end and has not yet: what holds it up is said in its log; `kill -9 {number}` ends it"
            )));
        }
        std::thread::sleep(PAUSE / 10);
    }
    Ok(())
}

/// The number of the daemon whose file it is.
fn number_in(pid: &Path) -> Option<String> {
    let number = std::fs::read_to_string(pid).ok()?;
    Some(number.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_daemon_has_ended_once_its_file_is_gone_or_anothers() {
        let dir = tempfile::tempdir().unwrap();
        let pid = dir.path().join(PID);
        assert!(see_it_end(io::empty(), &pid, "7").is_ok());
        std::fs::write(&pid, "8\n").unwrap();
        assert!(see_it_end(io::empty(), &pid, "7").is_ok());
        std::fs::write(&pid, "7\n").unwrap();
        let begun = Instant::now();
        std::thread::spawn(move || {
            std::thread::sleep(PAUSE);
            std::fs::remove_file(&pid).unwrap();
        });
        assert!(see_it_end(io::empty(), &dir.path().join(PID), "7").is_ok());
        assert!(begun.elapsed() >= PAUSE);
    }
}
