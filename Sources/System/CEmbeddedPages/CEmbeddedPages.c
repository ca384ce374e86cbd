#include "CEmbeddedPages.h"

// `#embed` puts the bytes where they belong in no time; the compiler notes the files, so a changed one is built in anew.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char index_html[] = {
#embed "../../Server/Pages/index.html"
};
static const unsigned char runbook_html[] = {
#embed "../../Server/Pages/runbook.html"
};
static const unsigned char style_css[] = {
#embed "../../Server/Pages/style.css"
};
static const unsigned char status_js[] = {
#embed "../../Server/Pages/status.js"
};
static const unsigned char words_js[] = {
#embed "../../Server/Pages/words.js"
};
static const unsigned char dashboard_css[] = {
#embed "../../Server/Pages/dashboard.css"
};
static const unsigned char dashboard_js[] = {
#embed "../../Server/Pages/dashboard.js"
};
static const unsigned char chart_js[] = {
#embed "../../Server/Pages/chart.js"
};
static const unsigned char panels_js[] = {
#embed "../../Server/Pages/panels.js"
};
static const unsigned char units_js[] = {
#embed "../../Server/Pages/units.js"
};
static const unsigned char ticks_js[] = {
#embed "../../Server/Pages/ticks.js"
};

#define FILE_OF(symbol, name) { name, symbol, sizeof symbol }

static const plimsoll_embedded_page pages[] = {
    FILE_OF(index_html, "index.html"),
    FILE_OF(runbook_html, "runbook.html"),
    FILE_OF(style_css, "style.css"),
    FILE_OF(status_js, "status.js"),
    FILE_OF(words_js, "words.js"),
    FILE_OF(dashboard_css, "dashboard.css"),
    FILE_OF(dashboard_js, "dashboard.js"),
    FILE_OF(chart_js, "chart.js"),
    FILE_OF(panels_js, "panels.js"),
    FILE_OF(units_js, "units.js"),
    FILE_OF(ticks_js, "ticks.js"),
};

size_t plimsoll_embedded_page_count(void) { return sizeof pages / sizeof pages[0]; }

plimsoll_embedded_page plimsoll_embedded_page_at(size_t index) { return pages[index]; }
