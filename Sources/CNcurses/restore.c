// Signal handlers. If a signal ends the program at once, they restore the terminal first. Signals to end, stop or resize
// go to the event loop through a pipe.
#include "restore.h"
#include "CNcurses.h"
#include "deafness.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <termios.h>
#include <unistd.h>

static struct termios remembered;
static volatile sig_atomic_t active;
static int signal_pipe[2] = {-1, -1};

void restore_write(const char *sequence) { cn_write(sequence, strlen(sequence)); }

static const int crashes[] = {SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGABRT, SIGFPE, SIGSYS};
// Signals of others that end a process which does not expect them.
static const int fatal[] = {SIGUSR1, SIGUSR2, SIGALRM,   SIGVTALRM, SIGPROF,
                            SIGXCPU, SIGPOLL, SIGSTKFLT, SIGPWR};
#define COUNT_OF(array) (sizeof array / sizeof *array)

static bool is_crash(int number) {
  for (unsigned i = 0; i < COUNT_OF(crashes); i++) {
    if (crashes[i] == number) return true;
  }
  return false;
}

// Writes a text if the terminal takes any, because a handler must not wait for a terminal that reads nothing.
static void write_if_read(int descriptor, const char *text) {
  struct pollfd terminal = {.fd = descriptor, .events = POLLOUT};
  if (poll(&terminal, 1, 200) <= 0) return;
  ssize_t ignored = write(descriptor, text, strlen(text));
  (void)ignored;
}

// Calls only functions that POSIX allows in a handler, then the default action, because the Swift runtime's crash
// reporter would prompt on the terminal, and in raw mode that looks like a hang.
static void restore_and_end(int number) {
  if (active) {
    active = 0;
    write_if_read(STDOUT_FILENO, "\033[?2004l\033[?25h\033[0m\033[?1049l\r\n");
    tcsetattr(STDIN_FILENO, TCSANOW, &remembered);
    write_if_read(
        STDERR_FILENO,
        is_crash(number)
            ? "copydesk: the program crashed. The text written until then is saved; start it again to continue.\n"
            : "copydesk: a signal ended the program. The text written until then is saved; start it again to continue.\n");
  }
  signal(number, SIG_DFL);
  raise(number);
}

static void tell_loop(int number) {
  int saved = errno;
  unsigned char byte = (unsigned char)number;
  ssize_t ignored = write(signal_pipe[1], &byte, 1);
  (void)ignored;
  if (number == SIGTERM || number == SIGHUP || number == SIGINT || number == SIGQUIT) deafness_begin_watch();
  errno = saved;
}

static void overlook_signal(int number) { (void)number; }

void restore_remember(void) { tcgetattr(STDIN_FILENO, &remembered); }

void restore_install(void) {
  static char *stack;
  if (stack == NULL && (stack = malloc(1 << 16)) != NULL) {
    stack_t alternate = {.ss_sp = stack, .ss_size = 1 << 16};
    sigaltstack(&alternate, NULL);
  }
  cn_signal_pipe();
  sigset_t unblocked;
  sigemptyset(&unblocked);
  struct sigaction end = {.sa_handler = restore_and_end, .sa_flags = SA_ONSTACK | SA_NODEFER};
  for (unsigned i = 0; i < COUNT_OF(crashes); i++) sigaction(crashes[i], &end, NULL);
  for (unsigned i = 0; i < COUNT_OF(fatal); i++) {
    sigaction(fatal[i], &end, NULL);
    sigaddset(&unblocked, fatal[i]);
  }
  for (int number = SIGRTMIN; number <= SIGRTMAX; number++) sigaction(number, &end, NULL);
  // A write beyond a limit on file sizes then fails and is reported. Not SIG_IGN, because an editor would inherit it.
  struct sigaction overlook = {.sa_handler = overlook_signal, .sa_flags = SA_RESTART};
  sigaction(SIGXFSZ, &overlook, NULL);
  static const int handled[] = {SIGWINCH, SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGCONT, SIGTSTP};
  struct sigaction tell = {.sa_handler = tell_loop, .sa_flags = SA_RESTART};
  for (unsigned i = 0; i < COUNT_OF(handled); i++) {
    sigaction(handled[i], &tell, NULL);
    sigaddset(&unblocked, handled[i]);
  }
  // The parent process may have blocked them, and a child inherits that.
  pthread_sigmask(SIG_UNBLOCK, &unblocked, NULL);
  active = 1;
}

void restore_forget(void) {
  active = 0;
  // An editor that is stopped stops its whole process group, and the shell waits for all of it.
  signal(SIGTSTP, SIG_DFL);
}

void restore_settings(void) { tcsetattr(STDIN_FILENO, TCSANOW, &remembered); }

int cn_signal_pipe(void) {
  if (signal_pipe[0] < 0 && pipe2(signal_pipe, O_CLOEXEC | O_NONBLOCK) != 0) return -1;
  return signal_pipe[0];
}

void cn_suspend_process(void) {
  signal(SIGTSTP, SIG_DFL);
  raise(SIGTSTP);
}

int cn_wake_descriptor(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

void cn_wake(int descriptor) {
  uint64_t one = 1;
  ssize_t ignored = write(descriptor, &one, sizeof one);
  (void)ignored;
}

void cn_drain(int descriptor) {
  uint64_t count;
  ssize_t ignored = read(descriptor, &count, sizeof count);
  (void)ignored;
}
