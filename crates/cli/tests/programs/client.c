/* What a client does whose server runs already: it watches one connection. With an argument it listens besides. */
#include <event2/event.h>
#include <event2/listener.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
static void answer(evutil_socket_t fd, short what, void *base)
{
    char text[16];
    if (read(fd, text, sizeof text) > 0)
        event_base_loopbreak(base);
    (void)what;
}
static void none(struct evconnlistener *l, evutil_socket_t fd, struct sockaddr *a, int n, void *arg)
{
    (void)l, (void)fd, (void)a, (void)n, (void)arg;
}
int main(int argc, char **argv)
{
    int fds[2];
    struct event_base *base = event_base_new();
    struct evconnlistener *listener = NULL;
    struct event *event;
    if (argc > 1) {
        struct sockaddr local = { .sa_family = AF_UNIX };
        listener = evconnlistener_new_bind(base, none, NULL, LEV_OPT_CLOSE_ON_FREE, -1, &local, sizeof(sa_family_t));
    }
    socketpair(AF_UNIX, SOCK_STREAM, 0, fds);
    event = event_new(base, fds[0], EV_READ | EV_PERSIST, answer, base);
    event_add(event, NULL);
    if (write(fds[1], "hello", 5) != 5)
        return 1;
    event_base_dispatch(base);
    event_free(event);
    if (listener)
        evconnlistener_free(listener);
    event_base_free(base);
    return argc > 1 && !listener;
}
