/* Running the loop in every way there is, and every way in which it ends: the twin of
 * examples/loop.rs on libevent itself.
 *
 *     cc -g -o loop loop.c -levent
 *     ./loop */

#include <assert.h>
#include <stddef.h>

#include <event2/event.h>

static void nothing(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what, (void)arg;
}

static void break_it(evutil_socket_t fd, short what, void *base)
{
    (void)fd, (void)what;
    event_base_loopbreak(base);
}

static void exit_now(evutil_socket_t fd, short what, void *base)
{
    (void)fd, (void)what;
    event_base_loopexit(base, NULL);
}

/* A loop within the loop of the same base is refused. */
static void look_again(evutil_socket_t fd, short what, void *base)
{
    (void)fd, (void)what;
    if (event_base_dispatch(base) == -1)
        event_base_loopcontinue(base);
}

int main(void)
{
    const struct timeval soon = { 0, 20 * 1000 };
    struct event_base *base = event_base_new();
    struct event *timer, *breaker, *second, *exiter, *continuer;

    /* Nothing to do: it ends before it has begun. */
    event_base_dispatch(base);

    timer = evtimer_new(base, nothing, NULL);
    event_add(timer, &soon);
    /* Without waiting: nothing is due yet. */
    event_base_loop(base, EVLOOP_NONBLOCK);
    /* Until something has run. */
    event_base_loop(base, EVLOOP_ONCE);

    /* Break: at once, and the second callback waits for the next loop. */
    breaker = evtimer_new(base, break_it, base);
    second = evtimer_new(base, nothing, NULL);
    event_active(breaker, EV_TIMEOUT, 0);
    event_active(second, EV_TIMEOUT, 0);
    event_base_dispatch(base);
    assert(event_base_got_break(base));
    /* Exit: after this turn, so the second callback still runs. */
    exiter = evtimer_new(base, exit_now, base);
    event_active(exiter, EV_TIMEOUT, 0);
    event_base_dispatch(base);
    assert(event_base_got_exit(base));

    /* Continue: the loop looks again before the second callback runs. */
    continuer = evtimer_new(base, look_again, base);
    event_active(continuer, EV_TIMEOUT, 0);
    event_active(second, EV_TIMEOUT, 0);
    event_base_dispatch(base);

    /* It stays although there is nothing to do, until it is told to end. */
    event_base_loopexit(base, &soon);
    event_base_loop(base, EVLOOP_NO_EXIT_ON_EMPTY);
    event_base_free(base);
    return 0;
}
