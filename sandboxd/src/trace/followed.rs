//! What the kernel half reads of a call that is followed, beside what is shown of it.

use kprobe_common::index::Abi;
use kprobe_common::spec::{self, Spec};
use kprobe_common::table::kind::Kind;
use kprobe_common::table::{Effect, Syscall, change};

/// Which mappings a call may change, in the kernel half's words. Another protection may let code be written.
pub(super) fn touches(effect: Effect) -> u16 {
    match effect {
        Effect::Map => spec::MAPS | spec::MAPS_FIXED,
        Effect::Unmap | Effect::Protect => spec::MAPS,
        Effect::Remap => spec::MAPS | spec::MAPS_MOVES,
        Effect::Attach | Effect::Detach | Effect::Unclear => spec::MAPS | spec::MAPS_ANY,
        Effect::Brk => 0,
    }
}

/// Has the name read that memory is given.
pub(super) fn read_name(row: &Syscall, abi: Abi, spec: &mut Spec) {
    let Some(variants) = row.variants else { return };
    let is_name = |key: u64| key == u64::from(change::MEMORY_NAME);
    let keys = variants.keys[abi as usize];
    if let Some(&(_, at)) = keys.iter().find(|&&(key, _)| is_name(key)) {
        let named = row.form_of(&variants.list[usize::from(at)]).spec(abi);
        (spec.args, spec.enter) = (named.args, named.enter);
        spec.followed |= named.enter;
    }
}

/// The registers through which is read what the state is made of: paths, names, addresses, pairs of descriptors.
pub(super) fn followed(row: &Syscall, abi: Abi) -> u8 {
    row.args
        .iter()
        .zip(row.registers(abi))
        .filter(|(arg, _)| {
            matches!(
                arg.kind,
                Kind::Path
                    | Kind::Str
                    | Kind::Sockaddr(_)
                    | Kind::SockaddrOut(_)
                    | Kind::SocklenInOut
                    | Kind::StructOut(_)
                    | Kind::StructSized(..)
            )
        })
        .fold(0, |mask, (_, register)| mask | 1 << register)
}
