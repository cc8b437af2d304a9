/* The odd calls of both ABIs, by 32-bit code. */
#include "svc.h"
#define SYS_FCNTL SYS_fcntl64
#define SYS_MMAP SYS_mmap2
/* Named differently there. */
#define SYS_fadvise64 SYS_arm_fadvise64_64
#define SYS_sync_file_range SYS_arm_sync_file_range
#include "../arm64/odd-more.h"

int main(void)
{
	return odd_calls();
}
