import Bytes
import Domain
import JSONTexts
import Yams

/// The `spec` of an objective.
struct ObjectiveFields {
    let objectives: [ServiceLevelObjective]

    init(
        _ document: DocumentFields, _ indicators: [ExactText: Node], _ hasZone: (String) -> Bool
    ) throws(OpenSLOFinding) {
        let spec = document.spec
        try spec.allow([
            "description", "service", "indicator", "indicatorRef", "timeWindow", "budgetingMethod", "objectives",
        ])
        let indicator = try Self.indicator(spec, indicators)
        let window = try Self.window(spec, hasZone)
        let method = try spec.text("budgetingMethod")
        let lines = try spec.list("objectives")
        var objectives: [ServiceLevelObjective] = []
        for (index, line) in lines.enumerated() {
            let (counted, target) = try Self.line(line, indicator, method: method, spec)
            let suffix = lines.count > 1 ? "-\(index + 1)" : ""
            let title = lines.count > 1 ? try line.optionalText("displayName") : nil
            objectives.append(
                ServiceLevelObjective(
                    name: ExactText(document.name.text + suffix),
                    title: title.map { ExactText($0) } ?? document.title, indicator: counted, target: target,
                    window: window))
        }
        self.objectives = objectives
    }

    private static func indicator(
        _ spec: Fields, _ indicators: [ExactText: Node]
    ) throws(OpenSLOFinding) -> IndicatorFields {
        guard spec.has("indicator") != spec.has("indicatorRef") else {
            throw spec.finding("spec: expected either an indicator or an indicatorRef")
        }
        if let name = try spec.optionalText("indicatorRef") {
            guard let node = indicators[ExactText(name)] else {
                throw spec.finding("there is no indicator \(name) among the documents", at: "indicatorRef")
            }
            return try IndicatorFields(try Fields(node, file: spec.file, path: "\(name): spec."))
        }
        let inline = try spec.fields("indicator")
        try inline.allow(["apiVersion", "kind", "metadata", "spec"])
        return try IndicatorFields(try inline.fields("spec"))
    }

    // MARK: Objectives

    private static func line(
        _ line: Fields, _ indicator: IndicatorFields, method: String, _ spec: Fields
    ) throws(OpenSLOFinding) -> (ServiceLevelIndicator, Int64) {
        switch indicator.metric {
        case .ratio(let part, let isGood, let total):
            guard method.hasSameBytes(as: "Occurrences") else {
                throw spec.finding(
                    "spec.budgetingMethod \(method): expected Occurrences, since events are counted",
                    at: "budgetingMethod")
            }
            try line.allow(["displayName", "target", "targetPercent"])
            return (try ServiceLevelIndicator.ratio(part: part, isGood: isGood, total: total), try target(line))
        case .threshold(let query):
            guard method.hasSameBytes(as: "Timeslices") else {
                throw spec.finding(
                    "spec.budgetingMethod \(method): expected Timeslices, since a value has no good events",
                    at: "budgetingMethod")
            }
            try line.allow([
                "displayName", "op", "value", "target", "targetPercent", "timeSliceTarget", "timeSliceWindow",
            ])
            guard try line.text("op").hasSameBytes(as: "lte") else {
                throw line.finding("\(line.path)op: expected lte", at: "op")
            }
            let value = try line.text("value")
            guard let bound = try? DecimalText.parse(value, scale: DecimalText.usdScale), bound > 0,
                bound <= 1000 * 1_000_000_000_000
            else {
                throw line.finding("\(line.path)value \(value): expected an amount above 0, at most 1000", at: "value")
            }
            // A slice of time has one value, so it is good as a whole or not at all.
            if line.has("timeSliceTarget") { _ = try share(line, "timeSliceTarget", scale: 6) }
            let length = try duration(line, "timeSliceWindow")
            guard let slice = length.nanoseconds, (Nanoseconds.minute...Nanoseconds.day).contains(slice) else {
                throw line.finding(
                    "\(line.path)timeSliceWindow: expected 1m to 1d, such as 1h", at: "timeSliceWindow")
            }
            return (try ServiceLevelIndicator.cost(query, atMost: bound, slice: slice), try target(line))
        }
    }

    private static func target(_ line: Fields) throws(OpenSLOFinding) -> Int64 {
        guard line.has("target") != line.has("targetPercent") else {
            throw line.finding("\(line.path.dropLast()): expected either target or targetPercent")
        }
        return line.has("target") ? try share(line, "target", scale: 6) : try share(line, "targetPercent", scale: 4)
    }

    /// Parts per million.
    private static func share(_ line: Fields, _ name: String, scale: Int) throws(OpenSLOFinding) -> Int64 {
        let text = try line.text(name)
        guard let share = try? DecimalText.parse(text, scale: scale), ServiceLevelObjective.targetRange.contains(share)
        else {
            let whole = scale == 6 ? "1" : "100"
            throw line.finding(
                "\(line.path)\(name) \(text): expected a share above 0 and below \(whole), to a millionth", at: name)
        }
        return share
    }

    // MARK: Windows

    private static func window(_ spec: Fields, _ hasZone: (String) -> Bool) throws(OpenSLOFinding) -> BudgetWindow {
        let windows = try spec.list("timeWindow")
        guard windows.count == 1 else { throw spec.finding("spec.timeWindow: expected one window", at: "timeWindow") }
        let window = windows[0]
        try window.allow(["duration", "isRolling", "calendar"])
        let length = try duration(window, "duration")
        let word = try window.optionalText("isRolling")
        let isRolling = word.map { $0.hasSameBytes(as: "true") } ?? !window.has("calendar")
        guard word.map({ ["true", "false"].contains($0) }) ?? true, isRolling != window.has("calendar") else {
            throw window.finding("\(window.path.dropLast()): expected isRolling: true, or a calendar", at: "isRolling")
        }
        guard !isRolling else {
            guard let length = length.nanoseconds, (Nanoseconds.hour...366 * Nanoseconds.day).contains(length) else {
                throw window.finding(
                    "\(window.path)duration: a rolling window has 1h to 366d, in h, d or w", at: "duration")
            }
            return .rolling(length)
        }
        return .calendar(try calendar(window, length, hasZone))
    }

    private static func calendar(
        _ window: Fields, _ length: Length, _ hasZone: (String) -> Bool
    ) throws(OpenSLOFinding) -> CalendarWindow {
        guard (length.months > 0) != (length.days > 0), length.clock == 0, length.months <= CalendarWindow.monthsMax,
            length.days <= CalendarWindow.daysMax
        else {
            throw window.finding(
                "\(window.path)duration: a window of the calendar has up to \(CalendarWindow.daysMax) days, in d, w, "
                    + "M, Q or Y", at: "duration")
        }
        let calendar = try window.fields("calendar")
        try calendar.allow(["startTime", "timeZone"])
        let text = try calendar.text("startTime")
        // As OpenSLO writes it, with a blank between day and time.
        let isWritten = text.utf8.count == 19 && Array(text.utf8)[10] == UInt8(ascii: " ")
        guard isWritten, let start = try? RFC3339.parse(text.replacing(" ", with: "T") + "Z") else {
            throw calendar.finding("\(calendar.path)startTime \(text): expected 2026-01-01 00:00:00", at: "startTime")
        }
        let zone = try calendar.text("timeZone")
        guard hasZone(zone) else {
            throw calendar.finding(
                "\(calendar.path)timeZone \(zone): there is no such time zone; use an IANA name such as Europe/Berlin",
                at: "timeZone")
        }
        return CalendarWindow(start: start, months: length.months, days: length.days, zone: ExactText(zone))
    }

    /// A length in OpenSLO's shorthand, one unit.
    private struct Length {
        var months: Int64 = 0
        var days: Int64 = 0
        /// ns of minutes and hours.
        var clock: Int64 = 0

        /// nil where it depends on the calendar.
        var nanoseconds: Int64? { months > 0 ? nil : days * Nanoseconds.day + clock }
    }

    private static func duration(_ fields: Fields, _ name: String) throws(OpenSLOFinding) -> Length {
        let text = try fields.text(name)
        let digits = text.utf8.dropLast()
        let count =
            (1...5).contains(digits.count) && digits.allSatisfy { (0x30...0x39).contains($0) }
            ? Int64(String(decoding: digits, as: UTF8.self)) : nil
        guard let count, count > 0, let unit = text.utf8.last else {
            throw fields.finding("\(fields.path)\(name) \(text): expected a length such as 30d", at: name)
        }
        switch unit {
        case UInt8(ascii: "m"): return Length(clock: count * Nanoseconds.minute)
        case UInt8(ascii: "h"): return Length(clock: count * Nanoseconds.hour)
        case UInt8(ascii: "d"): return Length(days: count)
        case UInt8(ascii: "w"): return Length(days: 7 * count)
        case UInt8(ascii: "M"): return Length(months: count)
        case UInt8(ascii: "Q"): return Length(months: 3 * count)
        case UInt8(ascii: "Y"): return Length(months: 12 * count)
        default: throw fields.finding("\(fields.path)\(name) \(text): units are m, h, d, w, M, Q and Y", at: name)
        }
    }
}
