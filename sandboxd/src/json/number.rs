//! Numbers and names that are short texts: times, hexadecimal numbers, processes, errors, permissions.
//!
//! Each is made on the stack, digit by digit: `format!` would cost more than the rest of a line.

use kprobe_common::table::errno;
use serde::ser::{Serialize, Serializer};

use crate::event::{ErrorName, Hex, Name, Perms, Proc, Time};

/// The largest integer that every JSON reader keeps exactly.
pub(crate) const EXACT: u64 = (1 << 53) - 1;
const DIGITS: &[u8; 16] = b"0123456789abcdef";

/// A text of at most `N` ASCII characters; what does not fit is left out.
#[derive(Clone, Copy)]
pub(crate) struct Short<const N: usize> {
    bytes: [u8; N],
    len: usize,
}

impl<const N: usize> Short<N> {
    pub(crate) const fn new() -> Self {
        Self {
            bytes: [0; N],
            len: 0,
        }
    }

    pub(crate) fn push(&mut self, byte: u8) {
        if let Some(place) = self.bytes.get_mut(self.len) {
            *place = byte;
            self.len += 1;
        }
    }

    pub(crate) fn text(&mut self, text: &str) {
        text.bytes().for_each(|byte| self.push(byte));
    }

    pub(crate) fn decimal(&mut self, mut value: u64) {
        let mut digits = [0; 20];
        let mut at = digits.len();
        loop {
            at -= 1;
            digits[at] = b'0' + (value % 10) as u8;
            value /= 10;
            if value == 0 {
                break;
            }
        }
        digits[at..].iter().for_each(|digit| self.push(*digit));
    }

    /// A decimal number with that many digits, the highest ones lost if it has more.
    pub(crate) fn padded(&mut self, value: u64, digits: u32) {
        let mut unit = 10u64.pow(digits.saturating_sub(1));
        for _ in 0..digits {
            self.push(b'0' + (value / unit % 10) as u8);
            unit /= 10;
        }
    }

    pub(crate) fn hex(&mut self, value: u64) {
        let digits = (67 - (value | 1).leading_zeros()) / 4;
        for digit in (0..digits).rev() {
            self.push(DIGITS[(value >> (4 * digit) & 0xf) as usize]);
        }
    }

    pub(crate) fn as_str(&self) -> &str {
        // Only ASCII was pushed: the default is never used.
        str::from_utf8(&self.bytes[..self.len]).unwrap_or_default()
    }
}

impl<const N: usize> Serialize for Short<N> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// `0x2a`
pub(crate) fn hex(value: u64) -> Short<18> {
    let mut text = Short::new();
    text.text("0x");
    text.hex(value);
    text
}

/// An integer as JSON can carry it: null beyond 53 bits.
pub(crate) fn exact(value: i64) -> Option<i64> {
    (value.unsigned_abs() <= EXACT).then_some(value)
}

/// The same for one that has no sign.
pub(crate) fn exact_unsigned(value: u64) -> Option<u64> {
    (value <= EXACT).then_some(value)
}

/// A moment's date and time of day: year, month, day, seconds within the day, nanoseconds within the second.
pub(crate) struct Civil {
    year: u64,
    month: u64,
    day: u64,
    second: u64,
    nanos: u64,
}

impl Civil {
    /// The proleptic Gregorian calendar, counted in eras of 400 years that begin on the 1st of March, so that the leap
    /// day comes last.
    pub(crate) fn of(nanos: u64) -> Self {
        let seconds = nanos / 1_000_000_000;
        let days = seconds / 86_400 + 719_468;
        let (era, day) = (days / 146_097, days % 146_097);
        let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
        let day = day - (365 * year + year / 4 - year / 100);
        let from_march = (5 * day + 2) / 153;
        let month = if from_march < 10 {
            from_march + 3
        } else {
            from_march - 9
        };
        Self {
            year: era * 400 + year + u64::from(month <= 2),
            month,
            day: day - (153 * from_march + 2) / 5 + 1,
            second: seconds % 86_400,
            nanos: nanos % 1_000_000_000,
        }
    }

    /// `2026-11-23`
    pub(crate) fn date<const N: usize>(&self, out: &mut Short<N>) {
        out.padded(self.year, 4);
        out.push(b'-');
        out.padded(self.month, 2);
        out.push(b'-');
        out.padded(self.day, 2);
    }

    /// `02:40:12.123456`, with as many digits of the second's fraction as asked for, up to nine.
    pub(crate) fn time<const N: usize>(&self, out: &mut Short<N>, digits: u32) {
        out.padded(self.second / 3600, 2);
        out.push(b':');
        out.padded(self.second / 60 % 60, 2);
        out.push(b':');
        out.padded(self.second % 60, 2);
        out.push(b'.');
        out.padded(self.nanos / 10u64.pow(9u32.saturating_sub(digits)), digits);
    }
}

impl Time {
    /// RFC 3339, nanoseconds, UTC.
    pub(crate) fn rfc3339(self) -> Short<30> {
        let mut text = Short::new();
        let civil = Civil::of(self.0);
        civil.date(&mut text);
        text.push(b'T');
        civil.time(&mut text, 9);
        text.push(b'Z');
        text
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.rfc3339().serialize(serializer)
    }
}

impl Serialize for Hex {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        hex(self.0).serialize(serializer)
    }
}

impl Serialize for Proc {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut text = Short::<31>::new();
        text.decimal(u64::from(self.pid));
        text.push(b'-');
        text.decimal(self.start);
        text.serialize(serializer)
    }
}

impl Name {
    /// What it is called, handed to `use_it`.
    pub(crate) fn with<R>(self, use_it: impl FnOnce(&str) -> R) -> R {
        match self {
            Self::Row(name) => use_it(name),
            Self::Unknown(nr) => {
                let mut text = Short::<18>::new();
                text.text("syscall_0x");
                text.hex(u64::from(nr as u32));
                use_it(text.as_str())
            }
        }
    }
}

impl Serialize for Name {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.with(|name| serializer.serialize_str(name))
    }
}

impl ErrorName {
    /// What it is called, handed to `use_it`.
    pub(crate) fn with<R>(self, use_it: impl FnOnce(&str) -> R) -> R {
        if let Some(name) = errno::name(self.0) {
            return use_it(name);
        }
        let mut text = Short::<12>::new();
        text.text("errno_");
        text.decimal(u64::from(self.0));
        use_it(text.as_str())
    }
}

impl Serialize for ErrorName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.with(|name| serializer.serialize_str(name))
    }
}

impl Serialize for Perms {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let bit = |mask: u8, letter| if self.prot & mask != 0 { letter } else { b'-' };
        let mut text = Short::<4>::new();
        text.push(bit(libc::PROT_READ as u8, b'r'));
        text.push(bit(libc::PROT_WRITE as u8, b'w'));
        text.push(bit(libc::PROT_EXEC as u8, b'x'));
        text.push(if self.shared { b's' } else { b'p' });
        text.serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use proptest::prelude::*;

    use super::*;

    fn json(value: impl Serialize) -> String {
        serde_json::to_string(&value).unwrap()
    }

    #[test]
    fn short_texts_are_what_the_interface_says() {
        assert_eq!(json(Hex(0)), r#""0x0""#);
        assert_eq!(json(Hex(0x2a)), r#""0x2a""#);
        assert_eq!(json(Hex(u64::MAX)), r#""0xffffffffffffffff""#);
        assert_eq!(
            json(Proc {
                pid: 412,
                start: 881_234
            }),
            r#""412-881234""#
        );
        let longest = Proc {
            pid: u32::MAX,
            start: u64::MAX,
        };
        assert_eq!(json(longest), r#""4294967295-18446744073709551615""#);
        assert_eq!(json(Name::Row("openat")), r#""openat""#);
        assert_eq!(json(Name::Unknown(0x1c3)), r#""syscall_0x1c3""#);
        assert_eq!(json(Name::Unknown(-1)), r#""syscall_0xffffffff""#);
        assert_eq!(json(ErrorName(14)), r#""EFAULT""#);
        assert_eq!(json(ErrorName(999)), r#""errno_999""#);
        let perms = Perms {
            prot: 5,
            shared: false,
        };
        assert_eq!(json(perms), r#""r-xp""#);
        assert_eq!(
            json(Perms {
                prot: 2,
                shared: true
            }),
            r#""-w-s""#
        );
    }

    #[test]
    fn beyond_53_bits_there_is_no_number() {
        assert_eq!(exact((1 << 53) - 1), Some((1 << 53) - 1));
        assert_eq!(exact(1 - (1 << 53)), Some(1 - (1 << 53)));
        assert_eq!(exact(1 << 53), None);
        assert_eq!(exact(i64::MIN), None);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn times_are_as_another_library_writes_them(nanos in any::<u64>()) {
            let time = UNIX_EPOCH + Duration::from_nanos(nanos);
            let wanted = humantime::format_rfc3339_nanos(time).to_string();
            let text = Time(nanos).rfc3339();
            prop_assert_eq!(text.as_str(), wanted);
        }

        #[test]
        fn hexadecimal_is_as_the_standard_library_writes_it(value in any::<u64>(), shift in 0u32..64) {
            let value = value >> shift;
            let text = hex(value);
            prop_assert_eq!(text.as_str(), format!("{value:#x}"));
        }
    }
}
