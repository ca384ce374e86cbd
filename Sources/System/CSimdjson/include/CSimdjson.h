#ifndef PLIMSOLL_CSIMDJSON_H
#define PLIMSOLL_CSIMDJSON_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// The longest document: its strings, each with a few bytes more, must lie within 2^28 bytes.
#define PLIMSOLL_JSON_LENGTH_MAX ((size_t)1 << 27)

// A parser with its buffers, reused from document to document; for one thread at a time.
typedef struct plimsoll_json_parser plimsoll_json_parser;

// What one parse gave. Pointers stay valid until the next parse or the end of the parser.
typedef struct {
    int error;               // 0: none; else simdjson's code
    const uint64_t *tape;    // type in the top byte; below, for strings: 28 bits length, 28 bits place of the bytes; else simdjson's
                             // payload; numbers take a second word
    size_t tape_words;
    const uint8_t *strings;
    size_t string_bytes;
} plimsoll_json_document;

// Null when memory is gone.
plimsoll_json_parser *plimsoll_json_parser_create(size_t depth_max);
void plimsoll_json_parser_destroy(plimsoll_json_parser *parser);

// Parses exactly one document. `readable_bytes` says how many bytes may be read from `bytes` on (at least `length`): with 32 more than
// `length` the text is read in place, else it is copied first.
plimsoll_json_document plimsoll_json_parse(
    plimsoll_json_parser *parser, const uint8_t *bytes, size_t length, size_t readable_bytes);

// A static text.
const char *plimsoll_json_error_text(int error);

// True when simdjson's code says that a number lies outside its type.
int plimsoll_json_is_number_error(int error);

#ifdef __cplusplus
}
#endif

#endif
