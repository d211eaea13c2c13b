/* Forbids itself nearly all system calls, and goes on to use libevent. `strict`: all but read, write and exit; `prctl`
 * and `seccomp`: the same, past the C library; `kill`, `fail`: a
 * call that is not allowed ends it, or fails; `thread`: as kill, in a thread that comes to libevent only then. Ends with status 7. */
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static struct event_base *base;
static struct bufferevent *pair[2];

static void readcb(struct bufferevent *bev, void *arg)
{
    char text[16];
    (void)arg;
    bufferevent_read(bev, text, sizeof text);
}

static void forbid(unsigned instead)
{
#define ALLOW(call) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 1), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        ALLOW(SYS_read), ALLOW(SYS_readv), ALLOW(SYS_write), ALLOW(SYS_writev), ALLOW(SYS_exit), ALLOW(SYS_exit_group),
        ALLOW(SYS_epoll_wait), ALLOW(SYS_epoll_ctl), ALLOW(SYS_brk), ALLOW(SYS_ioctl),
        BPF_STMT(BPF_RET | BPF_K, instead),
    };
    struct sock_fprog program = { sizeof filter / sizeof *filter, filter };
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

static void work(void)
{
    bufferevent_write(pair[0], "hello", 5);
    event_base_loop(base, EVLOOP_NONBLOCK);
    event_base_loop(base, EVLOOP_NONBLOCK);
    bufferevent_disable(pair[1], EV_READ);
}

static void *apart(void *arg)
{
    void *volatile some = malloc(1);
    free(some);
    forbid(SECCOMP_RET_KILL_PROCESS);
    work();
    syscall(SYS_exit_group, 7);
    return arg;
}

int main(int argc, char **argv)
{
    int fds[2];
    pthread_t thread;
    (void)argc;
    base = event_base_new();
    socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds);
    for (int i = 0; i < 2; i++)
        pair[i] = bufferevent_socket_new(base, fds[i], 0);
    bufferevent_setcb(pair[1], readcb, NULL, NULL, NULL);
    bufferevent_enable(pair[1], EV_READ);
    if (!strcmp(argv[1], "thread")) {
        pthread_create(&thread, NULL, apart, NULL);
        pthread_join(thread, NULL);
    }
    if (!strcmp(argv[1], "strict") || !strcmp(argv[1], "prctl") || !strcmp(argv[1], "seccomp")) {
        struct evbuffer *buffer = evbuffer_new();
        evbuffer_expand(buffer, 4096);
        if (!strcmp(argv[1], "strict"))
            prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT);
        else if (!strcmp(argv[1], "prctl"))
            syscall(SYS_prctl, PR_SET_SECCOMP, SECCOMP_MODE_STRICT);
        else
            syscall(SYS_seccomp, SECCOMP_SET_MODE_STRICT, 0, NULL);
        evbuffer_add(buffer, "hello", 5);
        evbuffer_drain(buffer, 5);
        evbuffer_add_printf(buffer, "%d", 1);
        bufferevent_disable(pair[0], EV_READ);
        syscall(SYS_exit, 7);
    }
    forbid(!strcmp(argv[1], "kill") ? SECCOMP_RET_KILL_PROCESS : SECCOMP_RET_ERRNO | 1);
    work();
    _exit(7);
}
