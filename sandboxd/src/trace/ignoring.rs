//! Tells the kernel half where calls come from that no filter shows, so that they cost no room in the ring.
//!
//! What is told must be true when it is told: the count of changes is taken, then everything is read that came before,
//! and only if no change was counted since is it told, as based on that count. The kernel half does not believe it any
//! more once it counts another change. What it is not told, it lets through.

use rustc_hash::FxHashMap;

use crate::facts;
use crate::fold::Fold;
use crate::probe::Ignored;

/// So many calls that came through for nothing make it worth telling again, where what was told still holds.
const WORTH: u64 = 512;

/// What was told of each process, or will be.
#[derive(Debug, Default)]
pub(super) struct Ignoring {
    processes: FxHashMap<u32, Told>,
}

#[derive(Debug)]
enum Told {
    /// The count of changes was taken at a time.
    Soon { changes: u64, time: u64 },
    /// These ranges, based on that count; since then so many calls came through.
    Holds {
        changes: u64,
        ranges: Vec<(u64, u64)>,
        came: u64,
    },
}

impl Ignoring {
    /// A process is not watched any more: its changes are not counted, so nothing holds that was told of it.
    pub(super) fn forget(&mut self, kernel: &mut Ignored, pid: u32) {
        if self.processes.remove(&pid).is_some() {
            kernel.withdraw(pid, facts::boot_ns());
        }
    }

    /// Everything that came before `read` was read. Goes on with processes of which calls came through for nothing.
    pub(super) fn step(&mut self, kernel: &mut Ignored, fold: &mut Fold, read: u64) {
        for (pid, came) in fold.take_unwanted() {
            let now = facts::boot_ns();
            let soon = |kernel: &Ignored| Told::Soon {
                changes: kernel.changes(pid),
                time: now,
            };
            let told = self.processes.entry(pid).or_insert_with(|| soon(kernel));
            match told {
                Told::Soon { changes, .. } if *changes != kernel.changes(pid) => {
                    *told = soon(kernel);
                }
                Told::Soon { changes, time } if *time < read => {
                    let Some(ranges) = fold.unwanted_ranges(pid) else {
                        *told = soon(kernel);
                        continue;
                    };
                    if kernel.tell(pid, *changes, &ranges, now) {
                        *told = Told::Holds {
                            changes: *changes,
                            ranges,
                            came: 0,
                        };
                    }
                }
                Told::Soon { .. } => {}
                Told::Holds {
                    changes,
                    ranges,
                    came: before,
                } => {
                    *before += came;
                    let holds = kernel.holds(pid, *changes);
                    if holds && *before < WORTH {
                        continue;
                    }
                    *before = 0;
                    // Of what is not known, nothing that was told is kept.
                    if !holds || fold.unwanted_ranges(pid).is_none_or(|new| new != *ranges) {
                        kernel.withdraw(pid, now);
                        *told = soon(kernel);
                    }
                }
            }
        }
        if self.processes.len() > fold.processes() * 2 + 64 {
            let now = facts::boot_ns();
            self.processes.retain(|&pid, _| {
                let is_known = fold.knows(pid);
                if !is_known {
                    kernel.withdraw(pid, now);
                }
                is_known
            });
        }
    }
}
