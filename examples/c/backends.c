/* The same program on epoll, on poll and on select: the twin of
 * examples/backends.rs on libevent itself.
 *
 *     cc -g -o backends backends.c -levent
 *     ./backends */

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/util.h>

static void echo_readcb(struct bufferevent *bev, void *arg)
{
    (void)arg;
    bufferevent_write_buffer(bev, bufferevent_get_input(bev));
}

static void echoed(struct bufferevent *bev, void *arg)
{
    (void)arg;
    bufferevent_free(bev);
}

/* Somebody says a word, and gets it back. */
static void echo_once(struct event_base *base)
{
    evutil_socket_t ends[2];
    struct bufferevent *bev;

    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) < 0)
        return;
    evutil_make_socket_nonblocking(ends[1]);
    bev = bufferevent_socket_new(base, ends[1], BEV_OPT_CLOSE_ON_FREE);
    bufferevent_setcb(bev, echo_readcb, echoed, NULL, NULL);
    bufferevent_enable(bev, EV_READ);
    if (write(ends[0], "hello\n", 6) < 0)
        return;
    event_base_dispatch(base);
    close(ends[0]);
}

int main(void)
{
    static const char *const methods[] = { "epoll", "poll", "select" };
    struct event_config *config;
    struct event_base *base;
    int i, j;

    for (i = 0; i < 3; i++) {
        config = event_config_new();
        event_config_set_flag(config, EVENT_BASE_FLAG_IGNORE_ENV);
        for (j = 0; j < 3; j++)
            if (strcmp(methods[i], methods[j]) != 0)
                event_config_avoid_method(config, methods[j]);
        base = event_base_new_with_config(config);
        event_config_free(config);
        echo_once(base);
        event_base_free(base);
    }
    return 0;
}
