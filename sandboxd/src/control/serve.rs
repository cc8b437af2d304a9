//! The daemon's side: takes requests from whoever may make them, and gives answers. Within bounds, whoever asks.

use std::io;
use std::os::unix::net::UnixListener as StdListener;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::{Semaphore, mpsc, oneshot};
use tokio::time::{sleep, timeout};

use super::{Answer, REQUEST_MAX, Request, request};
use crate::facts;

/// Conversations at once; whoever comes then is told to come later.
const AT_ONCE: usize = 16;
/// How long a request may take to arrive, and an answer to be taken.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long to wait where no connection can be taken, for want of descriptors or memory.
const PAUSE: Duration = Duration::from_millis(200);

/// A request that waits for its answer.
#[derive(Debug)]
pub struct Asked {
    /// What is asked.
    pub request: Request,
    answer: oneshot::Sender<Answer>,
}

impl Asked {
    /// Answers. Whoever asked may be gone.
    pub fn answer(self, answer: Answer) {
        let _ = self.answer.send(answer);
    }
}

/// Takes requests from now on, inside a runtime.
pub fn serve(listener: StdListener) -> io::Result<mpsc::Receiver<Asked>> {
    let listener = UnixListener::from_std(listener)?;
    let (asked, requests) = mpsc::channel(AT_ONCE);
    tokio::spawn(accept(listener, asked));
    Ok(requests)
}

async fn accept(listener: UnixListener, asked: mpsc::Sender<Asked>) {
    let places = Arc::new(Semaphore::new(AT_ONCE));
    loop {
        let Ok((mut stream, _)) = listener.accept().await else {
            sleep(PAUSE).await;
            continue;
        };
        let Ok(place) = Arc::clone(&places).try_acquire_owned() else {
            // Its buffer is empty, so that it takes this at once or never.
            let line = line(&Answer::Busy {});
            let _ = stream.try_write(&line);
            continue;
        };
        let asked = asked.clone();
        tokio::spawn(async move {
            let _place = place;
            // Whoever went away in the middle of it does not want to know.
            let _ = converse(&mut stream, &asked).await;
        });
    }
}

/// One request, one answer.
async fn converse(stream: &mut UnixStream, asked: &mpsc::Sender<Asked>) -> io::Result<()> {
    let answer = match may_ask(stream) {
        Err(why) => why,
        Ok(()) => match timeout(PATIENCE, read(stream)).await {
            Err(_) => Answer::refused("no whole request came in time: a request is one line"),
            Ok(Err(error)) => return Err(error),
            Ok(Ok(Err(why))) => why,
            Ok(Ok(Ok(request))) => {
                let ends = request == Request::Stop {};
                let answer = put(request, asked).await;
                if ends && !matches!(answer, Answer::Refused { .. }) {
                    send(stream, &answer).await?;
                    // The connection ends with the daemon: then it is over.
                    return std::future::pending().await;
                }
                answer
            }
        },
    };
    send(stream, &answer).await
}

/// The directory keeps others out; this keeps out whoever was handed a way into it.
fn may_ask(stream: &UnixStream) -> Result<(), Answer> {
    match stream.peer_cred() {
        Ok(peer) if peer.uid() == facts::own_user() => Ok(()),
        Ok(peer) => Err(Answer::refused(format!(
            "only root may ask, and this is user {}",
            peer.uid()
        ))),
        Err(error) => Err(Answer::refused(format!("cannot tell who asks: {error}"))),
    }
}

async fn read(stream: &mut UnixStream) -> io::Result<Result<Request, Answer>> {
    let mut line = Vec::new();
    let mut bounded = BufReader::new(stream).take(REQUEST_MAX as u64);
    bounded.read_until(b'\n', &mut line).await?;
    if line.len() >= REQUEST_MAX && !line.ends_with(b"\n") {
        let why = format!("a request has at most {REQUEST_MAX} bytes");
        return Ok(Err(Answer::refused(why)));
    }
    Ok(request(line.trim_ascii()))
}

/// Has the run answer.
async fn put(request: Request, asked: &mpsc::Sender<Asked>) -> Answer {
    let (answer, answered) = oneshot::channel();
    let over = || Answer::refused("the daemon is ending");
    if asked.send(Asked { request, answer }).await.is_err() {
        return over();
    }
    answered.await.unwrap_or_else(|_| over())
}

async fn send(stream: &mut UnixStream, answer: &Answer) -> io::Result<()> {
    let line = line(answer);
    timeout(PATIENCE, stream.write_all(&line))
        .await
        .map_err(io::Error::from)?
}

fn line(answer: &Answer) -> Vec<u8> {
    let mut line = serde_json::to_vec(answer).unwrap_or_default();
    line.push(b'\n');
    line
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::os::unix::net::UnixStream as StdStream;
    use std::path::Path;

    use super::*;

    /// A daemon that refuses everything, at a socket; runs until the test ends.
    fn daemon(socket: &Path) {
        let listener = StdListener::bind(socket).unwrap();
        listener.set_nonblocking(true).unwrap();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async {
                let mut requests = serve(listener).unwrap();
                while let Some(asked) = requests.recv().await {
                    let said = format!("{:?}", asked.request);
                    asked.answer(Answer::refused(said));
                }
            });
        });
    }

    fn say(socket: &Path, bytes: &[u8]) -> String {
        let mut stream = StdStream::connect(socket).unwrap();
        // It may have been told to go away already.
        let _ = stream.write_all(bytes);
        let _ = stream.shutdown(std::net::Shutdown::Write);
        let mut answer = String::new();
        let _ = stream.read_to_string(&mut answer);
        answer
    }

    #[test]
    fn whatever_is_said_is_answered() {
        let dir = tempfile::tempdir().unwrap();
        let socket = dir.path().join("socket");
        daemon(&socket);
        assert!(say(&socket, b"{\"ask\":\"status\"}\n").contains("Status"));
        // A half request, and none.
        assert!(say(&socket, b"{\"ask\":\"sta").contains("no request"));
        assert!(say(&socket, b"").contains("no request"));
        let long = vec![b'x'; REQUEST_MAX + 1];
        assert!(say(&socket, &long).contains("at most"));
        let binary: Vec<u8> = (0..=255).collect();
        assert!(say(&socket, &binary).contains("no request"));
    }

    #[test]
    fn a_thousand_that_say_nothing_do_not_keep_the_next_from_being_answered() {
        let dir = tempfile::tempdir().unwrap();
        let socket = dir.path().join("socket");
        daemon(&socket);
        let silent: Vec<_> = (0..1000)
            .map_while(|_| StdStream::connect(&socket).ok())
            .collect();
        assert!(silent.len() > AT_ONCE, "{}", silent.len());
        let busy = say(&socket, b"{\"ask\":\"status\"}\n");
        assert!(busy.contains("busy") || busy.contains("Status"), "{busy}");
        drop(silent);
        std::thread::sleep(Duration::from_millis(200));
        assert!(say(&socket, b"{\"ask\":\"status\"}\n").contains("Status"));
    }
}
