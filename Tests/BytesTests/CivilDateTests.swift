import Bytes
import Testing

@Suite struct CivilDateTests {
    @Test func everyDayOfFourCenturiesFollowsItsPredecessor() {
        var previous = CivilDate(daysSince1970: -1)
        for day in Int64(0)..<146_097 {
            let date = CivilDate(daysSince1970: day)
            let isNextDay = date.day == previous.day + 1 && date.month == previous.month && date.year == previous.year
            let isNextMonth = date.day == 1 && previous.day >= 28
            #expect(isNextDay || isNextMonth)
            previous = date
        }
        #expect(previous == CivilDate(year: 2369, month: 12, day: 31))
    }
}
