/* A fork, and a kernel that is told things twice.
 *
 * A program waits for bytes with an event, and forks. The child needs no event and deletes its own; then it ends. What does
 * the parent hear of the bytes that come next? Three times: the child as it is; the parent adds its event anew; and a
 * child that calls event_reinit first.
 *
 * Compile it with -levent. */

#include <event2/event.h>
#include <event2/util.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static struct event_base *base;
static struct event *incoming;
static evutil_socket_t pair[2];

static void got_bytes(evutil_socket_t fd, short what, void *arg)
{
    char bytes[16];

    (void)what, (void)arg;
    printf("got %d bytes\n", (int)read(fd, bytes, sizeof(bytes)));
}

/* The child: its memory is a copy, and so is its event. */
static void run_child(int reinit)
{
    if (reinit)
        event_reinit(base);
    event_del(incoming);
    _exit(0);
}

static void fork_child(int reinit)
{
    pid_t child = fork();

    if (child < 0)
        abort();
    if (child == 0)
        run_child(reinit);
    waitpid(child, NULL, 0);
}

/* Bytes come, and the loop has 200 ms to hear of them. */
static void run_loop(void)
{
    struct timeval span = {0, 200000};

    if (write(pair[1], "hello", 5) != 5)
        abort();
    event_base_loopexit(base, &span);
    event_base_dispatch(base);
}

int main(void)
{
    if (evutil_socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0)
        abort();
    base = event_base_new();
    incoming = event_new(base, pair[0], EV_READ | EV_PERSIST, got_bytes, NULL);
    event_add(incoming, NULL);

    fork_child(0);
    run_loop();

    event_del(incoming);
    event_add(incoming, NULL);
    run_loop();

    fork_child(1);
    run_loop();

    event_free(incoming);
    event_base_free(base);
    evutil_closesocket(pair[0]);
    evutil_closesocket(pair[1]);
    return 0;
}
