/// Why a job or its weights cannot be used by a worker.
package enum EvaluationError: Error, Hashable {
    /// A job that another version of the program wrote.
    case otherForm(Int)
    /// A text that is no job.
    case undecodable(detail: String)
    /// A job of another plan or seed.
    case otherRun(found: RunIdentity, expected: RunIdentity)
    /// Weights of another moment.
    case otherWeights(found: WeightsVersion, expected: WeightsVersion)
    /// Weights that do not fit the network.
    case unfitWeights(WeightsVersion)
    /// A task or a network that the run does not have.
    case unknown(String)
}

extension EvaluationError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .otherForm(let form):
            "the job has form \(form), and this program reads form \(EvaluationJob.form); run the "
                + "same version of apogee everywhere"
        case .undecodable(let detail):
            "the job cannot be decoded: \(detail)"
        case .otherRun(let found, let expected):
            found.plan == expected.plan
                ? "the job has seed \(found.seed), and this worker \(expected.seed); start every "
                    + "worker with the same seed"
                : "the job is of plan \(found.plan.prefix(16)), and this worker holds plan "
                    + "\(expected.plan.prefix(16)); start every worker with the same script and "
                    + "options"
        case .otherWeights(let found, let expected):
            "the job needs \(expected.name) after \(expected.number) changes, and this worker holds "
                + "\(found.name) after \(found.number); send the weights before the job"
        case .unfitWeights(let version):
            "the weights of \(version.name) are those of another network"
        case .unknown(let what):
            "this run has no \(what)"
        }
    }
}
