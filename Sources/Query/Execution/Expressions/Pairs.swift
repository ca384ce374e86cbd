import Columnar

/// Rows present in both sides of a function that is null when either side is.
func jointValidity(_ left: Vector, _ right: Vector) -> Validity? {
    guard let a = left.validity else { return right.validity }
    guard let b = right.validity else { return a }
    return a.intersection(b)
}

/// Applies a step to pairs; each shape gets its own tight loop.
@inline(__always)
func zipOperands<A, B, Result>(_ left: Operand<A>, _ right: Operand<B>, count: Int, _ step: (A, B) -> Result)
    -> [Result]
{
    [Result](capacity: count) { output in
        switch (left, right) {
        case (.array(let a), .array(let b)):
            let x = a.span
            let y = b.span
            for row in 0..<count { output.append(step(x[row], y[row])) }
        case (.array(let a), .constant(let b)):
            let x = a.span
            for row in 0..<count { output.append(step(x[row], b)) }
        case (.constant(let a), .array(let b)):
            let y = b.span
            for row in 0..<count { output.append(step(a, y[row])) }
        case (.constant(let a), .constant(let b)):
            for _ in 0..<count { output.append(step(a, b)) }
        }
    }
}

/// Likewise of steps that test: their results stand there before they are known.
@inline(__always)
func zipTruths<A, B>(_ left: Operand<A>, _ right: Operand<B>, count: Int, _ step: (A, B) -> Bool) -> [Bool] {
    var result = [Bool](repeating: false, count: count)
    var target = result.mutableSpan
    switch (left, right) {
    case (.array(let a), .array(let b)):
        let x = a.span
        let y = b.span
        for row in 0..<count { target[row] = step(x[row], y[row]) }
    case (.array(let a), .constant(let b)):
        let x = a.span
        for row in 0..<count { target[row] = step(x[row], b) }
    case (.constant(let a), .array(let b)):
        let y = b.span
        for row in 0..<count { target[row] = step(a, y[row]) }
    case (.constant(let a), .constant(let b)):
        for row in 0..<count { target[row] = step(a, b) }
    }
    return result
}
