/* More callbacks than can be caught at a time: first of events that are freed before they run, then of events that
 * are active all at once; and one after them. Says how many of the latter ran. */

#include <stdio.h>

#include <event2/event.h>
#include <event2/event_struct.h>

enum { ONCE = 1000, ACTIVE = 66000 };

static int ran;

static void never(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what, (void)arg;
}

static void run(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what, (void)arg;
    ran++;
}

int main(void)
{
    static struct event events[ACTIVE];
    const struct timeval day = { 86400, 0 };
    struct event_base *base;
    int i;

    base = event_base_new();
    for (i = 0; i < ONCE; i++)
        event_base_once(base, -1, EV_TIMEOUT, never, NULL, &day);
    event_base_free(base);
    base = event_base_new();
    for (i = 0; i < ACTIVE; i++) {
        event_assign(&events[i], base, -1, 0, run, NULL);
        event_active(&events[i], EV_TIMEOUT, 0);
    }
    event_base_loop(base, EVLOOP_NONBLOCK);
    event_active(&events[0], EV_TIMEOUT, 0);
    event_base_loop(base, EVLOOP_NONBLOCK);
    event_base_free(base);
    printf("%d\n", ran);
    return 0;
}
