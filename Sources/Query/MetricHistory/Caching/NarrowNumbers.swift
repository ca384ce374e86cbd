// tests: that what is kept is counted as it is held.
/// Whole numbers in as few bytes as all of them fit in: four, eight or sixteen each.
package struct NarrowNumbers: Sendable {
    private enum Storage: Sendable {
        case four([Int32])
        case eight([Int64])
        case sixteen([Int128])
    }

    private var storage = Storage.four([])

    /// None yet.
    package init() {}

    private init(_ storage: Storage) { self.storage = storage }

    /// With what is reserved for more.
    package var memoryBytes: Int {
        switch storage {
        case .four(let numbers): numbers.capacity * 4
        case .eight(let numbers): numbers.capacity * 8
        case .sixteen(let numbers): numbers.capacity * 16
        }
    }

    /// The number at a place, from 0.
    package subscript(place: Int) -> Int128 {
        switch storage {
        case .four(let numbers): Int128(numbers[place])
        case .eight(let numbers): Int128(numbers[place])
        case .sixteen(let numbers): numbers[place]
        }
    }

    /// - Complexity: O(1); where it is the first one that needs more bytes, O(n).
    package mutating func append(_ number: Int128) {
        change(number, { $0.append($1) }, { $0.append($1) }, { $0.append($1) })
    }

    /// - Precondition: there is one.
    mutating func replaceLast(by number: Int128) {
        change(number, { $0[$0.count - 1] = $1 }, { $0[$0.count - 1] = $1 }, { $0[$0.count - 1] = $1 })
    }

    /// Lets go of what is reserved for more, where that is much.
    /// - Complexity: O(n).
    package mutating func trim() {
        // Taken out while it changes, so that nothing is held twice for longer than it takes.
        var taken = Storage.four([])
        swap(&taken, &storage)
        switch taken {
        case .four(let numbers): storage = .four(numbers.trimmed)
        case .eight(let numbers): storage = .eight(numbers.trimmed)
        case .sixteen(let numbers): storage = .sixteen(numbers.trimmed)
        }
    }

    /// Each with the other sign.
    var negated: NarrowNumbers {
        switch storage {
        case .four(let numbers) where !numbers.contains(.min): NarrowNumbers(.four(numbers.map { 0 - $0 }))
        case .four(let numbers): NarrowNumbers(.eight(numbers.map { 0 - Int64($0) }))
        case .eight(let numbers) where !numbers.contains(.min): NarrowNumbers(.eight(numbers.map { 0 - $0 }))
        case .eight(let numbers): NarrowNumbers(.sixteen(numbers.map { 0 - Int128($0) }))
        case .sixteen(let numbers): NarrowNumbers(.sixteen(numbers.map { 0 &- $0 }))
        }
    }

    @inline(__always)
    private mutating func change(
        _ number: Int128, _ four: (inout [Int32], Int32) -> Void, _ eight: (inout [Int64], Int64) -> Void,
        _ sixteen: (inout [Int128], Int128) -> Void
    ) {
        while true {
            // Taken out while it changes, so that nothing is copied.
            var taken = Storage.four([])
            swap(&taken, &storage)
            switch taken {
            case .four(var numbers):
                taken = .four([])
                if let small = Int32(exactly: number) {
                    four(&numbers, small)
                    storage = .four(numbers)
                    return
                }
                storage = .eight(numbers.map { Int64($0) })
            case .eight(var numbers):
                taken = .four([])
                if let small = Int64(exactly: number) {
                    eight(&numbers, small)
                    storage = .eight(numbers)
                    return
                }
                storage = .sixteen(numbers.map { Int128($0) })
            case .sixteen(var numbers):
                taken = .four([])
                sixteen(&numbers, number)
                storage = .sixteen(numbers)
                return
            }
        }
    }
}

extension Array {
    /// The same with little reserved for more: an eighth of what there is at most, or what an allocation is rounded to.
    /// A slice of all of it would be the same memory.
    var trimmed: [Element] { capacity - count > count / 8 ? map { $0 } : self }
}
