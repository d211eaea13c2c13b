/* Signals as events: a handler that runs in the loop, where everything is allowed: the twin of
 * examples/signals.rs on libevent itself.
 *
 *     cc -g -o signals signals.c -levent
 *     ./signals */

#include <signal.h>
#include <stddef.h>

#include <event2/event.h>

#define ENOUGH 3

static struct event_base *base;
static struct event *signal_event;

/* Has enough after so many. */
static void count_to(evutil_socket_t signal, short what, void *arg)
{
    static int count;

    (void)signal, (void)what, (void)arg;
    if (++count == ENOUGH)
        event_del(signal_event);
}

/* Sends the signal to this very thread: twice before the loop looks, and once more later. */
static void raise_it(evutil_socket_t fd, short what, void *arg)
{
    static int later;
    const struct timeval soon = { 0, 20 * 1000 };

    (void)fd, (void)what, (void)arg;
    raise(SIGUSR1);
    if (later++)
        return;
    raise(SIGUSR1);
    event_base_once(base, -1, EV_TIMEOUT, raise_it, NULL, &soon);
}

int main(void)
{
    const struct timeval soon = { 0, 20 * 1000 };

    base = event_base_new();
    signal_event = evsignal_new(base, SIGUSR1, count_to, NULL);
    event_add(signal_event, NULL);
    event_base_once(base, -1, EV_TIMEOUT, raise_it, NULL, &soon);

    /* The signal's event keeps the loop alive, until it is deleted. */
    event_base_dispatch(base);
    event_free(signal_event);
    event_base_free(base);
    return 0;
}
