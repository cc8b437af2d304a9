//! `ioctl` requests against the kernel's headers, in both ABIs, where cross compilers are installed.
//!
//! Names that the headers do not have (newer ones, those of Android's own drivers) are passed over; a request that they
//! have and the table has not is missing.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use kprobe_common::table::flags::{IOCTL, IOCTL32, Request, ValueSet};

const COMPILERS: [(&str, &ValueSet); 2] = [
    ("aarch64-linux-gnu-gcc", &IOCTL),
    ("arm-linux-gnueabihf-gcc", &IOCTL32),
];
const HEADERS: &str = "asm/ioctls asm/sockios asm/termbits linux/serial linux/fiemap linux/blktrace_api drm/drm \
    linux/videodev2 sound/asound linux/sockios asm-generic/ioctls linux/btrfs linux/wireless linux/fs linux/kd \
    linux/vhost linux/cdrom linux/hdreg linux/kfd_ioctl linux/usbdevice_fs sound/asequencer linux/ppp-ioctl \
    linux/if_tun linux/usb/tmc linux/acrn linux/atmdev linux/firewire-cdev linux/vfio mtd/mtd-abi linux/f2fs \
    linux/rio_mport_cdev linux/rtc scsi/sg linux/omapfb linux/ppdev linux/v4l2-subdev linux/ipmi linux/dvb/video \
    linux/uinput linux/dvb/frontend linux/dm-ioctl linux/hiddev linux/ptp_clock linux/comedi linux/scif_ioctl \
    linux/sed-opal rdma/rdma_user_ioctl mtd/ubi-user linux/fpga-dfl linux/input linux/vt linux/dvb/audio \
    linux/usb/raw_gadget sound/compress_offload linux/gpio linux/vduse linux/auto_dev-ioctl linux/loop \
    linux/nvme_ioctl linux/suspend_ioctls linux/dvb/dmx linux/android/binder linux/capi linux/nilfs2_api \
    linux/genwqe/genwqe_card video/sisfb linux/perf_event linux/sonypi scsi/cxlflash_ioctl misc/xilinx_sdfec \
    linux/cec linux/chio linux/nbd linux/rio_cm_cdev linux/watchdog linux/surface_aggregator/dtx misc/fastrpc \
    linux/ndctl linux/spi/spidev linux/auto_fs linux/fscrypt linux/joystick linux/tee linux/userfaultfd \
    linux/fsl_hypervisor linux/i8k linux/media linux/pfrut sound/asound_fm linux/blkzoned linux/omap3isp linux/random \
    linux/switchtec_ioctl linux/dvb/ca linux/hsi/hsi_char sound/firewire misc/ocxl linux/cm4000_cs linux/hpet \
    linux/matroxfb linux/pr linux/usb/functionfs sound/hdsp sound/hdspm sound/sb16_csp misc/habanalabs \
    asm-generic/sockios linux/dma-buf linux/fsi linux/gsmmux linux/isst_if linux/msdos_fs linux/nitro_enclaves \
    linux/pps linux/surface_aggregator/cdev scsi/scsi misc/cxl linux/atmarp linux/kcov linux/mei linux/nsfs \
    linux/rpmsg linux/seccomp linux/udf_fs_i linux/hsi/cs-protocol linux/atm_tcp linux/atmlec linux/counter linux/fb \
    linux/fsverity linux/hidraw linux/mtio linux/sev-guest linux/stm linux/dvb/net linux/arcfb linux/aspeed-lpc-ctrl \
    linux/aspeed-p2a-ctrl linux/atm_idt77105 linux/atmmpc linux/cxl_mem linux/if_pppox linux/ivtv linux/mroute \
    linux/nvram linux/radeonfb linux/remoteproc_cdev linux/rfkill linux/soundcard linux/sync_file linux/toshiba \
    linux/udmabuf linux/uvcvideo linux/watch_queue linux/dvb/osd linux/mmc/ioctl linux/misc/bcm_vk \
    linux/usb/g_printer scsi/scsi_ioctl misc/uacce/hisi_qm misc/uacce/uacce linux/am437x-vpfe linux/atm_nicstar \
    linux/atmbr2684 linux/atmclip linux/atmsvc linux/blkpg linux/cachefiles linux/dma-heap linux/fsl_mc linux/fsmap \
    linux/fuse linux/inotify linux/loadpin linux/lp linux/pktcdvd linux/psp-sev linux/reiserfs_fs linux/serio \
    linux/timerfd linux/vm_sockets linux/vtpm_proxy linux/wmi linux/iio/buffer linux/iio/events linux/usb/cdc-wdm \
    linux/usb/g_uvc linux/android/binderfs rdma/rdma_user_ioctl_cmds sound/usb_stream";
/// Other names of requests that the table has, and those of drivers that it leaves out.
const LEFT_OUT: &str = "AUTOFS_IOC_SETTIMEOUT32 BTRFS_IOC_CLONE BTRFS_IOC_CLONE_RANGE BTRFS_IOC_FILE_EXTENT_SAME \
    DMA_BUF_SET_NAME_B F2FS_IOC_SHUTDOWN NS_GETPSTAT NS_SETBUFLEV PPPIOCGIDLE32 PPPIOCGIDLE64 PPPIOCSACTIVE PPPIOCSPASS \
    VIDIOC_OMAP3ISP_STAT_REQ_TIME32 XSDFEC_IS_ACTIVE XSDFEC_SET_BYPASS __NET_ADD_IF_OLD __NET_GET_IF_OLD \
    __SNDRV_PCM_IOCTL_SYNC_PTR __SNDRV_PCM_IOCTL_SYNC_PTR64";
const LEFT_OUT_STARTS: [&str; 2] = ["VFIO_IOMMU_SPAPR", "USBDEVFS_"];

fn includes() -> String {
    let mut program = String::from(
        "#include <stddef.h>\n#include <stdint.h>\n#include <linux/types.h>\n#include <linux/ioctl.h>\n",
    );
    for header in HEADERS.split_whitespace() {
        let _ = writeln!(
            program,
            "#if __has_include(<{header}.h>)\n#include <{header}.h>\n#endif"
        );
    }
    program
}

/// What a compiler makes of a program; `None` where it is not there.
fn compile(compiler: &str, program: &str, how: &[&str]) -> Option<Output> {
    let mut command = Command::new(compiler);
    command.args(["-w", "-fmax-errors=0"]).args(how);
    command.args(["-o", "-", "-xc", "-"]);
    let pipes = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let Ok(mut child) = pipes.spawn() else {
        eprintln!("SKIPPED: {compiler} is not there; install it to compare ioctl requests");
        return None;
    };
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin
        .write_all(program.as_bytes())
        .expect("the compiler reads");
    drop(stdin);
    Some(child.wait_with_output().expect("the compiler ends"))
}

/// Some numbers have two names.
fn names(set: &'static ValueSet) -> impl Iterator<Item = (u64, &'static str)> {
    let each =
        |&(value, names): &(u64, &'static str)| names.split(" or ").map(move |name| (value, name));
    set.values.iter().flat_map(each)
}

#[test]
fn requests_have_the_headers_numbers() {
    for (compiler, set) in COMPILERS {
        let mut program = includes();
        for (value, name) in names(set) {
            let _ = writeln!(
                program,
                "#ifdef {name}\n_Static_assert((unsigned)({name}) == {value:#x}, \"{name}\");\n\
                 int compared_{name};\n#endif"
            );
        }
        let Some(output) = compile(compiler, &program, &["-S"]) else {
            continue;
        };
        let messages = String::from_utf8_lossy(&output.stderr);
        let wrong: Vec<&str> = messages
            .lines()
            .filter(|line| line.contains("error"))
            .collect();
        assert!(output.status.success(), "{compiler}:\n{}", wrong.join("\n"));
        let assembly = String::from_utf8_lossy(&output.stdout);
        let compared = assembly.matches("\ncompared_").count();
        assert!(
            compared > 2000,
            "{compiler}: only {compared} of {} requests could be compared",
            set.values.len()
        );
    }
}

#[test]
fn no_request_of_the_headers_is_missing() {
    let (compiler, set) = COMPILERS[0];
    let Some(output) = compile(compiler, &includes(), &["-dM", "-E"]) else {
        return;
    };
    let known: BTreeSet<&str> = names(set).map(|(_, name)| name).collect();
    let left_out: BTreeSet<&str> = LEFT_OUT.split_whitespace().collect();
    let macros = String::from_utf8_lossy(&output.stdout);
    let is_request = |body: &str| {
        let words = ["_IO(", "_IOR(", "_IOW(", "_IOWR("];
        words
            .iter()
            .any(|word| body.trim_start_matches('(').starts_with(word))
    };
    let missing: Vec<&str> = macros
        .lines()
        .filter_map(|line| line.strip_prefix("#define ")?.split_once(' '))
        .filter(|(_, body)| is_request(body))
        .map(|(name, _)| name)
        .filter(|name| !name.contains('(') && !known.contains(name) && !left_out.contains(name))
        .filter(|name| !LEFT_OUT_STARTS.iter().any(|start| name.starts_with(start)))
        .collect();
    assert!(missing.is_empty(), "not in the table: {missing:?}");
}

/// As strace says them.
#[test]
fn a_request_without_a_name_says_what_its_number_does() {
    let words = |number| Request(number).to_string();
    assert_eq!(words(0x8004_5430), "_IOC(_IOC_READ, 0x54, 0x30, 0x4)");
    assert_eq!(
        words(0xc010_4602),
        "_IOC(_IOC_READ|_IOC_WRITE, 0x46, 0x2, 0x10)"
    );
    assert_eq!(words(0x8100_4506), "EVIOCGNAME(256)");
    assert_eq!(words(0x8060_4521), "EVIOCGBIT(0x1, 96)");
    assert_eq!(words(0), "_IOC(_IOC_NONE, 0, 0, 0)");
    assert_eq!(
        words(u32::MAX),
        "_IOC(_IOC_READ|_IOC_WRITE, 0xff, 0xff, 0x3fff)"
    );
}
