extension Plan {
    /// The plan as the engine should run it: constants folded, filters low, columns few, limits inside sorts, scans
    /// told what they may skip. Answers stay the same. O(size²) in the worst case, for plans of a few dozen nodes.
    /// - Parameter options: once their time is over the rest is left as it is; whoever asks looks at them himself.
    package func rewritten(timeZone: String, within options: QueryOptions = QueryOptions()) -> Plan {
        ConstantFolding(timeZone: timeZone).fold(self, within: options)
            .pushingFiltersDown(within: options)
            .limitingSorts()
            .mergingProjections(within: options)
            .pruningColumns(within: options)
            .mergingProjections(within: options)
            .derivingPredicates(timeZone: timeZone, within: options)
    }
}
