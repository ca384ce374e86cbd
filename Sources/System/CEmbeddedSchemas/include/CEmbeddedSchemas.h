#ifndef PLIMSOLL_CEMBEDDEDSCHEMAS_H
#define PLIMSOLL_CEMBEDDEDSCHEMAS_H

#include <stddef.h>

// A file that was built into the program. It lives as long as the program does.
typedef struct {
    // File name with its extension, without the folder; ends with a zero.
    const char *name;
    const unsigned char *bytes;
    size_t count;
} plimsoll_embedded_schema;

typedef enum {
    PLIMSOLL_SCHEMA_EVENTS,
    PLIMSOLL_SCHEMA_PRICES,
    PLIMSOLL_SCHEMA_DIALECTS
} plimsoll_schema_folder;

// How many files of a folder there are.
size_t plimsoll_embedded_schema_count(plimsoll_schema_folder folder);

// One of them, in the order of their names; `index` is below their count.
plimsoll_embedded_schema plimsoll_embedded_schema_at(plimsoll_schema_folder folder, size_t index);

#endif
