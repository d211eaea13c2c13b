/* Level and edge: when the loop tells of bytes that nobody has read: the twin of
 * examples/edge-trigger.rs on libevent itself.
 *
 *     cc -g -o edge-trigger edge-trigger.c -levent
 *     ./edge-trigger */

#include <sys/socket.h>
#include <unistd.h>

#include <event2/event.h>
#include <event2/util.h>

static struct event_base *base;
static struct event *level, *edge;

/* The two ends of a connection: the writer's and the reader's. */
static int connection(evutil_socket_t ends[2])
{
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) < 0)
        return -1;
    return evutil_make_socket_nonblocking(ends[1]);
}

/* Level-triggered: four bytes a call, until a call finds none. */
static void read_until_empty(evutil_socket_t fd, short what, void *arg)
{
    static int left = 8;
    char bytes[4];

    (void)what, (void)arg;
    left -= read(fd, bytes, sizeof(bytes));
    if (left == 0)
        event_del(level);
}

/* The other side has hung up. What it said before is there still. */
static void hung_up(evutil_socket_t fd, short what, void *arg)
{
    char bytes[6];

    (void)what, (void)arg;
    if (read(fd, bytes, sizeof(bytes)) < 0)
        return;
}

/* Nobody reads here; the other side's hanging up is told all the same. */
static void wait_for_the_end(void)
{
    evutil_socket_t ends[2];
    struct event *event;

    if (connection(ends) < 0)
        return;
    event = event_new(base, ends[1], EV_CLOSED, hung_up, NULL);
    event_add(event, NULL);
    if (write(ends[0], "unread", 6) < 0)
        return;
    close(ends[0]);
}

/* Edge-triggered: four bytes, and the others stay. The next call knows better. */
static void read_a_little(evutil_socket_t fd, short what, void *arg)
{
    static int called;
    char bytes[4];

    (void)what, (void)arg;
    if (!called++) {
        if (read(fd, bytes, sizeof(bytes)) < 0)
            return;
        return;
    }
    while (read(fd, bytes, sizeof(bytes)) > 0)
        ;
    event_del(edge);
    wait_for_the_end();
}

/* Writes one byte more. */
static void write_more(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    if (write(*(evutil_socket_t *)arg, "9", 1) < 0)
        return;
}

int main(void)
{
    const struct timeval later = { 0, 30 * 1000 };
    struct event_config *config = event_config_new();
    evutil_socket_t for_level[2], for_edge[2];

    event_config_require_features(config, EV_FEATURE_ET | EV_FEATURE_EARLY_CLOSE);
    base = event_base_new_with_config(config);
    event_config_free(config);
    if (base == NULL || connection(for_level) < 0)
        return 1;
    level = event_new(base, for_level[1], EV_READ | EV_PERSIST, read_until_empty, NULL);
    event_add(level, NULL);
    if (write(for_level[0], "12345678", 8) < 0 || connection(for_edge) < 0)
        return 1;
    edge = event_new(base, for_edge[1], EV_READ | EV_PERSIST | EV_ET, read_a_little, NULL);
    event_add(edge, NULL);
    if (write(for_edge[0], "12345678", 8) < 0)
        return 1;
    event_base_once(base, -1, EV_TIMEOUT, write_more, &for_edge[0], &later);

    event_base_dispatch(base);
    event_base_free(base);
    return 0;
}
