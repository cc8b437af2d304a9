//! Quotas of file systems: `include/uapi/linux/quota.h`.

use super::{Field, FieldDef, StructDef, field};
use crate::table::flags as f;

/// What is held against a quota, and last whose it is, which one of the two structures lacks.
static LIMITS: [FieldDef; 10] = [
    field("dqb_bhardlimit", 0, 0, Field::Uint(8)),
    field("dqb_bsoftlimit", 8, 8, Field::Uint(8)),
    field("dqb_curspace", 16, 16, Field::Uint(8)),
    field("dqb_ihardlimit", 24, 24, Field::Uint(8)),
    field("dqb_isoftlimit", 32, 32, Field::Uint(8)),
    field("dqb_curinodes", 40, 40, Field::Uint(8)),
    field("dqb_btime", 48, 48, Field::Uint(8)),
    field("dqb_itime", 56, 56, Field::Uint(8)),
    field("dqb_valid", 64, 64, Field::Flags(&f::QUOTA_VALID, 4)),
    field("dqb_id", 68, 68, Field::Uint(4)),
];

/// `struct if_dqblk`.
pub static DQBLK: StructDef = StructDef {
    name: "if_dqblk",
    size: [72, 72],
    fields: LIMITS.split_at(9).0,
};

/// `struct if_nextdqblk`.
pub static NEXTDQBLK: StructDef = StructDef {
    name: "if_nextdqblk",
    size: [72, 72],
    fields: &LIMITS,
};

/// `struct if_dqinfo`.
pub static DQINFO: StructDef = StructDef {
    name: "if_dqinfo",
    size: [24, 24],
    fields: &[
        field("dqi_bgrace", 0, 0, Field::Uint(8)),
        field("dqi_igrace", 8, 8, Field::Uint(8)),
        field("dqi_flags", 16, 16, Field::Flags(&f::QUOTA_INFO, 4)),
        field("dqi_valid", 20, 20, Field::Flags(&f::QUOTA_INFO_VALID, 4)),
    ],
};

/// A format behind a pointer.
pub static QUOTA_FORMAT: StructDef = StructDef {
    name: "quota_format",
    size: [4, 4],
    fields: &[field("", 0, 0, Field::Enum(&f::QUOTA_FORMAT, 4))],
};
