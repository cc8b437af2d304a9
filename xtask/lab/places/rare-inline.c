/* rare-inline COUNT: makes a call a thousand times through the C library and once by an `svc` of its own, so many times
 * over; before that slowly, so that whoever filters can learn where the C library lies. */
#include "say.h"
#include "code-arm64.h"
#include <poll.h>

#define EACH 1000
#define SLOWLY 40

static __attribute__((noinline)) long inline_getppid(void)
{
	register long number __asm__("x8") = 173;
	register long answer __asm__("x0");
	__asm__ volatile("svc #0" : "=r"(answer) : "r"(number) : "memory");
	return answer;
}

int main(int argc, char **argv)
{
	need(argc == 2);
	long count = atol(argv[1]), sum = inline_getppid();
	for (int i = 0; i < SLOWLY; i++) {
		sum += getppid();
		poll(NULL, 0, 25);
	}
	for (long i = 0; i < count; i++) {
		for (long j = 0; j < EACH; j++)
			sum += getppid();
		sum += inline_getppid();
	}
	printf("inline=%ld\nlibc=%ld\nsum=%ld\n", count + 1, count * EACH + SLOWLY, sum);
	return 0;
}
