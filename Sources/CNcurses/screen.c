// Starting, painting and leaving the screen.
#include "CNcurses.h"
#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <ncurses.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <term.h>
#include <unistd.h>
#include <wchar.h>
#include "deafness.h"
#include "restore.h"
#undef columns  // a capability's name in term.h

static SCREEN *screen;
static bool utf8, left;
static int pairs[256];

void cn_write(const void *bytes, size_t count) {
  const char *rest = bytes;
  deafness_write_begins();
  while (count > 0) {
    ssize_t written = write(STDOUT_FILENO, rest, count);
    if (written < 0 && errno != EINTR) break;
    if (written > 0) {
      rest += written;
      count -= (size_t)written;
    }
  }
  deafness_write_ends();
}

static void end_window(void) {
  deafness_write_begins();
  curs_set(1);
  endwin();
  deafness_write_ends();
}

static void enter_modes(void) {
  raw();
  noecho();
  nonl();
  intrflush(stdscr, FALSE);
  leaveok(stdscr, FALSE);
  restore_write("\033[?2004h");  // bracketed paste
}

enum cn_start_result cn_start(void) {
  if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) return CN_NO_TERMINAL;
  setlocale(LC_ALL, "");
  utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
  if (!utf8) utf8 = setlocale(LC_CTYPE, "C.UTF-8") != NULL;
  // The terminal's size, and not LINES and COLUMNS: a shell that exports them tells the size of another time or place.
  use_env(FALSE);
  use_tioctl(TRUE);
  const char *name = getenv("TERM");
  int found = 0;
  if (name == NULL || *name == 0 || setupterm(name, STDOUT_FILENO, &found) != OK) {
    // Terminals that are newer than the description files understand xterm's sequences. Without TERM nothing is known.
    if (name == NULL || *name == 0) return CN_UNKNOWN_TERMINAL;
    name = "xterm-256color";
    if (setupterm(name, STDOUT_FILENO, &found) != OK) return CN_UNKNOWN_TERMINAL;
  }
  if (cursor_address == NULL) return CN_CANNOT_PLACE_CURSOR;
  restore_remember();
  screen = newterm(name, stdout, stdin);
  if (screen == NULL) return CN_UNKNOWN_TERMINAL;
  set_term(screen);
  enter_modes();
  if (has_colors()) {
    start_color();
    use_default_colors();
  }
  deafness_install();
  restore_install();
  return CN_STARTED;
}

void cn_stop(void) {
  if (screen == NULL) return;
  if (!left) {
    restore_write("\033[?2004l");
    end_window();
  }
  // ncurses sets the modes of its output, which may lead to /dev/null by now.
  if (deafness_is_sure()) restore_settings();
  restore_forget();
  screen = NULL;
}

void cn_leave(void) {
  restore_write("\033[?2004l");
  def_prog_mode();
  end_window();
  left = true;
  restore_forget();
}

void cn_return(void) {
  reset_prog_mode();
  left = false;
  restore_install();
  enter_modes();
  clearok(curscr, TRUE);
  cn_paint();
}

bool cn_locale_is_utf8(void) { return utf8; }

void cn_size(int *rows, int *columns) {
  struct winsize size;
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 && size.ws_col > 0) {
    *rows = size.ws_row;
    *columns = size.ws_col;
  } else {
    *rows = LINES;
    *columns = COLS;
  }
}

void cn_resize(int rows, int columns) {
  resizeterm(rows, columns);
  clearok(curscr, TRUE);
}

int cn_colour_count(void) { return has_colors() ? COLORS : 0; }

int cn_pair(int foreground) {
  if (foreground < 0 || foreground >= 256 || foreground >= cn_colour_count()) return 0;
  if (pairs[foreground] == 0) {
    int pair = foreground + 1;
    if (pair >= COLOR_PAIRS || init_extended_pair(pair, foreground, -1) != OK) return 0;
    pairs[foreground] = pair;
  }
  return pairs[foreground];
}

void cn_put(int row, int column, const int32_t *scalars, int count, int attributes, int pair) {
  wchar_t text[CCHARW_MAX + 1];
  if (count > CCHARW_MAX) count = CCHARW_MAX;
  for (int i = 0; i < count; i++) text[i] = (wchar_t)scalars[i];
  text[count] = 0;
  attr_t attribute = A_NORMAL;
  if (attributes & CN_BOLD) attribute |= WA_BOLD;
  if (attributes & CN_DIM) attribute |= WA_DIM;
  if (attributes & CN_UNDERLINE) attribute |= WA_UNDERLINE;
  if (attributes & CN_REVERSE) attribute |= WA_REVERSE;
  if (attributes & CN_ITALIC) attribute |= WA_ITALIC;
  cchar_t cell;
  if (setcchar(&cell, text, attribute, (short)pair, &pair) != OK) {
    wchar_t unknown[2] = {0xFFFD, 0};
    setcchar(&cell, unknown, attribute, (short)pair, &pair);
  }
  mvadd_wchnstr(row, column, &cell, 1);
}

int cn_width(uint32_t scalar) { return wcwidth((wchar_t)scalar); }

void cn_cursor(int row, int column) {
  deafness_write_begins();  // curs_set writes at once
  if (row < 0) {
    curs_set(0);
  } else {
    curs_set(1);
    move(row, column);
  }
  deafness_write_ends();
}

void cn_paint(void) {
  deafness_write_begins();
  refresh();
  deafness_write_ends();
}

void cn_repaint_all(void) { clearok(curscr, TRUE); }
