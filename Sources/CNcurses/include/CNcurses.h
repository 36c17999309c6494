// Typed functions for the parts of ncurses that Swift cannot use: globals (Swift 6 refuses them), macros and variadic
// functions. Also the code that runs inside signal handlers.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum cn_start_result { CN_STARTED = 0, CN_NO_TERMINAL = 1, CN_UNKNOWN_TERMINAL = 2, CN_CANNOT_PLACE_CURSOR = 3 };
enum cn_attribute { CN_BOLD = 1, CN_DIM = 2, CN_UNDERLINE = 4, CN_REVERSE = 8, CN_ITALIC = 16 };

// Starts the screen on standard input and output, in raw mode, and stores the terminal's settings.
// Falls back to C.UTF-8 if the locale is not UTF-8, and to xterm-256color if TERM has no description.
enum cn_start_result cn_start(void);
// Restores the terminal; a second call does nothing.
void cn_stop(void);
// Leaves the screen while another program runs or the process is stopped, and comes back to it.
void cn_leave(void);
void cn_return(void);
// Stops this process as Ctrl-Z does; returns when it continues.
void cn_suspend_process(void);

bool cn_locale_is_utf8(void);
void cn_size(int *rows, int *columns);
// Tells ncurses the new size.
void cn_resize(int rows, int columns);

int cn_colour_count(void);
// The colour pair of this foreground on the default background, made on first use; 0 if there is none.
int cn_pair(int foreground);
// Puts one cluster (at most 5 code points, the first of them spacing) into a cell.
void cn_put(int row, int column, const int32_t *scalars, int count, int attributes, int pair);
// The width of a code point in the C library, and so in ncurses, in columns; -1 if it is not printable.
int cn_width(uint32_t scalar);
// Shows the cursor in a cell; hides it if the row is negative.
void cn_cursor(int row, int column);
// Sends the cells that changed since the last call to the terminal.
void cn_paint(void);
// Sends bytes to the terminal at once, past ncurses.
void cn_write(const void *bytes, size_t count);
// Makes the next cn_paint send the complete screen.
void cn_repaint_all(void);

// The read end of the pipe that signal handlers write to, one byte (its number) for each signal; -1 if there is none.
int cn_signal_pipe(void);
int cn_wake_descriptor(void);
void cn_wake(int descriptor);
void cn_drain(int descriptor);
