//! What the kernel itself tells of executable mappings, on every CPU: `perf_event_open(2)`, records `MMAP2` and `COMM`.
//!
//! They come at the moment of the mapping, with its file, before any code can run there: the kernel still holds the lock
//! that a first fetch from there would wait for (`perf_event_mmap` in `mmap_region`,
//! <https://github.com/torvalds/linux/blob/v6.12/mm/mmap.c>). Every process's come; which ones matter is left
//! to whoever reads them, and so is what they mean.

use std::io;

use bytemuck::{Pod, Zeroable};
use kprobe_common::record::{Header, Mapped, Slot, kind};
use perf_event::events::Software;
use perf_event::{Builder, Clock, SampleFlag, Sampler};

/// Bytes of one CPU's ring. A record is some 150 bytes long, and starting a program gives a dozen; but one that maps and
/// unmaps without end makes thousands before a busy machine lets anybody read them.
const RING: usize = 1 << 20;
/// `PERF_RECORD_LOST`, `_COMM`, `_MMAP2`, and the mark of a `COMM` that an `execve` made.
/// <https://github.com/torvalds/linux/blob/v6.12/include/uapi/linux/perf_event.h>
const LOST: u32 = 2;
const COMM: u32 = 3;
const MMAP2: u32 = 10;
const COMM_EXEC: u16 = 1 << 13;

/// Rings of the CPUs that were there when the run began.
#[derive(Default)]
pub struct Mappings {
    rings: Vec<(u16, Sampler)>,
    /// A CPU came that nothing is heard of.
    deaf: bool,
    /// The CPU that was asked about last.
    last: u16,
    record: Vec<u8>,
}

/// How a `MMAP2` begins; behind it the name, padded with zero bytes, and the time.
#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C)]
struct Told {
    pid: u32,
    tid: u32,
    address: u64,
    len: u64,
    offset: u64,
    major: u32,
    minor: u32,
    inode: u64,
    generation: u64,
    prot: u32,
    flags: u32,
}

impl Mappings {
    /// Begins to listen.
    pub fn open() -> io::Result<Self> {
        let cpus = aya::util::online_cpus().map_err(|(_, error)| error)?;
        let rings = cpus.into_iter().map(|cpu| Ok((cpu as u16, listen(cpu)?)));
        Ok(Self {
            last: u16::MAX,
            rings: rings.collect::<io::Result<_>>()?,
            ..Self::default()
        })
    }

    /// Hands over what came, as records; `now`: the time that a loss is told at.
    pub fn read(&mut self, now: u64, mut push: impl FnMut(&[u8])) {
        if std::mem::take(&mut self.deaf) {
            push(bytemuck::bytes_of(&head(kind::UNTOLD, 0, (0, 0), now)));
        }
        for (cpu, ring) in &mut self.rings {
            while let Some(event) = ring.next_record() {
                let bytes = event.to_contiguous();
                let (what, misc) = (event.ty(), event.misc());
                if record(&mut self.record, *cpu, what, misc, &bytes, now).is_some() {
                    push(&self.record);
                }
            }
        }
    }

    /// A record came from this CPU: one that came up later has no ring yet, and made mappings that nobody told of.
    pub fn hear(&mut self, cpu: u16) {
        if self.last == cpu || self.rings.is_empty() {
            return;
        }
        self.last = cpu;
        if self.rings.iter().any(|(known, _)| *known == cpu) {
            return;
        }
        match listen(u32::from(cpu)) {
            Ok(ring) => {
                self.rings.push((cpu, ring));
                self.deaf = true;
            }
            Err(error) => {
                tracing::warn!(
                    "cannot hear of mappings on CPU {cpu} ({error}); callers are `unknown` from here on"
                );
                self.rings.clear();
                self.deaf = true;
            }
        }
    }
}

fn listen(cpu: u32) -> io::Result<Sampler> {
    Builder::new(Software::DUMMY)
        .any_pid()
        .one_cpu(cpu as usize)
        // `mmap2` alone tells nothing: the kernel counts those who listen by `mmap`; see `account_event` in
        // https://github.com/torvalds/linux/blob/v6.12/kernel/events/core.c.
        .mmap(true)
        .mmap2(true)
        .comm(true)
        .comm_exec(true)
        .sample_id_all(true)
        .sample(SampleFlag::TIME)
        .clockid(Clock::BOOTTIME)
        .enabled(true)
        .build()?
        .sampled(RING)
}

/// Makes a record of an event; `None` if it is of no interest, or too short.
fn record(out: &mut Vec<u8>, cpu: u16, what: u32, misc: u16, bytes: &[u8], now: u64) -> Option<()> {
    out.clear();
    if what == LOST {
        out.extend_from_slice(bytemuck::bytes_of(&head(kind::UNTOLD, cpu, (0, 0), now)));
        return Some(());
    }
    let (rest, time) = bytes.split_last_chunk::<8>()?;
    let time = u64::from_ne_bytes(*time);
    match what {
        COMM if misc & COMM_EXEC != 0 => {
            let (ids, _) = rest.split_first_chunk::<8>()?;
            let [pid, tid] = bytemuck::cast::<_, [u32; 2]>(*ids);
            let header = head(kind::LOADING, cpu, (pid, tid), time);
            out.extend_from_slice(bytemuck::bytes_of(&header));
            Some(())
        }
        MMAP2 => {
            let (told, name) = rest.split_first_chunk::<{ size_of::<Told>() }>()?;
            mapped(out, cpu, &bytemuck::pod_read_unaligned(told), name, time);
            Some(())
        }
        _ => None,
    }
}

fn mapped(out: &mut Vec<u8>, cpu: u16, told: &Told, name: &[u8], time: u64) {
    let name = name.split(|&byte| byte == 0).next().unwrap_or_default();
    let header = Header {
        slots: 1,
        ..head(kind::MAPPED, cpu, (told.pid, told.tid), time)
    };
    let mapped = Mapped {
        address: told.address,
        len: told.len,
        offset: told.offset,
        inode: told.inode,
        generation: told.generation,
        major: told.major,
        minor: told.minor,
        prot: told.prot,
        flags: told.flags,
    };
    let slot = Slot {
        len: name.len() as u16,
        ..Slot::default()
    };
    out.extend_from_slice(bytemuck::bytes_of(&header));
    out.extend_from_slice(bytemuck::bytes_of(&mapped));
    out.extend_from_slice(bytemuck::bytes_of(&slot));
    out.extend_from_slice(name);
    out.resize(out.len().next_multiple_of(8), 0);
}

fn head(kind: u8, cpu: u16, (tgid, tid): (u32, u32), time: u64) -> Header {
    Header {
        kind,
        cpu,
        time,
        tgid,
        tid,
        ..Header::default()
    }
}
