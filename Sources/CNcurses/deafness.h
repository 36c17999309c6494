// A terminal that reads nothing, such as a lost ssh connection or a frozen multiplexer, must not keep the program from
// ending.
// - Every write to the terminal stands between `deafness_write_begins` and `deafness_write_ends`, on the main thread.
// - From the first signal to end, a write that waits longer than `DEAF_AFTER_MILLISECONDS` is given up, and all later
//   output goes to /dev/null. Without such a signal a write waits as long as the terminal wants (Ctrl-S does that too).
#pragma once
#include <stdbool.h>

enum { DEAF_AFTER_MILLISECONDS = 700 };

void deafness_install(void);      // on the main thread, once; starts the thread that watches
void deafness_begin_watch(void);  // may be called by a signal handler
void deafness_write_begins(void);
void deafness_write_ends(void);
bool deafness_is_sure(void);  // true once output was given up
