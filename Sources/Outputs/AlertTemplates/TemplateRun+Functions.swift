import Bytes
import PromQLText

// Go's functions, and the way to all others.
extension TemplateRun {
    mutating func apply(
        _ function: TemplateFunction, _ arguments: [TemplateValue]
    ) throws(TemplateError) -> TemplateValue {
        guard function.arguments.contains(arguments.count) else {
            let least = function.arguments.lowerBound
            let wanted = function.arguments.upperBound == least ? "\(least)" : "at least \(least)"
            throw error("wrong number of args for \(function): want \(wanted) got \(arguments.count)")
        }
        let result = try value(of: function, arguments)
        try spend(result.size)
        return result
    }

    private mutating func value(
        of function: TemplateFunction, _ arguments: [TemplateValue]
    ) throws(TemplateError) -> TemplateValue {
        switch function {
        case .and, .or: preconditionFailure("looked at one by one before")
        case .not: return .flag(!arguments[0].isTrue)
        case .len: return .integer(Int64(try length(arguments[0])))
        case .index: return try element(arguments)
        case .slice: return try part(arguments)
        case .print: return .text(ByteText(try printed(arguments, isSpaced: false)))
        case .println: return .text(ByteText(try printed(arguments, isSpaced: true) + [UInt8(ascii: "\n")]))
        case .printf:
            let format = try text(arguments[0], of: "printf")
            return .text(ByteText(try TemplateFormat.written(format.bytes, Array(arguments.dropFirst()), self)))
        case .html: return .text(ByteText(TemplateEscapes.html(try printed(arguments, isSpaced: false))))
        case .js: return .text(ByteText(TemplateEscapes.script(try printed(arguments, isSpaced: false))))
        case .urlquery: return .text(ByteText(TemplateEscapes.query(try printed(arguments, isSpaced: false))))
        case .eq:
            for other in arguments.dropFirst() where try isEqual(arguments[0], other) { return .flag(true) }
            return .flag(false)
        case .ne: return .flag(!(try isEqual(arguments[0], arguments[1])))
        case .lt: return .flag(try isLess(arguments[0], arguments[1]))
        case .le:
            return .flag(try isLess(arguments[0], arguments[1]) ? true : try isEqual(arguments[0], arguments[1]))
        case .gt:
            // Neither holds of what is no number.
            let isAtMost = try isLess(arguments[0], arguments[1]) ? true : try isEqual(arguments[0], arguments[1])
            return .flag(!isAtMost)
        case .ge: return .flag(!(try isLess(arguments[0], arguments[1])))
        default: return try prometheusValue(of: function, arguments)
        }
    }

    func text(_ value: TemplateValue, of function: String) throws(TemplateError) -> ByteText {
        if case .text(let text) = value { return text }
        throw error("error calling \(function): wrong type for value; expected string; got \(value.typeName)")
    }

    private func length(_ value: TemplateValue) throws(TemplateError) -> Int {
        switch value {
        case .text(let text): return text.bytes.count
        case .list(let list): return list.count
        case .labels(let labels): return labels.labels.count
        case .members(let members): return members.count
        default: throw error("error calling len: len of type \(value.typeName)")
        }
    }

    private func element(_ arguments: [TemplateValue]) throws(TemplateError) -> TemplateValue {
        var value = arguments[0]
        for index in arguments.dropFirst() {
            switch (value, index) {
            case (.list(let list), .integer(let place)):
                guard place >= 0, place < list.count else {
                    throw error("error calling index: index out of range: \(place)")
                }
                value = list[Int(place)]
            case (.text(let text), .integer(let place)):
                guard place >= 0, place < text.bytes.count else {
                    throw error("error calling index: index out of range: \(place)")
                }
                value = .integer(Int64(text.bytes[Int(place)]))
            case (.labels(let labels), .text(let name)): value = .text(labels[name])
            case (.members(let members), .text(let name)):
                value = members.first { $0.name == name }?.value ?? .absent
            default:
                throw error("error calling index: can't index item of type \(value.typeName) by \(index.typeName)")
            }
        }
        return value
    }

    private func part(_ arguments: [TemplateValue]) throws(TemplateError) -> TemplateValue {
        let length: Int
        switch arguments[0] {
        case .text(let text): length = text.bytes.count
        case .list(let list): length = list.count
        default: throw error("error calling slice: can't slice item of type \(arguments[0].typeName)")
        }
        var places: [Int] = []
        for argument in arguments.dropFirst() {
            guard case .integer(let place) = argument, place >= Int64(places.last ?? 0), place <= length else {
                throw error("error calling slice: index out of range")
            }
            places.append(Int(place))
        }
        if places.count == 3, case .text = arguments[0] {
            throw error("error calling slice: cannot 3-index slice a string")
        }
        let start = places.first ?? 0
        let end = places.count > 1 ? places[1] : length
        guard start <= end else { throw error("error calling slice: invalid slice index: \(start) > \(end)") }
        if case .list(let list) = arguments[0] { return .list(Array(list[start..<end])) }
        if case .text(let text) = arguments[0] { return .text(ByteText(text.bytes[start..<end])) }
        return .nothing
    }

    /// As `Sprint` of Go has it: a space between two of which neither is a text, or between all.
    private func printed(_ values: [TemplateValue], isSpaced: Bool) throws(TemplateError) -> [UInt8] {
        var bytes: [UInt8] = []
        for (index, value) in values.enumerated() {
            if index > 0, isSpaced || (!values[index - 1].isText && !value.isText) { bytes.append(0x20) }
            bytes += value.shown
            try check(bytes.count)
        }
        return bytes
    }

    private func isEqual(_ left: TemplateValue, _ right: TemplateValue) throws(TemplateError) -> Bool {
        switch (left, right) {
        case (.flag(let left), .flag(let right)): return left == right
        case (.integer(let left), .integer(let right)): return left == right
        case (.float(let left), .float(let right)): return left == right
        case (.text(let left), .text(let right)): return left == right
        case (.nothing, _), (.absent, _), (_, .nothing), (_, .absent):
            return [left, right].allSatisfy { $0 == .nothing || $0 == .absent }
        default: throw incomparable(left, right)
        }
    }

    private func isLess(_ left: TemplateValue, _ right: TemplateValue) throws(TemplateError) -> Bool {
        switch (left, right) {
        case (.integer(let left), .integer(let right)): return left < right
        case (.float(let left), .float(let right)): return left < right
        case (.text(let left), .text(let right)): return left < right
        default: throw incomparable(left, right)
        }
    }

    private func incomparable(_ left: TemplateValue, _ right: TemplateValue) -> TemplateError {
        let isMixed = left.typeName != right.typeName
        return error(
            isMixed
                ? "incompatible types for comparison: \(left.typeName) and \(right.typeName)"
                : "invalid type for comparison: \(left.typeName)")
    }
}

extension TemplateValue {
    var isText: Bool { if case .text = self { true } else { false } }

    /// Bytes that are booked for it.
    fileprivate var size: Int {
        switch self {
        case .text(let text): text.bytes.count
        case .list(let list): 16 * list.count
        case .members(let members): members.reduce(0) { $0 + 32 + $1.value.size }
        default: 8
        }
    }
}

/// Texts made safe for where they go.
enum TemplateEscapes {
    static func html(_ text: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        for byte in text {
            switch byte {
            case UInt8(ascii: "&"): result += "&amp;".utf8
            case UInt8(ascii: "<"): result += "&lt;".utf8
            case UInt8(ascii: ">"): result += "&gt;".utf8
            case UInt8(ascii: "\""): result += "&#34;".utf8
            case UInt8(ascii: "'"): result += "&#39;".utf8
            case 0: result += "\u{FFFD}".utf8
            default: result.append(byte)
            }
        }
        return result
    }

    /// For a literal of JavaScript.
    static func script(_ text: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        for byte in text {
            switch byte {
            case UInt8(ascii: "\\"), UInt8(ascii: "'"), UInt8(ascii: "\""): result += [UInt8(ascii: "\\"), byte]
            case UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "&"), UInt8(ascii: "="), 0..<0x20, 0x7F:
                result += "\\u".utf8
                for digit in hexadecimal([0, byte]).uppercased().utf8 { result.append(digit) }
            default: result.append(byte)
            }
        }
        return result
    }

    /// For a parameter of an address.
    static func query(_ text: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        for byte in text {
            switch Unicode.Scalar(byte) {
            case "a"..."z", "A"..."Z", "0"..."9", "-", "_", ".", "~": result.append(byte)
            case " ": result.append(UInt8(ascii: "+"))
            default:
                result.append(UInt8(ascii: "%"))
                for digit in hexadecimal([byte]).uppercased().utf8 { result.append(digit) }
            }
        }
        return result
    }
}
