import Bytes
import Testing

@Suite struct NanosecondsTests {
    @Test func sumsStopAtTheEnds() {
        #expect(Int64.max.saturatingAdd(1) == .max && Int64.min.saturatingAdd(-1) == .min)
        #expect(Int64.min.saturatingSubtract(1) == .min && Int64.max.saturatingSubtract(-1) == .max)
        #expect(Int64(-1).saturatingSubtract(.max) == .min && Int64(-2).saturatingSubtract(.max) == .min)
        #expect(Int64(0).saturatingSubtract(.min) == .max && Int64.max.saturatingAdd(.min) == -1)
        #expect(Int64(7).saturatingAdd(-9) == -2 && Int64(7).saturatingSubtract(9) == -2)
    }

    @Test func productsStopAtTheEnds() {
        #expect(Int64(9_223_372_036_854).saturatingMultiply(by: 1_000_000) == 9_223_372_036_854_000_000)
        #expect(Int64(9_223_372_036_855).saturatingMultiply(by: 1_000_000) == .max)
        #expect(Int64(-9_223_372_036_855).saturatingMultiply(by: 1_000_000) == .min)
        #expect(Int64.min.saturatingMultiply(by: -1) == .max && Int64.max.saturatingMultiply(by: -2) == .min)
    }
}
