# One long run. Whoever runs this says how many `rounds` of calls a batch has, and how many `batches` there are; the first of
# them is what memory is held against.
now() { read up idle </proc/uptime; ms=${up#*.}; ms=$((${up%.*} * 1000 + ${ms#0} * 10)); }
mkdir out
sandboxd trace -u 10123 -e openat,faccessat,unlinkat,getppid,pwrite64 --error '!EINVAL' \
    -o 'out/{part}.jsonl' --rotate-size 64M --rotate-keep 2 2>log & pid=$!
wait-for log ready 60 || exit 90
takes $pid 500 >memory &
now; begun=$ms
for batch in $(seq $batches); do
    as-uid 10123 torrent 0 $rounds 1 || exit 91
    now; [ $batch = 1 ] && echo first_ms=$ms
    echo "soak: batch $batch of $batches, after $(((ms - begun) / 1000)) s" >&2
done
echo last_ms=$ms
echo seconds=$(((ms - begun) / 1000))
kill -INT $pid; wait $pid; echo code=$?
uname -r | sed 's/^/release=/'
cat memory log
