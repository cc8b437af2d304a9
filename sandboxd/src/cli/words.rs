//! Values of options: sizes, labels, user IDs; and words of the command line as text.

use std::ffi::OsStr;
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;
use std::time::Duration;

use kprobe_common::record::STACK_MAX;

use crate::facts::{self, PackageList};
use crate::json::Escaped;

/// `64K`, `8M`, or bytes; at least a page, at most a gigabyte.
pub(super) fn size(text: &str) -> Result<u32, String> {
    match bytes(text) {
        Some(size @ 4096..=0x4000_0000) => Ok((size as u32).next_power_of_two()),
        Some(size) => Err(format!("{size} bytes are not between 4K and 1G")),
        None => Err("a size is a number with K, M or G behind it, like 8M".to_owned()),
    }
}

/// How much of a stack is copied.
pub(super) fn stack_size(text: &str) -> Result<u32, String> {
    const MOST: u64 = STACK_MAX as u64;
    match bytes(text) {
        Some(size @ 1024..=MOST) => Ok((size as u32).next_multiple_of(8)),
        Some(size) => Err(format!("{size} bytes are not between 1K and 32K")),
        None => Err("a size is a number with K behind it, like 16K".to_owned()),
    }
}

/// How large a part may be: large enough for what it begins with.
pub(super) fn part_size(text: &str) -> Result<u64, String> {
    match bytes(text) {
        Some(size @ 0x1_0000..) => Ok(size),
        Some(size) => Err(format!("{size} bytes are fewer than 64K")),
        None => Err("a size is a number with K, M or G behind it, like 100M".to_owned()),
    }
}

/// How old a part may be.
pub(super) fn part_age(text: &str) -> Result<Duration, String> {
    let age = humantime::parse_duration(text).map_err(|error| error.to_string())?;
    if age < Duration::from_secs(1) {
        return Err("a part lasts a second at least".to_owned());
    }
    Ok(age)
}

/// How many files are kept.
pub(super) fn count(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(0) | Err(_) => Err("this is a number of files, 1 or more".to_owned()),
        Ok(count) => Ok(count),
    }
}

/// Users of Android that have a name everywhere.
/// <https://android.googlesource.com/platform/system/core/+/main/libcutils/include/private/android_filesystem_config.h>
const OWNERS: [(&str, u32); 3] = [("root", 0), ("system", 1000), ("shell", 2000)];

/// Whose files are.
pub(super) fn owner(text: &str) -> Result<u32, String> {
    let known = OWNERS.iter().find(|(name, _)| *name == text);
    if let Some((_, number)) = known {
        return Ok(*number);
    }
    match text.parse() {
        Ok(number) if number != u32::MAX => Ok(number),
        _ => Err("an owner is shell, system, root, or a number".to_owned()),
    }
}

/// A number with its unit.
fn bytes(text: &str) -> Option<u64> {
    let number = text.strip_suffix(['B', 'b']).unwrap_or(text);
    let (digits, unit) = match number.split_at_checked(number.len().saturating_sub(1)) {
        Some((digits, "K" | "k")) => (digits, 1 << 10),
        Some((digits, "M" | "m")) => (digits, 1 << 20),
        Some((digits, "G" | "g")) => (digits, 1 << 30),
        _ => (number, 1),
    };
    digits.parse::<u64>().ok()?.checked_mul(unit)
}

/// `NAME=VALUE`.
pub(super) fn tag(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("a tag is NAME=VALUE, like case=42".to_owned()),
    }
}

/// A user ID.
pub(super) fn user(text: &str) -> Result<u32, String> {
    user_by(text, facts::PACKAGES.as_ref())
}

/// The same; `list` says which packages there are, for a better message.
fn user_by(text: &str, list: &Path) -> Result<u32, String> {
    match text.parse::<i128>() {
        Ok(number @ 0..=0xffff_fffe) => Ok(number as u32),
        Ok(-1 | 0xffff_ffff) => {
            Err("this is (uid_t)-1, which stands for no user: no task has it".to_owned())
        }
        Ok(_) => Err("user IDs are numbers from 0 to 4294967294".to_owned()),
        Err(_) => Err(format!(
            "a user ID is a number, as in -u 10123; {}",
            package(text, list)
        )),
    }
}

/// What is known of a package's user ID.
fn package(name: &str, list: &Path) -> String {
    let shown = list.display();
    match facts::PackageList::read(list) {
        Ok(PackageList { by_uid, .. }) => {
            let has = |names: &Vec<String>| names.iter().any(|known| known == name);
            match by_uid.iter().find(|(_, names)| has(names)) {
                Some((uid, _)) => {
                    format!("{name} has the user ID {uid}: say -n {name}, or -u {uid}")
                }
                None => format!(
                    "{shown} has no package {name}: `pm list packages -U` shows packages and their user IDs"
                ),
            }
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => format!(
            "{name} cannot be looked up, since there is no {shown} here: this is no Android, or not its root"
        ),
        Err(error) => format!("{name} cannot be looked up in {shown}: {error}"),
    }
}

/// A word of the command line as text: what is not UTF-8 as `\xNN`.
#[must_use]
pub fn shown(word: &OsStr) -> String {
    Escaped(word.as_bytes()).to_string()
}

/// The words of a list: commas separate, but not those of an expression between slashes.
pub(super) fn places(list: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut rest = Some(list);
    while let Some(list) = rest {
        let word = list.strip_prefix('!').unwrap_or(list);
        let end = if word.starts_with('/') {
            word.find("/,").map(|slash| slash + 1)
        } else {
            word.find(',')
        };
        let end = end.map(|end| end + list.len() - word.len());
        words.push(list[..end.unwrap_or(list.len())].to_owned());
        rest = end.map(|comma| &list[comma + 1..]);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_units() {
        assert_eq!(size("64K"), Ok(65_536));
        assert_eq!(size("8M"), Ok(8 << 20));
        assert_eq!(size("5000"), Ok(8192));
        assert_eq!(size("8MB"), Ok(8 << 20));
        assert_eq!(size("8192B"), Ok(8192));
        assert!(size("1").is_err());
        assert!(size("B").is_err());
        assert!(size("8X").is_err());
    }

    #[test]
    fn a_part_is_not_too_small() {
        assert_eq!(part_size("64K"), Ok(65_536));
        assert_eq!(part_size("5G"), Ok(5 << 30));
        assert!(part_size("63K").unwrap_err().contains("64K"));
        assert_eq!(part_age("1h"), Ok(Duration::from_hours(1)));
        assert!(part_age("20ms").is_err() && part_age("1").is_err());
        assert_eq!(count("3"), Ok(3));
        assert!(count("0").is_err() && count("-1").is_err());
    }

    #[test]
    fn an_owner_has_a_name_or_a_number() {
        assert_eq!(owner("shell"), Ok(2000));
        assert_eq!(owner("root"), Ok(0));
        assert_eq!(owner("10123"), Ok(10_123));
        for wrong in ["adb", "-1", "4294967295", ""] {
            assert!(owner(wrong).unwrap_err().contains("shell"), "{wrong}");
        }
    }

    #[test]
    fn a_user_is_a_number_that_a_task_can_have() {
        let list = Path::new("/nowhere/packages.list");
        assert_eq!(user_by("0", list), Ok(0));
        assert_eq!(user_by("4294967294", list), Ok(4_294_967_294));
        for none in ["4294967295", "-1"] {
            assert!(user_by(none, list).unwrap_err().contains("no task"));
        }
        assert!(user_by("4294967296", list).unwrap_err().contains("from 0"));
    }

    #[test]
    fn a_package_in_place_of_a_user_is_looked_up() {
        let dir = tempfile::tempdir().unwrap();
        let list = dir.path().join("packages.list");
        let said = |name: &str| user_by(name, &list).unwrap_err();
        assert!(said("com.example.app").contains("there is no /"), "absent");
        std::fs::write(
            &list,
            "com.example.app 10123 0 /data/user/0/x default none 0 1\n",
        )
        .unwrap();
        assert!(said("com.example.app").ends_with("or -u 10123"));
        assert!(said("com.example.ap").contains("has no package com.example.ap:"));
        std::fs::remove_file(&list).unwrap();
        std::fs::create_dir(&list).unwrap();
        assert!(said("com.example.app").contains("directory"), "unreadable");
    }
}
