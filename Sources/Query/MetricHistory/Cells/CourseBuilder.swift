/// Makes the courses of series of what was counted.
struct CourseBuilder<Groups: CountedGroups> {
    private(set) var groups: Groups

    init(_ groups: Groups) { self.groups = groups }

    /// What came at points, and how many.
    private struct Rises {
        var points: [Int64] = []
        var counts: [Int64] = []
    }

    /// The courses of series of a label set, in their order; sets come in the order of their numbers.
    /// - Parameter outputs: in the order of their codes; all are buckets, or of one code each, or it is one of all that
    ///   was counted, which has one code then.
    mutating func courses(of outputs: [SeriesOutput], ofSet set: Int) -> [CellCourse] {
        var code = groups.next(ofSet: set)
        // What lies in a bucket or below it, of the codes so far; several outputs that differ in nothing share it.
        var (below, known) = (Rises(), nil as CellCourse?)
        var courses: [CellCourse] = []
        courses.reserveCapacity(outputs.count)
        for output in outputs {
            switch output.shape {
            case .bucket(let bucket):
                while let own = code, ObservedCode.classic(of: own) <= bucket {
                    below = Self.merged(below, rises())
                    (code, known) = (groups.next(ofSet: set), nil)
                }
                let course = known ?? Self.course(of: below)
                known = course
                courses.append(course)
            case .category(let category):
                while let own = code, own < category { code = groups.next(ofSet: set) }
                courses.append(code == category ? counts() : CellCourse(upTo: 0))
            case .sum(let unitsPerBase): courses.append(code == nil ? CellCourse(upTo: 0) : sums(unitsPerBase))
            case .count, .native, .zero: courses.append(code == nil ? CellCourse(upTo: 0) : counts())
            }
        }
        return courses
    }

    /// Of the code at hand, how many there are.
    private mutating func counts() -> CellCourse {
        var (course, before) = (CellCourse(upTo: groups.count), 0 as Int64)
        groups.walk { point, count, _ in
            guard count != before else { return }
            before = count
            course.say(Double(count), at: point)
        }
        return course
    }

    /// The same of sums; each becomes a number once.
    private mutating func sums(_ unitsPerBase: Double) -> CellCourse {
        var (course, before) = (CellCourse(upTo: groups.count), 0 as Int128)
        groups.walk { point, _, sum in
            guard sum != before else { return }
            before = sum
            course.say(SeriesBuilder.double(sum) / unitsPerBase, at: point)
        }
        return course
    }

    /// Of the code at hand, how many came.
    private mutating func rises() -> Rises {
        var (rises, before) = (Rises(), 0 as Int64)
        rises.points.reserveCapacity(groups.count)
        rises.counts.reserveCapacity(groups.count)
        groups.walk { point, count, _ in
            guard count != before else { return }
            rises.points.append(point)
            rises.counts.append(count &- before)
            before = count
        }
        return rises
    }

    /// What came of both.
    private static func merged(_ one: Rises, _ other: Rises) -> Rises {
        if one.points.isEmpty { return other }
        var (rises, left) = (Rises(), 0)
        rises.points.reserveCapacity(one.points.count + other.points.count)
        rises.counts.reserveCapacity(one.points.count + other.points.count)
        for (index, point) in other.points.enumerated() {
            while left < one.points.count, one.points[left] < point {
                rises.points.append(one.points[left])
                rises.counts.append(one.counts[left])
                left += 1
            }
            var count = other.counts[index]
            if left < one.points.count, one.points[left] == point {
                count &+= one.counts[left]
                left += 1
            }
            rises.points.append(point)
            rises.counts.append(count)
        }
        rises.points += one.points[left...]
        rises.counts += one.counts[left...]
        return rises
    }

    /// What there is where so many came.
    private static func course(of rises: Rises) -> CellCourse {
        var (course, total) = (CellCourse(upTo: rises.points.count), 0 as Int64)
        for (index, count) in rises.counts.enumerated() where count != 0 {
            total &+= count
            course.say(Double(total), at: rises.points[index])
        }
        return course
    }
}

extension SeriesOutput.Shape {
    /// Whether it is a counter's, made of what was counted.
    var isOfCounter: Bool {
        switch self {
        case .count, .category, .sum, .bucket: true
        case .native, .zero: false
        }
    }
}
