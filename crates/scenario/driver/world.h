/* See world.c. Times are in nanoseconds. */

#include <poll.h>

/* How much time has passed. */
extern long long world_now;
/* Asked whenever the loop would wait: until when it may (-1: for ever), and how often it has looked. It may let time
 * pass or make an fd ready. 1: look what is ready; 0: the wait is over. */
extern int (*world_pass)(long long until, int looks);
/* Where poll and select begin to look. */
extern int world_start;
/* Whether chance is asked who of several comes first for this state's owner, and they take turns. */
extern int (*world_takes_turns)(const void *state);

/* A scenario begins. */
void world_begin(void);
/* The real poll. */
int world_poll(struct pollfd *fds, nfds_t n, int timeout);
