import Bytes
import Testing

@Suite struct OrderedSearchTests {
    @Test func theFirstThatHoldsIsThatOfALookFromTheFront() {
        for count in 0..<200 {
            let values = (0..<count).map { ($0 * 7_919 + count * 31) % 50 }.sorted()
            let slice = values.dropFirst(count / 3)
            for sought in -1...50 {
                #expect(values.partitioningIndex { $0 >= sought } == values.firstIndex { $0 >= sought } ?? count)
                #expect(slice.partitioningIndex { $0 > sought } == slice.firstIndex { $0 > sought } ?? count)
            }
        }
    }

    @Test func aSearchLooksAtAsManyAsTheLengthHasBits() {
        var looks = 0
        let index = (0..<1 << 20).partitioningIndex {
            looks += 1
            return $0 >= 777_777
        }
        #expect(index == 777_777)
        #expect(looks <= 21)
    }
}
