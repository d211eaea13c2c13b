/* Three events that are ready at the same time, and who goes first: the twin of
 * examples/priorities.rs on libevent itself.
 *
 *     cc -g -o priorities priorities.c -levent
 *     ./priorities */

#include <sys/socket.h>
#include <unistd.h>

#include <event2/event.h>
#include <event2/util.h>

enum { URGENT, NORMAL, BULK, PRIORITIES };

/* Reads its byte. */
static void take_byte(evutil_socket_t fd, short what, void *arg)
{
    char byte;

    (void)what, (void)arg;
    if (read(fd, &byte, 1) < 0)
        return;
}

static void nothing(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what, (void)arg;
}

/* Thinks of something more urgent than what runs now. */
static void remember_something_urgent(evutil_socket_t fd, short what, void *urgent)
{
    (void)fd, (void)what;
    event_active(urgent, EV_TIMEOUT, 0);
}

int main(void)
{
    static const int order[] = { BULK, NORMAL, URGENT };
    struct event_base *base = event_base_new();
    struct event *event, *urgent, *bulk, *more_bulk;
    evutil_socket_t ends[2];
    int i;

    event_base_priority_init(base, PRIORITIES);

    /* Each has a byte to read, the least urgent has it first. */
    for (i = 0; i < PRIORITIES; i++) {
        if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) < 0)
            return 1;
        event = event_new(base, ends[1], EV_READ, take_byte, NULL);
        event_priority_set(event, order[i]);
        event_add(event, NULL);
        if (write(ends[0], "!", 1) < 0)
            return 1;
    }
    event_base_dispatch(base);

    /* Two of the least urgent, and the first of them makes an urgent one active. */
    urgent = evtimer_new(base, nothing, NULL);
    event_priority_set(urgent, URGENT);
    bulk = evtimer_new(base, remember_something_urgent, urgent);
    more_bulk = evtimer_new(base, nothing, NULL);
    event_priority_set(bulk, BULK);
    event_active(bulk, EV_TIMEOUT, 0);
    event_priority_set(more_bulk, BULK);
    event_active(more_bulk, EV_TIMEOUT, 0);
    event_base_dispatch(base);
    event_base_free(base);
    return 0;
}
