/* A client whose callbacks are deferred: the twin of
 * examples/deferred-callbacks.rs on libevent itself.
 *
 *     cc -g -o deferred-callbacks deferred-callbacks.c -levent
 *     ./deferred-callbacks */

#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>

static void conn_readcb(struct bufferevent *bev, void *arg)
{
    struct evbuffer *input = bufferevent_get_input(bev);

    (void)arg;
    evbuffer_drain(input, evbuffer_get_length(input));
}

static void conn_writecb(struct bufferevent *bev, void *arg)
{
    (void)bev, (void)arg;
}

static void conn_eventcb(struct bufferevent *bev, short what, void *arg)
{
    (void)arg;
    if (what != BEV_EVENT_CONNECTED)
        bufferevent_free(bev);
}

int main(void)
{
    struct sockaddr_in addr = { .sin_family = AF_INET };
    socklen_t len = sizeof(addr);
    int server = socket(AF_INET, SOCK_STREAM, 0), connection;
    struct event_base *base;
    struct bufferevent *bev;

    addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(server, (struct sockaddr *)&addr, len) < 0 || listen(server, 1) < 0
        || getsockname(server, (struct sockaddr *)&addr, &len) < 0)
        return 1;

    base = event_base_new();
    bev = bufferevent_socket_new(base, -1, BEV_OPT_CLOSE_ON_FREE | BEV_OPT_DEFER_CALLBACKS);
    bufferevent_setcb(bev, conn_readcb, conn_writecb, conn_eventcb, NULL);
    bufferevent_socket_connect(bev, (struct sockaddr *)&addr, sizeof(addr));
    bufferevent_enable(bev, EV_READ);
    bufferevent_write(bev, "hello\n", 6);

    /* A server that speaks first, before the client's loop has looked. */
    connection = accept(server, NULL, NULL);
    if (write(connection, "welcome\n", 8) < 0)
        return 1;
    shutdown(connection, SHUT_WR);

    event_base_dispatch(base);
    event_base_free(base);
    return 0;
}
