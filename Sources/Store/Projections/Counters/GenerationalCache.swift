import Hashing

/// What is to be known of values that ``GenerationalCache`` forgot.
protocol EvictedValues: Hashable, Sendable {
    associatedtype Value: Sendable

    /// Nothing was forgotten.
    init()
    /// Takes in a generation that is forgotten now.
    /// - Parameter countMax: values of a generation.
    mutating func add(_ generation: [Hash128: Value], countMax: Int)
    /// Whether a value of the key may have been forgotten.
    func contains(_ key: Hash128) -> Bool
}

/// Values by a hash, in bounded room: what is touched goes to the younger of two generations, and when that is full,
/// the elder one is forgotten. What a step changed can be taken back: changes since ``beginStep()`` are remembered,
/// since copying all would cost more.
struct GenerationalCache<Forgotten: EvictedValues>: Sendable {
    typealias Value = Forgotten.Value
    typealias Generation = [Hash128: Value]

    /// Values of a generation.
    private let countMax: Int
    private(set) var young: Generation = [:]
    private(set) var old: Generation = [:]
    private(set) var forgotten = Forgotten()
    private var undo: [Undo] = []
    private var noted = NotedKeys()

    private enum Undo {
        /// What was in the generation named; nil: nothing.
        case young(Hash128, Value?)
        case old(Hash128, Value?)
        case generations(young: Generation, old: Generation, Forgotten)
    }

    init(countMax: Int) { self.countMax = max(1, countMax) }

    /// nil for what is not remembered.
    subscript(key: Hash128) -> Value? { young[key] ?? old[key] }

    /// Whether nothing was ever remembered.
    var isEmpty: Bool { young.isEmpty && old.isEmpty && forgotten == Forgotten() }

    /// Whether it was remembered once and is not any more.
    func isForgotten(_ key: Hash128) -> Bool { forgotten.contains(key) && self[key] == nil }

    // MARK: Steps

    mutating func beginStep() {
        undo.removeAll(keepingCapacity: undo.count <= 4096)
        noted.removeAll()
    }

    /// What the step would have to put back.
    var noteCount: Int { undo.count }

    mutating func rollBack() {
        for change in undo.reversed() {
            switch change {
            case .young(let key, let before): young[key] = before
            case .old(let key, let before): old[key] = before
            case .generations(let young, let old, let forgotten):
                (self.young, self.old, self.forgotten) = (young, old, forgotten)
            }
        }
        undo.removeAll()
        noted.removeAll()
    }

    // MARK: Changes

    /// Where the value of a key is in the younger generation; nil where it is not there. Holds until something is
    /// changed otherwise than by ``set(_:at:key:)``.
    func youngPlace(of key: Hash128) -> Generation.Index? { young.index(forKey: key) }

    /// Keeps a value where its key is.
    mutating func set(_ value: Value, at place: Generation.Index, key: Hash128) {
        assert(young[place].key == key, "the place of the key")
        noteYoung(key, young.values[place])
        young.values[place] = value
    }

    /// Changes a value where its key is: one that holds lists is not copied for that, but for the first time in a step.
    mutating func change(at place: Generation.Index, key: Hash128, _ body: (inout Value) -> Void) {
        assert(young[place].key == key, "the place of the key")
        noteYoung(key, young.values[place])
        body(&young.values[place])
    }

    /// Keeps a value in the younger generation.
    mutating func set(_ value: Value, key: Hash128) {
        // What is in the younger generation is in no other, and most changes are to one of those.
        if let place = young.index(forKey: key) { return set(value, at: place, key: key) }
        // What is touched is not forgotten.
        if let older = old.removeValue(forKey: key) { undo.append(.old(key, older)) }
        if young.count >= countMax {
            undo.append(.generations(young: young, old: old, forgotten))
            forgotten.add(old, countMax: countMax)
            (old, young) = (young, [:])
        }
        assert(old[key] == nil && young[key] == nil, "a key is in one generation")
        noteYoung(key, nil)
        young[key] = value
    }

    /// What a step changes again and again is put back once: whatever else it does, its first note of a key is followed
    /// last.
    private mutating func noteYoung(_ key: Hash128, _ before: Value?) {
        if case .young(key, _)? = undo.last { return }
        if noted.holds(key, noteCount: undo.count) { return }
        undo.append(.young(key, before))
    }

    /// Keeps a value in the generation where the key is.
    mutating func update(_ value: Value, key: Hash128) {
        guard young[key] == nil, let before = old[key] else { return set(value, key: key) }
        undo.append(.old(key, before))
        old[key] = value
    }

    /// Takes a value out.
    /// - Returns: nil where there is none.
    @discardableResult
    mutating func remove(_ key: Hash128) -> Value? {
        if let younger = young.removeValue(forKey: key) {
            undo.append(.young(key, younger))
            return younger
        }
        guard let older = old.removeValue(forKey: key) else { return nil }
        undo.append(.old(key, older))
        return older
    }

    // MARK: States

    /// Both generations, the younger first, each by key.
    var sorted: [[(key: Hash128, value: Value)]] { [young.sortedByKey, old.sortedByKey] }

    /// Takes over what another one had.
    mutating func restore(young: Generation, old: Generation, _ forgotten: Forgotten = Forgotten()) {
        (self.young, self.old, self.forgotten) = (young, old, forgotten)
    }
}

extension Dictionary where Key == Hash128 {
    /// Its values in the order of their keys. What is moved about while they are sorted is their places: values are
    /// much longer.
    var sortedByKey: [(key: Hash128, value: Value)] {
        var places: [(key: Hash128, place: Index)] = []
        places.reserveCapacity(count)
        // order: sorted below.
        for place in indices { places.append((key: keys[place], place: place)) }
        places.sort { $0.key < $1.key }
        return places.map { (key: $0.key, value: values[$0.place]) }
    }
}

/// Halves of the keys of what is forgotten, in two generations of their own, so that it can be told for longer when
/// something comes for it.
struct EvictedKeys: Hashable, Sendable {
    var young: Set<UInt64> = []
    var old: Set<UInt64> = []

    func contains(_ key: Hash128) -> Bool { young.contains(key.low) || old.contains(key.low) }

    /// - Parameter countMax: names of a generation.
    mutating func add(_ keys: some Collection<Hash128>, countMax: Int) {
        if young.count + keys.count > countMax { (old, young) = (young, []) }
        // order: into a set.
        for key in keys { young.insert(key.low) }
    }
}
