import Bytes
import PromQLText

/// A series with what it says at steps of a timeline, from the first step that it has to the last.
struct StepSeries {
    var labels: LabelSet
    /// Whether the name is to go from the labels at the end of the evaluation.
    var dropsName = false
    /// The step that the first value belongs to.
    var first = 0
    /// One a step; ``Double/nothing`` where there is no float.
    var floats: [Double] = []
    /// Empty, or one a step; nil where there is no histogram.
    var histograms: [NativeHistogram?] = []

    var end: Int { first + floats.count }

    /// What it says at a step; nil where it says nothing.
    subscript(_ step: Int) -> SampleValue? {
        let index = step - first
        guard index >= 0, index < floats.count else { return nil }
        if !histograms.isEmpty, let histogram = histograms[index] { return .histogram(histogram) }
        return floats[index].isNothing ? nil : .float(floats[index])
    }

    func has(_ step: Int) -> Bool {
        let index = step - first
        guard index >= 0, index < floats.count else { return false }
        return !floats[index].isNothing || (!histograms.isEmpty && histograms[index] != nil)
    }

    /// The float at a step; nothing where there is none.
    func float(_ step: Int) -> Double {
        let index = step - first
        return index >= 0 && index < floats.count ? floats[index] : .nothing
    }

    func histogram(_ step: Int) -> NativeHistogram? {
        guard !histograms.isEmpty else { return nil }
        let index = step - first
        return index >= 0 && index < floats.count ? histograms[index] : nil
    }

    /// Takes what a step says that is later than all before.
    mutating func append(_ value: SampleValue, at step: Int) {
        pad(to: step)
        switch value {
        case .float(let float): append(float)
        case .histogram(let histogram):
            if histograms.isEmpty { histograms = [NativeHistogram?](repeating: nil, count: floats.count) }
            floats.append(.nothing)
            histograms.append(histogram)
        }
    }

    /// As ``append(_:at:)``, of a float.
    mutating func append(_ float: Double, at step: Int) {
        pad(to: step)
        append(float)
    }

    private mutating func append(_ float: Double) {
        floats.append(float)
        if !histograms.isEmpty { histograms.append(nil) }
    }

    private mutating func pad(to step: Int) {
        if floats.isEmpty {
            first = step
            return
        }
        while end < step { append(.nothing) }
    }

    var isEmpty: Bool {
        floats.allSatisfy(\.isNothing) && (histograms.isEmpty || histograms.allSatisfy { $0 == nil })
    }

    /// The same labels, with other values.
    func with(floats: [Double]) -> StepSeries {
        StepSeries(labels: labels, dropsName: dropsName, first: first, floats: floats)
    }

    var holding: Holding {
        var bytes = 128 + 8 * floats.count + 16 * labels.labels.count
        for case let histogram? in histograms { bytes += histogram.heldBytes }
        return Holding(samples: floats.count, bytes: bytes)
    }
}

extension Double {
    /// Stands where a series has no float: the one value that no sample has.
    static var nothing: Double { Double(bitPattern: staleMarkerBits) }

    /// Its bits are those of the ``staleMarker``.
    var isNothing: Bool { bitPattern == Self.staleMarkerBits }
}
