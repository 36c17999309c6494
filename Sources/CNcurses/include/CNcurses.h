// What Swift cannot see of ncurses: its globals (refused by Swift 6), its macros and its variadic
// functions, as typed functions; and what must happen inside a signal handler.
#pragma once
#include <stdbool.h>
#include <stdint.h>

enum cn_start_result { CN_STARTED = 0, CN_NO_TERMINAL = 1, CN_UNKNOWN_TERMINAL = 2, CN_CANNOT_PLACE_CURSOR = 3 };
enum cn_attribute { CN_BOLD = 1, CN_DIM = 2, CN_UNDERLINE = 4, CN_REVERSE = 8, CN_ITALIC = 16 };

// Starts the screen on standard input and output, in raw mode; keeps the terminal's settings for the way back.
// Falls back to C.UTF-8 where the locale is not UTF-8, and to xterm-256color where TERM has no description.
enum cn_start_result cn_start(void);
// Gives the terminal back as it was; may be called twice.
void cn_stop(void);
// Leaves the screen for another program or a stop of the process, and comes back to it.
void cn_leave(void);
void cn_return(void);
// Stops this process as Ctrl-Z does; returns when it goes on.
void cn_suspend_process(void);

bool cn_locale_is_utf8(void);
void cn_size(int *rows, int *columns);
// Tells ncurses of a new size.
void cn_resize(int rows, int columns);

int cn_colour_count(void);
// Number of the pair of this foreground on the default background; made on first use, 0 where there is none.
int cn_pair(int foreground);
// Puts one cluster (at most 5 code points, the first of them spacing) at a place.
void cn_put(int row, int column, const int32_t *scalars, int count, int attributes, int pair);
// Columns that the C library, and so ncurses, gives a code point; -1 where it knows none.
int cn_width(uint32_t scalar);
// Shows the cursor at a place; a negative row hides it.
void cn_cursor(int row, int column);
// Sends to the terminal what changed since the last call.
void cn_paint(void);
// Makes the next cn_paint send all of the screen.
void cn_repaint_all(void);

// A pipe that signal handlers write into: one byte a signal (its number); the read end, or -1.
int cn_signal_pipe(void);
int cn_wake_descriptor(void);
void cn_wake(int descriptor);
void cn_drain(int descriptor);
