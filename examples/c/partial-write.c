/* A server that has more to say than the socket takes at once: the twin of
 * examples/partial-write.rs on libevent itself.
 *
 *     cc -g -o partial-write partial-write.c -levent
 *     ./partial-write          (and `nc 127.0.0.1 9995` beside it; Ctrl-C stops it) */

#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>

/* More than the buffers of both sides hold. */
#define SIZE (24 * 1024)
/* As small as the kernel lets it be. */
#define SEND_BUFFER 4096

/* The output is empty: all of it is on its way. */
static void all_sent(struct bufferevent *bev, void *arg)
{
    (void)arg;
    bufferevent_free(bev);
}

/* The reader has gone away. */
static void conn_eventcb(struct bufferevent *bev, short what, void *arg)
{
    (void)what, (void)arg;
    bufferevent_free(bev);
}

/* Somebody has connected. */
static void listener_cb(struct evconnlistener *listener, evutil_socket_t fd,
    struct sockaddr *peer, int len, void *arg)
{
    static char text[SIZE];
    struct event_base *base = arg;
    struct bufferevent *bev;
    int size = SEND_BUFFER;

    (void)listener, (void)peer, (void)len;
    setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
    bev = bufferevent_socket_new(base, fd, BEV_OPT_CLOSE_ON_FREE);
    if (bev == NULL) {
        event_base_loopbreak(base);
        return;
    }
    bufferevent_setcb(bev, NULL, all_sent, conn_eventcb, NULL);
    memset(text, '.', SIZE);
    bufferevent_write(bev, text, SIZE); /* evscope: allow pieces "the kernel decides how much a write takes" */
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
