/* A worker thread and a loop that sleeps: who wakes it?
 *
 * The loop has nothing to do for half a second. Meanwhile a thread finishes a job and makes an event active, so that the
 * loop's thread hears of it. At first libevent does not know that there are threads; then it does. At last the worker
 * writes to a bufferevent.
 *
 * Compile it with -levent -levent_pthreads -pthread. */

#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/thread.h>
#include <event2/util.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

/* The worker's job takes so long, in microseconds; the loop is asleep by then. */
#define JOB 100000

static void *finish_job(void *event)
{
    usleep(JOB);
    event_active(event, EV_TIMEOUT, 0);
    return NULL;
}

static void *write_result(void *bev)
{
    usleep(JOB);
    bufferevent_write(bev, "result", 6);
    return NULL;
}

static void job_done(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what, (void)arg;
    puts("the job is done");
}

static void half_a_second(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what, (void)arg;
    puts("half a second is over");
}

/* Runs a loop while a thread is at work, until half a second is over. */
static void run_beside(struct event_base *base, void *(*work)(void *), void *of)
{
    struct timeval span = {0, 500000};
    pthread_t worker;

    event_base_once(base, -1, EV_TIMEOUT, half_a_second, NULL, &span);
    if (pthread_create(&worker, NULL, work, of) != 0)
        abort();
    event_base_dispatch(base);
    pthread_join(worker, NULL);
}

static void run_with_job(struct event_base *base)
{
    struct event *job = event_new(base, -1, 0, job_done, NULL);

    run_beside(base, finish_job, job);
    event_free(job);
}

static void run_with_result(struct event_base *base)
{
    evutil_socket_t pair[2];
    struct bufferevent *bev;

    if (evutil_socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0)
        abort();
    evutil_make_socket_nonblocking(pair[0]);
    bev = bufferevent_socket_new(base, pair[0], BEV_OPT_CLOSE_ON_FREE | BEV_OPT_THREADSAFE);
    run_beside(base, write_result, bev);
    bufferevent_free(bev);
    evutil_closesocket(pair[1]);
}

int main(void)
{
    struct event_base *base = event_base_new();

    run_with_job(base);
    event_base_free(base);

    /* Only bases and bufferevents that are made after this call have locks. */
    evthread_use_pthreads();
    base = event_base_new();
    run_with_job(base);
    run_with_result(base);
    event_base_free(base);
    return 0;
}
