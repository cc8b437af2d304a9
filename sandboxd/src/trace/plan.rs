//! From the selected calls to what the kernel half is told: descriptors, commands, symbols to probe.

use std::collections::BTreeSet;

use kprobe_common::index::{Abi, INDEXES};
use kprobe_common::spec::{self, ALONE, Selector, Spec, mode};
use kprobe_common::table::kind::Kind;
use kprobe_common::table::rows::ROWS;
use kprobe_common::table::{Files, Ret, Syscall, change, row};

use super::followed::{followed, read_name, touches};
use super::targets::Targets;
use super::{TraceError, choose_backend};
use crate::cli;
use crate::fold::{MadeBy, Only};
use crate::input::Show;
use crate::probe::{Attached, Backend, Loaded, ProbeError, Watch};
use crate::select::{Condition, Selection};

/// What is watched of a task.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an option of its own"
)]
#[derive(Debug)]
pub(super) struct Plan {
    /// Where entries come from.
    pub(super) backend: Backend,
    /// Why from there.
    pub(super) reason: String,
    /// Whether returns are watched.
    pub(super) returns: bool,
    /// Which calls are shown.
    pub(super) show: Show,
    /// Whether every line has the registers.
    pub(super) raw: bool,
    /// Whether it is followed what descriptors and paths mean.
    pub(super) files: bool,
    /// Whether tasks are watched because of their user ID.
    pub(super) by_uid: bool,
    /// Whether some of them are packages'.
    packages: bool,
    /// Whether there are addresses that calls are not wanted from.
    pub(super) ignores: bool,
    /// Indices of the selected calls.
    pub(super) indexes: Vec<u16>,
    /// Kernel symbols to probe.
    pub(super) symbols: Vec<String>,
    /// Those of them that newer kernels do not have.
    pub(super) optional: BTreeSet<String>,
    specs: Vec<(u16, Spec)>,
    /// Indices whose entry a symbol carries.
    entries: Vec<(u16, String)>,
    commands: Vec<(u16, u32)>,
    state_commands: Vec<(u16, u32)>,
    /// What is copied for variants, each once, and which one a command has.
    variant_specs: Vec<Spec>,
    variants: Vec<(u64, u16)>,
}

impl Plan {
    /// `changing`: who is watched will change, to anybody by user ID or package.
    pub(super) fn new(
        selection: &Selection,
        options: &cli::Trace,
        changing: bool,
    ) -> Result<Self, TraceError> {
        Only::new(&options.only).map_err(|error| TraceError::Usage(format!("-P: {error}")))?;
        let made_by = MadeBy::new(&options.made_by()).map_err(TraceError::Usage)?;
        let mut plan = Self {
            backend: Backend::Kprobe,
            reason: String::new(),
            returns: !options.no_returns,
            show: show(options),
            raw: options.raw,
            files: follows_files(selection, options),
            by_uid: changing || watches_uids(options),
            packages: changing || !options.packages.is_empty(),
            ignores: !options.no_returns && all_seen(options) && !made_by.is_everything(),
            indexes: Vec::new(),
            symbols: Vec::new(),
            optional: BTreeSet::new(),
            specs: Vec::new(),
            entries: Vec::new(),
            commands: Vec::new(),
            state_commands: Vec::new(),
            variant_specs: Vec::new(),
            variants: Vec::new(),
        };
        let mut symbols = BTreeSet::new();
        for row in ROWS {
            for abi in [Abi::Arm64, Abi::Arm32] {
                plan.add(row, abi, selection, &mut symbols);
            }
        }
        if selection.others {
            plan.add_others();
        }
        plan.symbols = symbols
            .into_iter()
            .chain(options.symbols.iter().cloned())
            .collect();
        (plan.backend, plan.reason) = choose_backend(options, plan.symbols.len());
        Ok(plan)
    }

    /// Adds a call in one of its ABIs, if it is selected or followed.
    fn add(
        &mut self,
        row: &'static Syscall,
        abi: Abi,
        selection: &Selection,
        symbols: &mut BTreeSet<String>,
    ) {
        let Some(index) = row.index(abi) else { return };
        let mut spec = row.spec(abi);
        if selection.contains(index) {
            spec.flags |= spec::SELECTED;
            self.indexes.push(index);
            if let Some(condition) = selection.condition(index) {
                self.condition(row, abi, index, condition, &mut spec);
            }
            self.add_variants(row, abi, index);
        }
        self.follow(row, abi, index, &mut spec);
        // The end of a thread tells a killed call from one that is restarted; the end of a signal handler, which returns
        // without a number, is told from a call that a tracer skipped.
        let tells = self.returns && matches!(row.ret, Ret::Never | Ret::Restored);
        let probed = spec.flags & (spec::SELECTED | spec::STATE_ENTER) != 0 || tells;
        if probed {
            let older = row.older_symbol(abi).map(symbol);
            for symbol in row.entry_symbol(abi).map(symbol).iter().chain(&older) {
                symbols.insert(symbol.clone());
                self.entries.push((index, symbol.clone()));
            }
            self.optional.extend(older);
        }
        if spec.flags & (spec::SELECTED | spec::STATE_ENTER | spec::STATE_EXIT) != 0 || tells {
            self.specs.push((index, spec));
        }
    }

    /// Marks a call that changes what is known of its process: followed whether it is selected or not.
    fn follow(&mut self, row: &'static Syscall, abi: Abi, index: u16, spec: &mut Spec) {
        let (files, dies) = (row.files.filter(|_| self.files), row.ret == Ret::Never);
        let makes = self.files && row.state & change::LIFE != 0 && row.files.is_none() && !dies;
        // Who becomes the user is known before the program that it executes then.
        let becomes = self.by_uid && row.state & change::IDENTITY != 0;
        let maps = row.state & change::MAPS != 0;
        let names = row.state & change::NAME != 0;
        if !self.returns || !maps && files.is_none() && !makes && !becomes && !names {
            return;
        }
        spec.flags |= spec::STATE_EXIT | row.effect.map_or(0, touches);
        // A name is read at the entry; whether a task was a target, too.
        let before = row.state & change::MAPS_BEFORE != 0
            || becomes && self.packages
            || makes
            || names
            || files.is_some_and(Files::before);
        // Of a selected call the entry is seen anyway, and goes where its return goes.
        if before || spec.flags & spec::SELECTED != 0 {
            spec.flags |= spec::STATE_ENTER;
        }
        if files.is_some() {
            spec.followed = followed(row, abi);
        }
        // Shown calls are read as their command says, and no other command than this one gives a name that is followed.
        if names && spec.flags & spec::SELECTED == 0 {
            read_name(row, abi, spec);
        }
        // The argument with the command: of a call on a descriptor, the one behind it.
        let listed = files.and_then(Files::commands).map(|list| (1, list));
        let names = names.then_some((0, change::NAMES));
        if let Some((at, commands)) = listed.or(names) {
            spec.flags |= spec::STATE_LISTED;
            spec.state_register = row.registers(abi)[at];
            self.state_commands
                .extend(commands.iter().map(|&command| (index, command)));
        }
    }

    fn condition(
        &mut self,
        row: &Syscall,
        abi: Abi,
        index: u16,
        condition: &Condition,
        spec: &mut Spec,
    ) {
        let registers = row.registers(abi);
        spec.command = Selector {
            register: registers[row.arg(condition.arg)],
            high: condition.high.map_or(ALONE, |arg| registers[row.arg(arg)]),
            shift: condition.shift,
            mode: if condition.listed {
                mode::LISTED
            } else {
                mode::UNLISTED
            },
            mask: condition.mask,
            broad: 0,
        };
        self.commands
            .extend(condition.values.iter().map(|&value| (index, value)));
    }

    /// The commands of a call that choose what is copied. Many of them choose the same.
    fn add_variants(&mut self, row: &Syscall, abi: Abi, index: u16) {
        let Some(variants) = row.variants else { return };
        for &(key, at) in variants.keys[abi as usize] {
            let spec = row.form_of(&variants.list[usize::from(at)]).spec(abi);
            let known = self.variant_specs.iter().position(|other| *other == spec);
            let place = known.unwrap_or_else(|| {
                self.variant_specs.push(spec);
                self.variant_specs.len() - 1
            });
            let key = spec::command_key(index, 0) | key;
            self.variants.push((key, INDEXES + place as u16));
        }
    }

    /// Numbers that no row has: seen by their returns, or by the tracepoint.
    fn add_others(&mut self) {
        for index in (0..INDEXES).filter(|&index| row(index).is_none()) {
            self.indexes.push(index);
            self.specs.push((
                index,
                Spec {
                    flags: spec::SELECTED,
                    ..Spec::default()
                },
            ));
        }
    }

    /// Indices whose entries will be seen: every symbol that the kernel has for them carries a probe.
    fn seen(&self, attached: &Attached) -> BTreeSet<u16> {
        if self.backend == Backend::Tracepoint {
            return self.specs.iter().map(|&(index, _)| index).collect();
        }
        let indexes = |symbols: BTreeSet<&str>| -> BTreeSet<u16> {
            self.entries
                .iter()
                .filter(|(_, symbol)| symbols.contains(symbol.as_str()))
                .map(|&(index, _)| index)
                .collect()
        };
        let failed = attached.failed.iter().map(|(symbol, _)| symbol.as_str());
        let seen = indexes(attached.symbols.iter().map(String::as_str).collect());
        &seen - &indexes(failed.collect())
    }

    /// Tells the kernel half which entries it will see: only of those does a return without one mean something.
    pub(super) fn mark_attached(
        &self,
        loaded: &mut Loaded,
        attached: &Attached,
    ) -> Result<(), ProbeError> {
        let seen = self.seen(attached);
        let restores = |spec: &Spec| spec.flags & spec::RESTORES != 0;
        if self
            .specs
            .iter()
            .all(|(index, spec)| !restores(spec) || seen.contains(index))
        {
            loaded.shared.restores();
        }
        for (index, spec) in self.specs.iter().filter(|(index, _)| seen.contains(index)) {
            loaded.set_spec(
                *index,
                &Spec {
                    flags: spec.flags | spec::ATTACHED,
                    ..*spec
                },
            )?;
        }
        Ok(())
    }

    /// Whether a symbol was asked for, by a selected call or by name.
    pub(super) fn is_selected(&self, symbol: &str) -> bool {
        let selected = |index: &u16| self.indexes.contains(index);
        self.entries
            .iter()
            .filter(|(_, entry)| entry == symbol)
            .any(|(index, _)| selected(index))
            || !self.entries.iter().any(|(_, entry)| entry == symbol)
    }

    /// What the kernel half is told before it is attached.
    pub(super) fn watch(&self, targets: &Targets, options: &cli::Trace) -> Watch {
        Watch {
            uids: options.uids.clone(),
            all_apps: options.all_apps,
            packages: !options.packages.is_empty(),
            users: options.users.clone(),
            tasks: targets.are_tasks() || !options.command.is_empty(),
            specs: self.specs.iter().copied().chain(self.numbered()).collect(),
            variants: self.variants.clone(),
            commands: self.commands.clone(),
            state_commands: self.state_commands.clone(),
            strsize: options.strsize,
            ignores: self.ignores,
            returns: self.returns,
            stack: options.stack_bytes(),
            ring: options.buffer,
            state_ring: options.state_buffer,
            ..Watch::default()
        }
    }
}

fn watches_uids(options: &cli::Trace) -> bool {
    !options.uids.is_empty() || options.all_apps || !options.packages.is_empty()
}

/// A symbol of its two parts.
fn symbol((prefix, name): (&str, &str)) -> String {
    format!("{prefix}{name}")
}

/// Whether descriptors and paths are to be followed: a selected call has one, and every change of them will be seen.
fn follows_files(selection: &Selection, options: &cli::Trace) -> bool {
    let has_file = |row: &'static Syscall| {
        row.forms().any(|form| {
            form.ret == Ret::Fd
                || form
                    .args()
                    .any(|arg| matches!(arg.kind, Kind::Fd | Kind::DirFd | Kind::Path))
        })
    };
    let wanted = ROWS.iter().filter(|row| has_file(row)).any(|row| {
        [Abi::Arm64, Abi::Arm32]
            .into_iter()
            .filter_map(|abi| row.index(abi))
            .any(|index| selection.contains(index))
    });
    !options.no_fds && !options.no_returns && all_seen(options) && wanted
}

/// Whether all that changes what a target has is seen: of a thread alone, and of a process without its children, changes by
/// others are not.
fn all_seen(options: &cli::Trace) -> bool {
    let by_uid = !options.uids.is_empty() || options.all_apps;
    options.tids().is_empty() && (by_uid || !options.no_follow)
}

impl Plan {
    /// The specs of variants stand behind those of calls.
    fn numbered(&self) -> impl Iterator<Item = (u16, Spec)> {
        (INDEXES..).zip(self.variant_specs.iter().copied())
    }
}

fn show(options: &cli::Trace) -> Show {
    if options.summary {
        Show::Counts
    } else if options.successful_only {
        Show::Successful
    } else if options.failed_only {
        Show::Failed
    } else {
        Show::All
    }
}
