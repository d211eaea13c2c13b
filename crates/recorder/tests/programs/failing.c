/* Calls that fail, each in its own way, and what errno was before them: 0 or ENOTTY says what the program sees. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <event2/buffer.h>
#include <event2/buffer_compat.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/event_struct.h>
#include <event2/listener.h>
#include <netinet/in.h>

static void accepted(struct evconnlistener *l, evutil_socket_t fd, struct sockaddr *a, int n, void *arg)
{
    (void)l;
    (void)fd;
    (void)a;
    (void)n;
    (void)arg;
}

static void cb(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    (void)arg;
}

static void changed(struct evbuffer *buf, size_t old, size_t now, void *arg)
{
    (void)buf;
    (void)old;
    (void)now;
    (void)arg;
}

static void told(struct bufferevent *bev, short what, void *arg)
{
    (void)arg;
    printf("told %x, looked up: %d\n", what, bufferevent_socket_get_dns_error(bev) != 0);
}

static void *none(size_t n)
{
    (void)n;
    return NULL;
}

int main(void)
{
    struct event_base *base = event_base_new();
    struct sockaddr_in sin;
    socklen_t len = sizeof sin;
    struct evconnlistener *listener;
    struct bufferevent *bev, *pair[2];
    struct evbuffer *buf = evbuffer_new();
    static struct event event;

    if (base == NULL || buf == NULL)
        return 1;
    memset(&sin, 0, sizeof sin);
    sin.sin_family = AF_INET;
    sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    listener = evconnlistener_new_bind(base, accepted, NULL, LEV_OPT_CLOSE_ON_FREE, -1, (void *)&sin, len);
    getsockname(evconnlistener_get_fd(listener), (void *)&sin, &len);
    printf("listener %d\n",
        evconnlistener_new_bind(base, accepted, NULL, LEV_OPT_CLOSE_ON_FREE, -1, (void *)&sin, len) != NULL);
    errno = ENOTTY;
    printf("threadsafe %d", bufferevent_socket_new(base, -1, BEV_OPT_THREADSAFE) != NULL);
    printf(", errno %d\n", errno == ENOTTY);
    bev = bufferevent_socket_new(base, -1, 0);
    bufferevent_setcb(bev, NULL, NULL, told, NULL);
    sin.sin_family = 77;
    printf("family %d", bufferevent_socket_connect(bev, (void *)&sin, len));
    printf(", errno %d\n", errno == EAFNOSUPPORT);
    printf("port %d\n", bufferevent_socket_connect_hostname(bev, NULL, AF_INET, "localhost", 0));
    errno = ENOTTY;
    printf("host %d\n", bufferevent_socket_connect_hostname(bev, NULL, AF_INET, "host.invalid", 80));
    printf("signal %d\n", event_assign(&event, base, 10, EV_SIGNAL | EV_READ, cb, NULL));
    event_assign(&event, base, -1, 0, cb, NULL);
    printf("priority %d\n", event_priority_set(&event, 9));
    printf("once %d\n", event_base_once(base, 10, EV_SIGNAL, cb, NULL, NULL));
    evbuffer_freeze(buf, 0);
    printf("frozen %d\n", evbuffer_add(buf, "1", 1));
    evbuffer_unfreeze(buf, 0);
    bufferevent_pair_new(base, 0, pair);
    printf("setfd %d\n", bufferevent_setfd(pair[0], 0));
    bufferevent_free(pair[1]);
    printf("flush %d\n", bufferevent_flush(pair[0], EV_WRITE, BEV_FLUSH));
    event_set_mem_functions(none, realloc, free);
    printf("setcb %d\n", evbuffer_setcb(buf, changed, NULL));
    printf("base %d\n", event_base_new() != NULL);
    printf("base %d\n", event_base_new_with_config(NULL) != NULL);
    printf("event %d\n", event_new(base, -1, 0, cb, NULL) != NULL);
    printf("buffer %d\n", evbuffer_new() != NULL);
    event_set_mem_functions(malloc, realloc, free);
    printf("setcb %d\n", evbuffer_setcb(buf, changed, NULL));
    event_base_loop(base, EVLOOP_NONBLOCK);
    bufferevent_free(bev);
    bufferevent_free(pair[0]);
    evconnlistener_free(listener);
    evbuffer_free(buf);
    event_base_free(base);
    return 0;
}
