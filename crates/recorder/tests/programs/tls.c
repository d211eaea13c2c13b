/* Two TLS bufferevents over a socket pair, one of them on top of another bufferevent; a handshake without a
 * certificate fails. */
#include <event2/bufferevent.h>
#include <event2/bufferevent_ssl.h>
#include <event2/event.h>
#include <openssl/ssl.h>

static int ended;

static void eventcb(struct bufferevent *bev, short what, void *base)
{
    (void)bev;
    if (what & (BEV_EVENT_ERROR | BEV_EVENT_EOF) && ++ended == 2)
        event_base_loopbreak(base);
}

int main(void)
{
    evutil_socket_t fds[2];
    struct timeval limit = { 10, 0 };
    struct event_base *base = event_base_new();
    SSL_CTX *client = SSL_CTX_new(TLS_client_method());
    SSL_CTX *server = SSL_CTX_new(TLS_server_method());
    struct bufferevent *below, *one, *other;

    evutil_socketpair(AF_UNIX, SOCK_STREAM, 0, fds);
    evutil_make_socket_nonblocking(fds[0]);
    evutil_make_socket_nonblocking(fds[1]);
    one = bufferevent_openssl_socket_new(
        base, fds[0], SSL_new(client), BUFFEREVENT_SSL_CONNECTING, BEV_OPT_CLOSE_ON_FREE);
    below = bufferevent_socket_new(base, fds[1], BEV_OPT_CLOSE_ON_FREE);
    other = bufferevent_openssl_filter_new(
        base, below, SSL_new(server), BUFFEREVENT_SSL_ACCEPTING, BEV_OPT_CLOSE_ON_FREE);
    bufferevent_setcb(one, NULL, NULL, eventcb, base);
    bufferevent_setcb(other, NULL, NULL, eventcb, base);
    bufferevent_enable(one, EV_READ | EV_WRITE);
    bufferevent_enable(other, EV_READ | EV_WRITE);
    event_base_loopexit(base, &limit);
    event_base_dispatch(base);
    bufferevent_free(one);
    bufferevent_free(other);
    event_base_free(base);
    SSL_CTX_free(client);
    SSL_CTX_free(server);
    return ended == 2 ? 0 : 1;
}
