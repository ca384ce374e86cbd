/// Values in the order of their groups, for states that take in those of one group together.
extension GroupAssignment {
    /// The valid values group by group, those of a group as they stand; and which are whose. Null rows have no value.
    /// - Precondition: a value for each row; groups are numbered below `groups`, and `self` tells one for each row.
    /// - Complexity: O(rows + groups), or O(rows) where those that occur lie close together.
    func byGroup(
        _ values: [Int64], _ validity: Validity?, groups count: Int
    ) -> (sorted: [Int64], parts: [Run]) {
        let range = dense ?? 0..<count
        var places: [Int]
        if validity == nil, let rowsOfGroups {
            places = rowsOfGroups.map { Int($0) }
        } else {
            places = rowCounts(validity, within: range)
        }
        var parts: [Run] = []
        var end = 0
        for index in places.indices where places[index] > 0 {
            let start = end
            end += places[index]
            places[index] = start
            parts.append(Run(group: range.lowerBound + index, rows: start..<end))
        }
        var sorted = [Int64](repeating: 0, count: end)
        scatter(values, validity, &places, first: range.lowerBound, into: &sorted)
        return (sorted, parts)
    }

    /// How many valid rows each group of a range has, which all lie in it.
    private func rowCounts(_ validity: Validity?, within range: Range<Int>) -> [Int] {
        let groups = groups
        let numbers = groups.span
        let first = UInt32(truncatingIfNeeded: range.lowerBound)
        var result = [Int](repeating: 0, count: range.count)
        var counts = result.mutableSpan
        if let validity {
            for row in 0..<numbers.count where validity[row] { counts[Int(numbers[row] &- first)] &+= 1 }
        } else {
            for row in 0..<numbers.count { counts[Int(numbers[row] &- first)] &+= 1 }
        }
        return result
    }

    /// Puts each valid value in the next place of its group.
    private func scatter(
        _ values: [Int64], _ validity: Validity?, _ places: inout [Int], first: Int, into sorted: inout [Int64]
    ) {
        let groups = groups
        let (numbers, source) = (groups.span, values.span)
        precondition(numbers.count == source.count, "a group for each value")
        let first = UInt32(truncatingIfNeeded: first)
        var next = places.mutableSpan
        var target = sorted.mutableSpan
        if let validity {
            for row in 0..<source.count where validity[row] {
                let group = Int(numbers[row] &- first)
                target[next[group]] = source[row]
                next[group] &+= 1
            }
        } else {
            for row in 0..<source.count {
                let group = Int(numbers[row] &- first)
                target[next[group]] = source[row]
                next[group] &+= 1
            }
        }
    }
}
