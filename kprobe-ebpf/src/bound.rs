//! Bounds that the verifier sees.

/// The value, or `MAX` if it is more, tested in the very register that is used.
///
/// In Rust the compiler tests one copy and uses another, and the verifier says "R2 unbounded memory access, use
/// 'var &= const' or 'if (var < const)'".
#[inline(always)]
pub(crate) fn at_most<const MAX: usize>(value: usize) -> usize {
    let mut value = value as u64;
    // SAFETY: touches the named register alone.
    unsafe {
        core::arch::asm!(
            "if {value} <= {max} goto +1",
            "{value} = {max}",
            value = inout(reg) value,
            max = const MAX,
            options(pure, nomem, nostack),
        );
    }
    value as usize
}
