#!/usr/bin/env bash
# Installs what building and the lab need on Debian 12, and nothing that is already there.
# Run it, or source it from another script: it then also puts the tools it chose on PATH.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cache=${SANDBOXD_CACHE:-$root/.cache}
least_cargo=95 # the minor version in the workspace's rust-version
bpf_linker=0.13.0
llvm=22 # of Debian's rustc-web; the BPF linker must have the same
duckdb=1.5.6
stracetools=1.0.0

say() { printf 'setup: %s\n' "$*" >&2; }

usage() {
    cat <<'EOF'
Usage: scripts/setup.sh [--help]

Installs the missing ones of: Debian's Rust compiler with its source and arm64 library (unless rustup's toolchain is
complete), cross C compilers, QEMU, adb, shellcheck, bpf-linker (built by cargo), and a Python environment with DuckDB for one test.
Nothing is removed or replaced; a second run installs nothing. Needs root (or sudo) only if a Debian package is missing.

SANDBOXD_CACHE      where tools and downloads are kept (default: .cache in the repository)
SANDBOXD_TOOLCHAIN  rustup or debian: which compiler to use (default: rustup's if complete, else Debian's)
EOF
}

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        say "not root, and no sudo: run this as root: $*"
        return 1
    fi
}

# cargo that answers, and is new enough for the workspace.
cargo_is_usable() {
    local version
    version=$(cargo --version 2>/dev/null) || return 1
    version=${version#cargo 1.}
    [ "${version%%.*}" -ge "$least_cargo" ] 2>/dev/null
}

has_bpf_linker() { [ -x "$cache/tools/bin/bpf-linker" ] || command -v bpf-linker >/dev/null; }

# Whether rustup's toolchain can build both halves; xtask/src/toolchain.rs decides the same way.
rustup_is_complete() {
    [ "${SANDBOXD_TOOLCHAIN:-rustup}" = rustup ] && cargo_is_usable && has_bpf_linker || return 1
    local sysroot
    sysroot=$(rustc --print sysroot 2>/dev/null) || return 1
    [ "$sysroot" != /usr ] && [ -d "$sysroot/lib/rustlib/src/rust/library/core" ] &&
        [ -d "$sysroot/lib/rustlib/aarch64-unknown-linux-musl" ]
}

# Prints "package reason" lines for all that is wanted.
wanted() {
    cat <<'EOF'
gcc the host's linker
libc6-dev the host's linker
ca-certificates downloads by cargo
qemu-system-arm the lab's machines
adb the test of scripts/device.sh
shellcheck the lints of scripts
gcc-aarch64-linux-gnu the daemon's linker and the lab's programs
libc6-dev-arm64-cross the lab's programs
gcc-arm-linux-gnueabihf the lab's 32-bit programs
libc6-dev-armhf-cross the lab's 32-bit programs
zstd the lab's compressed output is read by it
python3-venv the tests that have other programs read the output
EOF
    cargo_is_usable || cat <<'EOF'
cargo-web no usable cargo was found
rustfmt-web format check
EOF
    rustup_is_complete || cat <<'EOF'
rustc-web compiler for BPF and arm64
rust-web-src the core library's source, for BPF
libstd-rust-web-dev the standard library, for build scripts
libstd-rust-web-dev:arm64 the standard library, for the daemon
rust-web-clippy lints of the eBPF half
EOF
    has_bpf_linker || cat <<EOF
llvm-$llvm-dev to build bpf-linker
libpolly-$llvm-dev to build bpf-linker
g++ to build bpf-linker
zlib1g-dev to build bpf-linker
libzstd-dev to build bpf-linker
libxml2-dev to build bpf-linker
EOF
}

install_packages() {
    local host installed missing=() package reason
    host=$(dpkg --print-architecture)
    # Multi-arch packages are listed with their architecture, others without.
    installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}:${Architecture}\n' | sed -n 's/^installed //p')
    while read -r package reason; do
        case $package in *:*) ;; *) package=$package:$host ;; esac
        if ! grep -qxF -e "$package" -e "${package%:*}:all" <<<"$installed"; then
            say "missing: ${package%:"$host"} ($reason)"
            missing+=("${package%:"$host"}")
        fi
    done < <(wanted)
    [ ${#missing[@]} -gt 0 ] || return 0
    say "installing ${#missing[@]} Debian packages"
    if ! dpkg --print-foreign-architectures | grep -qx arm64 && [ "$host" != arm64 ]; then
        as_root dpkg --add-architecture arm64
    fi
    as_root apt-get -q update >&2
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -oDpkg::Use-Pty=0 \
        install --no-install-recommends "${missing[@]}" >&2
}

install_bpf_linker() {
    ! has_bpf_linker || return 0
    say "building bpf-linker $bpf_linker (about two minutes)"
    LLVM_PREFIX=/usr/lib/llvm-$llvm cargo install --locked --root "$cache/tools" bpf-linker \
        --version "$bpf_linker" --no-default-features --features "llvm-$llvm" >&2
}

# Two tests have programs of others read the output; without these they are skipped, so a failure here is no end.
install_readers() {
    local python=$cache/venv/bin/python versions
    versions='from importlib.metadata import version; print(version("duckdb"), version("stracetools"))'
    if [ "$("$python" -c "$versions" 2>/dev/null)" = "$duckdb $stracetools" ]; then
        return 0
    fi
    say "installing DuckDB $duckdb and stracetools $stracetools into $cache/venv"
    # stracetools asks for what draws pictures, which its parser does not need.
    if ! { /usr/bin/python3 -m venv "$cache/venv" && "$python" -m pip install -q "duckdb==$duckdb" &&
        "$python" -m pip install -q --no-deps "stracetools==$stracetools"; } >&2; then
        say "they could not be installed: the tests that need them will be skipped"
    fi
}

setup() {
    if ! command -v dpkg-query >/dev/null; then
        say "this is not Debian: install the packages named in wanted() of scripts/setup.sh by other means"
        return 1
    fi
    mkdir -p "$cache"
    local cargo_was_usable=yes
    cargo_is_usable || cargo_was_usable=no
    install_packages
    # An old or broken cargo earlier on PATH must not hide the one just installed.
    [ $cargo_was_usable = yes ] || export PATH="/usr/bin:$PATH"
    install_bpf_linker
    install_readers
    say "everything is there"
}

case ${1-} in
-h | --help)
    usage
    exit
    ;;
'') ;;
*)
    usage >&2
    exit 2
    ;;
esac
setup
