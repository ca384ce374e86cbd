/// Numbers of rows in their partitions, by row of the input.
extension WindowRows {
    /// 1 for the first row of a partition, and on by one.
    package func rowNumbers() -> Vector {
        var numbers = [Int64](repeating: 0, count: count)
        do {
            var target = numbers.mutableSpan
            let source = rows.span
            for partition in self.numbers {
                let places = places(partition)
                for place in places { target[Int(source[place])] = Int64(place &- places.lowerBound &+ 1) }
            }
        }
        return Vector(type: .integer, count: count, storage: .int64(numbers))
    }

    /// How many rows come before those alike, and one more; dense: how many stretches of rows alike.
    /// - Precondition: rows know which are alike.
    package func ranks(isDense: Bool) -> Vector {
        var numbers = [Int64](repeating: 0, count: count)
        forEachPeers { partition, peers, number, places in
            let rank = isDense ? number - peers.lowerBound : places.lowerBound - Int(partitions[partition])
            for place in places { numbers[Int(rows[place])] = Int64(rank + 1) }
        }
        return Vector(type: .integer, count: count, storage: .int64(numbers))
    }

    /// Of the other rows of the partition the share that comes before those alike; 0 of a row alone.
    /// - Precondition: as of ``ranks(isDense:)``.
    package func percentRanks() -> Vector {
        var shares = [Double](repeating: 0, count: count)
        forEachPeers { partition, _, _, places in
            let others = self.places(partition).count - 1
            let before = places.lowerBound - Int(partitions[partition])
            for place in places { shares[Int(rows[place])] = others == 0 ? 0 : Double(before) / Double(others) }
        }
        return Vector(type: .double, count: count, storage: .double(shares))
    }

    /// Of all rows of the partition the share that comes up to those alike.
    /// - Precondition: as of ``ranks(isDense:)``.
    package func cumulativeShares() -> Vector {
        var shares = [Double](repeating: 0, count: count)
        forEachPeers { partition, _, _, places in
            let partition = self.places(partition)
            let upTo = places.upperBound - partition.lowerBound
            for place in places { shares[Int(rows[place])] = Double(upTo) / Double(partition.count) }
        }
        return Vector(type: .double, count: count, storage: .double(shares))
    }

    /// How many rows of each frame count.
    /// - Parameter included: which rows count; nil: all.
    package func counts(_ frames: WindowFrames, included: Validity?) -> Vector {
        var counts = [Int64](repeating: 0, count: count)
        if included == nil {
            for place in 0..<count { counts[Int(rows[place])] = Int64(frames.ends[place] &- frames.starts[place]) }
        } else {
            let found = SlidingRows(self, frames, included: included).counts()
            for row in found.indices { counts[row] = Int64(found[row]) }
        }
        return Vector(type: .integer, count: count, storage: .int64(counts))
    }

    /// Each partition in so many parts whose sizes differ by one at most, the larger ones first; of each row the number
    /// of its part. How many parts the first row says that says any; rows before it are in none.
    /// - Parameter tiles: whole numbers, by row.
    /// - Throws: `.noTiles` for fewer than one.
    package func tiles(_ tiles: Vector) throws(KernelError) -> Vector {
        guard case .int64(let wanted) = tiles.expanded().storage else {
            return .constant(.null, type: .integer, count: count)
        }
        var numbers = [Int64](repeating: 0, count: count)
        var present = Validity(count: count, allValid: true)
        for partition in self.numbers {
            let places = places(partition)
            var state: Tiling?
            for place in places {
                let row = Int(rows[place])
                if state == nil {
                    if tiles.isNull(row) {
                        present[row] = false
                        continue
                    }
                    if wanted[row] <= 0 { throw .noTiles }
                    state = Tiling(rows: Int64(places.count), tiles: wanted[row])
                }
                numbers[row] = state?.next() ?? 0
            }
        }
        return Vector(type: .integer, count: count, storage: .int64(numbers), validity: present.unlessWhole)
    }

    /// PostgreSQL's way of counting parts off.
    private struct Tiling {
        private var size: Int64
        /// Parts that have one row more.
        private var larger: Int64
        private var tile: Int64 = 1
        private var taken: Int64 = 0

        init(rows: Int64, tiles: Int64) {
            size = rows / tiles
            larger = 0
            if size == 0 {
                size = 1
            } else {
                larger = rows % tiles
                if larger > 0 { size += 1 }
            }
        }

        mutating func next() -> Int64 {
            taken += 1
            if taken > size {
                if larger > 0, tile == larger {
                    larger = 0
                    size -= 1
                }
                tile += 1
                taken = 1
            }
            return tile
        }
    }
}
