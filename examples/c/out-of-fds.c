/* A server whose process has no fd left for the next client: the twin of
 * examples/out-of-fds.rs on libevent itself.
 *
 *     cc -g -o out-of-fds out-of-fds.c -levent
 *     ./out-of-fds */

#include <arpa/inet.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>

static struct sockaddr_in addr = { .sin_family = AF_INET };
/* How many clients are still to come. */
static int left = 3;

/* There is no fd for another client: none is accepted until one has left. */
static void no_fd_left(struct evconnlistener *listener, void *arg)
{
    (void)arg;
    evconnlistener_disable(listener);
}

/* The greeting is out, the client goes, and his fd is free for the next. */
static void greeted(struct bufferevent *bev, void *arg)
{
    struct evconnlistener *listener = arg;

    bufferevent_free(bev);
    if (left == 0) {
        evconnlistener_free(listener);
        return;
    }
    /* From now on it wants to be told. */
    evconnlistener_set_error_cb(listener, no_fd_left);
    evconnlistener_enable(listener);
}

/* Greets the clients, one at a time, since there is no fd for a second one. */
static void serve(struct evconnlistener *listener, evutil_socket_t fd,
    struct sockaddr *peer, int len, void *arg)
{
    struct bufferevent *bev;
    struct rlimit limit;

    (void)peer, (void)len;
    /* The kernel gives the lowest number that is free, so this fd is the last there is. */
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = fd + 1;
    setrlimit(RLIMIT_NOFILE, &limit);
    left--;
    bev = bufferevent_socket_new(arg, fd, BEV_OPT_CLOSE_ON_FREE);
    bufferevent_setcb(bev, NULL, greeted, NULL, listener);
    bufferevent_write(bev, "hello\n", 6);
}

int main(void)
{
    socklen_t len = sizeof(addr);
    struct event_base *base;
    struct evconnlistener *listener;
    int i;

    addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);

    base = event_base_new();
    listener = evconnlistener_new_bind(base, serve, base,
        LEV_OPT_REUSEABLE | LEV_OPT_CLOSE_ON_FREE, -1, (struct sockaddr *)&addr, sizeof(addr));
    if (listener == NULL
        || getsockname(evconnlistener_get_fd(listener), (struct sockaddr *)&addr, &len) < 0)
        return 1;
    for (i = 0; i < 3; i++)
        connect(socket(AF_INET, SOCK_STREAM, 0), (struct sockaddr *)&addr, sizeof(addr));
    event_base_dispatch(base);
    event_base_free(base);
    return 0;
}
