/* What a program of an exercise needs of its surroundings. evscope plays the others: where their ends are stands in the
 * environment. By hand, without evscope, all of them are at port 9995 of this machine. */

#ifndef EXERCISE_H
#define EXERCISE_H

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <event2/util.h>

/* The address of a server: of your own to listen at, or of somebody else's to connect to. */
static inline struct sockaddr_in exercise_address(const char *name)
{
    struct sockaddr_in address = { .sin_family = AF_INET };
    char variable[64];
    const char *port;

    snprintf(variable, sizeof(variable), "EXERCISE_%s", name);
    port = getenv(variable);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port ? atoi(port) : 9995);
    return address;
}

/* A connection that is there already; room is how many bytes the kernel keeps on the way, 0 as many as it likes. */
static inline evutil_socket_t exercise_connection(const char *name, int room)
{
    struct sockaddr_in address = exercise_address(name);
    evutil_socket_t fd = socket(AF_INET, SOCK_STREAM, 0);

    if (room > 0)
        setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &room, sizeof(room));
    if (connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0) {
        perror(name);
        exit(1);
    }
    evutil_make_socket_nonblocking(fd);
    return fd;
}

/* The program stands still. */
static inline void exercise_sleep(int ms)
{
    struct timespec time = { ms / 1000, ms % 1000 * 1000000L };

    nanosleep(&time, NULL);
}

/* A filter: a byte in front of every piece says how long it is. */
static inline enum bufferevent_filter_result exercise_frame_out(struct evbuffer *from, struct evbuffer *to,
    ev_ssize_t limit, enum bufferevent_flush_mode mode, void *arg)
{
    size_t len = evbuffer_get_length(from);
    unsigned char first;

    (void)mode, (void)arg;
    if (limit >= 0 && len >= (size_t)limit)
        len = limit > 0 ? (size_t)limit - 1 : 0;
    if (len > 255)
        len = 255;
    if (len == 0)
        return BEV_NEED_MORE;
    first = (unsigned char)len;
    if (evbuffer_add(to, &first, 1) != 0 || evbuffer_remove_buffer(from, to, len) < 0)
        return BEV_ERROR;
    return BEV_OK;
}

/* Its other way: in come only whole pieces, without their length. */
static inline enum bufferevent_filter_result exercise_frame_in(struct evbuffer *from, struct evbuffer *to,
    ev_ssize_t limit, enum bufferevent_flush_mode mode, void *arg)
{
    unsigned char len;

    (void)limit, (void)mode, (void)arg;
    if (evbuffer_copyout(from, &len, 1) != 1 || evbuffer_get_length(from) <= len)
        return BEV_NEED_MORE;
    if (evbuffer_drain(from, 1) != 0 || evbuffer_remove_buffer(from, to, len) < 0)
        return BEV_ERROR;
    return BEV_OK;
}

#endif
