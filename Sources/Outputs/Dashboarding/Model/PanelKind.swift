/// The kinds of panels that are drawn, each with the options that it understands.
enum PanelKind: String, CaseIterable, Sendable {
    case timeseries, stat, bargauge, table, heatmap, row, text

    /// Members of `options`.
    var options: [OptionRule] {
        switch self {
        case .timeseries: Self.legend + [
            OptionRule("tooltip.mode", .word(["multi", "single", "none"])),
            OptionRule("tooltip.sort", .word(["none", "asc", "desc"])),
        ]
        case .stat: Self.reducing + [
            OptionRule("colorMode", .word(["background", "value", "none"])),
            OptionRule("graphMode", .word(["none"])), OptionRule("textMode", .word(["auto"])),
            OptionRule("justifyMode", .word(["auto"])),
        ]
        case .bargauge: Self.reducing + [
            OptionRule("displayMode", .word(["basic"])), OptionRule("valueMode", .word(["color"])),
            OptionRule("showUnfilled", .flag), OptionRule("minVizHeight", .number),
            OptionRule("minVizWidth", .number),
        ]
        case .table: [
            OptionRule("showHeader", .flag), OptionRule("cellHeight", .word(["sm", "md", "lg"])),
            OptionRule("sortBy", .sorting),
            OptionRule("footer.show", .off("what a column adds up to is a question of its own")),
            OptionRule("footer.countRows", .off("a table has no footer")),
            OptionRule("footer.reducer", .ignored), OptionRule("footer.fields", .ignored),
        ]
        case .heatmap: Self.bands
        case .row: []
        case .text: [OptionRule("content", .text), OptionRule("mode", .word(["markdown", "text"]))]
        }
    }

    /// Members of `fieldConfig.defaults.custom`.
    var styles: [OptionRule] {
        switch self {
        case .timeseries: Self.hiding + [
            OptionRule("drawStyle", .word(["line", "bars"])), OptionRule("lineWidth", .number),
            OptionRule("fillOpacity", .number), OptionRule("stacking.mode", .word(["none", "normal"])),
            OptionRule("stacking.group", .text), OptionRule("thresholdsStyle.mode", .word(["off", "dashed"])),
            OptionRule("spanNulls", .flag),
            OptionRule("insertNulls", .off("gaps are where nothing was answered")),
            OptionRule("lineInterpolation", .word(["linear"])), OptionRule("showPoints", .word(["never"])),
            OptionRule("pointSize", .number), OptionRule("gradientMode", .word(["none"])),
            OptionRule("axisColorMode", .word(["text"])), OptionRule("axisLabel", .text),
            OptionRule("axisPlacement", .word(["auto"])), OptionRule("scaleDistribution.type", .word(["linear"])),
        ]
        case .heatmap: Self.hiding + [OptionRule("scaleDistribution.type", .word(["linear"]))]
        case .table: [
            OptionRule("align", .word(["auto"])), OptionRule("cellOptions.type", .word(["auto", "color-text"])),
            OptionRule("inspect", .off("the whole text of a cell is its title")),
        ]
        case .stat, .bargauge, .row, .text: []
        }
    }

    private static let legend = [
        OptionRule("legend.displayMode", .word(["list", "table"])),
        OptionRule("legend.placement", .word(["bottom", "right"])), OptionRule("legend.showLegend", .flag),
        OptionRule("legend.calcs", .words(["last", "lastNotNull", "mean", "max", "min", "sum"])),
    ]

    private static let reducing = [
        OptionRule("reduceOptions.calcs", .words(["lastNotNull"])),
        OptionRule("reduceOptions.values", .off("each series is one value")),
        OptionRule("reduceOptions.fields", .word([""])), OptionRule("orientation", .word(["auto", "horizontal"])),
    ]

    private static let hidden = "a series is hidden by its name in the legend"

    private static let hiding = [
        OptionRule("hideFrom.legend", .off(hidden)), OptionRule("hideFrom.tooltip", .off(hidden)),
        OptionRule("hideFrom.viz", .off(hidden)),
    ]

    private static let bands = [
        OptionRule("calculate", .off("buckets are asked for")), OptionRule("cellGap", .number),
        OptionRule("cellValues.unit", .unit),
        OptionRule("color.mode", .word(["scheme"])), OptionRule("color.scheme", .word(["Oranges"])),
        OptionRule("color.scale", .word(["exponential"])), OptionRule("color.exponent", .number),
        OptionRule("color.steps", .number), OptionRule("color.fill", .ignored), OptionRule("color.reverse", .flag),
        OptionRule("exemplars.color", .ignored), OptionRule("filterValues.le", .number),
        OptionRule("legend.show", .flag), OptionRule("rowsFrame.layout", .word(["auto"])),
        OptionRule("showValue", .word(["never"])), OptionRule("tooltip.show", .flag),
        OptionRule("tooltip.yHistogram", .off("the tooltip has the count of the bucket and of all")),
        OptionRule("yAxis.axisPlacement", .word(["left"])),
        OptionRule("yAxis.reverse", .off("the greatest values stand above")), OptionRule("yAxis.unit", .unit),
    ]
}
