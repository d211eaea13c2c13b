/* Events with finalizers: one that is kept, one that is freed by it, one whose finalizer is replaced, and one that is
 * finalized in its own callback. Then a buffer whose callbacks are put off. */

#include <stdio.h>

#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/event_struct.h>

static int marks[4];

static void cb(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    (void)arg;
}

static void kept(struct event *event, void *arg)
{
    printf("kept %d\n", event_get_callback_arg(event) == arg && arg == &marks[0]);
}

static void freed(struct event *event, void *arg)
{
    (void)event;
    printf("freed %d\n", arg == &marks[1]);
}

static void replaced(struct event *event, void *arg)
{
    (void)event;
    (void)arg;
    puts("replaced");
}

static void last(struct event *event, void *arg)
{
    (void)event;
    printf("last %d\n", arg == &marks[2]);
}

static void ends(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    event_free_finalize(0, *(struct event **)arg, freed);
}

static void changed(struct evbuffer *buf, const struct evbuffer_cb_info *info, void *arg)
{
    (void)buf;
    (void)info;
    (void)arg;
}

int main(void)
{
    static struct event one, three;
    struct event_base *base = event_base_new();
    struct event *two, *own;
    struct evbuffer *buf = evbuffer_new();
    struct timeval soon = {0, 1000};

    if (base == NULL || buf == NULL)
        return 1;
    event_assign(&one, base, -1, 0, cb, &marks[0]);
    two = event_new(base, -1, EV_PERSIST, cb, &marks[1]);
    event_assign(&three, base, -1, 0, cb, &marks[2]);
    event_add(two, &soon);
    event_active(&one, EV_READ, 1);
    event_finalize(0, &one, kept);
    event_free_finalize(0, two, freed);
    event_finalize(0, &three, replaced);
    event_finalize(0, &three, last);
    event_base_loop(base, EVLOOP_NONBLOCK);

    own = event_new(base, -1, 0, ends, &own);
    event_add(own, &soon);
    event_base_dispatch(base);

    evbuffer_add_cb(buf, changed, NULL);
    evbuffer_defer_callbacks(buf, base);
    evbuffer_add(buf, "1", 1);
    event_base_loop(base, EVLOOP_NONBLOCK);
    evbuffer_free(buf);
    event_base_free(base);
    return 0;
}
