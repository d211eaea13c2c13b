/* The driver without OpenSSL: for scenarios without TLS. */

#include <stdlib.h>

#include "tls.h"

void tls_begin(const char *folder) { (void)folder; }
struct bufferevent *tls_socket_new(struct event_base *base, int fd, int accepts, int options)
{
    (void)base, (void)fd, (void)accepts, (void)options;
    abort();
}
struct bufferevent *tls_filter_new(struct event_base *base, struct bufferevent *below, int accepts, int options)
{
    (void)base, (void)below, (void)accepts, (void)options;
    abort();
}
void tls_shutdown(struct bufferevent *bev) { (void)bev; }
void tls_allow_dirty(struct bufferevent *bev, int allow) { (void)bev, (void)allow; }
void tls_end(void) {}
