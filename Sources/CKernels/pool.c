// The worker threads: one parallel region at a time, with barriers and shared loops inside it.
// - A waiting thread spins briefly, then sleeps on a futex, so little is lost if the system takes a core away.
// - A region may run on worker 0 alone; the others sleep through it.
// - A shared loop gives items 0..<total to the workers that are free: even workers take from the front, odd ones from
//   the back. Items are ranges of memory, and two cores get more bandwidth if they read in different places.
// - Each loop between two barriers has its own counter, and the second barrier resets it.

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "internal.h"
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

// How many pauses (28 ns each on Zen 4) a thread spins before it sleeps. If a signal is raised from the waiter's own
// core, the system runs both threads on that core and spinning only delays the other one, so the number falls to the
// least. Any other wait doubles it. Yielding instead of sleeping is far worse on a busy machine, because another
// program then runs for its whole time slice.
enum { CK_LEAST_SPINS = 32, CK_MOST_SPINS = 2048 };

// The most loops between two barriers. A worker that begins one more waits at a barrier first.
enum { CK_LOOPS = 16 };

typedef struct {
  _Alignas(64) atomic_uint value;
  atomic_uint sleepers;
  atomic_int core;                     // the core that raised it last
  _Alignas(64) atomic_int spins;
} ck_signal;

// Claims from the front, plus 2^32 times the claims from the back. One number, because only both together tell if all
// items are taken.
typedef struct {
  _Alignas(64) atomic_ullong asked;
} ck_counter;

typedef struct {
  _Alignas(64) struct ck_pool *pool;
  pthread_t thread;
  int index;
  uint32_t loops;                      // begun since the last barrier
  uint32_t total;                      // items of the current loop
  uint32_t alone_next;                 // the next item if the region has one worker
} ck_worker;

struct ck_pool {
  int count, started;
  int active;                          // workers of the running region
  pthread_mutex_t lock;
  ck_body body;
  void *context;
  bool stop;
  ck_signal start, barrier;
  _Alignas(64) atomic_uint arrived;
  ck_counter counters[CK_LOOPS];
  ck_worker workers[];
};

static inline void ck_pause(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("isb");
#endif
}

// Waits until the value is no longer `seen`.
static void ck_wait(ck_signal *signal, unsigned seen) {
  int spins = atomic_load_explicit(&signal->spins, memory_order_relaxed);
  bool sleeps = true;
  for (int i = 0; i < spins && sleeps; i++) {
    sleeps = atomic_load_explicit(&signal->value, memory_order_acquire) == seen;
    if (sleeps) ck_pause();
  }
  int core = sleeps ? sched_getcpu() : -1;
  if (sleeps) {
    atomic_fetch_add(&signal->sleepers, 1);
    while (atomic_load(&signal->value) == seen)
      syscall(SYS_futex, &signal->value, FUTEX_WAIT_PRIVATE, seen, NULL, NULL, 0);
    atomic_fetch_sub(&signal->sleepers, 1);
  }
  bool shares = sleeps && core == atomic_load_explicit(&signal->core, memory_order_relaxed);
  int next = shares ? CK_LEAST_SPINS : spins * 2 < CK_MOST_SPINS ? spins * 2 : CK_MOST_SPINS;
  if (next != spins) atomic_store_explicit(&signal->spins, next, memory_order_relaxed);
}

static void ck_raise(ck_signal *signal) {
  atomic_store_explicit(&signal->core, sched_getcpu(), memory_order_relaxed);
  atomic_fetch_add(&signal->value, 1);
  if (atomic_load(&signal->sleepers)) syscall(SYS_futex, &signal->value, FUTEX_WAKE_PRIVATE, 1 << 30, NULL, NULL, 0);
}

void ck_pool_barrier(ck_pool *pool, int index) {
  if (pool->active == 1) return;
  const uint32_t loops = pool->workers[index].loops;
  pool->workers[index].loops = 0;
  unsigned seen = atomic_load_explicit(&pool->barrier.value, memory_order_relaxed);
  if (atomic_fetch_add(&pool->arrived, 1) + 1 == (unsigned)pool->count) {
    atomic_store_explicit(&pool->arrived, 0, memory_order_relaxed);
    for (uint32_t i = 0; i < loops; i++) atomic_store_explicit(&pool->counters[i].asked, 0, memory_order_relaxed);
    ck_raise(&pool->barrier);
  } else {
    ck_wait(&pool->barrier, seen);
  }
}

static void *ck_work(void *argument) {
  ck_worker *worker = argument;
  ck_pool *pool = worker->pool;
  for (unsigned seen = 0;; seen++) {
    ck_wait(&pool->start, seen);
    if (pool->stop) return NULL;
    pool->body(pool->context, worker->index);
    ck_pool_barrier(pool, worker->index);
  }
}

ck_pool *ck_pool_new(int workers) {
  size_t bytes = sizeof(ck_pool) + (size_t)workers * sizeof(ck_worker);
  ck_pool *pool = aligned_alloc(64, (bytes + 63) / 64 * 64);
  if (!pool) return NULL;
  memset(pool, 0, bytes);
  pool->count = workers;
  pool->active = workers;
  pool->started = 1;
  pool->start.spins = pool->barrier.spins = CK_LEAST_SPINS;
  pthread_mutex_init(&pool->lock, NULL);
  for (int i = 0; i < workers; i++) {
    pool->workers[i].pool = pool;
    pool->workers[i].index = i;
    if (i == 0) continue;
    if (pthread_create(&pool->workers[i].thread, NULL, ck_work, &pool->workers[i])) {
      ck_pool_free(pool);
      return NULL;
    }
    pool->started++;
  }
  return pool;
}

void ck_pool_free(ck_pool *pool) {
  pool->stop = true;
  ck_raise(&pool->start);
  for (int i = 1; i < pool->started; i++) pthread_join(pool->workers[i].thread, NULL);
  pthread_mutex_destroy(&pool->lock);
  free(pool);
}

void ck_pool_run(ck_pool *pool, bool alone, ck_body body, void *context) {
  pthread_mutex_lock(&pool->lock);
  if (alone || pool->count == 1) {
    pool->active = 1;
    body(context, 0);
    pool->active = pool->count;
  } else {
    pool->body = body;
    pool->context = context;
    ck_raise(&pool->start);
    body(context, 0);
    ck_pool_barrier(pool, 0);
  }
  pthread_mutex_unlock(&pool->lock);
}

void ck_pool_loop_begin(ck_pool *pool, int index, uint32_t total) {
  ck_worker *worker = &pool->workers[index];
  if (worker->loops == CK_LOOPS) ck_pool_barrier(pool, index);
  worker->loops += pool->active > 1;
  worker->total = total;
  worker->alone_next = 0;
}

uint32_t ck_pool_loop_next(ck_pool *pool, int index) {
  ck_worker *worker = &pool->workers[index];
  const uint32_t total = worker->total;
  if (pool->active == 1) return worker->alone_next < total ? worker->alone_next++ : total;
  const bool back = index % 2;
  uint64_t asked = atomic_fetch_add_explicit(
      &pool->counters[worker->loops - 1].asked, back ? (uint64_t)1 << 32 : 1, memory_order_relaxed);
  const uint64_t front_count = (uint32_t)asked, back_count = asked >> 32;
  if (front_count + back_count >= total) return total;
  return back ? total - 1 - (uint32_t)back_count : (uint32_t)front_count;
}

int ck_core_count(void) {
  cpu_set_t set;
  return sched_getaffinity(0, sizeof set, &set) ? 1 : CPU_COUNT(&set);
}
