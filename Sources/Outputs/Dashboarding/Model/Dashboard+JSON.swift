package import JSONTexts

extension Dashboard {
    /// Writes what a page needs to draw the dashboard, but for figures.
    /// - Complexity: O(file).
    package func write(to json: inout JSONWriter) {
        json.beginObject()
        for (name, text) in [
            ("uid", uid), ("title", title), ("description", description), ("from", defaultTimes.from),
            ("to", defaultTimes.to), ("timezone", timeZone), ("refresh", refresh), ("weekStart", weekStart),
        ] {
            json.member(name, text)
        }
        json.member("fiscalYearStartMonth", fiscalYearStartMonth)
        json.member("crosshair", sharesCrosshair)
        json.key("tags")
        json.array(tags) { $1.value($0) }
        json.key("links")
        json.array(links) { $0.write(to: &$1) }
        json.key("variables")
        json.array(variables) { $0.write(to: &$1) }
        json.key("annotations")
        json.array(annotations) { $0.write(to: &$1) }
        json.key("panels")
        json.array(panels) { $0.write(to: &$1) }
        json.key("remarks")
        json.array(remarks) { $1.value($0) }
        json.endObject()
    }

    /// What is not understood of the file, a line each.
    package var remarks: [String] {
        unknown.map(\.description) + (moreUnknownCount > 0 ? ["\(moreUnknownCount) more parts, not listed"] : [])
    }
}

extension Panel {
    fileprivate func write(to json: inout JSONWriter) {
        json.beginObject()
        json.member("id", id)
        json.member("type", type)
        json.member("title", title)
        json.member("description", description)
        json.member("x", place.x)
        json.member("y", place.y)
        json.member("w", place.width)
        json.member("h", place.height)
        json.member("drawn", isDrawn)
        if kind == .row { json.member("collapsed", isCollapsed) }
        if let row { json.member("row", row) }
        if let section { json.member("section", section) }
        if let repeats { json.member("repeat", repeats.variable) }
        json.key("links")
        json.array(links) { $0.write(to: &$1) }
        json.key("targets")
        json.array(targets) { target, json in
            json.object { json in
                json.member("refId", target.refID)
                json.member("expr", target.expression)
                json.member("instant", target.isInstant)
            }
        }
        json.key("field")
        display.write(to: &json)
        json.key("overrides")
        json.array(overrides) { $0.write(to: &$1) }
        json.key("options")
        options.write(to: &json)
        json.key("remarks")
        json.array(unknown) { $1.value($0.description) }
        json.endObject()
    }
}
