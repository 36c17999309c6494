// libcurl, and libcrypto's digests: both are loaded when they are first needed, because most runs of the program send
// no request, and they bring thirty libraries with them.
// - Nothing here is linked with either; the headers give the types.
// - ct_load_curl() must have returned NULL before any function of libcurl is called, and ct_load_crypto() before a
//   digest is made.
#pragma once

#include <curl/curl.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Loads libcurl and prepares it, once; other threads wait for it.
/// Returns NULL if it is ready, or the reason why it is not, which stays valid.
const char *ct_load_curl(void);
/// The longest part of ct_load_curl(), for a thread that does it ahead. It does not prepare libcurl: OpenSSL must not
/// begin while another thread ends the process.
void ct_open_curl(void);
/// The same as ct_load_curl() for libcrypto.
const char *ct_load_crypto(void);

// Each of these is the function of libcurl whose name begins with curl_ in place of ct_.
const char *ct_version(void);
struct curl_slist *ct_slist_append(struct curl_slist *list, const char *text);
void ct_slist_free_all(struct curl_slist *list);
CURL *ct_easy_init(void);
void ct_easy_cleanup(CURL *handle);
const char *ct_easy_strerror(CURLcode code);
CURLM *ct_multi_init(void);
void ct_multi_cleanup(CURLM *multi);
CURLMcode ct_multi_add_handle(CURLM *multi, CURL *handle);
CURLMcode ct_multi_remove_handle(CURLM *multi, CURL *handle);
CURLMcode ct_multi_perform(CURLM *multi, int *running);
CURLMcode ct_multi_poll(CURLM *multi, int milliseconds);

// What Swift cannot call, because it takes any number of arguments or is a union.
CURLcode ct_set_long(CURL *handle, CURLoption option, long value);
CURLcode ct_set_text(CURL *handle, CURLoption option, const char *value);
CURLcode ct_set_size(CURL *handle, CURLoption option, int64_t value);
CURLcode ct_set_list(CURL *handle, CURLoption option, struct curl_slist *list);
CURLcode ct_set_context(CURL *handle, CURLoption option, void *context);
/// Sets the function that takes the lines of a head or the bytes of a body, and its context.
CURLcode ct_set_reader(
    CURL *handle, bool head, size_t (*take)(char *bytes, size_t one, size_t count, void *context), void *context);
long ct_long(CURL *handle, CURLINFO info);
/// The message that has come; NULL if there is none.
CURLMsg *ct_message(CURLM *multi);
CURLcode ct_result(CURLMsg *message);

/// A digest that is being made; NULL if `name` ("sha256", "sha1") is unknown or there is no memory.
EVP_MD_CTX *ct_digest_new(const char *name);
bool ct_digest_add(EVP_MD_CTX *digest, const void *bytes, size_t count);
/// Writes the digest to `out`, at most EVP_MAX_MD_SIZE bytes, and returns their number; 0 if it fails.
unsigned ct_digest_end(EVP_MD_CTX *digest, uint8_t *out);
void ct_digest_free(EVP_MD_CTX *digest);
