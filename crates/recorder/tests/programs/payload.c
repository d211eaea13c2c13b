/* Reads more and more into an input that nobody drains: each read is of another letter. */

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>

static int fds[2];

static void more(char letter, size_t n)
{
    char text[3000];

    memset(text, letter, n);
    if (write(fds[1], text, n) != (ssize_t)n)
        _exit(1);
}

static void readcb(struct bufferevent *bev, void *base)
{
    static int reads;

    (void)bev;
    if (reads++ < 3)
        more((char)('a' + reads), 3000);
    else
        event_base_loopbreak(base);
}

int main(void)
{
    struct event_base *base = event_base_new();
    struct bufferevent *bev;

    if (base == NULL || socketpair(AF_UNIX, SOCK_STREAM, 0, fds) != 0)
        return 1;
    evutil_make_socket_nonblocking(fds[0]);
    bev = bufferevent_socket_new(base, fds[0], 0);
    bufferevent_setcb(bev, readcb, NULL, NULL, base);
    bufferevent_enable(bev, EV_READ);
    more('a', 500);
    event_base_dispatch(base);
    bufferevent_free(bev);
    event_base_free(base);
    return 0;
}
