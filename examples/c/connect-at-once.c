/* Connecting that is over before the call returns: the twin of
 * examples/connect-at-once.rs on libevent itself.
 *
 *     cc -g -o connect-at-once connect-at-once.c -levent
 *     ./connect-at-once */

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>

/* The client has nothing to say. */
static void client_writecb(struct bufferevent *bev, void *arg)
{
    (void)bev, (void)arg;
}

/* The client: ERROR the first time, CONNECTED the second, and then the end. */
static void client_eventcb(struct bufferevent *bev, short what, void *arg)
{
    (void)arg;
    if (what != BEV_EVENT_CONNECTED)
        bufferevent_free(bev);
}

/* The greeting is out. */
static void greeted(struct bufferevent *bev, void *arg)
{
    (void)arg;
    bufferevent_free(bev);
}

/* The server: one client is all it wants. */
static void listener_cb(struct evconnlistener *listener, evutil_socket_t fd,
    struct sockaddr *peer, int len, void *arg)
{
    struct bufferevent *bev;

    (void)peer, (void)len;
    evconnlistener_free(listener);
    bev = bufferevent_socket_new(arg, fd, BEV_OPT_CLOSE_ON_FREE);
    bufferevent_setcb(bev, NULL, greeted, NULL, NULL);
    bufferevent_write(bev, "hello\n", 6);
}

static void connect_to(struct event_base *base, struct sockaddr_un *addr)
{
    struct bufferevent *bev = bufferevent_socket_new(base, -1, BEV_OPT_CLOSE_ON_FREE);

    bufferevent_setcb(bev, NULL, client_writecb, client_eventcb, NULL);
    bufferevent_enable(bev, EV_READ);
    bufferevent_socket_connect(bev, (struct sockaddr *)addr, sizeof(*addr));
}

int main(void)
{
    struct sockaddr_un addr = { .sun_family = AF_UNIX };
    struct event_base *base;
    int gone;

    /* A socket whose server has gone: its file is there still. */
    snprintf(addr.sun_path, sizeof(addr.sun_path), "/tmp/evscope-twin-%d.sock", (int)getpid());
    gone = socket(AF_UNIX, SOCK_STREAM, 0);
    if (gone < 0 || bind(gone, (struct sockaddr *)&addr, sizeof(addr)) < 0 || listen(gone, 1) < 0)
        return 1;
    close(gone);

    base = event_base_new();
    connect_to(base, &addr);
    event_base_dispatch(base);

    unlink(addr.sun_path);
    evconnlistener_new_bind(base, listener_cb, base, LEV_OPT_CLOSE_ON_FREE, -1,
        (struct sockaddr *)&addr, sizeof(addr));
    connect_to(base, &addr);
    event_base_dispatch(base);

    event_base_free(base);
    unlink(addr.sun_path);
    return 0;
}
