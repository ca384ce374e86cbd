import Plans
import SQLText
import Testing

/// What clients of SQL are told of errors.
@Suite struct SQLRefusalTests {
    /// Every kind has a code of five characters, and a code stands for one kind, apart from the two ways of ending a
    /// statement.
    @Test func everyKindHasACode() {
        var kinds: [String: [QueryError.Kind]] = [:]
        for kind in QueryError.Kind.allCases {
            let code = kind.sqlState
            let isPlain = code.utf8.allSatisfy { (48...57).contains($0) || (65...90).contains($0) }
            #expect(isPlain && code.utf8.count == 5, "\(kind): \(code)")
            kinds[code, default: []].append(kind)
        }
        // order: each code is looked at for itself
        for (code, named) in kinds { #expect(named.count == (code == "57014" ? 2 : 1), "\(code): \(named)") }
        #expect(kinds["57014"] == [.cancelled, .deadlineExceeded])
    }

    /// The classes by which drivers of PostgreSQL judge.
    @Test func kindsStandInPostgreSQLsClasses() {
        let classes: [(String, [QueryError.Kind])] = [
            (
                "22",
                [
                    .divisionByZero, .numberOutOfRange, .timeOutOfRange, .intervalOutOfRange, .zoneOutOfRange,
                    .invalidText, .invalidTime, .invalidParameter, .invalidPattern, .invalidEscape, .invalidLogarithm,
                    .invalidPower, .negativeLength, .negativeLimit, .negativeOffset, .missingFrame, .negativeFrame,
                    .invalidTiles, .invalidPlace,
                ]
            ),
            (
                "42",
                [
                    .syntax, .undefinedTable, .undefinedColumn, .undefinedFunction, .undefinedName, .undefinedCast,
                    .ambiguousColumn, .ambiguousOperator, .duplicateName, .invalidReference, .typeMismatch,
                    .undeterminedType, .misusedAggregate, .wrongAggregate, .misusedWindow,
                ]
            ),
            ("0A", [.notSupported]), ("21", [.tooManyRows]), ("53", [.memoryExceeded]),
            ("54", [.queryTooComplex, .resultTooLarge]),
            ("57", [.cancelled, .deadlineExceeded]), ("XX", [.damagedData]),
        ]
        for (name, kinds) in classes {
            for kind in kinds { #expect(kind.sqlState.hasPrefix(name), "\(kind): \(kind.sqlState)") }
        }
        #expect(Set(classes.flatMap(\.1)) == Set(QueryError.Kind.allCases))
    }

    @Test func aRefusalSaysWhatWhereAndWhatToDo() {
        let error = QueryError(.undefinedColumn, "there is no column x", hint: "Did you mean y?", position: 8)
        #expect(
            SQLRefusal(error).description == "there is no column x (SQLSTATE 42703) at character 8; Did you mean y?")
        let plain = QueryError(.divisionByZero, "division by zero")
        #expect(SQLRefusal(plain).description == "division by zero (SQLSTATE 22012)")
    }

    /// What a server told stays as it is, even under a code that no kind of ours has.
    @Test func whatAServerToldIsKept() {
        #expect(SQLRefusal(told: "99999", message: "no", hint: nil, position: nil).description == "no (SQLSTATE 99999)")
        #expect(SQLRefusal(told: nil, message: "gone", hint: nil, position: nil).sqlState == "08000")
    }
}
