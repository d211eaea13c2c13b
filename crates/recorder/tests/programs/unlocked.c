/* Four threads write to bufferevents of a base that another loops; their other ends put callbacks off and unlock
 * while these run. Meanwhile a thread asks again and again what the callbacks are. Says how often they ran and what was
 * seen that is not the program's. */

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/thread.h>

enum { ENDS = 4, WRITES = 500, BYTES = 100 };

static struct event_base *base;
static struct bufferevent *writers[ENDS], *readers[ENDS];
static size_t got;
static int runs, wrong;
static volatile int over;

static void readcb(struct bufferevent *bev, void *arg)
{
    struct evbuffer *input = bufferevent_get_input(bev);
    size_t n = evbuffer_get_length(input);

    (void)arg;
    runs++;
    got += n;
    evbuffer_drain(input, n);
    if (got >= (size_t)ENDS * WRITES * BYTES)
        event_base_loopbreak(base);
}

static void *work(void *bev)
{
    char text[BYTES];
    int i;

    memset(text, 'x', sizeof text);
    for (i = 0; i < WRITES; i++)
        bufferevent_write(bev, text, sizeof text);
    return NULL;
}

static void *look(void *arg)
{
    (void)arg;
    while (!over) {
        int i;
        for (i = 0; i < ENDS; i++) {
            bufferevent_data_cb read, write;
            bufferevent_event_cb event;
            void *given;

            bufferevent_getcb(readers[i], &read, &write, &event, &given);
            if (read != readcb || write != NULL || event != NULL || given != &got)
                wrong++;
        }
    }
    return NULL;
}

int main(void)
{
    pthread_t threads[ENDS], looking;
    int i;

    evthread_use_pthreads();
    base = event_base_new();
    for (i = 0; i < ENDS; i++) {
        int fds[2];

        if (base == NULL || socketpair(AF_UNIX, SOCK_STREAM, 0, fds) != 0)
            return 1;
        evutil_make_socket_nonblocking(fds[0]);
        evutil_make_socket_nonblocking(fds[1]);
        writers[i] = bufferevent_socket_new(base, fds[0], BEV_OPT_CLOSE_ON_FREE | BEV_OPT_THREADSAFE);
        readers[i] = bufferevent_socket_new(base, fds[1],
            BEV_OPT_CLOSE_ON_FREE | BEV_OPT_THREADSAFE | BEV_OPT_DEFER_CALLBACKS | BEV_OPT_UNLOCK_CALLBACKS);
        bufferevent_enable(writers[i], EV_WRITE);
        bufferevent_setcb(readers[i], readcb, NULL, NULL, &got);
        bufferevent_enable(readers[i], EV_READ);
    }
    for (i = 0; i < ENDS; i++)
        pthread_create(&threads[i], NULL, work, writers[i]);
    pthread_create(&looking, NULL, look, NULL);
    event_base_dispatch(base);
    over = 1;
    pthread_join(looking, NULL);
    for (i = 0; i < ENDS; i++) {
        pthread_join(threads[i], NULL);
        bufferevent_free(writers[i]);
        bufferevent_free(readers[i]);
    }
    event_base_free(base);
    printf("%d runs, %zu bytes, %d wrong\n", runs, got, wrong);
    return 0;
}
