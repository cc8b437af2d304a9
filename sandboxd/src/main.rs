//! scratch
fn main() {
    use sandboxd::probe::*;
    use kprobe_common::index::Abi;
    let object = aya::include_bytes_aligned!(concat!(env!("OUT_DIR"), "/kprobe-ebpf.o"));
    let rows = kprobe_common::table::rows::ROWS;
    let mut specs = vec![];
    for r in rows { if let Some(i) = r.index(Abi::Arm64) { let mut s = r.spec(Abi::Arm64); s.flags |= 3|8; specs.push((i, s)); } }
    let watch = Watch { uids: vec![0], specs, strsize: 256, returns: true, ring: 1<<20, state_ring: 1<<16, ..Watch::default() };
    for b in [Backend::Kprobe, Backend::Tracepoint] {
    match load(object, &watch, b) { Ok(mut l) => {
        let symbols: Vec<String> = rows.iter().map(|r| format!("__arm64_sys_{}", r.name)).collect();
        println!("{:?}", attach(&mut l, b, true, &symbols, |_,_|{}));
        println!("{:?}", std::process::Command::new("/bin/busybox").args(["cat", "/proc/self/comm"]).status());
        let mut n = 0;
        while let Some(i) = l.calls.next() { n+=1; if n < 6 { println!("{} {:02x?}", i.len(), &i[..]); } }
        let mut m = 0;
        while let Some(i) = l.state.next() { m+=1; if m < 6 { println!("S {} {:02x?}", i.len(), &i[..]); } }
        println!("calls {n} state {m} {:?}", l.shared.calls(56));
    }, Err(e) => println!("ERR {b:?} {e}") }
    }
}
