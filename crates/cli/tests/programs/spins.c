/* Does the same as often as it is told to, as fast as it can; with a second argument, a fork of it waits for a minute. */
#include <event2/event.h>
#include <stdlib.h>
#include <unistd.h>
static void turn(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what, (void)arg;
}
int main(int argc, char **argv)
{
    long times = atol(argv[1]);
    struct event_base *base = event_base_new();
    struct event *event = event_new(base, -1, 0, turn, NULL);
    while (times-- > 0) {
        event_active(event, EV_TIMEOUT, 1);
        event_base_loop(base, EVLOOP_NONBLOCK);
    }
    if (argc > 2 && fork() == 0) {
        struct timeval minute = { 60, 0 };
        close(1), close(2);
        event_reinit(base);
        event_base_loopexit(base, &minute);
        event_base_dispatch(base);
    }
    event_free(event);
    event_base_free(base);
    return 0;
}
