//! Looks at the outside: `/proc`, `packages.list`, the clocks, the device. Each gives a fact, with its time; what a
//! fact means is left to `fold`. The only module that reads anything but records.

mod family;
mod files;
mod modules;
mod packages;

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read as _};
use std::path::Path;
use std::time::Duration;

use crate::input::{Fact, Found, MapLine, NameFound, NameLook, ProcessLook};
pub use family::{Running, command_line, processes, zygote};
pub use files::descriptor;
pub use modules::Modules;
pub use packages::{PACKAGES, PackageList, has_changed, watch_packages};

/// Bytes of a command line that are looked at.
const CMDLINE_MAX: u64 = 4096;

/// The user that this process acts as.
#[must_use]
pub fn own_user() -> u32 {
    // SAFETY: takes nothing and cannot fail.
    unsafe { libc::geteuid() }
}

/// `CLOCK_BOOTTIME`, nanoseconds: the clock of the kernel half's records.
#[must_use]
pub fn boot_ns() -> u64 {
    clock(libc::CLOCK_BOOTTIME)
}

/// The wall clock less the boot clock, nanoseconds.
#[must_use]
pub fn clock_offset() -> i64 {
    // The boot clock before and after, so that being interrupted in between is not taken for a step.
    let before = boot_ns();
    let wall = clock(libc::CLOCK_REALTIME);
    let after = boot_ns();
    wall.cast_signed() - (before + (after - before) / 2).cast_signed()
}

fn clock(id: libc::clockid_t) -> u64 {
    let mut time = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: `time` outlives the call; these clocks exist on every kernel that the kernel half runs on.
    unsafe { libc::clock_gettime(id, &raw mut time) };
    time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64
}

/// The CPU time that this process has taken, all its threads together.
#[must_use]
pub fn cpu_time() -> Duration {
    Duration::from_nanos(clock(libc::CLOCK_PROCESS_CPUTIME_ID))
}

/// Looks a process up, for a record of that thread, user ID and time; `with_files`: its descriptors too.
#[must_use]
pub fn process(pid: u32, tid: u32, uid: u32, at: u64, with_files: bool) -> Fact {
    let began = boot_ns();
    let mut found = find(pid);
    if let Some(found) = found.as_mut().filter(|_| with_files) {
        found.files = files::files(pid, tid, &found.tids);
    }
    Fact::Process {
        look: ProcessLook {
            pid,
            tid,
            began,
            ended: boot_ns(),
            found,
        },
        uid,
        at,
    }
}

/// Looks a process's name up, for a record of that time.
#[must_use]
pub fn name(pid: u32, at: u64) -> Fact {
    let began = boot_ns();
    let dir = Path::new("/proc").join(pid.to_string());
    let name = first_word(&dir);
    // Asked after the name: if this is the process still, it was it then.
    let stat = text(&dir.join("stat")).and_then(|stat| parse_stat(&stat));
    let found = stat.map(|(_, start)| NameFound { start, name });
    Fact::Name {
        look: NameLook {
            pid,
            began,
            ended: boot_ns(),
            found,
        },
        at,
    }
}

/// The start of whoever has a number, clock ticks since boot, also if it has ended and nobody has asked yet.
fn start(pid: u32) -> Option<u64> {
    parse_stat(&state(pid)?).map(|(_, start)| start)
}

/// `/proc/PID/stat`, see `proc_pid_stat(5)`.
fn state(pid: u32) -> Option<String> {
    text(Path::new(&format!("/proc/{pid}/stat")))
}

/// The first word of the command line of the process that a directory of `/proc` is of.
fn first_word(dir: &Path) -> String {
    words(dir).into_iter().next().unwrap_or_default()
}

/// The words of that command line, as far as they are looked at.
fn words(dir: &Path) -> Vec<String> {
    let mut cmdline = Vec::new();
    if let Ok(file) = fs::File::open(dir.join("cmdline")) {
        // What was read before an error is there.
        let _ = file.take(CMDLINE_MAX).read_to_end(&mut cmdline);
    }
    let line = cmdline.strip_suffix(&[0]).unwrap_or(&cmdline);
    // An app's process has the name that it was given, and zero bytes where zygote's arguments were.
    let end = line
        .iter()
        .rposition(|&byte| byte != 0)
        .map_or(0, |last| last + 1);
    // Of one that has ended nothing is left, and that is no word either.
    if end == 0 {
        return Vec::new();
    }
    line[..end]
        .split(|&byte| byte == 0)
        .map(|word| String::from_utf8_lossy(word).into_owned())
        .collect()
}

fn find(pid: u32) -> Option<Found> {
    let dir = Path::new("/proc").join(pid.to_string());
    let (ppid, start) = parse_stat(&state(pid)?)?;
    let cmdline = words(&dir);
    Some(Found {
        start,
        ppid,
        name: cmdline.first().cloned().unwrap_or_default(),
        cmdline,
        tids: threads(pid).unwrap_or_default(),
        maps: text(&dir.join("maps")).map(|maps| parse_maps(&maps)),
        files: None,
    })
}

/// A file of `/proc`. The names in it are the watched program's choice, and need not be UTF-8.
fn text(path: &Path) -> Option<String> {
    let bytes = fs::read(path).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

/// The threads of a process that have not ended: a leader that has stays in the list as long as others run.
pub fn threads(pid: u32) -> io::Result<Vec<u32>> {
    let mut tids = Vec::new();
    for entry in fs::read_dir(format!("/proc/{pid}/task"))? {
        let entry = entry?;
        let tid: Option<u32> = entry
            .file_name()
            .to_str()
            .and_then(|name| name.parse().ok());
        let runs = || text(&entry.path().join("stat")).is_some_and(|stat| has_not_ended(&stat));
        tids.extend(tid.filter(|_| runs()));
    }
    Ok(tids)
}

/// Whether this process was started with a signal ignored, as `nohup` does.
#[must_use]
pub fn is_ignored(signal: i32) -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status
        .lines()
        .find_map(|line| line.strip_prefix("SigIgn:"))
        .and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| mask >> (signal - 1) & 1 != 0)
}

/// The start of a process, in clock ticks since boot; `None` if all its threads have ended.
#[must_use]
pub fn process_start(pid: u32) -> Option<u64> {
    let stat = state(pid)?;
    let runs = has_not_ended(&stat) || threads(pid).is_ok_and(|tids| !tids.is_empty());
    runs.then(|| parse_stat(&stat).map(|(_, start)| start))?
}

/// The start of a thread, in clock ticks since boot; `None` if it has ended.
#[must_use]
pub fn thread_start(tid: u32) -> Option<u64> {
    let stat = state(tid)?;
    has_not_ended(&stat).then(|| parse_stat(&stat).map(|(_, start)| start))?
}

/// A zombie has ended; only its parent has not asked yet.
fn has_not_ended(stat: &str) -> bool {
    stat.rsplit_once(')')
        .and_then(|(_, rest)| rest.split_whitespace().next())
        .is_some_and(|state| state != "Z" && state != "X")
}

/// Parent and start (fields 4 and 22); the name in field 2 may hold anything, also `)`.
fn parse_stat(stat: &str) -> Option<(u32, u64)> {
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
    let ppid = fields.nth(1)?.parse().ok()?;
    let start = fields.nth(17)?.parse().ok()?;
    Some((ppid, start))
}

fn parse_maps(maps: &str) -> Vec<MapLine> {
    maps.lines().filter_map(parse_map_line).collect()
}

/// `55d0-55e0 r-xp 00000000 fd:00 123   /path with spaces`
fn parse_map_line(line: &str) -> Option<MapLine> {
    let mut fields = line.splitn(6, ' ');
    let (start, end) = fields.next()?.split_once('-')?;
    let perms = fields.next()?.as_bytes();
    let offset = fields.next()?;
    let (major, minor) = fields.next()?.split_once(':')?;
    let inode = fields.next()?;
    let path = fields.next().unwrap_or_default().trim_start().to_owned();
    let bit = |at: usize, letter: u8, bit: u8| {
        if perms.get(at) == Some(&letter) {
            bit
        } else {
            0
        }
    };
    Some(MapLine {
        start: u64::from_str_radix(start, 16).ok()?,
        end: u64::from_str_radix(end, 16).ok()?,
        prot: bit(0, b'r', 1) | bit(1, b'w', 2) | bit(2, b'x', 4),
        shared: perms.get(3) == Some(&b's'),
        offset: u64::from_str_radix(offset, 16).ok()?,
        major: u32::from_str_radix(major, 16).ok()?,
        minor: u32::from_str_radix(minor, 16).ok()?,
        inode: inode.parse().ok()?,
        path,
    })
}

/// What is known of the device.
#[must_use]
pub fn device() -> BTreeMap<String, String> {
    let mut device = BTreeMap::new();
    if let Ok(id) = fs::read_to_string("/proc/sys/kernel/random/boot_id") {
        device.insert("boot_id".to_owned(), id.trim().to_owned());
    }
    for file in [
        "/system/build.prop",
        "/vendor/build.prop",
        "/product/etc/build.prop",
    ] {
        let text = fs::read(file).unwrap_or_default();
        for line in String::from_utf8_lossy(&text).lines() {
            let Some((key, value)) = line.split_once('=') else {
                continue;
            };
            let name = match key {
                "ro.product.model" | "ro.product.system.model" | "ro.product.product.model" => {
                    "model"
                }
                "ro.build.fingerprint" | "ro.system.build.fingerprint" => "fingerprint",
                "ro.build.version.release" => "android",
                _ => continue,
            };
            device
                .entry(name.to_owned())
                .or_insert_with(|| value.trim().to_owned());
        }
    }
    device
}

/// Bytes of a page, from the auxiliary vector (`getauxval(3)`); 4096 if it does not say.
#[must_use]
pub fn page_size() -> u64 {
    const AT_PAGESZ: u64 = 6;
    let vector = fs::read("/proc/self/auxv").unwrap_or_default();
    let (words, _) = vector.as_chunks::<8>();
    let (entries, _) = words.as_chunks::<2>();
    entries
        .iter()
        .find(|[key, _]| u64::from_ne_bytes(*key) == AT_PAGESZ)
        .map_or(4096, |[_, value]| u64::from_ne_bytes(*value))
}

/// Bits of a user address: this program's stack lies at the top of what the kernel gives to programs.
#[must_use]
pub fn address_bits() -> u32 {
    let maps = text(Path::new("/proc/self/maps")).unwrap_or_default();
    let last = parse_maps(&maps)
        .iter()
        .map(|line| line.end - 1)
        .filter(|end| end >> 56 == 0)
        .max();
    last.map_or(48, |last| u64::BITS - last.leading_zeros())
}

/// A name for a run that no other has.
#[must_use]
pub fn run_id() -> String {
    fs::read_to_string("/proc/sys/kernel/random/uuid").map_or_else(
        |_| format!("{:016x}", boot_ns()),
        |uuid| uuid.trim().to_owned(),
    )
}

/// `uname -r` and `uname -m`.
#[must_use]
pub fn kernel() -> (String, String) {
    // SAFETY: all zeroes is a value of `utsname`, which the call fills with strings that end inside it.
    let name = unsafe {
        let mut name: libc::utsname = std::mem::zeroed();
        libc::uname(&raw mut name);
        name
    };
    let text = |chars: &[libc::c_char]| {
        chars
            .iter()
            .take_while(|&&c| c != 0)
            .map(|&c| char::from(c as u8))
            .collect()
    };
    (text(&name.release), text(&name.machine))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_has_a_size() {
        assert!(page_size().is_power_of_two() && page_size() >= 4096);
    }

    #[test]
    fn a_name_may_hold_spaces_and_brackets() {
        let stat = "412 (a) b (c) S 77 412 412 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 881234 0 0";
        assert_eq!(parse_stat(stat), Some((77, 881_234)));
        assert_eq!(parse_stat("412 (a"), None);
    }

    #[test]
    fn a_line_of_maps_is_read_whole() {
        let line = "7f00-7f10 r-xp 00001000 fd:00 12 /data/app/my app/base.apk";
        let map = parse_map_line(line).unwrap();
        assert_eq!(
            (map.start, map.end, map.prot, map.shared),
            (0x7f00, 0x7f10, 5, false)
        );
        assert_eq!(map.path, "/data/app/my app/base.apk");
        let anonymous = parse_map_line("7f00-7f10 rw-s 00000000 00:00 0 ").unwrap();
        assert_eq!(
            (anonymous.prot, anonymous.shared, anonymous.path.as_str()),
            (3, true, "")
        );
        assert_eq!(parse_map_line("rubbish"), None);
    }
}
