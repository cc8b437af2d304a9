//! Lines as text, in strace's own notation: what reads the output of `strace -f -tt -T -o FILE` reads this.
//!
//! What strace has no word for stands where strace puts words of its own: in parentheses behind the result, in comments
//! behind an argument, and in lines that begin with the program's name. Nothing that an app chose reaches the terminal
//! unescaped.

mod caller;
mod colour;
mod escape;
mod field;
mod meaning;
mod message;
mod netlink;
mod program;
mod remark;
mod sockaddr;
mod value;

use std::fmt::{self, Display, Formatter};
use std::io::Write as _;

use kprobe_common::index::{self, Abi};
use kprobe_common::table::{self, Syscall as Row};

use crate::args::Value;
use crate::event::{Line, Name, Outcome, Syscall};
use crate::status::Status;
use caller::{Frames, Made};
use colour::{Colour, DIM, ERROR, NAME, REMARK};
use meaning::meaning;
use value::Shown;

/// Appends a line and its end.
pub fn write(out: &mut Vec<u8>, line: &Line<'_>, colour: bool) {
    let colour = Colour(colour);
    // Memory takes every write, and nothing here refuses to be written.
    let _ = match line {
        Line::Syscall(call) => writeln!(out, "{}", Call { call, colour }),
        other => writeln!(out, "{}", colour.paint(REMARK, remark::Remark(other))),
    };
}

/// A call on one line.
struct Call<'a> {
    call: &'a Syscall<'a>,
    colour: Colour,
}

impl Display for Call<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { call, colour } = self;
        let time = call.time.of_day();
        let head = format_args!("{:<5} {}", call.tid, time.as_str());
        write!(f, "{} ", colour.paint(DIM, head))?;
        call.syscall
            .with(|name| write!(f, "{}(", colour.paint(NAME, name)))?;
        self.arguments(f)?;
        self.result(f)?;
        match &call.stack {
            Some(stack) => write!(f, "{}", Frames(stack, call.stack_end)),
            None => Ok(()),
        }
    }
}

/// Whether an argument is one: a null is called NULL then. The name means the same whatever the command is.
fn is_pointer(row: &'static Row, name: &str) -> bool {
    row.forms()
        .flat_map(|form| form.args())
        .any(|arg| arg.name == name && arg.kind.is_pointer())
}

impl Call<'_> {
    fn arguments(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let call = self.call;
        let row = self.row();
        let form = row.map(|row| row.form_in(self.abi(), &call.registers));
        let registers = form.map(|form| form.registers(self.abi()));
        for (at, (name, value)) in call.args.0.iter().enumerate() {
            if at > 0 {
                f.write_str(", ")?;
            }
            let status = call.arg_status.0.iter().find(|status| status.0 == *name);
            let status: Option<&Status> = status.map(|status| &status.1);
            // Only a number looks different behind one, and the arguments of all commands are many.
            let is_number = matches!(value, Value::Int(_));
            let pointer = is_number && row.is_some_and(|row| is_pointer(row, name));
            let register = registers.and_then(|registers| registers.get(at).copied());
            let address = register.and_then(|register| call.registers.get(usize::from(register)));
            let shown = Shown {
                value,
                status,
                pointer,
                address: address.copied().unwrap_or(0),
            };
            write!(f, "{shown}")?;
        }
        // Those of a call with a name (`--raw`) are for programs.
        let nameless = matches!(call.syscall, Name::Unknown(_));
        let registers = call.regs.iter().flatten().filter(|_| nameless);
        for (at, register) in registers.enumerate() {
            let comma = if at > 0 { ", " } else { "" };
            write!(f, "{comma}{:#x}", register.0)?;
        }
        Ok(())
    }

    fn abi(&self) -> Abi {
        if self.call.abi == "arm64" {
            Abi::Arm64
        } else {
            Abi::Arm32
        }
    }

    fn row(&self) -> Option<&'static Row> {
        match self.call.syscall {
            Name::Row(_) => table::row(index::index(self.abi(), self.call.nr)),
            Name::Unknown(_) => None,
        }
    }

    fn result(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { call, colour } = self;
        if call.outcome == Outcome::Unfinished {
            return f.write_str(" <unfinished ...>");
        }
        match (call.error, call.ret_hex, call.ret) {
            (Some(error), ..) => {
                // The kernel's own codes never reach a program.
                let ret = if error.0 >= 512 { "?" } else { "-1" };
                error.with(|name| write!(f, ") = {ret} {}", colour.paint(ERROR, name)))?;
                if let Some(meaning) = meaning(error.0) {
                    write!(f, " ({meaning})")?;
                }
            }
            (None, Some(address), _) => write!(f, ") = {:#x}", address.0)?,
            (None, None, Some(ret)) => write!(f, ") = {ret}")?,
            (None, None, None) => f.write_str(") = ?")?,
        }
        let outcome = match call.outcome {
            Outcome::Returned | Outcome::NoReturn | Outcome::Unfinished => None,
            Outcome::Entered => Some("return not watched"),
            Outcome::Blocked => Some("blocked"),
            Outcome::EntryMissed => Some("entry missed"),
            Outcome::ExitMissed => Some("return missed"),
        };
        let abi = (call.abi != "arm64").then_some(call.abi);
        let killed = call.killed.then_some("killed");
        for word in [outcome, killed, abi].into_iter().flatten() {
            write!(f, " ({})", colour.paint(REMARK, word))?;
        }
        write!(f, "{}", Made(&call.caller))?;
        match call.dur_ns {
            Some(ns) => {
                let (seconds, micros) = (ns / 1_000_000_000, ns / 1_000 % 1_000_000);
                write!(f, " <{seconds}.{micros:06}>")
            }
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests;
