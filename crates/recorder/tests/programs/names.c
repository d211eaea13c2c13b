/* What the demos have no use for: buffers of one's own, priorities of bufferevents, and the calls of libevent's
 * first years, which work on one base that nobody names. */
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/bufferevent_compat.h>
#include <event2/event.h>
#include <event2/event_compat.h>
#include <event2/event_struct.h>

#include <string.h>

static struct event first, second;

static void old_cb(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    if (arg != NULL)
        event_loopexit(NULL);
}

int main(void)
{
    struct timeval soon = { 0, 1000 };
    struct event_base *base = event_init();
    struct evbuffer *buffer = evbuffer_new();
    struct bufferevent *bev;
    char line[8];

    event_priority_init(2);
    evbuffer_add(buffer, "world\n", 6);
    evbuffer_prepend(buffer, "hello ", 6);
    evbuffer_peek(buffer, -1, NULL, NULL, 0);
    evbuffer_remove(buffer, line, 6);
    evbuffer_free(buffer);

    bev = bufferevent_new(-1, NULL, NULL, NULL, NULL);
    bufferevent_priority_set(bev, 0);
    bufferevent_free(bev);

    event_set(&first, -1, 0, old_cb, NULL);
    event_add(&first, &soon);
    event_set(&second, -1, EV_PERSIST, old_cb, &second);
    event_base_set(base, &second);
    event_priority_set(&second, 1);
    event_add(&second, &soon);
    event_once(-1, EV_TIMEOUT, old_cb, NULL, &soon);
    event_dispatch();
    event_del(&second);
    event_base_free(base);
    return memcmp(line, "hello ", 6);
}
