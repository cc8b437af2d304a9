#!/usr/bin/env bash
# One command for a phone: builds sandboxd, pushes it, becomes root, runs it there, and hands its lines to this script's
# stdout; then takes away what it brought. scripts/device-root.sh becomes root, scripts/on-device.sh is the device's side.
set -euo pipefail

home=/data/local/tmp
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
least=5.10       # Linux, as README.md says
verbs='trace daemon ctl replay list doctor schema help' # sandboxd's; a test holds them against what it takes
# What on-device.sh exits with: from `shown` on sandboxd's status, at `broken` for a failure of its own, which it has told.
# Any other status is adb's, su's or a shell's (127 where a program is missing), and 1 can be any of theirs.
shown=64 broken=96
serial=${ANDROID_SERIAL-} keep='' pull='' into=. program='' build=yes
local_dir='' device_dir='' asked='' unfetched='' session='' abandoned=''
# shellcheck source-path=SCRIPTDIR source=device-root.sh
. "$here/device-root.sh"
# A release has the program beside this directory, where the source tree has a directory of that name.
[ ! -f "$here/../sandboxd" ] || program=$here/../sandboxd

usage() {
    cat <<'END'
Usage: scripts/device.sh [--serial SERIAL] [--keep] [--pull[=DIR]] [--bin FILE | --no-build] -- [VERB] OPTION…

Builds sandboxd (in a release it is there already), pushes it to a device that adb sees, becomes root there (adb's
shell, su, or `adb root`), and runs `sandboxd VERB OPTION…`; without VERB it is `trace`. Its lines are this script's
stdout, its messages its stderr, its exit code this script's. Ctrl-C ends the run on the device, whose last lines still
arrive; a second one does not wait for them. Nothing stays on the device, also when the connection is lost, but what the
run was told to write.

    --serial SERIAL  which device, if adb sees several (also ANDROID_SERIAL)
    --keep           leave the program as /data/local/tmp/sandboxd; the next run with --keep pushes it only if it is new
    --pull[=DIR]     fetch what the run writes, into DIR (default: here), and remove it there: name files without a
                     directory (`-o calls.jsonl`, `--record run.rec`). Without --pull they stay in /data/local/tmp
    --bin FILE       push this program and build nothing
    --no-build       push the newest build as it is

    scripts/device.sh -- -n com.example.app --launch > calls.jsonl
    scripts/device.sh -- -n com.example.app --format text -e %file,%network
    scripts/device.sh --pull -- -n com.example.app -o calls.jsonl --record run.rec --duration 1m
    scripts/device.sh --serial emulator-5554 -- -p 4321 | jq -r 'select(.type == "syscall") | .syscall'
    scripts/device.sh -- list '%network'
    scripts/device.sh -- doctor        what this device can do, and what is missing and why

Exit codes: sandboxd's, and of this script's own 1: something failed; 2: wrong usage; 3: this device cannot do it.
END
}

# Where nobody reads that any more (`2>&1 | head`, a terminal that is gone), there is still to be fetched and taken away.
say() { printf 'device: %s\n' "$*" >&2 2>/dev/null || true; }

# fail STATUS MESSAGE…
fail() {
    say "${*:2}"
    exit "$1"
}

wrong() { fail 2 "$* (see scripts/device.sh --help)"; }

# A word for a POSIX shell.
quote() {
    local apostrophe="'\\''"
    printf "'%s'" "${1//\'/$apostrophe}"
}

# adb on the chosen device; it must not read this script's stdin.
on() { adb -s "$serial" "$@" </dev/null; }

options() {
    while [ $# -gt 0 ]; do
        case $1 in
        -h | --help) usage && exit ;;
        --serial | --bin)
            [ $# -gt 1 ] || wrong "$1 needs a value"
            case $1 in --bin) program=$2 ;; *) serial=$2 ;; esac
            shift
            ;;
        --serial=*) serial=${1#*=} ;;
        --bin=*) program=${1#*=} ;;
        --keep) keep=yes ;;
        --pull) pull=yes ;;
        --pull=*) pull=yes into=${1#*=} ;;
        --no-build) build='' ;;
        --) words=("${@:2}") && return ;;
        *) wrong "'$1' is none of this script's options: sandboxd's own stand behind --" ;;
        esac
        shift
    done
    wrong "what shall sandboxd do? Its options stand behind --, as in: scripts/device.sh -- -n com.example.app"
}

# Whether the first word says what to do; options alone are `trace`'s. A program that is there says itself what it knows, but
# nobody wants to wait for a build to be told.
verb() {
    case ${words[0]-} in
    -* | '') words=(trace ${words[@]+"${words[@]}"}) ;;
    *) [ -n "$program" ] || [[ " $verbs " = *" ${words[0]} "* ]] || wrong "sandboxd has no verb '${words[0]}', but ${verbs// /, }" ;;
    esac
}

# Where to put what is to be fetched: afterwards were too late to find that there is no such place.
make_place() {
    [ -n "$pull" ] || return 0
    mkdir -p -- "$into" || fail 1 "--pull cannot make the directory '$into'"
    if [ ! -w "$into" ] || [ ! -x "$into" ]; then fail 1 "--pull may not write into '$into'"; fi
}

# What adb sees, as lines of serial, tab and state; both may have spaces (`adb-XXXX (2)._adb-tls-connect._tcp`).
seen() { adb devices </dev/null | sed -n $'/\t/p'; }

# Chooses the device, and says what is wrong with it.
choose() {
    local devices all state='' name its
    command -v adb >/dev/null || fail 1 "there is no adb: install Android's platform tools (Debian: apt-get install adb)"
    adb start-server </dev/null >/dev/null 2>"$local_dir/said" || fail 1 "adb's server does not start: $(cat "$local_dir/said")"
    devices=$(seen)
    all=${devices//$'\t'/ }
    if [ -z "$serial" ]; then
        [ -n "$devices" ] || fail 1 "no device: plug one in with USB debugging on, or use 'adb connect HOST:PORT'"
        if [ "$(wc -l <<<"$devices")" -gt 1 ]; then
            fail 1 "several devices, choose one with --serial: ${all//$'\n'/; }"
        fi
        serial=${devices%%$'\t'*}
    fi
    while IFS=$'\t' read -r name its; do
        if [ "$name" = "$serial" ]; then state=$its; fi
    done <<<"$devices"
    case $state in
    device) ;;
    '') fail 1 "no device $serial: adb sees ${all:-none}" ;;
    unauthorized*) fail 1 "$serial does not trust this computer: unlock it and say yes to its question about USB debugging" ;;
    offline* | connecting* | authorizing*) fail 1 "$serial is $state: plug it in again, or try 'adb reconnect'" ;;
    no\ permissions*) fail 1 "$serial: adb may not open it ($state): see https://developer.android.com/studio/run/device" ;;
    *) fail 1 "$serial is in state '$state': start Android on it" ;;
    esac
}

# Kernel and processor, before anything is built or asked for.
suits() {
    local machine release number
    # shellcheck disable=SC2016 # it is the device's shell that expands this
    read -r machine release < <(on shell -T 'echo $(uname -m) $(uname -r)') || fail 1 "$serial does not answer"
    case $machine in
    # What a 32-bit program on a 64-bit kernel may be told is armv8l: sandboxd runs there.
    aarch64 | armv8l) ;;
    arm*) fail 3 "$serial has a 32-bit kernel ($machine): sandboxd needs a 64-bit one" ;;
    *) fail 3 "$serial is no arm64 device ($machine): sandboxd knows no other" ;;
    esac
    number=$(printf '%s\n%s\n' "$least" "$release" | sort -t. -k1,1n -k2,2n | head -n 1)
    if [ "$number" != "$least" ] && [ "${words[0]}" = trace ]; then
        fail 3 "$serial has Linux $release: sandboxd needs $least or later"
    fi
}

# The program, without what only a debugger reads if there is a tool for that.
stripped() {
    local strip
    for strip in aarch64-linux-gnu-strip llvm-strip; do
        if "$strip" --strip-debug -o "$local_dir/sandboxd" "$program" 2>/dev/null; then return; fi
    done
    cp "$program" "$local_dir/sandboxd"
}

find_program() {
    if [ -z "$program" ] && [ -n "$build" ]; then
        program=$(cd "$here/.." && cargo xtask build) || fail 1 "cannot build sandboxd (scripts/setup.sh installs what that needs)"
    elif [ -z "$program" ]; then
        program=$(cat "$here/../target/newest-sandboxd" 2>/dev/null) || fail 1 "there is no build yet: leave out --no-build"
    fi
    [ -f "$program" ] || fail 1 "there is no program '$program'"
    stripped
    chmod 755 "$local_dir/sandboxd"
}

# What on-device.sh is to do, for its shell.
orders() {
    local word
    printf 'program=%s pull=%s shown=%d broken=%d\nset --' "$(quote "$1")" "$(quote "$pull")" "$shown" "$broken"
    for word in "${words[@]}"; do printf ' %s' "$(quote "$word")"; done
    echo
}

# push FILE… PLACE
push() {
    on push "$@" >"$local_dir/said" 2>&1 || pushing_failed
}

pushing_failed() {
    local said
    said=$(sed -n '/error\|denied\|No space/p' "$local_dir/said" | tail -n 1)
    case $said in
    *'No space left'*) fail 1 "/data on $serial is full: sandboxd needs $(du -m "$local_dir/sandboxd" | cut -f1) MiB in $home" ;;
    *) fail 1 "cannot push to $serial: ${said:-$(tail -n 1 "$local_dir/said")}" ;;
    esac
}

bring() {
    local place sum
    device_dir=$home/sandboxd-run-$(date +%s)-$$
    place=$device_dir/sandboxd
    on shell -T "mkdir -m 700 $device_dir" >"$local_dir/said" 2>&1 || pushing_failed
    if [ -n "$keep" ]; then
        place=$home/sandboxd
        sum=$(sha256sum <"$local_dir/sandboxd" | cut -d' ' -f1)
        [ "$(on shell -T "sha256sum $place" 2>/dev/null | cut -d' ' -f1)" = "$sum" ] || push "$local_dir/sandboxd" "$place"
    else
        push "$local_dir/sandboxd" "$place"
    fi
    orders "$place" >"$local_dir/orders"
    push "$local_dir/orders" "$here/on-device.sh" "$device_dir/"
}

# Ends the run, whose end is then waited for. What calls this comes twice for one cause: SIGTERM from `timeout`, SIGHUP from
# a terminal and its shell, and a Ctrl-C ends the reader too, which `relay` tells of.
# shellcheck disable=SC2317 # a trap calls it
stop() {
    asked=yes
    exec 9>&- # which ends the stdin of on-device.sh
}

# Only who presses it twice does not wait.
# shellcheck disable=SC2317 # a trap calls it
interrupted() {
    if [ -z "$asked" ]; then
        stop
    elif [ -n "$session" ] && kill -KILL "$session" 2>/dev/null; then
        abandoned=yes
    fi
}

# Hands the lines on. adb does not notice that nobody reads its stdout any more: `cat` does, by SIGPIPE, or by EPIPE where
# that is ignored. Anything else that ends it is a failure of this side.
relay() {
    local status=0
    trap '' INT QUIT HUP TERM
    LC_ALL=C cat 2>"$local_dir/cat" || status=$?
    [ $status != 0 ] || return 0
    kill -USR1 "$$"
    if grep -q 'Broken pipe' "$local_dir/cat"; then status=141; fi
    return $status
}

# Runs it. The stdin of the device's side is open as long as this script wants the run.
run() {
    local status=0 relayed=0 relay
    mkfifo "$local_dir/lease" "$local_dir/lines"
    # To open one end waits for the other: both are open before a signal can come between.
    exec 9<>"$local_dir/lease" 7<>"$local_dir/lines"
    exec 8<"$local_dir/lease" 6<"$local_dir/lines"
    exec 5>"$local_dir/lines" 7>&-
    trap interrupted INT
    trap stop TERM HUP USR1
    (relay) <&6 5>&- 6<&- 8<&- 9>&- &
    relay=$!
    # A Ctrl-C reaches everybody at the terminal, as `timeout` does: adb must not end by it.
    (
        trap '' INT QUIT HUP TERM
        exec adb -s "$serial" shell -T "$(root_line "sh $device_dir/on-device.sh")" <&8 >&5 5>&- 6<&- 8<&- 9>&-
    ) &
    session=$!
    exec 5>&- 6<&- 8<&-
    await "$session" || status=$?
    await "$relay" || relayed=$?
    trap 'exit 130' INT TERM HUP
    exec 9>&-
    ended "$status"
    case $relayed in
    0 | 141) ;;
    *) say "cannot write the lines (status $relayed): $(cat "$local_dir/cat")" && result=1 ;;
    esac
}

# A signal's trap ends `wait`, and bash 5.2 then gives -1 for what ended meanwhile: so it is waited for once it has ended.
# What bash says of what a signal ended helps nobody.
await() {
    {
        while kill -0 "$1"; do sleep 0.1 || true; done
        wait "$1"
    } 2>/dev/null
}

# Makes sandboxd's exit status of adb's, or says why there is none.
ended() {
    local begun=yes
    if [ "$1" -ge "$shown" ] && [ "$1" -lt "$broken" ]; then
        result=$(($1 - shown))
        keeps 'it is still in'
        return
    fi
    result=1
    if [ "$1" = "$broken" ]; then
        device_dir=''
        return
    fi
    # What on-device.sh renames before all else.
    if on shell -T "[ -e $device_dir/orders ]" 2>/dev/null; then begun=''; fi
    if [ -n "$abandoned" ]; then
        say "did not wait for the end"
    elif [ -z "$begun" ]; then
        say "could not start as root on $serial (status $1), though '${how:-adb shell}' gave root just before. If the phone asks, or has a list, allow 'Shell' (com.android.shell) for good"
    else
        say "the connection to $serial was lost: the last lines are missing"
    fi
    [ -n "$begun" ] || return 0
    # The device's side notices, and cleans up by itself.
    case $(what_is_left) in
    nothing) keeps 'it is still in' ;;
    run)
        say "the run on $serial is still ending, and takes away by itself what was brought"
        keeps 'it is still being written in'
        [ -z "$pull" ] || exit 1
        ;;
    *)
        say "$serial cannot be asked whether everything was taken away. If $device_dir is still there: $(by_hand)"
        keeps 'if the run had begun, it is still in'
        [ -z "$pull" ] || exit 1
        ;;
    esac
}

# keeps HOW: the device's side takes away what was brought, and keeps only what is to be fetched, which is there like this.
keeps() {
    if [ -n "$pull" ]; then unfetched=$1; else device_dir=''; fi
}

# What there is of the device's side once it has ended, or has not for ten seconds; no word if it cannot be asked.
what_is_left() {
    on shell -T "i=0; while [ -e $device_dir/begun ] && [ \$i -lt 100 ]; do i=\$((i + 1)); sleep 0.1; done; if [ -e $device_dir/begun ]; then echo run; else echo nothing; fi" 2>/dev/null || true
}

# Everything that the run wrote into its directory. Only then may `clean` remove it.
fetch() {
    local names
    names=$(as_root "cd $device_dir/out && find . -type f" | sort) || exit 1
    if [ -z "$names" ]; then
        say "the run wrote no file to fetch: with --pull, name them without a directory"
    else
        # Mode and time of this side's directory are its owner's, not the device's.
        as_root "tar -C $device_dir/out -cf - ." | tar -C "$into" --no-same-owner --no-overwrite-dir -xf - || exit 1
        names=${names#./}
        say "fetched into $into: ${names//$'\n./'/ }"
    fi
    unfetched=''
}

# What removes the directory by hand, as root.
by_hand() { printf 'adb -s %s shell "%s"' "$(quote "$serial")" "$(root_line "rm -rf $device_dir")"; }

# Takes away what was brought: as root, or, where root is refused by now, as the shell's user, who brought it.
# shellcheck disable=SC2317 # a trap calls it
take_away() {
    if as_root "rm -rf $device_dir" >"$local_dir/said" 2>&1 || on shell -T "rm -rf $device_dir" >"$local_dir/said" 2>&1; then return; fi
    say "cannot take away $device_dir from $serial ($(tail -n 1 "$local_dir/said")): it stays there until you do: $(by_hand)"
    return 1
}

# shellcheck disable=SC2317 # a trap calls it
clean() {
    local status=$?
    trap '' INT TERM HUP
    # They are the user's: better left behind than gone.
    if [ -n "$unfetched" ]; then
        say "cannot fetch everything: $unfetched $device_dir/out on $serial"
        device_dir=''
    fi
    if [ -n "$device_dir" ] && ! take_away && [ "$status" = 0 ]; then status=1; fi
    unroot
    [ -z "$local_dir" ] || rm -rf "$local_dir"
    exit "$status"
}

words=()
options "$@"
verb
make_place
local_dir=$(mktemp -d "${TMPDIR:-/tmp}/sandboxd-device.XXXXXX")
trap clean EXIT
trap 'exit 130' INT TERM HUP
trap : PIPE # see `say`; not ignored, or every program that is started here would ignore it too
choose
suits
become_root
find_program
bring
result=0
run
[ -z "$unfetched" ] || fetch
exit "$result"
