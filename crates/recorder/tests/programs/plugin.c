/* A plugin that waits a tenth of a second by libevent. */
#include <event2/event.h>
void work(void)
{
    struct timeval span = { 0, 100000 };
    struct event_base *base = event_base_new();
    event_base_loopexit(base, &span);
    event_base_dispatch(base);
    event_base_free(base);
}
