//! Makes a `process` line of what happened to a process.

use kprobe_common::family::PER_USER;
use kprobe_common::table::flags::SIGNALS;

use super::Fold;
use crate::event::{self, Line};
use crate::sink::Lines;
use crate::world::{End, Happened, Verdict};

impl Fold {
    /// Says what happened to a process, if it is shown, once that is known.
    pub(super) fn process(&mut self, happened: &Happened<'_>, out: &mut impl Lines) {
        let verdict = happened.verdict;
        self.give(happened.proc, verdict, happened.whose.as_ref(), out);
        match verdict {
            Verdict::Shown => self.process_line(happened, out),
            Verdict::Held => self.hold_process(happened),
            Verdict::Hidden => {}
        }
    }

    pub(super) fn process_line(&mut self, happened: &Happened<'_>, out: &mut impl Lines) {
        let seq = self.next_seq();
        let name = happened.name.as_deref();
        let whose = happened.whose.as_ref();
        let is_first = matches!(
            happened.event,
            event::ProcessEvent::Attach | event::ProcessEvent::Start
        );
        let line = event::Process {
            run: &self.start.run,
            seq,
            time: self.time(happened.time),
            boot_ns: happened.time,
            event: happened.event,
            proc: happened.proc,
            pid: happened.proc.pid,
            ppid: happened.ppid,
            uid: happened.uid,
            user: happened.uid / PER_USER,
            package: whose.and_then(|whose| whose.package.as_deref()),
            uid_packages: self.packages.of_uid(happened.uid),
            kind: whose.map(|whose| whose.kind),
            from: is_first.then_some(happened.from),
            process_name: name,
            cmdline: &happened.cmdline,
            path: happened.path.map(event::Bytes),
            exit_code: match happened.end {
                Some(End::Code(code)) => Some(code),
                _ => None,
            },
            signal: match happened.end {
                Some(End::Signal(signal)) => SIGNALS.name(signal.into()),
                _ => None,
            },
        };
        out.line(&Line::Process(line), None);
    }
}
