//! Kprobes by the addresses of functions. Before 6.2 a kernel looks for a name by going through all that it has
//! (`kallsyms_lookup_name` in <https://github.com/torvalds/linux/blob/v5.10/kernel/kallsyms.c>): with a GKI-like 5.10 that takes
//! 20 ms for each probe. `/proc/kallsyms` tells all addresses in a tenth of a second, and an address it finds at once.

use std::collections::{BTreeSet, HashMap};
use std::fs::{self, File};
use std::io::{self, BufReader};
use std::os::fd::RawFd;

use perf_event::events::Event;
use perf_event::{Builder, Counter};
use perf_event_open_sys::bindings::perf_event_attr;

use super::platform::{self, KPROBE_TYPE};
use crate::facts;

/// From here on a name is found as fast.
const FAST: (u32, u32) = (6, 2);

/// Where functions are.
pub(super) struct Addresses {
    /// Perf's type of event for kprobes.
    pmu: u32,
    by_name: HashMap<String, u64>,
}

/// A kprobe at an address. (The one of `perf_event` asks for a uprobe.)
struct At {
    pmu: u32,
    address: u64,
}

impl Event for At {
    fn update_attrs(self, attr: &mut perf_event_attr) {
        attr.type_ = self.pmu;
        attr.kprobe_func = 0;
        attr.kprobe_addr = self.address;
    }
}

impl Addresses {
    /// Of these symbols; `None` where names do as well, or the kernel tells no addresses.
    pub(super) fn read(symbols: &[String]) -> Option<Self> {
        if !platform::is_older(&facts::kernel().0, FAST) {
            return None;
        }
        let pmu = fs::read_to_string(KPROBE_TYPE).ok()?;
        let wanted: BTreeSet<&str> = symbols.iter().map(String::as_str).collect();
        let list = BufReader::new(File::open("/proc/kallsyms").ok()?);
        let by_name = parse(list, &wanted)?;
        Some(Self {
            pmu: pmu.trim().parse().ok()?,
            by_name,
        })
    }

    /// Whether the kernel has a function of that name.
    pub(super) fn has(&self, symbol: &str) -> bool {
        self.by_name.contains_key(symbol)
    }

    /// Puts a probe on a function, for a program. It stays as long as the counter does.
    pub(super) fn attach(&self, symbol: &str, program: RawFd) -> io::Result<Counter> {
        let address = *self.by_name.get(symbol).ok_or(io::ErrorKind::NotFound)?;
        let pmu = self.pmu;
        // Its CPU is where it would be counted; the program runs on all.
        let mut counter = Builder::new(At { pmu, address })
            .any_pid()
            .one_cpu(0)
            .exclude_kernel(false)
            .enabled(true)
            .build()?;
        counter.set_bpf(program)?;
        Ok(counter)
    }
}

/// Lines like `ffffffc010090a40 T __arm64_sys_openat`; a module's name may follow. `None` if the addresses are kept secret.
fn parse(list: impl io::BufRead, wanted: &BTreeSet<&str>) -> Option<HashMap<String, u64>> {
    let mut by_name = HashMap::new();
    for line in list.split(b'\n') {
        let line = line.ok()?;
        // Some modules' names are not UTF-8.
        let Ok(line) = str::from_utf8(&line) else {
            continue;
        };
        let mut words = line.split_ascii_whitespace();
        let (Some(address), Some(_), Some(name)) = (words.next(), words.next(), words.next())
        else {
            continue;
        };
        if wanted.contains(name) {
            let address = u64::from_str_radix(address, 16)
                .ok()
                .filter(|at| *at != 0)?;
            // Of two functions of one name the kernel takes the first.
            by_name.entry(name.to_owned()).or_insert(address);
        }
    }
    (!by_name.is_empty()).then_some(by_name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_unless_they_are_secret() {
        let wanted = ["__arm64_sys_openat", "__arm64_sys_none"].into();
        let list = "ffffffc010080000 T _text\nffffffc010090a40 T __arm64_sys_openat\n\
            ffffffc010090a50 t __arm64_sys_openat.cfi_jt\nffffffc008000000 t \u{fffd} [odd]\n";
        let by_name = parse(list.as_bytes(), &wanted).unwrap();
        assert_eq!(by_name["__arm64_sys_openat"], 0xffff_ffc0_1009_0a40);
        assert_eq!(by_name.len(), 1);
        let secret = "0000000000000000 T _text\n0000000000000000 T __arm64_sys_openat\n";
        assert_eq!(parse(secret.as_bytes(), &wanted), None);
        assert_eq!(parse("".as_bytes(), &wanted), None);
    }
}
