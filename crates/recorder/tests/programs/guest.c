/* A program that does what servers do at their start: it closes every descriptor it does not know, changes
 * its root and its user, forbids itself to open files, forks workers that run a loop, starts programs by fork
 * and by vfork, and makes signals and exit codes matter. */

#define _GNU_SOURCE
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <event2/event.h>

static int ticks;

static void tick(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    if (++ticks == 3)
        event_base_loopbreak(arg);
}

static int run_loop(void)
{
    struct timeval span = { 0, 1000 };
    struct event_base *base = event_base_new();
    struct event *event = event_new(base, -1, EV_PERSIST, tick, base);
    ticks = 0;
    event_add(event, &span);
    event_base_dispatch(base);
    event_free(event);
    event_base_free(base);
    return ticks;
}

/* No opening of files, no mapping of memory that can be run, no asking who one is. */
static int forbid(void)
{
    struct sock_filter rules[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat, 3, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_gettid, 2, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clock_gettime, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
    };
    struct sock_fprog program = { sizeof(rules) / sizeof(rules[0]), rules };
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return -1;
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

int main(void)
{
    int fd, status;
    pid_t child;

    printf("preload %s\n", getenv("LD_PRELOAD") ? getenv("LD_PRELOAD") : "none");
    printf("ring %s\n", getenv("EVSCOPE_RING") ? "there" : "none");
    fflush(stdout);
    for (fd = 3; fd < 1024; fd++)
        close(fd);
    printf("ticks %d\n", run_loop());
    fflush(stdout);

    /* A worker. */
    child = fork();
    if (child == 0)
        _exit(run_loop() + 10);
    waitpid(child, &status, 0);
    printf("worker ended with %d\n", WEXITSTATUS(status));
    fflush(stdout);

    /* Other programs. */
    child = vfork();
    if (child == 0) {
        execl("/bin/sh", "sh", "-c", "echo by vfork; exit 5", NULL);
        _exit(127);
    }
    waitpid(child, &status, 0);
    printf("vfork ended with %d\n", WEXITSTATUS(status));
    fflush(stdout);
    status = system("echo by system");
    printf("system ended with %d\n", WEXITSTATUS(status));
    fflush(stdout);

    if (geteuid() == 0) {
        if (chroot("/proc/self/fdinfo") != 0 || setgid(65534) != 0 || setuid(65534) != 0)
            printf("cannot become small: %s\n", strerror(errno));
    }
    if (forbid() != 0)
        printf("cannot forbid: %s\n", strerror(errno));
    printf("ticks %d\n", run_loop());
    fflush(stdout);
    kill(getpid(), SIGTERM);
    pause();
    return 1;
}
