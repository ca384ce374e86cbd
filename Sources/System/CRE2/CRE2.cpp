#include "CRE2.h"

#include <cstring>
#include <new>

#include <re2/re2.h>

struct plimsoll_pattern {
    RE2 compiled;

    plimsoll_pattern(const re2::StringPiece &text, const RE2::Options &options) : compiled(text, options) {}
};

extern "C" plimsoll_pattern *plimsoll_pattern_create(
    const char *bytes, size_t length, int ignores_case, int64_t memory_max, char *reason, size_t reason_capacity) {
    RE2::Options options;
    options.set_log_errors(false);
    options.set_never_capture(true);
    options.set_case_sensitive(!ignores_case);
    options.set_max_mem(memory_max);
    auto *pattern = new (std::nothrow) plimsoll_pattern(re2::StringPiece(bytes, length), options);
    if (pattern && pattern->compiled.ok()) return pattern;
    if (reason_capacity > 0) {
        std::strncpy(reason, pattern ? pattern->compiled.error().c_str() : "out of memory", reason_capacity - 1);
        reason[reason_capacity - 1] = 0;
    }
    delete pattern;
    return nullptr;
}

extern "C" void plimsoll_pattern_destroy(plimsoll_pattern *pattern) { delete pattern; }

extern "C" int plimsoll_pattern_size(const plimsoll_pattern *pattern) { return pattern->compiled.ProgramSize(); }

extern "C" int plimsoll_pattern_matches(const plimsoll_pattern *pattern, const char *text, size_t length, int is_whole) {
    const auto anchor = is_whole ? RE2::ANCHOR_BOTH : RE2::UNANCHORED;
    return pattern->compiled.Match(re2::StringPiece(text, length), 0, length, anchor, nullptr, 0);
}
