/// All functions of the language by name.
enum FunctionCatalogue {
    /// - Complexity: O(name).
    static func signature(of name: ArraySlice<UInt8>) -> FunctionSignature? {
        name.count <= lengthMax ? byName[String(decoding: name, as: UTF8.self)] : nil
    }

    private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })
    private static let lengthMax = all.map(\.name.utf8.count).max() ?? 0

    static let all: [FunctionSignature] = ofValues + ofTimes + ofRanges + ofHistograms + ofLabels + ofQuestions

    /// Value by value.
    private static let ofValues: [FunctionSignature] =
        [
            "abs", "acos", "acosh", "asin", "asinh", "atan", "atanh", "ceil", "cos", "cosh", "deg", "exp", "floor",
            "ln", "log10", "log2", "rad", "sgn", "sin", "sinh", "sqrt", "tan", "tanh",
        ].map { FunctionSignature($0, [.vector]) } + [
            FunctionSignature("clamp", [.vector, .scalar, .scalar]),
            FunctionSignature("clamp_max", [.vector, .scalar]),
            FunctionSignature("clamp_min", [.vector, .scalar]),
            FunctionSignature("round", [.vector, .scalar], .upTo(1)),
        ]

    /// Parts of a time; without an argument, of the evaluation's.
    private static let ofTimes: [FunctionSignature] =
        ["day_of_month", "day_of_week", "day_of_year", "days_in_month", "hour", "minute", "month", "year"].map {
            FunctionSignature($0, [.vector], .upTo(1))
        } + [FunctionSignature("timestamp", [.vector])]

    private static let ofRanges: [FunctionSignature] =
        [
            "absent_over_time", "avg_over_time", "changes", "count_over_time", "delta", "deriv", "idelta", "increase",
            "irate", "last_over_time", "max_over_time", "min_over_time", "present_over_time", "rate", "resets",
            "stddev_over_time", "stdvar_over_time", "sum_over_time",
        ].map { FunctionSignature($0, [.matrix]) }
        + [
            "first_over_time", "mad_over_time", "ts_of_first_over_time", "ts_of_last_over_time",
            "ts_of_max_over_time", "ts_of_min_over_time",
        ].map { FunctionSignature($0, [.matrix], isExperimental: true) } + [
            FunctionSignature("double_exponential_smoothing", [.matrix, .scalar, .scalar], isExperimental: true),
            FunctionSignature("predict_linear", [.matrix, .scalar]),
            FunctionSignature("quantile_over_time", [.scalar, .matrix]),
        ]

    private static let ofHistograms: [FunctionSignature] =
        ["histogram_avg", "histogram_count", "histogram_stddev", "histogram_stdvar", "histogram_sum"].map {
            FunctionSignature($0, [.vector])
        } + [
            FunctionSignature("histogram_fraction", [.scalar, .scalar, .vector]),
            FunctionSignature("histogram_quantile", [.scalar, .vector]),
            FunctionSignature(
                "histogram_quantiles", [.vector, .string, .scalar, .scalar], .upTo(9), isExperimental: true),
        ]

    /// What looks at labels, or at which series there are.
    private static let ofLabels: [FunctionSignature] = [
        FunctionSignature("absent", [.vector]),
        FunctionSignature("info", [.vector, .vector], .upTo(1), isExperimental: true),
        FunctionSignature("label_join", [.vector, .string, .string, .string], .any),
        FunctionSignature("label_replace", [.vector, .string, .string, .string, .string]),
        FunctionSignature("scalar", [.vector], gives: .scalar),
        FunctionSignature("sort", [.vector]),
        FunctionSignature("sort_by_label", [.vector, .string], .any, isExperimental: true),
        FunctionSignature("sort_by_label_desc", [.vector, .string], .any, isExperimental: true),
        FunctionSignature("sort_desc", [.vector]),
        FunctionSignature("vector", [.scalar]),
    ]

    /// What is asked, or no series at all.
    private static let ofQuestions: [FunctionSignature] =
        [FunctionSignature("pi", [], gives: .scalar), FunctionSignature("time", [], gives: .scalar)]
        + ["start", "end", "step", "range"].map { FunctionSignature($0, [], gives: .scalar, isExperimental: true) }
        + ["max_of", "min_of"].map {
            FunctionSignature($0, [.scalar, .scalar], gives: .scalar, isExperimental: true)
        }
}
