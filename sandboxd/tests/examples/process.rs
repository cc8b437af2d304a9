//! Lines of processes, of every event and every kind.

use sandboxd::event::{Bytes, From, Kind, Line, Process, ProcessEvent};
use sandboxd::sink::Lines;

use super::{PROC, RUN, TIME};

pub(super) fn process(out: &mut impl Lines, full: bool) {
    let events = [
        ProcessEvent::Attach,
        ProcessEvent::Start,
        ProcessEvent::Exec,
        ProcessEvent::Rename,
        ProcessEvent::Exit,
    ];
    let shared = ["com.example.one".to_owned(), "com.example.two".to_owned()];
    let kinds = Kind::ALL.into_iter().cycle();
    let froms = From::ALL.into_iter().cycle();
    for ((event, kind), from) in events.into_iter().zip(kinds).zip(froms) {
        let process = Process {
            run: RUN,
            seq: 3,
            time: TIME,
            boot_ns: 1,
            event,
            proc: PROC,
            pid: 412,
            ppid: full.then_some(1),
            uid: 10123,
            user: 0,
            package: full.then_some("com.example.app"),
            uid_packages: if full { &shared } else { &[] },
            kind: full.then_some(kind),
            from: full.then_some(from),
            process_name: full.then_some("com.example.app"),
            cmdline: if full { &shared } else { &[] },
            path: full.then_some(Bytes(b"/system/bin/\xff")),
            exit_code: full.then_some(7),
            signal: full.then_some("SIGSEGV"),
        };
        out.line(&Line::Process(process), None);
    }
}
