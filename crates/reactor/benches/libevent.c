/*
 * The workloads of the benchmark on real libevent. Usage: PROGRAM WORKLOAD NUMBER...
 * Prints the seconds that the workload took, without its set-up.
 */
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static struct event_base *base;

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
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

/* ---- dispatch: many pipes, some active; every event read passes a byte on, until all writes are done ---- */

static int (*pipes)[2];
static long pipe_count, writes_left, in_flight;

static void dispatch_cb(evutil_socket_t fd, short what, void *arg)
{
	long next = ((long)arg + 1) % pipe_count;
	char byte;
	(void)what;
	if (read(fd, &byte, 1) != 1)
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
	pipe_count = count;
	pipes = calloc(count, sizeof *pipes);
	for (i = 0; i < count; i++) {
		struct event *event;
		pair(pipes[i]);
		event = event_new(base, pipes[i][0], EV_READ | EV_PERSIST, dispatch_cb, (void *)i);
		event_add(event, NULL);
	}
	writes_left = writes;
	in_flight = active;
	for (i = 0; i < active; i++)
		if (write(pipes[i * (count / active)][1], "e", 1) != 1)
			fail("write");
	began = now();
	while (in_flight > 0)
		event_base_loop(base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
	return now() - began;
}

/* ---- ping-pong: connections that send a message to and fro ---- */

static long messages_left;

static void echo_cb(struct bufferevent *bev, void *arg)
{
	(void)arg;
	if (evbuffer_get_length(bufferevent_get_input(bev)) < 64)
		return;
	if (--messages_left <= 0) {
		event_base_loopbreak(base);
		return;
	}
	evbuffer_add_buffer(bufferevent_get_output(bev), bufferevent_get_input(bev));
}

static double pingpong(long connections, long messages)
{
	long i;
	int side;
	double began;
	char message[64];
	memset(message, 'x', sizeof message);
	messages_left = messages;
	for (i = 0; i < connections; i++) {
		int fds[2];
		pair(fds);
		for (side = 0; side < 2; side++) {
			struct bufferevent *bev = bufferevent_socket_new(base, fds[side], BEV_OPT_CLOSE_ON_FREE);
			bufferevent_setcb(bev, echo_cb, NULL, NULL, NULL);
			bufferevent_enable(bev, EV_READ | EV_WRITE);
			if (side == 0)
				bufferevent_write(bev, message, sizeof message);
		}
	}
	began = now();
	event_base_dispatch(base);
	return now() - began;
}

/* ---- bulk: many bytes through one connection ---- */

static long bytes_to_send, bytes_to_get;
static char block[65536];

static void bulk_write_cb(struct bufferevent *bev, void *arg)
{
	(void)arg;
	if (bytes_to_send > 0) {
		bytes_to_send -= sizeof block;
		bufferevent_write(bev, block, sizeof block);
	}
}

static void bulk_read_cb(struct bufferevent *bev, void *arg)
{
	struct evbuffer *input = bufferevent_get_input(bev);
	(void)arg;
	bytes_to_get -= evbuffer_get_length(input);
	evbuffer_drain(input, evbuffer_get_length(input));
	if (bytes_to_get <= 0)
		event_base_loopbreak(base);
}

static double bulk(long bytes)
{
	int fds[2];
	double began;
	struct bufferevent *from, *to;
	pair(fds);
	bytes_to_send = bytes_to_get = bytes;
	from = bufferevent_socket_new(base, fds[0], BEV_OPT_CLOSE_ON_FREE);
	to = bufferevent_socket_new(base, fds[1], BEV_OPT_CLOSE_ON_FREE);
	bufferevent_setcb(from, NULL, bulk_write_cb, NULL, NULL);
	bufferevent_setcb(to, bulk_read_cb, NULL, NULL, NULL);
	bufferevent_enable(from, EV_WRITE);
	bufferevent_enable(to, EV_READ);
	began = now();
	event_base_dispatch(base);
	return now() - began;
}

/* ---- evbuffer: bytes added and drained in pieces, a mebibyte at a time ---- */

static double evbuffer(long piece, long bytes)
{
	struct evbuffer *buffer = evbuffer_new();
	char *data = calloc(1, piece);
	double began = now();
	long done, n;
	for (done = 0; done < bytes; done += 1 << 20) {
		for (n = 0; n < 1 << 20; n += piece)
			evbuffer_add(buffer, data, piece);
		for (n = 0; n < 1 << 20; n += piece)
			evbuffer_drain(buffer, piece);
	}
	return now() - began;
}

/* ---- timers: spans of 1 to 2 s that look like chance and are the same in all programs ---- */

static struct timeval next_span(void)
{
	static unsigned number = 1;
	struct timeval span = { 0, 0 };
	number = number * 1103515245u + 12345u;
	span.tv_sec = 1;
	span.tv_usec = (number >> 8) % 1000000;
	return span;
}

static void timer_cb(evutil_socket_t fd, short what, void *arg)
{
	(void)fd, (void)what, (void)arg;
}

/* Many are made and added, and then all are deleted and freed. */
static double timers(long count)
{
	double began = now();
	struct event **all = calloc(count, sizeof *all);
	long i;
	for (i = 0; i < count; i++) {
		struct timeval span = next_span();
		all[i] = evtimer_new(base, timer_cb, NULL);
		event_add(all[i], &span);
	}
	for (i = 0; i < count; i++) {
		event_del(all[i]);
		event_free(all[i]);
	}
	return now() - began;
}

/* Many come due, all of them before the loop begins. */
static double expire(long count)
{
	double began;
	long i;
	for (i = 0; i < count; i++) {
		struct timeval span = next_span();
		struct event *timer = evtimer_new(base, timer_cb, NULL);
		span.tv_usec = 1000 + span.tv_usec / 1000;
		span.tv_sec = 0;
		event_add(timer, &span);
	}
	usleep(10000);
	began = now();
	event_base_dispatch(base);
	return now() - began;
}

int main(int argc, char **argv)
{
	double seconds;
	struct rlimit limit;
	long a = argc > 2 ? atol(argv[2]) : 0, b = argc > 3 ? atol(argv[3]) : 0, c = argc > 4 ? atol(argv[4]) : 0;
	if (argc < 3)
		return 2;
	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
	base = event_base_new();
	if (!strcmp(argv[1], "dispatch"))
		seconds = dispatch(a, b, c);
	else if (!strcmp(argv[1], "pingpong"))
		seconds = pingpong(a, b);
	else if (!strcmp(argv[1], "bulk"))
		seconds = bulk(a);
	else if (!strcmp(argv[1], "evbuffer"))
		seconds = evbuffer(a, b);
	else if (!strcmp(argv[1], "timers"))
		seconds = timers(a);
	else if (!strcmp(argv[1], "expire"))
		seconds = expire(a);
	else
		return 2;
	printf("%.9f\n", seconds);
	return 0;
}
