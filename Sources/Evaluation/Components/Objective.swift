public import Components
internal import Datasets
public import SearchSpaces
package import Tasks

/// An architecture's value under an objective, in the objective's own direction and unit.
public typealias ObjectiveEvaluation = (_ subnet: SubnetSummary) throws -> Double

/// What an objective sees of an architecture.
public struct SubnetSummary {
    /// The encoding.
    public var genotype: Genotype
    /// The space that it is of.
    public var space: (any SearchSpace)?
    /// Parameters of the stand-alone network.
    public var parameters: Int
    /// Multiply-adds of the stand-alone network, for one example.
    public var multiplyAdds: Int
    /// Mean query error after adaptation over the validation tasks, fraction 0…1.
    public var queryError: Double
    /// Mean query loss after adaptation over the validation tasks.
    public var queryLoss: Double
    /// The network itself, where there is one: none in a check, and none where results are looked up.
    public var network: SubnetNetwork?
    /// Whether its numbers are looked up in tables, which hold no networks.
    public var isLookedUp: Bool

    /// What an objective sees.
    public init(
        genotype: Genotype, space: (any SearchSpace)? = nil, parameters: Int, multiplyAdds: Int,
        queryError: Double,
        queryLoss: Double, network: SubnetNetwork? = nil, isLookedUp: Bool = false
    ) {
        self.isLookedUp = isLookedUp
        self.network = network
        self.genotype = genotype
        self.space = space
        self.parameters = parameters
        self.multiplyAdds = multiplyAdds
        self.queryError = queryError
        self.queryLoss = queryLoss
    }
}

extension SubnetSummary {
    /// A cell whose numbers are looked up.
    package init(_ genotype: Genotype, in tables: TableTasks) {
        let validation = tables.mean(tables.searched, \.validation, genotype)
        self.init(
            genotype: genotype, space: tables.space,
            parameters: CellBenchmark.parameters(of: genotype.genes),
            multiplyAdds: CellBenchmark.multiplyAdds(of: genotype.genes),
            queryError: 1 - validation, queryLoss: .nan, isLookedUp: true)
    }
}

/// A number by which architectures are judged.
public struct Objective {
    /// Whether less or more is better.
    public enum Direction: String, Sendable, Hashable, Codable, CaseIterable {
        /// Less is better.
        case minimize
        /// More is better.
        case maximize
    }

    /// The name in results.
    public let name: String
    /// The unit in results, if any.
    public let unit: String?
    /// Whether less or more is better.
    public let direction: Direction
    /// The value in its own unit and direction.
    public let evaluate: ObjectiveEvaluation
    /// Where its function is written; nil for those that come with the program.
    public let location: PlanLocation?

    /// An objective.
    public init(
        name: String, unit: String?, direction: Direction, at location: PlanLocation? = nil,
        evaluate: @escaping ObjectiveEvaluation
    ) {
        self.location = location
        self.name = name
        self.unit = unit
        self.direction = direction
        self.evaluate = evaluate
    }

    /// The value as strategies want it: less is better.
    ///
    /// - Throws: what the evaluation throws, and
    ///   ``ExperimentError/invalidResult(of:at:problem:)`` for a value that is not finite.
    public func minimized(_ subnet: SubnetSummary) throws -> Double {
        let value = try unchecked(subnet)
        if let problem = problem(with: value) {
            throw ExperimentError.invalidResult(of: .objective, at: location, problem: problem)
        }
        return value
    }

    /// The value as strategies want it, finite or not.
    ///
    /// - Throws: What the evaluation throws.
    package func unchecked(_ subnet: SubnetSummary) throws -> Double {
        let value = try evaluate(subnet)
        return direction == .minimize ? value : -value
    }

    /// What is wrong with a value that is not finite; nil for others.
    package func problem(with value: Double) -> String? {
        guard !value.isFinite else { return nil }
        let found = direction == .minimize ? value : -value
        return location == nil
            ? "\(name) is \(found); expected a finite number"
            : "expected a finite number, found \(found)"
    }
}

extension Point where Product == Objective {
    /// Numbers by which architectures are judged. A bare function is minimized, and named after its
    /// place.
    public static var objective: Point {
        Point("objective", unnamed: .init("custom")) { function, builder in
            try builder.scripts.make(function, at: .objective)
        }
    }
}

extension ExtensionPoint {
    /// Numbers by which architectures are judged.
    public static var objective: ExtensionPoint { Point<Objective>.objective.id }
}

/// The objectives that come with the program.
package enum Objectives {
    private static let name = PlanOption.text(
        "name", 1...100, default: .required, "The objective's name in results.")
    private static let function = PlanOption.function(
        "evaluate", .objective, "The function of a subnet that returns the number.")
    private static let unit = PlanOption.text(
        "unit", 1...40, default: .required, "The number's unit in results."
    ).optional("none")
    private static let direction = PlanOption.choice(
        "direction", Objective.Direction.minimize, "Whether less or more is better.")

    package static var all: [Component] { measured + [custom] }

    /// Objectives that are known of every network without running it again.
    private static var measured: [Component] {
        func measured(
            _ name: String, _ unit: String?, needs: [Need] = [], _ summary: String,
            _ value: @escaping ObjectiveEvaluation
        ) -> Component {
            Component(.objective, name, offers: [.measured], needs: needs, summary) { _, _ in
                Objective(name: name, unit: unit, direction: .minimize, evaluate: value)
            }
        }
        return [
            measured("query_error", nil, "Mean query error after adaptation, fraction 0…1.") {
                $0.queryError
            },
            measured(
                "query_loss", nil, needs: [Need(.examples, of: .tasks)],
                "Mean query loss after adaptation."
            ) { $0.queryLoss },
            measured("parameters", "parameters", "Parameters of the stand-alone network.") {
                Double($0.parameters)
            },
            measured(
                "multiply_adds", "multiply-adds",
                "Multiply-adds of the stand-alone network, for one example."
            ) { Double($0.multiplyAdds) },
        ]
    }

    private static var custom: Component {
        Component(
            .objective, "custom",
            options: [
                name.specification, function.specification, unit.specification,
                direction.specification,
            ], "A function of the script: { name = …, evaluate = function(subnet) … end }."
        ) { options, builder in
            let made: Objective = try builder.scripts.make(options[function], at: .objective)
            return Objective(
                name: options[name], unit: options[unit], direction: options[direction],
                at: made.location, evaluate: made.evaluate)
        }
    }

    /// The name under which a plan's objective is recorded.
    package static func title(_ selection: ComponentSelection) -> String {
        if case .named(_, let options) = selection, case .string(let own)? = options["name"] {
            return own
        }
        return selection.title
    }
}

extension Trait {
    /// Known of every network without running it again.
    package static let measured = Trait("numbers known without running a network")
}
