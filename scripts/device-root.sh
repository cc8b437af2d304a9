#!/usr/bin/env bash
# Root on a device, for scripts/device.sh, which sources this: finds what gives it there, wraps commands in that, and makes
# adbd again what it was. Leaves to the other the choice of the device ($serial), `on`, `quote`, `say` and `fail`.
# shellcheck disable=SC2154 # which sets them
how=''    # what a command is given to so that root runs it; empty where adb's shell is root
rooted='' # whether this has made adbd root

# root_line COMMAND: the line that runs a shell command as root.
root_line() {
    case $how in
    '') printf '%s' "$1" ;;
    *-c) printf '%s %s' "$how" "$(quote "$1")" ;;
    *) printf '%s sh -c %s' "$how" "$(quote "$1")" ;;
    esac
}

as_root() { on shell -T "$(root_line "$1")"; }

is_root() { [ "$(as_root 'id -u' 2>/dev/null)" = 0 ]; }

# adbd starts anew: the device goes and comes. Leaves in `said` what adb says of it.
restarted_as_root() {
    local tries=0
    [ "$(on shell -T getprop ro.debuggable 2>/dev/null)" = 1 ] || return 1
    rooted=yes # a Ctrl-C may come as soon as it is so
    # Other answers are refusals, with exit code 0 too: "adbd cannot run as root in production builds".
    if ! said=$(on root 2>&1) || [[ $said != *restarting* ]]; then
        rooted=''
        return 1
    fi
    until is_root; do
        tries=$((tries + 1))
        [ $tries -lt 50 ] || return 1
        sleep 0.2
        case $serial in *:*) adb connect "$serial" </dev/null >/dev/null 2>&1 || true ;; esac
    done
}

# As is_root, by an `su` that may ask the user, who may look elsewhere.
su_gives_root() {
    local id='' status=0
    exec 4< <(as_root 'id -u' 2>/dev/null)
    read -r -t 3 id <&4 || status=$?
    if [ $status -gt 128 ]; then
        say "'$how' on $serial has not answered yet: look at the phone, it may ask"
        read -r id <&4 || true
    fi
    exec 4<&-
    [ "$id" = 0 ]
}

# Becomes root however the device does: `su -c` is Magisk's, KernelSU's and APatch's, `su 0` is that of userdebug builds.
become_root() {
    local su said=''
    is_root && return
    for su in 'su -c' 'su 0' '/debug_ramdisk/su -c' '/sbin/su -c'; do
        how=$su
        if su_gives_root; then return; fi
    done
    how=''
    if restarted_as_root; then return; fi
    [ -z "$said" ] || say "adb root: $said"
    fail 3 "no root on $serial: neither su nor 'adb root' gives it. Magisk, KernelSU and APatch ask on the device, or have a list: allow 'Shell' (com.android.shell)"
}

# Gives up what this made adbd, which starts anew once more: that would end another run there. Files that were left behind are none.
unroot() {
    local others said
    [ -n "$rooted" ] || return 0
    if ! others=$(on shell -T "for run in $home/sandboxd-run-*; do [ ! -d \$run ] || [ \"\$(ls \$run)\" = out ] || echo \$run; done" 2>/dev/null); then
        say "$serial cannot be asked whether another run is there: adbd stays root, until 'adb unroot'"
    elif [ -n "$others" ]; then
        say "another run is on $serial: adbd stays root there, until 'adb unroot'"
    elif ! said=$(on unroot 2>&1); then
        say "adbd on $serial may still be root, until 'adb unroot': $said"
    fi
}
