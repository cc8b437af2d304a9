/* A library of the platform that is not its C library. Its function has a frame, so that its link register is signed
 * where it makes its call. It needs no relocations; `e_entry` is the address of the function. */
#include <stdint.h>

static __attribute__((noinline)) long noted(long answer)
{
	__asm__ volatile("" : "+r"(answer));
	return answer;
}

long platform_openat(long dirfd, const char *path, long flags)
{
#ifdef __aarch64__
	register long number __asm__("x8") = 56;
	register long answer __asm__("x0") = dirfd;
	register const char *second __asm__("x1") = path;
	register long third __asm__("x2") = flags;
#else
	register long number __asm__("r7") = 322;
	register long answer __asm__("r0") = dirfd;
	register const char *second __asm__("r1") = path;
	register long third __asm__("r2") = flags;
#endif
	__asm__ volatile("svc #0" : "+r"(answer) : "r"(number), "r"(second), "r"(third) : "memory", "cc");
	answer = noted(answer);
	__asm__ volatile("" : "+r"(answer));
	return answer;
}
