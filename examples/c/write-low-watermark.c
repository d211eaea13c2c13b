/* A server that sends a long text without ever holding much of it: the twin of
 * examples/write-low-watermark.rs on libevent itself.
 *
 *     cc -g -o write-low-watermark write-low-watermark.c -levent
 *     ./write-low-watermark          (and `nc 127.0.0.1 9995 | wc -c` beside it; Ctrl-C stops it) */

#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>

/* With so little left, there is time to add more. */
#define LOW (4 * 1024)
/* As much as a bufferevent writes at once. */
#define PIECE (16 * 1024)
#define PIECES 2

static char text[LOW + PIECE];
/* How many pieces are still to be added: there is one client only. */
static int left;

/* Adds the pieces, one at a time, and then waits for the output to run dry. */
static void refill(struct bufferevent *bev, void *arg)
{
    (void)arg;
    if (left > 0) {
        left--;
        bufferevent_write(bev, text, PIECE);
    } else if (evbuffer_get_length(bufferevent_get_output(bev)) == 0) {
        bufferevent_free(bev);
    }
}

/* The client has gone away. */
static void conn_eventcb(struct bufferevent *bev, short what, void *arg)
{
    (void)what, (void)arg;
    bufferevent_free(bev);
}

/* Somebody has connected: the first pieces go, the write callback adds the others. */
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
    left = PIECES;
    bufferevent_setcb(bev, NULL, refill, conn_eventcb, NULL);
    bufferevent_setwatermark(bev, EV_WRITE, LOW, 0);
    memset(text, '.', sizeof(text));
    bufferevent_write(bev, text, LOW + PIECE);
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
