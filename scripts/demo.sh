#!/usr/bin/env bash
# Shows the monitor at work in a few minutes: builds it, boots a kernel, runs the sample app under an app's UID and
# prints what sandboxd saw of it.
set -euo pipefail

case ${1-} in
-h | --help)
    cat <<'EOF'
Usage: scripts/demo.sh [OPTION of `cargo xtask vm`]…

Installs what is missing, builds sandboxd, boots an arm64 kernel in QEMU and runs there
    sandboxd trace --as-uid 10123 -- /data/app/com.example.app-1/protected-app
whose JSON lines are this script's stdout, ready for jq. Options choose another kernel or CPU, for example
    scripts/demo.sh --kernel debian-5.10 --cpu max,pauth-impdef=on
EOF
    exit
    ;;
esac

cd "$(dirname "${BASH_SOURCE[0]}")/.."
options=("$@")
set --
. scripts/setup.sh
# `cargo xtask` compiles itself without a word.
echo "demo: building; the first time this takes some minutes" >&2
cargo build --package xtask >&2
cargo xtask build >&2
echo "demo: booting a kernel; the sample app runs as UID 10123, sandboxd traces it" >&2
app=/data/app/com.example.app-1
exec cargo xtask vm "${options[@]}" -- "mkdir -p $app; cp /bin/protected-app $app; sandboxd trace --as-uid 10123 -- $app/protected-app"
