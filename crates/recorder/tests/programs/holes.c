/* A program that says more than there is room for, and makes a child and a thread just then. It goes on at a signal: before it
 * says much, and when there is room again. With `child` it is a child that was made before that says so much; with `silent` a
 * child that says nothing has a child itself when its parent has gone on; with `unwaited` a child ends before its parent, and
 * with `daemon` after it. */

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <event2/event.h>

static struct event_base *base;
static int go[2], told[2];

static void never(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what, (void)arg;
}

static void say(int times)
{
    struct timeval span = { 100, 0 };
    while (times-- > 0) {
        struct event *event = event_new(base, -1, 0, never, NULL);
        event_add(event, &span);
        event_free(event);
    }
}

static void wait_for_signal(const char *word)
{
    int signal;
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    puts(word);
    fflush(stdout);
    sigwait(&set, &signal);
}

static void tell(void)
{
    if (write(told[1], "x", 1) != 1)
        _exit(5);
}

static void wait_for(const int *pipe)
{
    char byte;
    if (read(pipe[0], &byte, 1) != 1)
        _exit(6);
}

static void *say_once(void *arg)
{
    (void)arg;
    say(1);
    return NULL;
}

static void *work(void *arg)
{
    (void)arg;
    say(20);
    tell();
    wait_for(go);
    say(2);
    return NULL;
}

/* A worker says some things when there is no room, and some when there is. */
static void crowded(void)
{
    pthread_t thread;
    int i;
    wait_for_signal("begun");
    say(20000);
    /* Then there is none even for saying who speaks. */
    for (i = 0; i < 2500; i++) {
        pthread_create(&thread, NULL, say_once, NULL);
        pthread_join(thread, NULL);
    }
    if (fork() == 0) {
        say(30);
        tell();
        wait_for(go);
        say(3);
        _exit(0);
    }
    pthread_create(&thread, NULL, work, NULL);
    wait_for(told);
    wait_for(told);
    wait_for_signal("full");
    if (write(go[1], "xx", 2) != 2)
        _exit(7);
    pthread_join(thread, NULL);
    wait(NULL);
    say(4);
}

static void child(void)
{
    if (fork() == 0) {
        wait_for(go);
        say(20000);
        _exit(0);
    }
    wait_for_signal("begun");
    if (write(go[1], "x", 1) != 1)
        _exit(7);
    wait(NULL);
    say(4);
}

static void silent(void)
{
    if (fork() == 0) {
        wait_for(go);
        if (fork() == 0) {
            say(2);
            _exit(0);
        }
        wait(NULL);
        _exit(0);
    }
    say(10);
    if (write(go[1], "x", 1) != 1)
        _exit(7);
    wait(NULL);
}

/* A child ends before its parent, which does not wait for it. */
static void unwaited(void)
{
    if (fork() == 0) {
        say(2);
        _exit(0);
    }
    close(told[1]);
    if (read(told[0], told, 1) != 0)
        _exit(7);
    say(1);
}

/* A child goes on when its parent has ended. */
static void daemonized(void)
{
    if (fork() == 0) {
        char byte;
        close(go[1]);
        if (read(go[0], &byte, 1) == 0)
            say(2);
        _exit(0);
    }
    close(told[1]);
}

int main(int argc, char **argv)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigprocmask(SIG_BLOCK, &set, NULL);
    if (pipe(go) != 0 || pipe(told) != 0)
        return 2;
    base = event_base_new();
    say(1);
    if (argc > 1 && strcmp(argv[1], "child") == 0)
        child();
    else if (argc > 1 && strcmp(argv[1], "silent") == 0)
        silent();
    else if (argc > 1 && strcmp(argv[1], "unwaited") == 0)
        unwaited();
    else if (argc > 1 && strcmp(argv[1], "daemon") == 0)
        daemonized();
    else
        crowded();
    event_base_free(base);
    return 0;
}
