//! When a call looks at an argument or leaves something there, and when it takes it for something else: as other
//! arguments and the return value say.

use crate::index::Abi;

/// A condition. "The argument" is its number, or the first number that it points at, as the call left it.
#[derive(Clone, Copy, Debug)]
pub enum OnlyIf {
    /// These bits of the argument are set, in each ABI.
    Bits(&'static str, [u32; 2]),
    /// None of these bits of the argument is set.
    NoBits(&'static str, u32),
    /// The argument is one of these.
    Is(&'static str, &'static [u32]),
    /// The argument is none of these.
    IsNot(&'static str, &'static [u32]),
    /// The argument is less than that.
    Below(&'static str, u32),
    /// The call returned a number from the first to the second.
    Returned(i64, i64),
    /// Any of these holds.
    Any(&'static [Self]),
}

impl OnlyIf {
    /// Whether it holds, where the call returned that and its arguments are those; `None`: that is not known.
    #[must_use]
    pub fn holds(
        self,
        abi: Abi,
        ret: Option<i64>,
        arg: &dyn Fn(&str) -> Option<u32>,
    ) -> Option<bool> {
        Some(match self {
            Self::Bits(name, bits) => {
                let bits = bits[abi as usize];
                arg(name)? & bits == bits
            }
            Self::NoBits(name, bits) => arg(name)? & bits == 0,
            Self::Is(name, numbers) => numbers.contains(&arg(name)?),
            Self::IsNot(name, numbers) => !numbers.contains(&arg(name)?),
            Self::Below(name, number) => arg(name)? < number,
            Self::Returned(from, to) => ret.is_some_and(|ret| (from..=to).contains(&ret)),
            Self::Any(several) => {
                let each = || several.iter().map(|one| one.holds(abi, ret, arg));
                let is_any = each().any(|holds| holds == Some(true));
                if !is_any && each().any(|holds| holds.is_none()) {
                    return None;
                }
                is_any
            }
        })
    }

    /// The arguments that it speaks of.
    pub(super) const fn names(&self) -> Names {
        match self {
            Self::Bits(name, _)
            | Self::NoBits(name, _)
            | Self::Is(name, _)
            | Self::IsNot(name, _)
            | Self::Below(name, _) => Names::One(name),
            Self::Returned(..) => Names::None,
            Self::Any(several) => Names::OfAll(several),
        }
    }
}

/// The arguments that a condition speaks of.
pub(super) enum Names {
    /// None.
    None,
    /// That one.
    One(&'static str),
    /// Those of these conditions.
    OfAll(&'static [OnlyIf]),
}
