/// Which target may import which: the table of the house, as data.
///
/// A target imports only what its row lists, and only rows above it.
enum Layers {
    /// One target and all that it may import.
    struct Row {
        let target: String
        let imports: [String]
    }

    static let rows: [Row] = [
        Row(target: "CLua", imports: []),
        Row(target: "CImages", imports: []),
        Row(target: "CEditLine", imports: []),
        Row(target: "LuaBridge", imports: ["CLua"]),
        Row(target: "OneDNNBridge", imports: []),
        Row(target: "Randomness", imports: []),
        Row(target: "Statistics", imports: ["Randomness"]),
        Row(target: "Records", imports: []),
        Row(target: "LuaHost", imports: ["CLua", "LuaBridge"]),
        Row(target: "CKernels", imports: []),
        Row(target: "Kernels", imports: ["OneDNNBridge", "CKernels"]),
        Row(target: "Tensors", imports: ["Kernels", "Randomness"]),
        Row(target: "Naming", imports: []),
        Row(target: "SearchSpaces", imports: ["Naming", "Randomness"]),
        Row(target: "Components", imports: ["Naming"]),
        Row(target: "RunStore", imports: ["Records"]),
        Row(target: "NeuralNetworks", imports: ["Components", "Tensors", "Randomness"]),
        Row(
            target: "Datasets",
            imports: ["Components", "Naming", "Tensors", "CImages", "Randomness"]),
        Row(target: "Evolution", imports: ["Components", "SearchSpaces", "Randomness"]),
        Row(
            target: "Supernets",
            imports: ["Components", "NeuralNetworks", "SearchSpaces", "Tensors", "Randomness"]),
        Row(
            target: "MetaLearning",
            imports: ["Components", "NeuralNetworks", "Datasets", "Tensors", "Randomness"]),
        Row(target: "Tasks", imports: tasks),
        Row(
            target: "Evaluation", imports: tasks + ["Records", "Statistics", "Evolution", "Tasks"]),
        Row(target: "Experiments", imports: experiments),
        Row(target: "Methods", imports: experiments + ["Experiments"]),
        Row(
            target: "Scripting",
            imports: experiments + ["LuaHost", "Experiments", "Methods", "Naming"]),
        Row(
            target: "Runs",
            imports: [
                "Records", "RunStore", "Components", "Experiments", "Scripting", "LuaHost",
                // Versions of the kernels for records; the errors of the others, as sentences.
                "Kernels", "Tensors", "SearchSpaces", "Datasets", "MetaLearning",
                // The files that tasks are made of.
                "Tasks",
            ]),
        Row(
            target: "Benchmarks",
            imports: [
                "Tensors", "NeuralNetworks", "Supernets", "MetaLearning", "Evolution", "Scripting",
                // A workload names the data and the space that it measures.
                "SearchSpaces", "Datasets", "Randomness",
            ]),
        Row(
            target: "apogee",
            imports: experiments + [
                "LuaHost", "Kernels", "RunStore", "Experiments", "Methods", "Naming", "Scripting",
                "Runs", "Benchmarks",
                "CEditLine", "ArgumentParser",
            ]),
    ]

    private static let tasks = [
        "Components", "Datasets", "MetaLearning", "Supernets", "NeuralNetworks", "SearchSpaces",
        "Tensors", "Randomness",
    ]

    private static let experiments =
        tasks + ["Records", "Statistics", "Evolution", "Tasks", "Evaluation"]

    /// Modules of the toolchain, open to every target.
    static let system: Set<String> = [
        "Foundation", "FoundationEssentials", "Glibc", "Darwin", "Dispatch", "Synchronization",
    ]

    /// Each outside library, and the only targets that may know it.
    static let doors: [(library: String, targets: Set<String>)] = [
        ("OneDNNBridge", ["Kernels"]), ("CLua", ["LuaHost", "LuaBridge"]),
        ("CImages", ["Datasets"]), ("GRDB", ["RunStore"]), ("ArgumentParser", ["apogee"]),
        ("CKernels", ["Kernels"]),
        ("LuaBridge", ["LuaHost"]), ("CEditLine", ["apogee"]),
    ]

    /// The headers of each C library, which C targets may not include past its door.
    static let headers: [(prefix: String, targets: Set<String>)] = [
        ("lua", ["CLua", "LuaBridge"]), ("lauxlib", ["CLua", "LuaBridge"]),
        ("dnnl", ["OneDNNBridge"]), ("png", ["CImages"]), ("jpeglib", ["CImages"]),
        ("zip", ["CImages"]), ("sqlite3", []), ("histedit", ["CEditLine"]),
        ("editline", ["CEditLine"]),
    ]

    /// What a target may import, the toolchain's modules left out; nil for an unknown target.
    static func imports(of target: String) -> Set<String>? {
        rows.first { $0.target == target }.map { Set($0.imports) }
    }
}
