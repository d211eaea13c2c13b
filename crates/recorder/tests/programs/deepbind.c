/* Loads a plugin so that it finds its own libraries first, and lets it work for a moment. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
int main(int argc, char **argv)
{
    void *plugin = dlopen(argv[argc - 1], RTLD_NOW | RTLD_DEEPBIND);
    void (*work)(void);
    if (!plugin)
        return fprintf(stderr, "%s\n", dlerror()), 1;
    *(void **)&work = dlsym(plugin, "work");
    work();
    return 0;
}
