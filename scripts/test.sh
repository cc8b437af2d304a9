#!/usr/bin/env bash
# Runs every test: lints, documentation, unit tests, the fixed part of the lab's matrix in real kernels, the costs, and
# device.sh.
# The last line is the numbers of tests passed and failed over everything.
set -euo pipefail

case ${1-} in
-h | --help)
    cat <<'EOF'
Usage: scripts/test.sh

Installs what is missing (scripts/setup.sh), then runs `cargo xtask check`, `cargo xtask vm-matrix --quick`,
`cargo xtask bench --short` and `cargo xtask device`.
Ends with a line `N passed, N failed`, and fails if a test did. What was skipped, and why, is listed before it.
EOF
    exit
    ;;
'') ;;
*)
    echo "scripts/test.sh takes no arguments (see --help)" >&2
    exit 2
    ;;
esac

cd "$(dirname "${BASH_SOURCE[0]}")/.."
export CARGO_TERM_COLOR=${CARGO_TERM_COLOR:-never}
reports=target/test
mkdir -p "$reports"
passed=0
failed=0

# Runs a part, keeps its report, and adds up the numbers on its last line.
part() {
    local name=$1 status=0 counts
    shift
    printf '\n== %s: %s\n' "$name" "$*"
    "$@" </dev/null | tee "$reports/$name" || status=$?
    if counts=$(tail -n 1 "$reports/$name" | grep -xE '[0-9]+ passed, [0-9]+ failed'); then
        read -r good _ bad _ <<<"$counts"
        passed=$((passed + good))
        failed=$((failed + bad))
        # A part that fails without counting a failure still failed.
        [ $status -eq 0 ] || [ "$bad" -gt 0 ] || failed=$((failed + 1))
    else
        echo "$name ended with status $status before it counted"
        failed=$((failed + 1))
    fi
}

# The lines of the lab's protected app, in the tables that the daemon prints, answer five queries.
load_into_duckdb() {
    local lines result
    lines=$(find "$PWD"/target/vm-matrix -path '*/protected-app/lines' | sort | head -n 1)
    [ -n "$lines" ] || { echo "the lab left no lines of the protected app"; return 1; }
    echo "loading ${lines#"$PWD"/}"
    result=$(SANDBOXD_LINES=$lines cargo test -q -p sandboxd --test duckdb -- --nocapture 2>&1) || {
        printf '%s\n0 passed, 1 failed\n' "$result"
        return 1
    }
    case $result in
    *skipped*) printf '%s\n0 passed, 1 failed\n' "$result"; return 1 ;;
    esac
    echo "1 passed, 0 failed"
}

finish() {
    printf '\n== skipped\n'
    cat "$reports"/* 2>/dev/null | grep -i skipped || echo none
    printf '\n%d passed, %d failed\n' "$passed" "$failed"
    [ "$failed" -eq 0 ]
}

rm -f "$reports"/*
printf '== setup\n'
# In a process of its own, so that its failure ends it and not this script.
if ! bash scripts/setup.sh; then
    echo "setup failed: nothing was tested"
    failed=1
    finish
    exit
fi
# Again in this shell, for PATH; now there is nothing to install.
. scripts/setup.sh
part check cargo xtask check
part lab cargo xtask vm-matrix --quick
part bench cargo xtask bench --short
part device cargo xtask device
part duckdb load_into_duckdb
finish
