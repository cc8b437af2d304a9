#!/system/bin/sh
# Runs sandboxd as a service of Magisk, KernelSU or APatch, which start every program of /data/adb/service.d, and the
# service.sh of every module, as root; late in the boot, maybe before Android is up. What starts it need not stay for it,
# so it goes on in a session of its own. When and where to write stands in the file; what came of it is left to `ctl`.
#
# /data/adb/sandboxd/sandboxd       the program
# /data/adb/sandboxd/sandboxd.toml  what it watches
# /data/adb/sandboxd/log            what it says; log.old is that of the start before
home=${SANDBOXD_HOME:-/data/adb/sandboxd}
place=/dev/sandboxd # where a daemon's number is as long as it runs (--run-dir)
pause=10            # seconds before it is started again, and twice as many the next time
long=60             # seconds after which a run was none that fails at once
most=6              # of those in a row: the next one would fail too, and the log grows

# Starts this again, away from whoever started it.
if [ "${1-}" != run ]; then
    mkdir -p "$home" && chmod 700 "$home" || exit 1
    said=$("$home/sandboxd" ctl status 2>&1) && said='it runs'
    case $said in
    # One that is busy, or stopped, runs too.
    'it runs' | *' does not answer'*)
        echo "service: a daemon runs already and is left alone ($home/sandboxd ctl stop ends it)" >&2
        exit 4
        ;;
    esac
    setsid sh "$0" run </dev/null >/dev/null 2>&1 &
    exit 0
fi

log=$home/log.$$
exec >"$log" 2>&1

# `log` is that of the daemon which runs. Another start may be under way, and only one of them gets the place: so this one's
# has that name from then on, or from when it is clear that it failed for itself.
take_the_name() {
    [ "$log" != "$home/log" ] || return 0
    if [ -e "$home/log" ]; then mv "$home/log" "$home/log.old"; fi
    mv "$log" "$home/log"
    log=$home/log
}

# Seconds since the boot: the clock may be set meanwhile.
now() {
    read -r seconds _ </proc/uptime
    echo "${seconds%%.*}"
}

failures=0 wait=$pause
while :; do
    began=$(now)
    "$home/sandboxd" daemon --config "$home/sandboxd.toml" &
    daemon=$!
    while [ "$log" != "$home/log" ] && kill -0 $daemon 2>/dev/null; do
        if [ "$(cat "$place/pid" 2>/dev/null)" = $daemon ]; then take_the_name; else sleep 0.1; fi
    done
    wait $daemon
    status=$?
    [ $status = 4 ] || take_the_name
    case $status in
    # It was told to end.
    0) exit 0 ;;
    # The file is wrong, this device cannot do it, a daemon runs already, which somebody else starts again, or there is no
    # program: so it would be the next time.
    2 | 3 | 4 | 126 | 127)
        echo "service: sandboxd ended with status $status and is not started again"
        [ "$log" = "$home/log" ] || { cat "$log" >>"$home/log" && rm "$log"; }
        exit $status
        ;;
    esac
    if [ $(($(now) - began)) -ge $long ]; then failures=0 wait=$pause; else failures=$((failures + 1)); fi
    if [ $failures -ge $most ]; then
        echo "service: sandboxd ended with status $status, for the ${most}th time within $long s of its start, and is not started again: what it says above is to be mended first, then start this anew ($0)"
        exit $status
    fi
    echo "service: sandboxd ended with status $status and is started again in $wait s"
    sleep $wait
    wait=$((wait * 2))
    # Somebody may not have wanted to wait so long.
    # shellcheck disable=SC3013 # the shells of phones have it: mksh, and busybox's
    if [ -e "$home/log" ] && ! [ /proc/self/fd/1 -ef "$home/log" ]; then
        echo "service: another start is at work by now, whose log is $home/log: this one ends"
        exit 0
    fi
done
