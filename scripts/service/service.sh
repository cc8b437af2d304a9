#!/system/bin/sh
# Runs sandboxd as a service of Magisk, KernelSU or APatch, which start every program of /data/adb/service.d, and the
# service.sh of every module, as root; late in the boot, maybe before Android is up. What starts it need not stay for it,
# so it goes on in a session of its own.
#
# /data/adb/sandboxd/sandboxd       the program
# /data/adb/sandboxd/sandboxd.toml  what it watches
# /data/adb/sandboxd/log            what it says; log.old is that of the start before
home=${SANDBOXD_HOME:-/data/adb/sandboxd}
pause=10 # seconds before it is started again

# Starts this again, away from whoever started it.
if [ "${1-}" != run ]; then
    mkdir -p "$home" && chmod 700 "$home" || exit 1
    # The log is that of the daemon which runs: it stays where it is.
    if "$home/sandboxd" ctl status >/dev/null 2>&1; then
        echo "service: a daemon runs already and is left alone ($home/sandboxd ctl stop ends it)" >&2
        exit 4
    fi
    if [ -e "$home/log" ]; then mv "$home/log" "$home/log.old"; fi
    setsid sh "$0" run </dev/null >>"$home/log" 2>&1 &
    exit 0
fi

while :; do
    "$home/sandboxd" daemon --config "$home/sandboxd.toml"
    status=$?
    case $status in
    # It was told to end.
    0) exit 0 ;;
    # The file is wrong, this device cannot do it, a daemon runs already, which somebody else starts again, or there is no
    # program: so it would be the next time.
    2 | 3 | 4 | 126 | 127)
        echo "service: sandboxd ended with status $status and is not started again"
        exit $status
        ;;
    esac
    echo "service: sandboxd ended with status $status and is started again in $pause s"
    sleep $pause
done
