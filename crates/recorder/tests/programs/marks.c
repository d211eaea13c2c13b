/* Two bufferevents on a socket pair: one puts its callbacks off, the other has none for writing. */

#include <sys/socket.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>

static void asked(struct bufferevent *bev, void *arg)
{
    (void)arg;
    evbuffer_drain(bufferevent_get_input(bev), 5);
    bufferevent_write(bev, "answer", 6);
}

static void answered(struct bufferevent *bev, void *base)
{
    (void)bev;
    event_base_loopbreak(base);
}

int main(void)
{
    int fds[2];
    struct event_base *base = event_base_new();
    struct bufferevent *server, *client;

    if (base == NULL || socketpair(AF_UNIX, SOCK_STREAM, 0, fds) != 0)
        return 1;
    evutil_make_socket_nonblocking(fds[0]);
    evutil_make_socket_nonblocking(fds[1]);
    server = bufferevent_socket_new(base, fds[0], BEV_OPT_CLOSE_ON_FREE | BEV_OPT_DEFER_CALLBACKS);
    client = bufferevent_socket_new(base, fds[1], BEV_OPT_CLOSE_ON_FREE);
    bufferevent_setcb(server, asked, NULL, NULL, NULL);
    bufferevent_setcb(client, answered, NULL, NULL, base);
    bufferevent_setwatermark(server, EV_READ, 4, 0);
    bufferevent_enable(server, EV_READ);
    bufferevent_enable(client, EV_READ);
    bufferevent_write(client, "asked", 5);
    event_base_dispatch(base);
    bufferevent_free(server);
    bufferevent_free(client);
    event_base_free(base);
    return 0;
}
