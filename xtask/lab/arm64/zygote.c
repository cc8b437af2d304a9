/* zygote <ORDERS >TRUTH: a stand-in for Android's zygote64. It forks as root, and its children become apps as
 * specialise.h says. Orders, one a line:
 *
 *   fork KIND UID NAME PACKAGE MARKS END       a process; PACKAGE is whose it is in truth, `-` if nobody can tell
 *   pool KIND UID NAME PACKAGE MARKS END       one that was forked before (`usap`) becomes it
 *   from ZYGOTE KIND UID NAME PACKAGE MARKS END  the child zygote of that name makes it
 *   usap N          forks N processes that wait until they are needed
 *   at-once N       no more than N that end by themselves are there at a time
 *   mark            each that stays makes its marks again
 *   stop PACKAGE    kills those of a package, as force-stop does
 *   say WORD        prints it once all that end by themselves have ended, and all others wait
 *   end             ends all, and prints the ground truth: a JSON object for each process
 *
 * END is how it ends: `exit` after its marks; `stay`; `zygote`: it becomes a child zygote; `named`: right after it has its
 * name; `unnamed`: after its marks, without a name; `before`: before it is another user's; `killed`: before it has its
 * name; `child` and `exec`: as `exit`, after a child, or another program in a child, has made one more mark. */
#include "specialise.h"
#include "truth.h"
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

static const struct sockaddr_un pool_address = { AF_UNIX, "\0usap_pool_primary" };
static int pool_socket, at_once = 8;
/* The writing ends of child zygotes' pipes, by slot. */
static int orders_of[SLOTS];

enum { REAP = -1, END = -2 };

static int ends_by_itself(const struct slot *slot)
{
	return strcmp(slot->end, "stay") != 0 && strcmp(slot->end, "zygote") != 0 && strcmp(slot->end, "usap") != 0;
}

static void reaped(struct slot *slot, int status)
{
	slot->status = status;
	slot->ended_ns = now_ns();
	slot->ended = 1;
}

/* Children of the slot `parent` that are to end; or one of them, whichever comes first. */
static int running(int parent)
{
	int count = 0;
	for (int at = 0; at < shared->slots; at++) {
		struct slot *slot = &shared->slot[at];
		int is_to_end = ends_by_itself(slot) || slot->told || shared->over;
		count += slot->parent == parent && slot->pid && !slot->ended && is_to_end;
	}
	return count;
}

static void reap_one(int parent, int flags)
{
	int status = 0;
	long pid = call(SYS_wait4, -1, &status, flags, NULL);
	for (int at = 0; pid > 0 && at < shared->slots; at++) {
		struct slot *slot = &shared->slot[at];
		if (slot->parent == parent && slot->pid == pid && !slot->ended)
			reaped(slot, status);
	}
}

static void wait_for_order(void)
{
	for (;;) {
		int round = shared->round;
		me->stage = WAITS;
		while (shared->round == round)
			call(SYS_futex, &shared->round, FUTEX_WAIT, round, NULL);
		if (shared->over)
			leave(0);
		for (int at = 0; at < me->marks; at++)
			mark_once();
	}
}

/* A process of the app's own: nobody specialises it. */
static void make_child(void)
{
	char path[256];
	int status = 0;
	mark_path(path, sizeof path, me->marked);
	long pid = call(SYS_clone, SIGCHLD);
	must(pid >= 0);
	if (pid > 0) {
		me->child = pid;
		me->mark_ns[me->marked] = now_ns();
		call(SYS_wait4, pid, &status, 0, NULL);
		me->marked++;
		return;
	}
	if (ends("exec")) {
		char *words[] = { "sh", "mark", path, NULL }, *none[] = { NULL };
		svc(SYS_execve, "/proc/self/exe", words, none);
	}
	svc(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
	svc(SYS_exit_group, 0);
}

static void serve(int orders);

/* What a child does from its fork on. */
static void __attribute__((noreturn)) live(int orders)
{
	uint64_t none = 0;
	if (!ends("usap")) {
		call(SYS_rt_sigprocmask, SIG_SETMASK, &none, NULL, sizeof none);
		call(SYS_setpriority, PRIO_PROCESS, 0, 0);
	}
	specialise(ends("zygote"));
	if (ends("child") || ends("exec"))
		make_child();
	if (ends("zygote"))
		serve(orders);
	if (ends("stay"))
		wait_for_order();
	leave(0);
}

/* `Zygote.childMain` of a process that waits: it takes the order over that comes by the socket. */
static void __attribute__((noreturn)) wait_in_pool(void)
{
	int number;
	call(SYS_setpriority, PRIO_PROCESS, 0, 0);
	set_argv0("usap64");
	me->stage = WAITS;
	long fd = call(SYS_accept4, pool_socket, NULL, NULL, SOCK_CLOEXEC);
	must(fd >= 0 && call(SYS_read, fd, &number, sizeof number) == sizeof number);
	call(SYS_close, fd);
	struct slot *order = &shared->slot[number];
	me->stage = FORKED;
	me->uid = order->uid;
	me->marks = order->marks;
	memcpy(me->kind, order->kind, sizeof me->kind);
	memcpy(me->name, order->name, sizeof me->name);
	memcpy(me->package, order->package, sizeof me->package);
	memcpy(me->end, order->end, sizeof me->end);
	order->taken = 1;
	live(-1);
}

/* A plain clone, so that the child makes no call that is not told. With few numbers all may be taken for a moment. */
static long fork_once_there_is_a_number(void)
{
	const struct timespec moment = { 0, 1000000 };
	for (int tries = 0;; tries++) {
		long pid = call(SYS_clone, SIGCHLD);
		if (pid != -EAGAIN || tries == 5000)
			return pid;
		call(SYS_nanosleep, &moment, NULL);
	}
}

static void fork_slot(int number, int orders)
{
	struct slot *slot = &shared->slot[number];
	slot->forked_ns = now_ns();
	long pid = fork_once_there_is_a_number();
	if (pid == 0) {
		me = slot;
		if (ends("usap"))
			wait_in_pool();
		live(orders);
	}
	if (me)
		must(pid > 0);
	need(pid > 0);
	slot->pid = pid;
}

/* A child zygote: orders come by a pipe, as numbers of slots. */
static void serve(int orders)
{
	int number, own = own_number(), first = me->uid - me->uid % USER;
	range_filter(first + (is_kind("webview_zygote") ? FIRST_OF_WEBVIEW : FIRST_ISOLATED), first + USER - 1);
	for (me->stage = WAITS; call(SYS_read, orders, &number, sizeof number) == sizeof number && number != END;) {
		if (number >= 0)
			fork_slot(number, -1);
		while (running(own) && number == REAP)
			reap_one(own, 0);
		__sync_fetch_and_add(&shared->reaped, number == REAP);
	}
	while (running(own))
		reap_one(own, 0);
	leave(0);
}

static int is_zygote(int at)
{
	return strcmp(shared->slot[at].end, "zygote") == 0 && !shared->slot[at].ended && !shared->slot[at].told;
}

static void tell(int at, int number)
{
	need(write(orders_of[at], &number, sizeof number) == sizeof number);
}

/* All that end by themselves have ended. */
static void reap_all(void)
{
	while (running(-1))
		reap_one(-1, 0);
	for (int at = 0; at < shared->slots; at++) {
		if (!is_zygote(at))
			continue;
		int before = shared->reaped;
		tell(at, REAP);
		while (shared->reaped == before)
			pause_ms(2);
	}
}

static void until_waiting(void)
{
	for (int at = 0; at < shared->slots; at++) {
		struct slot *slot = &shared->slot[at];
		for (int tries = 0; !ends_by_itself(slot) && !slot->taken && !slot->ended && slot->stage != WAITS; tries++) {
			need(tries < 5000);
			pause_ms(2);
		}
	}
}

static int take_order(const char *words, int parent)
{
	int number = shared->slots;
	need(number < SLOTS);
	struct slot *slot = &shared->slot[number];
	int taken = sscanf(words, "%23s %d %127s %63s %d %11s", slot->kind, &slot->uid, slot->name, slot->package,
			   &slot->marks, slot->end);
	need(taken == 6);
	slot->parent = parent;
	shared->slots++;
	return number;
}

static void fork_one(const char *words)
{
	int ends[2] = { -1, -1 }, number = take_order(words, -1);
	if (is_zygote(number)) {
		need(pipe(ends) == 0);
		orders_of[number] = ends[1];
	}
	while (running(-1) > at_once)
		reap_one(-1, 0);
	fork_slot(number, ends[0]);
	reap_one(-1, WNOHANG);
	close(ends[0]);
}

static void from_zygote(const char *words)
{
	char name[128];
	int length = 0;
	need(sscanf(words, "%127s %n", name, &length) == 1);
	for (int at = 0; at < shared->slots; at++) {
		if (is_zygote(at) && strcmp(shared->slot[at].name, name) == 0) {
			tell(at, take_order(words + length, at));
			return;
		}
	}
	fprintf(stderr, "zygote: there is no %s\n", name);
	exit(98);
}

static void from_pool(const char *words)
{
	int number = take_order(words, -1), fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	need(fd >= 0 && connect(fd, (const void *)&pool_address, sizeof pool_address) == 0);
	need(write(fd, &number, sizeof number) == sizeof number);
	close(fd);
	while (!shared->slot[number].taken)
		pause_ms(1);
}

static void fill_pool(int count)
{
	for (; count > 0; count--)
		fork_slot(take_order("usap 0 usap64 - 0 usap", -1), -1);
	until_waiting();
}

static void next_round(void)
{
	until_waiting();
	for (int at = 0; at < shared->slots; at++)
		shared->slot[at].stage = shared->slot[at].stage == WAITS && strcmp(shared->slot[at].end, "stay") == 0 ?
						 NAMED : shared->slot[at].stage;
	__sync_fetch_and_add(&shared->round, 1);
	svc(SYS_futex, &shared->round, FUTEX_WAKE, SLOTS);
}

static void stop(const char *package)
{
	for (int at = 0; at < shared->slots; at++) {
		struct slot *slot = &shared->slot[at];
		if (strcmp(slot->package, package) != 0 || slot->ended || slot->taken || !slot->pid)
			continue;
		slot->told = 1;
		kill(slot->pid, SIGKILL);
	}
	reap_all();
	/* Those whose zygote was killed too are nobody's to reap. */
	for (int at = 0; at < shared->slots; at++)
		if (shared->slot[at].told && !shared->slot[at].ended)
			reaped(&shared->slot[at], SIGKILL);
}

static void end_all(void)
{
	/* Who waits in the pool for nothing has nobody to tell it. */
	until_waiting();
	for (int at = 0; at < shared->slots; at++) {
		struct slot *slot = &shared->slot[at];
		if (strcmp(slot->end, "usap") == 0 && !slot->ended)
			kill(slot->pid, SIGKILL);
	}
	shared->over = 1;
	next_round();
	for (int at = 0; at < shared->slots; at++)
		if (is_zygote(at))
			tell(at, END);
	while (running(-1))
		reap_one(-1, 0);
	for (int at = 0; at < shared->slots; at++)
		print(at);
}

static void obey(const char *order)
{
	char verb[16] = "";
	int length = 0;
	sscanf(order, "%15s %n", verb, &length);
	const char *rest = order + length;
	if (strcmp(verb, "fork") == 0)
		fork_one(rest);
	else if (strcmp(verb, "from") == 0)
		from_zygote(rest);
	else if (strcmp(verb, "pool") == 0)
		from_pool(rest);
	else if (strcmp(verb, "usap") == 0)
		fill_pool(atoi(rest));
	else if (strcmp(verb, "at-once") == 0)
		at_once = atoi(rest);
	else if (strcmp(verb, "mark") == 0)
		next_round();
	else if (strcmp(verb, "stop") == 0)
		stop(rest);
	else if (strcmp(verb, "say") == 0) {
		reap_all();
		until_waiting();
		printf("{\"said\":\"%s\",\"ns\":%ld}\n", rest, now_ns());
	} else {
		fprintf(stderr, "zygote: no such order: %s\n", order);
		exit(98);
	}
	fflush(stdout);
}

/* Its own command line has the room that Android's zygote has: that of the words it was started with. */
static void be_zygote(int argc, char **argv)
{
	static char *words[] = { "/system/bin/app_process64", "-Xzygote", "/system/bin", "--zygote",
				 "--start-system-server", "--socket-name=zygote", NULL };
	if (argc == 1) {
		execv("/proc/self/exe", words);
		need(0);
	}
	block = argv[0];
	room = argv[argc - 1] + strlen(argv[argc - 1]) + 1 - argv[0];
	set_argv0("zygote64");
	prctl(PR_SET_NAME, "main"); /* as the runtime calls its first thread */
}

int main(int argc, char **argv)
{
	static char order[512];
	if (argc > 2 && strcmp(argv[1], "mark") == 0)
		return svc(SYS_openat, AT_FDCWD, argv[2], O_RDONLY) >= 0;
	be_zygote(argc, argv);
	shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	need(shared != MAP_FAILED);
	pool_socket = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	need(bind(pool_socket, (const void *)&pool_address, sizeof pool_address) == 0);
	need(listen(pool_socket, 16) == 0);
	signal(SIGPIPE, SIG_IGN);
	while (fgets(order, sizeof order, stdin) && strcmp(order, "end\n") != 0) {
		order[strcspn(order, "\n")] = 0;
		if (order[0])
			obey(order);
	}
	end_all();
	return 0;
}
