/* What the benchmark's C programs share. Each runs: PROGRAM WORKLOAD NUMBER..., and prints the seconds that it took. */
#ifndef COMMON_H
#define COMMON_H

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* As in libevent: the most that one read and one write take. */
#define MAX_READ 4096
#define MAX_WRITE 16384
#define MESSAGE 64
/* So many connections wait at once to be accepted. */
#define BATCH 64

/* Time on a processor: no workload ever waits for anything, so on a machine that does nothing else it is the time that
 * passes, and on others it still counts. */
static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static void pair(int fds[2])
{
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds) < 0)
		fail("socketpair");
}

/* Microseconds beyond the first second that look like chance and are the same in all programs. */
static inline unsigned next_micros(void)
{
	static unsigned number = 1;
	number = number * 1103515245u + 12345u;
	return (number >> 8) % 1000000;
}

/* A listening socket of the loopback interface. */
static inline int listening(struct sockaddr_in *address)
{
	socklen_t length = sizeof *address;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	memset(address, 0, sizeof *address);
	address->sin_family = AF_INET;
	address->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || bind(fd, (struct sockaddr *)address, sizeof *address) < 0 || listen(fd, 2 * BATCH) < 0 ||
	    getsockname(fd, (struct sockaddr *)address, &length) < 0)
		fail("listen");
	return fd;
}

/* Connects so many times, and closes each at once: what is accepted is there all the same. */
static inline void connect_all(const struct sockaddr_in *address, long count)
{
	while (count-- > 0) {
		int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
		struct linger reset = { 1, 0 };
		if (fd < 0 || connect(fd, (const struct sockaddr *)address, sizeof *address) < 0)
			fail("connect");
		/* No port waits for late packets afterwards. */
		setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
		close(fd);
	}
}

static void raise_fd_limit(void)
{
	struct rlimit limit;
	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

struct workload {
	const char *name;
	double (*run)(long, long, long);
};

/* Runs the workload that the arguments ask for. */
static int run_workload(const struct workload *all, int argc, char **argv)
{
	long numbers[3] = { 0, 0, 0 };
	int i;
	raise_fd_limit();
	for (i = 2; i < argc && i < 5; i++)
		numbers[i - 2] = atol(argv[i]);
	for (; argc > 1 && all->name; all++)
		if (!strcmp(argv[1], all->name)) {
			printf("%.9f\n", all->run(numbers[0], numbers[1], numbers[2]));
			return 0;
		}
	return 2;
}

#endif
