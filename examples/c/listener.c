/* A listener that is opened, shut, left without a callback, and freed in its own: the twin of
 * examples/listener.rs on libevent itself.
 *
 *     cc -g -o listener listener.c -levent
 *     ./listener */

#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <event2/event.h>
#include <event2/listener.h>
#include <event2/util.h>

static struct sockaddr_in addr = { .sin_family = AF_INET };

/* Lets one in, and shuts the door. */
static void one_at_a_time(struct evconnlistener *listener, evutil_socket_t fd,
    struct sockaddr *peer, int len, void *arg)
{
    (void)peer, (void)len, (void)arg;
    evconnlistener_disable(listener);
    evutil_closesocket(fd);
}

/* Lets everybody in. */
static void everybody(struct evconnlistener *listener, evutil_socket_t fd,
    struct sockaddr *peer, int len, void *arg)
{
    (void)listener, (void)peer, (void)len, (void)arg;
    evutil_closesocket(fd);
}

/* Lets one in, and takes the listener away in its own callback. */
static void last_one(struct evconnlistener *listener, evutil_socket_t fd,
    struct sockaddr *peer, int len, void *arg)
{
    (void)peer, (void)len, (void)arg;
    evconnlistener_free(listener);
    evutil_closesocket(fd);
}

static void visit(void)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    connect(fd, (struct sockaddr *)&addr, sizeof(addr));
}

int main(void)
{
    socklen_t len = sizeof(addr);
    struct event_base *base;
    struct evconnlistener *listener;
    int i;

    addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);

    /* Shut at first: the event is set up, and not pending. */
    base = event_base_new();
    listener = evconnlistener_new_bind(base, one_at_a_time, NULL,
        LEV_OPT_REUSEABLE | LEV_OPT_CLOSE_ON_FREE | LEV_OPT_DISABLED, -1,
        (struct sockaddr *)&addr, sizeof(addr));
    if (listener == NULL
        || getsockname(evconnlistener_get_fd(listener), (struct sockaddr *)&addr, &len) < 0)
        return 1;
    for (i = 0; i < 3; i++)
        visit();

    /* Open: the first comes in, and shuts the door behind him. */
    evconnlistener_enable(listener);
    event_base_dispatch(base);

    /* Open again: the second and the third come in, one after the other, in one turn. */
    evconnlistener_set_cb(listener, everybody, NULL);
    evconnlistener_enable(listener);
    event_base_loop(base, EVLOOP_ONCE);
    evconnlistener_disable(listener);

    /* Without a doorkeeper the door stays shut although it is opened; when one comes, it opens. */
    evconnlistener_set_cb(listener, NULL, NULL);
    evconnlistener_enable(listener);
    evconnlistener_set_cb(listener, everybody, NULL);
    /* When he leaves, whoever comes in is thrown out. */
    evconnlistener_set_cb(listener, NULL, NULL);
    visit();
    event_base_loop(base, EVLOOP_ONCE);

    /* The last one takes the door with him. */
    evconnlistener_set_cb(listener, last_one, NULL);
    visit();
    event_base_dispatch(base);
    event_base_free(base);
    return 0;
}
