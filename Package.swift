// swift-tools-version: 6.1
import PackageDescription

/// Every Swift target is built with the same strict settings.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

/// The hot loops must be optimised in debug builds too, or the tests crawl.
let optimisedC: [CSetting] = [
    .unsafeFlags(["-O3", "-fno-math-errno", "-ffp-contract=off", "-Wall", "-Wextra"])
]

func module(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(
        name: name, dependencies: dependencies + ["TestSupport"], swiftSettings: strict)
}

let argumentParser = Target.Dependency.product(
    name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
    name: "apogee",
    products: [
        .executable(name: "apogee", targets: ["apogee"]),
        .executable(name: "apogee-fuzz", targets: ["Fuzzing"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
    ],
    targets: [
        // Doors to the system's C libraries.
        .systemLibrary(name: "CLua", providers: [.apt(["liblua5.4-dev"])]),
        .systemLibrary(
            name: "CImages", providers: [.apt(["libpng-dev", "libjpeg62-turbo-dev", "libzip-dev"])]),
        .systemLibrary(name: "CEditLine", providers: [.apt(["libedit-dev"])]),

        // Our own C: the only code that longjmps, the only code that knows oneDNN's versions, and
        // the hot loops that oneDNN lacks.
        .target(name: "LuaBridge", dependencies: ["CLua"]),
        .target(name: "OneDNNBridge", linkerSettings: [.linkedLibrary("dnnl")]),
        .target(name: "CKernels", cSettings: optimisedC),

        // The core, in the order in which data flows.
        module("Randomness"),
        module("Statistics", ["Randomness"]),
        module("Records"),
        module("LuaHost", ["CLua", "LuaBridge"]),
        module("Kernels", ["OneDNNBridge", "CKernels"]),
        module("Tensors", ["Kernels", "Randomness"]),
        module("Naming"),
        module("SearchSpaces", ["Naming", "Randomness"]),
        module("Components", ["Naming"]),
        module("RunStore", ["Records"]),
        module("NeuralNetworks", ["Components", "Tensors", "Randomness"]),
        module("Datasets", ["Components", "Naming", "Tensors", "CImages", "Randomness"]),
        module("Evolution", ["Components", "SearchSpaces", "Randomness"]),
        module(
            "Supernets", ["Components", "NeuralNetworks", "SearchSpaces", "Tensors", "Randomness"]),
        module(
            "MetaLearning",
            ["Components", "NeuralNetworks", "Datasets", "Tensors", "Randomness"]),
        module(
            "Tasks",
            [
                "Components", "Datasets", "MetaLearning", "Supernets", "NeuralNetworks",
                "SearchSpaces", "Tensors", "Randomness",
            ]),
        module(
            "Evaluation",
            [
                "Records", "Statistics", "Randomness", "Tensors", "SearchSpaces", "NeuralNetworks",
                "Datasets", "Evolution", "Supernets", "MetaLearning", "Components", "Tasks",
            ]),
        module(
            "Experiments",
            [
                "Records", "Statistics", "Randomness", "Tensors", "SearchSpaces", "NeuralNetworks",
                "Datasets", "Evolution", "Supernets", "MetaLearning", "Components", "Tasks",
                "Evaluation",
            ]),
        module(
            "Methods",
            [
                "Records", "Randomness", "SearchSpaces", "NeuralNetworks", "Datasets", "Evolution",
                "Supernets", "MetaLearning", "Components", "Tasks", "Evaluation", "Experiments",
            ]),
        module(
            "Scripting",
            [
                "LuaHost", "Experiments", "Methods", "Evaluation", "Components", "Naming", "Tasks",
                "Records", "Statistics",
                "Randomness", "Tensors",
                "SearchSpaces", "NeuralNetworks", "Datasets", "Evolution", "Supernets",
                "MetaLearning",
            ]),
        module(
            "Runs",
            [
                "Records", "RunStore", "Components", "Experiments", "Scripting", "LuaHost",
                "Kernels", "Tensors", "SearchSpaces", "Datasets", "MetaLearning", "Tasks",
            ]),
        module(
            "Benchmarks",
            [
                "Tensors", "NeuralNetworks", "Supernets", "MetaLearning", "Evolution", "Scripting",
                "SearchSpaces", "Datasets", "Randomness",
            ]),
        .executableTarget(
            name: "apogee",
            dependencies: [
                "Randomness", "Statistics", "Records", "LuaHost", "Kernels", "Tensors",
                "SearchSpaces", "RunStore", "NeuralNetworks", "Datasets", "Evolution", "Supernets",
                "MetaLearning", "Components", "Naming", "Tasks", "Evaluation", "Experiments",
                "Methods", "Scripting", "Runs", "Benchmarks",
                "CEditLine",
                argumentParser,
            ],
            swiftSettings: strict),

        // Tests, one target a module.
        .target(
            name: "TestSupport", dependencies: ["Records", "RunStore", "Tensors", "Randomness"],
            path: "Tests/TestSupport",
            swiftSettings: strict),
        .target(name: "AllocationCounter", path: "Tests/AllocationCounter"),
        .executableTarget(
            name: "Fuzzing",
            dependencies: [
                "Components", "Experiments", "Records", "Scripting", "Runs", "Randomness",
            ],
            path: "Tests/Fuzzing", swiftSettings: strict),
        tests("RandomnessTests", ["Randomness"]),
        tests("StatisticsTests", ["Statistics", "Randomness"]),
        tests("RecordsTests", ["Records", "RunStore", "Randomness"]),
        tests("LuaHostTests", ["LuaHost"]),
        tests("KernelsTests", ["Kernels", "CKernels", "Randomness"]),
        tests("TensorsTests", ["Tensors", "Kernels", "Randomness"]),
        tests("SearchSpacesTests", ["SearchSpaces", "Randomness"]),
        tests("NeuralNetworksTests", ["NeuralNetworks", "Tensors", "Randomness"]),
        tests("DatasetsTests", ["Datasets", "Tensors", "Randomness"]),
        tests("EvolutionTests", ["Evolution", "SearchSpaces", "Randomness"]),
        tests(
            "SupernetsTests",
            ["Supernets", "NeuralNetworks", "SearchSpaces", "Tensors", "Randomness"]),
        tests(
            "MetaLearningTests",
            [
                "MetaLearning", "Supernets", "SearchSpaces", "NeuralNetworks", "Datasets",
                "Tensors", "Randomness", "AllocationCounter",
            ]),
        tests(
            "ExperimentsTests",
            [
                "Experiments", "Methods", "Evaluation", "Components", "Tasks", "Evolution",
                "SearchSpaces", "Datasets",
                "MetaLearning", "Supernets",
                "NeuralNetworks", "Tensors", "Randomness", "Records",
            ]),
        tests(
            "ScriptingTests",
            [
                "Scripting", "LuaHost", "Experiments", "Methods", "Evaluation", "Components",
                "Tasks", "SearchSpaces",
                "Randomness", "Evolution",
                "Records", "Tensors", "NeuralNetworks", "Supernets", "MetaLearning", "Datasets",
            ]),
        tests(
            "RunsTests",
            ["Runs", "RunStore", "Records", "Components", "Scripting"]),
        tests("ConsoleTests", ["apogee", "Components"]),
        tests("HouseTests", ["Scripting", "Experiments", "Methods", "Components"]),
        tests("EndToEndTests", ["Records", "RunStore", "Components"]),
    ]
)
