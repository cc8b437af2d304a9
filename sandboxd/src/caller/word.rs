//! The words for who made a call: they are part of the schema, and of filters.

/// Whose code it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// The platform's C library.
    Libc,
    /// The platform's dynamic linker.
    Linker,
    /// Pages that the kernel gives.
    Vdso,
    /// Another file of the platform.
    System,
    /// A file of an app, or any other that is not the platform's.
    App,
    /// Code of the Android runtime: compiled ahead of time, or while running.
    Runtime,
    /// Memory without a file.
    Anon,
    /// A file that is in memory only.
    Memfd,
    /// A file that has no name any more.
    Deleted,
    /// The first thread's stack.
    Stack,
    /// The memory that `brk(2)` gives.
    Heap,
    /// Not known.
    #[default]
    Unknown,
}

/// How the call was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Entry {
    /// By the platform's function for this call.
    Stub,
    /// By the platform's function for any call.
    Syscall,
    /// By an instruction of the platform that is meant for another call.
    Gadget,
    /// By an instruction of its own.
    Inline,
    /// Not known.
    #[default]
    Unknown,
}

/// What `offset` counts from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum OffsetOf {
    /// As the ELF counts addresses.
    Elf,
    /// The file's start.
    File,
    /// The mapping's start.
    Map,
}

impl Entry {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Stub,
        Self::Syscall,
        Self::Gadget,
        Self::Inline,
        Self::Unknown,
    ];

    /// In lines and filters.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Stub => "stub",
            Self::Syscall => "syscall",
            Self::Gadget => "gadget",
            Self::Inline => "inline",
            Self::Unknown => "unknown",
        }
    }
}

impl OffsetOf {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Elf, Self::File, Self::Map];

    /// In lines.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Elf => "elf",
            Self::File => "file",
            Self::Map => "map",
        }
    }
}

impl Class {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::Libc,
        Self::Linker,
        Self::Vdso,
        Self::System,
        Self::App,
        Self::Runtime,
        Self::Anon,
        Self::Memfd,
        Self::Deleted,
        Self::Stack,
        Self::Heap,
        Self::Unknown,
    ];

    /// In lines and filters.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Libc => "libc",
            Self::Linker => "linker",
            Self::Vdso => "vdso",
            Self::System => "system",
            Self::App => "app",
            Self::Runtime => "runtime",
            Self::Anon => "anon",
            Self::Memfd => "memfd",
            Self::Deleted => "deleted",
            Self::Stack => "stack",
            Self::Heap => "heap",
            Self::Unknown => "unknown",
        }
    }

    /// Whether the platform brought it.
    #[must_use]
    pub fn is_platform(self) -> bool {
        matches!(self, Self::Libc | Self::Linker | Self::Vdso | Self::System)
    }

    /// Whether it is memory, and no file that has a name.
    pub(super) fn is_memory(self) -> bool {
        matches!(
            self,
            Self::Anon | Self::Memfd | Self::Deleted | Self::Stack | Self::Heap
        )
    }
}
