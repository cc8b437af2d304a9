//! From a call's records and its row to named values. Pure and total: any bytes give values; what could not be read
//! gives null and a status. No I/O, no clock, no panic.

mod memory;
mod netlink;
mod number;
pub mod odd;
mod room;
mod vector;

use kprobe_common::index::{self, Abi};
use kprobe_common::record::{Frame, state};
use kprobe_common::spec::REGISTERS;
use kprobe_common::table::kind::Kind;
use kprobe_common::table::{Form, OnlyIf, Syscall};

use crate::args::{Args, Netlink, Value};
use crate::event::Hex;
use crate::pair::Paired;
use crate::record::{Body, Part, Parts, Record};
use crate::status::{State, Status};

/// What decoding a call gives, besides its arguments.
pub type Statuses = Vec<(&'static str, Status)>;

/// A call, ready to be decoded: its registers and where its memory was copied to.
#[derive(Clone, Copy, Debug)]
pub struct Call<'a> {
    /// The registers at entry.
    pub frame: Frame,
    /// The ABI of the entry.
    pub abi: Abi,
    /// The return value, if it returned.
    pub ret: Option<i64>,
    /// Whether the first argument is a netlink socket, as far as that is known.
    pub netlink: Option<Netlink>,
    enter: Option<Record<'a>>,
    exit: Option<Record<'a>>,
    executed: Option<&'a [u8]>,
}

impl<'a> Call<'a> {
    /// The call of paired records; `None` if neither holds its registers.
    #[must_use]
    pub fn new<W>(paired: &Paired<'a, W>) -> Option<Self> {
        let body = |record: Option<Record<'a>>| record.map(|record| record.body);
        let bodies = (body(paired.enter), body(paired.exit));
        let ((Some(Body::Enter(frame)), _) | (_, Some(Body::ExitOnly(_, frame)))) = bodies else {
            return None;
        };
        let ret = match bodies.1 {
            Some(Body::Exit(ret) | Body::ExitOnly(ret, _)) => Some(ret.ret),
            _ => None,
        };
        Some(Self {
            frame,
            abi: index::abi(paired.enter.or(paired.exit)?.header.index),
            ret,
            netlink: None,
            enter: paired.enter,
            exit: paired.exit,
            executed: paired.executed,
        })
    }

    /// Whether the return value is an error: -4095 to -1.
    #[must_use]
    pub fn failed(&self) -> bool {
        self.ret.is_some_and(|ret| (-4095..0).contains(&ret))
    }

    /// What the call took through a register: read at entry, or late.
    fn taken(&self, register: u8) -> impl Iterator<Item = Part<'a>> + Clone + use<'a> {
        let parts = |record: &Option<Record<'a>>| {
            record.as_ref().map_or_else(Parts::default, Record::parts)
        };
        let is_it =
            move |part: &Part<'_>, late: bool| part.register == register && part.late == late;
        let is_late = parts(&self.exit).any(|part| is_it(&part, true));
        let blocked = self.exit.as_ref().is_some_and(Record::is_blocked);
        let source = if is_late || blocked {
            &self.exit
        } else {
            &self.enter
        };
        parts(source).filter(move |part| is_it(part, is_late))
    }

    /// What the call gave through a register: read at exit.
    fn given(&self, register: u8) -> impl Iterator<Item = Part<'a>> + Clone + use<'a> {
        let exit = self.exit.as_ref().filter(|exit| !exit.is_blocked());
        let parts = exit.map_or_else(Parts::default, Record::parts);
        parts.filter(move |part| part.register == register)
    }
}

/// Decodes the arguments of a call by its row, or by the variant that its command selects; gives the form that it was.
pub fn decode<'a>(
    call: &Call<'a>,
    row: &'static Syscall,
    args: &mut Args<'a>,
    statuses: &mut Statuses,
) -> Form {
    let form = row.form_in(call.abi, &call.frame.args);
    let registers = form.registers(call.abi);
    for (arg, register) in form.args().zip(registers) {
        let mut status = None;
        let mut argument = Argument {
            call,
            form,
            registers,
            name: arg.name,
            kind: &arg.kind,
            register,
        };
        let mut is_known = true;
        if let Some((condition, kind)) = &arg.instead {
            match argument.holds(*condition) {
                Some(true) => argument.kind = kind,
                holds => is_known &= holds.is_some(),
            }
        }
        let is_there = arg.only_if.map(|condition| argument.holds(condition));
        is_known &= is_there != Some(None);
        let value = match is_there {
            Some(Some(false)) => Value::Null,
            _ => argument.value(&mut status),
        };
        let value = argument.judged(value, is_known, &mut status);
        number::note_big(&value, &mut status);
        args.0.push((arg.name, value));
        if let Some(status) = status {
            statuses.push((arg.name, status));
        }
    }
    form
}

/// One argument of a call.
struct Argument<'c, 'a> {
    call: &'c Call<'a>,
    form: Form,
    /// The first register of each argument of the form.
    registers: [u8; REGISTERS],
    name: &'static str,
    kind: &'static Kind,
    register: u8,
}

impl<'a> Argument<'_, 'a> {
    /// The register as it is.
    fn raw(&self) -> u64 {
        self.call
            .frame
            .args
            .get(usize::from(self.register))
            .copied()
            .unwrap_or(0)
    }

    fn value(&self, status: &mut Option<Status>) -> Value<'a> {
        if self.kind.is_pointer() {
            self.memory(status)
        } else {
            self.number(status)
        }
    }

    /// Whether a condition of the argument holds, as far as that is known.
    fn holds(&self, condition: OnlyIf) -> Option<bool> {
        let ret = self.call.ret;
        condition.holds(self.call.abi, ret, &|name| self.first_number(name))
    }

    /// The number that another argument is, or the first one that it points at.
    fn first_number(&self, name: &str) -> Option<u32> {
        let at = self.form.position(name)?;
        if !self.form.at(at).kind.is_pointer() {
            return Some(self.other(name) as u32);
        }
        let register = self.registers[at];
        let was_read = |part: &Part<'_>| part.state != state::UNREAD;
        let given = self.call.given(register).next().filter(was_read);
        let part = given.or_else(|| self.call.taken(register).next().filter(was_read))?;
        part.bytes.first_chunk().copied().map(u32::from_le_bytes)
    }

    /// A value; none where it is not known whether these bytes are what they are taken for.
    fn judged(&self, value: Value<'a>, is_known: bool, status: &mut Option<Status>) -> Value<'a> {
        if is_known || matches!(value, Value::Null) {
            return value;
        }
        *status = Some(self.unread(0));
        Value::Null
    }

    /// A status with the pointer, of something that could not be read, for a reason that 0 leaves open.
    fn unread(&self, error: i16) -> Status {
        let error = kprobe_common::table::errno::name(error.unsigned_abs());
        Status {
            addr: Some(Hex(self.raw())),
            error,
            ..Status::new(State::Unread)
        }
    }

    /// The value of another argument of the call, as the kernel half used it for a length.
    fn other(&self, name: &str) -> u64 {
        let Some(at) = self.form.position(name) else {
            return 0;
        };
        let value = self
            .call
            .frame
            .args
            .get(usize::from(self.registers[at]))
            .copied()
            .unwrap_or(0);
        match self.form.at(at).kind {
            Kind::Size | Kind::Long => value,
            _ => value & 0xffff_ffff,
        }
    }
}

#[cfg(test)]
mod tests;
