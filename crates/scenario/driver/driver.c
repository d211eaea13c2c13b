/* Runs scenarios on libevent: ./driver PROGRAM FOLDER BACKEND
 *
 * PROGRAM is a file of scenarios, lowered to one instruction a line. Everything is done as in evscope's own
 * interpreter for its reactor, call by call, so that their traces can be compared. FOLDER is for sockets. */

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>

#include "tls.h"
#include "world.h"

/* The same limits as in the other interpreter. */
enum { MOST_CALLS = 100, MOST_WAITS = 50, MOST_DEPTH = 5, MOST_BYTES = 1 << 16 };
/* The fds of the program's ends, and of the others. */
enum { NEAR = 100, FAR = 500 };
/* Arguments that stand for no object, for that of the callback, for the connection that was accepted. */
enum { NONE = -1, SELF = -2, ACCEPTED = -3 };
/* A place or a common timeout that has a name is its number taken from one of these. */
#define PLACE_NAME (-(1L << 40))
#define COMMON_NAME (-(1L << 41))

struct frame { int own, accepted; };

struct instruction {
    void (*run)(const struct instruction *i, const struct frame *frame);
    int line;
    long a[8];
    unsigned char *data;
    size_t n;
};

struct body { struct instruction *all; int n; };
struct clause { int callback, call; unsigned when; struct body body; };
struct at { long long time; struct body body; };

enum sort { PEER, SERVER, EVENT, BEV, BUFFER, LISTENER, TIMEOUT, GROUP, BUFFER_CB, PLACE };
/* How far an event is with its end. */
enum finalizer { NO_FINALIZER, WAITS, CALLED };

struct object {
    enum sort sort;
    int alive;
    void *it;
    /* Peers and servers; of a bufferevent near is the socket that libevent made for it and does not close. */
    int near, far, tcp, given, fresh, listens, used, gone;
    /* A peer: whether a bufferevent has it. */
    int taken;
    struct sockaddr_storage addr;
    socklen_t addr_len;
    /* Bufferevents and listeners: the peer or server they have, the one below. */
    int kind, tls, close_on_free, peer, connected, under, below;
    /* Bufferevents: the group they were made a member of. Events: their end. */
    int group;
    enum finalizer finalizer;
    /* Evbuffers: whether their callbacks are deferred. */
    int deferred;
    /* Callbacks of evbuffers: whose, and which of them. Places: where. */
    int whose;
    long which, at;
};

enum { SOCKET_BEV, PAIR_BEV, FILTER_BEV };
enum { MOST_OBJECTS = 4096, MOST_NAMES = 64, MOST_CALLBACKS = 32, MOST_CLAUSES = 256, MOST_AT = 256 };

static struct body config_body, main_body;
static struct clause clauses[MOST_CLAUSES];
static struct at ats[MOST_AT];
static int clause_count, at_count;

static struct event_base *base;
static struct object objects[MOST_OBJECTS];
static int object_count, names[MOST_NAMES];
static int calls_of[MOST_CALLBACKS], calls, waits, depth, done, servers;
static void *kept[MOST_OBJECTS];
static int kept_count;
/* A bufferevent was freed, and perhaps nobody has taken it apart yet. */
static int unfinished;
/* The scenario has come to its end: nobody does anything any more. */
static int over;
static const char *folder;

static void fail(const char *what)
{
    fprintf(stderr, "driver: %s: %s\n", what, strerror(errno));
    exit(3);
}

static long long ms(long time)
{
    return time * 1000000LL;
}

/* A time in ms as libevent takes it, or a common timeout; NULL for none. */
static const struct timeval *span(long time)
{
    static struct timeval spans[4];
    static int next;
    struct timeval *span = &spans[next++ % 4];

    if (time <= COMMON_NAME)
        return objects[names[COMMON_NAME - time]].it;
    if (time < 0)
        return NULL;
    span->tv_sec = time / 1000;
    span->tv_usec = time % 1000 * 1000;
    return span;
}

/* ---- The bodies of callbacks ---- */

/* Room at the end of an evbuffer that was reserved: it is there for the statement behind only. */
struct reserved { struct evbuffer *buf; size_t size; struct evbuffer_iovec vectors[2]; int n; };
static struct reserved reserved, usable;

/* Puts numbers where places have names; 0 if there is no such place, or no such common timeout. */
static int resolve(struct instruction *i)
{
    int n, at;

    for (n = 0; n < 8; n++) {
        if (i->a[n] > PLACE_NAME)
            continue;
        at = names[i->a[n] <= COMMON_NAME ? COMMON_NAME - i->a[n] : PLACE_NAME - i->a[n]];
        if (at < 0)
            return 0;
        if (objects[at].sort == PLACE)
            i->a[n] = objects[at].at;
    }
    return 1;
}

static void run_body(const struct body *body, const struct frame *frame)
{
    int i;

    for (i = 0; i < body->n; i++) {
        struct instruction step = body->all[i];
        if (!resolve(&step))
            continue;
        usable = reserved;
        reserved.buf = NULL;
        step.run(&step, frame);
    }
}

static void callback(int number, unsigned what, int own, int accepted)
{
    struct frame frame = { own, accepted };
    int i;

    if (over)
        return;
    if (++calls > MOST_CALLS) {
        event_base_loopbreak(base);
        return;
    }
    if (depth >= MOST_DEPTH)
        return;
    depth++;
    calls_of[number]++;
    for (i = 0; i < clause_count; i++) {
        struct clause *clause = &clauses[i];
        if (clause->callback == number && (clause->call == 0 || clause->call == calls_of[number]) &&
            (clause->when == 0 || (clause->when & what) != 0)) {
            run_body(&clause->body, &frame);
            break;
        }
    }
    depth--;
}

static int add(enum sort sort, void *it)
{
    struct object *object = &objects[object_count];

    if (object_count == MOST_OBJECTS)
        fail("too many objects");
    memset(object, 0, sizeof *object);
    object->sort = sort;
    object->alive = 1;
    object->it = it;
    object->near = object->far = object->peer = object->below = object->group = -1;
    return object_count++;
}

static int name(long name, int at)
{
    names[name] = at;
    return at;
}

/* Finds the object that an argument stands for, if it is there. */
static int find(long arg, enum sort sort, const struct frame *frame)
{
    int at = arg == SELF ? frame->own : arg == ACCEPTED ? frame->accepted : arg >= 0 ? names[arg] : -1;

    return at >= 0 && objects[at].alive && objects[at].sort == sort ? at : -1;
}

/* Every callback of a scenario is another function, so that the recorder sees which one it is. */

static void on_accept(int number, int fd, int own)
{
    int at = add(PEER, NULL);

    objects[at].near = fd;
    objects[at].fresh = 1;
    if (number >= 0)
        callback(number, 0, own, at);
    if (objects[at].alive && objects[at].fresh) {
        objects[at].near = -1;
        objects[at].alive = 0;
        close(fd);
    }
}

static void finalized(int at)
{
    if (objects[at].alive)
        objects[at].finalizer = CALLED;
}

#define CALLBACKS(n) \
    static void scn_event_##n(evutil_socket_t fd, short what, void *own) \
    { (void)fd; callback(n, (unsigned short)what, *(int *)own, -1); } \
    static void scn_finalizer_##n(struct event *event, void *own) \
    { (void)event; finalized(*(int *)own); callback(n, EV_FINALIZE, *(int *)own, -1); } \
    static void scn_data_##n(struct bufferevent *bev, void *own) \
    { (void)bev; callback(n, 0, *(int *)own, -1); } \
    static void scn_happening_##n(struct bufferevent *bev, short what, void *own) \
    { (void)bev; callback(n, (unsigned short)what, *(int *)own, -1); } \
    static void scn_accept_##n(struct evconnlistener *l, evutil_socket_t fd, struct sockaddr *a, int len, void *own) \
    { (void)l, (void)a, (void)len; on_accept(n, fd, *(int *)own); } \
    static void scn_error_##n(struct evconnlistener *l, void *own) \
    { (void)l; callback(n, 0, *(int *)own, -1); } \
    static void scn_buffer_##n(struct evbuffer *buf, const struct evbuffer_cb_info *info, void *own) \
    { (void)buf, (void)info, (void)own; callback(n, 0, -1, -1); }
#define EACH(X) \
    X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11) X(12) X(13) X(14) X(15) X(16) X(17) X(18) X(19) \
    X(20) X(21) X(22) X(23) X(24) X(25) X(26) X(27) X(28) X(29) X(30) X(31)
EACH(CALLBACKS)

static void scn_accept_nothing(struct evconnlistener *l, evutil_socket_t fd, struct sockaddr *a, int len, void *own)
{
    (void)l, (void)a, (void)len;
    on_accept(-1, fd, *(int *)own);
}

static void scn_nothing(evutil_socket_t fd, short what, void *own)
{
    (void)fd, (void)what, (void)own;
}

static void scn_finalizer_nothing(struct event *event, void *own)
{
    (void)event;
    finalized(*(int *)own);
}

#define EVENT_CB(n) scn_event_##n,
#define FINALIZER_CB(n) scn_finalizer_##n,
#define DATA_CB(n) scn_data_##n,
#define HAPPENING_CB(n) scn_happening_##n,
#define ACCEPT_CB(n) scn_accept_##n,
#define ERROR_CB(n) scn_error_##n,
#define BUFFER_CB(n) scn_buffer_##n,
static const event_callback_fn event_cbs[] = { EACH(EVENT_CB) };
static const event_finalize_callback_fn finalizer_cbs[] = { EACH(FINALIZER_CB) };
static const bufferevent_data_cb data_cbs[] = { EACH(DATA_CB) };
static const bufferevent_event_cb happening_cbs[] = { EACH(HAPPENING_CB) };
static const evconnlistener_cb accept_cbs[] = { EACH(ACCEPT_CB) };
static const evconnlistener_errorcb error_cbs[] = { EACH(ERROR_CB) };
static const evbuffer_cb_func buffer_cbs[] = { EACH(BUFFER_CB) };

static event_callback_fn event_cb(long number)
{
    return number < 0 ? scn_nothing : event_cbs[number];
}

/* Memory that lives as long as the scenario. */
static void *keep(void *it)
{
    if (kept_count == MOST_OBJECTS)
        fail("too much to keep");
    kept[kept_count++] = it;
    return it;
}

/* The number of an object, for its callbacks. */
static int *own(int at)
{
    int *place = malloc(sizeof *place);

    *place = at;
    return keep(place);
}

/* ---- The world ---- */

static int move_to(int fd, int from)
{
    int moved = fcntl(fd, F_DUPFD_CLOEXEC, from);

    if (moved < 0)
        fail("dup");
    close(fd);
    fcntl(moved, F_SETFL, fcntl(moved, F_GETFL) | O_NONBLOCK);
    return moved;
}

static void until_ready(int fd, short events, int timeout)
{
    struct pollfd one = { fd, events, 0 };

    if (fd >= 0)
        world_poll(&one, 1, timeout);
}

static int waiting(int fd)
{
    int n = 0;

    return ioctl(fd, FIONREAD, &n) < 0 ? 0 : n;
}

static struct sockaddr_in loopback(void)
{
    struct sockaddr_in addr;

    memset(&addr, 0, sizeof addr);
    addr.sin_family = AF_INET;
    addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return addr;
}

static void no_delay(int fd)
{
    int one = 1;

    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
}

static int connect_to(const struct sockaddr *addr, socklen_t len)
{
    int fd = socket(addr->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0)
        fail("socket");
    if (connect(fd, addr, len) < 0) {
        close(fd);
        return -1;
    }
    if (addr->sa_family == AF_INET)
        no_delay(fd);
    return fd;
}

static int made_peer(long to, int near, int far, int tcp)
{
    int at = name(to, add(PEER, NULL));

    objects[at].near = near;
    objects[at].far = far;
    objects[at].tcp = tcp;
    return at;
}

static void peer_new(const struct instruction *i, const struct frame *frame)
{
    int ends[2], room = (int)i->a[2];

    (void)frame;
    if (i->a[1] == 1) {
        struct sockaddr_in addr = loopback();
        socklen_t len = sizeof addr;
        int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (bind(listener, (struct sockaddr *)&addr, len) < 0 || listen(listener, 1) < 0 ||
            getsockname(listener, (struct sockaddr *)&addr, &len) < 0)
            fail("listen");
        ends[1] = connect_to((struct sockaddr *)&addr, len);
        ends[0] = accept(listener, NULL, NULL);
        close(listener);
        no_delay(ends[0]);
    } else if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0) {
        fail("socketpair");
    }
    if (room > 0) {
        setsockopt(ends[0], SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
        setsockopt(ends[1], SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
    }
    ends[0] = move_to(ends[0], NEAR);
    ends[1] = move_to(ends[1], FAR);
    made_peer(i->a[0], ends[0], ends[1], i->a[1] == 1);
}

static void socket_pair(const struct instruction *i, const struct frame *frame)
{
    int ends[2], room = (int)i->a[2], n;

    (void)frame;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
        fail("socketpair");
    for (n = 0; n < 2; n++)
        if (room > 0)
            setsockopt(ends[n], SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
    for (n = 0; n < 2; n++)
        ends[n] = move_to(ends[n], NEAR);
    made_peer(i->a[0], ends[0], -1, 0);
    made_peer(i->a[1], ends[1], -1, 0);
}

/* The peer of an argument, if its own end is open; -1 otherwise. */
static int far(const struct instruction *i, const struct frame *frame)
{
    int at = find(i->a[0], PEER, frame);

    return at >= 0 && objects[at].far >= 0 ? at : -1;
}

/* The bytes of an instruction, repeated; to be freed. */
static unsigned char *repeated(const struct instruction *i, int place, size_t *n)
{
    unsigned char *all = malloc(i->n * (size_t)i->a[place] + 1);
    long times;

    for (times = 0; times < i->a[place]; times++)
        memcpy(all + i->n * (size_t)times, i->data, i->n);
    *n = i->n * (size_t)i->a[place];
    return all;
}

static void peer_send(const struct instruction *i, const struct frame *frame)
{
    int at = far(i, frame), near, before, tries;
    size_t sent = 0, n;
    unsigned char *all;
    ssize_t result;

    if (at < 0)
        return;
    near = objects[at].near;
    before = near >= 0 ? waiting(near) : 0;
    all = repeated(i, 1, &n);
    while (sent < n && (result = send(objects[at].far, all + sent, n - sent, MSG_NOSIGNAL | MSG_DONTWAIT)) > 0)
        sent += (size_t)result;
    free(all);
    if (objects[at].tcp && near >= 0)
        for (tries = 0; tries < 2000 && waiting(near) < before + (int)sent; tries++)
            world_poll(NULL, 0, 1);
}

static void peer_read(const struct instruction *i, const struct frame *frame)
{
    static unsigned char bytes[MOST_BYTES];
    int at = far(i, frame);
    size_t left = (size_t)i->a[1];
    ssize_t n;

    while (at >= 0 && left > 0) {
        if (objects[at].tcp)
            until_ready(objects[at].far, POLLIN, 20);
        n = recv(objects[at].far, bytes, left < sizeof bytes ? left : sizeof bytes, MSG_DONTWAIT);
        if (n <= 0)
            break;
        left -= (size_t)n;
    }
}

static void ended(int at)
{
    if (objects[at].tcp)
        until_ready(objects[at].near, POLLRDHUP, 2000);
}

static void peer_shutdown(const struct instruction *i, const struct frame *frame)
{
    int at = far(i, frame);

    if (at >= 0) {
        shutdown(objects[at].far, SHUT_WR);
        ended(at);
    }
}

static void peer_close(const struct instruction *i, const struct frame *frame)
{
    int at = far(i, frame);

    if (at >= 0) {
        close(objects[at].far);
        objects[at].far = -1;
        ended(at);
    }
}

static void peer_reset(const struct instruction *i, const struct frame *frame)
{
    struct linger linger = { 1, 0 };
    int at = far(i, frame);

    if (at >= 0)
        setsockopt(objects[at].far, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
    peer_close(i, frame);
}

static void server_new(const struct instruction *i, const struct frame *frame)
{
    int tcp = i->a[1] % 2 == 1, listens = i->a[1] < 2, fd, at;
    struct sockaddr_storage addr;
    socklen_t len;

    (void)frame;
    memset(&addr, 0, sizeof addr);
    servers++;
    if (tcp) {
        struct sockaddr_in in = loopback();
        memcpy(&addr, &in, sizeof in);
        len = sizeof in;
    } else {
        struct sockaddr_un *un = (struct sockaddr_un *)&addr;
        un->sun_family = AF_UNIX;
        snprintf(un->sun_path, sizeof un->sun_path, "%s/%d", folder, servers);
        unlink(un->sun_path);
        len = sizeof *un;
    }
    fd = socket(addr.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&addr, len) < 0 || (listens && listen(fd, 128) < 0))
        fail("server");
    if (tcp)
        getsockname(fd, (struct sockaddr *)&addr, &len);
    at = name(i->a[0], add(SERVER, NULL));
    objects[at].near = move_to(fd, NEAR);
    objects[at].tcp = tcp;
    objects[at].listens = listens;
    objects[at].addr = addr;
    objects[at].addr_len = len;
}

static void server_accept(const struct instruction *i, const struct frame *frame)
{
    int at = find(i->a[1], SERVER, frame), fd;

    if (at < 0 || !objects[at].listens || objects[at].used)
        return;
    if (objects[at].tcp)
        until_ready(objects[at].near, POLLIN, 2000);
    fd = accept(objects[at].near, NULL, NULL);
    if (fd >= 0)
        made_peer(i->a[0], -1, move_to(fd, FAR), objects[at].tcp);
}

static void peer_connect(const struct instruction *i, const struct frame *frame)
{
    int at = find(i->a[1], SERVER, frame), fd;

    if (at < 0 || !objects[at].listens || objects[at].gone)
        return;
    fd = connect_to((struct sockaddr *)&objects[at].addr, objects[at].addr_len);
    if (fd < 0)
        return;
    if (objects[at].tcp)
        until_ready(objects[at].near, POLLIN, 2000);
    made_peer(i->a[0], -1, move_to(fd, FAR), objects[at].tcp);
}

static const int signals[] = { SIGUSR1, SIGUSR2 };

static void raise_signal(const struct instruction *i, const struct frame *frame)
{
    (void)frame;
    raise(signals[i->a[0]]);
}

static void sleep_for(const struct instruction *i, const struct frame *frame)
{
    (void)frame;
    if (i->a[0] > 0)
        world_now += ms(i->a[0]);
}

/* A peer's number, if the program's end of it is open. */
static int near(long arg, const struct frame *frame)
{
    int at = find(arg, PEER, frame);

    return at >= 0 && objects[at].near >= 0 ? at : -1;
}

static void fd_read(const struct instruction *i, const struct frame *frame)
{
    static unsigned char bytes[MOST_BYTES];
    int at = near(i->a[0], frame);

    if (at >= 0)
        recv(objects[at].near, bytes, i->a[1] < MOST_BYTES ? (size_t)i->a[1] : MOST_BYTES, MSG_DONTWAIT);
}

static void fd_write(const struct instruction *i, const struct frame *frame)
{
    int at = near(i->a[0], frame);
    size_t n;

    if (at >= 0) {
        unsigned char *all = repeated(i, 1, &n);
        send(objects[at].near, all, n, MSG_NOSIGNAL | MSG_DONTWAIT);
        free(all);
    }
}

/* ---- The loop ---- */

#define STEP(name) static void name(const struct instruction *i, const struct frame *frame)
#define UNUSED (void)i, (void)frame

/* Done before there is a base. */
STEP(config_set_flag) { UNUSED; }
STEP(config_require_features) { UNUSED; }
STEP(config_max_dispatch) { UNUSED; }

STEP(priority_init) { UNUSED; event_base_priority_init(base, (int)i->a[0]); }

/* A loop that ends because nothing is left has taken everything apart. */
static void run_loop(int flags)
{
    if (event_base_loop(base, flags) == 1)
        unfinished = 0;
}

STEP(dispatch) { UNUSED; run_loop(0); }
STEP(loop) { UNUSED; run_loop((int)i->a[0]); }
STEP(loopexit) { UNUSED; event_base_loopexit(base, span(i->a[0])); }
STEP(loopbreak) { UNUSED; event_base_loopbreak(base); }
STEP(loopcontinue) { UNUSED; event_base_loopcontinue(base); }

STEP(once)
{
    int at = -1;

    if (i->a[0] != NONE) {
        at = near(i->a[0], frame);
        if (at < 0 || i->a[1] == 0)
            return;
        objects[at].fresh = 0;
    }
    event_base_once(base, at < 0 ? -1 : objects[at].near, at < 0 ? EV_TIMEOUT : (short)i->a[1], event_cb(i->a[2]),
        own(-1), span(i->a[3]));
}

STEP(active_by_fd)
{
    int at = near(i->a[0], frame);

    if (at >= 0)
        event_base_active_by_fd(base, objects[at].near, (short)i->a[1]);
}

STEP(active_by_signal) { UNUSED; event_base_active_by_signal(base, signals[i->a[0]]); }

STEP(common_timeout)
{
    const struct timeval *timeout = i->a[1] < 0 ? NULL : event_base_init_common_timeout(base, span(i->a[1]));

    (void)frame;
    if (timeout != NULL)
        name(i->a[0], add(TIMEOUT, (void *)timeout));
}

/* ---- Events ---- */

static void made_event(long to, struct event *event, int *number)
{
    if (event != NULL)
        *number = name(to, add(EVENT, event));
}

STEP(event_new_)
{
    int at = -1, *number;

    if (i->a[1] != NONE) {
        at = near(i->a[1], frame);
        if (at < 0)
            return;
        objects[at].fresh = 0;
    }
    number = own(-1);
    made_event(i->a[0],
        event_new(base, at < 0 ? -1 : objects[at].near, (short)(at < 0 ? i->a[2] & EV_PERSIST : i->a[2]),
            event_cb(i->a[3]), number), number);
}

STEP(timer_new)
{
    int *number = own(-1);

    (void)frame;
    made_event(i->a[0], event_new(base, -1, (short)(i->a[2] & EV_PERSIST), event_cb(i->a[1]), number), number);
}

STEP(signal_new)
{
    int *number = own(-1);

    (void)frame;
    made_event(i->a[0], evsignal_new(base, signals[i->a[1]], event_cb(i->a[2]), number), number);
}

#define WITH_EVENT(name, ...) STEP(name) { \
        int at = find(i->a[0], EVENT, frame); \
        struct event *event = at < 0 ? NULL : objects[at].it; \
        if (event != NULL) { __VA_ARGS__; } \
    }

WITH_EVENT(event_add_, event_add(event, span(i->a[1])))
WITH_EVENT(event_del_, event_del(event))
WITH_EVENT(event_active_, event_active(event, (int)i->a[1], 1))
WITH_EVENT(event_priority_set_, event_priority_set(event, (int)i->a[1]))
WITH_EVENT(event_remove_timer_, event_remove_timer(event))

/* Gives an event its last callback; frees: and it is gone. */
static void finalize(const struct instruction *i, const struct frame *frame, int frees)
{
    int at = find(i->a[0], EVENT, frame);
    event_finalize_callback_fn cb = i->a[1] < 0 ? scn_finalizer_nothing : finalizer_cbs[i->a[1]];

    if (at < 0 || objects[at].finalizer == CALLED)
        return;
    objects[at].finalizer = WAITS;
    if (frees) {
        objects[at].alive = 0;
        event_free_finalize(0, objects[at].it, cb);
    } else {
        event_finalize(0, objects[at].it, cb);
    }
}

STEP(event_finalize_) { finalize(i, frame, 0); }
STEP(event_free_finalize_) { finalize(i, frame, 1); }

/* ---- Bufferevents ---- */

static void let_go(int at)
{
    struct object *object = &objects[at];

    object->alive = 0;
    if (object->sort == BEV) {
        if (object->peer >= 0 && objects[object->peer].alive) {
            objects[object->peer].taken = 0;
            if (object->close_on_free)
                objects[object->peer].near = -1;
        }
        if (object->kind == FILTER_BEV && objects[object->below].alive) {
            objects[object->below].under = 0;
            if (object->close_on_free)
                let_go(object->below);
        }
    } else if (object->sort == LISTENER && objects[object->peer].alive) {
        objects[object->peer].used = object->close_on_free;
        objects[object->peer].gone = object->close_on_free;
    }
}

static void free_object(int at)
{
    struct object *object = &objects[at];

    if (!object->alive || object->sort == PEER || object->sort == SERVER || object->sort > LISTENER ||
        (object->sort == BEV && object->under) || (object->sort == EVENT && object->finalizer == WAITS))
        return;
    let_go(at);
    switch (object->sort) {
    case EVENT: event_free(object->it); break;
    case BEV: unfinished = 1; bufferevent_free(object->it); break;
    case BUFFER: evbuffer_free(object->it); break;
    case LISTENER: evconnlistener_free(object->it); break;
    default: break;
    }
}

#define FREE(name, sort) STEP(name) { \
        int at = find(i->a[0], sort, frame); \
        if (at >= 0) free_object(at); \
    }

FREE(event_free_, EVENT)
FREE(bev_free, BEV)
FREE(buf_free, BUFFER)
FREE(listener_free, LISTENER)

static int made_bev(long to, struct bufferevent *bev, int kind, long options, int peer, int below)
{
    int at;

    if (bev == NULL)
        return -1;
    at = name(to, add(BEV, bev));
    objects[at].near = -1;
    objects[at].kind = kind;
    objects[at].close_on_free = (options & BEV_OPT_CLOSE_ON_FREE) != 0;
    objects[at].peer = peer;
    objects[at].below = below;
    if (peer >= 0)
        objects[peer].given = objects[at].close_on_free, objects[peer].taken = 1;
    if (below >= 0)
        objects[below].under = 1;
    return at;
}

/* The end of a connection that a bufferevent is to be made on: its number, -1 for none. 0 where it is not ours, or a
 * bufferevent has it. */
static int end_for(long arg, const struct frame *frame, int *at)
{
    *at = -1;
    if (arg == NONE)
        return 1;
    *at = near(arg, frame);
    if (*at < 0 || objects[*at].taken)
        return 0;
    objects[*at].fresh = 0;
    return 1;
}

STEP(bev_socket_new)
{
    int at;

    if (end_for(i->a[1], frame, &at))
        made_bev(i->a[0], bufferevent_socket_new(base, at < 0 ? -1 : objects[at].near, (int)i->a[2]), SOCKET_BEV,
            i->a[2], at, -1);
}

STEP(bev_pair_new)
{
    struct bufferevent *pair[2];

    (void)frame;
    if (bufferevent_pair_new(base, (int)i->a[2], pair) == 0) {
        made_bev(i->a[0], pair[0], PAIR_BEV, i->a[2], -1, -1);
        made_bev(i->a[1], pair[1], PAIR_BEV, i->a[2], -1, -1);
    }
}

/* As the other interpreter's filters of the same order. */
static enum bufferevent_filter_result move_bytes(struct evbuffer *from, struct evbuffer *to, size_t most)
{
    return evbuffer_remove_buffer(from, to, most) > 0 ? BEV_OK : BEV_NEED_MORE;
}

static size_t most_of(struct evbuffer *from, ev_ssize_t limit)
{
    size_t len = evbuffer_get_length(from);

    return limit >= 0 && (size_t)limit < len ? (size_t)limit : len;
}

static enum bufferevent_filter_result filter_copy(struct evbuffer *from, struct evbuffer *to, ev_ssize_t limit,
    enum bufferevent_flush_mode mode, void *arg)
{
    (void)mode, (void)arg;
    return move_bytes(from, to, most_of(from, limit));
}

static enum bufferevent_filter_result filter_pairs(struct evbuffer *from, struct evbuffer *to, ev_ssize_t limit,
    enum bufferevent_flush_mode mode, void *arg)
{
    size_t most = most_of(from, limit);

    (void)arg;
    if (mode == BEV_NORMAL)
        most &= ~(size_t)1;
    return most == 0 ? BEV_NEED_MORE : move_bytes(from, to, most);
}

static enum bufferevent_filter_result filter_refuse(struct evbuffer *from, struct evbuffer *to, ev_ssize_t limit,
    enum bufferevent_flush_mode mode, void *arg)
{
    (void)from, (void)to, (void)limit, (void)mode, (void)arg;
    return BEV_ERROR;
}

static unsigned char through[2][MOST_BYTES];

/* How many bytes double_out has taken in the scenario, and may take: what is sent back to where it came from would double
 * for ever. */
enum { MOST_DOUBLED = MOST_BYTES / 2 };
static size_t doubled;

/* Every byte goes out twice. */
static enum bufferevent_filter_result double_out(struct evbuffer *from, struct evbuffer *to, ev_ssize_t limit,
    enum bufferevent_flush_mode mode, void *arg)
{
    size_t n = evbuffer_get_length(from), at;

    (void)mode, (void)arg;
    if (limit >= 0 && (size_t)limit / 2 < n)
        n = (size_t)limit / 2;
    if (n > MOST_DOUBLED - doubled)
        n = MOST_DOUBLED - doubled;
    if (n == 0 || evbuffer_remove(from, through[0], n) < 0)
        return BEV_NEED_MORE;
    for (at = 0; at < n; at++)
        through[1][2 * at] = through[1][2 * at + 1] = through[0][at];
    if (evbuffer_add(to, through[1], 2 * n) != 0)
        return BEV_ERROR;
    doubled += n;
    return BEV_OK;
}

static enum bufferevent_filter_result double_in(struct evbuffer *from, struct evbuffer *to, ev_ssize_t limit,
    enum bufferevent_flush_mode mode, void *arg)
{
    size_t n = evbuffer_get_length(from) / 2, at;

    (void)mode, (void)arg;
    if (limit >= 0 && (size_t)limit < n)
        n = (size_t)limit;
    if (n > MOST_BYTES / 2)
        n = MOST_BYTES / 2;
    if (n == 0 || evbuffer_remove(from, through[0], 2 * n) < 0)
        return BEV_NEED_MORE;
    for (at = 0; at < n; at++)
        through[1][at] = through[0][2 * at];
    return evbuffer_add(to, through[1], n) == 0 ? BEV_OK : BEV_ERROR;
}

/* A byte in front of every piece says how long it is; in come only whole pieces. */
static enum bufferevent_filter_result frame_out(struct evbuffer *from, struct evbuffer *to, ev_ssize_t limit,
    enum bufferevent_flush_mode mode, void *arg)
{
    size_t n = evbuffer_get_length(from);

    (void)mode, (void)arg;
    if (limit >= 0 && (size_t)(limit > 0 ? limit - 1 : 0) < n)
        n = (size_t)(limit > 0 ? limit - 1 : 0);
    if (n > 255)
        n = 255;
    if (n == 0 || evbuffer_remove(from, through[0] + 1, n) < 0)
        return BEV_NEED_MORE;
    through[0][0] = (unsigned char)n;
    return evbuffer_add(to, through[0], n + 1) == 0 ? BEV_OK : BEV_ERROR;
}

static enum bufferevent_filter_result frame_in(struct evbuffer *from, struct evbuffer *to, ev_ssize_t limit,
    enum bufferevent_flush_mode mode, void *arg)
{
    unsigned char first;
    size_t whole;

    (void)limit, (void)mode, (void)arg;
    if (evbuffer_copyout(from, &first, 1) != 1)
        return BEV_NEED_MORE;
    whole = 1 + (size_t)first;
    if (whole > evbuffer_get_length(from) || evbuffer_remove(from, through[0], whole) < 0)
        return BEV_NEED_MORE;
    return evbuffer_add(to, through[0] + 1, whole - 1) == 0 ? BEV_OK : BEV_ERROR;
}

static enum bufferevent_filter_result filter_swallow(struct evbuffer *from, struct evbuffer *to, ev_ssize_t limit,
    enum bufferevent_flush_mode mode, void *arg)
{
    (void)to, (void)limit, (void)mode, (void)arg;
    return evbuffer_drain(from, evbuffer_get_length(from)) == 0 ? BEV_OK : BEV_ERROR;
}

STEP(bev_filter_new)
{
    static const bufferevent_filter_cb in[] = { NULL, filter_copy, filter_pairs, filter_refuse, double_in, frame_in,
        filter_swallow };
    static const bufferevent_filter_cb out[] = { NULL, filter_copy, filter_pairs, filter_refuse, double_out, frame_out,
        filter_swallow };
    int at = find(i->a[1], BEV, frame);
    struct bufferevent *bev;

    if (at < 0 || objects[at].under)
        return;
    bev = bufferevent_filter_new(objects[at].it, in[i->a[2]], out[i->a[2]], (int)i->a[3], NULL, NULL);
    made_bev(i->a[0], bev, FILTER_BEV, i->a[3], -1, at);
}

STEP(bev_tls_new)
{
    int at, made;

    if (!end_for(i->a[1], frame, &at))
        return;
    made = made_bev(i->a[0],
        tls_socket_new(base, at < 0 ? -1 : objects[at].near, i->a[2] == 1, (int)i->a[3]), SOCKET_BEV, i->a[3], at, -1);
    if (made >= 0)
        objects[made].tls = 1;
}

STEP(bev_tls_filter_new)
{
    int at = find(i->a[1], BEV, frame), made;

    /* Otherwise OpenSSL's connection would hold the one below beyond its base. */
    if (at < 0 || objects[at].under || !(i->a[3] & BEV_OPT_CLOSE_ON_FREE))
        return;
    made = made_bev(i->a[0], tls_filter_new(base, objects[at].it, i->a[2] == 1, (int)i->a[3]), FILTER_BEV, i->a[3],
        -1, at);
    if (made >= 0)
        objects[made].tls = 1;
}

STEP(bev_tls_shutdown)
{
    int at = find(i->a[0], BEV, frame);

    if (at >= 0 && objects[at].tls)
        tls_shutdown(objects[at].it);
}

STEP(bev_tls_allow_dirty)
{
    int at = find(i->a[0], BEV, frame);

    if (at >= 0 && objects[at].tls)
        tls_allow_dirty(objects[at].it, (int)i->a[1]);
}

STEP(bev_setcb)
{
    int at = find(i->a[0], BEV, frame);

    if (at >= 0)
        bufferevent_setcb(objects[at].it, i->a[1] < 0 ? NULL : data_cbs[i->a[1]],
            i->a[2] < 0 ? NULL : data_cbs[i->a[2]], i->a[3] < 0 ? NULL : happening_cbs[i->a[3]], own(at));
}

#define WITH_BEV(name, ...) STEP(name) { \
        int at = find(i->a[0], BEV, frame); \
        struct bufferevent *bev = at < 0 ? NULL : objects[at].it; \
        if (bev != NULL) { __VA_ARGS__; } \
    }

static int trigger_options(long options)
{
    return (options & 1 ? BEV_TRIG_IGNORE_WATERMARKS : 0) | (options & 2 ? BEV_TRIG_DEFER_CALLBACKS : 0);
}

static const enum bufferevent_flush_mode modes[] = { BEV_NORMAL, BEV_FLUSH, BEV_FINISHED };
static unsigned char scratch[MOST_BYTES];

WITH_BEV(bev_enable, bufferevent_enable(bev, (short)i->a[1]))
WITH_BEV(bev_disable, bufferevent_disable(bev, (short)i->a[1]))
WITH_BEV(bev_setwatermark, bufferevent_setwatermark(bev, (short)i->a[1], (size_t)i->a[2], (size_t)i->a[3]))
/* Both sides have common timeouts, or neither. */
WITH_BEV(bev_set_timeouts,
    if ((i->a[1] > COMMON_NAME && i->a[2] > COMMON_NAME) ||
        ((i->a[1] <= COMMON_NAME || i->a[1] == NONE) && (i->a[2] <= COMMON_NAME || i->a[2] == NONE)))
        bufferevent_set_timeouts(bev, span(i->a[1]), span(i->a[2])))
WITH_BEV(bev_write, size_t n; unsigned char *all = repeated(i, 1, &n); bufferevent_write(bev, all, n); free(all))
WITH_BEV(bev_read, bufferevent_read(bev, scratch, i->a[1] < MOST_BYTES ? (size_t)i->a[1] : MOST_BYTES))
WITH_BEV(bev_priority_set, bufferevent_priority_set(bev, (int)i->a[1]))
WITH_BEV(bev_trigger, bufferevent_trigger(bev, (short)i->a[1], trigger_options(i->a[2])))
WITH_BEV(bev_trigger_event, bufferevent_trigger_event(bev, (short)i->a[1], trigger_options(i->a[2])))
WITH_BEV(bev_flush, bufferevent_flush(bev, (short)i->a[1], modes[i->a[2]]))
WITH_BEV(bev_no_rate_limit, bufferevent_set_rate_limit(bev, NULL))
WITH_BEV(bev_set_max_single_read, bufferevent_set_max_single_read(bev, (size_t)i->a[1]))
WITH_BEV(bev_set_max_single_write, bufferevent_set_max_single_write(bev, (size_t)i->a[1]))

static struct ev_token_bucket_cfg *limits[MOST_OBJECTS];
static long limit_args[MOST_OBJECTS][5];
static int limit_count;

/* Equal limits are the same one, so that to set one twice is to set it once. */
static struct ev_token_bucket_cfg *limit_of(const struct instruction *i)
{
    struct ev_token_bucket_cfg *limit;
    int at;

    for (at = 0; at < limit_count; at++)
        if (memcmp(limit_args[at], &i->a[1], sizeof limit_args[at]) == 0)
            return limits[at];
    limit = ev_token_bucket_cfg_new((size_t)i->a[1], (size_t)i->a[2], (size_t)i->a[3], (size_t)i->a[4],
        i->a[5] < 0 ? NULL : span(i->a[5]));
    if (limit != NULL) {
        memcpy(limit_args[limit_count], &i->a[1], sizeof limit_args[limit_count]);
        limits[limit_count++] = limit;
    }
    return limit;
}

/* libevent divides by the tick. */
WITH_BEV(bev_set_rate_limit,
    if (i->a[5] == 0)
        return;
    struct ev_token_bucket_cfg *limit = limit_of(i);
    if (limit != NULL)
        bufferevent_set_rate_limit(bev, limit);
    )

/* A bucket that is not there cannot be taken from. */
WITH_BEV(bev_decrement_read,
    if (bufferevent_get_token_bucket_cfg(bev) != NULL) bufferevent_decrement_read_limit(bev, i->a[1]))
WITH_BEV(bev_decrement_write,
    if (bufferevent_get_token_bucket_cfg(bev) != NULL) bufferevent_decrement_write_limit(bev, i->a[1]))

/* The members of a group take turns in being the first that goes on. */
static int is_group(const void *state)
{
    int at;

    for (at = 0; at < object_count; at++) {
        const char *group = objects[at].it;
        if (objects[at].sort == GROUP && objects[at].alive && (const char *)state >= group &&
            (const char *)state < group + malloc_usable_size(objects[at].it))
            return 1;
    }
    return 0;
}

STEP(group_new)
{
    struct ev_token_bucket_cfg *limit = i->a[5] == 0 ? NULL : limit_of(i);
    struct bufferevent_rate_limit_group *group = limit == NULL ? NULL : bufferevent_rate_limit_group_new(base, limit);

    (void)frame;
    if (group != NULL)
        name(i->a[0], add(GROUP, group));
}

#define WITH_GROUP(name, ...) STEP(name) { \
        int at = find(i->a[0], GROUP, frame); \
        struct bufferevent_rate_limit_group *group = at < 0 ? NULL : objects[at].it; \
        if (group != NULL) { __VA_ARGS__; } \
    }

WITH_GROUP(group_set_cfg,
    struct ev_token_bucket_cfg *limit = i->a[5] == 0 ? NULL : limit_of(i);
    if (limit != NULL)
        bufferevent_rate_limit_group_set_cfg(group, limit))
WITH_GROUP(group_set_min_share, bufferevent_rate_limit_group_set_min_share(group, (size_t)i->a[1]))
WITH_GROUP(group_decrement_read, bufferevent_rate_limit_group_decrement_read(group, i->a[1]))
WITH_GROUP(group_decrement_write, bufferevent_rate_limit_group_decrement_write(group, i->a[1]))
/* One that was freed is a member until it is taken apart. */
WITH_GROUP(group_free,
    int other;
    for (other = 0; other < object_count; other++)
        if (objects[other].sort == BEV && objects[other].group == at)
            return;
    objects[at].alive = 0;
    bufferevent_rate_limit_group_free(group))
WITH_BEV(bev_add_to_group,
    int group = find(i->a[1], GROUP, frame);
    if (group >= 0) {
        objects[at].group = group;
        bufferevent_add_to_rate_limit_group(bev, objects[group].it);
    })
WITH_BEV(bev_remove_from_group,
    objects[at].group = -1;
    bufferevent_remove_from_rate_limit_group(bev))

/* Whoever asks libevent is answered by this, without a network. */
int getaddrinfo(const char *restrict host, const char *restrict port, const struct addrinfo *restrict hint,
    struct addrinfo **restrict found)
{
    struct { struct addrinfo info; struct sockaddr_in addr; } *answer;

    (void)hint;
    if (strcmp(host, "later.test") == 0)
        return EAI_AGAIN;
    if (strcmp(host, "known.test") != 0 && strcmp(host, "127.0.0.1") != 0)
        return EAI_NONAME;
    answer = calloc(1, sizeof *answer);
    answer->addr = loopback();
    answer->addr.sin_port = htons((unsigned short)atoi(port));
    answer->info.ai_family = AF_INET;
    answer->info.ai_socktype = SOCK_STREAM;
    answer->info.ai_protocol = IPPROTO_TCP;
    answer->info.ai_addrlen = sizeof answer->addr;
    answer->info.ai_addr = (struct sockaddr *)&answer->addr;
    *found = &answer->info;
    return 0;
}

void freeaddrinfo(struct addrinfo *answer)
{
    free(answer);
}

static void bev_connect(const struct instruction *i, const struct frame *frame, int server, const char *host)
{
    int at = find(i->a[0], BEV, frame), fd;

    if (at < 0 || server < 0 || objects[at].kind != SOCKET_BEV || objects[at].peer >= 0 || objects[at].connected)
        return;
    objects[at].connected = 1;
    if (host == NULL)
        bufferevent_socket_connect(objects[at].it, (struct sockaddr *)&objects[server].addr,
            (int)objects[server].addr_len);
    else if (objects[server].tcp)
        bufferevent_socket_connect_hostname(objects[at].it, NULL, AF_UNSPEC, host,
            ntohs(((struct sockaddr_in *)&objects[server].addr)->sin_port));
    fd = bufferevent_getfd(objects[at].it);
    /* A name that was not found is no connection. */
    if (fd < 0) {
        objects[at].connected = 0;
        return;
    }
    if (!objects[at].close_on_free)
        objects[at].near = fd;
    if (objects[server].tcp)
        until_ready(fd, POLLOUT, 2000);
}

STEP(bev_connect_addr) { bev_connect(i, frame, find(i->a[1], SERVER, frame), NULL); }

STEP(bev_connect_hostname)
{
    static const char *const hosts[] = { "known.test", "unknown.test", "later.test", "127.0.0.1" };

    bev_connect(i, frame, find(i->a[2], SERVER, frame), hosts[i->a[1]]);
}

STEP(bev_setfd)
{
    int at = find(i->a[0], BEV, frame), new = -1;

    if (at < 0)
        return;
    if (i->a[1] != NONE) {
        new = near(i->a[1], frame);
        if (new < 0 || objects[new].taken)
            return;
    }
    if (objects[at].kind != SOCKET_BEV || objects[at].connected)
        return;
    /* A TLS connection cannot begin anew. */
    if (objects[at].tls && (objects[at].peer >= 0 || new < 0))
        return;
    if (objects[at].peer >= 0 && objects[objects[at].peer].alive)
        objects[objects[at].peer].given = objects[objects[at].peer].taken = 0;
    objects[at].peer = new;
    if (new >= 0) {
        objects[new].given = objects[at].close_on_free;
        objects[new].taken = 1;
        objects[new].fresh = 0;
    }
    bufferevent_setfd(objects[at].it, new < 0 ? -1 : objects[new].near);
}

/* ---- Evbuffers ---- */

static int owner(long whose, long which, const struct frame *frame)
{
    return find(whose, which == 0 ? BUFFER : BEV, frame);
}

static struct evbuffer *buffer(long whose, long which, const struct frame *frame)
{
    int at = owner(whose, which, frame);

    if (at < 0)
        return NULL;
    return which == 0 ? objects[at].it :
        which == 1 ? bufferevent_get_input(objects[at].it) : bufferevent_get_output(objects[at].it);
}

#define WITH_BUFFER(name, ...) STEP(name) { \
        struct evbuffer *buf = buffer(i->a[0], i->a[1], frame); \
        if (buf != NULL) { __VA_ARGS__; } \
    }

WITH_BUFFER(buf_add, size_t n; unsigned char *all = repeated(i, 2, &n); evbuffer_add(buf, all, n); free(all))
WITH_BUFFER(buf_prepend, size_t n; unsigned char *all = repeated(i, 2, &n); evbuffer_prepend(buf, all, n); free(all))
WITH_BUFFER(buf_drain, evbuffer_drain(buf, (size_t)i->a[2]))
WITH_BUFFER(buf_remove, evbuffer_remove(buf, scratch, i->a[2] < MOST_BYTES ? (size_t)i->a[2] : MOST_BYTES))
WITH_BUFFER(buf_add_buffer,
    struct evbuffer *from = buffer(i->a[2], i->a[3], frame); if (from != NULL) evbuffer_add_buffer(buf, from))
WITH_BUFFER(buf_remove_buffer,
    struct evbuffer *to = buffer(i->a[2], i->a[3], frame);
    if (to != NULL) evbuffer_remove_buffer(buf, to, (size_t)i->a[4]))
WITH_BUFFER(buf_freeze, evbuffer_freeze(buf, i->a[2] == 0))
WITH_BUFFER(buf_unfreeze, evbuffer_unfreeze(buf, i->a[2] == 0))
WITH_BUFFER(buf_add_printf, size_t n; unsigned char *all = repeated(i, 2, &n);
    all[n] = 0; evbuffer_add_printf(buf, "%s", (char *)all); free(all))
WITH_BUFFER(buf_prepend_buffer,
    struct evbuffer *from = buffer(i->a[2], i->a[3], frame); if (from != NULL) evbuffer_prepend_buffer(buf, from))
WITH_BUFFER(buf_add_buffer_reference,
    struct evbuffer *from = buffer(i->a[2], i->a[3], frame);
    if (from != NULL) evbuffer_add_buffer_reference(buf, from))
WITH_BUFFER(buf_readln, free(evbuffer_readln(buf, NULL, (enum evbuffer_eol_style)i->a[2])))
WITH_BUFFER(buf_pullup, evbuffer_pullup(buf, i->a[2]))
/* From the front there is no place to begin at; behind all bytes there is none either. */
WITH_BUFFER(buf_peek,
    struct evbuffer_ptr from;
    if (i->a[3] == 0)
        evbuffer_peek(buf, i->a[2], NULL, NULL, 0);
    else if (evbuffer_ptr_set(buf, &from, (size_t)i->a[3], EVBUFFER_PTR_SET) == 0)
        evbuffer_peek(buf, i->a[2], &from, NULL, 0))
WITH_BUFFER(buf_read,
    int from = near(i->a[2], frame); if (from >= 0) evbuffer_read(buf, objects[from].near, (int)i->a[3]))
/* libevent says -1 of an empty one, the reactor 0. */
WITH_BUFFER(buf_write,
    int to = near(i->a[2], frame);
    if (to >= 0 && evbuffer_get_length(buf) > 0) evbuffer_write(buf, objects[to].near))

/* Not for those of a bufferevent: one that is freed while they wait gives them its own last callback. */
STEP(buf_defer)
{
    int at = find(i->a[0], BUFFER, frame);

    if (at >= 0 && !objects[at].deferred++)
        evbuffer_defer_callbacks(objects[at].it, base);
}

static void no_more(const void *data, size_t n, void *all)
{
    (void)data, (void)n;
    free(all);
}

WITH_BUFFER(buf_add_reference,
    size_t n;
    unsigned char *all = repeated(i, 2, &n);
    if (evbuffer_add_reference(buf, all, n, no_more, all) < 0)
        free(all))

/* A part of a file whose contents are the statement's bytes, if it has that part. */
WITH_BUFFER(buf_add_file,
    size_t n;
    unsigned char *all = repeated(i, 2, &n);
    long length = i->a[4] < 0 ? (long)n - i->a[3] : i->a[4];
    FILE *file;
    if (length > 0 && i->a[3] + length <= (long)n && (file = tmpfile()) != NULL) {
        int fd;
        fwrite(all, 1, n, file);
        fflush(file);
        fd = fcntl(fileno(file), F_DUPFD_CLOEXEC, FAR);
        fclose(file);
        if (evbuffer_add_file(buf, fd, i->a[3], length) < 0)
            close(fd);
    }
    free(all))

/* For no bytes in two pieces libevent makes no room, and ends the program where there is none. */
WITH_BUFFER(buf_reserve,
    int n = i->a[2] == 0 && i->a[3] > 1 ? 0 : evbuffer_reserve_space(buf, i->a[2], reserved.vectors, i->a[3] > 1 ? 2 : 1);
    if (n > 0) {
        reserved.buf = buf;
        reserved.size = (size_t)i->a[2];
        reserved.n = n;
    })

WITH_BUFFER(buf_commit,
    size_t n; unsigned char *all; size_t left; size_t done = 0; int at;
    if (usable.buf != buf)
        return;
    all = repeated(i, 2, &n);
    left = n < usable.size ? n : usable.size;
    for (at = 0; at < usable.n; at++) {
        size_t part = left < usable.vectors[at].iov_len ? left : usable.vectors[at].iov_len;
        memcpy(usable.vectors[at].iov_base, all + done, part);
        usable.vectors[at].iov_len = part;
        done += part;
        left -= part;
    }
    evbuffer_commit_space(buf, usable.vectors, usable.n);
    free(all))

/* Looks from a place on, and gives what was found a name. */
static void place(const struct instruction *i, const struct frame *frame, ev_ssize_t (*look)(struct evbuffer *,
    const struct instruction *, struct evbuffer_ptr *from))
{
    struct evbuffer *buf = buffer(i->a[1], i->a[2], frame);
    struct evbuffer_ptr from;
    ev_ssize_t found = -1;

    if (buf == NULL)
        return;
    if (evbuffer_ptr_set(buf, &from, (size_t)i->a[4], EVBUFFER_PTR_SET) == 0)
        found = look(buf, i, &from);
    if (found < 0) {
        names[i->a[0]] = -1;
    } else {
        int at = name(i->a[0], add(PLACE, NULL));
        objects[at].at = found;
    }
}

static ev_ssize_t look_for(struct evbuffer *buf, const struct instruction *i, struct evbuffer_ptr *from)
{
    size_t n;
    unsigned char *what = repeated(i, 3, &n);
    struct evbuffer_ptr found = evbuffer_search(buf, (char *)what, n, from);

    free(what);
    return found.pos;
}

static ev_ssize_t look_in_range(struct evbuffer *buf, const struct instruction *i, struct evbuffer_ptr *from)
{
    size_t n;
    unsigned char *what;
    struct evbuffer_ptr end, found;

    if (i->a[5] < i->a[4] || evbuffer_ptr_set(buf, &end, (size_t)i->a[5], EVBUFFER_PTR_SET) < 0)
        return -1;
    what = repeated(i, 3, &n);
    found = evbuffer_search_range(buf, (char *)what, n, from, &end);
    free(what);
    return found.pos;
}

static ev_ssize_t look_for_eol(struct evbuffer *buf, const struct instruction *i, struct evbuffer_ptr *from)
{
    size_t n;

    return evbuffer_search_eol(buf, from, &n, (enum evbuffer_eol_style)i->a[3]).pos;
}

STEP(buf_search) { place(i, frame, look_for); }
STEP(buf_search_range) { place(i, frame, look_in_range); }
STEP(buf_search_eol) { place(i, frame, look_for_eol); }

STEP(buf_add_cb)
{
    struct evbuffer *buf = buffer(i->a[1], i->a[2], frame);
    int at;

    if (buf == NULL || i->a[3] < 0)
        return;
    at = add(BUFFER_CB, evbuffer_add_cb(buf, buffer_cbs[i->a[3]], NULL));
    if (i->a[0] >= 0)
        name(i->a[0], at);
    objects[at].whose = owner(i->a[1], i->a[2], frame);
    objects[at].which = i->a[2];
}

/* The callback that a statement names, if it is one of the evbuffer that it names. */
static int entry(const struct instruction *i, const struct frame *frame)
{
    int at = find(i->a[2], BUFFER_CB, frame), whose = owner(i->a[0], i->a[1], frame);

    return at >= 0 && whose >= 0 && objects[at].whose == whose && objects[at].which == i->a[1] ? at : -1;
}

#define WITH_ENTRY(name, ...) STEP(name) { \
        int at = entry(i, frame); \
        struct evbuffer *buf = at < 0 ? NULL : buffer(i->a[0], i->a[1], frame); \
        if (buf != NULL) { __VA_ARGS__; } \
    }

WITH_ENTRY(buf_remove_cb, objects[at].alive = 0; evbuffer_remove_cb_entry(buf, objects[at].it))
WITH_ENTRY(buf_cb_set_flags, evbuffer_cb_set_flags(buf, objects[at].it, (ev_uint32_t)i->a[3]))
WITH_ENTRY(buf_cb_clear_flags, evbuffer_cb_clear_flags(buf, objects[at].it, (ev_uint32_t)i->a[3]))

STEP(buf_new) { (void)frame; name(i->a[0], add(BUFFER, evbuffer_new())); }

STEP(bev_write_buffer)
{
    int at = find(i->a[0], BEV, frame);
    struct evbuffer *from = buffer(i->a[1], i->a[2], frame);

    if (at >= 0 && from != NULL)
        bufferevent_write_buffer(objects[at].it, from);
}

STEP(bev_read_buffer)
{
    int at = find(i->a[0], BEV, frame);
    struct evbuffer *to = buffer(i->a[1], i->a[2], frame);

    if (at >= 0 && to != NULL)
        bufferevent_read_buffer(objects[at].it, to);
}

/* ---- Listeners ---- */

STEP(listener_new)
{
    int server = find(i->a[1], SERVER, frame), at, *number;
    struct evconnlistener *listener;

    if (server < 0 || !objects[server].listens || objects[server].used)
        return;
    number = own(object_count);
    listener = evconnlistener_new(base, i->a[2] < 0 ? scn_accept_nothing : accept_cbs[i->a[2]], number,
        (unsigned)i->a[3], 0, objects[server].near);
    if (listener == NULL)
        return;
    objects[server].used = 1;
    objects[server].given = (i->a[3] & LEV_OPT_CLOSE_ON_FREE) != 0;
    at = name(i->a[0], add(LISTENER, listener));
    objects[at].peer = server;
    objects[at].close_on_free = objects[server].given;
    if (i->a[2] < 0)
        evconnlistener_set_cb(listener, NULL, number);
}

#define WITH_LISTENER(name, ...) STEP(name) { \
        int at = find(i->a[0], LISTENER, frame); \
        struct evconnlistener *listener = at < 0 ? NULL : objects[at].it; \
        if (listener != NULL) { __VA_ARGS__; } \
    }

WITH_LISTENER(listener_enable, evconnlistener_enable(listener))
WITH_LISTENER(listener_disable, evconnlistener_disable(listener))
WITH_LISTENER(listener_set_cb, evconnlistener_set_cb(listener, i->a[1] < 0 ? NULL : accept_cbs[i->a[1]], own(at)))
WITH_LISTENER(listener_set_error_cb, if (i->a[1] >= 0) evconnlistener_set_error_cb(listener, error_cbs[i->a[1]]))

/* ---- Reading the program ---- */

static const struct { const char *name; void (*run)(const struct instruction *, const struct frame *); } steps[] = {
    { "event_config_set_flag", config_set_flag },
    { "event_config_require_features", config_require_features },
    { "event_config_set_max_dispatch_interval", config_max_dispatch },
    { "event_base_priority_init", priority_init },
    { "event_base_dispatch", dispatch },
    { "event_base_loop", loop },
    { "event_base_loopexit", loopexit },
    { "event_base_loopbreak", loopbreak },
    { "event_base_loopcontinue", loopcontinue },
    { "event_base_once", once },
    { "event_base_active_by_fd", active_by_fd },
    { "event_base_active_by_signal", active_by_signal },
    { "event_base_init_common_timeout", common_timeout },
    { "event_new", event_new_ },
    { "evtimer_new", timer_new },
    { "evsignal_new", signal_new },
    { "event_add", event_add_ },
    { "event_del", event_del_ },
    { "event_active", event_active_ },
    { "event_priority_set", event_priority_set_ },
    { "event_remove_timer", event_remove_timer_ },
    { "event_finalize", event_finalize_ },
    { "event_free_finalize", event_free_finalize_ },
    { "event_free", event_free_ },
    { "bufferevent_socket_new", bev_socket_new },
    { "bufferevent_pair_new", bev_pair_new },
    { "bufferevent_filter_new", bev_filter_new },
    { "bufferevent_openssl_socket_new", bev_tls_new },
    { "bufferevent_openssl_filter_new", bev_tls_filter_new },
    { "SSL_shutdown", bev_tls_shutdown },
    { "bufferevent_openssl_set_allow_dirty_shutdown", bev_tls_allow_dirty },
    { "bufferevent_setcb", bev_setcb },
    { "bufferevent_enable", bev_enable },
    { "bufferevent_disable", bev_disable },
    { "bufferevent_setwatermark", bev_setwatermark },
    { "bufferevent_set_timeouts", bev_set_timeouts },
    { "bufferevent_write", bev_write },
    { "bufferevent_write_buffer", bev_write_buffer },
    { "bufferevent_read", bev_read },
    { "bufferevent_read_buffer", bev_read_buffer },
    { "bufferevent_socket_connect", bev_connect_addr },
    { "bufferevent_socket_connect_hostname", bev_connect_hostname },
    { "bufferevent_setfd", bev_setfd },
    { "bufferevent_priority_set", bev_priority_set },
    { "bufferevent_trigger", bev_trigger },
    { "bufferevent_trigger_event", bev_trigger_event },
    { "bufferevent_flush", bev_flush },
    { "bufferevent_set_rate_limit", bev_set_rate_limit },
    { "bufferevent_no_rate_limit", bev_no_rate_limit },
    { "bufferevent_decrement_read_limit", bev_decrement_read },
    { "bufferevent_decrement_write_limit", bev_decrement_write },
    { "bufferevent_rate_limit_group_new", group_new },
    { "bufferevent_rate_limit_group_set_cfg", group_set_cfg },
    { "bufferevent_rate_limit_group_set_min_share", group_set_min_share },
    { "bufferevent_rate_limit_group_decrement_read", group_decrement_read },
    { "bufferevent_rate_limit_group_decrement_write", group_decrement_write },
    { "bufferevent_rate_limit_group_free", group_free },
    { "bufferevent_add_to_rate_limit_group", bev_add_to_group },
    { "bufferevent_remove_from_rate_limit_group", bev_remove_from_group },
    { "bufferevent_set_max_single_read", bev_set_max_single_read },
    { "bufferevent_set_max_single_write", bev_set_max_single_write },
    { "bufferevent_free", bev_free },
    { "evbuffer_new", buf_new },
    { "evbuffer_add", buf_add },
    { "evbuffer_add_printf", buf_add_printf },
    { "evbuffer_add_reference", buf_add_reference },
    { "evbuffer_add_file", buf_add_file },
    { "evbuffer_reserve_space", buf_reserve },
    { "evbuffer_commit_space", buf_commit },
    { "evbuffer_prepend", buf_prepend },
    { "evbuffer_drain", buf_drain },
    { "evbuffer_remove", buf_remove },
    { "evbuffer_add_buffer", buf_add_buffer },
    { "evbuffer_remove_buffer", buf_remove_buffer },
    { "evbuffer_prepend_buffer", buf_prepend_buffer },
    { "evbuffer_add_buffer_reference", buf_add_buffer_reference },
    { "evbuffer_readln", buf_readln },
    { "evbuffer_pullup", buf_pullup },
    { "evbuffer_peek", buf_peek },
    { "evbuffer_search", buf_search },
    { "evbuffer_search_range", buf_search_range },
    { "evbuffer_search_eol", buf_search_eol },
    { "evbuffer_read", buf_read },
    { "evbuffer_write", buf_write },
    { "evbuffer_freeze", buf_freeze },
    { "evbuffer_unfreeze", buf_unfreeze },
    { "evbuffer_add_cb", buf_add_cb },
    { "evbuffer_remove_cb_entry", buf_remove_cb },
    { "evbuffer_cb_set_flags", buf_cb_set_flags },
    { "evbuffer_cb_clear_flags", buf_cb_clear_flags },
    { "evbuffer_defer_callbacks", buf_defer },
    { "evbuffer_free", buf_free },
    { "evconnlistener_new", listener_new },
    { "evconnlistener_enable", listener_enable },
    { "evconnlistener_disable", listener_disable },
    { "evconnlistener_set_cb", listener_set_cb },
    { "evconnlistener_set_error_cb", listener_set_error_cb },
    { "evconnlistener_free", listener_free },
    { "fd_read", fd_read },
    { "fd_write", fd_write },
    { "peer_new", peer_new },
    { "evutil_socketpair", socket_pair },
    { "peer_send", peer_send },
    { "peer_read", peer_read },
    { "peer_shutdown", peer_shutdown },
    { "peer_close", peer_close },
    { "peer_reset", peer_reset },
    { "server_new", server_new },
    { "server_accept", server_accept },
    { "peer_connect", peer_connect },
    { "raise", raise_signal },
    { "sleep", sleep_for },
};

static int hex(char c)
{
    return c <= '9' ? c - '0' : c - 'a' + 10;
}

static void read_instruction(char *line, struct instruction *i)
{
    char *word = strtok(line, " \n"), *rest;
    size_t at;
    int n;

    memset(i, 0, sizeof *i);
    for (at = 0; at < sizeof steps / sizeof *steps; at++)
        if (strcmp(steps[at].name, word) == 0)
            i->run = steps[at].run;
    if (i->run == NULL) {
        fprintf(stderr, "driver: no such instruction: %s\n", word);
        exit(3);
    }
    i->line = atoi(strtok(NULL, " \n"));
    n = atoi(strtok(NULL, " \n"));
    for (at = 0; at < (size_t)n && at < sizeof i->a / sizeof *i->a; at++)
        i->a[at] = strtol(strtok(NULL, " \n"), NULL, 10);
    rest = strtok(NULL, " \n");
    i->n = (strlen(rest) - 1) / 2;
    i->data = malloc(i->n + 1);
    for (at = 0; at < i->n; at++)
        i->data[at] = (unsigned char)(hex(rest[1 + 2 * at]) * 16 + hex(rest[2 + 2 * at]));
}

static struct body read_body(FILE *in)
{
    struct body body = { NULL, 0 };
    char *line = NULL;
    size_t size = 0;

    while (getline(&line, &size, in) > 0 && strcmp(line, "end\n") != 0) {
        body.all = realloc(body.all, (size_t)(body.n + 1) * sizeof *body.all);
        read_instruction(line, &body.all[body.n++]);
    }
    free(line);
    return body;
}

static void free_body(struct body *body)
{
    int i;

    for (i = 0; i < body->n; i++)
        free(body->all[i].data);
    free(body->all);
    body->all = NULL;
    body->n = 0;
}

/* ---- Running ---- */

static void others(void)
{
    struct frame nobody = { -1, -1 };

    while (done < at_count && ats[done].time <= world_now)
        run_body(&ats[done++].body, &nobody);
}

/* The times in a scenario begin with it. */
static int pass(long long until, int looks)
{
    if (over) {
        /* What would go on for ever by itself ends, too. */
        if (looks == 0 && ++waits > MOST_WAITS)
            event_base_loopbreak(base);
        return looks == 0;
    }
    if (looks == 0) {
        waits++;
        others();
        if (waits > MOST_WAITS)
            event_base_loopbreak(base);
        return 1;
    }
    if (done < at_count && (until < 0 || ats[done].time <= until)) {
        if (ats[done].time > world_now)
            world_now = ats[done].time;
        others();
        return 1;
    }
    if (until < 0) {
        event_base_loopbreak(base);
        return 0;
    }
    if (until > world_now)
        world_now = until;
    return 0;
}

static struct event_base *new_base(const char *backend)
{
    static const char *const methods[] = { "epoll", "poll", "select" };
    struct event_config *config = event_config_new();
    struct event_base *made;
    int i;

    event_config_set_flag(config, EVENT_BASE_FLAG_IGNORE_ENV);
    for (i = 0; i < 3; i++)
        if (strcmp(methods[i], backend) != 0)
            event_config_avoid_method(config, methods[i]);
    for (i = 0; i < config_body.n; i++) {
        const struct instruction *step = &config_body.all[i];
        if (step->run == config_max_dispatch)
            event_config_set_max_dispatch_interval(config, span(step->a[0]), (int)step->a[1], (int)step->a[2]);
        else if (step->run == config_set_flag)
            event_config_set_flag(config, (int)step->a[0]);
        else
            event_config_require_features(config, (int)step->a[0]);
    }
    made = event_base_new_with_config(config);
    event_config_free(config);
    return made;
}

static void run_scenario(const char *backend)
{
    struct frame nobody = { -1, -1 };
    int i;

    base = new_base(backend);
    if (base != NULL) {
        run_body(&main_body, &nobody);
        for (i = object_count - 1; i >= 0; i--)
            free_object(i);
        over = 1;
        waits = 0;
        if (unfinished)
            event_base_loop(base, EVLOOP_NONBLOCK);
        event_base_free(base);
    }
    for (i = 0; i < object_count; i++) {
        struct object *object = &objects[i];
        if ((object->sort == PEER || object->sort == SERVER || object->sort == BEV) && object->near >= 0 &&
            !object->given)
            close(object->near);
        if (object->sort == PEER && object->far >= 0)
            close(object->far);
    }
    tls_end();
    for (i = 0; i < limit_count; i++)
        ev_token_bucket_cfg_free(limits[i]);
    for (i = 0; i < kept_count; i++)
        free(kept[i]);
    for (i = 0; i < clause_count; i++)
        free_body(&clauses[i].body);
    for (i = 0; i < at_count; i++)
        free_body(&ats[i].body);
    free_body(&config_body);
    free_body(&main_body);
    reserved.buf = NULL;
    limit_count = kept_count = clause_count = at_count = 0;
}

static void begin_scenario(void)
{
    int i;

    for (i = 0; i < MOST_NAMES; i++)
        names[i] = -1;
    memset(calls_of, 0, sizeof calls_of);
    object_count = unfinished = over = calls = waits = depth = done = servers = 0;
    doubled = 0;
    world_now = 0;
    world_begin();
}

int main(int argc, char **argv)
{
    FILE *in = argc == 4 ? fopen(argv[1], "r") : NULL;
    char *line = NULL;
    size_t size = 0;
    long long time;
    int number, call;
    unsigned when;

    if (in == NULL) {
        fprintf(stderr, "usage: driver PROGRAM FOLDER BACKEND\n");
        return 2;
    }
    folder = argv[2];
    tls_begin(folder);
    /* Whatever happens, nobody waits for this for ever. */
    alarm(240);
    world_pass = pass;
    world_takes_turns = is_group;
    signal(SIGPIPE, SIG_IGN);
    signal(SIGUSR1, SIG_IGN);
    signal(SIGUSR2, SIG_IGN);
    while (getline(&line, &size, in) > 0) {
        if (sscanf(line, "scenario %*s %d", &world_start) == 1) {
            begin_scenario();
        } else if (strcmp(line, "config\n") == 0) {
            config_body = read_body(in);
        } else if (strcmp(line, "main\n") == 0) {
            main_body = read_body(in);
        } else if (sscanf(line, "callback %d %d %u", &number, &call, &when) == 3) {
            struct clause clause = { number, call, when, read_body(in) };
            clauses[clause_count++] = clause;
        } else if (sscanf(line, "at %lld", &time) == 1) {
            struct at at = { ms((long)time), read_body(in) };
            ats[at_count++] = at;
        } else if (strcmp(line, "run\n") == 0) {
            run_scenario(argv[3]);
        }
    }
    free(line);
    fclose(in);
    return 0;
}
