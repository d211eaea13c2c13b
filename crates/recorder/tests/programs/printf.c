/* Texts that are formatted into a buffer, with more arguments of each kind than registers hold; and a file. */

#include <fcntl.h>
#include <stdio.h>

#include <event2/buffer.h>

int main(int argc, char **argv)
{
    struct evbuffer *buf = evbuffer_new();
    int added = evbuffer_add_printf(buf, "%d %s %d %d %d %d %ld.", 1, "two", 3, 4, 5, 6, 7L); /* line 11 */
    char text[1000];
    size_t length;

    (void)argc;
    added += evbuffer_add_printf(buf, "%.1f %.1f %.1f %.1f %.1f %.1f %.1f %.1f %.1f %d.", 1., 2., 3., 4., 5., 6., 7., 8., 9.5, 10);
    evbuffer_add_file(buf, open(argv[1], O_RDONLY), 0, 5); /* line 17 */
    length = evbuffer_remove(buf, text, sizeof text);
    printf("%d %.*s\n", added, (int)length, text);
    evbuffer_free(buf);
    return 0;
}
