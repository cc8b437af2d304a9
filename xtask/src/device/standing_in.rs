//! Devices that no guest can be: real `adb` talks to these few lines instead of to an adbd.
//!
//! Messages are of `protocol.txt` (packages/modules/adb): six little-endian words, then the data.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

use anyhow::{Context, Result};

const AUTH: u32 = u32::from_le_bytes(*b"AUTH");
const TOKEN: u32 = 1;

/// What it does once somebody connects.
#[derive(Clone, Copy)]
pub(super) enum Manner {
    /// Never answers.
    Silent,
    /// Asks for a signature of every key, and takes none: nobody has said yes on its screen.
    Distrustful,
}

/// Listens until the program ends; gives the name that adb knows it by.
pub(super) fn device(manner: Manner) -> Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0").context("cannot stand in for a device")?;
    let serial = format!("127.0.0.1:{}", listener.local_addr()?.port());
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            thread::spawn(move || answer(stream, manner));
        }
    });
    Ok(serial)
}

/// Until adb closes the connection.
fn answer(mut stream: TcpStream, manner: Manner) -> std::io::Result<()> {
    loop {
        let mut words = [0; 24];
        stream.read_exact(&mut words)?;
        let word = |at: usize| {
            words[at * 4..]
                .first_chunk()
                .map_or(0, |bytes| u32::from_le_bytes(*bytes))
        };
        let mut data = vec![0; word(3) as usize];
        stream.read_exact(&mut data)?;
        // The third kind of AUTH brings the public key, and is answered by a person.
        let brings_key = word(0) == AUTH && word(1) == 3;
        if matches!(manner, Manner::Distrustful) && !brings_key {
            stream.write_all(&message(AUTH, TOKEN, &[7; 20]))?;
        }
    }
}

fn message(command: u32, argument: u32, data: &[u8]) -> Vec<u8> {
    let sum = data.iter().copied().map(u32::from).sum();
    let length = u32::try_from(data.len()).unwrap_or_default();
    let words = [command, argument, 0, length, sum, !command];
    let mut bytes: Vec<u8> = words.into_iter().flat_map(u32::to_le_bytes).collect();
    bytes.extend(data);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_as_long_as_it_says() {
        let bytes = message(AUTH, TOKEN, &[7; 20]);
        assert_eq!(bytes.len(), 44);
        assert_eq!(&bytes[..4], b"AUTH");
        assert_eq!(bytes[12..20], [20, 0, 0, 0, 140, 0, 0, 0]);
    }
}
