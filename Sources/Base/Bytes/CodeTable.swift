/// Small numbers in whose place others are to stand, all at once.
package enum CodeTable {
    /// Puts in the place of each code what stands in a table under it.
    /// - Returns: false where a code is beyond the table; nothing has happened then.
    /// - Complexity: O(codes). Codes are looked at together before, so that none is looked at by itself; of a short
    ///   table that leaves all as they are nothing is read.
    package static func replace(_ codes: inout [UInt32], by table: [UInt32]) -> Bool {
        guard BitPacking.areAll(codes, below: table.count) else { return false }
        if table.count <= shortTable, table.indices.allSatisfy({ table[$0] == UInt32($0) }) { return true }
        unsafe codes.withUnsafeMutableBufferPointer { codes in
            unsafe table.withUnsafeBufferPointer { table in
                let count = codes.count
                var index = 0
                // Sound: `index + 4 <= count`, and below `index < count`; every code was found below the table's count.
                while index &+ 4 <= count {
                    let (one, two) = unsafe (codes[index], codes[index &+ 1])
                    let (three, four) = unsafe (codes[index &+ 2], codes[index &+ 3])
                    unsafe codes[index] = table[Int(one)]
                    unsafe codes[index &+ 1] = table[Int(two)]
                    unsafe codes[index &+ 2] = table[Int(three)]
                    unsafe codes[index &+ 3] = table[Int(four)]
                    index &+= 4
                }
                while index < count {
                    let code = unsafe codes[index]
                    unsafe codes[index] = table[Int(code)]
                    index &+= 1
                }
            }
        }
        return true
    }

    /// Puts in the place of each code the number that a table has for it; one that has none yet is given the next.
    /// Whether a code has one may be as good as chance, so that nothing here waits for the answer.
    /// - Parameters:
    ///   - table: by code its number, or `UInt32.max` where it has none.
    ///   - next: the number that the first of those gets.
    /// - Returns: the codes that got one, in the order of their numbers; nil where a code is beyond the table: nothing
    ///   has happened then.
    /// - Complexity: O(codes).
    package static func number(
        _ codes: inout [UInt32], by table: inout [UInt32], from next: UInt32
    ) -> [UInt32]? {
        guard BitPacking.areAll(codes, below: table.count) else { return nil }
        let count = codes.count
        return unsafe [UInt32](unsafeUninitializedCapacity: count) { fresh, initialised in
            unsafe codes.withUnsafeMutableBufferPointer { codes in
                unsafe table.withUnsafeMutableBufferPointer { table in
                    // Sound: `index < count`, every code was found below the table's count, and there are never more
                    // new codes than rows before.
                    for index in 0..<count {
                        let code = unsafe codes[index]
                        let known = unsafe table[Int(code)]
                        let isNew = known == .max
                        let number = isNew ? next &+ UInt32(truncatingIfNeeded: initialised) : known
                        unsafe fresh[initialised] = code
                        unsafe table[Int(code)] = number
                        unsafe codes[index] = number
                        initialised &+= isNew ? 1 : 0
                    }
                }
            }
        }
    }

    private static let shortTable = 256
}
