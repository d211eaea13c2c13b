/* TLS bufferevents by OpenSSL. Both sides of a connection are the scenario's: the server has the certificate in the
 * folder, and the client trusts that one and no other. */

#include <stdio.h>
#include <stdlib.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/bufferevent_ssl.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include "tls.h"

enum { MOST_SSLS = 4096 };

static const char *files;
static SSL_CTX *contexts[2];
/* Those that are the scenario's: made without BEV_OPT_CLOSE_ON_FREE. */
static SSL *ours[MOST_SSLS];
static int our_count;

void tls_begin(const char *folder)
{
    files = folder;
}

static SSL_CTX *failed(const char *what)
{
    fprintf(stderr, "driver: %s: ", what);
    ERR_print_errors_fp(stderr);
    exit(3);
}

static SSL_CTX *context(int accepts)
{
    char certificate[4096], key[4096];
    SSL_CTX *made;

    if (contexts[accepts] != NULL)
        return contexts[accepts];
    snprintf(certificate, sizeof certificate, "%s/certificate.pem", files);
    snprintf(key, sizeof key, "%s/key.pem", files);
    made = SSL_CTX_new(accepts ? TLS_server_method() : TLS_client_method());
    if (made == NULL)
        return failed("no context");
    if (accepts) {
        if (SSL_CTX_use_certificate_file(made, certificate, SSL_FILETYPE_PEM) != 1 ||
            SSL_CTX_use_PrivateKey_file(made, key, SSL_FILETYPE_PEM) != 1)
            return failed("the certificate");
    } else {
        if (SSL_CTX_load_verify_locations(made, certificate, NULL) != 1)
            return failed("the certificate");
        SSL_CTX_set_verify(made, SSL_VERIFY_PEER, NULL);
    }
    return contexts[accepts] = made;
}

static SSL *connection(int accepts, int options)
{
    SSL *ssl = SSL_new(context(accepts));

    if (ssl == NULL || our_count == MOST_SSLS) {
        failed("no connection");
        return NULL;
    }
    if (!accepts && (SSL_set_tlsext_host_name(ssl, "localhost") != 1 || SSL_set1_host(ssl, "localhost") != 1))
        failed("the name");
    if (!(options & BEV_OPT_CLOSE_ON_FREE))
        ours[our_count++] = ssl;
    return ssl;
}

static enum bufferevent_ssl_state state(int accepts)
{
    return accepts ? BUFFEREVENT_SSL_ACCEPTING : BUFFEREVENT_SSL_CONNECTING;
}

struct bufferevent *tls_socket_new(struct event_base *base, int fd, int accepts, int options)
{
    return bufferevent_openssl_socket_new(base, fd, connection(accepts, options), state(accepts), options);
}

struct bufferevent *tls_filter_new(struct event_base *base, struct bufferevent *below, int accepts, int options)
{
    return bufferevent_openssl_filter_new(base, below, connection(accepts, options), state(accepts), options);
}

/* What is still in the output would not be sent any more. Once is enough: the second time OpenSSL would read and wait for
 * what the other side says. */
void tls_shutdown(struct bufferevent *bev)
{
    SSL *ssl = bufferevent_openssl_get_ssl(bev);

    if (evbuffer_get_length(bufferevent_get_output(bev)) == 0 && !(SSL_get_shutdown(ssl) & SSL_SENT_SHUTDOWN))
        SSL_shutdown(ssl);
    /* It says so where the handshake is not done; that is no mistake of the connection's. */
    ERR_clear_error();
}

/* OpenSSL 3 calls it a mistake in the protocol, which libevent does not take for such an end, unless it is told. */
void tls_allow_dirty(struct bufferevent *bev, int allow)
{
#ifdef SSL_OP_IGNORE_UNEXPECTED_EOF
    if (allow)
        SSL_set_options(bufferevent_openssl_get_ssl(bev), SSL_OP_IGNORE_UNEXPECTED_EOF);
    else
        SSL_clear_options(bufferevent_openssl_get_ssl(bev), SSL_OP_IGNORE_UNEXPECTED_EOF);
#endif
    bufferevent_openssl_set_allow_dirty_shutdown(bev, allow);
}

void tls_end(void)
{
    while (our_count > 0)
        SSL_free(ours[--our_count]);
    ERR_clear_error();
}
