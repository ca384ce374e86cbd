/// What PostgreSQL's integer types hold, all of which are 64 bits wide here.
package enum IntegerRange {
    /// 16 bits.
    package static let smallint: ClosedRange<Int64> = -32_768...32_767
    /// 32 bits.
    package static let integer: ClosedRange<Int64> = -2_147_483_648...2_147_483_647
    /// 32 bits without a sign.
    package static let oid: ClosedRange<Int64> = 0...4_294_967_295

    /// The type's name by its greatest value.
    package static func name(most: Int64) -> String {
        switch most {
        case smallint.upperBound: "smallint"
        case integer.upperBound: "integer"
        case oid.upperBound: "OID"
        default: "bigint"
        }
    }
}
