/* The time that a scenario lives in: it passes only while the loop waits, and then at once.
 *
 * This is a library of its own, between evscope's recorder and libevent: the recorder sees the waits as libevent asks
 * for them, and what they lead to. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <poll.h>
#include <stddef.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "world.h"

long long world_now;
int (*world_pass)(long long until, int looks);
int world_start;
int (*world_takes_turns)(const void *state);

/* Where the monotonic clock begins: at a whole millisecond, not before the recording does. */
static long long origin(void)
{
    static long long began;
    struct timespec now;

    if (began == 0) {
        syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &now);
        began = ((long long)now.tv_sec * 1000 + now.tv_nsec / 1000000 + 1) * 1000000;
    }
    return began;
}

/* What has passed since the scenario began is also what the wall clock says, beyond a round number. */
static long long scenario_began;

void world_begin(void)
{
    scenario_began = world_now;
}

int clock_gettime(clockid_t clock, struct timespec *time)
{
    long long ns;

    if (clock != CLOCK_MONOTONIC && clock != CLOCK_MONOTONIC_COARSE)
        return (int)syscall(SYS_clock_gettime, clock, time);
    ns = origin() + world_now;
    time->tv_sec = ns / 1000000000;
    time->tv_nsec = ns % 1000000000;
    return 0;
}

int gettimeofday(struct timeval *restrict time, void *restrict zone)
{
    long long ns = world_now - scenario_began;

    (void)zone;
    time->tv_sec = 1000000000 + ns / 1000000000;
    time->tv_usec = ns % 1000000000 / 1000;
    return 0;
}

static void *real(const char *name)
{
    return dlsym(RTLD_NEXT, name);
}

/* The fds of one wait. */
struct look {
    int fd, n;
    struct epoll_event *events;
    struct pollfd *fds;
    nfds_t nfds;
    fd_set *sets[3], before[3];
};

static int wait_for(long long timeout, int (*look)(struct look *), struct look *at)
{
    long long until = timeout < 0 ? -1 : world_now + timeout;
    int looks, n;

    for (looks = 0; world_pass == NULL || world_pass(until, looks); looks++) {
        n = look(at);
        if (n != 0 || world_pass == NULL)
            return n;
    }
    return 0;
}

static int look_epoll(struct look *at)
{
    static int (*wait)(int, struct epoll_event *, int, int);

    if (wait == NULL)
        *(void **)&wait = real("epoll_wait");
    return wait(at->fd, at->events, at->n, 0);
}

int epoll_wait(int fd, struct epoll_event *events, int n, int timeout)
{
    struct look at = { .fd = fd, .n = n, .events = events };

    return wait_for(timeout < 0 ? -1 : timeout * 1000000LL, look_epoll, &at);
}

int world_poll(struct pollfd *fds, nfds_t n, int timeout)
{
    static int (*wait)(struct pollfd *, nfds_t, int);

    if (wait == NULL)
        *(void **)&wait = real("poll");
    return wait(fds, n, timeout);
}

static int look_poll(struct look *at)
{
    return world_poll(at->fds, at->nfds, 0);
}

int poll(struct pollfd *fds, nfds_t n, int timeout)
{
    struct look at = { .fds = fds, .nfds = n };

    return wait_for(timeout < 0 ? -1 : timeout * 1000000LL, look_poll, &at);
}

/* libevent's sets may be longer than fd_set, but not for the few fds of a scenario. */
static int look_select(struct look *at)
{
    static int (*wait)(int, fd_set *, fd_set *, fd_set *, struct timeval *);
    struct timeval zero = { 0, 0 };
    int i, j, result;
    size_t words = ((size_t)at->n + 63) / 64;

    if (wait == NULL)
        *(void **)&wait = real("select");
    for (i = 0; i < 3; i++)
        for (j = 0; at->sets[i] != NULL && j < (int)words; j++)
            ((long *)at->sets[i])[j] = ((long *)&at->before[i])[j];
    result = wait(at->n, at->sets[0], at->sets[1], at->sets[2], &zero);
    return result;
}

int select(int n, fd_set *restrict readers, fd_set *restrict writers, fd_set *restrict others,
    struct timeval *restrict timeout)
{
    struct look at = { .n = n, .sets = { readers, writers, others } };
    int i, j, result;
    size_t words = ((size_t)n + 63) / 64;

    for (i = 0; i < 3; i++)
        for (j = 0; at.sets[i] != NULL && j < (int)words; j++)
            ((long *)&at.before[i])[j] = ((long *)at.sets[i])[j];
    result = wait_for(timeout == NULL ? -1 : timeout->tv_sec * 1000000000LL + timeout->tv_usec * 1000LL,
        look_select, &at);
    if (result == 0)
        for (i = 0; i < 3; i++)
            for (j = 0; at.sets[i] != NULL && j < (int)words; j++)
                ((long *)at.sets[i])[j] = 0;
    return result;
}

/* With poll and select libevent looks at the fds that are ready from a random place on, so that none is always the
 * last. Here it is the one that was asked for: the same every time. The members of a rate limit group go on from a
 * random one; here they take turns. The state, which nobody else looks at, is whose turn it is. */
int evutil_weakrand_range_(void *state, int top)
{
    unsigned *turn = state;
    int first;

    if (top <= 0)
        return 0;
    if (world_takes_turns == NULL || !world_takes_turns(state))
        return (world_start + top - 1) % top;
    first = (int)(*turn % (unsigned)top);
    *turn = (unsigned)first + 1;
    return first;
}

/* Turns begin with the first. */
unsigned evutil_weakrand_seed_(void *state, unsigned seed)
{
    (void)seed;
    return *(unsigned *)state = 0;
}
