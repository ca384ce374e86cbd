import Domain
import JSONTexts

extension IngestAnswer {
    /// Reads back what ``json`` wrote; nil when it is something else.
    package init?(parsing bytes: [UInt8]) {
        guard let json = try? JSONReader.parse(bytes), let accepted = json["accepted"]?.count,
            let duplicates = json["duplicates"]?.count, let rejected = json["rejected"]?.array,
            let position = json["position"]?.integer
        else { return nil }
        /// What is said and is no count makes the answer something else.
        func count(_ name: String, otherwise: Int) -> Int? {
            guard let value = json[name] else { return otherwise }
            return value.count.map(Int.init)
        }
        guard let asides = count("left_out", otherwise: 0),
            let spansLeftOut = count("spans_left_out", otherwise: 0)
        else { return nil }
        (self.asides, self.spansLeftOut) = (asides, spansLeftOut)
        self.accepted = Int(accepted)
        self.duplicates = Int(duplicates)
        self.position = position
        rejections = rejected.compactMap { entry in
            guard let index = entry["index"]?.count, let error = entry["error"]?.string else { return nil }
            return Rejection(index: Int(index), id: entry["id"]?.string, error: error)
        }
        warnings = (json["warnings"]?.array ?? []).compactMap { entry in
            guard let index = entry["index"]?.count, let warning = entry["warning"]?.string else { return nil }
            return Warning(index: Int(index), id: entry["id"]?.string, warning: warning)
        }
        guard let warningCount = count("warning_count", otherwise: warnings.count),
            let rejectedCount = count("rejected_count", otherwise: rejections.count)
        else { return nil }
        (self.warningCount, self.rejectedCount) = (warningCount, rejectedCount)
    }
}
