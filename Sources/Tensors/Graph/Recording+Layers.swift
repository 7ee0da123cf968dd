extension Recording {
    /// The steps of a recording that read inputs under one name: a layer with its weights.
    public struct Layer: Sendable, Hashable {
        /// What the layer is, as far as its steps tell.
        public enum Kind: Sendable, Hashable {
            /// A convolution over all channels or over groups of several.
            case convolution
            /// A convolution that keeps the channels apart.
            case depthwiseConvolution
            /// A normalisation over a batch.
            case batchNorm
            /// A matrix product.
            case linear
            /// Pooling by the largest of a window.
            case maxPool
            /// Pooling by the mean of a window.
            case averagePool
            /// Anything else.
            case other
        }

        /// The common name of what it reads: `conv1` of `conv1.weight` and `conv1.bias`; empty for a
        /// layer that reads nothing but other layers.
        public let name: String
        /// What it is.
        public let kind: Kind
        /// Sizes of what its last step gives, the batch first.
        public let output: Shape
        /// Elements of what it reads.
        public let parameters: Int
        /// Multiply-adds of its convolutions and matrix products, for the whole batch.
        public let multiplyAdds: Int
    }

    /// The layers in the order in which they begin: those that read inputs other than `input`, and
    /// poolings.
    public func layers(besides input: String) -> [Layer] {
        var owners = [String?](repeating: nil, count: nodes.count)
        var order: [String] = []
        var members: [String: [Int]] = [:]
        for (index, node) in nodes.enumerated() {
            if case .input(let number) = node.operation, inputs[number].name != input {
                owners[index] = inputs[number].name
            } else if node.isRearrangement {
                // A weight in another form is still that weight.
                owners[index] = node.arguments.first.flatMap { owners[$0] }
            } else if node.layer == .maxPool || node.layer == .averagePool {
                let name = Recording.pooled(index)
                order.append(name)
                members[name] = [index]
            } else {
                for argument in node.arguments {
                    guard let owner = owners[argument] else { continue }
                    let name = Recording.common(owner)
                    if members[name] == nil { order.append(name) }
                    if members[name]?.last != index { members[name, default: []].append(index) }
                }
            }
        }
        return order.compactMap { name in
            guard let own = members[name], let last = own.last else { return nil }
            let parameters = inputs.filter {
                $0.name != input && Recording.common($0.name) == name
            }
            return Layer(
                name: name.hasPrefix(" ") ? "" : name, kind: kind(own),
                output: nodes[last].shape,
                parameters: parameters.reduce(0) { $0 + $1.shape.count },
                multiplyAdds: own.reduce(0) { $0 + nodes[$1].multiplyAdds })
        }
    }

    private func kind(_ steps: [Int]) -> Layer.Kind {
        steps.lazy.compactMap { nodes[$0].layer }.first ?? .other
    }

    /// A name that no input has, for a step that reads none.
    private static func pooled(_ node: Int) -> String { " \(node)" }

    /// A name without its last part.
    private static func common(_ name: String) -> String {
        guard let point = name.lastIndex(of: ".") else { return name }
        return String(name[..<point])
    }
}

extension Recording.Node {
    fileprivate var layer: Recording.Layer.Kind? {
        if case .primitive(let primitive) = operation { primitive.layer } else { nil }
    }

    fileprivate var isRearrangement: Bool {
        switch operation {
        case .reshape: true
        case .primitive(let primitive): primitive.isRearrangement
        default: false
        }
    }
}
