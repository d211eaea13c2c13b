/* A program on libevent that starts others in every way that the C library has.
 *
 *   children all DOES PROGRAM WAY...   starts the program in each way
 *   children tick                      runs a timer
 *   children show                      writes down its environment, as main gets it and as getenv finds it
 */

#define _GNU_SOURCE
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef WITHOUT_LIBEVENT
#include <event2/event.h>

static void ticked(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what, (void)arg;
}

static void tick(void)
{
    struct timeval soon = { 0, 1000 };
    struct event_base *base = event_base_new();
    struct event *event = event_new(base, -1, 0, ticked, NULL);
    event_add(event, &soon);
    event_base_dispatch(base);
    event_free(event);
    event_base_free(base);
}
#else
static void tick(void)
{
}
#endif

extern char **environ;

static char *few[] = { "ONLY=this", NULL };

static void start(const char *way, const char *program, const char *does)
{
    char *args[] = { (char *)program, (char *)does, NULL };
    char command[1000];
    int status = 0;
    pid_t pid = 0;
    const char *name = strrchr(program, '/') + 1;
    int spawned = strncmp(way, "posix_spawn", 11) == 0;
    snprintf(command, sizeof command, "'%s' %s \"it's $((1 + 1))\"", program, does);
    if (strcmp(way, "system") == 0) {
        if (system(command) != 0)
            exit(3);
        return;
    }
    if (strcmp(way, "popen") == 0) {
        char line[1000];
        FILE *file = popen(command, "r");
        while (fgets(line, sizeof line, file))
            fputs(line, stdout);
        fflush(stdout);
        if (pclose(file) != 0)
            exit(4);
        return;
    }
    if (strcmp(way, "posix_spawn") == 0 && posix_spawn(&pid, program, NULL, NULL, args, environ) != 0)
        exit(5);
    if (strcmp(way, "posix_spawnp") == 0 && posix_spawnp(&pid, name, NULL, NULL, args, environ) != 0)
        exit(6);
    if (!spawned)
        pid = strcmp(way, "vfork") == 0 ? vfork() : fork();
    if (pid == 0) {
        if (strcmp(way, "execve") == 0 || strcmp(way, "vfork") == 0)
            execve(program, args, environ);
        if (strcmp(way, "few") == 0)
            execve(program, args, few);
        if (strcmp(way, "execv") == 0)
            execv(program, args);
        if (strcmp(way, "execvp") == 0)
            execvp(name, args);
        if (strcmp(way, "execvpe") == 0)
            execvpe(name, args, environ);
        if (strcmp(way, "execl") == 0)
            execl(program, program, does, "2", "3", "4", "5", "6", "7", NULL);
        if (strcmp(way, "execlp") == 0)
            execlp(name, program, does, NULL);
        if (strcmp(way, "execle") == 0)
            execle(program, program, does, "2", "3", "4", NULL, environ);
        if (strcmp(way, "fexecve") == 0)
            fexecve(open(program, O_RDONLY | O_CLOEXEC), args, environ);
        if (strcmp(way, "execveat") == 0)
            execveat(AT_FDCWD, program, args, environ, 0);
        _exit(7);
    }
    if (waitpid(pid, &status, 0) != pid || status != 0)
        exit(8);
}

int main(int argc, char **argv, char **environment)
{
    if (strcmp(argv[1], "tick") == 0) {
        tick();
    } else if (strcmp(argv[1], "show") == 0) {
        const char *preload = getenv("LD_PRELOAD");
        int i;
        for (i = 0; environment[i]; i++)
            printf("%.200s\n", environment[i]);
        printf("preload %s of %d\n", preload ? preload : "none", i);
        printf("args");
        for (i = 1; i < argc; i++)
            printf(" %s", argv[i]);
        printf("\n");
    } else {
        int i;
        tick();
        for (i = 4; i < argc; i++)
            start(argv[i], argv[3], argv[2]);
    }
    fflush(stdout);
    return 0;
}
