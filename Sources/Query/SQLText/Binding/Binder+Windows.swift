import Columnar
import Plans

/// Windows: what partitions and orders rows, and which of them a frame has.
extension Binder {
    /// Binds the WINDOW clause.
    func bindWindowClause(_ nodes: [SyntaxNode], _ level: SelectLevel) throws(QueryError) {
        for item in nodes {
            guard let body = item.body(of: "WindowDef"), let name = body.text("name") else {
                throw unsupported("this WINDOW is", at: item.unwrapped?.body)
            }
            if level.windows[name] != nil {
                throw fail(.misusedWindow, "window \"\(name)\" is already defined", at: body)
            }
            level.windows[name] = try defineWindow(body, level)
        }
    }

    /// The window behind OVER: a name, or a definition of its own.
    func bindWindow(_ node: SyntaxNode, _ level: SelectLevel) throws(QueryError) -> WindowDefinition {
        if let name = node.text("name") { return try namedWindow(name, node, level) }
        return try defineWindow(node, level)
    }

    private func namedWindow(_ name: String, _ node: SyntaxNode, _ level: SelectLevel) throws(QueryError)
        -> WindowDefinition
    {
        guard let window = level.windows[name] else {
            throw fail(.undefinedName, "window \"\(name)\" does not exist", at: node)
        }
        return window
    }

    private func defineWindow(_ node: SyntaxNode, _ level: SelectLevel) throws(QueryError) -> WindowDefinition {
        let outer = level.windowPart
        level.windowPart = .definition
        defer { level.windowPart = outer }
        var window = WindowDefinition()
        for item in node.list("partitionClause") {
            try options.check()
            let key = try coercion.read(bind(item, level), as: .text).expression
            if key.constant == nil { window.partition.append(key) }
        }
        for item in node.list("orderClause") {
            try options.check()
            guard let body = item.body(of: "SortBy"), let key = body["node"] else {
                throw unsupported("this ORDER BY is")
            }
            window.order.append(try sortKey(coercion.read(bind(key, level), as: .text).expression, body))
        }
        if let name = node.text("refname") { try inherit(name, &window, node, level) }
        try bindFrame(node, &window, level)
        return window
    }

    /// Takes over what another window says, which may not be said twice.
    private func inherit(
        _ name: String, _ window: inout WindowDefinition, _ node: SyntaxNode, _ level: SelectLevel
    ) throws(QueryError) {
        let base = try namedWindow(name, node, level)
        if !node.list("partitionClause").isEmpty {
            throw fail(.misusedWindow, "cannot override PARTITION BY clause of window \"\(name)\"", at: node)
        }
        if !window.order.isEmpty, !base.order.isEmpty {
            throw fail(.misusedWindow, "cannot override ORDER BY clause of window \"\(name)\"", at: node)
        }
        if base.hasFrame {
            let isBare = window.order.isEmpty && node.integer("frameOptions") & FrameOptions.isWritten == 0
            throw fail(
                .misusedWindow, "cannot copy window \"\(name)\" because it has a frame clause", at: node,
                hint: isBare ? "Omit the parentheses in this OVER clause." : nil)
        }
        window.partition = base.partition
        if window.order.isEmpty { window.order = base.order }
    }

    private func bindFrame(
        _ node: SyntaxNode, _ window: inout WindowDefinition, _ level: SelectLevel
    ) throws(QueryError) {
        let options = node.integer("frameOptions")
        guard options & FrameOptions.isWritten != 0 else { return }
        window.hasFrame = true
        if options & FrameOptions.excludes != 0 {
            throw unsupported("EXCLUDE in a frame is", at: node, hint: "Leave rows out by FILTER, or by CASE.")
        }
        let unit: WindowFrame.Unit =
            options & FrameOptions.rows != 0 ? .rows : (options & FrameOptions.groups != 0 ? .groups : .range)
        if unit == .groups, window.order.isEmpty {
            throw fail(.misusedWindow, "GROUPS mode requires an ORDER BY clause", at: node)
        }
        let isMeasured = options & FrameOptions.hasOffset != 0
        if unit == .range, isMeasured, window.order.count != 1 {
            throw fail(
                .misusedWindow, "RANGE with offset PRECEDING/FOLLOWING requires exactly one ORDER BY column", at: node)
        }
        func offset(isStart: Bool) throws(QueryError) -> Scalar {
            guard let item = node[isStart ? "startOffset" : "endOffset"] else {
                throw unsupported("this frame is", at: node)
            }
            return try frameOffset(item, unit, window.order, isStart: isStart, level)
        }
        var (start, end) = (WindowFrame.Bound.unboundedPreceding, WindowFrame.Bound.unboundedFollowing)
        if options & FrameOptions.startsAtRow != 0 { start = .currentRow }
        if options & FrameOptions.startsBefore != 0 { start = .preceding(try offset(isStart: true)) }
        if options & FrameOptions.startsBehind != 0 { start = .following(try offset(isStart: true)) }
        if options & FrameOptions.endsAtRow != 0 { end = .currentRow }
        if options & FrameOptions.endsBefore != 0 { end = .preceding(try offset(isStart: false)) }
        if options & FrameOptions.endsBehind != 0 { end = .following(try offset(isStart: false)) }
        window.frame = WindowFrame(unit, from: start, to: end)
    }

    /// How far a frame reaches: for `range` what is taken off the key or added to it, else a whole number.
    private func frameOffset(
        _ node: SyntaxNode, _ unit: WindowFrame.Unit, _ order: [SortKey], isStart: Bool, _ level: SelectLevel
    ) throws(QueryError) -> Scalar {
        let word = unit == .rows ? "ROWS" : (unit == .groups ? "GROUPS" : "RANGE")
        let value = try bind(node, level)
        if value.expression.readsRow {
            throw QueryError(
                .invalidReference, "argument of \(word) must not contain variables", position: value.position)
        }
        let known: Scalar?
        if unit == .range {
            let type = try rangeOffsetType(of: order[0].expression.type, value)
            let converted = try coercion.convert(value, to: type)
            // Beside whole numbers decimals are compared, so that none is too great.
            known = coercion.folding.fold(type == .integer ? .cast(converted, .numeric(scale: 0)) : converted).constant
        } else {
            guard value.type == .null || value.type.isNumber else {
                throw QueryError(
                    .typeMismatch, "argument of \(word) must be type bigint, not type \(value.type.sqlName)",
                    position: value.position)
            }
            known = try wholeNumber(value)
        }
        guard let offset = known else {
            throw QueryError(
                .notSupported, "a frame offset that is not known beforehand is not supported",
                position: value.position)
        }
        let end = isStart ? "starting" : "ending"
        if offset.isNull {
            throw QueryError(.missingFrame, "frame \(end) offset must not be null", position: value.position)
        }
        guard offset.isNotNegative else {
            throw QueryError(
                .negativeFrame,
                unit == .range
                    ? "invalid preceding or following size in window function"
                    : "frame \(end) offset must not be negative",
                position: value.position)
        }
        return offset
    }

    /// The type by which a key is moved.
    private func rangeOffsetType(of key: ColumnType, _ value: Bound) throws(QueryError) -> ColumnType {
        let type: ColumnType
        switch key {
        case .integer: type = .integer
        case .numeric(let scale): type = .numeric(scale: value.type.isNumeric ? value.type.scale : scale)
        case .double: type = .double
        case .date, .timestamp, .timestamptz: type = .interval
        default:
            throw QueryError(
                .notSupported,
                "RANGE with offset PRECEDING/FOLLOWING is not supported for column type \(key.sqlName)",
                position: value.position)
        }
        guard value.type == .null || Coercion.isImplicit(value.type, type) else {
            throw QueryError(
                .notSupported,
                "RANGE with offset PRECEDING/FOLLOWING is not supported for column type \(key.sqlName) and offset type "
                    + value.type.sqlName,
                hint: "Cast the offset value to an appropriate type.", position: value.position)
        }
        return type
    }
}

extension Scalar {
    /// Whether a frame may reach so far.
    fileprivate var isNotNegative: Bool {
        switch self {
        case .integer(let value): value >= 0
        case .numeric(let value, _): value >= 0
        // Not a number is none, either.
        case .double(let value): value >= 0
        case .interval(let value): Scalar.order(.interval(value), .interval(Interval())) != .less
        default: false
        }
    }
}

/// PostgreSQL's bits of what is written of a frame.
private enum FrameOptions {
    static let isWritten = 0x1
    static let rows = 0x4
    static let groups = 0x8
    static let startsAtRow = 0x200
    static let endsAtRow = 0x400
    static let startsBefore = 0x800
    static let endsBefore = 0x1000
    static let startsBehind = 0x2000
    static let endsBehind = 0x4000
    static let hasOffset = startsBefore | endsBefore | startsBehind | endsBehind
    static let excludes = 0x8000 | 0x10000 | 0x20000
}
