internal import Components
internal import Evolution
public import Experiments
internal import Methods

extension ExperimentScript {
    /// Options of a plan that nothing can read, a sentence each.
    ///
    /// - Parameter plan: A plan of this script.
    /// - Returns: The sentences, in the order of the plan's options.
    public func unreadOptions(of plan: ExperimentPlan) -> [String] {
        var found: [String] = []
        for selection in plan.components {
            guard case .named(let name, _) = selection else { continue }
            for component in registration.all where component.name == name {
                for unread in unreadOptions(of: component) {
                    found.append(
                        "the option \(unread) of \(PlanText.quoted(name)) changes nothing: no file of "
                            + "its plugin reads it")
                }
            }
        }
        if let variation = plan.strategy?.variation, case .function = variation.mutation,
            variation.mutationProbability != VariationPlan.usualProbability
        {
            found.append(
                "strategy.mutation_probability = \(variation.mutationProbability) changes nothing: the "
                    + "mutation is a function of the script, which is given no probability")
        }
        return found
    }

    /// Options of a strategy that the host reads: for its budget, and for the operators among the
    /// options.
    private static let readByHost: Set = ["population", "mutation_probability"]

    /// The options of a plugin's component that no file of the plugin, or of one that it requires,
    /// names but where they are declared.
    func unreadOptions(of component: PluginComponent) -> [String] {
        guard !component.options.isEmpty,
            let plugin = catalog.owner(of: component.location.description)
        else { return [] }
        let own = component.options.map(\.name).filter {
            component.id != .strategy || !ExperimentScript.readByHost.contains($0)
        }
        if case .run = component.form { return own }
        // A plugin may hand its options to one that it requires.
        var plugins = [plugin]
        var place = 0
        while place < plugins.count {
            for requirement in plugins[place].manifest.requires {
                guard let other = catalog.plugin(requirement.name),
                    !plugins.contains(where: { $0.name == other.name })
                else { continue }
                plugins.append(other)
            }
            place += 1
        }
        let words = plugins.map(\.words)
        return own.filter { name in !words.contains { $0.contains(name) } }
    }
}

extension Plugin {
    /// The words in the plugin's Lua files, the declarations of options left out: `name = "rate"`
    /// declares `rate`, and every other `rate` may read it.
    var words: Set<String> {
        var words: Set<String> = []
        for name in luaFiles {
            guard let text = try? ScriptFiles.read(folder + "/" + name) else { continue }
            let declared = text.replacing(#/name\s*=\s*["'][a-z0-9_]+["']/#, with: "")
            for word in declared.split(whereSeparator: {
                !($0.isLetter || $0.isNumber || $0 == "_")
            }) {
                words.insert(String(word))
            }
        }
        return words
    }
}
