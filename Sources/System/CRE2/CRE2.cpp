#include "CRE2.h"

#include <cstring>
#include <new>
#include <string>
#include <vector>

#include <re2/re2.h>

struct plimsoll_pattern {
    RE2 compiled;

    plimsoll_pattern(const re2::StringPiece &text, const RE2::Options &options) : compiled(text, options) {}
};

extern "C" plimsoll_pattern *plimsoll_pattern_create(
    const char *bytes, size_t length, int ignores_case, int captures, int64_t memory_max, char *reason,
    size_t reason_capacity) {
    RE2::Options options;
    options.set_log_errors(false);
    options.set_never_capture(!captures);
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

extern "C" int plimsoll_pattern_group_count(const plimsoll_pattern *pattern) {
    return pattern->compiled.NumberOfCapturingGroups();
}

extern "C" int plimsoll_pattern_group_number(const plimsoll_pattern *pattern, const char *name, size_t length) {
    const auto &numbers = pattern->compiled.NamedCapturingGroups();
    const auto found = numbers.find(std::string(name, length));
    return found == numbers.end() ? 0 : found->second;
}

extern "C" int plimsoll_pattern_capture(
    const plimsoll_pattern *pattern, const char *text, size_t length, int64_t *bounds, int count) {
    std::vector<re2::StringPiece> groups(count);
    if (!pattern->compiled.Match(re2::StringPiece(text, length), 0, length, RE2::ANCHOR_BOTH, groups.data(), count))
        return 0;
    for (int index = 0; index < count; index++) {
        const bool took_part = groups[index].data() != nullptr;
        bounds[2 * index] = took_part ? groups[index].data() - text : -1;
        bounds[2 * index + 1] = took_part ? bounds[2 * index] + (int64_t)groups[index].size() : -1;
    }
    return 1;
}
