#ifndef PLIMSOLL_CEMBEDDEDPAGES_H
#define PLIMSOLL_CEMBEDDEDPAGES_H

#include <stddef.h>

// A file of the pages that was built into the program. It lives as long as the program does.
typedef struct {
    // File name with its extension; ends with a zero.
    const char *name;
    const unsigned char *bytes;
    size_t count;
} plimsoll_embedded_page;

// How many files there are.
size_t plimsoll_embedded_page_count(void);

// One of them; `index` is below their count.
plimsoll_embedded_page plimsoll_embedded_page_at(size_t index);

#endif
