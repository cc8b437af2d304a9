//! `union bpf_attr`, by command: attaching, links, questions. See `bpf`.

use super::bpf::ATTR;
use super::{Field, StructDef, Test, When, same};
use crate::table::flags as f;

/// The type of a link is within these bounds.
const fn is(from: i32, to: i32) -> Test {
    Test {
        at: [8, 8],
        bytes: 4,
        range: (from, to),
    }
}

/// `BPF_PROG_ATTACH`, `BPF_PROG_DETACH`: `include/uapi/linux/bpf.h`.
pub static BPF_PROG_ATTACH: StructDef = StructDef {
    name: "bpf_prog_attach",
    size: [ATTR, ATTR],
    fields: &[
        same("target_fd", 0, Field::Int(4)),
        same("attach_bpf_fd", 4, Field::Int(4)),
        same("attach_type", 8, Field::Enum(&f::BPF_ATTACH_TYPE, 4)),
        same("attach_flags", 12, Field::Flags(&f::BPF_ATTACH, 4)),
        same("replace_bpf_fd", 16, Field::Int(4)),
        same("relative_fd", 20, Field::Int(4)),
        same("expected_revision", 24, Field::Uint(8)),
    ],
};

/// `BPF_PROG_TEST_RUN`: `include/uapi/linux/bpf.h`.
pub static BPF_TEST_RUN_ATTR: StructDef = StructDef {
    name: "bpf_test_run_attr",
    size: [80, 80],
    fields: &[
        same("prog_fd", 0, Field::Int(4)),
        same("retval", 4, Field::Uint(4)),
        same("data_size_in", 8, Field::Uint(4)),
        same("data_size_out", 12, Field::Uint(4)),
        same("data_in", 16, Field::Hex(8)),
        same("data_out", 24, Field::Hex(8)),
        same("repeat", 32, Field::Uint(4)),
        same("duration", 36, Field::Uint(4)),
        same("ctx_size_in", 40, Field::Uint(4)),
        same("ctx_size_out", 44, Field::Uint(4)),
        same("ctx_in", 48, Field::Hex(8)),
        same("ctx_out", 56, Field::Hex(8)),
        same("flags", 64, Field::Flags(&f::BPF_TEST_RUN, 4)),
        same("cpu", 68, Field::Uint(4)),
        same("batch_size", 72, Field::Uint(4)),
    ],
};

/// The same, as it lies in `union bpf_attr`.
pub static BPF_TEST_RUN: StructDef = StructDef {
    name: "bpf_test_run",
    size: [ATTR, ATTR],
    fields: &[same("test", 0, Field::Struct(&BPF_TEST_RUN_ATTR))],
};

/// `BPF_*_GET_NEXT_ID`: `include/uapi/linux/bpf.h`.
pub static BPF_NEXT_ID: StructDef = StructDef {
    name: "bpf_next_id",
    size: [ATTR, ATTR],
    fields: &[
        same("start_id", 0, Field::Uint(4)),
        same("next_id", 4, Field::Uint(4)),
    ],
};

/// `BPF_OBJ_GET_INFO_BY_FD`: `include/uapi/linux/bpf.h`.
pub static BPF_INFO_ATTR: StructDef = StructDef {
    name: "bpf_info_attr",
    size: [16, 16],
    fields: &[
        same("bpf_fd", 0, Field::Int(4)),
        same("info_len", 4, Field::Uint(4)),
        same("info", 8, Field::Hex(8)),
    ],
};

/// The same, as it lies in `union bpf_attr`.
pub static BPF_INFO: StructDef = StructDef {
    name: "bpf_info",
    size: [ATTR, ATTR],
    fields: &[same("info", 0, Field::Struct(&BPF_INFO_ATTR))],
};

/// `BPF_PROG_QUERY`: `include/uapi/linux/bpf.h`.
pub static BPF_PROG_QUERY_ATTR: StructDef = StructDef {
    name: "bpf_prog_query_attr",
    size: [64, 64],
    fields: &[
        same("target_fd", 0, Field::Int(4)),
        same("attach_type", 4, Field::Enum(&f::BPF_ATTACH_TYPE, 4)),
        same("query_flags", 8, Field::Flags(&f::BPF_QUERY, 4)),
        same("attach_flags", 12, Field::Flags(&f::BPF_ATTACH, 4)),
        same("prog_ids", 16, Field::Hex(8)),
        same("prog_cnt", 24, Field::Uint(4)),
        same("prog_attach_flags", 32, Field::Hex(8)),
        same("link_ids", 40, Field::Hex(8)),
        same("link_attach_flags", 48, Field::Hex(8)),
        same("revision", 56, Field::Uint(8)),
    ],
};

/// The same, as it lies in `union bpf_attr`.
pub static BPF_PROG_QUERY: StructDef = StructDef {
    name: "bpf_prog_query",
    size: [ATTR, ATTR],
    fields: &[same("query", 0, Field::Struct(&BPF_PROG_QUERY_ATTR))],
};

/// `BPF_RAW_TRACEPOINT_OPEN`: `include/uapi/linux/bpf.h`.
pub static BPF_RAW_TRACEPOINT_ATTR: StructDef = StructDef {
    name: "bpf_raw_tracepoint_attr",
    size: [24, 24],
    fields: &[
        same("name", 0, Field::Hex(8)),
        same("prog_fd", 8, Field::Int(4)),
        same("cookie", 16, Field::Hex(8)),
    ],
};

/// The same, as it lies in `union bpf_attr`.
pub static BPF_RAW_TRACEPOINT: StructDef = StructDef {
    name: "bpf_raw_tracepoint",
    size: [ATTR, ATTR],
    fields: &[same(
        "raw_tracepoint",
        0,
        Field::Struct(&BPF_RAW_TRACEPOINT_ATTR),
    )],
};

/// `BPF_BTF_LOAD`: `include/uapi/linux/bpf.h`.
pub static BPF_BTF_LOAD: StructDef = StructDef {
    name: "bpf_btf_load",
    size: [ATTR, ATTR],
    fields: &[
        same("btf", 0, Field::Hex(8)),
        same("btf_log_buf", 8, Field::Hex(8)),
        same("btf_size", 16, Field::Uint(4)),
        same("btf_log_size", 20, Field::Uint(4)),
        same("btf_log_level", 24, Field::Uint(4)),
        same("btf_log_true_size", 28, Field::Uint(4)),
        same("btf_flags", 32, Field::Hex(4)),
        same("btf_token_fd", 36, Field::Int(4)),
    ],
};

/// `BPF_TASK_FD_QUERY`: `include/uapi/linux/bpf.h`.
pub static BPF_TASK_FD_ATTR: StructDef = StructDef {
    name: "bpf_task_fd_attr",
    size: [48, 48],
    fields: &[
        same("pid", 0, Field::Int(4)),
        same("fd", 4, Field::Int(4)),
        same("flags", 8, Field::Hex(4)),
        same("buf_len", 12, Field::Uint(4)),
        same("buf", 16, Field::Hex(8)),
        same("prog_id", 24, Field::Uint(4)),
        same("fd_type", 28, Field::Enum(&f::BPF_FD_TYPE, 4)),
        same("probe_offset", 32, Field::Hex(8)),
        same("probe_addr", 40, Field::Hex(8)),
    ],
};

/// The same, as it lies in `union bpf_attr`.
pub static BPF_TASK_FD: StructDef = StructDef {
    name: "bpf_task_fd",
    size: [ATTR, ATTR],
    fields: &[same("task_fd_query", 0, Field::Struct(&BPF_TASK_FD_ATTR))],
};

/// `link_create.kprobe_multi`: `include/uapi/linux/bpf.h`.
pub static BPF_LINK_PROBES: StructDef = StructDef {
    name: "bpf_link_probes",
    size: [32, 32],
    fields: &[
        same("flags", 0, Field::Hex(4)),
        same("cnt", 4, Field::Uint(4)),
        same("syms", 8, Field::Hex(8)),
        same("addrs", 16, Field::Hex(8)),
        same("cookies", 24, Field::Hex(8)),
    ],
};

/// `link_create.tracing`: `include/uapi/linux/bpf.h`.
pub static BPF_LINK_TRACING: StructDef = StructDef {
    name: "bpf_link_tracing",
    size: [16, 16],
    fields: &[
        same("target_btf_id", 0, Field::Uint(4)),
        same("cookie", 8, Field::Hex(8)),
    ],
};

/// `link_create.perf_event`: `include/uapi/linux/bpf.h`.
pub static BPF_LINK_PERF: StructDef = StructDef {
    name: "bpf_link_perf",
    size: [8, 8],
    fields: &[same("bpf_cookie", 0, Field::Hex(8))],
};

/// `link_create.netfilter`: `include/uapi/linux/bpf.h`.
pub static BPF_LINK_NETFILTER: StructDef = StructDef {
    name: "bpf_link_netfilter",
    size: [16, 16],
    fields: &[
        same("pf", 0, Field::Uint(4)),
        same("hooknum", 4, Field::Uint(4)),
        same("priority", 8, Field::Int(4)),
        same("flags", 12, Field::Hex(4)),
    ],
};

/// `BPF_LINK_CREATE`: what follows the flags depends on the type: `include/uapi/linux/bpf.h`.
pub static BPF_LINK_CREATE_ATTR: StructDef = StructDef {
    name: "bpf_link_create_attr",
    size: [48, 48],
    fields: &[
        same("prog_fd", 0, Field::Int(4)),
        same("target_fd", 4, Field::Int(4)),
        same("attach_type", 8, Field::Enum(&f::BPF_ATTACH_TYPE, 4)),
        same("flags", 12, Field::Hex(4)),
        same("iter_info", 16, Field::Hex(8)).when(When::Any(&[&[is(28, 28)]])),
        same("iter_info_len", 24, Field::Uint(4)).when(When::Any(&[&[is(28, 28)]])),
        same("perf_event", 16, Field::Struct(&BPF_LINK_PERF)).when(When::Any(&[&[is(41, 41)]])),
        same("kprobe_multi", 16, Field::Struct(&BPF_LINK_PROBES))
            .when(When::Any(&[&[is(42, 42)], &[is(56, 56)]])),
        same("netfilter", 16, Field::Struct(&BPF_LINK_NETFILTER)).when(When::Any(&[&[is(45, 45)]])),
        same("tracing", 16, Field::Struct(&BPF_LINK_TRACING)).when(When::Any(&[&[is(23, 27)]])),
    ],
};

/// The same, as it lies in `union bpf_attr`.
pub static BPF_LINK_CREATE: StructDef = StructDef {
    name: "bpf_link_create",
    size: [ATTR, ATTR],
    fields: &[same("link_create", 0, Field::Struct(&BPF_LINK_CREATE_ATTR))],
};

/// `BPF_LINK_UPDATE`: `include/uapi/linux/bpf.h`.
pub static BPF_LINK_UPDATE_ATTR: StructDef = StructDef {
    name: "bpf_link_update_attr",
    size: [16, 16],
    fields: &[
        same("link_fd", 0, Field::Int(4)),
        same("new_prog_fd", 4, Field::Int(4)),
        same("flags", 8, Field::Flags(&f::BPF_ATTACH, 4)),
        same("old_prog_fd", 12, Field::Int(4)),
    ],
};

/// The same, as it lies in `union bpf_attr`.
pub static BPF_LINK_UPDATE: StructDef = StructDef {
    name: "bpf_link_update",
    size: [ATTR, ATTR],
    fields: &[same("link_update", 0, Field::Struct(&BPF_LINK_UPDATE_ATTR))],
};

/// `BPF_LINK_DETACH`: `include/uapi/linux/bpf.h`.
pub static BPF_LINK_DETACH_ATTR: StructDef = StructDef {
    name: "bpf_link_detach_attr",
    size: [4, 4],
    fields: &[same("link_fd", 0, Field::Int(4))],
};

/// The same, as it lies in `union bpf_attr`.
pub static BPF_LINK_DETACH: StructDef = StructDef {
    name: "bpf_link_detach",
    size: [ATTR, ATTR],
    fields: &[same("link_detach", 0, Field::Struct(&BPF_LINK_DETACH_ATTR))],
};

/// `BPF_ENABLE_STATS`: `include/uapi/linux/bpf.h`.
pub static BPF_ENABLE_STATS_ATTR: StructDef = StructDef {
    name: "bpf_enable_stats_attr",
    size: [4, 4],
    fields: &[same("type", 0, Field::Enum(&f::BPF_STATS, 4))],
};

/// The same, as it lies in `union bpf_attr`.
pub static BPF_ENABLE_STATS: StructDef = StructDef {
    name: "bpf_enable_stats",
    size: [ATTR, ATTR],
    fields: &[same(
        "enable_stats",
        0,
        Field::Struct(&BPF_ENABLE_STATS_ATTR),
    )],
};

/// `BPF_ITER_CREATE`: `include/uapi/linux/bpf.h`.
pub static BPF_ITER_CREATE_ATTR: StructDef = StructDef {
    name: "bpf_iter_create_attr",
    size: [8, 8],
    fields: &[
        same("link_fd", 0, Field::Int(4)),
        same("flags", 4, Field::Hex(4)),
    ],
};

/// The same, as it lies in `union bpf_attr`.
pub static BPF_ITER_CREATE: StructDef = StructDef {
    name: "bpf_iter_create",
    size: [ATTR, ATTR],
    fields: &[same("iter_create", 0, Field::Struct(&BPF_ITER_CREATE_ATTR))],
};

/// `BPF_PROG_BIND_MAP`: `include/uapi/linux/bpf.h`.
pub static BPF_BIND_MAP_ATTR: StructDef = StructDef {
    name: "bpf_bind_map_attr",
    size: [12, 12],
    fields: &[
        same("prog_fd", 0, Field::Int(4)),
        same("map_fd", 4, Field::Int(4)),
        same("flags", 8, Field::Hex(4)),
    ],
};

/// The same, as it lies in `union bpf_attr`.
pub static BPF_BIND_MAP: StructDef = StructDef {
    name: "bpf_bind_map",
    size: [ATTR, ATTR],
    fields: &[same("prog_bind_map", 0, Field::Struct(&BPF_BIND_MAP_ATTR))],
};

/// `BPF_TOKEN_CREATE`: `include/uapi/linux/bpf.h`.
pub static BPF_TOKEN_CREATE_ATTR: StructDef = StructDef {
    name: "bpf_token_create_attr",
    size: [8, 8],
    fields: &[
        same("flags", 0, Field::Hex(4)),
        same("bpffs_fd", 4, Field::Int(4)),
    ],
};

/// The same, as it lies in `union bpf_attr`.
pub static BPF_TOKEN_CREATE: StructDef = StructDef {
    name: "bpf_token_create",
    size: [ATTR, ATTR],
    fields: &[same(
        "token_create",
        0,
        Field::Struct(&BPF_TOKEN_CREATE_ATTR),
    )],
};
