//! Variants of `keyctl(2)`: `security/keys/keyctl.c`.

use super::{Commands, of, variants};
use crate::table::Ret;
use crate::table::flags as f;
use crate::table::kind::{
    Kind::{Buf, BufOut, BufOutWhole, Enum, Flags, Hex, Id, Int, Iovec, Size, Str, Uint},
    arg,
};

variants! {
/// What the operations of `keyctl` take.
KEYCTL: Commands::One(&f::KEYCTL), [
    of(&["KEYCTL_GET_KEYRING_ID"], &[arg("id", Enum(&f::KEYRING)), arg("create", Int)]),
    of(&["KEYCTL_JOIN_SESSION_KEYRING"], &[arg("name", Str)]),
    of(&["KEYCTL_UPDATE"], &[arg("id", Enum(&f::KEYRING)), arg("payload", Buf("plen")), arg("plen", Size)]),
    of(&["KEYCTL_REVOKE", "KEYCTL_CLEAR", "KEYCTL_INVALIDATE", "KEYCTL_ASSUME_AUTHORITY"], &[arg("id", Enum(&f::KEYRING))]),
    of(&["KEYCTL_CHOWN"], &[arg("id", Enum(&f::KEYRING)), arg("uid", Id), arg("gid", Id)]),
    of(&["KEYCTL_SETPERM"], &[arg("id", Enum(&f::KEYRING)), arg("perm", Flags(&f::KEY_PERM))]),
    of(&["KEYCTL_DESCRIBE", "KEYCTL_READ"], &[arg("id", Enum(&f::KEYRING)), arg("buffer", BufOutWhole("buflen")), arg("buflen", Size)]).returns(Ret::Count),
    of(&["KEYCTL_GET_SECURITY"], &[arg("id", Enum(&f::KEYRING)), arg("buffer", BufOut("buflen")), arg("buflen", Size)]).returns(Ret::Count),
    of(&["KEYCTL_LINK", "KEYCTL_UNLINK"], &[arg("id", Enum(&f::KEYRING)), arg("ringid", Enum(&f::KEYRING))]),
    of(&["KEYCTL_SEARCH"], &[arg("ringid", Enum(&f::KEYRING)), arg("type", Str), arg("description", Str), arg("destringid", Enum(&f::KEYRING))]),
    of(&["KEYCTL_INSTANTIATE"], &[arg("id", Enum(&f::KEYRING)), arg("payload", Buf("plen")), arg("plen", Size), arg("ringid", Enum(&f::KEYRING))]),
    of(&["KEYCTL_INSTANTIATE_IOV"], &[arg("id", Enum(&f::KEYRING)), arg("iov", Iovec("ioc")), arg("ioc", Uint), arg("ringid", Enum(&f::KEYRING))]),
    of(&["KEYCTL_NEGATE"], &[arg("id", Enum(&f::KEYRING)), arg("timeout", Uint), arg("ringid", Enum(&f::KEYRING))]),
    of(&["KEYCTL_REJECT"], &[arg("id", Enum(&f::KEYRING)), arg("timeout", Uint), arg("error", Uint), arg("ringid", Enum(&f::KEYRING))]),
    of(&["KEYCTL_SET_REQKEY_KEYRING"], &[arg("reqkey", Enum(&f::REQKEY))]),
    of(&["KEYCTL_SET_TIMEOUT"], &[arg("id", Enum(&f::KEYRING)), arg("timeout", Uint)]),
    of(&["KEYCTL_SESSION_TO_PARENT"], &[]),
    of(&["KEYCTL_GET_PERSISTENT"], &[arg("uid", Id), arg("ringid", Enum(&f::KEYRING))]),
    of(&["KEYCTL_RESTRICT_KEYRING"], &[arg("id", Enum(&f::KEYRING)), arg("type", Str), arg("restriction", Str)]),
    of(&["KEYCTL_MOVE"], &[arg("id", Enum(&f::KEYRING)), arg("from_ringid", Enum(&f::KEYRING)), arg("to_ringid", Enum(&f::KEYRING)), arg("flags", Hex)]),
    of(&["KEYCTL_CAPABILITIES"], &[arg("buffer", BufOut("buflen")), arg("buflen", Size)]).returns(Ret::Count),
]}
