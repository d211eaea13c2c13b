# Recording a program: why it cannot be, and what is said at the end.

record_refused_not_found = { $program }: no such program; give its path, or a name found in PATH
record_refused_not_runnable = { $path }: not a program one may run: { $reason }
record_reason_folder = a folder
record_reason_not_executable = no execute permission
record_refused_not_built_in = recording needs Linux on x86-64, and this evscope was built for something else; record there, and replay the trace here
record_refused_architecture = { $path }: made for another processor or word size ({ $architecture }); the recorder's library is for x86-64, so build the program for that
record_refused_privileged = { $path }: set-user-ID, set-group-ID or with capabilities of its own, so the system lets no library be put into it; run a copy without these rights, as the user it would run as
record_refused_static = { $path }: statically linked, so there is no place to listen between it and libevent; link it with the shared libevent (for example -levent without -static)
record_refused_libevent_inside = { $path }: has libevent built in instead of using the shared library; link it with the shared libevent of the system
record_refused_no_libevent = { $path }: does not use libevent. If it starts a program that does, say so with --children exec; if it loads libevent later, as a plugin, say so with --late
record_refused_version = { $library }: the recorder knows libevent 2.1 (libevent-2.1.so.7); use that version
record_refused_not_interposable = { $library }: calls its own functions directly (linked with -Bsymbolic or link-time optimization), so most of what happens cannot be seen; use a build without that, such as Debian's, by LD_LIBRARY_PATH
record_refused_sanitized = { $path }: built with AddressSanitizer, which does not let another library in before its own; run evscope with ASAN_OPTIONS=verify_asan_link_order=0 in the environment, or record a build without -fsanitize=address
record_refused_linking = { $path }: cannot start: { $reason }
record_missing_library = a library is missing: { $said }

record_no_command = no program to record; give one after `--`
record_output = { $path }: { $error }
record_prepare = cannot prepare the recording: { $what }: { $error }
record_the_ring = the shared memory
record_the_library = the library
record_no_room = no room for { $mib } MiB of records that wait for the recorder, in any of { $folders }: { $error }; make room there, or ask for less with --buffer MIB
record_no_folder = no folder for it
record_start = cannot start { $program }: { $error }
record_unfinished = { $path }: a recording that was not finished is in this file; make its trace with `evscope record --recover { $path }`, or throw it away with `rm -r { $all }`, or give the new one another name with -o
record_in_use = { $path }: another evscope is recording into this file; give this one another name with -o
record_foreign = { $path }: this file is no recording's, and would be written over; give another name with -o
record_recover = { $path }: cannot recover a recording from it: { $error }
record_recover_in_use = another evscope is recording into it; wait, or give this one another name with -o
record_not_a_spool = it is not what a recording of evscope's leaves
record_head_not_whole = its beginning is not whole
record_not_a_ring = it is not shared memory of evscope's

record_stopped = { $part }: { $error }; what happened after that is not recorded
record_full_size =
    the recording came to { $mib } MiB, the most that --max-size allows; it has the beginning, and { $beyond ->
        [one] 1 more record was counted and not kept
       *[other] { $beyond } more records were counted and not kept
    }{ $without ->
        [0] { "" }
        [one] , with all that one process did, which has no trace
       *[other] , with all that { $without } processes did, which have no trace
    }
record_full_disk = the disk is nearly full, so the recording was ended, and the program went on; what was recorded by then is in { $part }: make room and run `evscope record --recover { $part }`
record_not_written = cannot write the trace: { $error }; everything is in { $part }; make room and run `evscope record --recover { $part }`
record_not_written_whole = cannot write the trace: { $error }; what was recorded is in { $part }; make room and run `evscope record --recover { $part }`
record_translation_failed = the translating thread has failed

record_no_base = the program made no event base, so there is nothing to replay
record_ended_early = { $signal } ended the program before it came to libevent, so there is nothing to replay
record_went_past = the program loaded libevent, and its calls went past the recorder: what loads it with RTLD_DEEPBIND, or asks dlsym for functions of a handle, gets libevent's own and not those in front of them; load it without
record_nobody = no process used libevent, so there is nothing to replay. If the program starts another that does, give --children exec; one that is started by a statically linked program, or changes its root or its namespaces, cannot be followed
record_not_used = libevent was loaded and not used, so there is nothing to replay
record_lost =
    { $lost ->
        [one] 1 record was lost because the program was faster than the recorder; record less with --level 2, or give more room with --buffer
       *[other] { $lost } records were lost because the program was faster than the recorder; record less with --level 2, or give more room with --buffer
    }
record_abandoned =
    { $records ->
        [one] 1 record was not written to the end, because a thread was killed or stopped in the middle
       *[other] { $records } records were not written to the end, because a thread was killed or stopped in the middle
    }
record_other_libevent = the program runs on libevent { $version }, and the recorder knows 2.1; nothing was recorded
record_other_reactor = the program was built with another version of evscope's reactor than this evscope; build it with this one, or let it record itself: EVSCOPE_TRACE=FILE in its environment
