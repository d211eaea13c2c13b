/* A client that connects to a port where nobody listens: the twin of
 * examples/connect-refused.rs on libevent itself.
 *
 *     cc -g -o connect-refused connect-refused.c -levent
 *     ./connect-refused */

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <event2/bufferevent.h>
#include <event2/event.h>

/* ERROR, without READING or WRITING: it is the connection itself that failed. */
static void conn_eventcb(struct bufferevent *bev, short what, void *arg)
{
    (void)what, (void)arg;
    bufferevent_free(bev);
}

int main(int argc, char **argv)
{
    struct sockaddr_in addr = { .sin_family = AF_INET };
    struct event_base *base;
    struct bufferevent *bev;

    addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    addr.sin_port = htons(argc > 1 ? atoi(argv[1]) : 9);

    base = event_base_new();
    bev = bufferevent_socket_new(base, -1, BEV_OPT_CLOSE_ON_FREE);
    bufferevent_setcb(bev, NULL, NULL, conn_eventcb, NULL);
    bufferevent_write(bev, "hello\n", 6);
    bufferevent_socket_connect(bev, (struct sockaddr *)&addr, sizeof(addr));
    bufferevent_enable(bev, EV_READ);

    event_base_dispatch(base);
    event_base_free(base);
    return 0;
}
