extension CellNetworkConfiguration {
    /// The layers of the network that this stack makes of an architecture, with exact counts.
    ///
    /// Names: `stem.S.LAYER`, `cells.I.preprocess0.LAYER`, `cells.I.nodes.J.SLOT.OPERATION.LAYER`,
    /// `cells.I.nodes.J.add`, `cells.I.concatenate`, `pool`, `classifier`.
    ///
    /// - Throws: `invalidSetting`, `invalidArchitecture`, `imageTooSmall`, `tooLarge`.
    public func describe(
        _ architecture: CellArchitecture
    ) throws(SearchSpaceError) -> NetworkDescription {
        try architecture.validate()
        try validate()
        var builder = DescriptionBuilder()
        var shape = ImageShape(height: inputHeight, width: inputWidth, channels: inputChannels)
        for (index, steps) in stemSteps.enumerated() {
            shape = try builder.append(steps, under: "stem.\(index)", to: shape)
        }
        var inputs = (shape, shape)
        for layout in try cellLayouts(nodes: { architecture[$0].nodes.count }) {
            inputs = (inputs.1, try append(layout, architecture, inputs, to: &builder))
        }
        try builder.append(.globalAveragePool, "pool", [inputs.1.channels])
        try builder.appendLinear("classifier", inputs: inputs.1.channels, outputs: classes)
        return builder.description
    }

    private func append(
        _ layout: CellLayout, _ architecture: CellArchitecture, _ inputs: (ImageShape, ImageShape),
        to builder: inout DescriptionBuilder
    ) throws(SearchSpaceError) -> ImageShape {
        let cell = "cells.\(layout.index)"
        var states: [ImageShape] = []
        for (number, input) in [inputs.0, inputs.1].enumerated() {
            states.append(
                try builder.append(
                    layout.preprocessSteps(input: number), under: "\(cell).preprocess\(number)",
                    to: input))
        }
        for (index, node) in architecture[layout.kind].nodes.enumerated() {
            var output = states[0]
            for entry in node.entries {
                let steps = entry.operation.steps(
                    channels: layout.channels, stride: layout.stride(input: entry.input),
                    poolNormalization: poolNormalization)
                output = try builder.append(
                    steps, under: layout.name(of: entry.operation, node: index, input: entry.input),
                    to: states[entry.input])
            }
            try builder.append(.add, "\(cell).node\(index).add", output)
            states.append(output)
        }
        var output = states[states.count - 1]
        output.channels = layout.outputChannels
        return try builder.append(.concatenate, "\(cell).concatenate", output)
    }
}
