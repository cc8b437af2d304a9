/* As much of binder as it takes to pass a descriptor: one process receives, any thread of others sends. */
#ifndef BINDER_H
#define BINDER_H

#include "svc.h"
#include <linux/android/binder.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#define BINDER_DEVICE "/dev/binderfs/binder"
#define BINDER_ROOM (256 * 1024)

struct binder_sent {
	struct binder_fd_object object;
	binder_size_t offset;
};

/* Opens the device as the number `above` or a higher one; negative where there is none. */
static int binder_open(int above)
{
	long fd = svc(SYS_openat, AT_FDCWD, BINDER_DEVICE, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return -1;
	int high = fcntl(fd, F_DUPFD_CLOEXEC, above);
	svc(SYS_close, fd);
	if (high < 0 || mmap(NULL, BINDER_ROOM, PROT_READ, MAP_PRIVATE, high, 0) == MAP_FAILED)
		return -1;
	return high;
}

static long binder_talk(int binder, void *write, size_t wrote, void *read, size_t room, size_t *got)
{
	struct binder_write_read both = {
		.write_buffer = (uintptr_t)write, .write_size = wrote, .read_buffer = (uintptr_t)read, .read_size = room,
	};
	long ret = svc(SYS_ioctl, binder, BINDER_WRITE_READ, &both);
	*got = ret == 0 ? both.read_consumed : 0;
	return ret;
}

/* The first answer of a kind in what was read, or NULL: each is a word and what its size says. */
static void *binder_find(char *read, size_t got, uint32_t wanted)
{
	for (size_t at = 0; at + 4 <= got;) {
		uint32_t word;
		memcpy(&word, read + at, 4);
		if (word == wanted)
			return read + at + 4;
		at += 4 + _IOC_SIZE(word);
	}
	return NULL;
}

static void binder_free(int binder, binder_uintptr_t buffer)
{
	struct { uint32_t word; binder_uintptr_t buffer; } __attribute__((packed)) free = { BC_FREE_BUFFER, buffer };
	size_t got;
	binder_talk(binder, &free, sizeof free, NULL, 0, &got);
}

/* Sends a descriptor to the one that receives; whether it took it. */
static int binder_send(int binder, int fd)
{
	struct binder_sent sent = { { { BINDER_TYPE_FD } }, 0 };
	struct { uint32_t word; struct binder_transaction_data data; } __attribute__((packed)) call = { BC_TRANSACTION };
	char read[512] __attribute__((aligned(8)));
	size_t got, wrote = sizeof call;
	sent.object.fd = fd;
	call.data.data_size = sizeof sent.object;
	call.data.offsets_size = sizeof sent.offset;
	call.data.data.ptr.buffer = (uintptr_t)&sent.object;
	call.data.data.ptr.offsets = (uintptr_t)&sent.offset;
	for (int i = 0; i < 16; i++) {
		if (binder_talk(binder, &call, wrote, read, sizeof read, &got) != 0)
			return 0;
		wrote = 0;
		struct binder_transaction_data reply;
		void *answer = binder_find(read, got, BR_REPLY);
		if (answer) {
			memcpy(&reply, answer, sizeof reply);
			binder_free(binder, reply.data.ptr.buffer);
			return 1;
		}
		if (binder_find(read, got, BR_DEAD_REPLY) || binder_find(read, got, BR_FAILED_REPLY))
			return 0;
	}
	return 0;
}

/* Becomes the one that receives. */
static int binder_receives(int binder)
{
	struct flat_binder_object self = { .flags = FLAT_BINDER_FLAG_ACCEPTS_FDS };
	uint32_t word = BC_ENTER_LOOPER;
	size_t got;
	return svc(SYS_ioctl, binder, BINDER_SET_CONTEXT_MGR_EXT, &self) == 0
	       && binder_talk(binder, &word, sizeof word, NULL, 0, &got) == 0;
}

/* The next descriptor that somebody sends; negative at the end. */
static int binder_receive(int binder)
{
	struct {
		uint32_t free; binder_uintptr_t buffer;
		uint32_t word; struct binder_transaction_data data;
	} __attribute__((packed)) reply = { .free = BC_FREE_BUFFER, .word = BC_REPLY };
	char read[512] __attribute__((aligned(8)));
	struct binder_transaction_data call;
	struct binder_fd_object object;
	size_t got;
	for (;;) {
		if (binder_talk(binder, NULL, 0, read, sizeof read, &got) != 0)
			return -1;
		void *found = binder_find(read, got, BR_TRANSACTION);
		if (!found)
			continue;
		memcpy(&call, found, sizeof call);
		memcpy(&object, (void *)(uintptr_t)call.data.ptr.buffer, sizeof object);
		reply.buffer = call.data.ptr.buffer;
		binder_talk(binder, &reply, sizeof reply, NULL, 0, &got);
		return object.fd;
	}
}

#endif
