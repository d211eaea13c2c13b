/* Looks at the pieces of a buffer in every way, and says how many it was told of. */

#include <stdio.h>

#include <event2/buffer.h>
#include <event2/event.h>

static struct evbuffer *buf;

static void look(ev_ssize_t len, struct evbuffer_ptr *from, int n)
{
    struct evbuffer_iovec pieces[8];

    printf("%d\n", evbuffer_peek(buf, len, from, n > 0 ? pieces : NULL, n));
}

int main(void)
{
    struct event_base *base = event_base_new();
    struct evbuffer_ptr from;

    buf = evbuffer_new();
    look(-1, NULL, 0);
    /* Three pieces: nothing is added to what others own. */
    evbuffer_add_reference(buf, "0123456789", 10, NULL, NULL);
    evbuffer_add(buf, "abc", 3);
    evbuffer_add_reference(buf, "wxyz", 4, NULL, NULL);
    look(-1, NULL, 0);
    look(-1, NULL, 8);
    look(-1, NULL, 2);
    look(0, NULL, 8);
    look(3, NULL, 8);
    look(11, NULL, 1);
    look(100, NULL, 0);
    evbuffer_ptr_set(buf, &from, 5, EVBUFFER_PTR_SET);
    look(-1, &from, 0);
    look(0, &from, 8);
    look(6, &from, 8);
    evbuffer_ptr_set(buf, &from, 17, EVBUFFER_PTR_SET);
    look(1, &from, 8);
    /* Nowhere. */
    from = evbuffer_search(buf, "not there", 9, NULL);
    look(-1, &from, 8);
    evbuffer_free(buf);
    event_base_free(base);
    return 0;
}
