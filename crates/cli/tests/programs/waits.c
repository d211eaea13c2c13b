/* Says its number and waits; each signal that it gets, it names. SIGTERM ends it, and so does a minute. */
#include <event2/event.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>
static void heard(evutil_socket_t number, short what, void *arg)
{
    (void)what, (void)arg;
    printf("heard %d\n", (int)number);
    fflush(stdout);
}
int main(void)
{
    static const int heeded[] = { SIGINT, SIGQUIT, SIGUSR1, SIGUSR2, SIGALRM, SIGHUP };
    static const struct timeval minute = { 60, 0 };
    struct event_base *base = event_base_new();
    for (unsigned i = 0; i < sizeof heeded / sizeof *heeded; i++)
        event_add(evsignal_new(base, heeded[i], heard, NULL), NULL);
    event_base_loopexit(base, &minute);
    printf("%d\n", (int)getpid());
    fflush(stdout);
    return event_base_dispatch(base);
}
