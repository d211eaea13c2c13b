/* Every way to change a buffer, while a callback takes at once away what was added; then the same with a callback
 * that is put off. Says how much was taken. */

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <event2/buffer.h>
#include <event2/event.h>

static size_t taken;

static void eat(struct evbuffer *buf, const struct evbuffer_cb_info *info, void *arg)
{
    (void)arg;
    taken += info->n_added;
    evbuffer_drain(buf, info->n_added);
}

static void put(struct evbuffer *buf, const char *format, ...)
{
    va_list list;

    va_start(list, format);
    evbuffer_add_vprintf(buf, format, list);
    va_end(list);
}

static void change(struct evbuffer *buf, struct evbuffer *other, int file)
{
    struct evbuffer_iovec vec = {(void *)"123456", 6}, room;
    struct evbuffer_file_segment *segment = evbuffer_file_segment_new(file, 0, 7, 0);
    char text[8];

    evbuffer_add(buf, "1", 1);
    evbuffer_prepend(buf, "12", 2);
    evbuffer_add_printf(buf, "%d", 123);
    put(buf, "%d", 1234);
    evbuffer_add_reference(buf, "12345", 5, NULL, NULL);
    evbuffer_add_iovec(buf, &vec, 1);
    evbuffer_add_file_segment(buf, segment, 0, 7);
    evbuffer_add(other, "12345678", 8);
    evbuffer_add_buffer_reference(buf, other);
    evbuffer_add_buffer(buf, other);
    evbuffer_add(other, "123456789", 9);
    evbuffer_prepend_buffer(buf, other);
    evbuffer_add(other, "1234567890", 10);
    evbuffer_remove_buffer(other, buf, 10);
    evbuffer_reserve_space(buf, 11, &room, 1);
    memset(room.iov_base, 'x', 11);
    room.iov_len = 11;
    evbuffer_commit_space(buf, &room, 1);
    /* Nothing, and more than there is. */
    evbuffer_add(buf, "", 0);
    evbuffer_add_printf(buf, "%s", "");
    evbuffer_remove(buf, text, sizeof text);
    evbuffer_drain(buf, 1000);
    evbuffer_file_segment_free(segment);
}

int main(void)
{
    struct event_base *base = event_base_new();
    struct evbuffer *buf = evbuffer_new(), *other = evbuffer_new();
    FILE *file = tmpfile();

    if (base == NULL || buf == NULL || other == NULL || file == NULL)
        return 1;
    fputs("1234567", file);
    fflush(file);
    evbuffer_add_cb(buf, eat, NULL);
    change(buf, other, fileno(file));
    printf("%zu\n", taken);
    evbuffer_defer_callbacks(buf, base);
    change(buf, other, fileno(file));
    event_base_loop(base, EVLOOP_NONBLOCK);
    printf("%zu\n", taken);
    evbuffer_free(buf);
    evbuffer_free(other);
    event_base_free(base);
    fclose(file);
    return 0;
}
