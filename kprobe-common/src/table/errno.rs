//! Names of errors: `include/uapi/asm-generic/errno-base.h`, `errno.h`, and the kernel's own restart codes
//! (`include/linux/errno.h`), which reach `sys_exit` though never a program.

/// Errors by number.
pub const ERRORS: &[(u16, &str)] = &[(1, "EPERM"), (2, "ENOENT")];
