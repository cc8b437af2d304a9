#!/system/bin/sh
# The device's side of scripts/device.sh, which pushed it into a directory made for this run; runs as root. Runs sandboxd
# until that ends, or until stdin does: the other side wants no more, or the connection is lost. Leaves nothing but what is to be fetched.
dir=${0%/*}
program='' pull='' shown=''
# shellcheck source=/dev/null # device.sh writes it
. "$dir/orders"

# adbd sends SIGHUP when a connection goes, and a Ctrl-C is passed on below: neither may end what cleans up. Not ignored,
# or sandboxd would ignore them too.
trap : HUP INT TERM PIPE

# A run whose files are fetched has a directory of its own for them.
if [ -n "$pull" ]; then mkdir -m 700 "$dir/out" && cd "$dir/out"; else cd "${dir%/*}"; fi || exit 1

# stdin and stdout may be one socket: nobody else may hold it when sandboxd has ended, or adb waits for them.
exec 3<&0 </dev/null
(
    while read -r _; do :; done
    until [ -s "$dir/pid" ] || [ ! -e "$dir/orders" ]; do sleep 0.1; done
    # As at a terminal: a command that sandboxd started is reached too.
    kill -INT -- "-$(cat "$dir/pid")"
) <&3 3<&- >/dev/null 2>&1 &
watcher=$!

# In a group of its own, which is what is interrupted: su may be in this one.
# shellcheck disable=SC2016 # the inner shell expands it
setsid sh -c 'echo $$ >"$0"; exec "$@"' "$dir/pid" "$program" "$@" 3<&-
status=$?
kill -KILL "$watcher" 2>/dev/null
cd /
# `pid` says that this is not over: it goes last.
rm -f "$dir/sandboxd" "$dir/orders" "$dir/on-device.sh"
rm -f "$dir/pid"
[ -n "$pull" ] || rmdir "$dir"
if [ $status -ge "$shown" ]; then
    echo "device: sandboxd ended with status $status" >&2
    status=1
fi
exit $((status + shown))
