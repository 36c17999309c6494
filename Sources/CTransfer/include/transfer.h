// What Swift cannot call of libcurl, because it takes any number of arguments or is a macro; and libcrypto's digests.
#pragma once

#include <curl/curl.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

CURLcode ct_set_long(CURL *handle, CURLoption option, long value);
CURLcode ct_set_text(CURL *handle, CURLoption option, const char *value);
CURLcode ct_set_size(CURL *handle, CURLoption option, int64_t value);
CURLcode ct_set_list(CURL *handle, CURLoption option, struct curl_slist *list);
CURLcode ct_set_context(CURL *handle, CURLoption option, void *context);
/// Sets the function that takes the lines of a head or the bytes of a body, and its context.
CURLcode ct_set_reader(
    CURL *handle, bool head, size_t (*take)(char *bytes, size_t one, size_t count, void *context), void *context);
long ct_long(CURL *handle, CURLINFO info);
double ct_seconds(CURL *handle, CURLINFO info);
/// The message that has come; NULL if there is none.
CURLMsg *ct_message(CURLM *multi);
CURLcode ct_result(CURLMsg *message);

/// A digest that is being made; NULL if `name` ("sha256", "sha1") is unknown or there is no memory.
EVP_MD_CTX *ct_digest_new(const char *name);
bool ct_digest_add(EVP_MD_CTX *digest, const void *bytes, size_t count);
/// Writes the digest to `out`, at most EVP_MAX_MD_SIZE bytes, and returns their number; 0 if it fails.
unsigned ct_digest_end(EVP_MD_CTX *digest, uint8_t *out);
void ct_digest_free(EVP_MD_CTX *digest);
