/* Says which signals it ignores, as a mask, and then makes so many loops as it is told. */
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
int main(int argc, char **argv)
{
    char line[256];
    FILE *status = fopen("/proc/self/status", "r");
    while (fgets(line, sizeof line, status))
        if (!strncmp(line, "SigIgn:", 7) || !strncmp(line, "SigBlk:", 7))
            fputs(line, stdout);
    fclose(status);
    struct event_base *base = event_base_new();
    for (int n = argc > 1 ? atoi(argv[1]) : 0; n > 0; n--) {
        event_base_loop(base, EVLOOP_NONBLOCK);
        /* Slowly enough for a recorder that has little memory. */
        if (n % 500 == 0)
            usleep(2000);
    }
    event_base_free(base);
    return 0;
}
