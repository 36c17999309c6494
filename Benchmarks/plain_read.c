// Measures how fast a file in the page cache can be read: every thread reads its part of the mapping and does nothing
// else. Generating reads all weights for each token, so it can hardly be faster than this.
// Usage: plain_read FILE THREADS; prints GB/s, the median of nine passes.

#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>

enum { PASSES = 9, MOST_THREADS = 256 };

static const uint64_t *words;
static size_t word_count;
static int thread_count;
static pthread_barrier_t barrier;
static double seconds[PASSES];
static uint64_t results[MOST_THREADS][8];   // one cache line for each thread

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void *read_part(void *argument) {
  const size_t index = (size_t)(intptr_t)argument;
  const size_t part = word_count / (size_t)thread_count / 16 * 16;
  for (int pass = 0; pass < PASSES; pass++) {
    pthread_barrier_wait(&barrier);
    const double start = now();
    uint64_t sums[16] = {0};
    for (const uint64_t *p = words + index * part, *end = p + part; p < end; p += 16)
      for (int i = 0; i < 16; i++) sums[i] ^= p[i];
    for (int i = 0; i < 16; i++) results[index][0] ^= sums[i];
    pthread_barrier_wait(&barrier);
    if (index == 0) seconds[pass] = now() - start;
  }
  return NULL;
}

static int ascending(const void *a, const void *b) {
  const double x = *(const double *)a, y = *(const double *)b;
  return x < y ? -1 : x > y;
}

int main(int count, char **arguments) {
  thread_count = count == 3 ? atoi(arguments[2]) : 0;
  if (thread_count < 1 || thread_count > MOST_THREADS) {
    fprintf(stderr, "usage: plain_read FILE THREADS\n");
    return 2;
  }
  const int file = open(arguments[1], O_RDONLY);
  struct stat status;
  if (file < 0 || fstat(file, &status)) {
    perror(arguments[1]);
    return 1;
  }
  words = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, file, 0);
  if (words == MAP_FAILED) {
    perror(arguments[1]);
    return 1;
  }
  word_count = (size_t)status.st_size / 8;
  pthread_barrier_init(&barrier, NULL, (unsigned)thread_count);
  pthread_t threads[MOST_THREADS];
  for (intptr_t i = 1; i < thread_count; i++) pthread_create(&threads[i], NULL, read_part, (void *)i);
  read_part(NULL);
  for (int i = 1; i < thread_count; i++) pthread_join(threads[i], NULL);
  qsort(seconds, PASSES, sizeof *seconds, ascending);
  printf("%.2f\n", (double)(word_count * 8) / seconds[PASSES / 2] * 1e-9);
  return 0;
}
