//! Paths as a call means them: from the directory that they begin at, and with `/proc/self` resolved.

/// Longer than any path the kernel takes, so that names that grow (`chdir("..")` again and again) end.
const MAX: usize = 4096;

/// The absolute path that `path` means to a thread, if it begins at `dir`. `..` is kept: what it leads to depends on
/// links.
#[must_use]
pub fn absolute(dir: Option<&[u8]>, path: &[u8], pid: u32, tid: u32) -> Option<Vec<u8>> {
    if path.is_empty() {
        return None;
    }
    joined(dir, path).or_else(|| resolved(dir, path, pid, tid))
}

/// The path, name by name.
fn resolved(dir: Option<&[u8]>, path: &[u8], pid: u32, tid: u32) -> Option<Vec<u8>> {
    let mut parts: Vec<&[u8]> = Vec::new();
    if path[0] != b'/' {
        parts.extend(names(dir?));
    }
    parts.extend(names(path));
    let own;
    if let [b"proc", link, ..] = parts[..] {
        own = match link {
            b"self" => Some(pid.to_string()),
            b"thread-self" => Some(format!("{pid}/task/{tid}")),
            _ => None,
        };
        if let Some(own) = &own {
            parts[1] = own.as_bytes();
        }
    }
    let mut whole = Vec::with_capacity(path.len() + 64);
    for part in &parts {
        whole.push(b'/');
        whole.extend_from_slice(part);
    }
    if whole.is_empty() || path.ends_with(b"/") {
        whole.push(b'/');
    }
    (whole.len() < MAX).then_some(whole)
}

/// The path as it stands, behind the directory if it begins there, where no name of either has to go or to be resolved.
fn joined(dir: Option<&[u8]>, path: &[u8]) -> Option<Vec<u8>> {
    let is_absolute = path[0] == b'/';
    let dir = if is_absolute { &[][..] } else { dir? };
    let is_bare = |path: &[u8]| {
        let pairs = path.windows(2);
        path.first() == Some(&b'/')
            && path.last() != Some(&b'/')
            && !path.starts_with(b"/proc")
            && !{ pairs }.any(|pair| pair == b"//" || pair == b"/.")
    };
    let whole = if is_absolute {
        path.to_vec()
    } else if is_bare(dir) && path[0] != b'.' {
        [dir, b"/", path].concat()
    } else {
        return None;
    };
    (is_bare(&whole) && whole.len() < MAX).then_some(whole)
}

fn names(path: &[u8]) -> impl Iterator<Item = &[u8]> {
    path.split(|&byte| byte == b'/')
        .filter(|name| !name.is_empty() && *name != b".")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn paths_are_joined_and_self_is_resolved() {
        let cases: [(Option<&str>, &str, Option<&str>); 12] = [
            (Some("/data"), "a/b", Some("/data/a/b")),
            (Some("/"), "a", Some("/a")),
            (None, "/a//b/./c", Some("/a/b/c")),
            (None, "a", None),
            (Some("/data"), "", None),
            (Some("/data"), ".", Some("/data")),
            (Some("/data"), "../x", Some("/data/../x")),
            (None, "/", Some("/")),
            (None, "/a/", Some("/a/")),
            (None, "/proc/self/maps", Some("/proc/7/maps")),
            (Some("/proc"), "thread-self", Some("/proc/7/task/8")),
            (None, "/proc/selfish", Some("/proc/selfish")),
        ];
        for (dir, path, wanted) in cases {
            let got = absolute(dir.map(str::as_bytes), path.as_bytes(), 7, 8);
            let got = got.map(|path| String::from_utf8(path).unwrap());
            assert_eq!(got.as_deref(), wanted, "{dir:?} {path}");
        }
    }

    proptest! {
        #[test]
        fn what_is_only_joined_is_what_every_name_gives(dir in "(/[a.p]{0,2}|/proc){0,3}", path in "[a./]{1,6}|/proc(/self)?") {
            for dir in [None, Some(dir.as_bytes())] {
                if let Some(joined) = joined(dir, path.as_bytes()) {
                    prop_assert_eq!(Some(joined), resolved(dir, path.as_bytes(), 7, 8));
                }
            }
        }
    }

    #[test]
    fn a_path_longer_than_the_kernel_takes_is_none() {
        let dir = vec![b'x'; MAX];
        assert_eq!(absolute(Some(&dir), b"a", 1, 1), None);
    }
}
