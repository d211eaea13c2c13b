/* Objects that are used after they were freed, in ways that libevent happens to survive: nothing else is put into
 * their memory. Then others, which may come to lie there, are made. */

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/event_struct.h>
#include <event2/listener.h>
#include <netinet/in.h>
#include <stdlib.h>

/* Memory that is given back is not given out again, nor touched, until `reuse`: then it is, the newest first. */
static char memory[1 << 20];
static size_t used;
static void *freed[1024];
static int count, reuse;

static void *take(size_t n)
{
    int i;
    for (i = count - 1; reuse && i >= 0; i--)
        if (freed[i] != NULL && ((size_t *)freed[i])[-2] >= n) {
            void *place = freed[i];
            freed[i] = NULL;
            return place;
        }
    used = (used + 15) & ~(size_t)15;
    ((size_t *)(memory + used))[0] = n;
    used += 16 + n;
    return memory + used - n;
}

static void give(void *place)
{
    if (place != NULL)
        freed[count++] = place;
}

static void *change(void *place, size_t n)
{
    void *other = take(n);
    if (place != NULL)
        memcpy(other, place, ((size_t *)place)[-2] < n ? ((size_t *)place)[-2] : n);
    give(place);
    return other;
}

static void cb(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    (void)arg;
}

static void accepted(struct evconnlistener *l, evutil_socket_t fd, struct sockaddr *a, int n, void *arg)
{
    (void)l;
    (void)fd;
    (void)a;
    (void)n;
    (void)arg;
}

int main(void)
{
    struct sockaddr_in sin;
    struct event_base *base;
    struct bufferevent *bev, *more;
    struct evbuffer *buf;
    struct event *event;
    struct evconnlistener *listener;
    int fds[2];

    event_set_mem_functions(take, change, give);
    base = event_base_new();
    memset(&sin, 0, sizeof sin);
    sin.sin_family = AF_INET;
    sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (base == NULL || socketpair(AF_UNIX, SOCK_STREAM, 0, fds) != 0)
        return 1;

    bev = bufferevent_socket_new(base, fds[0], 0);
    buf = evbuffer_new();
    event = event_new(base, -1, 0, cb, NULL);
    listener = evconnlistener_new_bind(base, accepted, NULL, LEV_OPT_CLOSE_ON_FREE, -1, (void *)&sin, sizeof sin);
    if (bev == NULL || buf == NULL || event == NULL || listener == NULL)
        return 1;
    bufferevent_free(bev);
    evbuffer_free(buf);
    event_free(event);
    evconnlistener_free(listener);
    event_base_loop(base, EVLOOP_NONBLOCK);

    /* bev1, buf3 and the event and the listener of above: each is named. */
    bufferevent_write(bev, "late", 4);
    evbuffer_add(buf, "late", 4);
    event_active(event, EV_READ, 1);
    event_del(event);
    evconnlistener_disable(listener);

    reuse = 1;
    more = bufferevent_socket_new(base, fds[1], 0);
    bufferevent_write(more, "now", 3);
    bufferevent_free(more);
    event_base_free(base);
    return 0;
}
