/* A server whose client has said all it will say, and still listens: the twin of
 * examples/eof.rs on libevent itself.
 *
 *     cc -g -o eof eof.c -levent
 *     ./eof          (and `echo hi | nc -N 127.0.0.1 9995` beside it; Ctrl-C stops it) */

#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>

static void conn_eventcb(struct bufferevent *bev, short what, void *arg);

/* The farewell is out. */
static void hang_up(struct bufferevent *bev, void *arg)
{
    (void)arg;
    bufferevent_free(bev);
}

/* After the end, what was said is still in the input, and an answer still gets through. */
static void conn_eventcb(struct bufferevent *bev, short what, void *arg)
{
    char farewell[64];
    size_t len;

    (void)arg;
    if (what != (BEV_EVENT_READING | BEV_EVENT_EOF)) {
        bufferevent_free(bev);
        return;
    }
    len = evbuffer_get_length(bufferevent_get_input(bev));
    snprintf(farewell, sizeof(farewell), "%zu bytes, and goodbye\n", len);
    bufferevent_setcb(bev, NULL, hang_up, conn_eventcb, NULL);
    bufferevent_write(bev, farewell, strlen(farewell));
}

/* Somebody has connected. There is no read callback: the words pile up in the input. */
static void listener_cb(struct evconnlistener *listener, evutil_socket_t fd,
    struct sockaddr *peer, int len, void *arg)
{
    struct event_base *base = arg;
    struct bufferevent *bev = bufferevent_socket_new(base, fd, BEV_OPT_CLOSE_ON_FREE);

    (void)listener, (void)peer, (void)len;
    if (bev == NULL) {
        event_base_loopbreak(base);
        return;
    }
    bufferevent_setcb(bev, NULL, NULL, conn_eventcb, NULL);
    bufferevent_enable(bev, EV_READ);
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
