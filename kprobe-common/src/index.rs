//! One small number for every (ABI, system-call number): the key of every map and counter.
//!
//! What a number is called is left to [`table`](mod@crate::table).

/// Which calling convention a task used: the 32-bit tables number their calls differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Abi {
    /// `AArch64`, number in `x8`.
    Arm64 = 0,
    /// `AArch32` EABI, number in `r7`.
    Arm32 = 1,
}

/// Numbers of one ABI's table that have an index of their own: 0 to this, exclusive.
/// The newest kernels use numbers below 480 in both tables.
pub const TABLE_NUMBERS: u16 = 512;
/// Start of the ARM-private numbers (`breakpoint`, `cacheflush`, … `get_tls`).
/// <https://github.com/torvalds/linux/blob/v6.12/arch/arm64/include/asm/unistd.h#L23-L31>
pub const ARM_PRIVATE: i32 = 0xf_0000;
/// How many ARM-private numbers have an index of their own.
pub const PRIVATE_NUMBERS: u16 = 8;
const FIRST_PRIVATE: u16 = 2 * TABLE_NUMBERS;
/// Every 64-bit number outside the table.
pub const OTHER64: u16 = FIRST_PRIVATE + PRIVATE_NUMBERS;
/// Every 32-bit number outside the table and not ARM-private.
pub const OTHER32: u16 = OTHER64 + 1;
/// How many indices there are; a multiple of 8.
pub const INDEXES: u16 = OTHER32 + 7;

/// The index of a number: total, whatever the number is.
#[inline(always)]
#[must_use]
pub const fn index(abi: Abi, nr: i32) -> u16 {
    if nr >= 0 && nr < TABLE_NUMBERS as i32 {
        return abi as u16 * TABLE_NUMBERS + nr as u16;
    }
    match abi {
        Abi::Arm64 => OTHER64,
        Abi::Arm32 if nr >= ARM_PRIVATE && nr < ARM_PRIVATE + PRIVATE_NUMBERS as i32 => {
            FIRST_PRIVATE + (nr - ARM_PRIVATE) as u16
        }
        Abi::Arm32 => OTHER32,
    }
}

/// The ABI and number behind an index, or `None` where the index stands for many numbers.
#[must_use]
pub const fn number(index: u16) -> Option<(Abi, i32)> {
    if index < TABLE_NUMBERS {
        Some((Abi::Arm64, index as i32))
    } else if index < FIRST_PRIVATE {
        Some((Abi::Arm32, (index - TABLE_NUMBERS) as i32))
    } else if index < OTHER64 {
        Some((Abi::Arm32, ARM_PRIVATE + (index - FIRST_PRIVATE) as i32))
    } else {
        None
    }
}

/// The ABI of an index.
#[must_use]
pub const fn abi(index: u16) -> Abi {
    if index < TABLE_NUMBERS || index == OTHER64 {
        Abi::Arm64
    } else {
        Abi::Arm32
    }
}
