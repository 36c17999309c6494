#include "transfer.h"

CURLcode ct_set_long(CURL *handle, CURLoption option, long value) { return curl_easy_setopt(handle, option, value); }

CURLcode ct_set_text(CURL *handle, CURLoption option, const char *value) {
  return curl_easy_setopt(handle, option, value);
}

CURLcode ct_set_size(CURL *handle, CURLoption option, int64_t value) {
  return curl_easy_setopt(handle, option, (curl_off_t)value);
}

CURLcode ct_set_list(CURL *handle, CURLoption option, struct curl_slist *list) {
  return curl_easy_setopt(handle, option, list);
}

CURLcode ct_set_context(CURL *handle, CURLoption option, void *context) {
  return curl_easy_setopt(handle, option, context);
}

CURLcode ct_set_reader(
    CURL *handle, bool head, size_t (*take)(char *bytes, size_t one, size_t count, void *context), void *context) {
  CURLcode code = curl_easy_setopt(handle, head ? CURLOPT_HEADERFUNCTION : CURLOPT_WRITEFUNCTION, take);
  if (code != CURLE_OK) return code;
  return curl_easy_setopt(handle, head ? CURLOPT_HEADERDATA : CURLOPT_WRITEDATA, context);
}

long ct_long(CURL *handle, CURLINFO info) {
  long value = 0;
  curl_easy_getinfo(handle, info, &value);
  return value;
}

double ct_seconds(CURL *handle, CURLINFO info) {
  double value = 0;
  curl_easy_getinfo(handle, info, &value);
  return value;
}

CURLMsg *ct_message(CURLM *multi) {
  int left = 0;
  CURLMsg *message = curl_multi_info_read(multi, &left);
  return message && message->msg == CURLMSG_DONE ? message : NULL;
}

CURLcode ct_result(CURLMsg *message) { return message->data.result; }

EVP_MD_CTX *ct_digest_new(const char *name) {
  const EVP_MD *kind = EVP_get_digestbyname(name);
  EVP_MD_CTX *digest = kind ? EVP_MD_CTX_new() : NULL;
  if (digest && EVP_DigestInit_ex(digest, kind, NULL) == 1) return digest;
  EVP_MD_CTX_free(digest);
  return NULL;
}

bool ct_digest_add(EVP_MD_CTX *digest, const void *bytes, size_t count) {
  return EVP_DigestUpdate(digest, bytes, count) == 1;
}

unsigned ct_digest_end(EVP_MD_CTX *digest, uint8_t *out) {
  unsigned count = 0;
  return EVP_DigestFinal_ex(digest, out, &count) == 1 ? count : 0;
}

void ct_digest_free(EVP_MD_CTX *digest) { EVP_MD_CTX_free(digest); }
