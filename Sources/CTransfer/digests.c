#include "library.h"
#include "transfer.h"

#include <pthread.h>

// The functions of libcrypto, with the types of its headers; valid when ct_load_crypto() has returned NULL.
static struct {
  __typeof__(EVP_get_digestbyname) *get_digestbyname;
  __typeof__(EVP_MD_CTX_new) *new;
  __typeof__(EVP_MD_CTX_free) *free;
  __typeof__(EVP_DigestInit_ex) *init;
  __typeof__(EVP_DigestUpdate) *update;
  __typeof__(EVP_DigestFinal_ex) *final;
} crypto;

static char reason[REASON_BYTES];
static bool is_ready;

static void load(void) {
  // The second has these functions too, with the same types.
  static const char *const files[] = {"libcrypto.so.3", "libcrypto.so.1.1", NULL};
  const struct wanted functions[] = {
      {"EVP_get_digestbyname", &crypto.get_digestbyname},
      {"EVP_MD_CTX_new", &crypto.new},
      {"EVP_MD_CTX_free", &crypto.free},
      {"EVP_DigestInit_ex", &crypto.init},
      {"EVP_DigestUpdate", &crypto.update},
      {"EVP_DigestFinal_ex", &crypto.final},
      {NULL, NULL},
  };
  is_ready = load_library(files, functions, reason);
}

const char *ct_load_crypto(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, load);
  return is_ready ? NULL : reason;
}

EVP_MD_CTX *ct_digest_new(const char *name) {
  const EVP_MD *kind = crypto.get_digestbyname(name);
  EVP_MD_CTX *digest = kind ? crypto.new() : NULL;
  if (digest && crypto.init(digest, kind, NULL) == 1) return digest;
  crypto.free(digest);
  return NULL;
}

bool ct_digest_add(EVP_MD_CTX *digest, const void *bytes, size_t count) {
  return crypto.update(digest, bytes, count) == 1;
}

unsigned ct_digest_end(EVP_MD_CTX *digest, uint8_t *out) {
  unsigned count = 0;
  return crypto.final(digest, out, &count) == 1 ? count : 0;
}

void ct_digest_free(EVP_MD_CTX *digest) { crypto.free(digest); }
