// swift-tools-version: 6.2
import PackageDescription

// The kernels are optimised in debug builds too, so that tests do not crawl; fused multiply-adds
// stand where the code writes them and nowhere else, so that every instruction set gives the same bits.
let kernelFlags: [CSetting] = [.unsafeFlags(["-O3", "-ffp-contract=off"])]

let package = Package(
    name: "copydesk",
    products: [.executable(name: "copydesk", targets: ["copydesk"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        .target(name: "Generation"),
        .target(name: "Files"),
        .target(name: "Text", exclude: ["Tables/make_tables.py"]),
        .target(name: "Jinja"),
        .target(
            name: "CEmbed", exclude: ["built-in.gguf", "list-templates.sh"],
            cSettings: [.unsafeFlags(["-std=gnu2x", "-Wno-c23-extensions"])]),
        .target(
            name: "Templates",
            dependencies: ["Generation", "Jinja", "CEmbed", "YAMLReading", .product(name: "Yams", package: "Yams")]),
        .target(name: "YAMLReading", dependencies: ["Generation", .product(name: "Yams", package: "Yams")]),
        .target(
            name: "Settings", dependencies: ["Generation", "YAMLReading", .product(name: "Yams", package: "Yams")]),
        .target(name: "Grammar", dependencies: ["Generation"]),
        .target(name: "CKernels", cSettings: kernelFlags),
        .target(name: "Tensors", dependencies: ["CKernels", "Files"]),
        .target(name: "Inference", dependencies: ["Tensors", "Files", "Generation", "Text", "Grammar", "Jinja"]),
        .target(
            name: "Training",
            dependencies: [
                "Inference", "Tensors", "Generation", "Files", "YAMLReading", .product(name: "Yams", package: "Yams"),
            ]),
        // libcurl and libcrypto are loaded when they are first needed, so they are not linked.
        .target(name: "CTransfer"),
        .target(name: "Transfer", dependencies: ["CTransfer"]),
        .target(name: "Endpoints", dependencies: ["Transfer", "Generation", "Text", "Grammar", "Files"]),
        .target(name: "Downloads", dependencies: ["Transfer", "Generation", "Files", "CEmbed"]),
        .target(name: "Serving", dependencies: ["Generation", "Text"]),
        .target(
            name: "Models",
            dependencies: ["Inference", "Grammar", "Tensors", "Generation", "CEmbed", "Endpoints", "Files"]),
        .target(
            name: "Store",
            dependencies: [
                "Generation", "Files", .product(name: "GRDB", package: "GRDB.swift"),
                // For sqlite3_interrupt on one connection.
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ]),
        .target(name: "Export", dependencies: ["Generation", "Text", "Files"]),
        .target(name: "Drafting", dependencies: ["Templates", "Generation", "Text", "Store", "Export", "Models"]),
        .target(
            name: "Chat", dependencies: ["Generation", "Text", "Templates", "Store", "Drafting"]),
        // zlib goes into the program, so that it needs no library that a system may lack.
        .target(name: "CUnpack", linkerSettings: [.linkedLibrary(":libz.a")]),
        .target(name: "Importing", dependencies: ["CUnpack", "Generation", "Text"]),
        .target(name: "Studio", dependencies: ["Generation", "Text"]),
        .target(
            name: "CNcurses",
            cSettings: [
                .define("NCURSES_WIDECHAR", to: "1"), .define("_XOPEN_SOURCE", to: "700"), .define("_GNU_SOURCE"),
            ],
            linkerSettings: [.linkedLibrary("ncursesw"), .linkedLibrary("tinfo")]),
        .target(name: "Terminal", dependencies: ["CNcurses", "Studio"]),
        .executableTarget(
            name: "copydesk",
            dependencies: [
                "Generation", "Text", "Files", "Templates", "Models", "Store", "Export", "Drafting", "Studio",
                "Terminal", "Transfer", "Endpoints", "Downloads", "Serving", "Chat", "Importing",
                "Settings", "YAMLReading", "Training",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),

        // What the fuzz targets run; the tests read the corpora with it.
        .target(
            name: "FuzzReaders",
            dependencies: [
                "Inference", "Grammar", "Generation", "Tensors", "Settings", "YAMLReading", "Endpoints", "Downloads",
                "Importing", "Training",
            ],
            path: "Fuzz/Readers"),
        .executableTarget(name: "FuzzReplay", dependencies: ["FuzzReaders"], path: "Fuzz/Replay"),

        .testTarget(name: "ArchitectureTests"),
        .testTarget(name: "TextTests", dependencies: ["Text"]),
        .testTarget(name: "FilesTests", dependencies: ["Files"]),
        .testTarget(name: "GenerationTests", dependencies: ["Generation"]),
        .testTarget(name: "JinjaTests", dependencies: ["Jinja"], exclude: ["Fixtures"]),
        .testTarget(name: "TemplatesTests", dependencies: ["Templates", "CEmbed"]),
        .testTarget(name: "SettingsTests", dependencies: ["Settings", "YAMLReading"]),
        .testTarget(name: "TensorsTests", dependencies: ["Tensors"], exclude: ["Fixtures"]),
        .testTarget(name: "GrammarTests", dependencies: ["Grammar"]),
        .testTarget(
            name: "InferenceTests", dependencies: ["Inference", "Grammar", "Tensors", "Text"], exclude: ["Fixtures"]),
        .testTarget(
            name: "TrainingTests", dependencies: ["Training", "Inference", "Tensors", "Generation"],
            exclude: ["Fixtures"]),
        .testTarget(
            name: "StoreTests", dependencies: ["Store", .product(name: "GRDB", package: "GRDB.swift")]),
        .testTarget(name: "ExportTests", dependencies: ["Export", "Text"]),
        // A server whose answers a test scripts, byte for byte.
        .target(name: "ScriptedServer", path: "Tests/Support/ScriptedServer"),
        .testTarget(name: "TransferTests", dependencies: ["Transfer", "ScriptedServer"]),
        .testTarget(name: "EndpointsTests", dependencies: ["Endpoints", "ScriptedServer"]),
        .testTarget(name: "DownloadsTests", dependencies: ["Downloads", "Generation", "ScriptedServer", "Transfer"]),
        .testTarget(name: "ServingTests", dependencies: ["Serving", "Transfer"]),
        .testTarget(name: "ModelsTests", dependencies: ["Models", "Inference"]),
        .testTarget(name: "DraftingTests", dependencies: ["Drafting"]),
        .testTarget(name: "ChatTests", dependencies: ["Chat", "Generation", "Drafting", "Store", "Templates"]),
        .testTarget(name: "ImportingTests", dependencies: ["Importing", "Generation"]),
        .testTarget(name: "StudioTests", dependencies: ["Studio", "Text"], exclude: ["Screens"]),
        .testTarget(name: "TerminalTests", dependencies: ["Terminal"]),
        .testTarget(
            name: "CommandTests",
            dependencies: [
                "copydesk", "Generation", "Drafting", "Store", "Studio", "Templates", "Training", "ScriptedServer",
                "Transfer",
            ]),
        .testTarget(name: "FuzzTests", dependencies: ["FuzzReaders", "FuzzReplay"]),
    ]
)

// Fuzz/run asks for it; it links only where libFuzzer instruments every module.
if Context.environment["COPYDESK_FUZZ"] != nil {
    package.targets.append(.executableTarget(name: "Fuzzer", dependencies: ["FuzzReaders"], path: "Fuzz/Fuzzer"))
}
