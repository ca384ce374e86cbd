/// What many floats become, one after the other.
protocol FloatFold {
    init()
    mutating func add(_ value: Double)
}

extension CompensatedSum: FloatFold {}
extension CompensatedMean: FloatFold {}
extension Spread: FloatFold {}

/// The least of them; what is no number only where there is nothing else.
struct Least: FloatFold {
    private(set) var value = Double.nan

    mutating func add(_ other: Double) {
        if other < value || value.isNaN { value = other }
    }
}

/// As `Least`.
struct Greatest: FloatFold {
    private(set) var value = Double.nan

    mutating func add(_ other: Double) {
        if other > value || value.isNaN { value = other }
    }
}
