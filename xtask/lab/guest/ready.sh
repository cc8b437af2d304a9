# How long a run takes to begin and to end, with a kprobe on every call of the default selection: from the start of the program
# until it says `ready`; from Ctrl-C until the program is gone, and until its reader sees the end of file.
now() { read up idle </proc/uptime; ms=${up#*.}; ms=$((${up%.*} * 1000 + ${ms#0} * 10)); }
mkfifo pipe
{ cat >lines; now; echo $ms >closed; } <pipe & reader=$!
now; begun=$ms
sandboxd trace -u 10123 -e %default --backend kprobe >pipe 2>log & pid=$!
wait-for log ready 600 || exit 90
now; ready=$((ms - begun))
as-uid 10123 flood 1 100 >made || exit 91
now; stopped=$ms
kill -INT $pid
wait $pid; code=$?
now; gone=$((ms - stopped))
wait $reader; read closed <closed
tail -n 1 lines | grep -q '"type":"end"' || exit 92
sed -n 's/.* \([0-9]*\) probes attached.*/probes=\1/p' log
echo release=$(uname -r)
echo code=$code
echo ready_ms=$ready
echo gone_ms=$gone
echo closed_ms=$((closed - stopped))
