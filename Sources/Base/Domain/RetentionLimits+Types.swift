package import Bytes

extension RetentionLimits {
    /// For how long events of a type are kept.
    package struct TypePeriod: Hashable, Sendable {
        /// The type's name, such as `message.sent`.
        package let type: ExactText
        /// ns from when an event was received until it may go.
        package let nanoseconds: Int64

        /// - Precondition: at least ``RetentionLimits/nanosecondsMin``, and of a type that may have a period.
        package init(_ type: String, nanoseconds: Int64) {
            precondition(nanoseconds >= RetentionLimits.nanosecondsMin, "a period has some days")
            precondition(type != RetentionLimits.keptType, "budgets hold until others are set")
            (self.type, self.nanoseconds) = (ExactText(type), nanoseconds)
        }

        /// The type as text.
        package var name: String { type.text }

        /// Whether it is that of the type of this name.
        package func isOf(_ name: String) -> Bool { type == ExactText(name) }
    }

    /// Events of this type stay in any case: a budget holds until another one is set, however long ago it was.
    package static let keptType = "budget.set"

    /// The same with periods of types.
    /// - Parameter types: each once, in any order.
    /// - Precondition: no more periods differ than may.
    package func with(types: [TypePeriod]) -> RetentionLimits {
        precondition(Self.periods(of: types).count <= Self.periodsMax, "events are written anew for each period")
        var limits = self
        limits.types = types.sorted { $0.type < $1.type }
        assert(zip(limits.types, limits.types.dropFirst()).allSatisfy { $0.type < $1.type }, "each type once")
        return limits
    }

    /// Whether events of types with a period of their own are there for the last so many days, too.
    package func coversTypes(days: Int) -> Bool {
        types.allSatisfy { $0.nanoseconds / Nanoseconds.day >= Int64(days) }
    }

    /// Types whose period says nothing, since all events go by then: an event goes by the first period that ends.
    package var typesOfNoUse: [TypePeriod] {
        guard let all = eventsNanoseconds else { return [] }
        return types.filter { type in
            type.nanoseconds >= all && tenants.allSatisfy { type.nanoseconds >= $0.nanoseconds }
        }
    }

    /// The periods of some types, each once, ascending.
    package static func periods(of types: [TypePeriod]) -> [Int64] { Set(types.map(\.nanoseconds)).sorted() }
}
