//! Reads one value of strace's notation.
//!
//! Comments are passed over, and so is what `-y` says of a descriptor in `<>`.

use winnow::Result;
use winnow::combinator::{
    alt, delimited, fail, not, opt, peek, preceded, repeat, separated, terminated,
};
use winnow::prelude::*;
use winnow::token::{any, one_of, take_till, take_until, take_while};

use crate::tree::{Field, Text, Tree};

/// A value, with everything that may follow one.
pub fn value(input: &mut &str) -> Result<Tree> {
    let first = holds.parse_next(input)?;
    let after = opt(preceded(" => ", value)).parse_next(input)?;
    Ok(match after {
        Some(after) => Tree::Became(Box::new(first), Box::new(after)),
        None => first,
    })
}

/// Fields of a structure or arguments of a call, with commas between them.
pub(crate) fn fields(input: &mut &str) -> Result<Vec<Field>> {
    separated(0.., field, comma).parse_next(input)
}

fn comma(input: &mut &str) -> Result<()> {
    (",", blanks).void().parse_next(input)
}

fn blanks(input: &mut &str) -> Result<()> {
    take_while(0.., ' ').void().parse_next(input)
}

fn field(input: &mut &str) -> Result<Field> {
    let name = opt(terminated(label, ("=", not('=')))).parse_next(input)?;
    let value = value.parse_next(input)?;
    Ok(Field {
        name: name.map(str::to_owned),
        value,
    })
}

/// A field's name: `st_mode`, `c_cc[VMIN]`, `[VINTR]`.
fn label<'a>(input: &mut &'a str) -> Result<&'a str> {
    let index = || ("[", take_while(1.., word_letter), "]").void();
    let indices = repeat::<_, _, (), _, _>(0.., index());
    alt(((word, indices).take(), index().take())).parse_next(input)
}

fn word_letter(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || letter == '_' || letter == '.'
}

fn word<'a>(input: &mut &'a str) -> Result<&'a str> {
    let first = one_of(|letter: char| letter.is_ascii_alphabetic() || letter == '_');
    (opt('&'), first, take_while(0.., word_letter))
        .take()
        .parse_next(input)
}

/// `WIFEXITED(s) && WEXITSTATUS(s) == 3`, or a single value.
fn holds(input: &mut &str) -> Result<Tree> {
    let term = |input: &mut &str| {
        let left = either.parse_next(input)?;
        Ok((left, opt(preceded(" == ", either)).parse_next(input)?))
    };
    let mut terms: Vec<_> = separated(1.., term, " && ").parse_next(input)?;
    match &terms[..] {
        [(_, None)] => Ok(terms.remove(0).0),
        _ => Ok(Tree::Holds(terms)),
    }
}

fn either(input: &mut &str) -> Result<Tree> {
    let parts: Vec<_> = separated(1.., flags, " or ").parse_next(input)?;
    Ok(one_or(parts, Tree::Either))
}

fn flags(input: &mut &str) -> Result<Tree> {
    let part = terminated(single, opt((blanks, comment)));
    let parts: Vec<_> = separated(1.., part, '|').parse_next(input)?;
    Ok(one_or(parts, Tree::Flags))
}

fn one_or(mut parts: Vec<Tree>, several: fn(Vec<Tree>) -> Tree) -> Tree {
    if parts.len() == 1 {
        parts.remove(0)
    } else {
        several(parts)
    }
}

fn comment(input: &mut &str) -> Result<()> {
    delimited("/*", take_until(0.., "*/"), "*/")
        .void()
        .parse_next(input)
}

fn single(input: &mut &str) -> Result<Tree> {
    alt((
        "...".value(Tree::Unclear),
        // `<... resuming interrupted read ...>`
        ("<...", take_until(0.., "...>"), "...>").value(Tree::Unclear),
        "???".value(Tree::Unclear),
        text.map(Tree::Text),
        delimited('{', terminated(fields, blanks), '}').map(Tree::Struct),
        preceded('~', list).map(Tree::AllBut),
        list.map(Tree::List),
        number,
        called,
    ))
    .parse_next(input)
}

/// Elements with commas or spaces between them.
fn list(input: &mut &str) -> Result<Vec<Field>> {
    let between = alt((comma, ' '.void()));
    delimited('[', separated(0.., field, between), ']').parse_next(input)
}

fn called(input: &mut &str) -> Result<Tree> {
    let name = word.parse_next(input)?.to_owned();
    if let Some(shift) = opt(preceded("<<", digits)).parse_next(input)? {
        return Ok(Tree::Word(format!("{name}<<{shift}")));
    }
    let arguments = opt(delimited('(', fields, ')')).parse_next(input)?;
    // What -Y says of a process.
    opt(aside).parse_next(input)?;
    Ok(match arguments {
        Some(arguments) => Tree::Call(name, arguments),
        None => Tree::Word(name),
    })
}

/// What `-y` says of a descriptor: `3</etc/hosts>`, `4<socket:[17]>`, `5<TCP:[127.0.0.1:1->127.0.0.1:2]>`.
fn aside(input: &mut &str) -> Result<()> {
    let part = alt((
        "->".void(),
        aside,
        any.verify(|letter| *letter != '>' && *letter != '<').void(),
    ));
    delimited('<', repeat::<_, _, (), _, _>(0.., part), '>').parse_next(input)
}

/// `3`, `-1`, `0x7f`, `0644`, `8192*1024`, `1<<CAP_KILL`, `0x345<<12`.
fn number(input: &mut &str) -> Result<Tree> {
    let mut number = digits.parse_next(input)?;
    if let Some(name) = opt(preceded("<<", word)).parse_next(input)? {
        let name = match number {
            1 => name.to_owned(),
            times => format!("{times}<<{name}"),
        };
        return Ok(Tree::Word(name));
    }
    if let Some(bits) = opt(preceded("<<", digits)).parse_next(input)? {
        return Ok(Tree::Number(number << bits.clamp(0, 64)));
    }
    while let Some(factor) = opt(preceded('*', digits)).parse_next(input)? {
        number = number.saturating_mul(factor);
    }
    opt(aside).parse_next(input)?;
    Ok(Tree::Number(number))
}

fn digits(input: &mut &str) -> Result<i128> {
    let minus = opt('-').parse_next(input)?.is_some();
    let of = |radix: u32| move |text: &str| i128::from_str_radix(text, radix);
    let decimal = || take_while(1.., '0'..='9');
    let hex_digit = |c: char| c.is_ascii_hexdigit();
    let number = alt((
        // Eight digits with zeros in front: netlink's groups.
        terminated(
            (peek('0'), take_while(8..=8, hex_digit)),
            not(one_of(word_letter)),
        )
        .map(|(_, digits)| digits)
        .try_map(of(16)),
        preceded("0x", take_while(1.., hex_digit)).try_map(of(16)),
        preceded(('0', peek(one_of('0'..='7'))), take_while(1.., '0'..='7')).try_map(of(8)),
        decimal().try_map(of(10)),
    ))
    .parse_next(input)?;
    // `3com` is no number.
    not(one_of(word_letter)).parse_next(input)?;
    Ok(if minus { -number } else { number })
}

/// `"text"`, `"start"...`, `@"name"`.
pub(crate) fn text(input: &mut &str) -> Result<Text> {
    let hidden = opt('@').parse_next(input)?.is_some();
    let mut bytes = Vec::new();
    '"'.parse_next(input)?;
    loop {
        let plain = take_till(0.., ['"', '\\']).parse_next(input)?;
        bytes.extend_from_slice(plain.as_bytes());
        match any.parse_next(input)? {
            '"' => break,
            _ => bytes.push(escape.parse_next(input)?),
        }
    }
    let cut = opt("...").parse_next(input)?.is_some();
    Ok(Text { bytes, cut, hidden })
}

/// What follows a backslash.
fn escape(input: &mut &str) -> Result<u8> {
    let octal = take_while(1..=3, '0'..='7').try_map(|text| u8::from_str_radix(text, 8));
    let hex = preceded('x', take_while(2..=2, |c: char| c.is_ascii_hexdigit()))
        .try_map(|text| u8::from_str_radix(text, 16));
    let letter = any.verify_map(|letter| match letter {
        'n' => Some(b'\n'),
        't' => Some(b'\t'),
        'r' => Some(b'\r'),
        'v' => Some(0x0b),
        'f' => Some(0x0c),
        '"' => Some(b'"'),
        '\\' => Some(b'\\'),
        _ => None,
    });
    alt((octal, hex, letter, fail)).parse_next(input)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(input: &str) -> Tree {
        let mut rest = input;
        match value(&mut rest) {
            Ok(tree) if rest.is_empty() => tree,
            other => panic!("{input}: {other:?}, left {rest:?}"),
        }
    }

    /// Reads it and writes it again, in the one form that a tree has.
    #[track_caller]
    fn check(input: &str, wanted: &str) {
        assert_eq!(read(input).to_string(), wanted, "{input}");
    }

    #[test]
    fn numbers_of_every_base() {
        check("-1", "-1");
        check("0644", "420");
        check("000", "0");
        check("0", "0");
        check("0x7f /* FOO_??? */", "127");
        check("8192*1024", "0x800000");
        check("1<<CAP_KILL|1<<CAP_CHOWN", "CAP_KILL|CAP_CHOWN");
        check("3</etc/hosts>", "3");
        check("5<TCP:[127.0.0.1:1->127.0.0.1:2]>", "5");
        check("0000000a", "10");
        check("1700000000 /* 2023-11-14T22:13:20+0000 */", "0x6553f100");
    }

    #[test]
    fn strings_with_escapes() {
        check(r#""a\n\33[\3770\x41\"\\"..."#, r#""a\n\x1b[\xff0A\"\\"..."#);
        check(r#"@"name\0""#, r#"@"name\x00""#);
        check(r#"["sh", "-c", ...]"#, r#"["sh", "-c", ...]"#);
    }

    #[test]
    fn structures_and_what_looks_like_calls() {
        check(
            "{st_mode=S_IFREG|0644, st_rdev=makedev(0x1, 0x3), ...}",
            "{st_mode=S_IFREG|420, st_rdev=makedev(1, 3), ...}",
        );
        check(
            r#"{sa_family=AF_INET6, inet_pton(AF_INET6, "::1", &sin6_addr)}"#,
            r#"{sa_family=AF_INET6, inet_pton(AF_INET6, "::1", &sin6_addr)}"#,
        );
        check(
            "{c_cc[VMIN]=1, c_cc=[[VINTR]=0x3]}",
            "{c_cc[VMIN]=1, c_cc=[[VINTR]=3]}",
        );
        check(
            "[{WIFEXITED(s) && WEXITSTATUS(s) == 3}]",
            "[{WIFEXITED(s) && WEXITSTATUS(s) == 3}]",
        );
        check("[28 => 16]", "[28 => 16]");
        check("~[INT RT_1]", "~[INT RT_1]");
        check("[]", "[]");
        check("{}", "{}");
        check(
            "TCGETS or SNDCTL_TMR_TIMEBASE",
            "TCGETS or SNDCTL_TMR_TIMEBASE",
        );
        check(
            "[{fd=3, events=POLLIN}, ... /* 0x7f */]",
            "[{fd=3, events=POLLIN}, ...]",
        );
    }
}
