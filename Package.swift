// swift-tools-version:6.2
import PackageDescription

// One list of targets, in the order of the data's way. `Sources/README.md` explains each room;
// the tidy test holds the imports to its table.

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

/// A Swift target of ours: a folder below `Sources`, with the house settings.
func room(_ name: String, _ folder: String, uses: [Target.Dependency] = []) -> Target {
    return .target(name: name, dependencies: uses, path: "Sources/\(folder)", swiftSettings: settings)
}

/// A Debian library: a module map and the package that brings it.
func library(_ name: String, apt: String) -> Target {
    .systemLibrary(name: name, path: "Sources/System/\(name)", providers: [.apt([apt])])
}

/// The tests of one room, in `Tests/<Name>Tests`.
func tests(_ name: String, uses: [Target.Dependency] = []) -> Target {
    .testTarget(
        name: "\(name)Tests", dependencies: [.byName(name: name)] + uses, path: "Tests/\(name)Tests",
        swiftSettings: settings)
}

/// With `PLIMSOLL_STATIC_SWIFT=1`, as `make release` sets it, Swift's own libraries become part of the executable, so
/// that it runs where no toolchain is. It is the link step alone that differs: the modules are those of `make build`.
/// What Foundation stands on has to be named, since modules compiled against the shared one do not name it.
let swiftLibraries: [LinkerSetting] =
    Context.environment["PLIMSOLL_STATIC_SWIFT"] == "1"
    ? [
        .unsafeFlags([
            "-static-stdlib", "-lFoundationInternationalization", "-lCoreFoundation", "-l_FoundationCShims",
            "-l_FoundationCollections", "-l_FoundationICU",
        ])
    ] : []

let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")

let package = Package(
    name: "plimsoll",
    products: [
        .executable(name: "plimsoll", targets: ["plimsoll"]),
        .library(name: "PlimsollEmitter", targets: ["PlimsollEmitter"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0", traits: []),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
    ],
    targets: [
        // System: C libraries and their thin wrappers.
        library("CLZ4", apt: "liblz4-dev"),
        library("CZstd", apt: "libzstd-dev"),
        library("CXXHash", apt: "libxxhash-dev"),
        library("CPgQuery", apt: "libpg-query-dev"),
        library("CZlib", apt: "zlib1g-dev"),
        library("CCrypto", apt: "libssl-dev"),
        library("CCurl", apt: "libcurl4-openssl-dev"),
        library("CLibPQ", apt: "libpq-dev"),
        room("Compression", "System/Compression", uses: ["CLZ4", "CZstd", "CZlib"]),
        room("Hashing", "System/Hashing", uses: ["CXXHash", "CCrypto", "Bytes"]),
        .target(
            name: "CSimdjson", path: "Sources/System/CSimdjson",
            linkerSettings: [.linkedLibrary("simdjson")]),
        room("JSONParsing", "System/JSONParsing", uses: ["CSimdjson"]),
        .target(
            name: "CRE2", path: "Sources/System/CRE2",
            linkerSettings: [.linkedLibrary("re2")]),
        room("RegularExpressions", "System/RegularExpressions", uses: ["CRE2"]),
        room("HTTPRequests", "System/HTTPRequests", uses: ["CCurl"]),
        room("PostgresConnections", "System/PostgresConnections", uses: ["CLibPQ"]),
        room("PostgresParsing", "System/PostgresParsing", uses: ["CPgQuery"]),
        .target(name: "CLibFuzzer", path: "Sources/System/CLibFuzzer"),
        room("FuzzDriver", "System/FuzzDriver", uses: ["CLibFuzzer"]),
        .target(name: "CEmbeddedAlerts", path: "Sources/System/CEmbeddedAlerts"),
        room("EmbeddedAlerts", "System/EmbeddedAlerts", uses: ["CEmbeddedAlerts", "Bytes"]),
        .target(name: "CEmbeddedPages", path: "Sources/System/CEmbeddedPages"),
        room("EmbeddedPages", "System/EmbeddedPages", uses: ["CEmbeddedPages", "Bytes"]),
        .target(name: "CEmbeddedSchemas", path: "Sources/System/CEmbeddedSchemas"),
        room("EmbeddedSchemas", "System/EmbeddedSchemas", uses: ["CEmbeddedSchemas", "Bytes"]),
        tests("Compression"),
        tests("Hashing", uses: ["Bytes"]),
        tests("JSONParsing", uses: ["JSONTexts", "WireFormats"]),
        tests("PostgresParsing"),
        tests("RegularExpressions"),

        // Base: bytes, the machine, the words of the domain.
        room("Bytes", "Base/Bytes"),
        room("JSONTexts", "Base/JSONTexts", uses: ["Bytes"]),
        tests("JSONTexts", uses: ["Bytes", "Platform"]),
        room("Platform", "Base/Platform", uses: ["Bytes"]),
        tests("Platform"),
        room("OperatorLogs", "Base/OperatorLogs", uses: ["JSONTexts", "Platform"]),
        tests("OperatorLogs", uses: ["JSONTexts", "Platform"]),
        room("Domain", "Base/Domain", uses: ["Bytes", "JSONTexts", "EmbeddedSchemas", "Hashing"]),
        tests("Domain", uses: ["Bytes", "JSONTexts", "Platform", "EmbeddedSchemas"]),

        // In.
        room(
            "WireFormats", "Ingest/WireFormats",
            uses: ["Bytes", "JSONTexts", "Domain", "JSONParsing", "Compression", "Hashing"]),
        tests("WireFormats", uses: ["Bytes", "JSONTexts", "Domain", "JSONParsing", "Hashing"]),
        room(
            "Dialects", "Ingest/Dialects",
            uses: ["Bytes", "JSONTexts", "EmbeddedSchemas", "Domain", "Hashing", "JSONParsing", "WireFormats"]),
        tests("Dialects", uses: ["Bytes", "Domain", "JSONParsing", "WireFormats"]),

        // Columns and their kernels.
        room("Columnar", "Columnar", uses: ["Bytes", "JSONTexts", "Compression", "Hashing"]),
        tests("Bytes"),
        tests("Columnar", uses: ["Bytes"]),

        // Kept.
        room("Segments", "Store/Segments", uses: ["Bytes", "Platform", "Columnar", "Hashing"]),
        tests("Segments", uses: ["Bytes", "Platform", "Columnar", "Hashing"]),
        tests("EventLogs", uses: ["Bytes", "Platform"]),

        room("EventLogs", "Store/EventLogs", uses: ["Bytes", "Platform", "Hashing"]),
        room("Projections", "Store/Projections", uses: ["Bytes", "Columnar", "Domain", "Hashing"]),
        tests("Projections", uses: ["Bytes", "Columnar", "Domain", "Hashing"]),
        room(
            "EventStores", "Store/EventStores",
            uses: [
                "Bytes", "JSONTexts", "Platform", "Domain", "Columnar", "EventLogs", "Segments", "Projections",
                "Hashing", "Compression",
            ]),
        tests(
            "EventStores",
            uses: [
                "Bytes", "JSONTexts", "Platform", "Domain", "EmbeddedSchemas", "Columnar", "EventLogs", "Segments",
                "Projections", "Hashing", "Compression",
            ]),

        // Shown.
        room(
            "Exporting", "Outputs/Exporting",
            uses: ["Bytes", "JSONTexts", "Domain", "Hashing", "WireFormats", "Projections"]),
        tests("Exporting", uses: ["Bytes", "Platform", "Columnar", "Domain", "Projections", "WireFormats"]),

        room(
            "ParquetFiles", "Outputs/ParquetFiles",
            uses: ["Bytes", "Columnar", "Compression", "Hashing", "JSONTexts", "Platform"]),
        tests(
            "ParquetFiles",
            uses: ["Bytes", "Columnar", "Compression", "Platform"]),

        room(
            "Shipping", "Outputs/Shipping",
            uses: ["Bytes", "Columnar", "Exporting", "HTTPRequests", "Hashing", "Platform", "PostgresConnections"]),
        tests(
            "Shipping",
            uses: ["Bytes", "Columnar", "Domain", "EventStores", "Exporting", "Hashing", "Platform", "Shipments"]),

        room("Alerting", "Outputs/Alerting", uses: ["Bytes", "JSONTexts", "Domain", "EmbeddedAlerts"]),

        // Asked.
        room("PromQLText", "Query/PromQLText", uses: ["Bytes", "Platform", "JSONTexts", "RegularExpressions"]),
        tests("PromQLText", uses: ["Bytes", "Platform"]),
        room(
            "OpenSLO", "Outputs/OpenSLO",
            uses: ["Bytes", "JSONTexts", "Domain", "PromQLText", "RuleFiles", .product(name: "Yams", package: "Yams")]),
        tests("OpenSLO", uses: ["Alerting", "Bytes", "Domain"]),
        room(
            "Dashboarding", "Outputs/Dashboarding",
            uses: ["Bytes", "Hashing", "JSONTexts", "Platform", "PromQLText", "RegularExpressions"]),
        tests("Dashboarding", uses: ["Bytes", "JSONTexts", "Platform", "PromQLText"]),
        room("PromQLEvaluation", "Query/PromQLEvaluation", uses: ["Bytes", "PromQLText", "RegularExpressions"]),
        tests("PromQLEvaluation", uses: ["Bytes", "Platform", "PromQLText"]),
        room(
            "PromQLScripts", "Query/PromQLScripts",
            uses: ["Bytes", "PromQLText", "PromQLEvaluation", "RegularExpressions"]),
        tests("PromQLScripts", uses: ["PromQLText"]),

        room(
            "MetricHistory", "Query/MetricHistory",
            uses: ["Bytes", "Columnar", "Domain", "JSONTexts", "Plans", "Platform", "Projections", "PromQLText"]),
        tests(
            "MetricHistory",
            uses: [
                "Bytes", "Domain", "EventStores", "Plans", "Platform", "Projections", "PromQLEvaluation", "PromQLText",
            ]),

        // Rules: read, evaluated, tried.
        room("AlertTemplates", "Outputs/AlertTemplates", uses: ["Bytes", "PromQLText", "RegularExpressions"]),
        tests("AlertTemplates", uses: ["Bytes", "PromQLText"]),
        room(
            "RuleFiles", "Outputs/RuleFiles",
            uses: ["AlertTemplates", "Bytes", "JSONTexts", "PromQLText", .product(name: "Yams", package: "Yams")]),
        tests("RuleFiles", uses: ["Bytes", "PromQLText"]),
        room(
            "AlertRules", "Outputs/AlertRules",
            uses: ["AlertTemplates", "Bytes", "JSONTexts", "PromQLEvaluation", "PromQLText", "RuleFiles"]),
        tests("AlertRules", uses: ["Bytes", "PromQLText", "RuleFiles"]),
        room(
            "RuleTrials", "Outputs/RuleTrials",
            uses: ["AlertRules", "Bytes", "PromQLEvaluation", "PromQLText", "RuleFiles"]),
        tests("RuleTrials", uses: ["RuleFiles"]),

        room("Plans", "Query/Plans", uses: ["Bytes", "JSONTexts", "Columnar"]),
        room(
            "SQLText", "Query/SQLText",
            uses: ["Bytes", "JSONTexts", "Columnar", "Plans", "PostgresParsing", "JSONParsing"]),
        tests("Plans", uses: ["Bytes", "Columnar"]),
        tests("SQLText", uses: ["Bytes", "JSONTexts", "Columnar", "Plans", "Execution", "Platform"]),
        room(
            "Execution", "Query/Execution",
            uses: ["Bytes", "JSONTexts", "Columnar", "JSONParsing", "Plans", "Platform", "RegularExpressions"]),
        tests("Execution", uses: ["Bytes", "Columnar", "JSONTexts", "Plans", "Platform"]),

        room(
            "Reports", "Reports",
            uses: ["Bytes", "JSONTexts", "Columnar", "Plans", "Domain", "Dialects", "Execution", "SQLText"]),
        tests(
            "Reports",
            uses: [
                "Bytes", "Columnar", "Dialects", "Domain", "EventStores", "Execution", "JSONTexts", "Plans", "Platform",
            ]),

        // Emitters.
        room("PlimsollEmitter", "Emit/PlimsollEmitter", uses: ["Bytes", "JSONTexts", "Platform", "HTTPRequests"]),
        tests(
            "PlimsollEmitter",
            uses: ["Access", "Clients", "Domain", "EventStores", "HTTPFronts", "HTTPRequests", "Platform"]),
        room("Workload", "Emit/Workload", uses: ["Bytes", "JSONTexts"]),
        tests("Workload", uses: ["Bytes"]),

        // Served: what every front needs and no wire knows, the faces, and who speaks with them.
        room(
            "Access", "Services/Access",
            uses: ["Bytes", "Domain", "Hashing", "JSONTexts", "OperatorLogs", "Platform"]),
        tests("Access", uses: ["Domain", "OperatorLogs", "Platform"]),
        room(
            "Intakes", "Services/Intakes",
            uses: [
                "Bytes", "Compression", "Dialects", "Domain", "EventStores", "Exporting", "JSONParsing", "JSONTexts",
                "OperatorLogs", "Platform", "Projections", "WireFormats",
            ]),
        tests(
            "Intakes",
            uses: [
                "Compression", "Dialects", "Domain", "EventStores", "Exporting", "OperatorLogs", "Platform",
                "WireFormats",
            ]),
        room(
            "Asking", "Services/Asking",
            uses: [
                "Bytes", "Columnar", "Dashboarding", "Domain", "EventStores", "Execution", "JSONTexts", "MetricHistory",
                "Plans", "Platform", "Projections", "PromQLEvaluation", "PromQLText", "SQLText", "WireFormats",
            ]),
        tests(
            "Asking",
            uses: [
                "Bytes", "Columnar", "Dashboarding", "Domain", "EventStores", "Execution", "JSONTexts", "Plans",
                "Platform", "Projections", "PromQLText", "SQLText", "Segments",
            ]),
        room(
            "Sending", "Services/Sending",
            uses: [
                "AlertRules", "Bytes", "Compression", "Domain", "EventStores", "Exporting", "HTTPRequests", "Intakes",
                "JSONTexts", "OperatorLogs", "Platform", "PromQLText", "WireFormats",
            ]),
        room(
            "Rules", "Services/Rules",
            uses: [
                "AlertRules", "Alerting", "Asking", "Bytes", "Domain", "EventStores", "Hashing", "Intakes", "JSONTexts",
                "MetricHistory", "OperatorLogs", "Platform", "Projections", "PromQLEvaluation", "PromQLText",
                "RuleFiles", "Sending",
            ]),
        tests("Sending", uses: ["AlertRules", "Bytes", "PromQLText"]),
        room(
            "Shipments", "Services/Shipments",
            uses: [
                "Bytes", "Columnar", "Domain", "EventStores", "Execution", "Intakes", "JSONTexts", "OperatorLogs",
                "Plans", "Platform", "Shipping",
            ]),
        tests(
            "Rules",
            uses: [
                "AlertRules", "Alerting", "Asking", "Bytes", "Domain", "EventStores", "Intakes", "JSONTexts",
                "MetricHistory", "OperatorLogs", "Plans", "Platform", "Projections", "PromQLEvaluation", "PromQLText",
                "RuleFiles", "Sending",
            ]),
        room(
            "Clients", "Server/Clients",
            uses: [
                "Asking", "Domain", "EventStores", "Execution", "HTTPRequests", "JSONTexts", "Plans", "Platform",
                "SQLText",
            ]),
        room("RequestFields", "Server/RequestFields", uses: ["Bytes", "Hashing", "JSONTexts", "Platform"]),
        tests("RequestFields", uses: ["Bytes"]),
        room(
            "HTTPFronts", "Server/HTTPFronts",
            uses: [
                "Access", "Alerting", "Asking", "Bytes", "Columnar", "Compression", "Dashboarding", "Dialects",
                "Domain", "EmbeddedPages", "EventStores", "Execution", "Exporting", "Hashing", "Intakes", "JSONTexts",
                "OperatorLogs", "Plans", "Platform", "Projections", "PromQLText", "Reports", "RequestFields", "Rules",
                "SQLText", "Sending", "Shipments", "Shipping", "WireFormats",
                hummingbird,
            ]),
        tests(
            "HTTPFronts",
            uses: [
                "Access", "AlertRules", "Alerting", "Asking", "Bytes", "Clients", "Columnar", "Compression",
                "Dashboarding", "Dialects", "Domain", "EmbeddedPages", "EmbeddedSchemas", "EventStores", "Execution",
                "Exporting", "Hashing", "Intakes", "JSONTexts", "OperatorLogs", "Plans", "Platform", "Projections",
                "PromQLText", "Reports", "RuleFiles", "Rules", "SQLText", "Segments", "Sending", "Shipping",
                "WireFormats",
                hummingbird,
            ]),

        // Commanded.
        room(
            "Transfers", "Commands/Transfers",
            uses: [
                "Bytes", "JSONTexts", "Platform", "Domain", "Hashing", "WireFormats", "EventStores", "Compression",
                "Intakes",
                "Clients",
                "Workload",
            ]),
        tests(
            "Transfers",
            uses: [
                "Bytes", "JSONTexts", "Platform", "Columnar", "Compression", "Domain", "EventStores", "Projections",
                "Asking", "Intakes", "WireFormats", "Workload",
            ]),
        room(
            "Settings", "Commands/Settings",
            uses: [
                "Access", "JSONTexts", "Domain", "Exporting", "OperatorLogs", "Platform", "RuleFiles", "Sending",
                "Shipping",
                .product(name: "Yams", package: "Yams"),
            ]),
        tests("Settings", uses: ["Access", "Domain", "Exporting", "OperatorLogs", "Platform", "Sending", "Shipping"]),
        .executableTarget(
            name: "plimsoll",
            dependencies: [
                "Bytes", "JSONTexts", "Platform", "Domain", "Dialects", "Columnar", "Plans", "SQLText", "Execution",
                "PromQLText",
                "Reports", "EventStores", "EventLogs", "Segments", "Workload", "Transfers", "Settings", "Access",
                "Asking",
                "Clients", "Dashboarding", "HTTPFronts", "Alerting", "AlertRules", "OpenSLO", "OperatorLogs",
                "ParquetFiles", "RuleFiles", "RuleTrials", "Rules", "Shipments", "Shipping", arguments,
            ],
            path: "Sources/Commands/plimsoll", swiftSettings: settings, linkerSettings: swiftLibraries),

        room(
            "KernelTrials", "Commands/KernelTrials",
            uses: [
                "Bytes", "Columnar", "Domain", "Execution", "Plans", "Platform", "PromQLEvaluation", "PromQLText",
                "SQLText", "WireFormats", "Workload",
            ]),
        tests("KernelTrials"),
        room(
            "StoreSimulations", "Commands/StoreSimulations",
            uses: [
                "Bytes", "Columnar", "Domain", "EventStores", "Hashing", "JSONTexts", "Platform", "Projections",
                "Segments",
            ]),
        tests("StoreSimulations", uses: ["Platform"]),
        room(
            "StoreYears", "Commands/StoreYears",
            uses: [
                "Bytes", "Columnar", "Domain", "EventStores", "Execution", "JSONTexts", "Plans", "Platform",
                "Projections", "Reports", "SQLText", "Segments", "WireFormats", "Workload",
            ]),
        tests("StoreYears", uses: ["Domain", "EventStores", "Platform", "Projections"]),
        room(
            "FuzzTargets", "Commands/FuzzTargets",
            uses: [
                "Access", "AlertRules", "AlertTemplates", "Asking", "Bytes", "Columnar", "Compression", "Dashboarding",
                "Dialects", "Domain", "EventLogs", "EventStores", "Exporting", "JSONParsing", "JSONTexts", "OpenSLO",
                "Plans", "Platform", "Projections", "PromQLText", "Reports", "RequestFields", "RuleFiles", "Rules",
                "SQLText", "Segments", "WireFormats",
            ]),
        tests("FuzzTargets"),
        .executableTarget(
            name: "workshop",
            dependencies: [
                "FuzzDriver", "FuzzTargets", "KernelTrials", "Platform", "PromQLScripts", "StoreSimulations",
                "StoreYears", arguments,
            ],
            path: "Sources/Commands/workshop", swiftSettings: settings),

        // Alert rules and dashboards, held against the metric catalogue.
        .testTarget(
            name: "DashboardsTests", dependencies: ["Bytes", "Domain", "EmbeddedAlerts", "Alerting", "OpenSLO"],
            path: "Tests/DashboardsTests", swiftSettings: settings),

        // The executable, looked at from outside.
        .testTarget(name: "OutsideTests", path: "Tests/OutsideTests", swiftSettings: settings),

        // The house rules.
        .testTarget(name: "TidyTests", path: "Tests/TidyTests", swiftSettings: settings),
    ],
    cxxLanguageStandard: .cxx17
)
