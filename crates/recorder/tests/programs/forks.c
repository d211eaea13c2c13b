/* A program that forks children off as it goes on. Each says something only when its parent has gone on, and the third has
 * a child itself. */

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <event2/event.h>

static struct event_base *base;
static int ticks;

static void never(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what, (void)arg;
}

static void say(int times)
{
    struct timeval span = { 100, 0 };
    usleep(30000);
    while (times-- > 0) {
        struct event *event = event_new(base, -1, 0, never, NULL);
        event_add(event, &span);
        event_free(event);
    }
}

static void tick(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    ticks++;
    if (ticks <= 5 && fork() == 0) {
        int own = ticks;
        if (ticks == 3) {
            say(1);
            if (fork() == 0)
                own = 30;
        }
        say(own);
        while (wait(NULL) > 0)
            ;
        _exit(0);
    }
    if (ticks == 40)
        event_base_loopbreak(arg);
}

int main(void)
{
    struct timeval span = { 0, 2000 };
    struct event *event;
    base = event_base_new();
    event = event_new(base, -1, EV_PERSIST, tick, base);
    event_add(event, &span);
    event_base_dispatch(base);
    while (wait(NULL) > 0)
        ;
    event_free(event);
    event_base_free(base);
    return 0;
}
