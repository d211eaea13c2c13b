/* See tls.c, and no-tls.c for where there is no OpenSSL. */

struct bufferevent;
struct event_base;

/* The folder has the server's certificate and its key. */
void tls_begin(const char *folder);
struct bufferevent *tls_socket_new(struct event_base *base, int fd, int accepts, int options);
struct bufferevent *tls_filter_new(struct event_base *base, struct bufferevent *below, int accepts, int options);
void tls_shutdown(struct bufferevent *bev);
void tls_allow_dirty(struct bufferevent *bev, int allow);
/* A scenario is over, and its base is gone. */
void tls_end(void);
