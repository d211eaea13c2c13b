/* A server whose clients throw the connection away: the twin of
 * examples/reset.rs on libevent itself.
 *
 *     cc -g -o reset reset.c -levent
 *     ./reset          (and `nc 127.0.0.1 9995` beside it; Ctrl-C stops it) */

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
#define ANSWER (64 * 1024)
/* Much more than the other side's buffer: what that takes by itself does not make room for another write. */
#define SEND_BUFFER (16 * 1024)

/* Whoever says something gets a long answer, and is not listened to any more. */
static void conn_readcb(struct bufferevent *bev, void *arg)
{
    static char answer[ANSWER];

    (void)arg;
    bufferevent_disable(bev, EV_READ);
    memset(answer, '.', ANSWER);
    bufferevent_write(bev, answer, ANSWER); /* evscope: allow pieces "the kernel decides how much a write takes" */
}

/* READING or WRITING, and ERROR. The errno is there as long as the callback runs. */
static void conn_eventcb(struct bufferevent *bev, short what, void *arg)
{
    (void)what, (void)arg;
    bufferevent_free(bev);
}

/* Somebody has connected. */
static void listener_cb(struct evconnlistener *listener, evutil_socket_t fd,
    struct sockaddr *peer, int len, void *arg)
{
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
    bufferevent_setcb(bev, conn_readcb, NULL, conn_eventcb, NULL);
    bufferevent_enable(bev, EV_READ);
    bufferevent_write(bev, "hello\n", 6);
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
