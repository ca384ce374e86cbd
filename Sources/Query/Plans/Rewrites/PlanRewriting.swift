extension Plan {
    /// The plan as the engine should run it: constants folded, filters low, columns few, limits inside sorts, scans
    /// told what they may skip. Answers stay the same. O(size²) in the worst case, for plans of a few dozen nodes.
    package func rewritten(timeZone: String) -> Plan {
        ConstantFolding(timeZone: timeZone).fold(self)
            .pushingFiltersDown()
            .limitingSorts()
            .mergingProjections()
            .pruningColumns()
            .mergingProjections()
            .derivingPredicates(timeZone: timeZone)
    }
}
