import Foundation
import Plans

/// The names of zones, in letters of any case.
enum ZoneNames {
    /// The name as Foundation knows it; nil when no zone can have it. Words without a place are those that are listed:
    /// Foundation would take abbreviations for zones.
    static func identifier(of name: String) -> String? {
        // No zone has so long a name.
        guard name.utf8.count <= 256 else { return nil }
        return identifiers[small(name)] ?? (name.utf8.contains(UInt8(ascii: "/")) ? name : nil)
    }

    private static func small(_ name: String) -> [UInt8] { name.utf8.map { $0 >= 65 && $0 <= 90 ? $0 | 0x20 : $0 } }

    private static let identifiers = Dictionary(
        (TimeZone.knownTimeZoneIdentifiers + FurtherZones.names).map { (small($0), $0) } + [(small("Z"), "UTC")],
        uniquingKeysWith: { first, _ in first })
}
