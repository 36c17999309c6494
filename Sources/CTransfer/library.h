// Loads a shared library and finds its functions.
#pragma once

#include <stdbool.h>

/// The longest reason why a library is not there, with its final zero.
enum { REASON_BYTES = 400 };

/// A function to find, and the pointer that gets its address.
struct wanted {
  const char *name;
  void *pointer;
};

/// Loads the first of `files` that can be loaded and has every wanted function; both lists end with a NULL.
/// If there is none, returns false, and `reason` says what is wrong with the first.
bool load_library(const char *const *files, const struct wanted *functions, char reason[REASON_BYTES]);
