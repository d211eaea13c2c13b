/* Two threads on one base. One activates and deletes events while the other's loop is about to run them: events
 * that stay, one that is used up, and signals' events, one of which it finalizes. Then it writes into pairs of
 * bufferevents that put their callbacks off, sets another callback and asks which is set. What must not be is
 * counted and said. argv[1]: how often. */

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/thread.h>

static struct event_base *base;
static atomic_int wrong, signals, finalized;

static void once(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    wrong += arg != (void *)1;
}

static void persistent(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    wrong += arg != (void *)2 || what != EV_READ;
}

static void on_signal(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    wrong += arg != (void *)3 || what != EV_SIGNAL;
    signals++;
}

static void finalize(struct event *event, void *arg)
{
    (void)event;
    wrong += arg != (void *)3;
    finalized++;
}

static void take(struct bufferevent *bev, void *arg)
{
    (void)arg;
    evbuffer_drain(bufferevent_get_input(bev), 1000);
}

static void take_too(struct bufferevent *bev, void *arg)
{
    take(bev, arg);
}

static void news(struct bufferevent *bev, short what, void *arg)
{
    (void)bev, (void)what, (void)arg;
}

static void *run(void *arg)
{
    event_base_loop(base, EVLOOP_NO_EXIT_ON_EMPTY);
    return arg;
}

static void pause_a_little(void)
{
    volatile int i;
    int n = rand() % 2000;

    for (i = 0; i < n; i++)
        ;
}

static void signal_and_finalize(int events)
{
    struct event *event = event_new(base, SIGUSR1, EV_SIGNAL | EV_PERSIST | events, on_signal, (void *)3);
    int signals_before = signals, finalized_before = finalized;

    event_add(event, NULL);
    kill(getpid(), SIGUSR1);
    while (signals == signals_before)
        ;
    event_free_finalize(0, event, finalize);
    while (finalized == finalized_before)
        ;
}

static void make(struct bufferevent **pair, int options)
{
    bufferevent_pair_new(base, options, pair);
    bufferevent_setcb(pair[1], take, NULL, news, NULL);
    bufferevent_enable(pair[1], EV_READ);
    bufferevent_enable(pair[0], EV_WRITE);
}

static void change(struct bufferevent **pair, int i)
{
    bufferevent_data_cb set = i % 2 ? take : take_too, readcb, writecb;
    bufferevent_event_cb eventcb;
    void *arg;

    bufferevent_write(pair[0], "hello", 5);
    pause_a_little();
    bufferevent_setcb(pair[1], set, NULL, news, NULL);
    pause_a_little();
    bufferevent_getcb(pair[1], &readcb, &writecb, &eventcb, &arg);
    wrong += readcb != set || eventcb != news;
}

int main(int argc, char **argv)
{
    const struct timeval long_after = { 1000, 0 };
    int times = argc > 1 ? atoi(argv[1]) : 1000, i;
    struct event *one, *two, *three, *four;
    struct bufferevent *pair[2], *unlocked[2];
    pthread_t loop;

    evthread_use_pthreads();
    base = event_base_new();
    one = event_new(base, -1, 0, once, (void *)1);
    two = event_new(base, -1, EV_PERSIST, persistent, (void *)2);
    three = event_new(base, SIGUSR2, EV_SIGNAL | EV_PERSIST, on_signal, (void *)3);
    four = event_new(base, SIGUSR2, EV_SIGNAL | EV_PERSIST | EV_FINALIZE, on_signal, (void *)3);
    make(pair, BEV_OPT_THREADSAFE | BEV_OPT_DEFER_CALLBACKS);
    make(unlocked, BEV_OPT_THREADSAFE | BEV_OPT_DEFER_CALLBACKS | BEV_OPT_UNLOCK_CALLBACKS);
    pthread_create(&loop, NULL, run, NULL);
    for (i = 0; i < times; i++) {
        event_add(one, &long_after);
        event_active(one, EV_TIMEOUT, 1);
        event_active(two, EV_READ, 1);
        pause_a_little();
        event_del(one);
        event_active(two, EV_READ, 1);
        event_del(two);
    }
    for (i = 0; i < times; i++) {
        event_active(three, EV_SIGNAL, 1);
        event_active(four, EV_SIGNAL, 1);
        pause_a_little();
        event_active(three, EV_SIGNAL, 2);
        event_active(four, EV_SIGNAL, 2);
        event_del_noblock(three);
        event_del(four);
        event_active(three, EV_SIGNAL, 1);
        event_del(three);
    }
    signal_and_finalize(0);
    signal_and_finalize(EV_FINALIZE);
    for (i = 0; i < times; i++) {
        change(pair, i);
        change(unlocked, i);
    }
    event_base_loopexit(base, NULL);
    pthread_join(loop, NULL);
    printf("wrong: %d\n", wrong);
    return 0;
}
