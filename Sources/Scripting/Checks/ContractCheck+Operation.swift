import Components
import Experiments
import NeuralNetworks
import SearchSpaces
import Supernets

extension ContractCheck {
    /// Places as cells have them: of the plan's default width, at either stride, and further on.
    static let operationPlaces = [
        OperationPlace(height: 28, width: 28, channels: 16, stride: 1),
        OperationPlace(height: 28, width: 28, channels: 16, stride: 2),
        OperationPlace(height: 14, width: 14, channels: 32, stride: 1),
    ]

    /// Records the operation at each place twice: it must fit there, and cost the same.
    func operation(_ selection: ComponentSelection, at location: PlanLocation) throws {
        let plan = try builder.make(selection, at: .operation)
        guard let definition = try plan.definition(builder) else { return }
        let recordings = try (0..<2).map { _ in
            try definition.traced(
                selection.title, places: ContractCheck.operationPlaces, batches: [5],
                sources: [.batch, .running])
        }
        for place in ContractCheck.operationPlaces {
            let counts = try recordings.map { try $0.counts(place) }
            guard counts[0] == counts[1] else {
                throw ScriptingError.brokenContract(
                    at: location, point: .operation,
                    problem:
                        "the same place gave two different operations (images \(place.height) by "
                        + "\(place.width), \(place.channels) channels, stride \(place.stride)); keep no "
                        + "state between calls")
            }
        }
    }
}
