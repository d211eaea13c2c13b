/* What one record costs the thread that makes it: a call that does next to nothing, in batches; the least and
 * the median of them, in nanoseconds a call. On a busy machine the least is what it takes. argv[1]: calls in a
 * batch.
 * With argv[2], instead, a second of so many calls in all, spread over its milliseconds. */
#include <event2/event.h>

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { BATCHES = 90 };

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1e9 + time.tv_nsec;
}

static void nothing(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what, (void)arg;
}

static int smaller(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* What was not done in a millisecond is made up for in the next. */
static void spread(struct event *event, long calls)
{
    const struct timespec pause = { 0, 1000 * 1000 };
    const double began = now();
    long done = 0;

    while (done < calls) {
        double passed = (now() - began) / 1e9;
        long due = passed < 1 ? (long)(passed * calls) : calls;

        for (; done < due; done++)
            event_priority_set(event, 0);
        nanosleep(&pause, NULL);
    }
    printf("%f\n", (now() - began) / 1e9);
}

int main(int argc, char **argv)
{
    static double took[BATCHES];
    struct event_base *base = event_base_new();
    struct event *event = event_new(base, -1, EV_PERSIST, nothing, NULL);
    int calls = argc > 1 ? atoi(argv[1]) : 5000;
    int batch, call;

    if (argc > 2) {
        spread(event, atol(argv[2]));
        return 0;
    }
    for (batch = 0; batch < BATCHES; batch++) {
        double began = now();

        for (call = 0; call < calls; call++)
            event_priority_set(event, 0);
        took[batch] = (now() - began) / calls;
    }
    qsort(took, BATCHES, sizeof took[0], smaller);
    printf("%f %f\n", took[0], took[BATCHES / 2]);
    return 0;
}
