/* Freeing a bufferevent in its own callback, and another one whose callback was next: the twin of
 * examples/free-in-callback.rs on libevent itself.
 *
 *     cc -g -o free-in-callback free-in-callback.c -levent
 *     ./free-in-callback */

#include <sys/socket.h>
#include <unistd.h>

#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/util.h>

static struct bufferevent *both[2];

/* Frees both, its own first. After that neither pointer may be used. */
static void free_both(struct bufferevent *bev, void *arg)
{
    (void)arg;
    bufferevent_write(bev, "never sent\n", 11);
    bufferevent_free(both[0]);
    bufferevent_free(both[1]);
}

/* A timer that frees itself. */
static void free_itself(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    event_free(*(struct event **)arg);
}

int main(void)
{
    const struct timeval soon = { 0, 20 * 1000 };
    struct event_base *base = event_base_new();
    evutil_socket_t peers[2], ends[2];
    struct event *timer;
    int i;

    for (i = 0; i < 2; i++) {
        if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) < 0)
            return 1;
        peers[i] = ends[0];
        evutil_make_socket_nonblocking(ends[1]);
        both[i] = bufferevent_socket_new(base, ends[1], BEV_OPT_CLOSE_ON_FREE);
    }
    for (i = 0; i < 2; i++) {
        bufferevent_setcb(both[i], free_both, NULL, NULL, NULL);
        bufferevent_enable(both[i], EV_READ);
    }
    for (i = 0; i < 2; i++)
        if (write(peers[i], "hello\n", 6) < 0)
            return 1;

    timer = evtimer_new(base, free_itself, &timer);
    event_add(timer, &soon);
    event_base_dispatch(base);
    event_base_free(base);
    return 0;
}
