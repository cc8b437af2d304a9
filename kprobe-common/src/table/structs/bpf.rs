//! `union bpf_attr`, by command: maps, programs, what is pinned. A pointer takes 8 bytes in 32-bit code too, so that both
//! ABIs have one layout.

use super::{Field, StructDef, same};
use crate::table::flags as f;

/// Bytes in the whole union (7.2): programs hand over more than a command takes, and zeros behind it.
pub(super) const ATTR: u16 = 168;

/// `BPF_MAP_CREATE`: `include/uapi/linux/bpf.h`.
pub static BPF_MAP_CREATE: StructDef = StructDef {
    name: "bpf_map_create",
    size: [ATTR, ATTR],
    fields: &[
        same("map_type", 0, Field::Enum(&f::BPF_MAP_TYPE, 4)),
        same("key_size", 4, Field::Uint(4)),
        same("value_size", 8, Field::Uint(4)),
        same("max_entries", 12, Field::Uint(4)),
        same("map_flags", 16, Field::Flags(&f::BPF_MAP_FLAGS, 4)),
        same("inner_map_fd", 20, Field::Int(4)),
        same("numa_node", 24, Field::Uint(4)),
        same("map_name", 28, Field::Text(16)),
        same("map_ifindex", 44, Field::Uint(4)),
        same("btf_fd", 48, Field::Int(4)),
        same("btf_key_type_id", 52, Field::Uint(4)),
        same("btf_value_type_id", 56, Field::Uint(4)),
        same("btf_vmlinux_value_type_id", 60, Field::Uint(4)),
        same("map_extra", 64, Field::Uint(8)),
        same("value_type_btf_obj_fd", 72, Field::Int(4)),
        same("map_token_fd", 76, Field::Int(4)),
        same("excl_prog_hash", 80, Field::Hex(8)),
        same("excl_prog_hash_size", 88, Field::Uint(4)),
    ],
};

/// `BPF_MAP_LOOKUP_ELEM`: `include/uapi/linux/bpf.h`.
pub static BPF_MAP_LOOKUP: StructDef = StructDef {
    name: "bpf_map_lookup",
    size: [ATTR, ATTR],
    fields: &[
        same("map_fd", 0, Field::Int(4)),
        same("key", 8, Field::Hex(8)),
        same("value", 16, Field::Hex(8)),
        same("flags", 24, Field::Flags(&f::BPF_LOOKUP, 8)),
    ],
};

/// `BPF_MAP_UPDATE_ELEM`: `include/uapi/linux/bpf.h`.
pub static BPF_MAP_UPDATE: StructDef = StructDef {
    name: "bpf_map_update",
    size: [ATTR, ATTR],
    fields: &[
        same("map_fd", 0, Field::Int(4)),
        same("key", 8, Field::Hex(8)),
        same("value", 16, Field::Hex(8)),
        same("flags", 24, Field::Flags(&f::BPF_UPDATE, 8)),
    ],
};

/// `BPF_MAP_DELETE_ELEM`: `include/uapi/linux/bpf.h`.
pub static BPF_MAP_DELETE: StructDef = StructDef {
    name: "bpf_map_delete",
    size: [ATTR, ATTR],
    fields: &[
        same("map_fd", 0, Field::Int(4)),
        same("key", 8, Field::Hex(8)),
    ],
};

/// `BPF_MAP_GET_NEXT_KEY`: `include/uapi/linux/bpf.h`.
pub static BPF_MAP_NEXT_KEY: StructDef = StructDef {
    name: "bpf_map_next_key",
    size: [ATTR, ATTR],
    fields: &[
        same("map_fd", 0, Field::Int(4)),
        same("key", 8, Field::Hex(8)),
        same("next_key", 16, Field::Hex(8)),
    ],
};

/// `BPF_MAP_FREEZE`: `include/uapi/linux/bpf.h`.
pub static BPF_MAP_FD: StructDef = StructDef {
    name: "bpf_map_fd",
    size: [ATTR, ATTR],
    fields: &[same("map_fd", 0, Field::Int(4))],
};

/// `BPF_MAP_*_BATCH`: `include/uapi/linux/bpf.h`.
pub static BPF_BATCH_ATTR: StructDef = StructDef {
    name: "bpf_batch_attr",
    size: [56, 56],
    fields: &[
        same("in_batch", 0, Field::Hex(8)),
        same("out_batch", 8, Field::Hex(8)),
        same("keys", 16, Field::Hex(8)),
        same("values", 24, Field::Hex(8)),
        same("count", 32, Field::Uint(4)),
        same("map_fd", 36, Field::Int(4)),
        same("elem_flags", 40, Field::Flags(&f::BPF_UPDATE, 8)),
        same("flags", 48, Field::Hex(8)),
    ],
};

/// The same, as it lies in `union bpf_attr`.
pub static BPF_BATCH: StructDef = StructDef {
    name: "bpf_batch",
    size: [ATTR, ATTR],
    fields: &[same("batch", 0, Field::Struct(&BPF_BATCH_ATTR))],
};

/// `BPF_PROG_LOAD`: `include/uapi/linux/bpf.h`.
pub static BPF_PROG_LOAD: StructDef = StructDef {
    name: "bpf_prog_load",
    size: [ATTR, ATTR],
    fields: &[
        same("prog_type", 0, Field::Enum(&f::BPF_PROG_TYPE, 4)),
        same("insn_cnt", 4, Field::Uint(4)),
        same("insns", 8, Field::Hex(8)),
        same("license", 16, Field::Hex(8)),
        same("log_level", 24, Field::Uint(4)),
        same("log_size", 28, Field::Uint(4)),
        same("log_buf", 32, Field::Hex(8)),
        same("kern_version", 40, Field::Hex(4)),
        same("prog_flags", 44, Field::Flags(&f::BPF_PROG_FLAGS, 4)),
        same("prog_name", 48, Field::Text(16)),
        same("prog_ifindex", 64, Field::Uint(4)),
        same(
            "expected_attach_type",
            68,
            Field::Enum(&f::BPF_ATTACH_TYPE, 4),
        ),
        same("prog_btf_fd", 72, Field::Int(4)),
        same("func_info_rec_size", 76, Field::Uint(4)),
        same("func_info", 80, Field::Hex(8)),
        same("func_info_cnt", 88, Field::Uint(4)),
        same("line_info_rec_size", 92, Field::Uint(4)),
        same("line_info", 96, Field::Hex(8)),
        same("line_info_cnt", 104, Field::Uint(4)),
        same("attach_btf_id", 108, Field::Uint(4)),
        same("attach_prog_fd", 112, Field::Int(4)),
        same("core_relo_cnt", 116, Field::Uint(4)),
        same("fd_array", 120, Field::Hex(8)),
        same("core_relos", 128, Field::Hex(8)),
        same("core_relo_rec_size", 136, Field::Uint(4)),
        same("log_true_size", 140, Field::Uint(4)),
        same("prog_token_fd", 144, Field::Int(4)),
        same("fd_array_cnt", 148, Field::Uint(4)),
        same("signature", 152, Field::Hex(8)),
        same("signature_size", 160, Field::Uint(4)),
        same("keyring_id", 164, Field::Int(4)),
    ],
};

/// `BPF_OBJ_PIN`, `BPF_OBJ_GET`: `include/uapi/linux/bpf.h`.
pub static BPF_OBJ: StructDef = StructDef {
    name: "bpf_obj",
    size: [ATTR, ATTR],
    fields: &[
        same("pathname", 0, Field::Hex(8)),
        same("bpf_fd", 8, Field::Int(4)),
        same("file_flags", 12, Field::Flags(&f::BPF_FILE, 4)),
        same("path_fd", 16, Field::Int(4)),
    ],
};

/// `BPF_PROG_GET_FD_BY_ID`: `include/uapi/linux/bpf.h`.
pub static BPF_PROG_ID: StructDef = StructDef {
    name: "bpf_prog_id",
    size: [ATTR, ATTR],
    fields: &[
        same("prog_id", 0, Field::Uint(4)),
        same("next_id", 4, Field::Uint(4)),
        same("open_flags", 8, Field::Flags(&f::BPF_FILE, 4)),
        same("fd_by_id_token_fd", 12, Field::Int(4)),
    ],
};

/// `BPF_MAP_GET_FD_BY_ID`: `include/uapi/linux/bpf.h`.
pub static BPF_MAP_ID: StructDef = StructDef {
    name: "bpf_map_id",
    size: [ATTR, ATTR],
    fields: &[
        same("map_id", 0, Field::Uint(4)),
        same("next_id", 4, Field::Uint(4)),
        same("open_flags", 8, Field::Flags(&f::BPF_FILE, 4)),
        same("fd_by_id_token_fd", 12, Field::Int(4)),
    ],
};

/// `BPF_BTF_GET_FD_BY_ID`: `include/uapi/linux/bpf.h`.
pub static BPF_BTF_ID: StructDef = StructDef {
    name: "bpf_btf_id",
    size: [ATTR, ATTR],
    fields: &[
        same("btf_id", 0, Field::Uint(4)),
        same("next_id", 4, Field::Uint(4)),
        same("open_flags", 8, Field::Flags(&f::BPF_FILE, 4)),
        same("fd_by_id_token_fd", 12, Field::Int(4)),
    ],
};

/// `BPF_LINK_GET_FD_BY_ID`: `include/uapi/linux/bpf.h`.
pub static BPF_LINK_ID: StructDef = StructDef {
    name: "bpf_link_id",
    size: [ATTR, ATTR],
    fields: &[
        same("link_id", 0, Field::Uint(4)),
        same("next_id", 4, Field::Uint(4)),
        same("open_flags", 8, Field::Flags(&f::BPF_FILE, 4)),
        same("fd_by_id_token_fd", 12, Field::Int(4)),
    ],
};
