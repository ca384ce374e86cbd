import Columnar
import Plans

/// A window as it is bound: `OVER (…)`, or one of the WINDOW clause.
struct WindowDefinition: Hashable {
    var partition: [Expression] = []
    var order: [SortKey] = []
    var frame = WindowFrame.standard
    /// Whether a frame was written: then it is no base of other windows.
    var hasFrame = false
}

/// A window function with all that its value depends on.
struct WindowUse: Hashable {
    var partition: [Expression]
    var order: [SortKey]
    var call: WindowCall

    /// The same with every expression replaced.
    func mapExpressions(_ transform: (Expression) throws(QueryError) -> Expression) throws(QueryError) -> WindowUse {
        var use = self
        for place in partition.indices { use.partition[place] = try transform(partition[place]) }
        for place in order.indices { use.order[place].expression = try transform(order[place].expression) }
        use.call = try call.mapExpressions(transform)
        return use
    }
}

/// What of a window is bound: no other may stand in it.
enum WindowPart { case none, call, definition }

/// The window nodes of a SELECT, one for each partition and order, and what its expressions become above them.
struct Windowing {
    /// Over the input's columns come those of the functions.
    let plan: Plan
    /// By number of a function: its column.
    private let columns: [Expression]

    /// - Parameter names: of functions that are result columns as they are.
    init(_ uses: [WindowUse], over input: Plan, names: [Expression: String]) {
        var plan = input
        var columns = [Expression](repeating: .literal(.null, .null), count: uses.count)
        var isDone = [Bool](repeating: false, count: uses.count)
        for (first, use) in uses.enumerated() where !isDone[first] {
            let alike = uses.indices.filter {
                !isDone[$0] && uses[$0].partition == use.partition && uses[$0].order == use.order
            }
            var output = plan.output
            for number in alike {
                let call = uses[number].call
                isDone[number] = true
                columns[number] = .column(output.count, call.type)
                let name = names[.placeholder(.window(number), call.type)] ?? call.text(over: plan.output)
                output.append(TableColumn(name: name, type: call.type))
            }
            plan = .window(
                plan, partition: use.partition, order: use.order, calls: alike.map { uses[$0].call }, output: output)
        }
        self.plan = plan
        self.columns = columns
    }

    /// The expression over the windows' output: here, and nowhere else, their placeholders become columns.
    func rewrite(_ expression: Expression) -> Expression {
        if case .placeholder(.window(let number), _) = expression { return columns[number] }
        return expression.mapChildren { rewrite($0) }
    }
}
