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

    private static let shortTable = 256
}
