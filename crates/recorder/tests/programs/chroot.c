/* Changes its root before it makes a base, as daemons do: nothing that is named from then on is where it was. */
#define _GNU_SOURCE
#include <event2/event.h>
#include <sched.h>
#include <stdio.h>
#include <unistd.h>

static void
my_tick(evutil_socket_t fd, short what, void *arg)
{
	(void)fd, (void)what;
	event_base_loopexit(arg, NULL);
}

int
main(int argc, char **argv)
{
	struct timeval soon = { 0, 1000 };
	struct event_base *base;

	(void)argc;
	if (geteuid() != 0 && unshare(CLONE_NEWUSER) < 0)
		return 77;
	if (chroot(argv[1]) < 0 || chdir("/") < 0)
		return 77;
	base = event_base_new();
	event_base_once(base, -1, EV_TIMEOUT, my_tick, base, &soon);
	event_base_dispatch(base);
	event_base_free(base);
	return 0;
}
