/* A program of three ticks. It ends with status 4. */
#include <event2/event.h>
static void tick(evutil_socket_t fd, short what, void *left)
{
    (void)fd, (void)what;
    --*(int *)left;
}
int main(void)
{
    int left = 3;
    struct timeval span = { 0, 1000 };
    struct event_base *base = event_base_new();
    struct event *event = event_new(base, -1, EV_PERSIST, tick, &left);
    event_add(event, &span);
    while (left > 0)
        event_base_loop(base, EVLOOP_ONCE);
    event_free(event);
    event_base_free(base);
    return 4;
}
