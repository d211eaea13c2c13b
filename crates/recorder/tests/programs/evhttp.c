/* A server and a client of evhttp in one loop: answers in one piece and in many, a body that goes up, a connection that
 * is kept and one that is not, an address where nobody listens, a server that never answers, and a client that leaves. */
#include <arpa/inet.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/http_struct.h>
#include <event2/keyvalq_struct.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static struct event_base *base;
static struct evhttp_connection *kept;
static struct evhttp_request *parked;
static struct event *ticks;
static int port, next, pieces;

static void ask(void);

/* A piece of the long answer each time; the last ends it. */
static void tick(evutil_socket_t fd, short what, void *arg)
{
    struct evhttp_request *request = arg;
    struct evbuffer *piece = evbuffer_new();

    (void)fd, (void)what;
    evbuffer_add_printf(piece, "piece %d of an answer that comes in many\n", pieces);
    evhttp_send_reply_chunk(request, piece);
    evbuffer_free(piece);
    if (++pieces == 4) {
        event_free(ticks);
        ticks = NULL;
        evhttp_send_reply_end(request);
    }
}

static void answer(struct evhttp_request *request, void *arg)
{
    const char *uri = evhttp_request_get_uri(request);
    struct evbuffer *body;

    (void)arg;
    if (strcmp(uri, "/many") == 0) {
        struct timeval soon = { 0, 2000 };
        evhttp_send_reply_start(request, 200, "OK");
        ticks = event_new(base, -1, EV_PERSIST, tick, request);
        event_add(ticks, &soon);
    } else if (strcmp(uri, "/never") == 0) {
        parked = request;
    } else {
        body = evbuffer_new();
        evbuffer_add_buffer(body, evhttp_request_get_input_buffer(request));
        evbuffer_add_printf(body, "for %s\n", uri);
        evhttp_send_reply(request, 200, "OK", body);
        evbuffer_free(body);
    }
}

static void answered(struct evhttp_request *request, void *arg)
{
    (void)arg;
    if (request == NULL || evhttp_request_get_response_code(request) == 0)
        printf("none\n");
    else
        printf("%d, %zu bytes\n", evhttp_request_get_response_code(request),
            evbuffer_get_length(evhttp_request_get_input_buffer(request)));
    ask();
}

static void later(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what, (void)arg;
    event_base_loopbreak(base);
}

static struct evhttp_connection *connection(int to)
{
    return evhttp_connection_base_new(base, NULL, "127.0.0.1", (ev_uint16_t)to);
}

static void request(struct evhttp_connection *to, enum evhttp_cmd_type type, const char *uri, const char *body, int keep)
{
    struct evhttp_request *made = evhttp_request_new(answered, NULL);

    evhttp_add_header(evhttp_request_get_output_headers(made), "Host", "localhost");
    if (!keep)
        evhttp_add_header(evhttp_request_get_output_headers(made), "Connection", "close");
    if (body != NULL)
        evbuffer_add(evhttp_request_get_output_buffer(made), body, strlen(body));
    evhttp_make_request(to, made, type, uri);
}

/* One after the other. */
static void ask(void)
{
    static char long_body[20000];
    struct timeval soon = { 0, 5000 };

    switch (next++) {
    case 0: request(kept, EVHTTP_REQ_GET, "/first", NULL, 1); break;
    case 1: request(kept, EVHTTP_REQ_GET, "/second", NULL, 1); break;
    case 2:
        memset(long_body, 'x', sizeof long_body - 1);
        request(kept, EVHTTP_REQ_POST, "/up", long_body, 1);
        break;
    case 3: request(kept, EVHTTP_REQ_GET, "/many", NULL, 1); break;
    case 4: request(kept, EVHTTP_REQ_GET, "/last", NULL, 0); break;
    case 5: {
        /* Nobody listens there; it tries again once. */
        struct evhttp_connection *nobody = connection(1);
        evhttp_connection_set_retries(nobody, 1);
        evhttp_connection_set_initial_retry_tv(nobody, &soon);
        evhttp_connection_free_on_completion(nobody);
        request(nobody, EVHTTP_REQ_GET, "/nobody", NULL, 1);
        break;
    }
    case 6:
        evhttp_connection_set_timeout_tv(kept, &soon);
        request(kept, EVHTTP_REQ_GET, "/never", NULL, 1);
        break;
    default: event_base_once(base, -1, EV_TIMEOUT, later, NULL, &soon); break;
    }
}

int main(void)
{
    struct evhttp *http;
    struct evhttp_bound_socket *bound;
    struct sockaddr_in addr;
    socklen_t len = sizeof addr;

    base = event_base_new();
    http = evhttp_new(base);
    evhttp_set_gencb(http, answer, NULL);
    bound = evhttp_bind_socket_with_handle(http, "127.0.0.1", 0);
    getsockname(evhttp_bound_socket_get_fd(bound), (struct sockaddr *)&addr, &len);
    port = ntohs(addr.sin_port);
    kept = connection(port);
    ask();
    event_base_dispatch(base);
    /* The one that was never answered is still there. */
    printf("%s\n", parked != NULL ? "one is left" : "none is left");
    evhttp_connection_free(kept);
    evhttp_free(http);
    event_base_free(base);
    return 0;
}
