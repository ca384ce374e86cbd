/// The formats of `/metrics`.
package enum ExpositionFormat: String, Hashable, Sendable, CaseIterable {
    /// Prometheus text 0.0.4.
    case prometheus
    /// OpenMetrics text 1.0.0.
    case openMetrics = "openmetrics"
    /// Delimited protocol buffers; the only one with native histograms.
    case protobuf

    /// For the answer's `Content-Type`.
    package var contentType: String {
        switch self {
        case .prometheus: "text/plain; version=0.0.4; charset=utf-8"
        case .openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8"
        case .protobuf: "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited"
        }
    }

    /// Another name of ``prometheus``.
    private static let plainName = "text"

    /// What `?format=` may say.
    package static let names = [plainName] + allCases.map(\.rawValue)

    /// The format that a client asks for: by `?format=` (one of ``names``), else by
    /// the weights of its `Accept` header (RFC 9110, section 12.5.1), else Prometheus text.
    /// - Returns: nil for a `format` that does not exist. A header that accepts neither gets Prometheus text: somebody
    ///   looks with a browser.
    package static func negotiated(accept: String?, format: String?) -> ExpositionFormat? {
        if let format { return format == plainName ? .prometheus : ExpositionFormat(rawValue: format) }
        var (open, plain, binary) = (0, 0, 0)
        for range in (accept ?? "").split(separator: ",") {
            let parts = range.split(separator: ";").map { trimmed($0).lowercased() }
            guard let type = parts.first else { continue }
            var weight = 1000
            var version: Substring?
            var (message, encoding) = ("", "")
            for parameter in parts.dropFirst() {
                if parameter.hasPrefix("q=") { weight = thousandths(parameter.dropFirst(2)) }
                if parameter.hasPrefix("version=") { version = parameter.dropFirst(8) }
                if parameter.hasPrefix("proto=") { message = String(parameter.dropFirst(6)) }
                if parameter.hasPrefix("encoding=") { encoding = String(parameter.dropFirst(9)) }
            }
            switch type {
            case "application/openmetrics-text" where version == nil || version == "1.0.0": open = max(open, weight)
            case "application/vnd.google.protobuf"
            where message == "io.prometheus.client.metricfamily" && encoding == "delimited":
                binary = max(binary, weight)
            case "text/plain" where version == nil || version == "0.0.4": plain = max(plain, weight)
            case "text/*", "*/*": plain = max(plain, weight)
            default: break
            }
        }
        if binary > 0, binary >= open, binary >= plain { return .protobuf }
        return open > 0 && open >= plain ? .openMetrics : .prometheus
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }

    /// A weight such as `0.75`; what is none counts as 0.
    private static func thousandths(_ text: Substring) -> Int {
        guard let value = Double(text), value >= 0, value <= 1 else { return 0 }
        return Int(value * 1000)
    }
}
