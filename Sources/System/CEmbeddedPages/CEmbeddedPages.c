#include "CEmbeddedPages.h"

// `#embed` puts the bytes where they belong in no time; the compiler notes the files, so a changed one is built in anew.
#pragma clang diagnostic ignored "-Wc23-extensions"

// Charts are drawn by the library of the system's package. Its text is no part of ours: it is taken in at build time.
#define CHART_LIBRARY "/usr/share/javascript/chart.js/chart.min.js"
#if !__has_embed(CHART_LIBRARY)
#error "Chart.js is missing: install Debian's package libjs-chart.js (make packages does, apt-get install libjs-chart.js)"
#endif

static const unsigned char alert_js[] = {
#embed "../../Server/Pages/alert.js"
};
static const unsigned char alertrules_js[] = {
#embed "../../Server/Pages/alertrules.js"
};
static const unsigned char alerts_js[] = {
#embed "../../Server/Pages/alerts.js"
};
static const unsigned char ask_js[] = {
#embed "../../Server/Pages/ask.js"
};
static const unsigned char axis_js[] = {
#embed "../../Server/Pages/axis.js"
};
static const unsigned char bands_js[] = {
#embed "../../Server/Pages/bands.js"
};
static const unsigned char bars_js[] = {
#embed "../../Server/Pages/bars.js"
};
static const unsigned char chart_css[] = {
#embed "../../Server/Pages/chart.css"
};
static const unsigned char chart_js[] = {
#embed "../../Server/Pages/chart.js"
};
static const unsigned char chart_min_js[] = {
#embed CHART_LIBRARY
};
static const unsigned char choices_js[] = {
#embed "../../Server/Pages/choices.js"
};
static const unsigned char columns_js[] = {
#embed "../../Server/Pages/columns.js"
};
static const unsigned char completion_js[] = {
#embed "../../Server/Pages/completion.js"
};
static const unsigned char conversation_js[] = {
#embed "../../Server/Pages/conversation.js"
};
static const unsigned char conversations_css[] = {
#embed "../../Server/Pages/conversations.css"
};
static const unsigned char conversations_js[] = {
#embed "../../Server/Pages/conversations.js"
};
static const unsigned char copy_js[] = {
#embed "../../Server/Pages/copy.js"
};
static const unsigned char csv_js[] = {
#embed "../../Server/Pages/csv.js"
};
static const unsigned char dashboard_css[] = {
#embed "../../Server/Pages/dashboard.css"
};
static const unsigned char dashboard_js[] = {
#embed "../../Server/Pages/dashboard.js"
};
static const unsigned char dom_js[] = {
#embed "../../Server/Pages/dom.js"
};
static const unsigned char explore_css[] = {
#embed "../../Server/Pages/explore.css"
};
static const unsigned char explore_js[] = {
#embed "../../Server/Pages/explore.js"
};
static const unsigned char figures_css[] = {
#embed "../../Server/Pages/figures.css"
};
static const unsigned char figures_js[] = {
#embed "../../Server/Pages/figures.js"
};
static const unsigned char format_js[] = {
#embed "../../Server/Pages/format.js"
};
static const unsigned char heatmap_js[] = {
#embed "../../Server/Pages/heatmap.js"
};
static const unsigned char icon_svg[] = {
#embed "../../Server/Pages/icon.svg"
};
static const unsigned char listed_js[] = {
#embed "../../Server/Pages/listed.js"
};
static const unsigned char overtime_js[] = {
#embed "../../Server/Pages/overtime.js"
};
static const unsigned char overview_js[] = {
#embed "../../Server/Pages/overview.js"
};
static const unsigned char panels_js[] = {
#embed "../../Server/Pages/panels.js"
};
static const unsigned char questions_js[] = {
#embed "../../Server/Pages/questions.js"
};
static const unsigned char replay_js[] = {
#embed "../../Server/Pages/replay.js"
};
static const unsigned char reports_js[] = {
#embed "../../Server/Pages/reports.js"
};
static const unsigned char rows_js[] = {
#embed "../../Server/Pages/rows.js"
};
static const unsigned char rowtable_js[] = {
#embed "../../Server/Pages/rowtable.js"
};
static const unsigned char session_js[] = {
#embed "../../Server/Pages/session.js"
};
static const unsigned char shell_js[] = {
#embed "../../Server/Pages/shell.js"
};
static const unsigned char slos_js[] = {
#embed "../../Server/Pages/slos.js"
};
static const unsigned char state_js[] = {
#embed "../../Server/Pages/state.js"
};
static const unsigned char status_js[] = {
#embed "../../Server/Pages/status.js"
};
static const unsigned char style_css[] = {
#embed "../../Server/Pages/style.css"
};
static const unsigned char theme_js[] = {
#embed "../../Server/Pages/theme.js"
};
static const unsigned char time_js[] = {
#embed "../../Server/Pages/time.js"
};
static const unsigned char waterfall_js[] = {
#embed "../../Server/Pages/waterfall.js"
};

#define FILE_OF(symbol, name) { name, symbol, sizeof symbol }

static const plimsoll_embedded_page pages[] = {
    FILE_OF(alert_js, "alert.js"),
    FILE_OF(alertrules_js, "alertrules.js"),
    FILE_OF(alerts_js, "alerts.js"),
    FILE_OF(ask_js, "ask.js"),
    FILE_OF(axis_js, "axis.js"),
    FILE_OF(bands_js, "bands.js"),
    FILE_OF(bars_js, "bars.js"),
    FILE_OF(chart_css, "chart.css"),
    FILE_OF(chart_js, "chart.js"),
    FILE_OF(chart_min_js, "chart.min.js"),
    FILE_OF(choices_js, "choices.js"),
    FILE_OF(columns_js, "columns.js"),
    FILE_OF(completion_js, "completion.js"),
    FILE_OF(conversation_js, "conversation.js"),
    FILE_OF(conversations_css, "conversations.css"),
    FILE_OF(conversations_js, "conversations.js"),
    FILE_OF(copy_js, "copy.js"),
    FILE_OF(csv_js, "csv.js"),
    FILE_OF(dashboard_css, "dashboard.css"),
    FILE_OF(dashboard_js, "dashboard.js"),
    FILE_OF(dom_js, "dom.js"),
    FILE_OF(explore_css, "explore.css"),
    FILE_OF(explore_js, "explore.js"),
    FILE_OF(figures_css, "figures.css"),
    FILE_OF(figures_js, "figures.js"),
    FILE_OF(format_js, "format.js"),
    FILE_OF(heatmap_js, "heatmap.js"),
    FILE_OF(icon_svg, "icon.svg"),
    FILE_OF(listed_js, "listed.js"),
    FILE_OF(overtime_js, "overtime.js"),
    FILE_OF(overview_js, "overview.js"),
    FILE_OF(panels_js, "panels.js"),
    FILE_OF(questions_js, "questions.js"),
    FILE_OF(replay_js, "replay.js"),
    FILE_OF(reports_js, "reports.js"),
    FILE_OF(rows_js, "rows.js"),
    FILE_OF(rowtable_js, "rowtable.js"),
    FILE_OF(session_js, "session.js"),
    FILE_OF(shell_js, "shell.js"),
    FILE_OF(slos_js, "slos.js"),
    FILE_OF(state_js, "state.js"),
    FILE_OF(status_js, "status.js"),
    FILE_OF(style_css, "style.css"),
    FILE_OF(theme_js, "theme.js"),
    FILE_OF(time_js, "time.js"),
    FILE_OF(waterfall_js, "waterfall.js"),
};

size_t plimsoll_embedded_page_count(void) { return sizeof pages / sizeof pages[0]; }

plimsoll_embedded_page plimsoll_embedded_page_at(size_t index) { return pages[index]; }
