#!/system/bin/sh
# The device's side of scripts/device.sh, which pushed it into a directory made for this run; runs as root. Runs sandboxd
# until that ends, or until stdin does: the other side wants no more, or the connection is lost. Leaves nothing but what is to be fetched.
dir=${0%/*}
program='' pull='' shown='' broken=''
# shellcheck source=/dev/null # device.sh writes it
. "$dir/orders"

# adbd sends SIGHUP when a connection goes, and a Ctrl-C is passed on below: neither may end what cleans up. Not ignored,
# or sandboxd would ignore them too.
trap : HUP INT TERM PIPE

# Takes away what was brought. `begun` says that this is not over: it goes last.
take_away() {
    cd /
    rm -f "$dir/sandboxd" "$dir/orders" "$dir/on-device.sh" "$dir/pid"
    rm -f "$dir/begun"
    [ -e "$dir/out" ] || rmdir "$dir"
}

# fail MESSAGE: this side cannot do its part, and sandboxd has not run.
fail() {
    echo "device: $1" >&2
    cd /
    [ ! -e "$dir/out" ] || rmdir "$dir/out"
    take_away
    exit "$broken"
}

# By that device.sh knows that root was given.
mv "$dir/orders" "$dir/begun" || fail "cannot rename $dir/orders as $(id -un)"

# A run whose files are fetched has a directory of its own for them.
cd "${dir%/*}" || fail "cannot enter ${dir%/*}"
if [ -n "$pull" ]; then
    said=$(mkdir -m 700 "$dir/out" 2>&1) || fail "cannot make the directory for what is to be fetched: $said. Is /data full?"
    cd "$dir/out" || fail "cannot enter $dir/out"
fi

# stdin and stdout may be one socket: nobody else may hold it when sandboxd has ended, or adb waits for them.
exec 3<&0 </dev/null
(
    trap '' HUP INT TERM PIPE
    cd /
    until [ -s "$dir/pid" ] || [ ! -e "$dir/begun" ]; do sleep 0.1; done
    # Read now: afterwards the directory may be gone.
    group=$(cat "$dir/pid")
    while read -r _; do :; done
    # As at a terminal: a command that sandboxd started is reached too.
    kill -INT -- "-$group"
) <&3 3<&- >/dev/null 2>&1 &
watcher=$!

# In a group of its own, which is what is interrupted: su may be in this one. Without its number nobody could end it.
# shellcheck disable=SC2016 # the inner shell expands it
setsid sh -c 'echo $$ >"$0"; [ -s "$0" ] && exec "$@"' "$dir/pid" "$program" "$@" 3<&-
status=$?
kill -KILL "$watcher" 2>/dev/null
[ -s "$dir/pid" ] || fail "cannot write $dir/pid, without which the run could not be ended. Is /data full?"
take_away
if [ $status -ge $((broken - shown)) ]; then
    echo "device: sandboxd ended with status $status" >&2
    status=1
fi
exit $((status + shown))
