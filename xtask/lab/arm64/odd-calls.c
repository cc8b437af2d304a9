/* The odd calls of both ABIs, by 64-bit code. */
#include "svc.h"
#define SYS_FCNTL SYS_fcntl
#define SYS_MMAP SYS_mmap
#include "odd-more.h"

int main(void)
{
	return odd_calls();
}
