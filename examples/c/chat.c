/* A chat room for two: what one says, the others hear: the twin of
 * examples/chat.rs on libevent itself.
 *
 *     cc -g -o chat chat.c -levent
 *     ./chat          (and `nc 127.0.0.1 9995` beside it; Ctrl-C stops it) */

#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>

#define ROOM_FOR 2

/* Who is in the room. */
static struct guest {
    int number;
    struct bufferevent *bev;
    struct evconnlistener *listener;
} guests[ROOM_FOR];
static int present, count;

/* Every whole line goes to all the others. */
static void say(struct bufferevent *bev, void *arg)
{
    int number = (int)(long)arg, i;
    char *said, line[256];

    while ((said = evbuffer_readln(bufferevent_get_input(bev), NULL, EVBUFFER_EOL_CRLF)) != NULL) {
        snprintf(line, sizeof(line), "%d: %s\n", number, said);
        free(said);
        for (i = 0; i < present; i++)
            if (guests[i].bev != bev)
                bufferevent_write(guests[i].bev, line, strlen(line));
    }
}

/* The guest goes, and there is room for another. */
static void leave(struct bufferevent *bev, short what, void *arg)
{
    struct evconnlistener *listener = NULL;
    int i, kept = 0;

    (void)what, (void)arg;
    for (i = 0; i < present; i++) {
        if (guests[i].bev == bev)
            listener = guests[i].listener;
        else
            guests[kept++] = guests[i];
    }
    present = kept;
    bufferevent_free(bev);
    evconnlistener_enable(listener);
}

/* A guest comes in, and the door is closed if he was the last there is room for. */
static void come_in(struct evconnlistener *listener, evutil_socket_t fd,
    struct sockaddr *peer, int len, void *arg)
{
    struct bufferevent *bev = bufferevent_socket_new(arg, fd, BEV_OPT_CLOSE_ON_FREE);
    char welcome[64];

    (void)peer, (void)len;
    guests[present++] = (struct guest){ ++count, bev, listener };
    bufferevent_setcb(bev, say, NULL, leave, (void *)(long)count);
    bufferevent_enable(bev, EV_READ);
    snprintf(welcome, sizeof(welcome), "welcome, guest %d\n", count);
    bufferevent_write(bev, welcome, strlen(welcome));
    if (present == ROOM_FOR)
        evconnlistener_disable(listener);
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

    /* Nobody comes in before everything is ready. */
    base = event_base_new();
    if (base == NULL)
        return 1;
    listener = evconnlistener_new_bind(base, come_in, base,
        LEV_OPT_REUSEABLE | LEV_OPT_CLOSE_ON_FREE | LEV_OPT_DISABLED, -1,
        (struct sockaddr *)&addr, sizeof(addr));
    if (listener == NULL) {
        perror("cannot listen");
        return 1;
    }
    signal_event = evsignal_new(base, SIGINT, signal_cb, base);
    event_add(signal_event, NULL);
    evconnlistener_enable(listener);

    event_base_dispatch(base);

    evconnlistener_free(listener);
    event_free(signal_event);
    event_base_free(base);
    return 0;
}
