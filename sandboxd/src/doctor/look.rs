//! Looks at the outside, for the checks to judge: files of `/proc`, `/sys` and `/data`, clocks, and the trial of probes.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{BufRead as _, BufReader};
use std::path::Path;

use aya::maps::MapType;
use kprobe_common::index::Abi;

use super::config::Configuration;
use super::rights::{Rights, Selinux};
use super::rooted::{Manager, Mark};
use super::symbols;
use super::system::{Clocks, Memory};
use super::trial::{self, Trial};
use crate::facts::{self, PackageList};
use crate::probe::{self, ProbeError, platform, tracefs};
use crate::trace::{self, TraceError, Usual};

/// The kprobes that are set, by everybody.
const KPROBES: &str = "/sys/kernel/debug/kprobes/list";

/// What was seen.
#[derive(Debug)]
pub(super) struct Seen {
    /// Release and machine.
    pub(super) kernel: (String, String),
    /// How it was configured.
    pub(super) config: Configuration,
    /// What we may do.
    pub(super) rights: Rights,
    /// SELinux.
    pub(super) selinux: Selinux,
    /// What the kernel says of its lockdown.
    pub(super) lockdown: Option<String>,
    /// Bytes of a page.
    pub(super) page: u64,
    /// Whether return addresses are signed.
    pub(super) pointer_auth: bool,
    /// The switch of the BPF compiler.
    pub(super) jit: Option<u8>,
    /// The kernel's symbols that rows name.
    pub(super) symbols: Option<BTreeSet<String>>,
    /// Those of them that carry others' kprobes.
    pub(super) other_probes: Option<Vec<String>>,
    /// Where tracefs is mounted.
    pub(super) tracefs: Option<&'static str>,
    /// Whether it has what is needed.
    pub(super) fields: Result<(), ProbeError>,
    /// Whether kprobes fire.
    pub(super) kprobes: Result<(), String>,
    /// Whether a ring buffer can be made.
    pub(super) ring: Result<bool, String>,
    /// Whether the kernel tells of mappings.
    pub(super) mappings: Result<(), String>,
    /// The run that most ask for.
    pub(super) usual: Usual,
    /// What came of trying it.
    pub(super) trial: Result<Trial, ProbeError>,
    /// Marks of what made the device root.
    pub(super) marks: Vec<Mark>,
    /// How many packages the list has.
    pub(super) packages: Result<usize, String>,
    /// The clocks.
    pub(super) clocks: Clocks,
    /// Memory.
    pub(super) memory: Option<Memory>,
}

impl Seen {
    /// Looks at everything; `object`: the kernel half.
    pub(super) fn look(object: &[u8]) -> Result<Self, TraceError> {
        // Before any probe of our own is set.
        let names = kernel_symbols();
        let other_probes = fs::read_to_string(KPROBES).ok().map(|list| probed(&list));
        let memory = text("/proc/meminfo").and_then(|text| Memory::of(&text));
        let selinux = selinux();
        let marks = marks(&selinux, names.as_ref().map(|(_, marks)| marks.as_slice()));
        let symbols = names.map(|(symbols, _)| symbols);
        let usual = trace::usual()?;
        let trial = trial::trial(object, &usual, symbols.as_ref());
        Ok(Self {
            kernel: facts::kernel(),
            config: configuration(),
            rights: Rights::of(&text("/proc/self/status").unwrap_or_default()),
            selinux,
            lockdown: text(platform::LOCKDOWN),
            page: facts::page_size(),
            pointer_auth: has_pointer_auth(),
            jit: text("/proc/sys/net/core/bpf_jit_enable")
                .and_then(|text| text.trim().parse().ok()),
            symbols,
            other_probes,
            tracefs: tracefs::mounted(),
            fields: tracefs::read(),
            kprobes: platform::kprobes(),
            ring: aya::sys::is_map_supported(MapType::RingBuf)
                .map_err(|error| error.io_error.to_string()),
            mappings: probe::Mappings::open()
                .map(drop)
                .map_err(|error| error.to_string()),
            usual,
            trial,
            marks,
            packages: packages(),
            clocks: clocks(),
            memory,
        })
    }
}

fn text(path: &str) -> Option<String> {
    let bytes = fs::read(path).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

fn configuration() -> Configuration {
    match fs::read("/proc/config.gz") {
        Ok(packed) => Configuration::of(&packed),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Configuration::Absent,
        Err(error) => Configuration::Unreadable(error.to_string()),
    }
}

fn selinux() -> Selinux {
    let enforces = text("/sys/fs/selinux/enforce").map(|text| text.trim() == "1");
    let context = text("/proc/self/attr/current")
        .map(|text| text.trim_end_matches(['\0', '\n']).to_owned())
        .filter(|context| enforces.is_some() && !context.is_empty());
    Selinux { enforces, context }
}

/// The symbols that rows name, and those that tell of KernelSU; nothing where no name can be read.
fn kernel_symbols() -> Option<(BTreeSet<String>, Vec<String>)> {
    let wanted: BTreeSet<String> = [Abi::Arm64, Abi::Arm32]
        .into_iter()
        .flat_map(symbols::wanted)
        .flatten()
        .collect();
    let file = File::open("/proc/kallsyms").ok()?;
    let (mut there, mut marks, mut any) = (BTreeSet::new(), Vec::new(), false);
    for line in BufReader::new(file).lines() {
        // Some modules' names are not UTF-8.
        let Ok(line) = line else { continue };
        let Some(name) = line.split_ascii_whitespace().nth(2) else {
            continue;
        };
        any = true;
        if wanted.contains(name) {
            there.insert(name.to_owned());
        } else if name.starts_with(Manager::SYMBOL.1) {
            marks.push(name.to_owned());
        }
    }
    any.then_some((there, marks))
}

/// The calls' symbols in the kernel's list of kprobes: lines like `ffff8000104d0a40  k  __arm64_sys_x+0x0    [DISABLED]`.
fn probed(list: &str) -> Vec<String> {
    let mut symbols: Vec<String> = list
        .lines()
        .filter_map(|line| line.split_ascii_whitespace().nth(2))
        .filter_map(|place| place.split('+').next())
        .filter(|symbol| symbol.starts_with("__arm64_"))
        .map(str::to_owned)
        .collect();
    symbols.sort_unstable();
    symbols.dedup();
    symbols
}

fn marks(selinux: &Selinux, symbols: Option<&[String]>) -> Vec<Mark> {
    let mark = |manager, place: String| Mark { manager, place };
    let files = Manager::FILES
        .into_iter()
        .filter(|(_, file)| Path::new(file).exists())
        .map(|(manager, file)| mark(manager, file.to_owned()));
    let contexts = Manager::CONTEXTS
        .into_iter()
        .filter(|(_, context)| selinux.context.as_deref() == Some(context))
        .map(|(manager, context)| mark(manager, context.to_owned()));
    let first = symbols.and_then(<[String]>::first);
    let symbol = first.map(|symbol| mark(Manager::SYMBOL.0, format!("{symbol} in /proc/kallsyms")));
    files.chain(contexts).chain(symbol).collect()
}

fn packages() -> Result<usize, String> {
    match PackageList::read(Path::new(facts::PACKAGES)) {
        Ok(list) => Ok(list.by_uid.values().map(Vec::len).sum()),
        Err(error) => Err(format!("cannot read {} ({error})", facts::PACKAGES)),
    }
}

fn clocks() -> Clocks {
    let offset = facts::clock_offset();
    let boot = facts::boot_ns().cast_signed();
    Clocks {
        boot,
        wall: boot + offset,
    }
}

/// Address authentication, in the processor's capabilities.
fn has_pointer_auth() -> bool {
    /// <https://github.com/torvalds/linux/blob/v6.12/arch/arm64/include/uapi/asm/hwcap.h>
    const HWCAP_PACA: u64 = 1 << 30;
    // SAFETY: takes a number and cannot fail; what is not there is 0.
    let capabilities = unsafe { libc::getauxval(libc::AT_HWCAP) };
    cfg!(target_arch = "aarch64") && capabilities & HWCAP_PACA != 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kprobes_on_calls_are_told_from_others() {
        let list = "ffff8000104d0a40  k  __arm64_sys_execve+0x0    [DISABLED]\n\
            ffff8000104d0a40  k  __arm64_sys_execve+0x0    \nffff80001001  r  do_exit+0x4  \nrubbish\n";
        assert_eq!(probed(list), ["__arm64_sys_execve"]);
        assert!(probed("").is_empty());
    }

    #[test]
    fn a_context_and_a_symbol_are_marks() {
        let selinux = Selinux {
            enforces: Some(true),
            context: Some("u:r:magisk:s0".to_owned()),
        };
        let symbols = ["ksu_handle_something".to_owned()];
        let found = marks(&selinux, Some(&symbols));
        let managers: Vec<Manager> = found.iter().map(|mark| mark.manager).collect();
        assert_eq!(managers, [Manager::Magisk, Manager::KernelSu]);
    }
}
