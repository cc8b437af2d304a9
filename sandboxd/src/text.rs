//! Lines as text, for people, as strace would print them.
//!
//! Not an interface: scripts read JSON. Nothing that an app chose reaches the terminal unescaped.

mod colour;
mod escape;
mod netlink;
mod program;
mod remark;
mod value;

use std::fmt::{self, Display, Formatter};
use std::io::Write as _;

use crate::event::{Line, Name, Outcome, Syscall};
use crate::json::until_zero;
use crate::status::Status;
use colour::{Colour, DIM, ERROR, NAME, REMARK};
use escape::Plain;
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
        let head = format_args!("{} {}/{}", time.as_str(), call.pid, call.tid);
        write!(
            f,
            "{} {} ",
            colour.paint(DIM, head),
            Plain(until_zero(call.comm.0))
        )?;
        if call.abi != "arm64" {
            write!(f, "{}:", call.abi)?;
        }
        call.syscall
            .with(|name| write!(f, "{}(", colour.paint(NAME, name)))?;
        self.arguments(f)?;
        f.write_str(")")?;
        self.result(f)
    }
}

impl Call<'_> {
    fn arguments(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let call = self.call;
        for (at, (name, value)) in call.args.0.iter().enumerate() {
            if at > 0 {
                f.write_str(", ")?;
            }
            let status = call.arg_status.0.iter().find(|status| status.0 == *name);
            let status: Option<&Status> = status.map(|status| &status.1);
            write!(f, "{}", Shown { value, status })?;
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

    fn result(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { call, colour } = self;
        let words = match call.outcome {
            Outcome::Entered => return Ok(()),
            Outcome::Unfinished => return f.write_str(" <unfinished ...>"),
            Outcome::Returned | Outcome::NoReturn => None,
            Outcome::Blocked => Some("blocked"),
            Outcome::EntryMissed => Some("entry missed"),
            Outcome::ExitMissed => Some("return missed"),
        };
        match (call.error, call.ret_hex, call.ret) {
            // The kernel's own codes never reach a program.
            (Some(error), ..) if error.0 >= 512 => {
                error.with(|name| write!(f, " = ? {}", colour.paint(ERROR, name)))?;
            }
            (Some(error), ..) => {
                error.with(|name| write!(f, " = -1 {}", colour.paint(ERROR, name)))?;
            }
            (None, Some(address), _) => write!(f, " = {:#x}", address.0)?,
            (None, None, Some(ret)) => write!(f, " = {ret}")?,
            (None, None, None) => f.write_str(" = ?")?,
        }
        for word in words.into_iter().chain(call.killed.then_some("killed")) {
            write!(f, " <{}>", colour.paint(REMARK, word))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
