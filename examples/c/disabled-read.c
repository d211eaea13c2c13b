/* A server that never answers: reading was not enabled: the twin of
 * examples/disabled-read.rs on libevent itself.
 *
 *     cc -g -o disabled-read disabled-read.c -levent
 *     ./disabled-read          (and `nc 127.0.0.1 9995` beside it; Ctrl-C stops it) */

#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>

/* Never called. */
static void answer_readcb(struct bufferevent *bev, void *arg)
{
    static const char answer[] = "here is your answer\n";

    (void)arg;
    bufferevent_write(bev, answer, strlen(answer));
}

/* Never called either. */
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
    struct bufferevent *bev = bufferevent_socket_new(base, fd, BEV_OPT_CLOSE_ON_FREE);

    (void)listener, (void)peer, (void)len;
    if (bev == NULL) {
        event_base_loopbreak(base);
        return;
    }
    bufferevent_setcb(bev, answer_readcb, NULL, conn_eventcb, NULL);
    /* From now on whatever the client asks is answered. */
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
