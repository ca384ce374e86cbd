#ifndef PLIMSOLL_C_LIBFUZZER_H
#define PLIMSOLL_C_LIBFUZZER_H

#include <stddef.h>
#include <stdint.h>

/// Whether the program was linked with libFuzzer (`swiftc -sanitize=fuzzer`).
int plimsoll_has_libfuzzer(void);

/// Hands over to libFuzzer, which calls `look` with one input after the other. Without it -1.
int plimsoll_fuzz(int argument_count, char **arguments, int (*look)(const uint8_t *bytes, size_t count));

#endif
