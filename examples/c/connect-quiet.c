/* A client that only listens: writing is disabled before the connection is made: the twin of
 * examples/connect-quiet.rs on libevent itself.
 *
 *     cc -g -o connect-quiet connect-quiet.c -levent
 *     ./connect-quiet 9994  (after `nc -l 127.0.0.1 9994`) */

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <event2/bufferevent.h>
#include <event2/event.h>

/* Connected, or not; and later the end. */
static void conn_eventcb(struct bufferevent *bev, short what, void *arg)
{
    (void)arg;
    if (what == BEV_EVENT_CONNECTED)
        bufferevent_enable(bev, EV_READ);
    else
        bufferevent_free(bev);
}

int main(int argc, char **argv)
{
    struct sockaddr_in addr = { .sin_family = AF_INET };
    struct event_base *base;
    struct bufferevent *bev;

    addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    addr.sin_port = htons(argc > 1 ? atoi(argv[1]) : 9994);

    base = event_base_new();
    bev = bufferevent_socket_new(base, -1, BEV_OPT_CLOSE_ON_FREE);
    bufferevent_setcb(bev, NULL, NULL, conn_eventcb, NULL);
    bufferevent_socket_connect(bev, (struct sockaddr *)&addr, sizeof(addr));
    bufferevent_disable(bev, EV_WRITE);

    event_base_dispatch(base);
    event_base_free(base);
    return 0;
}
