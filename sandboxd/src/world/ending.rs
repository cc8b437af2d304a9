//! How a process ended: what all its threads' ends say together. Where they do not say it for sure, nothing is said.

use kprobe_common::ending::{Ending, KILL, bit, how};
use kprobe_common::record::Header;
use kprobe_common::table::{self, change};

use super::World;

/// How a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// By itself, with this exit code.
    Code(u8),
    /// By this signal.
    Signal(u32),
}

/// Signals, one bit each, that write a dump first: the thread that one comes to takes it itself.
/// <https://github.com/torvalds/linux/blob/v6.12/include/linux/signal.h#L419-L424>
const DUMPING: u64 =
    bit(3) | bit(4) | bit(5) | bit(6) | bit(7) | bit(8) | bit(11) | bit(24) | bit(25) | bit(31);

/// None, one, or several that differ.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Found<T> {
    #[default]
    None,
    One(T),
    Several,
}

impl<T: PartialEq + Copy> Found<T> {
    fn add(&mut self, new: T) {
        *self = match *self {
            Self::None => Self::One(new),
            Self::One(old) if old == new => Self::One(old),
            _ => Self::Several,
        };
    }
}

/// The ends of a process's threads so far.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Endings {
    /// What threads that ended alone said.
    alone: Found<u8>,
    /// What those said that ended all.
    all: Found<u8>,
    /// Signals but [`KILL`].
    signal: Found<u32>,
    killed: bool,
    sent: u64,
    /// The first thread ended.
    first: bool,
    /// Something is missing.
    uncertain: bool,
}

impl Endings {
    fn add(&mut self, ending: &Ending, is_first: bool) {
        self.sent |= ending.sent;
        self.first |= is_first;
        // The kernel takes the lowest eight bits.
        let code = ending.code as u8;
        match ending.how {
            how::CALL => match table::row(ending.index) {
                Some(row) if row.state & change::PROCESS != 0 => self.all.add(code),
                Some(_) => self.alone.add(code),
                None => self.uncertain = true,
            },
            how::SIGNAL if ending.code == KILL => self.killed = true,
            how::SIGNAL => self.signal.add(ending.code),
            _ => self.uncertain = true,
        }
    }

    /// How the process ended, now that all its threads have.
    fn end(&self) -> Option<End> {
        // These end a process when they are sent, if they are not held back: nobody sees which one it was.
        let sent = self.sent & !DUMPING;
        match (self.signal, self.all, self.alone) {
            _ if self.uncertain => None,
            (Found::One(signal), Found::None, _) if sent & !bit(signal) == 0 => {
                Some(End::Signal(signal))
            }
            (Found::None, Found::One(code), _) if sent == 0 => Some(End::Code(code)),
            (Found::None, Found::None, _) if self.killed => {
                let is_one = sent.is_power_of_two();
                is_one.then(|| End::Signal(sent.trailing_zeros() + 1))
            }
            // Up to 5.18 it is what the first thread said, later what the last one did.
            (Found::None, Found::None, Found::One(code)) if self.first && sent == 0 => {
                Some(End::Code(code))
            }
            _ => None,
        }
    }
}

impl World {
    /// A thread ended. Says how its process did, if it was the last one.
    pub(super) fn note_end(&mut self, header: &Header, ending: &Ending) -> Option<End> {
        let process = self.processes.get_mut(&header.tgid)?;
        process.endings.add(ending, header.tid == header.tgid);
        process.endings.end()
    }

    /// Threads may have ended that nobody told of.
    pub(super) fn ends_are_missing(&mut self) {
        for process in self.processes.values_mut() {
            process.endings.uncertain = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use kprobe_common::table::rows::ROWS;

    use super::*;

    fn call(ends_all: bool, code: u32) -> Ending {
        let ends = |row: &&table::Syscall| {
            row.ret == table::Ret::Never && (row.state & change::PROCESS != 0) == ends_all
        };
        let row = ROWS.iter().find(ends).unwrap();
        Ending {
            how: how::CALL,
            index: row.index(kprobe_common::index::Abi::Arm64).unwrap(),
            code,
            ..Ending::default()
        }
    }

    fn signal(code: u32, sent: &[u32]) -> Ending {
        Ending {
            how: how::SIGNAL,
            code,
            sent: sent.iter().map(|&signal| bit(signal)).sum(),
            ..Ending::default()
        }
    }

    /// The first is the first thread's.
    fn end(threads: &[Ending]) -> Option<End> {
        let mut endings = Endings::default();
        for (at, ending) in threads.iter().enumerate() {
            endings.add(ending, at == 0);
        }
        endings.end()
    }

    #[test]
    fn a_process_that_ends_itself_says_with_what() {
        assert_eq!(end(&[call(true, 7)]), Some(End::Code(7)));
        assert_eq!(end(&[call(true, 0x107)]), Some(End::Code(7)));
        // The others are killed for it.
        let others = [signal(KILL, &[]), call(true, 7), signal(KILL, &[])];
        assert_eq!(end(&others), Some(End::Code(7)));
        // Two at once: one of them was first.
        assert_eq!(end(&[call(true, 7), call(true, 8)]), None);
        // It may have been killed in that moment.
        assert_eq!(end(&[call(true, 7), signal(KILL, &[9])]), None);
        // A signal that is held back, and one that a sibling waited for.
        assert_eq!(
            end(&[call(true, 7), signal(KILL, &[3])]),
            Some(End::Code(7))
        );
    }

    #[test]
    fn threads_that_end_one_by_one_must_agree() {
        assert_eq!(end(&[call(false, 3)]), Some(End::Code(3)));
        assert_eq!(end(&[call(false, 0), call(false, 0)]), Some(End::Code(0)));
        assert_eq!(end(&[call(false, 0), call(false, 5)]), None);
        let mut later = Endings::default();
        later.add(&call(false, 0), false);
        assert_eq!(later.end(), None, "the first thread was not seen");
    }

    #[test]
    fn a_signal_ends_all_its_threads() {
        assert_eq!(end(&[signal(11, &[11])]), Some(End::Signal(11)));
        let others = [signal(KILL, &[11]), signal(11, &[11])];
        assert_eq!(end(&others), Some(End::Signal(11)));
        for sent in [9, 15, 10, 34] {
            let killed = [signal(KILL, &[sent]), signal(KILL, &[])];
            assert_eq!(end(&killed), Some(End::Signal(sent)));
        }
        // Which one?
        assert_eq!(end(&[signal(KILL, &[9, 15])]), None);
        assert_eq!(end(&[signal(KILL, &[])]), None);
        assert_eq!(end(&[signal(11, &[11, 9])]), None);
        assert_eq!(end(&[signal(11, &[11]), signal(6, &[6])]), None);
    }

    #[test]
    fn of_what_is_missing_nothing_is_said() {
        assert_eq!(end(&[Ending::default()]), None);
        assert_eq!(end(&[call(true, 7), Ending::default()]), None);
        assert_eq!(end(&[signal(KILL, &[9]), Ending::default()]), None);
    }
}
