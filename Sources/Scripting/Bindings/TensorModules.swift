import LuaHost

/// The modules for tensors: fields of `apogee`, and `require "apogee.tensor"` and so on.
struct TensorModules {
    /// The fields of `apogee`, in order.
    let all: [(name: String, value: LuaValue)]

    init(_ bindings: Bindings) throws {
        let context = bindings.context
        let tensors = bindings.tensors
        all = [
            ("tensor", .table(try TensorModule(bindings: tensors).table())),
            (
                "nn",
                .table(try NNModule(bindings: tensors, parameters: bindings.parameters).table())
            ),
            ("optim", .table(try OptimModule.table(context, try Sandbox(context)))),
            ("weights", .table(try WeightsModule(bindings: tensors).table())),
            ("random", .table(try RandomModule(bindings: tensors).table())),
            ("stats", .table(try StatsModule(context: context).table())),
            ("grad", .function(try context.function(GradientFunction(bindings: tensors).maker()))),
        ]
    }

    /// The module that `require` names so.
    func value(_ name: String) -> LuaValue? {
        guard name.hasPrefix("apogee.") else { return nil }
        let part = name.dropFirst("apogee.".count)
        return all.first { $0.name == part }?.value
    }
}
