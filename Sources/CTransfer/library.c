#include "library.h"

#include <dlfcn.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

static bool find_all(void *library, const struct wanted *functions) {
  for (const struct wanted *each = functions; each->name; each++) {
    void *address = dlsym(library, each->name);
    if (!address) return false;
    // dlsym gives the address of a function as one of data; C has no cast between the two.
    memcpy(each->pointer, &address, sizeof address);
  }
  return true;
}

bool load_library(const char *const *files, const struct wanted *functions, char reason[REASON_BYTES]) {
  reason[0] = 0;
  for (const char *const *file = files; *file; file++) {
    void *library = dlopen(*file, RTLD_LAZY | RTLD_LOCAL);
    if (library && find_all(library, functions)) return true;
    const char *problem = dlerror();
    if (!reason[0]) snprintf(reason, REASON_BYTES, "%s", problem ? problem : "unknown reason");
    if (library) dlclose(library);
  }
  return false;
}
