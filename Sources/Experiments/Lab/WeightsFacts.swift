internal import MetaLearning
internal import Records
internal import Supernets
internal import Tasks

extension ExperimentPlan {
    /// What files of weights say of the run that they come from, so that they can be used elsewhere.
    func weightsFacts(_ record: RunRecord) -> [String: String] {
        var facts = [
            "format": "apogee weights 1", "run": record.name, "seed": "\(record.seed)",
            "plan_hash": record.planHash, "space": space.name, "tasks": tasks.name,
            "input": "\(tasks.inputShape)", "outputs": "\(tasks.outputs)",
            "preprocessing": tasks.preprocessing,
            "batch_norm": learner.network.batchNorm.rawValue,
            "axes": "images [height, width, channels]; weights of convolutions [window height, "
                + "window width, inputs of a group, outputs], of linear layers [inputs, outputs]; "
                + "statistics of batch norms [2, channels]: means, then variances",
        ]
        facts["identity"] = record.identity
        facts["apogee"] = record.versions["apogee"]
        return facts
    }
}
