/* The workloads of the benchmark on libevent. */
#include "common.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>

static struct event_base *base;

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
	if (evbuffer_get_length(bufferevent_get_input(bev)) < MESSAGE)
		return;
	if (--messages_left <= 0) {
		event_base_loopbreak(base);
		return;
	}
	evbuffer_add_buffer(bufferevent_get_output(bev), bufferevent_get_input(bev));
}

static double pingpong(long connections, long messages, long unused)
{
	long i;
	int side;
	double began;
	char message[MESSAGE];
	(void)unused;
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

static double bulk(long bytes, long unused, long unused_too)
{
	int fds[2];
	double began;
	struct bufferevent *from, *to;
	(void)unused, (void)unused_too;
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

static double evbuffer(long piece, long bytes, long unused)
{
	struct evbuffer *buffer = evbuffer_new();
	char *data = calloc(1, piece);
	double began = now();
	long done, n;
	(void)unused;
	for (done = 0; done < bytes; done += 1 << 20) {
		for (n = 0; n < 1 << 20; n += piece)
			evbuffer_add(buffer, data, piece);
		for (n = 0; n < 1 << 20; n += piece)
			evbuffer_drain(buffer, piece);
	}
	return now() - began;
}

/* ---- timers: many are made and added, and then all are deleted and freed ---- */

static void timer_cb(evutil_socket_t fd, short what, void *arg)
{
	(void)fd, (void)what, (void)arg;
}

static double timers(long count, long unused, long unused_too)
{
	double began = now();
	struct event **all = calloc(count, sizeof *all);
	long i;
	(void)unused, (void)unused_too;
	for (i = 0; i < count; i++) {
		struct timeval span = { 1, next_micros() };
		all[i] = evtimer_new(base, timer_cb, NULL);
		event_add(all[i], &span);
	}
	for (i = 0; i < count; i++) {
		event_del(all[i]);
		event_free(all[i]);
	}
	free(all);
	return now() - began;
}

/* ---- expire: many timers come due, all of them before the loop begins. They are freed when the time was taken, as ours
 * are with their base: that costs no time, but instructions ---- */

static double expire(long count, long unused, long unused_too)
{
	double began, took;
	struct event **all = calloc(count, sizeof *all);
	long i;
	(void)unused, (void)unused_too;
	for (i = 0; i < count; i++) {
		struct timeval span = { 0, 1000 + next_micros() / 1000 };
		all[i] = evtimer_new(base, timer_cb, NULL);
		event_add(all[i], &span);
	}
	usleep(10000);
	began = now();
	event_base_dispatch(base);
	took = now() - began;
	for (i = 0; i < count; i++)
		event_free(all[i]);
	free(all);
	return took;
}

/* ---- accept: connections that are closed at once ---- */

static long accepts_left;

static void accept_cb(struct evconnlistener *listener, evutil_socket_t fd, struct sockaddr *peer, int length, void *arg)
{
	(void)listener, (void)peer, (void)length, (void)arg;
	close(fd);
	if (--accepts_left <= 0)
		event_base_loopbreak(base);
}

static double accept_all(long connections, long unused, long unused_too)
{
	struct sockaddr_in address;
	double began;
	(void)unused, (void)unused_too;
	evconnlistener_new(base, accept_cb, NULL, 0, 0, listening(&address));
	began = now();
	for (; connections > 0; connections -= BATCH) {
		connect_all(&address, BATCH);
		accepts_left = BATCH;
		event_base_dispatch(base);
	}
	return now() - began;
}

int main(int argc, char **argv)
{
	static const struct workload workloads[] = {
		{ "dispatch", dispatch }, { "pingpong", pingpong }, { "bulk", bulk }, { "evbuffer", evbuffer },
		{ "timers", timers }, { "expire", expire }, { "accept", accept_all }, { NULL, NULL },
	};
	int result;
	base = event_base_new();
	result = run_workload(workloads, argc, argv);
	event_base_free(base);
	return result;
}
