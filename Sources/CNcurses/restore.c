// Signal handlers. If the program crashes, they restore the terminal first. Signals to end or resize go to the event
// loop through a pipe.
#include "restore.h"
#include "CNcurses.h"
#include <errno.h>
#include <fcntl.h>
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

void restore_write(const char *sequence) {
  size_t length = strlen(sequence);
  while (length > 0) {
    ssize_t count = write(STDOUT_FILENO, sequence, length);
    if (count < 0 && errno != EINTR) return;
    if (count > 0) {
      sequence += count;
      length -= (size_t)count;
    }
  }
}

// Calls only functions that POSIX allows in a handler, then the default action, because the Swift runtime's crash
// reporter would prompt on the terminal, and in raw mode that looks like a hang.
static void crash(int number) {
  if (active) {
    active = 0;
    restore_write("\033[?2004l\033[?25h\033[0m\033[?1049l\r\n");
    tcsetattr(STDIN_FILENO, TCSANOW, &remembered);
    static const char text[] =
        "copydesk: the program crashed. The text written until then is saved; start it again to continue.\n";
    ssize_t ignored = write(STDERR_FILENO, text, sizeof text - 1);
    (void)ignored;
  }
  signal(number, SIG_DFL);
  raise(number);
}

static void tell_loop(int number) {
  int saved = errno;
  unsigned char byte = (unsigned char)number;
  ssize_t ignored = write(signal_pipe[1], &byte, 1);
  (void)ignored;
  errno = saved;
}

void restore_remember(void) { tcgetattr(STDIN_FILENO, &remembered); }

void restore_install(void) {
  static char *stack;
  if (stack == NULL && (stack = malloc(1 << 16)) != NULL) {
    stack_t alternate = {.ss_sp = stack, .ss_size = 1 << 16};
    sigaltstack(&alternate, NULL);
  }
  cn_signal_pipe();
  static const int crashes[] = {SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGABRT, SIGFPE};
  for (unsigned i = 0; i < sizeof crashes / sizeof *crashes; i++) {
    struct sigaction action = {.sa_handler = crash, .sa_flags = SA_ONSTACK | SA_NODEFER};
    sigaction(crashes[i], &action, NULL);
  }
  static const int handled[] = {SIGWINCH, SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGCONT};
  sigset_t unblocked;
  sigemptyset(&unblocked);
  for (unsigned i = 0; i < sizeof handled / sizeof *handled; i++) {
    struct sigaction action = {.sa_handler = tell_loop, .sa_flags = SA_RESTART};
    sigaction(handled[i], &action, NULL);
    sigaddset(&unblocked, handled[i]);
  }
  // The parent process may have blocked them, and a child inherits that.
  pthread_sigmask(SIG_UNBLOCK, &unblocked, NULL);
  active = 1;
}

void restore_forget(void) { active = 0; }

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
