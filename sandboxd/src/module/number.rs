//! Where a `svc` takes its number from, by the code before it: a walk backwards over every way that leads there, up to
//! what last wrote the register with the number. A way that cannot be followed makes the answer undecided; it is never
//! guessed. Only what a compiler or an author of stubs writes is understood: this is for the platform's code.

mod a32;
pub(super) mod a64;
pub(super) mod code;
mod t32;

use super::bytes::Bytes;
use super::elf::Elf;
use super::symbols::Symbol;
use crate::input::{Isa, Number};
use code::{Code, Flow, Step};

/// Instructions that are looked at on all ways together.
const STEPS: usize = 256;

/// What an instruction does to a register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Write {
    /// Nothing.
    Keep,
    /// It becomes this.
    Constant(u32),
    /// It becomes what lies at that address.
    Literal(u64),
    /// It becomes another register's value plus this.
    Copy(u8, u32),
    /// Its upper half becomes this.
    Upper(u32),
    /// It may become anything.
    Unknown,
}

/// The name that every C library gives its function that makes any call (syscall(2)).
const ANY_CALL: &str = "syscall";

/// Where the number of the `svc` at an address comes from; `None` if there is none. `function` is what it lies in, if
/// that is known.
#[must_use]
pub fn of_svc(
    file: &dyn Bytes,
    elf: &Elf,
    address: u64,
    isa: Isa,
    function: Option<&Symbol>,
) -> Option<Number> {
    let entry = function.map(|function| function.start);
    let code = Code::around(file, elf, address, isa, entry)?;
    let mut walk = Walk {
        code: &code,
        entry,
        work: Vec::new(),
        seen: Vec::new(),
        found: None,
    };
    walk.work.push(Way {
        before: address,
        register: code.number_register(),
        plus: 0,
        upper: None,
    });
    let number = walk.run();
    // It takes its arguments as `printf` does: where they pass through memory, no register shows where they are from.
    let is_any = function.is_some_and(|function| function.name == ANY_CALL);
    Some(match number {
        Number::Undecided if is_any && walk.found.is_none() => Number::Generic,
        number => number,
    })
}

/// A way backwards: the register's value just before that instruction, plus something, is the number.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Way {
    before: u64,
    register: u8,
    plus: u32,
    /// Its upper half, if that was written by itself.
    upper: Option<u32>,
}

impl Way {
    fn number(self, value: u32) -> Number {
        let value = self.upper.map_or(value, |upper| upper | value & 0xffff);
        Number::Constant(value.wrapping_add(self.plus))
    }
}

struct Walk<'a> {
    code: &'a Code<'a>,
    /// Where the function begins.
    entry: Option<u64>,
    work: Vec<Way>,
    seen: Vec<Way>,
    /// What all ways that have ended say.
    found: Option<Number>,
}

impl Walk<'_> {
    fn run(&mut self) -> Number {
        while let Some(way) = self.work.pop() {
            if self.seen.contains(&way) {
                continue;
            }
            if self.seen.len() >= STEPS {
                return Number::Undecided;
            }
            self.seen.push(way);
            if !self.back(way) {
                return Number::Undecided;
            }
        }
        self.found.unwrap_or(Number::Undecided)
    }

    /// Goes one instruction back on every way; whether it could.
    fn back(&mut self, way: Way) -> bool {
        let is_argument = self.code.is_argument(way.register);
        if self.entry == Some(way.before) || is_argument && self.code.is_called(way.before) {
            return self.is_argument(way);
        }
        let mut is_reached = false;
        for step in self.code.jumps_to(way.before) {
            is_reached = true;
            self.work.push(Way {
                before: step.address,
                ..way
            });
        }
        match self.code.before(way.before) {
            Some(step) if !matches!(step.flow, Flow::Jump(_) | Flow::Stop) => self.over(step, way),
            // Nothing leads here: a function begins, or it cannot be seen what does.
            _ if !is_reached => self.code.is_prologue(way.before) && self.is_argument(way),
            _ => true,
        }
    }

    fn is_argument(&mut self, way: Way) -> bool {
        let is_whole = way.plus == 0 && way.upper.is_none();
        is_whole && self.code.is_argument(way.register) && self.end(Number::Generic)
    }

    /// Goes back over an instruction; whether it could.
    fn over(&mut self, step: Step, way: Way) -> bool {
        if matches!(step.flow, Flow::Call(_)) && self.code.is_lost_in_calls(way.register) {
            // No compiler has a number survive a call where it need not: the one that is called does not come back.
            return true;
        }
        let back = Way {
            before: step.address,
            ..way
        };
        let next = match self.code.write(step, way.register) {
            Write::Keep => back,
            _ if step.is_conditional => return false,
            Write::Constant(value) => return self.end(way.number(value)),
            Write::Literal(address) => {
                let value = self.code.word_at(address);
                return value.is_some_and(|value| self.end(way.number(value)));
            }
            Write::Copy(register, plus) if way.upper.is_none() || plus == 0 => Way {
                register,
                plus: way.plus.wrapping_add(plus),
                ..back
            },
            Write::Upper(upper) => Way {
                upper: Some(way.upper.unwrap_or(upper)),
                ..back
            },
            Write::Copy(..) | Write::Unknown => return false,
        };
        self.work.push(next);
        true
    }

    /// Takes down what a way says; whether it is what the others say.
    fn end(&mut self, number: Number) -> bool {
        *self.found.get_or_insert(number) == number
    }
}
