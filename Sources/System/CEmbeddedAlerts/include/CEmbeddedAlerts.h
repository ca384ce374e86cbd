#ifndef PLIMSOLL_CEMBEDDEDALERTS_H
#define PLIMSOLL_CEMBEDDEDALERTS_H

#include <stddef.h>

// A file that was built into the program. It lives as long as the program does.
typedef struct {
    // File name with its extension, without the folder; ends with a zero.
    const char *name;
    const unsigned char *bytes;
    size_t count;
} plimsoll_embedded_alert;

typedef enum {
    PLIMSOLL_ALERT_RULES,
    PLIMSOLL_ALERT_SLOS,
    PLIMSOLL_ALERT_DASHBOARDS,
    PLIMSOLL_ALERT_RUNBOOKS
} plimsoll_alert_folder;

// How many files of a folder there are.
size_t plimsoll_embedded_alert_count(plimsoll_alert_folder folder);

// One of them; `index` is below their count.
plimsoll_embedded_alert plimsoll_embedded_alert_at(plimsoll_alert_folder folder, size_t index);

#endif
