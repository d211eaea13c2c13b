/* The workloads of the benchmark on libev. */
#include "common.h"

#include <ev.h>

static struct ev_loop *loop;

/* ---- dispatch ---- */

static int (*pipes)[2];
static long pipe_count, writes_left, in_flight;

static void dispatch_cb(struct ev_loop *l, ev_io *io, int what)
{
	long next = ((long)io->data + 1) % pipe_count;
	char byte;
	(void)l, (void)what;
	if (read(io->fd, &byte, 1) != 1)
		fail("read");
	in_flight--;
	if (writes_left > 0) {
		writes_left--;
		in_flight++;
		if (write(pipes[next][1], "e", 1) != 1)
			fail("write");
	}
}

static double dispatch(long count, long active, long writes)
{
	long i;
	double began;
	ev_io *events = calloc(count, sizeof *events);
	pipe_count = count;
	pipes = calloc(count, sizeof *pipes);
	for (i = 0; i < count; i++) {
		pair(pipes[i]);
		ev_io_init(&events[i], dispatch_cb, pipes[i][0], EV_READ);
		events[i].data = (void *)i;
		ev_io_start(loop, &events[i]);
	}
	writes_left = writes;
	in_flight = active;
	for (i = 0; i < active; i++)
		if (write(pipes[i * (count / active)][1], "e", 1) != 1)
			fail("write");
	began = now();
	while (in_flight > 0)
		ev_run(loop, EVRUN_NOWAIT);
	return now() - began;
}

/* ---- ping-pong: what was read is written when the socket is found to have room, as bufferevents do it ---- */

struct end {
	ev_io reads, writes;
	char message[MESSAGE];
};

static long messages_left;

static void read_cb(struct ev_loop *l, ev_io *io, int what)
{
	struct end *end = io->data;
	(void)what;
	if (read(io->fd, end->message, MESSAGE) != MESSAGE)
		fail("read");
	if (--messages_left <= 0)
		ev_break(l, EVBREAK_ALL);
	else
		ev_io_start(l, &end->writes);
}

static void write_cb(struct ev_loop *l, ev_io *io, int what)
{
	struct end *end = io->data;
	(void)what;
	if (write(io->fd, end->message, MESSAGE) != MESSAGE)
		fail("write");
	ev_io_stop(l, io);
}

static double pingpong(long connections, long messages, long unused)
{
	struct end *ends = calloc(2 * connections, sizeof *ends);
	double began;
	long i;
	(void)unused;
	messages_left = messages;
	for (i = 0; i < connections; i++) {
		int fds[2], side;
		pair(fds);
		for (side = 0; side < 2; side++) {
			struct end *end = &ends[2 * i + side];
			memset(end->message, 'x', MESSAGE);
			ev_io_init(&end->reads, read_cb, fds[side], EV_READ);
			ev_io_init(&end->writes, write_cb, fds[side], EV_WRITE);
			end->reads.data = end->writes.data = end;
			ev_io_start(loop, &end->reads);
			if (side == 0)
				ev_io_start(loop, &end->writes);
		}
	}
	began = now();
	ev_run(loop, 0);
	return now() - began;
}

/* ---- bulk ---- */

static long to_send, to_get;

static void bulk_write_cb(struct ev_loop *l, ev_io *io, int what)
{
	static char block[MAX_WRITE];
	ssize_t done = write(io->fd, block, sizeof block);
	(void)what;
	to_send -= done > 0 ? done : 0;
	if (to_send <= 0)
		ev_io_stop(l, io);
}

static void bulk_read_cb(struct ev_loop *l, ev_io *io, int what)
{
	static char room[MAX_READ];
	ssize_t done = read(io->fd, room, sizeof room);
	(void)what;
	to_get -= done > 0 ? done : 0;
	if (to_get <= 0)
		ev_break(l, EVBREAK_ALL);
}

static double bulk(long bytes, long unused, long unused_too)
{
	static ev_io reads, writes;
	int fds[2];
	double began;
	(void)unused, (void)unused_too;
	pair(fds);
	to_send = to_get = bytes;
	ev_io_init(&writes, bulk_write_cb, fds[0], EV_WRITE);
	ev_io_init(&reads, bulk_read_cb, fds[1], EV_READ);
	ev_io_start(loop, &writes);
	ev_io_start(loop, &reads);
	began = now();
	ev_run(loop, 0);
	return now() - began;
}

/* ---- timers ---- */

static void timer_cb(struct ev_loop *l, ev_timer *timer, int what)
{
	(void)l, (void)timer, (void)what;
}

static double timers(long count, long unused, long unused_too)
{
	double began = now();
	ev_timer **all = calloc(count, sizeof *all);
	long i;
	(void)unused, (void)unused_too;
	for (i = 0; i < count; i++) {
		all[i] = malloc(sizeof **all);
		ev_timer_init(all[i], timer_cb, 1 + next_micros() / 1e6, 0);
		ev_timer_start(loop, all[i]);
	}
	for (i = 0; i < count; i++) {
		ev_timer_stop(loop, all[i]);
		free(all[i]);
	}
	free(all);
	return now() - began;
}

static double expire(long count, long unused, long unused_too)
{
	double began, took;
	ev_timer **all = calloc(count, sizeof *all);
	long i;
	(void)unused, (void)unused_too;
	for (i = 0; i < count; i++) {
		all[i] = malloc(sizeof **all);
		ev_timer_init(all[i], timer_cb, 0.001 + next_micros() / 1e9, 0);
		ev_timer_start(loop, all[i]);
	}
	usleep(10000);
	began = now();
	ev_run(loop, 0);
	took = now() - began;
	/* As in the others: freed when the time was taken. */
	for (i = 0; i < count; i++)
		free(all[i]);
	free(all);
	return took;
}

/* ---- accept ---- */

static long accepts_left;

static void accept_cb(struct ev_loop *l, ev_io *io, int what)
{
	int fd;
	(void)what;
	while ((fd = accept4(io->fd, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
		close(fd);
		if (--accepts_left <= 0)
			ev_break(l, EVBREAK_ALL);
	}
}

static double accept_all(long connections, long unused, long unused_too)
{
	static ev_io listener;
	struct sockaddr_in address;
	double began;
	(void)unused, (void)unused_too;
	ev_io_init(&listener, accept_cb, listening(&address), EV_READ);
	ev_io_start(loop, &listener);
	began = now();
	for (; connections > 0; connections -= BATCH) {
		connect_all(&address, BATCH);
		accepts_left = BATCH;
		ev_run(loop, 0);
	}
	return now() - began;
}

int main(int argc, char **argv)
{
	static const struct workload workloads[] = {
		{ "dispatch", dispatch }, { "pingpong", pingpong }, { "bulk", bulk }, { "timers", timers },
		{ "expire", expire }, { "accept", accept_all }, { NULL, NULL },
	};
	int result;
	loop = ev_default_loop(EVBACKEND_EPOLL);
	result = run_workload(workloads, argc, argv);
	ev_loop_destroy(loop);
	return result;
}
