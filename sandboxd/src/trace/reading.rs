//! What is due before a record can be taken is looked at, then the record goes to the recording and to the fold.

use kprobe_common::record::FRAMES;

use crate::caller::Want;
use crate::facts;
use crate::facts::Modules;
use crate::fold::{Fold, Look};
use crate::input::{Fact, Input};
use crate::probe::Loaded;
use crate::recording::Recorder;
use crate::sink::Sink;

/// Looks that are due before one record, at most: losses, the process, its name, a descriptor; module and instruction of the
/// call, of what the link register says, and of each frame of its stack.
const LOOKS_MAX: usize = 8 + 2 * FRAMES;

/// What records go to, and what is looked at with.
pub(super) struct Reading<'r> {
    pub(super) fold: &'r mut Fold,
    pub(super) sink: &'r mut Sink,
    pub(super) recorder: &'r mut Option<Recorder>,
    pub(super) modules: &'r mut Modules,
    pub(super) loaded: &'r Loaded,
    pub(super) indexes: &'r [u16],
}

impl Reading<'_> {
    /// Takes a record, and the return behind it if it is the entry of a call that ended at once.
    pub(super) fn take(&mut self, record: &[u8], exit: Option<&[u8]>) {
        self.look(record);
        match exit {
            Some(exit) if self.fold.wants(exit).is_none() => {
                if let Some(recorder) = self.recorder {
                    recorder.push(Input::Record(record));
                    recorder.push(Input::Record(exit));
                }
                self.fold.push_whole(record, exit, self.sink);
            }
            Some(exit) => {
                self.feed(Input::Record(record));
                self.look(exit);
                self.feed(Input::Record(exit));
            }
            None => self.feed(Input::Record(record)),
        }
    }

    fn look(&mut self, record: &[u8]) {
        for _ in 0..LOOKS_MAX {
            let Some(look) = self.fold.wants(record) else {
                break;
            };
            let fact = match look {
                Look::Process {
                    pid,
                    tid,
                    files,
                    uid,
                    at,
                } => facts::process(pid, tid, uid, at, files),
                Look::Name { pid, at } => facts::name(pid, at),
                Look::Descriptor { pid, tid, fd } => facts::descriptor(pid, tid, fd),
                Look::Code { pid, want } => look_at_code(self.modules, pid, &want),
                Look::Losses => losses(self.loaded, self.indexes),
            };
            self.feed(Input::Fact(&fact));
        }
    }

    fn feed(&mut self, input: Input<'_>) {
        feed(self.fold, self.sink, self.recorder, input);
    }
}

fn look_at_code(modules: &mut Modules, pid: u32, want: &Want) -> Fact {
    match want {
        Want::Module {
            file,
            offset,
            mapping,
        } => Fact::Module {
            look: Box::new(modules.module(
                pid,
                file,
                *offset,
                mapping.map_or(0..0, |(start, end)| start..end),
            )),
        },
        Want::Site {
            file,
            start,
            address,
            ask,
            mapping,
        } => Fact::Site {
            look: modules.site(
                pid,
                file,
                (*start, *address),
                *ask,
                mapping.map(|(start, end)| start..end),
            ),
        },
    }
}

/// The counters of loss, as they are now.
pub(super) fn losses(loaded: &Loaded, indexes: &[u16]) -> Fact {
    Fact::Losses {
        boot_ns: facts::boot_ns(),
        cpus: loaded.shared.losses(indexes),
    }
}

/// One input, to the recording and to the fold.
pub(super) fn feed(
    fold: &mut Fold,
    sink: &mut Sink,
    recorder: &mut Option<Recorder>,
    input: Input<'_>,
) {
    if let Some(recorder) = recorder {
        recorder.push(input);
    }
    fold.push(input, sink);
}
