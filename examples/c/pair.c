/* Two bufferevents that are each other's other end: the twin of
 * examples/pair.rs on libevent itself.
 *
 *     cc -g -o pair pair.c -levent
 *     ./pair */

#include <stddef.h>

#include <event2/bufferevent.h>
#include <event2/event.h>

/* Hears the question in pieces, and answers when it has a question mark. */
static void answer(struct bufferevent *teller, void *arg)
{
    char piece[8];
    size_t len = bufferevent_read(teller, piece, sizeof(piece));

    (void)arg;
    if (len > 0 && piece[len - 1] == '?')
        bufferevent_write(teller, "noon", 4);
}

/* Is content, and says that there is nothing more to come. */
static void hear_answer(struct bufferevent *asker, void *arg)
{
    char heard[8];

    (void)arg;
    bufferevent_read(asker, heard, sizeof(heard));
    bufferevent_flush(asker, EV_WRITE, BEV_FINISHED);
}

/* The end of what the asker says. The asker learns nothing of it when this end is freed. */
static void teller_eventcb(struct bufferevent *teller, short what, void *arg)
{
    struct bufferevent *asker = bufferevent_pair_get_partner(teller);

    (void)arg;
    if ((what & BEV_EVENT_EOF) && asker != NULL) {
        bufferevent_free(teller);
        bufferevent_free(asker);
    }
}

/* Never called: the other end does not flush. */
static void asker_eventcb(struct bufferevent *asker, short what, void *arg)
{
    (void)what, (void)arg;
    bufferevent_free(asker);
}

int main(void)
{
    struct event_base *base = event_base_new();
    struct bufferevent *pair[2], *asker, *teller;

    if (bufferevent_pair_new(base, 0, pair) < 0)
        return 1;
    asker = pair[0];
    teller = pair[1];
    bufferevent_setcb(asker, hear_answer, NULL, asker_eventcb, NULL);
    bufferevent_enable(asker, EV_READ);
    bufferevent_setcb(teller, answer, NULL, teller_eventcb, NULL);
    bufferevent_setwatermark(teller, EV_READ, 0, 8);

    /* Nobody reads at the other end yet, so it stays in the output. */
    bufferevent_write(asker, "what time is it?", 16);
    /* Now some of it goes over: the other end holds eight bytes at most. */
    bufferevent_enable(teller, EV_READ);

    event_base_dispatch(base);
    event_base_free(base);
    return 0;
}
