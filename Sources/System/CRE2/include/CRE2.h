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
    const char *bytes, size_t length, int ignores_case, int captures, int64_t memory_max, char *reason,
    size_t reason_capacity);
void plimsoll_pattern_destroy(plimsoll_pattern *pattern);

// Instructions of the compiled pattern: at worst each is a step for every byte of a text.
int plimsoll_pattern_size(const plimsoll_pattern *pattern);

// Whether the pattern matches the text: somewhere, or as a whole.
int plimsoll_pattern_matches(const plimsoll_pattern *pattern, const char *text, size_t length, int is_whole);

// How many groups a pattern that captures has.
int plimsoll_pattern_group_count(const plimsoll_pattern *pattern);

// The number of a group by its name, 0 where there is none.
int plimsoll_pattern_group_number(const plimsoll_pattern *pattern, const char *name, size_t length);

// Whether the pattern matches the text as a whole; then `bounds` has where the match and each of the first `count - 1`
// groups begin and end, -1 for one that took no part.
int plimsoll_pattern_capture(
    const plimsoll_pattern *pattern, const char *text, size_t length, int64_t *bounds, int count);

#ifdef __cplusplus
}
#endif

#endif
