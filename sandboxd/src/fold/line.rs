//! Makes a `syscall` line of a call, and what lines have in common.

use std::collections::BTreeSet;

use kprobe_common::family::PER_USER;
use kprobe_common::index::{self, Abi};
use kprobe_common::record::Header;
use kprobe_common::table::kind::Kind;
use kprobe_common::table::{self, Form, Ret, Syscall};
use smallvec::SmallVec;

use super::Fold;
use super::books::Booked;
use crate::args::{Args, EXACT, Value};
use crate::decode::{self, Call};
use crate::event::{
    self, Caller, ErrorName, Fds, Hex, Line, Name, Outcome, PathText, Place, Statuses, Time,
};
use crate::input::{Show, Start};
use crate::pair::Paired;
use crate::probe::Backend;
use crate::sink::Lines;
use crate::status::State;
use crate::world::meant::Meant;
use crate::world::{Verdict, Who};

impl Fold {
    /// Writes a call, if its process is shown, once that is known.
    pub(super) fn call(&mut self, paired: &Paired<'_, Who>, out: &mut impl Lines) {
        match self.world.verdict(&paired.who) {
            Verdict::Shown => self.show(paired, out),
            Verdict::Held => self.hold(paired),
            Verdict::Hidden => self.hide(paired),
        }
    }

    /// Writes a call, or counts it as filtered.
    pub(super) fn show(&mut self, paired: &Paired<'_, Who>, out: &mut impl Lines) {
        let (Some(record), Some(mut call)) = (paired.enter.or(paired.exit), Call::new(paired))
        else {
            return;
        };
        let header = record.header;
        let row = table::row(header.index);
        let failed = call.failed() && has_value(&call, row, paired.outcome);
        let mut args = Args::default();
        let mut statuses = decode::Statuses::new();
        let error = failed.then(|| call.ret.unwrap_or(0).unsigned_abs() as u16);
        let mut shown = is_shown(self.start.show, paired.outcome, failed, call.ret.is_some())
            && self.errors.show(error);
        let named = self.names.show(comm(&call.frame.comm));
        let counted = named && self.made_by.shows(&paired.who.caller);
        if shown && named && !counted {
            *self.unwanted.entry(header.tgid).or_default() += 1;
        }
        shown &= counted;
        let (mut fds, mut paths) = (SmallVec::new(), SmallVec::new());
        if shown && let Some(row) = row {
            let meant = paired.who.meant.as_ref();
            if let Some(meant) = meant {
                // Unless it did at its return: it is still going on, or that is missing.
                meant.settle(None);
                let socket = meant.first(row).and_then(|file| file.as_socket());
                call.netlink = socket.and_then(|socket| socket.netlink());
            }
            let form = decode::decode(&call, row, &mut args, &mut statuses);
            if let Some(meant) = meant {
                fds = meant.used();
                paths = meant_paths(meant, &form, &args, &statuses, &header).unwrap_or_default();
            }
            shown = self.only.is_everything() || self.only.matches(row, &args, &paths, &fds);
        } else {
            shown &= self.only.is_everything();
        }
        if self.start.show == Show::Counts && counted {
            self.by_library
                .count(header.index, &paired.who.caller, failed);
        }
        let dur_ns = match (paired.enter, paired.exit) {
            (Some(enter), Some(exit)) => Some(exit.header.time.saturating_sub(enter.header.time)),
            _ => None,
        };
        self.books.book(&Booked {
            index: header.index,
            shown,
            counted,
            failed,
            outcome: paired.outcome,
            dur_ns: dur_ns.unwrap_or(0),
            args_cut: statuses
                .iter()
                .filter(|(_, status)| status.state == State::Cut)
                .count() as u64,
        });
        if !shown {
            return;
        }
        let (ret, ret_hex) = returned(&call, row, paired.outcome);
        let seq = self.next_seq();
        let comm = comm(&call.frame.comm);
        let stack = paired.who.caller.stack.as_ref();
        // Known since the call began, perhaps by the call itself.
        let package = paired.who.package.clone();
        let package = package.or_else(|| self.world.package(paired.who.proc));
        let line = event::Syscall {
            run: &self.start.run,
            seq,
            time: self.time(header.time),
            boot_ns: header.time,
            cpu: header.cpu,
            proc: paired.who.proc,
            pid: header.tgid,
            tid: header.tid,
            uid: header.uid,
            user: header.uid / PER_USER,
            comm: event::Bytes(comm),
            comm_hex: decode::odd::hex(comm),
            package: package.as_deref(),
            process_name: paired.who.name.as_deref(),
            abi: abi_name(call.abi),
            nr: call.frame.nr,
            syscall: row.map_or(Name::Unknown(call.frame.nr), |row| Name::Row(row.name)),
            outcome: paired.outcome,
            args: &args,
            regs: (row.is_none() || self.start.raw).then(|| call.frame.args.map(Hex)),
            registers: call.frame.args,
            arg_status: Statuses(&statuses),
            paths: &paths,
            fds: Fds(&fds),
            ret,
            ret_hex,
            error: error.map(ErrorName),
            killed: paired.killed,
            dur_ns,
            caller: Caller::from(&*paired.who.caller),
            stack: stack.map(|stack| stack.places.iter().map(Place::from).collect()),
            stack_end: stack.map(|stack| stack.end),
        };
        out.line(&Line::Syscall(line), Some(header.index));
    }
}

/// The absolute paths among the arguments, in their order; `None` if one of them is not known.
fn meant_paths(
    meant: &Meant,
    form: &Form,
    args: &Args<'_>,
    statuses: &decode::Statuses,
    header: &Header,
) -> Option<SmallVec<[PathText; 2]>> {
    let of_form = form.args().filter(|arg| arg.kind == Kind::Path);
    let mut paths = SmallVec::new();
    for (at, arg) in of_form.enumerate() {
        let (_, value) = args.0.iter().find(|(name, _)| *name == arg.name)?;
        let Value::Text(text) = value else { continue };
        let whole = |state: State| !matches!(state, State::Unread | State::Cut);
        let is_whole = statuses
            .iter()
            .find(|(name, _)| *name == arg.name)
            .is_none_or(|(_, status)| whole(status.state));
        if !is_whole {
            return None;
        }
        paths.push(PathText(meant.path(at, text, header)?));
    }
    Some(paths)
}

/// The `start` line of the first part.
pub(super) fn start<'a>(start: &'a Start, names: &'a [String]) -> event::Start<'a> {
    event::Start {
        schema: event::SCHEMA,
        run: &start.run,
        seq: 0,
        part: 1,
        version: &start.version,
        time: Time(start.boot_ns.saturating_add_signed(start.offset_ns)),
        boot_ns: start.boot_ns,
        kernel: &start.kernel,
        arch: &start.arch,
        device: &start.device,
        argv: &start.argv,
        tags: &start.tags,
        backend: match start.backend {
            Some(Backend::Tracepoint) => "tracepoint",
            Some(Backend::Kprobe) | None => "kprobe",
        },
        backend_reason: &start.backend_reason,
        returns: start.returns,
        targets: &start.targets,
        calls: names,
        attached: start.attached,
        failed: &start.failed,
    }
}

/// The names behind indices, each once, in the order of their numbers.
pub(super) fn names(indexes: &[u16]) -> Vec<String> {
    let mut seen = BTreeSet::new();
    indexes
        .iter()
        .filter_map(|&index| table::row(index))
        .filter(|row| seen.insert(row.name))
        .map(|row| row.name.to_owned())
        .collect()
}

/// The name of a call in accounts: the 32-bit ABI's are marked, since the two have separate books.
pub(super) fn key(index: u16) -> String {
    let prefix = match index::abi(index) {
        Abi::Arm64 => "",
        Abi::Arm32 => "arm32:",
    };
    match table::row(index) {
        Some(row) => format!("{prefix}{}", row.name),
        None => format!("{prefix}other"),
    }
}

fn abi_name(abi: Abi) -> &'static str {
    match abi {
        Abi::Arm64 => "arm64",
        Abi::Arm32 => "arm32",
    }
}

fn comm(bytes: &[u8; 16]) -> &[u8] {
    let end = bytes
        .iter()
        .position(|&byte| byte == 0)
        .unwrap_or(bytes.len());
    &bytes[..end]
}

/// Whether the register held a return value of this call.
fn has_value(call: &Call<'_>, row: Option<&'static Syscall>, outcome: Outcome) -> bool {
    // A call that a filter trapped has its first argument in the register again.
    let first = match call.abi {
        Abi::Arm64 => call.frame.args[0].cast_signed(),
        Abi::Arm32 => i64::from(call.frame.args[0] as i32),
    };
    let trapped = outcome == Outcome::Blocked && call.ret == Some(first);
    row.is_none_or(|row| row.ret != Ret::Restored) && !trapped
}

/// Whether a call is written.
fn is_shown(show: Show, outcome: Outcome, failed: bool, has_ret: bool) -> bool {
    match show {
        Show::All => true,
        Show::Successful => {
            outcome == Outcome::NoReturn || has_ret && !failed && outcome != Outcome::Blocked
        }
        Show::Failed => failed || outcome == Outcome::Blocked,
        Show::Counts => false,
    }
}

/// The return value as a number, and in hexadecimal where it is an address or too big.
fn returned(
    call: &Call<'_>,
    row: Option<&'static Syscall>,
    outcome: Outcome,
) -> (Option<i64>, Option<Hex>) {
    let Some(ret) = call.ret.filter(|_| has_value(call, row, outcome)) else {
        return (None, None);
    };
    let is_address = row.is_some_and(|row| row.ret == Ret::Addr) && !call.failed();
    let ret = if is_address && call.abi == Abi::Arm32 {
        ret & 0xffff_ffff
    } else {
        ret
    };
    let hex = (is_address || ret.unsigned_abs() > EXACT).then_some(Hex(ret as u64));
    ((ret.unsigned_abs() <= EXACT).then_some(ret), hex)
}
