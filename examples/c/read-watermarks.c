/* A server that reads in messages of four bytes, and never keeps more than sixteen: the twin of
 * examples/read-watermarks.rs on libevent itself.
 *
 *     cc -g -o read-watermarks read-watermarks.c -levent
 *     ./read-watermarks          (and `nc 127.0.0.1 9995` beside it; Ctrl-C stops it) */

#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>

/* The low mark: less is no message. */
#define MESSAGE 4
/* The high mark. */
#define MOST 16

/* The client has sent everything. */
static void conn_eventcb(struct bufferevent *bev, short what, void *arg)
{
    (void)what, (void)arg;
    bufferevent_free(bev);
}

/* Takes one message, and leaves the others for the next call. */
static void take_message(struct bufferevent *bev, void *arg)
{
    char message[MESSAGE];

    (void)arg;
    bufferevent_read(bev, message, MESSAGE);
}

/* A message is there. When the input is full for the first time, this one is too busy to take any: it
 * will be called again, though nothing new can come. */
static void first_readcb(struct bufferevent *bev, void *arg)
{
    if (evbuffer_get_length(bufferevent_get_input(bev)) == MOST)
        bufferevent_setcb(bev, take_message, NULL, conn_eventcb, NULL);
    else
        take_message(bev, arg);
}

/* Somebody has connected. */
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
    bufferevent_setwatermark(bev, EV_READ, MESSAGE, MOST);
    bufferevent_setcb(bev, first_readcb, NULL, conn_eventcb, NULL);
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
