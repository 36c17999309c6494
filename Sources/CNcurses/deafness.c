// Gives up the output to a terminal that reads nothing, once the program was asked to end. See deafness.h.
#include "deafness.h"
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

enum { LOOK_EVERY_MILLISECONDS = 50 };

static pthread_t writer;
static int asked = -1;  // an eventfd, written once the program was asked to end
// Odd while a write goes on.
static atomic_uint write_number;
static atomic_bool is_deaf;

static void interrupted(int number) { (void)number; }

// ncurses repeats a write that a signal interrupts, so the descriptor itself has to lead elsewhere.
static void give_up_output(void) {
  int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (nowhere < 0) return;
  dup2(nowhere, STDOUT_FILENO);
  if (isatty(STDERR_FILENO)) dup2(nowhere, STDERR_FILENO);
  close(nowhere);
  atomic_store(&is_deaf, true);
}

static void pause_milliseconds(int count) {
  struct timespec time = {.tv_nsec = count * 1000000L};
  nanosleep(&time, NULL);
}

static void *watch(void *unused) {
  (void)unused;
  uint64_t count;
  while (read(asked, &count, sizeof count) < 0) {
    if (errno != EINTR) return NULL;
  }
  unsigned last = 0;
  int waited = 0;
  while (!atomic_load(&is_deaf)) {
    pause_milliseconds(LOOK_EVERY_MILLISECONDS);
    unsigned now = atomic_load(&write_number);
    waited = now % 2 == 1 && now == last ? waited + LOOK_EVERY_MILLISECONDS : 0;
    last = now;
    if (waited >= DEAF_AFTER_MILLISECONDS) give_up_output();
    if (waited >= DEAF_AFTER_MILLISECONDS && !atomic_load(&is_deaf)) return NULL;
  }
  // The signal may come just before the write that it should interrupt, so it is sent until that has ended.
  while (atomic_load(&write_number) == last) {
    pthread_kill(writer, SIGURG);
    pause_milliseconds(LOOK_EVERY_MILLISECONDS);
  }
  return NULL;
}

void deafness_install(void) {
  if (asked >= 0) return;
  writer = pthread_self();
  asked = eventfd(0, EFD_CLOEXEC);
  // Nobody else uses SIGURG: without a handler it does nothing. Without SA_RESTART it interrupts a write.
  struct sigaction action = {.sa_handler = interrupted};
  sigaction(SIGURG, &action, NULL);
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);  // signals are for the other threads
  pthread_t thread;
  if (pthread_create(&thread, NULL, watch, NULL) == 0) pthread_detach(thread);
  sigset_t urgent;
  sigemptyset(&urgent);
  sigaddset(&urgent, SIGURG);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  pthread_sigmask(SIG_UNBLOCK, &urgent, NULL);
}

void deafness_begin_watch(void) {
  uint64_t one = 1;
  ssize_t ignored = write(asked, &one, sizeof one);
  (void)ignored;
}

void deafness_write_begins(void) { atomic_fetch_add(&write_number, 1); }

void deafness_write_ends(void) { atomic_fetch_add(&write_number, 1); }

bool deafness_is_sure(void) { return atomic_load(&is_deaf); }
