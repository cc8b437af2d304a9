//! Numbers and names that are short texts: times, hexadecimal numbers, processes, errors, permissions.
//!
//! Each is made on the stack, digit by digit: `format!` would cost more than the rest of a line.

use kprobe_common::table::errno;
use serde::ser::{Serialize, Serializer};

use crate::args::EXACT;
use crate::event::{ErrorName, Hex, Name, Perms, Proc, Time};

const SECOND_NS: u64 = 1_000_000_000;

/// A text of at most `N` ASCII characters; what does not fit is left out.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Short<const N: usize> {
    /// All of it ASCII.
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

    #[inline]
    pub(crate) fn push(&mut self, byte: u8) {
        if let Some(place) = self.bytes.get_mut(self.len) {
            *place = byte & 0x7f;
            self.len += 1;
        }
    }

    /// Bytes that are ASCII, or none of them if they do not fit.
    #[inline]
    fn ascii(&mut self, ascii: &[u8]) {
        let end = self.len + ascii.len();
        if let Some(place) = self.bytes.get_mut(self.len..end)
            && ascii.is_ascii()
        {
            place.copy_from_slice(ascii);
            self.len = end;
        }
    }

    pub(crate) fn text(&mut self, text: &str) {
        self.ascii(text.as_bytes());
    }

    pub(crate) fn decimal(&mut self, value: u64) {
        self.text(itoa::Buffer::new().format(value));
    }

    #[inline]
    pub(crate) fn hex(&mut self, value: u64) {
        let digits = hex_digits(value);
        let zeros = ((value | 1).leading_zeros() / 4) as usize;
        self.ascii(digits.get(zeros..).unwrap_or_default());
    }

    #[inline]
    pub(crate) fn as_str(&self) -> &str {
        let text = self.bytes.get(..self.len).unwrap_or_default();
        // SAFETY: only ASCII gets in: `push` makes it so, `ascii` looks.
        unsafe { str::from_utf8_unchecked(text) }
    }
}

/// All sixteen digits of a number: eight at a time, each in a byte of its own.
#[inline]
pub(super) fn hex_digits(value: u64) -> [u8; 16] {
    let eight = |half: u32| {
        let mut digits = u64::from(half);
        digits = (digits | digits << 16) & 0x0000_ffff_0000_ffff;
        digits = (digits | digits << 8) & 0x00ff_00ff_00ff_00ff;
        digits = (digits | digits << 4) & 0x0f0f_0f0f_0f0f_0f0f;
        // 1 in each byte that is 10 or more: those are letters.
        let letters = (digits + 0x0606_0606_0606_0606) >> 4 & 0x0101_0101_0101_0101;
        (digits + 0x3030_3030_3030_3030 + letters * u64::from(b'a' - b'9' - 1)).to_be_bytes()
    };
    let mut all = [0; 16];
    let (high, low) = all.split_at_mut(8);
    high.copy_from_slice(&eight((value >> 32) as u32));
    low.copy_from_slice(&eight(value as u32));
    all
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
struct Civil {
    year: u64,
    month: u64,
    day: u64,
    second: u64,
    nanos: u64,
}

impl Civil {
    /// The proleptic Gregorian calendar, counted in eras of 400 years that begin on the 1st of March, so that the leap
    /// day comes last.
    #[inline]
    fn of(nanos: u64) -> Self {
        let seconds = nanos / SECOND_NS;
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
            nanos: nanos % SECOND_NS,
        }
    }

    /// `2026-11-23T02:40:12.123456789Z`
    fn rfc3339(&self) -> [u8; 30] {
        let mut text = *b"0000-00-00T00:00:00.000000000Z";
        put_pair(&mut text, 0, self.year / 100);
        put_pair(&mut text, 2, self.year % 100);
        put_pair(&mut text, 5, self.month);
        put_pair(&mut text, 8, self.day);
        put_pair(&mut text, 11, self.second / 3600);
        put_pair(&mut text, 14, self.second / 60 % 60);
        put_pair(&mut text, 17, self.second % 60);
        put_nanos(&mut text, self.nanos);
        text
    }
}

#[inline]
fn put_pair(text: &mut [u8; 30], at: usize, value: u64) {
    text[at] = b'0' + (value / 10 % 10) as u8;
    text[at + 1] = b'0' + (value % 10) as u8;
}

/// Nine digits: the last pair is written first, for its second half.
#[inline]
fn put_nanos(text: &mut [u8; 30], nanos: u64) {
    put_pair(text, 27, nanos % 100);
    put_pair(text, 26, nanos / 10 % 100);
    put_pair(text, 24, nanos / 1000 % 100);
    put_pair(text, 22, nanos / 100_000 % 100);
    put_pair(text, 20, nanos / 10_000_000);
}

/// The last time that was written: of one in the same second, the digits behind the point alone are new.
#[derive(Clone, Copy, Debug)]
pub(super) struct LastTime {
    second: u64,
    text: Short<30>,
}

impl LastTime {
    /// As [`Time::rfc3339`].
    #[inline]
    pub(super) fn rfc3339(&mut self, time: Time) -> &str {
        let (second, nanos) = (time.0 / SECOND_NS, time.0 % SECOND_NS);
        if self.second == second {
            put_nanos(&mut self.text.bytes, nanos);
        } else {
            (self.second, self.text) = (second, time.rfc3339());
        }
        self.text.as_str()
    }
}

impl Default for LastTime {
    fn default() -> Self {
        let second = 0;
        let text = Time(0).rfc3339();
        Self { second, text }
    }
}

impl Time {
    /// RFC 3339, nanoseconds, UTC.
    #[inline]
    pub(crate) fn rfc3339(self) -> Short<30> {
        Short {
            bytes: Civil::of(self.0).rfc3339(),
            len: 30,
        }
    }

    /// The time of day with microseconds: `02:40:12.123456`.
    pub(crate) fn of_day(self) -> Short<15> {
        let mut text = Short::new();
        text.ascii(&Civil::of(self.0).rfc3339()[11..26]);
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

impl Proc {
    /// `412-881234`
    pub(crate) fn short(self) -> Short<31> {
        let mut text = Short::new();
        text.decimal(u64::from(self.pid));
        text.push(b'-');
        text.decimal(self.start);
        text
    }
}

impl Serialize for Proc {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.short().serialize(serializer)
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
        fn times_after_others_are_as_they_are_alone(
            times in prop::collection::vec((0u64..3, 0..SECOND_NS), 1..8),
        ) {
            let mut last = LastTime::default();
            for (second, nanos) in times {
                let time = Time(second * SECOND_NS + nanos);
                let alone = time.rfc3339();
                prop_assert_eq!(last.rfc3339(time), alone.as_str());
            }
        }

        #[test]
        fn hexadecimal_is_as_the_standard_library_writes_it(value in any::<u64>(), shift in 0u32..64) {
            let value = value >> shift;
            let text = hex(value);
            prop_assert_eq!(text.as_str(), format!("{value:#x}"));
        }
    }
}
