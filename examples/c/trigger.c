/* Running a bufferevent's callbacks by hand, and giving it another socket: the twin of
 * examples/trigger.rs on libevent itself.
 *
 *     cc -g -o trigger trigger.c -levent
 *     ./trigger */

#include <sys/socket.h>
#include <unistd.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/util.h>

/* Called three times: twice by hand, and once because there is something to read. Then it says that this
 * is the end. */
static void conn_readcb(struct bufferevent *bev, void *arg)
{
    (void)arg;
    if (evbuffer_get_length(bufferevent_get_input(bev)) == 0)
        return;
    /* A high mark below what is there already suspends reading at once; none at all resumes it. */
    bufferevent_setwatermark(bev, EV_READ, 0, 4);
    bufferevent_setwatermark(bev, EV_READ, 0, 0);
    bufferevent_trigger_event(bev, BEV_EVENT_READING | BEV_EVENT_EOF, 0);
}

/* Called though nothing was ever written: writing was enabled anew, and the output is empty. */
static void conn_writecb(struct bufferevent *bev, void *arg)
{
    (void)bev, (void)arg;
}

/* It cannot tell who says so. */
static void conn_eventcb(struct bufferevent *bev, short what, void *arg)
{
    (void)what, (void)arg;
    bufferevent_free(bev);
}

int main(void)
{
    evutil_socket_t first[2], second[2];
    struct event_base *base;
    struct bufferevent *bev;

    if (socketpair(AF_UNIX, SOCK_STREAM, 0, first) < 0
        || socketpair(AF_UNIX, SOCK_STREAM, 0, second) < 0)
        return 1;
    evutil_make_socket_nonblocking(first[1]);
    evutil_make_socket_nonblocking(second[1]);

    base = event_base_new();
    bev = bufferevent_socket_new(base, first[1], BEV_OPT_CLOSE_ON_FREE);
    bufferevent_setcb(bev, conn_readcb, conn_writecb, conn_eventcb, NULL);
    bufferevent_setwatermark(bev, EV_READ, 4, 0);
    bufferevent_enable(bev, EV_READ);

    /* The input is empty, which is below the low mark. */
    bufferevent_trigger(bev, EV_READ, 0);
    bufferevent_trigger(bev, EV_READ, BEV_TRIG_IGNORE_WATERMARKS);
    /* This one comes from the loop. */
    bufferevent_trigger(bev, EV_READ, BEV_TRIG_IGNORE_WATERMARKS | BEV_TRIG_DEFER_CALLBACKS);

    /* Another socket: both events are set up anew, and what was enabled is enabled again. */
    bufferevent_setfd(bev, second[1]);
    close(first[1]);
    close(first[0]);
    if (write(second[0], "hello\n", 6) < 0)
        return 1;
    event_base_dispatch(base);
    event_base_free(base);
    return 0;
}
