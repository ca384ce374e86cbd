import Domain
import JSONTexts

extension IngestAnswer {
    /// Reads back what ``json`` wrote; nil when it is something else.
    package init?(parsing bytes: [UInt8]) {
        guard let json = try? JSONReader.parse(bytes), let accepted = json["accepted"]?.count,
            let duplicates = json["duplicates"]?.count, let rejected = json["rejected"]?.array,
            let position = json["position"]?.integer
        else { return nil }
        self.accepted = Int(accepted)
        self.duplicates = Int(duplicates)
        self.position = position
        asides = json["left_out"]?.count.map(Int.init) ?? 0
        spansLeftOut = json["spans_left_out"]?.count.map(Int.init) ?? 0
        rejections = rejected.compactMap { entry in
            guard let index = entry["index"]?.count, let error = entry["error"]?.string else { return nil }
            return Rejection(index: Int(index), id: entry["id"]?.string, error: error)
        }
        warnings = (json["warnings"]?.array ?? []).compactMap { entry in
            guard let index = entry["index"]?.count, let warning = entry["warning"]?.string else { return nil }
            return Warning(index: Int(index), id: entry["id"]?.string, warning: warning)
        }
        warningCount = json["warning_count"]?.count.map(Int.init) ?? warnings.count
        rejectedCount = json["rejected_count"]?.count.map(Int.init) ?? rejections.count
    }
}
