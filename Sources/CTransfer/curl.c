#include "library.h"
#include "transfer.h"

#include <pthread.h>
#include <stdio.h>

// The functions of libcurl, with the types of its headers; valid when ct_load_curl() has returned NULL.
static struct {
  __typeof__(curl_global_init) *global_init;
  __typeof__(curl_version) *version;
  __typeof__(curl_slist_append) *slist_append;
  __typeof__(curl_slist_free_all) *slist_free_all;
  __typeof__(curl_easy_init) *easy_init;
  __typeof__(curl_easy_cleanup) *easy_cleanup;
  __typeof__(curl_easy_setopt) *easy_setopt;
  __typeof__(curl_easy_getinfo) *easy_getinfo;
  __typeof__(curl_easy_strerror) *easy_strerror;
  __typeof__(curl_multi_init) *multi_init;
  __typeof__(curl_multi_cleanup) *multi_cleanup;
  __typeof__(curl_multi_add_handle) *multi_add_handle;
  __typeof__(curl_multi_remove_handle) *multi_remove_handle;
  __typeof__(curl_multi_perform) *multi_perform;
  __typeof__(curl_multi_poll) *multi_poll;
  __typeof__(curl_multi_info_read) *multi_info_read;
} curl;

static char reason[REASON_BYTES];
static bool is_open, is_ready;

static void open_library(void) {
  // The second is Debian's libcurl with GnuTLS in place of OpenSSL: the same functions.
  static const char *const files[] = {"libcurl.so.4", "libcurl-gnutls.so.4", NULL};
  const struct wanted functions[] = {
      {"curl_global_init", &curl.global_init},
      {"curl_version", &curl.version},
      {"curl_slist_append", &curl.slist_append},
      {"curl_slist_free_all", &curl.slist_free_all},
      {"curl_easy_init", &curl.easy_init},
      {"curl_easy_cleanup", &curl.easy_cleanup},
      {"curl_easy_setopt", &curl.easy_setopt},
      {"curl_easy_getinfo", &curl.easy_getinfo},
      {"curl_easy_strerror", &curl.easy_strerror},
      {"curl_multi_init", &curl.multi_init},
      {"curl_multi_cleanup", &curl.multi_cleanup},
      {"curl_multi_add_handle", &curl.multi_add_handle},
      {"curl_multi_remove_handle", &curl.multi_remove_handle},
      {"curl_multi_perform", &curl.multi_perform},
      {"curl_multi_poll", &curl.multi_poll},
      {"curl_multi_info_read", &curl.multi_info_read},
      {NULL, NULL},
  };
  is_open = load_library(files, functions, reason);
}

static void prepare(void) {
  ct_open_curl();
  if (!is_open) return;
  CURLcode code = curl.global_init(CURL_GLOBAL_ALL);
  is_ready = code == CURLE_OK;
  if (!is_ready) snprintf(reason, sizeof reason, "%s", curl.easy_strerror(code));
}

void ct_open_curl(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, open_library);
}

const char *ct_load_curl(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, prepare);
  return is_ready ? NULL : reason;
}

const char *ct_version(void) { return curl.version(); }

struct curl_slist *ct_slist_append(struct curl_slist *list, const char *text) { return curl.slist_append(list, text); }

void ct_slist_free_all(struct curl_slist *list) { curl.slist_free_all(list); }

CURL *ct_easy_init(void) { return curl.easy_init(); }

void ct_easy_cleanup(CURL *handle) { curl.easy_cleanup(handle); }

const char *ct_easy_strerror(CURLcode code) { return curl.easy_strerror(code); }

CURLM *ct_multi_init(void) { return curl.multi_init(); }

void ct_multi_cleanup(CURLM *multi) { curl.multi_cleanup(multi); }

CURLMcode ct_multi_add_handle(CURLM *multi, CURL *handle) { return curl.multi_add_handle(multi, handle); }

CURLMcode ct_multi_remove_handle(CURLM *multi, CURL *handle) { return curl.multi_remove_handle(multi, handle); }

CURLMcode ct_multi_perform(CURLM *multi, int *running) { return curl.multi_perform(multi, running); }

CURLMcode ct_multi_poll(CURLM *multi, int milliseconds) { return curl.multi_poll(multi, NULL, 0, milliseconds, NULL); }

CURLcode ct_set_long(CURL *handle, CURLoption option, long value) { return curl.easy_setopt(handle, option, value); }

CURLcode ct_set_text(CURL *handle, CURLoption option, const char *value) {
  return curl.easy_setopt(handle, option, value);
}

CURLcode ct_set_size(CURL *handle, CURLoption option, int64_t value) {
  return curl.easy_setopt(handle, option, (curl_off_t)value);
}

CURLcode ct_set_list(CURL *handle, CURLoption option, struct curl_slist *list) {
  return curl.easy_setopt(handle, option, list);
}

CURLcode ct_set_context(CURL *handle, CURLoption option, void *context) {
  return curl.easy_setopt(handle, option, context);
}

CURLcode ct_set_reader(
    CURL *handle, bool head, size_t (*take)(char *bytes, size_t one, size_t count, void *context), void *context) {
  CURLcode code = curl.easy_setopt(handle, head ? CURLOPT_HEADERFUNCTION : CURLOPT_WRITEFUNCTION, take);
  if (code != CURLE_OK) return code;
  return curl.easy_setopt(handle, head ? CURLOPT_HEADERDATA : CURLOPT_WRITEDATA, context);
}

long ct_long(CURL *handle, CURLINFO info) {
  long value = 0;
  curl.easy_getinfo(handle, info, &value);
  return value;
}

CURLMsg *ct_message(CURLM *multi) {
  int left = 0;
  CURLMsg *message = curl.multi_info_read(multi, &left);
  return message && message->msg == CURLMSG_DONE ? message : NULL;
}

CURLcode ct_result(CURLMsg *message) { return message->data.result; }
