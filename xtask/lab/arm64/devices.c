/* What drivers are asked, for root: a loop device, binder, where the kernel has them. Names its loop device. */
#include "svc.h"
#include <linux/android/binder.h>
#include <linux/loop.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

static void loop(void)
{
	struct loop_info64 info = { .lo_flags = LO_FLAGS_AUTOCLEAR, .lo_file_name = "a loop device" };
	char path[32];
	int control = open("/dev/loop-control", O_RDWR | O_CLOEXEC), file = memfd_create("loop", MFD_CLOEXEC);
	if (control < 0)
		return;
	int number = svc(SYS_ioctl, control, LOOP_CTL_GET_FREE);
	need(number >= 0 && ftruncate(file, 1 << 20) == 0);
	snprintf(path, sizeof path, "/dev/loop%d", number);
	int device = open(path, O_RDWR | O_CLOEXEC);
	need(device >= 0);
	need(svc(SYS_ioctl, device, LOOP_SET_FD, file) == 0);
	need(svc(SYS_ioctl, device, LOOP_SET_STATUS64, &info) == 0);
	need(svc(SYS_ioctl, device, LOOP_GET_STATUS64, &info) == 0);
	need(svc(SYS_ioctl, device, LOOP_CLR_FD) == 0);
}

static void binder(void)
{
	struct binder_version version;
	struct binder_write_read nothing = { 0 };
	int threads = 15, fd = open("/dev/binderfs/binder", O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return;
	need(svc(SYS_ioctl, fd, BINDER_VERSION, &version) == 0);
	need(svc(SYS_ioctl, fd, BINDER_SET_MAX_THREADS, &threads) == 0);
	need(svc(SYS_ioctl, fd, BINDER_WRITE_READ, &nothing) == 0);
}

int main(void)
{
	loop();
	binder();
	return 0;
}
