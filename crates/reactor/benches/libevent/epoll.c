/* The floor: the workloads of the benchmark on epoll alone, without a library. What is done is what libevent's system
 * calls do, and nothing else. */
#include "common.h"

#include <sys/epoll.h>

#define MAX_EVENTS 4096

static int ep;
static struct epoll_event ready[MAX_EVENTS];

static void control(int op, int fd, unsigned events, void *data)
{
	struct epoll_event event = { .events = events, .data.ptr = data };
	if (epoll_ctl(ep, op, fd, &event) < 0)
		fail("epoll_ctl");
}

/* ---- dispatch ---- */

static double dispatch(long count, long active, long writes)
{
	int (*pipes)[2] = calloc(count, sizeof *pipes);
	long in_flight = active, i;
	double began;
	for (i = 0; i < count; i++) {
		pair(pipes[i]);
		control(EPOLL_CTL_ADD, pipes[i][0], EPOLLIN, (void *)i);
	}
	for (i = 0; i < active; i++)
		if (write(pipes[i * (count / active)][1], "e", 1) != 1)
			fail("write");
	began = now();
	while (in_flight > 0) {
		int n = epoll_wait(ep, ready, MAX_EVENTS, 0), k;
		for (k = 0; k < n; k++) {
			long at = (long)ready[k].data.ptr;
			char byte;
			if (read(pipes[at][0], &byte, 1) != 1)
				fail("read");
			in_flight--;
			if (writes > 0) {
				writes--;
				in_flight++;
				if (write(pipes[(at + 1) % count][1], "e", 1) != 1)
					fail("write");
			}
		}
	}
	return now() - began;
}

/* ---- ping-pong: what was read is written when the socket is found to have room, as bufferevents do it ---- */

struct end {
	int fd;
	char message[MESSAGE];
};

static double pingpong(long connections, long messages, long unused)
{
	struct end *ends = calloc(2 * connections, sizeof *ends);
	double began;
	long i;
	(void)unused;
	for (i = 0; i < connections; i++) {
		int fds[2], side;
		pair(fds);
		for (side = 0; side < 2; side++) {
			struct end *end = &ends[2 * i + side];
			end->fd = fds[side];
			memset(end->message, 'x', MESSAGE);
			control(EPOLL_CTL_ADD, end->fd, EPOLLIN | (side == 0 ? EPOLLOUT : 0), end);
		}
	}
	began = now();
	for (;;) {
		int n = epoll_wait(ep, ready, MAX_EVENTS, -1), k;
		for (k = 0; k < n; k++) {
			struct end *end = ready[k].data.ptr;
			if (ready[k].events & EPOLLIN) {
				if (read(end->fd, end->message, MESSAGE) != MESSAGE)
					fail("read");
				if (--messages <= 0)
					return now() - began;
				control(EPOLL_CTL_MOD, end->fd, EPOLLIN | EPOLLOUT, end);
			} else {
				if (write(end->fd, end->message, MESSAGE) != MESSAGE)
					fail("write");
				control(EPOLL_CTL_MOD, end->fd, EPOLLIN, end);
			}
		}
	}
}

/* ---- bulk ---- */

static double bulk(long bytes, long unused, long unused_too)
{
	static char block[MAX_WRITE], room[MAX_READ];
	long to_send = bytes, to_get = bytes;
	int fds[2];
	double began;
	(void)unused, (void)unused_too;
	pair(fds);
	control(EPOLL_CTL_ADD, fds[0], EPOLLOUT, &fds[0]);
	control(EPOLL_CTL_ADD, fds[1], EPOLLIN, &fds[1]);
	began = now();
	while (to_get > 0) {
		int n = epoll_wait(ep, ready, MAX_EVENTS, -1), k;
		for (k = 0; k < n; k++) {
			ssize_t done;
			if (ready[k].data.ptr == &fds[1]) {
				done = read(fds[1], room, sizeof room);
				to_get -= done > 0 ? done : 0;
				continue;
			}
			done = write(fds[0], block, sizeof block);
			to_send -= done > 0 ? done : 0;
			if (to_send <= 0)
				control(EPOLL_CTL_DEL, fds[0], 0, NULL);
		}
	}
	return now() - began;
}

/* ---- accept ---- */

static double accept_all(long connections, long unused, long unused_too)
{
	struct sockaddr_in address;
	int listener = listening(&address);
	double began = now();
	(void)unused, (void)unused_too;
	control(EPOLL_CTL_ADD, listener, EPOLLIN, NULL);
	while (connections > 0) {
		long left = BATCH;
		connect_all(&address, BATCH);
		while (left > 0) {
			int fd;
			epoll_wait(ep, ready, MAX_EVENTS, -1);
			while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
				close(fd);
				left--;
			}
		}
		connections -= BATCH;
	}
	return now() - began;
}

int main(int argc, char **argv)
{
	static const struct workload workloads[] = {
		{ "dispatch", dispatch }, { "pingpong", pingpong }, { "bulk", bulk }, { "accept", accept_all }, { NULL, NULL },
	};
	ep = epoll_create1(EPOLL_CLOEXEC);
	return run_workload(workloads, argc, argv);
}
