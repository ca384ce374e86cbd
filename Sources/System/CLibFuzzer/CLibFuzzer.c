#include "CLibFuzzer.h"

// Of LLVM's compiler runtime, where a program is linked with it; its own `main` is not wanted.
extern int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*callback)(const uint8_t *data, size_t size))
    __attribute__((weak));

int plimsoll_has_libfuzzer(void) { return LLVMFuzzerRunDriver != NULL; }

int plimsoll_fuzz(int argument_count, char **arguments, int (*look)(const uint8_t *bytes, size_t count)) {
    if (LLVMFuzzerRunDriver == NULL) return -1;
    return LLVMFuzzerRunDriver(&argument_count, &arguments, look);
}
