import Columnar
import JSONTexts
import Plans

/// Whole queries: WITH, VALUES, UNION, and the ORDER BY and LIMIT that may follow any of them.
extension Binder {
    func bindQuery(_ node: SyntaxNode, _ surroundings: OuterScope) throws(QueryError) -> BoundQuery {
        try nested(at: node) { () throws(QueryError) in
            try refuseClauses(node)
            var plain = surroundings
            plain.correlation = nil
            let inner = try bindCommonTables(node, plain)
            if node.text("op") ?? "SETOP_NONE" != "SETOP_NONE" {
                return try finished(bindUnion(node, inner), node, inner)
            }
            if !node.list("valuesLists").isEmpty { return try finished(bindValues(node, inner), node, inner) }
            return try bindSelect(node, inner, surroundings.correlation)
        }
    }

    private func refuseClauses(_ node: SyntaxNode) throws(QueryError) {
        if node["intoClause"] != nil {
            throw unsupported("SELECT INTO is", at: node["intoClause"]?["rel"], hint: StatementKinds.howEventsEnter)
        }
        if !node.list("lockingClause").isEmpty {
            throw unsupported(
                "FOR UPDATE or FOR SHARE is", keyword: "for", followedBy: ["update", "share", "no", "key"], behind: node
            )
        }
        if node.text("limitOption") == "LIMIT_OPTION_WITH_TIES" {
            throw unsupported("WITH TIES is", keyword: "with", followedBy: ["ties"], behind: node["limitCount"] ?? node)
        }
    }

    private func bindCommonTables(_ node: SyntaxNode, _ surroundings: OuterScope) throws(QueryError) -> OuterScope {
        guard let with = node["withClause"] else { return surroundings }
        if with.flag("recursive") { throw unsupported("WITH RECURSIVE is", at: with) }
        var inner = surroundings
        var names: Set<String> = []
        for item in with.list("ctes") {
            guard let body = item.body(of: "CommonTableExpr"), let name = body.text("ctename"),
                let select = body["ctequery"]?.body(of: "SelectStmt")
            else {
                throw unsupported(
                    "a WITH query that is no SELECT is", at: item.unwrapped?.body, hint: StatementKinds.howEventsEnter)
            }
            guard names.insert(name).inserted else {
                throw fail(.duplicateName, "WITH query name \"\(name)\" specified more than once", at: body)
            }
            let before = (relations: relationCount, parts: partCount, nodes: nodeCount)
            var query = settled(try bindQuery(select, inner))
            let aliases = body.names("aliascolnames")
            guard aliases.count <= query.columns.count else {
                let counts = "\(query.columns.count) columns available but \(aliases.count) columns specified"
                throw fail(.invalidReference, "WITH query \"\(name)\" has \(counts)", at: body)
            }
            if !aliases.isEmpty {
                let columns = query.columns.enumerated().map {
                    TableColumn(
                        name: $0.offset < aliases.count ? aliases[$0.offset] : $0.element.name, type: $0.element.type)
                }
                query.plan = .project(
                    query.plan, columns.enumerated().map { .column($0.offset, $0.element.type) }, output: columns)
            }
            try checkWidth(query.columns.count, at: body)
            let weight = partCount - before.parts + nodeCount - before.nodes
            inner.tables.append(
                CommonTable(
                    name: name, query: query, relationCount: max(1, relationCount - before.relations), weight: weight))
        }
        return inner
    }

    private func bindValues(_ node: SyntaxNode, _ surroundings: OuterScope) throws(QueryError) -> BoundQuery {
        let level = SelectLevel(plan: .values(rows: [[]], output: []), scope: Scope(), surroundings: surroundings)
        level.clause = .values
        var rows: [[Bound]] = []
        for list in node.list("valuesLists") {
            var row: [Bound] = []
            for item in list.body(of: "List")?.list("items") ?? [] { row.append(try bind(item, level)) }
            if row.count != rows.first?.count ?? row.count {
                throw QueryError(.syntax, "VALUES lists must all be the same length", position: row.first?.position)
            }
            rows.append(row)
        }
        let width = rows.first?.count ?? 0
        try checkWidth(width)
        var columns: [TableColumn] = []
        var typed = [[Expression]](repeating: [], count: rows.count)
        for place in 0..<width {
            let (values, type) = try unified(rows.map { $0[place] }, "VALUES", at: nil)
            columns.append(TableColumn(name: "column\(place + 1)", type: type))
            for row in typed.indices { typed[row].append(values[row]) }
        }
        return BoundQuery(plan: .values(rows: typed, output: columns))
    }

    /// A chain of UNIONs, taken apart without recursion along its left side.
    private func bindUnion(_ node: SyntaxNode, _ surroundings: OuterScope) throws(QueryError) -> BoundQuery {
        var current = node
        var later: [(node: SyntaxNode, keepsAll: Bool)] = []
        while let left = current["larg"], let right = current["rarg"],
            current.text("op") ?? "SETOP_NONE" != "SETOP_NONE"
        {
            guard current.text("op") == "SETOP_UNION" else {
                let word = current.text("op") == "SETOP_EXCEPT" ? "except" : "intersect"
                throw unsupported(
                    "\(word.uppercased()) is", keyword: word, before: right, hint: "IN and NOT IN (subquery) are.")
            }
            later.append((right, current.flag("all")))
            current = left
            let standsAlone =
                current["sortClause"] != nil || current["limitCount"] != nil || current["limitOffset"] != nil
                || current["withClause"] != nil
            if standsAlone { break }
        }
        var branches = [try bindQuery(current, surroundings)]
        for item in later.reversed() { branches.append(try bindQuery(item.node, surroundings)) }
        try matchColumns(&branches, [current] + later.reversed().map(\.node))
        var plans = [branches[0].plan]
        for (branch, item) in zip(branches.dropFirst(), later.reversed()) {
            plans.append(branch.plan)
            if !item.keepsAll { plans = [.distinct(.union(plans))] }
        }
        return BoundQuery(plan: plans.count == 1 ? plans[0] : .union(plans))
    }

    /// - Parameter nodes: of the branches.
    private func matchColumns(_ branches: inout [BoundQuery], _ nodes: [SyntaxNode]) throws(QueryError) {
        let width = branches[0].columns.count
        if let odd = branches.firstIndex(where: { $0.columns.count != width }) {
            throw QueryError(
                .syntax, "each UNION query must have the same number of columns",
                position: startOfTarget(0, of: nodes[odd]))
        }
        var common: [ColumnType] = []
        for place in 0..<width {
            try options.check()
            let values = branches.map { openColumn(place, of: $0) }
            guard let (_, type) = try coercion.joined(values) else {
                let types = values.map(\.type)
                let first = types.firstIndex { $0 != .null } ?? 0
                let odd = types.firstIndex { Coercion.common([types[first], $0]) == nil } ?? types.count - 1
                let names = "\(types[first].sqlName) and \(types[odd].sqlName)"
                throw QueryError(
                    .typeMismatch, "UNION types \(names) cannot be matched",
                    hint: "Column \(place + 1), \"\(branches[0].columns[place].name)\".",
                    position: startOfTarget(place, of: nodes[odd]))
            }
            common.append(type)
        }
        for index in branches.indices { try convertColumns(of: &branches[index], to: common) }
    }

    /// Where a result column stands; nil where it is not written out.
    private func startOfTarget(_ place: Int, of node: SyntaxNode) -> Int? {
        let targets = node.list("targetList")
        return place < targets.count ? targets[place].body(of: "ResTarget")?["val"].flatMap { start($0) } : nil
    }

    /// A result column as a value; a literal in quotes is still open.
    private func openColumn(_ place: Int, of query: BoundQuery) -> Bound {
        guard query.unknownColumns.contains(place) else { return Bound(.column(place, query.columns[place].type)) }
        guard case .project(_, let expressions, _) = query.plan else {
            return Bound(.literal(.null, .null), isUnknown: true)
        }
        return Bound(expressions[place], isUnknown: true)
    }

    /// The query with its columns as these types, where they are others.
    /// - Complexity: O(columns).
    private func convertColumns(of query: inout BoundQuery, to types: [ColumnType]) throws(QueryError) {
        try options.check()
        var output = query.columns
        let changed = output.indices.filter { query.unknownColumns.contains($0) || output[$0].type != types[$0] }
        if changed.isEmpty { return }
        for place in changed { output[place].type = types[place] }
        if case .project(let input, var expressions, _) = query.plan {
            for place in changed {
                let value = Bound(expressions[place], isUnknown: query.unknownColumns.contains(place))
                expressions[place] = try coercion.convert(value, to: types[place])
            }
            query.plan = .project(input, expressions, output: output)
        } else {
            // Sorted, cut or made distinct already: what stands in quotes is the text of a column here.
            var expressions = query.columns.enumerated().map { Expression.column($0.offset, $0.element.type) }
            for place in changed { expressions[place] = .cast(expressions[place], types[place]) }
            query.plan = .project(query.plan, expressions, output: output)
        }
        query.unknownColumns.subtract(changed)
    }

    /// A query whose open types have become text, as nobody decided otherwise.
    func settled(_ query: BoundQuery) -> BoundQuery { BoundQuery(plan: query.plan) }

    /// ORDER BY and LIMIT over the rows of VALUES or UNION, where only result names and positions mean something.
    private func finished(_ query: BoundQuery, _ node: SyntaxNode, _ surroundings: OuterScope) throws(QueryError)
        -> BoundQuery
    {
        var keys: [SortKey] = []
        for item in node.list("sortClause") {
            guard let body = item.body(of: "SortBy"), let key = body["node"] else { continue }
            let place: Int
            if let number = key.body(of: "A_Const")?["ival"]?.integer("ival") {
                guard number >= 1, number <= query.columns.count else {
                    throw fail(
                        .invalidReference, "ORDER BY position \(number) is not in select list", at: key.unwrapped?.body)
                }
                place = number - 1
            } else if let reference = key.body(of: "ColumnRef"), let name = reference.list("fields").first?.stringValue,
                reference.list("fields").count == 1
            {
                guard let found = query.columns.firstIndex(where: { $0.name == name }) else {
                    let near = nearestName(to: name, among: query.columns.map(\.name))
                    throw fail(
                        .undefinedColumn, "column \"\(name)\" does not exist", at: reference,
                        hint: near.map { "Did you mean \"\($0)\"?" })
                }
                place = found
            } else {
                throw unsupported(
                    "an expression in ORDER BY of a UNION is", at: key.unwrapped?.body,
                    hint: "Use result names or positions, or a subquery in FROM.")
            }
            keys.append(try sortKey(.column(place, query.columns[place].type), body))
        }
        var result = query
        if !keys.isEmpty { result.plan = .sort(result.plan, keys, limit: nil) }
        result.plan = try limited(result.plan, node, surroundings)
        return result
    }

    /// The direction and place of NULLs as written; by default last ascending, first descending.
    func sortKey(_ expression: Expression, _ body: SyntaxNode) throws(QueryError) -> SortKey {
        let direction = body.text("sortby_dir") ?? ""
        if direction == "SORTBY_USING" { throw unsupported("ORDER BY ... USING is", at: body) }
        let isDescending = direction == "SORTBY_DESC"
        let nullsFirst =
            switch body.text("sortby_nulls") ?? "" {
            case "SORTBY_NULLS_FIRST": true
            case "SORTBY_NULLS_LAST": false
            default: isDescending
            }
        return SortKey(expression: expression, isDescending: isDescending, nullsFirst: nullsFirst)
    }

    /// LIMIT and OFFSET around a plan. What is wrong with OFFSET is told first, and that a number is negative last, as
    /// PostgreSQL does.
    func limited(_ plan: Plan, _ node: SyntaxNode, _ surroundings: OuterScope) throws(QueryError) -> Plan {
        let offset = try rowNumber(node["limitOffset"], "OFFSET", surroundings)
        let count = try rowNumber(node["limitCount"], "LIMIT", surroundings)
        if let offset, offset.number < 0 {
            throw QueryError(.negativeOffset, "OFFSET must not be negative", position: offset.position)
        }
        if let count, count.number < 0 {
            throw QueryError(.negativeLimit, "LIMIT must not be negative", position: count.position)
        }
        if count == nil && (offset?.number ?? 0) == 0 { return plan }
        return .limit(plan, count: count?.number, offset: offset?.number ?? 0)
    }

    /// nil where nothing is written, or null.
    private func rowNumber(
        _ node: SyntaxNode?, _ clause: String, _ surroundings: OuterScope
    ) throws(QueryError) -> (number: Int, position: Int?)? {
        guard let node else { return nil }
        let level = SelectLevel(plan: .values(rows: [[]], output: []), scope: Scope(), surroundings: surroundings)
        level.clause = .limit
        let value = try bind(node, level)
        guard value.isUnknown || value.type.isNumber else {
            throw QueryError(
                .typeMismatch, "argument of \(clause) must be type bigint, not type \(value.type.sqlName)",
                position: value.position)
        }
        let constant = try wholeNumber(value)
        if constant?.isNull ?? false { return nil }
        guard case .integer(let number)? = constant else {
            throw QueryError(
                .notSupported, "\(clause) must be a whole number that is known beforehand", position: value.position)
        }
        return (Int(number), value.position)
    }

    /// A constant as the whole number that it becomes where rows are counted, rounded as casts round, or null; nil for
    /// what is not known beforehand.
    /// - Throws: `.numberOutOfRange`; `.invalidText` for a literal in quotes that is no whole number.
    func wholeNumber(_ value: Bound) throws(QueryError) -> Scalar? {
        let known = value.isUnknown ? try coercion.convert(value, to: .integer) : value.expression
        let constant = coercion.folding.fold(known).constant
        let number: Int64?
        switch constant {
        case .null?, .integer?: return constant
        case .numeric(let mantissa, let scale)?:
            number = Decimal128.rescale(mantissa, from: scale, to: 0).flatMap { Int64(exactly: $0) }
        case .double(let value)?: number = Int64(exactly: value.rounded(.toNearestOrEven))
        default: return nil
        }
        guard let number else { throw QueryError(.numberOutOfRange, "bigint out of range", position: value.position) }
        return .integer(number)
    }
}
