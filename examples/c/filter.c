/* A server that talks in ROT13, by a filter: the twin of
 * examples/filter.rs on libevent itself.
 *
 *     cc -g -o filter filter.c -levent
 *     ./filter          (and `nc 127.0.0.1 9995` beside it; Ctrl-C stops it) */

#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>

static char rot13(char byte)
{
    if ((byte >= 'a' && byte <= 'm') || (byte >= 'A' && byte <= 'M'))
        return byte + 13;
    if ((byte >= 'n' && byte <= 'z') || (byte >= 'N' && byte <= 'Z'))
        return byte - 13;
    return byte;
}

/* From the socket to the program: a line at a time. */
static enum bufferevent_filter_result decode(struct evbuffer *from, struct evbuffer *to,
    ev_ssize_t limit, enum bufferevent_flush_mode mode, void *arg)
{
    size_t len, i;
    char *line = evbuffer_readln(from, &len, EVBUFFER_EOL_LF);

    (void)limit, (void)mode, (void)arg;
    if (line == NULL)
        return BEV_NEED_MORE;
    for (i = 0; i < len; i++)
        line[i] = rot13(line[i]);
    line[len] = '\n';
    evbuffer_add(to, line, len + 1);
    free(line);
    return BEV_OK;
}

/* From the program to the socket: whatever is there, and a dot at the end of it all. */
static enum bufferevent_filter_result encode(struct evbuffer *from, struct evbuffer *to,
    ev_ssize_t limit, enum bufferevent_flush_mode mode, void *arg)
{
    size_t len = evbuffer_get_length(from), i;
    char *bytes = malloc(len + 2);

    (void)limit, (void)arg;
    if (bytes == NULL)
        return BEV_ERROR;
    evbuffer_remove(from, bytes, len);
    for (i = 0; i < len; i++)
        bytes[i] = rot13(bytes[i]);
    if (mode == BEV_FINISHED) {
        bytes[len++] = '.';
        bytes[len++] = '\n';
    }
    if (len > 0)
        evbuffer_add(to, bytes, len);
    free(bytes);
    return len > 0 ? BEV_OK : BEV_NEED_MORE;
}

/* Sends a line back. After `quit` comes the end. */
static void line_readcb(struct bufferevent *bev, void *arg)
{
    size_t len;
    char *line;

    (void)arg;
    while ((line = evbuffer_readln(bufferevent_get_input(bev), &len, EVBUFFER_EOL_LF)) != NULL) {
        if (strcmp(line, "quit") == 0) {
            free(line);
            bufferevent_flush(bev, EV_WRITE, BEV_FINISHED);
            return;
        }
        line[len] = '\n';
        bufferevent_write(bev, line, len + 1);
        free(line);
    }
}

/* What happens below is told here. The bufferevent below goes with the filter. */
static void conn_eventcb(struct bufferevent *bev, short what, void *arg)
{
    (void)what, (void)arg;
    bufferevent_free(bev);
}

/* Somebody has connected: a bufferevent on the socket, and the filter on top of it. */
static void listener_cb(struct evconnlistener *listener, evutil_socket_t fd,
    struct sockaddr *peer, int len, void *arg)
{
    struct event_base *base = arg;
    struct bufferevent *below, *bev;

    (void)listener, (void)peer, (void)len;
    below = bufferevent_socket_new(base, fd, BEV_OPT_CLOSE_ON_FREE);
    /* Deferred, or lines get stuck below: who takes lines out before the filter has seen that its input
     * is full is not watched for making room. */
    bev = bufferevent_filter_new(below, decode, encode,
        BEV_OPT_CLOSE_ON_FREE | BEV_OPT_DEFER_CALLBACKS, NULL, NULL);
    bufferevent_setcb(bev, line_readcb, NULL, conn_eventcb, NULL);
    /* At the high mark the filter takes no more lines from below. */
    bufferevent_setwatermark(bev, EV_READ, 0, 16);
    /* And below, no more is taken from the filter when so much waits for the socket. */
    bufferevent_setwatermark(below, EV_WRITE, 0, 16);
    bufferevent_enable(bev, EV_READ);
    bufferevent_write(bev, "Hello\n", 6);
}

/* Ctrl-C: the loop ends after this turn. */
static void signal_cb(evutil_socket_t signal, short what, void *arg)
{
    (void)signal, (void)what;
    event_base_loopexit(arg, NULL);
}

int main(int argc, char **argv)
{
    struct sockaddr_in addr = { .sin_family = AF_INET };
    struct event_base *base;
    struct evconnlistener *listener;
    struct event *signal_event;

    addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    addr.sin_port = htons(argc > 1 ? atoi(argv[1]) : 9995);

    base = event_base_new();
    if (base == NULL)
        return 1;
    listener = evconnlistener_new_bind(base, listener_cb, base,
        LEV_OPT_REUSEABLE | LEV_OPT_CLOSE_ON_FREE, -1,
        (struct sockaddr *)&addr, sizeof(addr));
    if (listener == NULL) {
        perror("cannot listen");
        return 1;
    }
    signal_event = evsignal_new(base, SIGINT, signal_cb, base);
    event_add(signal_event, NULL);

    event_base_dispatch(base);

    evconnlistener_free(listener);
    event_free(signal_event);
    event_base_free(base);
    return 0;
}
