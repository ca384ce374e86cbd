/// What a series says at a time.
package enum SampleValue: Hashable, Sendable {
    /// A number.
    case float(Double)
    /// A distribution.
    case histogram(NativeHistogram)
}

extension Double {
    /// Says that a series has ended: no number, and told from others by its bits.
    package static let staleMarker = Double(bitPattern: staleMarkerBits)

    /// Its bits, for loops over numbers that call nobody.
    @inlinable package static var staleMarkerBits: UInt64 { 0x7FF0_0000_0000_0002 }

    /// Whether it is the ``staleMarker``.
    package var isStaleMarker: Bool { bitPattern == Self.staleMarkerBits }
}
