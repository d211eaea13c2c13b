/* Four threads change two buffers that they share, by every call whose record says how long a buffer was before and
 * after. */

#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include <event2/buffer.h>
#include <event2/thread.h>
#include <event2/util.h>

enum { THREADS = 4, TURNS = 400 };

static struct evbuffer *one, *other;
static int ends[2];

static void *work(void *arg)
{
    char bytes[32];
    int turn, first = arg != NULL;

    memset(bytes, 'x', sizeof bytes);
    for (turn = 0; turn < TURNS; turn++) {
        struct evbuffer *a = first ? one : other, *b = first ? other : one;

        evbuffer_add(a, bytes, sizeof bytes);
        evbuffer_prepend(b, bytes, 8);
        evbuffer_add_printf(a, "%d bytes", turn);
        evbuffer_add_buffer(a, b);
        evbuffer_remove_buffer(a, b, 16);
        evbuffer_remove(b, bytes, 4);
        evbuffer_drain(a, 40);
        evbuffer_write_atmost(a, ends[1], 16);
        evbuffer_read(b, ends[0], 16);
        first = !first;
    }
    return NULL;
}

int main(void)
{
    pthread_t threads[THREADS];
    int i;

    evthread_use_pthreads();
    one = evbuffer_new();
    other = evbuffer_new();
    if (!one || !other || pipe(ends) != 0 || evbuffer_enable_locking(one, NULL) || evbuffer_enable_locking(other, NULL))
        return 1;
    evutil_make_socket_nonblocking(ends[0]);
    evutil_make_socket_nonblocking(ends[1]);
    for (i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, work, i % 2 ? &threads[i] : NULL);
    for (i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    evbuffer_free(one);
    evbuffer_free(other);
    return 0;
}
