/// The known name nearest to a mistyped one, in whatever case; nil when none is near. Nothing beyond the first 64 bytes
/// of a name is looked at, so that a stranger's costs no more.
/// - Complexity: O(names × 64²) at most.
package func nearestName(to name: String, among names: [String]) -> String? {
    var best: (name: String, distance: Int)?
    for candidate in names {
        guard let distance = distanceOfNear(name, candidate), distance < best?.distance ?? Int.max else { continue }
        best = (candidate, distance)
    }
    return best?.name
}

/// What to say to a name that is none, or stands where it does not belong: the one that was meant, where another one is
/// near, and all that there are.
/// - Complexity: as ``nearestName(to:among:)``.
package func nameHint(to name: String, known names: [String]) -> String {
    nameHint(to: name, among: names, orElse: knownNames(names))
}

/// What to say to a name that is none: the one that was meant, where another one is near, and what else there is to
/// say.
/// - Complexity: as ``nearestName(to:among:)``.
package func nameHint(to name: String, among names: [String], orElse rest: String) -> String {
    let near = nearestName(to: name, among: names)
    return nameHint(near: near.flatMap { $0.utf8.elementsEqual(name.utf8) ? nil : $0 }, orElse: rest)
}

/// The same of what is near by other rules, as it is to be shown; nil: nothing is.
package func nameHint(near: String?, orElse rest: String) -> String {
    near.map { "did you mean \($0)? \(rest)" } ?? rest
}

/// All names that there are, said without a guess.
package func knownNames(_ names: [String]) -> String { "known: " + names.joined(separator: ", ") }

/// By how many slips the first of two names differs from the second; nil where that is more than a third of it, so that
/// it is none mistyped. Looks at as much of them as ``nearestName(to:among:)``.
package func distanceOfNear(_ name: String, _ known: String) -> Int? {
    let (wanted, known) = (beginning(of: name), beginning(of: known))
    let limit = max(1, wanted.count / 3)
    // Each byte that one has more is a slip.
    guard abs(wanted.count - known.count) <= limit else { return nil }
    let distance = editDistance(wanted, known)
    return distance <= limit ? distance : nil
}

/// The place of the known name that another one misses by a slip, from eight letters on by two; nil where none is so
/// near. Closer than ``nearestName(to:among:)``, for names that may be what somebody meant: of three letters two
/// neighbours may be exchanged, of fewer than four else only capitals may differ.
/// - Complexity: as ``nearestName(to:among:)``.
package func placeOfSlip(_ name: String, among names: [String]) -> Int? {
    let count = name.utf8.count
    guard count > 0 else { return nil }
    let slipsMax = count < 4 ? 0 : count < 8 ? 1 : 2
    var best: (place: Int, distance: Int)?
    for (place, known) in names.enumerated() where abs(known.utf8.count - count) <= slipsMax {
        guard let distance = distanceOfNear(name, known), distance < best?.distance ?? .max,
            distance <= slipsMax || count == 3 && distance == 1 && hasSameLetters(name, known)
        else { continue }
        best = (place, distance)
    }
    return best?.place
}

/// Of the same letters in another order one slip makes another name by an exchange alone.
private func hasSameLetters(_ name: String, _ known: String) -> Bool {
    beginning(of: name).sorted() == beginning(of: known).sorted()
}

/// In small letters, as far as ASCII has them.
private func beginning(of name: String) -> [UInt8] {
    name.utf8.prefix(64).map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 }
}

/// Insertions, deletions, replacements and exchanges of neighbours that lead from one to the other (optimal string
/// alignment).
private func editDistance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var beforeLast: [Int] = []
    var last = Array(0...right.count)
    for row in left.indices {
        var current = [row + 1]
        for column in right.indices {
            let replaced = last[column] + (left[row] == right[column] ? 0 : 1)
            var distance = min(replaced, last[column + 1] + 1, current[column] + 1)
            if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
                distance = min(distance, beforeLast[column - 1] + 1)
            }
            current.append(distance)
        }
        beforeLast = last
        last = current
    }
    return last[right.count]
}
