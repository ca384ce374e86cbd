#ifndef PLIMSOLL_CRE2_H
#define PLIMSOLL_CRE2_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// A compiled pattern; any number of threads may match with it at once.
typedef struct plimsoll_pattern plimsoll_pattern;

// Compiles a pattern in RE2's syntax over UTF-8, within `memory_max` bytes for program and state caches. Null when it is none: then the
// reason stands in `reason`, cut to `reason_capacity` bytes with the zero at the end.
plimsoll_pattern *plimsoll_pattern_create(
    const char *bytes, size_t length, int ignores_case, int64_t memory_max, char *reason, size_t reason_capacity);
void plimsoll_pattern_destroy(plimsoll_pattern *pattern);

// Instructions of the compiled pattern: at worst each is a step for every byte of a text.
int plimsoll_pattern_size(const plimsoll_pattern *pattern);

// Whether the pattern matches the text: somewhere, or as a whole.
int plimsoll_pattern_matches(const plimsoll_pattern *pattern, const char *text, size_t length, int is_whole);

#ifdef __cplusplus
}
#endif

#endif
