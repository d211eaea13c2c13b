/* Goes into the background, where it sends itself five bytes. */
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <sys/socket.h>
#include <unistd.h>
static void readcb(struct bufferevent *bev, void *arg)
{
    char text[16];
    bufferevent_read(bev, text, sizeof text);
    event_base_loopbreak(arg);
}
int main(void)
{
    int fds[2];
    struct bufferevent *ends[2];
    struct event_base *base = event_base_new();
    if (daemon(1, 0) < 0)
        return 1;
    usleep(200000);
    event_reinit(base);
    socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds);
    for (int i = 0; i < 2; i++) {
        ends[i] = bufferevent_socket_new(base, fds[i], BEV_OPT_CLOSE_ON_FREE);
        bufferevent_setcb(ends[i], readcb, NULL, NULL, base);
        bufferevent_enable(ends[i], EV_READ);
    }
    bufferevent_write(ends[0], "hello", 5);
    event_base_dispatch(base);
    for (int i = 0; i < 2; i++)
        bufferevent_free(ends[i]);
    event_base_free(base);
    return 0;
}
