//! Variants of `bpf(2)`: `kernel/bpf/syscall.c`.

use super::{Commands, of, variants};
use crate::table::Ret;
use crate::table::flags as f;
use crate::table::kind::{
    Kind::{StructSized, StructSizedInOut, Uint},
    arg,
};
use crate::table::structs as s;

variants! {
/// What the commands of `bpf` take. Those that answer put the answer into what they took.
BPF: Commands::One(&f::BPF), [
    of(&["BPF_MAP_CREATE"], &[arg("attr", StructSized(&s::BPF_MAP_CREATE, "size")), arg("size", Uint)]).returns(Ret::Fd),
    of(&["BPF_MAP_LOOKUP_ELEM", "BPF_MAP_LOOKUP_AND_DELETE_ELEM"], &[arg("attr", StructSized(&s::BPF_MAP_LOOKUP, "size")), arg("size", Uint)]),
    of(&["BPF_MAP_UPDATE_ELEM"], &[arg("attr", StructSized(&s::BPF_MAP_UPDATE, "size")), arg("size", Uint)]),
    of(&["BPF_MAP_DELETE_ELEM"], &[arg("attr", StructSized(&s::BPF_MAP_DELETE, "size")), arg("size", Uint)]),
    of(&["BPF_MAP_GET_NEXT_KEY"], &[arg("attr", StructSized(&s::BPF_MAP_NEXT_KEY, "size")), arg("size", Uint)]),
    of(&["BPF_MAP_FREEZE"], &[arg("attr", StructSized(&s::BPF_MAP_FD, "size")), arg("size", Uint)]),
    of(&["BPF_MAP_LOOKUP_BATCH", "BPF_MAP_LOOKUP_AND_DELETE_BATCH", "BPF_MAP_UPDATE_BATCH", "BPF_MAP_DELETE_BATCH"], &[arg("attr", StructSizedInOut(&s::BPF_BATCH, "size")), arg("size", Uint)]),
    of(&["BPF_PROG_LOAD"], &[arg("attr", StructSized(&s::BPF_PROG_LOAD, "size")), arg("size", Uint)]).returns(Ret::Fd),
    of(&["BPF_OBJ_PIN"], &[arg("attr", StructSized(&s::BPF_OBJ, "size")), arg("size", Uint)]),
    of(&["BPF_OBJ_GET"], &[arg("attr", StructSized(&s::BPF_OBJ, "size")), arg("size", Uint)]).returns(Ret::Fd),
    of(&["BPF_PROG_ATTACH", "BPF_PROG_DETACH"], &[arg("attr", StructSized(&s::BPF_PROG_ATTACH, "size")), arg("size", Uint)]),
    of(&["BPF_PROG_TEST_RUN"], &[arg("attr", StructSizedInOut(&s::BPF_TEST_RUN, "size")), arg("size", Uint)]),
    of(&["BPF_PROG_GET_NEXT_ID", "BPF_MAP_GET_NEXT_ID", "BPF_BTF_GET_NEXT_ID", "BPF_LINK_GET_NEXT_ID"], &[arg("attr", StructSizedInOut(&s::BPF_NEXT_ID, "size")), arg("size", Uint)]),
    of(&["BPF_PROG_GET_FD_BY_ID"], &[arg("attr", StructSized(&s::BPF_PROG_ID, "size")), arg("size", Uint)]).returns(Ret::Fd),
    of(&["BPF_MAP_GET_FD_BY_ID"], &[arg("attr", StructSized(&s::BPF_MAP_ID, "size")), arg("size", Uint)]).returns(Ret::Fd),
    of(&["BPF_BTF_GET_FD_BY_ID"], &[arg("attr", StructSized(&s::BPF_BTF_ID, "size")), arg("size", Uint)]).returns(Ret::Fd),
    of(&["BPF_LINK_GET_FD_BY_ID"], &[arg("attr", StructSized(&s::BPF_LINK_ID, "size")), arg("size", Uint)]).returns(Ret::Fd),
    of(&["BPF_OBJ_GET_INFO_BY_FD"], &[arg("attr", StructSizedInOut(&s::BPF_INFO, "size")), arg("size", Uint)]),
    of(&["BPF_PROG_QUERY"], &[arg("attr", StructSizedInOut(&s::BPF_PROG_QUERY, "size")), arg("size", Uint)]),
    of(&["BPF_RAW_TRACEPOINT_OPEN"], &[arg("attr", StructSized(&s::BPF_RAW_TRACEPOINT, "size")), arg("size", Uint)]).returns(Ret::Fd),
    of(&["BPF_BTF_LOAD"], &[arg("attr", StructSized(&s::BPF_BTF_LOAD, "size")), arg("size", Uint)]).returns(Ret::Fd),
    of(&["BPF_TASK_FD_QUERY"], &[arg("attr", StructSizedInOut(&s::BPF_TASK_FD, "size")), arg("size", Uint)]),
    of(&["BPF_LINK_CREATE"], &[arg("attr", StructSized(&s::BPF_LINK_CREATE, "size")), arg("size", Uint)]).returns(Ret::Fd),
    of(&["BPF_LINK_UPDATE"], &[arg("attr", StructSized(&s::BPF_LINK_UPDATE, "size")), arg("size", Uint)]),
    of(&["BPF_LINK_DETACH"], &[arg("attr", StructSized(&s::BPF_LINK_DETACH, "size")), arg("size", Uint)]),
    of(&["BPF_ENABLE_STATS"], &[arg("attr", StructSized(&s::BPF_ENABLE_STATS, "size")), arg("size", Uint)]).returns(Ret::Fd),
    of(&["BPF_ITER_CREATE"], &[arg("attr", StructSized(&s::BPF_ITER_CREATE, "size")), arg("size", Uint)]).returns(Ret::Fd),
    of(&["BPF_PROG_BIND_MAP"], &[arg("attr", StructSized(&s::BPF_BIND_MAP, "size")), arg("size", Uint)]),
    of(&["BPF_TOKEN_CREATE"], &[arg("attr", StructSized(&s::BPF_TOKEN_CREATE, "size")), arg("size", Uint)]).returns(Ret::Fd),
]}
