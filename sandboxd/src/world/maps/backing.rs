//! What lies behind a range of memory, by what the kernel calls it.

use std::rc::Rc;

use rustc_hash::FxHashMap;

use crate::input::FileKey;

/// What `/proc` and the kernel's events add to the path of a file that has no name any more.
const DELETED: &str = " (deleted)";
/// More files than this are not kept apart for good: a program can map as many as it likes.
const FILES_MAX: usize = 16_384;

/// What a range of memory is of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Backing {
    /// Not known.
    #[default]
    Unknown,
    /// Nothing; perhaps it was given a name (`PR_SET_VMA_ANON_NAME`).
    Anonymous(Option<Rc<str>>),
    /// The memory that `brk(2)` gives.
    Heap,
    /// The first thread's stack.
    Stack,
    /// Pages that the kernel itself puts there: those of 64-bit and of 32-bit programs have the same name.
    Kernel([Rc<Mapped>; 2]),
    /// A file.
    File {
        /// Which.
        file: Rc<Mapped>,
        /// What part of it: where the range begins, bytes.
        offset: u64,
        /// It had no name when it was mapped, or looked at.
        deleted: bool,
    },
}

/// A file that is mapped somewhere.
#[derive(Debug, PartialEq, Eq)]
pub struct Mapped {
    /// Its number among those that were met: the same number, the same file.
    pub id: u32,
    /// Which file.
    pub key: FileKey,
}

/// The files that were met.
#[derive(Debug, Default)]
pub struct Files {
    known: FxHashMap<FileKey, Rc<Mapped>>,
    next: u32,
}

impl Files {
    /// What the kernel means by `name` for a mapping that begins at that place of that file.
    pub fn backing(&mut self, name: &str, key: FileKey, offset: u64) -> Backing {
        match name {
            "" | "//anon" => Backing::Anonymous(None),
            "[heap]" => Backing::Heap,
            "[stack]" => Backing::Stack,
            "[vdso]" | "[vectors]" | "[sigpage]" => Backing::Kernel([64, 32].map(|bits| {
                self.met(FileKey {
                    path: name.to_owned(),
                    generation: bits,
                    ..FileKey::default()
                })
            })),
            _ => self.named(name, key, offset),
        }
    }

    fn named(&mut self, name: &str, mut key: FileKey, offset: u64) -> Backing {
        if let Some(anon) = name
            .strip_prefix("[anon:")
            .and_then(|name| name.strip_suffix(']'))
        {
            return Backing::Anonymous(Some(anon.into()));
        }
        // `//enomem`, `//toolong`: the kernel could not tell.
        if !name.starts_with('/') || name.starts_with("//") {
            return Backing::Unknown;
        }
        let (path, deleted) = match name.strip_suffix(DELETED) {
            Some(path) => (path, true),
            None => (name, false),
        };
        // Shared memory without a file is a file of the kernel's own.
        if deleted && (path == "/dev/zero" || path.starts_with("/SYSV")) {
            return Backing::Anonymous(None);
        }
        path.clone_into(&mut key.path);
        Backing::File {
            file: self.met(key),
            offset,
            deleted,
        }
    }

    /// The number of a file that was met.
    #[must_use]
    pub fn id(&self, key: &FileKey) -> Option<u32> {
        self.known.get(key).map(|mapped| mapped.id)
    }

    fn met(&mut self, key: FileKey) -> Rc<Mapped> {
        if let Some(known) = self.known.get(&key) {
            return Rc::clone(known);
        }
        if self.known.len() >= FILES_MAX {
            self.known.clear();
        }
        self.next += 1;
        let mapped = Rc::new(Mapped {
            id: self.next,
            key: key.clone(),
        });
        self.known.insert(key, Rc::clone(&mapped));
        mapped
    }
}

impl Backing {
    /// The name that memory without a file was given.
    #[must_use]
    pub fn name(&self) -> Option<&Rc<str>> {
        match self {
            Self::Anonymous(name) => name.as_ref(),
            _ => None,
        }
    }

    /// The same, some bytes further on.
    #[must_use]
    pub fn from(&self, bytes: u64) -> Self {
        match self {
            Self::File {
                file,
                offset,
                deleted,
            } => Self::File {
                file: Rc::clone(file),
                offset: offset.saturating_add(bytes),
                deleted: *deleted,
            },
            other => other.clone(),
        }
    }
}
