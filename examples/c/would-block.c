/* A socket that is no longer ready when one looks: the twin of
 * examples/would-block.rs on libevent itself.
 *
 *     cc -g -o would-block would-block.c -levent
 *     ./would-block */

#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/util.h>

static struct event_base *base;
/* The two ends of the connection: the bufferevent has the first. */
static evutil_socket_t ends[2];

static void read_all(evutil_socket_t fd)
{
    char bytes[4096];

    while (read(fd, bytes, sizeof(bytes)) > 0)
        ;
}

static void fill_up(evutil_socket_t fd)
{
    char bytes[4096];

    memset(bytes, '.', sizeof(bytes));
    while (write(fd, bytes, sizeof(bytes)) > 0)
        ;
}

/* Reads everything at the other end. */
static void make_room(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what, (void)arg;
    read_all(ends[1]);
}

/* Takes what the bufferevent was to read, and fills the socket it was to write to. In the next turn but
 * one it makes room again. */
static void meddle(evutil_socket_t fd, short what, void *arg)
{
    char bytes[6];

    (void)fd, (void)what, (void)arg;
    if (read(ends[0], bytes, sizeof(bytes)) < 0)
        return;
    fill_up(ends[0]);
    event_base_once(base, -1, EV_TIMEOUT, make_room, NULL, NULL);
}

/* The greeting is out after all. */
static void sent(struct bufferevent *bev, void *arg)
{
    (void)arg;
    bufferevent_free(bev);
}

int main(void)
{
    struct bufferevent *bev;
    struct event *first;

    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) < 0)
        return 1;
    evutil_make_socket_nonblocking(ends[0]);
    evutil_make_socket_nonblocking(ends[1]);

    base = event_base_new();
    bev = bufferevent_socket_new(base, ends[0], BEV_OPT_CLOSE_ON_FREE);
    bufferevent_setcb(bev, NULL, sent, NULL, NULL);
    bufferevent_enable(bev, EV_READ);
    bufferevent_write(bev, "hello\n", 6);
    if (write(ends[1], "hello\n", 6) < 0)
        return 1;

    /* What is active already runs before what the kernel is about to report. */
    first = evtimer_new(base, meddle, NULL);
    event_active(first, EV_TIMEOUT, 0);
    event_base_dispatch(base);
    event_base_free(base);
    return 0;
}
