#include "CSimdjson.h"

#include <cstring>
#include <new>

#include <simdjson.h>

using namespace simdjson;

struct plimsoll_json_parser {
    dom::parser parser;
    size_t depth_max;
};

extern "C" plimsoll_json_parser *plimsoll_json_parser_create(size_t depth_max) {
    auto *result = new (std::nothrow) plimsoll_json_parser;
    if (result) result->depth_max = depth_max;
    return result;
}

extern "C" void plimsoll_json_parser_destroy(plimsoll_json_parser *parser) { delete parser; }

extern "C" plimsoll_json_document plimsoll_json_parse(
    plimsoll_json_parser *owner, const uint8_t *bytes, size_t length, size_t readable_bytes) {
    plimsoll_json_document result = {0, nullptr, 0, nullptr, 0};
    // simdjson refuses an empty text only after it has looked for a first byte; say so at once.
    if (length == 0 || length > PLIMSOLL_JSON_LENGTH_MAX) {
        result.error = length == 0 ? EMPTY : CAPACITY;
        return result;
    }
    auto &parser = owner->parser;
    if (parser.capacity() < length || parser.max_depth() != owner->depth_max) {
        // Grow by steps, so that lines of slowly growing length do not reallocate each time.
        size_t capacity = parser.capacity() < 4096 ? 4096 : parser.capacity();
        while (capacity < length) capacity *= 2;
        auto error = parser.allocate(capacity, owner->depth_max);
        if (error) {
            result.error = error;
            return result;
        }
    }
    const bool needs_copy = readable_bytes < length + SIMDJSON_PADDING;
    auto parsed = parser.parse(reinterpret_cast<const char *>(bytes), length, needs_copy);
    if (parsed.error()) {
        result.error = parsed.error();
        return result;
    }
    uint64_t *tape = parser.doc.tape.get();
    const uint8_t *strings = parser.doc.string_buf.get();
    const size_t words = size_t(tape[0] & internal::JSON_VALUE_MASK);
    // A string's word tells where its length stands; put the length into the word itself, so that readers look up nothing.
    size_t string_bytes = 0;
    for (size_t index = 1; index < words; index++) {
        switch (uint8_t(tape[index] >> 56)) {
        case '"': {
            const size_t place = size_t(tape[index] & internal::JSON_VALUE_MASK);
            uint32_t length;
            std::memcpy(&length, strings + place, sizeof length);
            tape[index] = uint64_t('"') << 56 | uint64_t(length) << 28 | (place + sizeof length);
            string_bytes = place + sizeof length + length;
            break;
        }
        case 'l': case 'u': case 'd': index++; break;
        default: break;
        }
    }
    result.tape = tape;
    result.tape_words = words;
    result.strings = strings;
    result.string_bytes = string_bytes;
    return result;
}

extern "C" const char *plimsoll_json_error_text(int error) { return error_message(error_code(error)); }

extern "C" int plimsoll_json_is_number_error(int error) { return error == NUMBER_ERROR; }
