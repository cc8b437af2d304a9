//! Looks into what this process has mapped itself.

use std::io::Write;

use memmap2::Mmap;

use super::*;
use crate::input::ModuleFound;

/// A line of this process's mappings.
struct Line {
    range: Range<u64>,
    offset: u64,
    key: FileKey,
}

fn lines() -> Vec<Line> {
    let maps = fs::read_to_string("/proc/self/maps").unwrap();
    maps.lines().filter_map(line).collect()
}

fn line(line: &str) -> Option<Line> {
    let mut words = line.splitn(6, ' ');
    let (start, end) = words.next()?.split_once('-')?;
    let hex = |text: &str| u64::from_str_radix(text, 16).ok();
    let offset = hex(words.nth(1)?)?;
    let (major, minor) = words.next()?.split_once(':')?;
    let inode = words.next()?.parse().ok()?;
    let path = words.next()?.trim();
    Some(Line {
        range: hex(start)?..hex(end)?,
        offset,
        key: FileKey {
            path: path.strip_suffix(" (deleted)").unwrap_or(path).to_owned(),
            major: hex(major)? as u32,
            minor: hex(minor)? as u32,
            inode,
            generation: 0,
        },
    })
}

fn line_at(address: u64) -> Line {
    let mut lines = lines().into_iter();
    lines.find(|line| line.range.contains(&address)).unwrap()
}

fn look(modules: &mut Modules, line: &Line) -> Option<ModuleFound> {
    let pid = std::process::id();
    modules
        .module(pid, &line.key, line.offset, line.range.clone())
        .found
}

/// The address as the ELF counts it.
fn address(found: &ModuleFound, line: &Line, address: u64) -> u64 {
    let offset = address - line.range.start + line.offset;
    let loads = &found.elf.as_ref().unwrap().loads;
    let load = loads
        .iter()
        .find(|load| (load.offset..load.offset + load.len).contains(&offset));
    offset - load.unwrap().offset + load.unwrap().address
}

/// Whether this process may look at what is mapped by the mapping, which takes root.
fn may_look() -> bool {
    fs::read_dir("/proc/self/map_files").is_ok_and(|mut dir| {
        dir.next()
            .is_some_and(|it| it.is_ok_and(|it| fs::read_link(it.path()).is_ok()))
    })
}

#[test]
fn a_function_of_this_program_is_named() {
    let this = a_function_of_this_program_is_named as fn() as usize as u64;
    let line = line_at(this);
    let mut modules = Modules::default();
    let found = look(&mut modules, &line).unwrap();
    assert!(!found.deleted && found.start == 0 && found.entry.is_none());
    let pid = std::process::id();
    let at = address(&found, &line, this);
    let site = modules
        .site(pid, &line.key, (0, at), Ask::default(), None)
        .found;
    let name = site.symbol.unwrap();
    assert!(
        name.contains("a_function_of_this_program_is_named"),
        "{name}"
    );
    assert_eq!(site.symbol_offset, 0);
    let site = modules
        .site(pid, &line.key, (0, at + 1), Ask::default(), None)
        .found;
    assert_eq!((site.symbol.unwrap(), site.symbol_offset), (name, 1));
    assert_eq!(modules.known.len(), 1);
}

#[test]
fn another_file_at_the_path_is_not_read() {
    let mut line = line_at(another_file_at_the_path_is_not_read as fn() as usize as u64);
    line.range = 0..0;
    assert!(look(&mut Modules::default(), &line).is_some());
    line.key.inode += 1;
    assert!(look(&mut Modules::default(), &line).is_none());
}

#[test]
fn the_vdso_is_read_from_memory() {
    let lines = lines();
    let vdso = lines.iter().find(|line| line.key.path == "[vdso]").unwrap();
    let found = look(&mut Modules::default(), vdso).unwrap();
    let soname = found.elf.unwrap().soname.unwrap();
    assert!(soname.starts_with("linux-"), "{soname}");
}

/// There is no process 0. This test's own vdso is any 64-bit process's.
#[test]
fn the_vdso_of_a_process_that_is_gone_is_read_here() {
    let lines = lines();
    let vdso = lines.iter().find(|line| line.key.path == "[vdso]").unwrap();
    let pages = |bits| {
        let key = FileKey {
            generation: bits,
            ..vdso.key.clone()
        };
        open::own_pages(0, &key, &vdso.range)
    };
    assert!(pages(64).unwrap().starts_with(b"\x7fELF"));
    assert_eq!(pages(32), None);
}

#[test]
fn a_file_that_lost_its_name_is_read_where_it_is_mapped() {
    if !may_look() {
        eprintln!("not root: nothing is seen of it, as it should be");
        return;
    }
    let mut file = tempfile::NamedTempFile::new().unwrap();
    let program = fs::read("/proc/self/exe").unwrap();
    file.write_all(&program[..1 << 16]).unwrap();
    // SAFETY: nobody writes to the file or makes it shorter as long as it is mapped.
    let map = unsafe { Mmap::map(file.as_file()) }.unwrap();
    let line = line_at(map.as_ptr() as u64);
    let mut modules = Modules::default();
    assert!(!look(&mut modules, &line).unwrap().deleted);
    let before = crate::facts::boot_ns();
    file.close().unwrap();
    // Its path leads nowhere, and it was changed since it was looked into.
    let range = Some(line.range.clone());
    let site = |modules: &mut Modules, mapping| {
        let pid = std::process::id();
        modules.site_found(pid, &line.key, (0, 0), Ask::default(), mapping)
    };
    assert!(site(&mut modules, None).is_none());
    assert!(site(&mut modules, range).is_some());
    let found = look(&mut modules, &line).unwrap();
    assert!(found.deleted && found.elf.is_some());
    // The clock of file systems ticks some hundred times a second.
    let since = i128::from(found.changed) - i128::from(before);
    assert!((-20_000_000..10_000_000_000).contains(&since), "{since}");
    assert!(look(&mut Modules::default(), &line).unwrap().deleted);
}

#[test]
fn a_file_that_changed_is_looked_into_again() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(&[0; 8192]).unwrap();
    let key = FileKey {
        path: file.path().to_str().unwrap().to_owned(),
        major: libc::major(file.as_file().metadata().unwrap().dev()),
        minor: libc::minor(file.as_file().metadata().unwrap().dev()),
        inode: file.as_file().metadata().unwrap().ino(),
        generation: 0,
    };
    let line = Line {
        range: 0..0,
        offset: 0,
        key,
    };
    let mut modules = Modules::default();
    assert_eq!(look(&mut modules, &line).unwrap().elf, None);
    let program = fs::read("/proc/self/exe").unwrap();
    fs::write(file.path(), &program[..1 << 16]).unwrap();
    let found = look(&mut modules, &line).unwrap();
    assert!(found.elf.is_some() && found.len == 1 << 16);
    assert_eq!(modules.known.len(), 1);
}
