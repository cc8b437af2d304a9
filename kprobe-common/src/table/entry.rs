//! The kernel's symbols that calls are entered by.

use super::Syscall;
use crate::index::{ARM_PRIVATE, Abi};

const NATIVE: &str = "__arm64_sys_";
const COMPAT: &str = "__arm64_compat_sys_";

impl Syscall {
    /// The symbol that tasks of an ABI enter by instead, if the kernel has it; in two parts too.
    #[must_use]
    pub fn older_symbol(&self, abi: Abi) -> Option<(&'static str, &'static str)> {
        (self.older_compat && abi == Abi::Arm32).then_some((COMPAT, self.name))
    }

    /// The kernel's symbol that tasks of an ABI enter by, in two parts: what all such symbols start with, and the rest.
    #[must_use]
    pub fn entry_symbol(&self, abi: Abi) -> Option<(&'static str, &'static str)> {
        let native = self.symbol.unwrap_or(self.name);
        match (abi, self.nr(abi)?, self.compat) {
            (Abi::Arm64, ..) => Some((NATIVE, native)),
            // All of them, by one function that gets the registers as the others do; see `do_ni_syscall` in
            // https://github.com/torvalds/linux/blob/v6.12/arch/arm64/kernel/syscall.c
            (Abi::Arm32, ARM_PRIVATE.., _) => Some(("", "compat_arm_syscall")),
            (Abi::Arm32, _, Some(compat)) => Some((COMPAT, compat)),
            (Abi::Arm32, _, None) => Some((NATIVE, self.native32.unwrap_or(native))),
        }
    }
}
