/* A proxy: two bufferevents back to back, and a brake: the twin of
 * examples/proxy.rs on libevent itself.
 *
 *     cc -g -o proxy proxy.c -levent
 *     ./proxy          (and `nc 127.0.0.1 9995` beside it; Ctrl-C stops it) */

#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>

/* An output may hold so much; then its source must wait. */
#define MOST (8 * 1024)

static struct sockaddr_in upstream;

/* All there is goes to the other side. If that has too much now, this one waits. */
static void pass_on(struct bufferevent *side, void *other)
{
    struct evbuffer *output = bufferevent_get_output(other);

    evbuffer_add_buffer(output, bufferevent_get_input(side));
    if (evbuffer_get_length(output) >= MOST)
        bufferevent_disable(side, EV_READ);
}

/* The output has drained, so the source may be read again. */
static void release(struct bufferevent *side, void *source)
{
    (void)side;
    bufferevent_enable(source, EV_READ);
}

/* The last words are out. */
static void said(struct bufferevent *bev, void *arg)
{
    (void)arg;
    bufferevent_free(bev);
}

/* Nobody is there to hear them. */
static void gone(struct bufferevent *bev, short what, void *arg)
{
    (void)what, (void)arg;
    bufferevent_free(bev);
}

/* Connected, so the client may speak; or one side has ended, so the other does. */
static void side_eventcb(struct bufferevent *side, short what, void *other)
{
    if (what == BEV_EVENT_CONNECTED) {
        bufferevent_enable(side, EV_READ);
        bufferevent_enable(other, EV_READ);
        return;
    }
    bufferevent_free(side);
    if (evbuffer_get_length(bufferevent_get_output(other)) == 0) {
        bufferevent_free(other);
        return;
    }
    /* What the one has said still reaches the other. */
    bufferevent_disable(other, EV_READ);
    bufferevent_setcb(other, NULL, said, gone, NULL);
}

/* A client has come: it is connected to the server by a bufferevent of its own. Neither side is read
 * before that is done. */
static void listener_cb(struct evconnlistener *listener, evutil_socket_t fd,
    struct sockaddr *peer, int len, void *arg)
{
    struct event_base *base = arg;
    struct bufferevent *client, *server;

    (void)listener, (void)peer, (void)len;
    client = bufferevent_socket_new(base, fd, BEV_OPT_CLOSE_ON_FREE);
    server = bufferevent_socket_new(base, -1, BEV_OPT_CLOSE_ON_FREE);
    bufferevent_setcb(client, pass_on, release, side_eventcb, server);
    bufferevent_setcb(server, pass_on, release, side_eventcb, client);
    bufferevent_socket_connect(server, (struct sockaddr *)&upstream, sizeof(upstream));
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

    upstream = addr;
    upstream.sin_port = htons(argc > 2 ? atoi(argv[2]) : 9994);

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
