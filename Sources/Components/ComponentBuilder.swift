internal import Naming

/// Makes what a plan names: from a registered component, or from a function of the script.
public struct ComponentBuilder {
    /// What names mean.
    public let registry: Registry
    /// What functions mean.
    public let scripts: any ScriptHost
    /// The rate of mutation that the strategy or the schedule sets now, 0…1.
    public private(set) var probability = 0.0

    /// A builder over these components and functions.
    public init(registry: Registry, scripts: any ScriptHost = NoScripts()) {
        self.registry = registry
        self.scripts = scripts
    }

    /// The same builder at a rate of mutation.
    public func with(probability: Double) -> ComponentBuilder {
        var builder = self
        builder.probability = probability
        return builder
    }

    /// The component that a plan names.
    ///
    /// - Parameters:
    ///   - selection: A name with checked options, or a function.
    ///   - point: Where the plan names it.
    /// - Returns: What the component makes.
    /// - Throws: What the component or the script host throws; ``ExperimentError`` for a name that
    ///   nothing is registered under, and for a function where the point takes none.
    public func make<Product>(
        _ selection: ComponentSelection, at point: Point<Product>
    ) throws -> Product {
        switch selection {
        case .function(let function):
            guard let make = point.function else { throw misfit(function.description, point.id) }
            return try make(function, self)
        case .named(let name, let options):
            guard let component = registry.component(name, at: point.id) else {
                let known = registry.names(at: point.id)
                throw ExperimentError.unknownName(
                    at: options.position, kind: point.id.title, name: name,
                    nearest: NearestName.of(name, among: known), known: known)
            }
            // A component is typed by the point that it is registered at.
            guard let product = try component.make(options, self) as? Product else {
                throw misfit(name, point.id)
            }
            return product
        }
    }

    private func misfit(_ name: String, _ point: ExtensionPoint) -> ExperimentError {
        .invalidComponent(
            point: point, name: name, source: Component.builtIn,
            problem: "it does not make a \(point.title)")
    }
}
