/* Timers: once, again and again, late, and changed: the twin of
 * examples/timers.rs on libevent itself.
 *
 *     cc -g -o timers timers.c -levent
 *     ./timers */

#include <stddef.h>
#include <unistd.h>

#include <event2/event.h>

#define PERIOD (25 * 1000)

static struct event_base *base;
static struct event *egg, *ticker;

static void never_cb(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what, (void)arg;
}

/* The egg is done. The loop ends a period later. */
static void egg_cb(evutil_socket_t fd, short what, void *arg)
{
    const struct timeval period = { 0, PERIOD };

    (void)fd, (void)what, (void)arg;
    event_base_loopexit(base, &period);
}

/* Ticks four times. After the second it dawdles, and the third is late. */
static void tick(evutil_socket_t fd, short what, void *arg)
{
    static int ticks;
    const struct timeval period = { 0, PERIOD };

    (void)fd, (void)what, (void)arg;
    ticks++;
    if (ticks == 2)
        usleep(PERIOD * 5 / 2);
    if (ticks == 4) {
        event_del(ticker);
        /* Another timeout replaces the one it has. */
        event_add(egg, &period);
    }
}

int main(void)
{
    const struct timeval period = { 0, PERIOD }, an_hour = { 3600, 0 }, a_day = { 24 * 3600, 0 };
    struct event *forgotten;

    base = event_base_new();
    egg = evtimer_new(base, egg_cb, NULL);
    event_add(egg, &an_hour);
    forgotten = evtimer_new(base, never_cb, NULL);
    event_add(forgotten, &an_hour);
    ticker = event_new(base, -1, EV_PERSIST, tick, NULL);
    event_add(ticker, &period);
    event_base_once(base, -1, EV_TIMEOUT, never_cb, NULL, &a_day);

    /* Two of them are pending for long still, so the loop ends only because it is told to. */
    event_base_dispatch(base);
    event_base_free(base);
    return 0;
}
