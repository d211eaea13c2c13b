/* The internal functions of libevent 2.1 that are hooked, declared as they are called. Its own headers for them
 * are not installed; the tests hold these against a source folder, where there is one. */

struct bufferevent_private;
struct bufferevent_ops;
struct ev_token_bucket;
struct ev_token_bucket_cfg;
struct event_callback;
struct evutil_monotonic_timer;

/* event.c, evutil_time.c */
int event_add_nolock_(struct event *, const struct timeval *, int);
int event_del_nolock_(struct event *, int);
void event_active_nolock_(struct event *, int, short);
int event_callback_activate_nolock_(struct event_base *, struct event_callback *);
int event_callback_activate_later_nolock_(struct event_base *, struct event_callback *);
int event_callback_cancel_nolock_(struct event_base *, struct event_callback *, int);
int event_callback_finalize_many_(struct event_base *, int, struct event_callback **,
    void (*)(struct event_callback *, void *));
void event_callback_finalize_nolock_(struct event_base *, unsigned, struct event_callback *,
    void (*)(struct event_callback *, void *));
void event_deferred_cb_init_(struct event_callback *, ev_uint8_t, void (*)(struct event_callback *, void *), void *);
int evutil_gettime_monotonic_(struct evutil_monotonic_timer *, struct timeval *);

/* evutil.c */
int evutil_socket_connect_(evutil_socket_t *, const struct sockaddr *, int);
int evutil_socket_finished_connecting_(evutil_socket_t);
evutil_socket_t evutil_accept4_(evutil_socket_t, struct sockaddr *, ev_socklen_t *, int);

/* buffer.c */
void evbuffer_invoke_callbacks_(struct evbuffer *);

/* bufferevent.c, bufferevent_ratelim.c */
int bufferevent_init_common_(struct bufferevent_private *, struct event_base *, const struct bufferevent_ops *,
    enum bufferevent_options);
void bufferevent_run_readcb_(struct bufferevent *, int);
void bufferevent_run_writecb_(struct bufferevent *, int);
void bufferevent_run_eventcb_(struct bufferevent *, short, int);
int bufferevent_decref_and_unlock_(struct bufferevent *);
void bufferevent_suspend_read_(struct bufferevent *, ev_uint16_t);
void bufferevent_unsuspend_read_(struct bufferevent *, ev_uint16_t);
void bufferevent_suspend_write_(struct bufferevent *, ev_uint16_t);
void bufferevent_unsuspend_write_(struct bufferevent *, ev_uint16_t);
int bufferevent_decrement_read_buckets_(struct bufferevent_private *, ev_ssize_t);
int bufferevent_decrement_write_buckets_(struct bufferevent_private *, ev_ssize_t);
int ev_token_bucket_init_(struct ev_token_bucket *, const struct ev_token_bucket_cfg *, ev_uint32_t, int);
int ev_token_bucket_update_(struct ev_token_bucket *, const struct ev_token_bucket_cfg *, ev_uint32_t);
