# Three runs beside a flood: a reader that stalls and goes on, one that stalls and is killed, a file. Whoever runs this says
# how long a flood lasts (`reading`, `stalled`, `after`, `killed`, `filed`: seconds) and how many `rounds` each of its threads
# makes at least, how large the ring is (`buffer`), and how often what the daemon takes is looked at (`look`: milliseconds).
# What is to be judged goes to descriptor 3, in sections that begin with "=== NAME".
trace="sandboxd trace -u 10123 -e openat,faccessat,unlinkat,getppid,pwrite64 --error !EINVAL --buffer $buffer"
section() { echo "=== $1" >&3; cat $1 >&3; }
flood() { as-uid 10123 torrent $1 $rounds >>facts || exit 91; }
# While the reader stalls: for so many seconds, and on until the ring is full, however slow the host is.
flood_until_full() {
    flood $stalled
    for i in $(seq 60); do
        grep -Eq 'ring of calls (9[0-9]|100) % full' log && return
        flood 2
    done
    cat log >&2; exit 93
}
# Until what waits was read: a run that ends with full rings gives its reader no more than a moment for them, and says what was
# not taken.
caught_up() {
    for i in $(seq 120); do
        sleep 1
        tail -n 1 log | grep -q 'ring of calls 0 % full, of state 0 %' && return
    done
    cat log >&2; exit 94
}
begun() {
    : >facts
    wait-for log ready 60 || exit 90
    takes $pid $look >memory &
}
ended() {
    echo "code=$?" >>facts
    for what in facts log memory; do section $what; done
    # The next run makes its own only once somebody reads its pipe, and this one would say "ready" until then.
    rm log
}

sandboxd schema --json >schema
section schema
mkfifo first second

echo "=== run first" >&3
echo "=== lines" >&3
cat <first >&3 & reader=$!
$trace --stats >first 2>log & pid=$!
begun
flood $reading
kill -STOP $reader
flood_until_full
kill -CONT $reader
flood $after
caught_up
kill -INT $pid
wait $pid; code=$?
wait $reader
(exit $code); ended

echo "=== run second" >&3
cat <second >got & reader=$!
$trace --stats >second 2>log & pid=$!
begun
flood $killed
kill -STOP $reader
# Until it has ended, so that what it counted is what the run saw: what it made waits in rings, lines and pipe.
flood_until_full
kill -KILL $reader
wait $pid; code=$?
# The last line may be half a line.
sed '$d' got >lines
section lines
rm got lines
(exit $code); ended

echo "=== run third" >&3
$trace -o lines 2>log & pid=$!
begun
flood $filed
kill -INT $pid
wait $pid; code=$?
section lines
rm lines
(exit $code); ended
