/* Forks so many children off as it goes on, and waits for each. They say something when all are there, the last one first. */

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <event2/event.h>

static void never(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what, (void)arg;
}

static void say(struct event_base *base)
{
    struct timeval span = { 100, 0 };
    struct event *event = event_new(base, -1, 0, never, NULL);
    event_add(event, &span);
    event_free(event);
}

int main(int argc, char **argv)
{
    int n = atoi(argv[argc - 1]);
    int (*ends)[2] = calloc(n, sizeof *ends);
    struct event_base *base = event_base_new();
    char byte = 0;
    int i;
    for (i = 0; i < n; i++) {
        if (pipe(ends[i]) != 0)
            return 2;
        say(base);
        if (fork() == 0) {
            if (read(ends[i][0], &byte, 1) == 1)
                say(base);
            _exit(0);
        }
    }
    say(base);
    for (i = n - 1; i >= 0; i--) {
        if (write(ends[i][1], &byte, 1) != 1)
            return 3;
        wait(NULL);
    }
    event_base_free(base);
    free(ends);
    return 0;
}
