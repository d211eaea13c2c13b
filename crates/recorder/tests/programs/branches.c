/* Everything of libevent that the twins do not use: pairs, filters, deferred callbacks, marks, limits,
 * connects, once-events, priorities, repeated signals, buffers of one's own. It says what it sees. */

#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>

static struct event_base *base;
static int open_tasks;

static void task_done(void)
{
    if (--open_tasks == 0)
        event_base_loopexit(base, NULL);
}

/* ---- a pair: the callbacks are always deferred ---- */

static struct bufferevent *pair[2];

static void pair_readcb(struct bufferevent *bev, void *arg)
{
    char text[64];
    size_t n = bufferevent_read(bev, text, sizeof(text));
    printf("pair %s read %zu\n", (char *)arg, n);
    bufferevent_free(pair[0]);
    bufferevent_free(pair[1]);
    task_done();
}

static void pair_writecb(struct bufferevent *bev, void *arg)
{
    (void)bev;
    printf("pair %s wrote\n", (char *)arg);
}

/* ---- a filter that doubles what comes in ---- */

static struct bufferevent *below[2], *above;

static enum bufferevent_filter_result twice(struct evbuffer *from, struct evbuffer *to,
    ev_ssize_t limit, enum bufferevent_flush_mode mode, void *arg)
{
    char byte;
    int any = 0;
    (void)limit, (void)mode, (void)arg;
    while (evbuffer_remove(from, &byte, 1) == 1) {
        evbuffer_add(to, &byte, 1);
        evbuffer_add(to, &byte, 1);
        any = 1;
    }
    return any ? BEV_OK : BEV_NEED_MORE;
}

static void filter_readcb(struct bufferevent *bev, void *arg)
{
    size_t n = evbuffer_get_length(bufferevent_get_input(bev));
    (void)arg;
    printf("filter has %zu\n", n);
    if (n == 10) {
        bufferevent_free(above);
        bufferevent_free(below[1]);
        task_done();
    }
}

/* ---- a connection to ourselves, callbacks deferred, a high mark, a rate limit ---- */

static struct evconnlistener *listener;
static struct bufferevent *client;
static size_t got;

static void served_writecb(struct bufferevent *bev, void *arg)
{
    (void)arg;
    printf("served\n");
    bufferevent_free(bev);
}

static void listener_cb(struct evconnlistener *lev, evutil_socket_t fd, struct sockaddr *sa,
    int len, void *arg)
{
    static char block[20000];
    struct bufferevent *bev = bufferevent_socket_new(base, fd, BEV_OPT_CLOSE_ON_FREE);
    (void)lev, (void)sa, (void)len;
    printf("accepted for %s\n", (char *)arg);
    memset(block, 'b', sizeof(block));
    bufferevent_setcb(bev, NULL, served_writecb, NULL, NULL);
    bufferevent_write(bev, block, sizeof(block));
}

static void client_readcb(struct bufferevent *bev, void *arg)
{
    struct evbuffer *input = bufferevent_get_input(bev);
    (void)arg;
    got += evbuffer_get_length(input);
    evbuffer_drain(input, evbuffer_get_length(input));
}

static void client_eventcb(struct bufferevent *bev, short what, void *arg)
{
    (void)arg;
    if (what & BEV_EVENT_CONNECTED)
        printf("connected\n");
    if (what & BEV_EVENT_EOF) {
        printf("end after %zu\n", got);
        bufferevent_free(bev);
        evconnlistener_free(listener);
        task_done();
    }
}

/* ---- a connection nobody answers ---- */

static void refused_eventcb(struct bufferevent *bev, short what, void *arg)
{
    (void)arg;
    printf("refused: %s\n", what & BEV_EVENT_ERROR ? "error" : "?");
    bufferevent_free(bev);
    task_done();
}

/* ---- reading that waits too long ---- */

static void late_eventcb(struct bufferevent *bev, short what, void *arg)
{
    (void)arg;
    printf("late: %s\n", what & BEV_EVENT_TIMEOUT ? "timeout" : "?");
    bufferevent_free(bev);
    task_done();
}

/* ---- plain events ---- */

static struct event *often, *by_hand, *urgent;
static int signals;

static void once_cb(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    printf("once %s\n", (char *)arg);
    task_done();
}

static void signal_cb(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what, (void)arg;
    if (++signals == 3) {
        printf("signals\n");
        event_free(often);
        task_done();
    }
}

static void hand_cb(evutil_socket_t fd, short what, void *arg)
{
    void (*callback)(evutil_socket_t, short, void *) = event_get_callback(*(struct event **)arg);
    (void)fd;
    printf("by hand, what %d, callback %s, argument %s\n", what,
        callback == hand_cb ? "its own" : "another",
        event_get_callback_arg(*(struct event **)arg) == arg ? "its own" : "another");
    event_active(urgent, EV_TIMEOUT, 1);
    if (event_get_callback(urgent) != event_get_callback(urgent))
        printf("?\n");
    event_free(by_hand);
    task_done();
}

static void urgent_cb(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what, (void)arg;
    printf("urgent\n");
    event_free(urgent);
    task_done();
}

/* ---- a buffer of one's own ---- */

static void changed_one(struct evbuffer *buf, const struct evbuffer_cb_info *info, void *arg)
{
    (void)buf;
    printf("%s: %zu +%zu -%zu\n", (char *)arg, info->orig_size, info->n_added, info->n_deleted);
}

static void buffers(void)
{
    struct evbuffer *one = evbuffer_new(), *other = evbuffer_new();
    char *line, text[4];
    evbuffer_add_cb(one, changed_one, "first");
    evbuffer_add_cb(one, changed_one, "second");
    evbuffer_add_printf(one, "line %d\nrest", 1);
    evbuffer_prepend(one, ">", 1);
    line = evbuffer_readln(one, NULL, EVBUFFER_EOL_LF);
    printf("%s\n", line);
    free(line);
    evbuffer_add_reference(other, "reference", 9, NULL, NULL);
    evbuffer_add_buffer(one, other);
    evbuffer_remove_buffer(one, other, 5);
    evbuffer_remove(one, text, 4);
    printf("pieces: %d\n", evbuffer_peek(one, -1, NULL, NULL, 0));
    evbuffer_remove_cb(one, changed_one, "first");
    evbuffer_freeze(one, 0);
    printf("frozen: %d\n", evbuffer_add(one, "x", 1));
    evbuffer_unfreeze(one, 0);
    evbuffer_drain(one, 100);
    evbuffer_free(one);
    evbuffer_free(other);
}

int main(void)
{
    struct sockaddr_in addr = { .sin_family = AF_INET };
    socklen_t len = sizeof(addr);
    struct timeval soon = { 0, 5000 }, limit = { 0, 10000 };
    struct ev_token_bucket_cfg *bucket;
    struct bufferevent *bev;
    int fds[2];

    base = event_base_new();
    event_base_priority_init(base, 3);
    fprintf(stderr, "%s\n", event_base_get_method(base));
    buffers();

    open_tasks++;
    bufferevent_pair_new(base, 0, pair);
    bufferevent_setcb(pair[0], NULL, pair_writecb, NULL, "left");
    bufferevent_setcb(pair[1], pair_readcb, NULL, NULL, "right");
    bufferevent_enable(pair[1], EV_READ);
    bufferevent_write(pair[0], "through the pair", 16);

    open_tasks++;
    bufferevent_pair_new(base, 0, below);
    above = bufferevent_filter_new(below[0], twice, NULL, BEV_OPT_CLOSE_ON_FREE, NULL, NULL);
    bufferevent_setcb(above, filter_readcb, NULL, NULL, NULL);
    bufferevent_enable(above, EV_READ);
    bufferevent_enable(below[1], EV_WRITE);
    bufferevent_write(below[1], "12345", 5);
    bufferevent_flush(below[1], EV_WRITE, BEV_FLUSH);

    open_tasks++;
    addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    listener = evconnlistener_new_bind(base, listener_cb, "nobody", LEV_OPT_CLOSE_ON_FREE, -1,
        (struct sockaddr *)&addr, sizeof(addr));
    evconnlistener_set_cb(listener, listener_cb, "us");
    getsockname(evconnlistener_get_fd(listener), (struct sockaddr *)&addr, &len);
    client = bufferevent_socket_new(base, -1, BEV_OPT_CLOSE_ON_FREE | BEV_OPT_DEFER_CALLBACKS);
    bucket = ev_token_bucket_cfg_new(8000, 8000, 8000, 8000, &limit);
    bufferevent_set_rate_limit(client, bucket);
    bufferevent_setcb(client, client_readcb, NULL, client_eventcb, NULL);
    bufferevent_setwatermark(client, EV_READ, 0, 3000);
    bufferevent_enable(client, EV_READ | EV_WRITE);
    bufferevent_socket_connect(client, (struct sockaddr *)&addr, sizeof(addr));

    open_tasks++;
    addr.sin_port = htons(1);
    bev = bufferevent_socket_new(base, -1, BEV_OPT_CLOSE_ON_FREE);
    bufferevent_setcb(bev, NULL, NULL, refused_eventcb, NULL);
    bufferevent_socket_connect(bev, (struct sockaddr *)&addr, sizeof(addr));

    open_tasks++;
    evutil_socketpair(AF_UNIX, SOCK_STREAM, 0, fds);
    evutil_make_socket_nonblocking(fds[0]);
    bev = bufferevent_socket_new(base, fds[0], BEV_OPT_CLOSE_ON_FREE);
    bufferevent_setcb(bev, NULL, NULL, late_eventcb, NULL);
    bufferevent_set_timeouts(bev, &soon, NULL);
    bufferevent_enable(bev, EV_READ);

    open_tasks += 2;
    event_base_once(base, -1, EV_TIMEOUT, once_cb, "now", NULL);
    event_base_once(base, -1, EV_TIMEOUT, once_cb, "soon", &soon);

    open_tasks++;
    often = evsignal_new(base, SIGUSR1, signal_cb, NULL);
    event_add(often, NULL);
    raise(SIGUSR1);
    raise(SIGUSR1);
    raise(SIGUSR1);

    open_tasks += 2;
    urgent = event_new(base, -1, 0, urgent_cb, NULL);
    event_priority_set(urgent, 0);
    by_hand = event_new(base, -1, EV_PERSIST, hand_cb, &by_hand);
    event_active(by_hand, EV_READ, 1);
    event_del(by_hand);
    event_active(by_hand, EV_WRITE, 1);

    event_base_dispatch(base);
    ev_token_bucket_cfg_free(bucket);
    close(fds[1]);
    event_base_free(base);
    printf("end\n");
    return 0;
}
