/* A server that hangs: its high mark is below what it waits for: the twin of
 * examples/high-watermark-stall.rs on libevent itself.
 *
 *     cc -g -o high-watermark-stall high-watermark-stall.c -levent
 *     ./high-watermark-stall          (and `nc 127.0.0.1 9995` beside it; Ctrl-C stops it) */

#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>

/* The low mark: what a request has. */
#define REQUEST 32
/* The high mark: what the input may hold. It must not be less than the low one. */
#define MOST 16

/* A whole request has come. It never does. */
static void request_readcb(struct bufferevent *bev, void *arg)
{
    static const char answer[] = "here is your answer\n";

    (void)arg;
    bufferevent_write(bev, answer, strlen(answer));
}

/* Ends a connection that takes too long. */
static void give_up(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    bufferevent_free(arg);
}

/* The client has gone away. */
static void conn_eventcb(struct bufferevent *bev, short what, void *arg)
{
    (void)what, (void)arg;
    bufferevent_free(bev);
}

/* Somebody has connected. */
static void listener_cb(struct evconnlistener *listener, evutil_socket_t fd,
    struct sockaddr *peer, int len, void *arg)
{
    const struct timeval patience = { 0, 80 * 1000 }, half = { 0, 40 * 1000 };
    struct event_base *base = arg;
    struct bufferevent *bev = bufferevent_socket_new(base, fd, BEV_OPT_CLOSE_ON_FREE);

    (void)listener, (void)peer, (void)len;
    if (bev == NULL) {
        event_base_loopbreak(base);
        return;
    }
    bufferevent_setcb(bev, request_readcb, NULL, conn_eventcb, NULL);
    bufferevent_setwatermark(bev, EV_READ, REQUEST, MOST);
    /* It does not help: a side that is suspended has no timeout. */
    bufferevent_set_timeouts(bev, &half, NULL);
    bufferevent_enable(bev, EV_READ);
    event_base_once(base, -1, EV_TIMEOUT, give_up, bev, &patience);
}

/* Ctrl-C: the loop ends after this turn. */
static void signal_cb(evutil_socket_t signal, short what, void *arg)
{
    (void)signal, (void)what;
    event_base_loopexit(arg, NULL);
}

int main(int argc, char **argv)
{
    struct sockaddr_in addr = { .sin_family = AF_INET };
    struct event_base *base;
    struct evconnlistener *listener;
    struct event *signal_event;

    addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    addr.sin_port = htons(argc > 1 ? atoi(argv[1]) : 9995);

    base = event_base_new();
    if (base == NULL)
        return 1;
    listener = evconnlistener_new_bind(base, listener_cb, base,
        LEV_OPT_REUSEABLE | LEV_OPT_CLOSE_ON_FREE, -1,
        (struct sockaddr *)&addr, sizeof(addr));
    if (listener == NULL) {
        perror("cannot listen");
        return 1;
    }
    signal_event = evsignal_new(base, SIGINT, signal_cb, base);
    event_add(signal_event, NULL);

    event_base_dispatch(base);

    evconnlistener_free(listener);
    event_free(signal_event);
    event_base_free(base);
    return 0;
}
