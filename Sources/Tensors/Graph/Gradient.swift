extension Tensor {
    /// The derivatives of this single number with respect to other tensors, as tensors of the same
    /// graph: so they can be differentiated again, to any order.
    ///
    /// A tensor that this one does not depend on gets zeros.
    ///
    /// - Throws: `TensorError.gradientOfNonScalar` unless this tensor has one element.
    public func gradient(_ variables: [Tensor]) throws(TensorError) -> [Tensor] {
        guard shape.count == 1 else { throw .gradientOfNonScalar(shape: shape) }
        try requireSameGraph(variables, "gradient")
        let found = try vectorJacobianProduct(
            graph.fill(1, shape), variables: variables.map(\.node), cutAtVariables: false)
        return zip(variables, found).map { variable, gradient in
            gradient ?? graph.fill(0, variable.shape)
        }
    }

    /// The product of a cotangent with the derivative of this tensor.
    ///
    /// Reverse accumulation over the nodes between the variables and this tensor.
    ///
    /// - Parameters:
    ///   - cotangent: Of this tensor's shape.
    ///   - variables: Nodes.
    ///   - cutAtVariables: Whether variables are independent of each other, even where one is
    ///     computed from another.
    /// - Returns: For each variable a tensor of its shape, nil where this one does not depend on
    ///   it.
    /// - Throws: What the operations that derivatives are made of throw.
    func vectorJacobianProduct(
        _ cotangent: Tensor, variables: [Int], cutAtVariables: Bool
    ) throws(TensorError) -> [Tensor?] {
        guard let first = variables.min() else { return [] }
        let last = node
        guard first <= last else { return variables.map { _ in nil } }
        // Which nodes depend on a variable: only through them do gradients flow.
        var depends = [Bool](repeating: false, count: last - first + 1)
        var isVariable = depends
        for variable in variables where variable <= last {
            depends[variable - first] = true
            isVariable[variable - first] = true
        }
        for candidate in first...last where !depends[candidate - first] {
            if case .detach? = graph.structure(candidate) { continue }
            let list = graph.arguments[candidate]
            for place in 0..<Int(list.count) where list[place] >= first {
                if depends[list[place] - first] {
                    depends[candidate - first] = true
                    break
                }
            }
        }
        var cotangents = [Tensor?](repeating: nil, count: last - first + 1)
        cotangents[last - first] = cotangent
        // Of nodes with several values, by the offset of each.
        var parts: [Int: [PartCotangent]] = [:]
        var current = last
        while current >= first {
            defer { current -= 1 }
            guard depends[current - first] else { continue }
            let cotangent = cotangents[current - first]
            let several = parts.removeValue(forKey: current)
            if cotangent == nil, several == nil { continue }
            if cutAtVariables, isVariable[current - first] { continue }
            let inputs = graph.inputs(of: current)
            if case .part(let offset)? = graph.structure(current), let cotangent {
                if inputs[0] >= first {
                    parts[inputs[0], default: []].append(
                        PartCotangent(offset: offset, value: cotangent))
                }
                if !isVariable[current - first] { cotangents[current - first] = nil }
                continue
            }
            let wanted = inputs.map { $0 >= first && depends[$0 - first] }
            guard wanted.contains(true) else { continue }
            let output = Tensor(graph, current)
            let contributions =
                if let several {
                    try output.pullBack(several, wanted: wanted)
                } else if let cotangent {
                    try output.pullBack(cotangent, wanted: wanted)
                } else { [Tensor?]() }
            for (input, contribution) in zip(inputs, contributions) {
                guard let contribution, input >= first, depends[input - first] else { continue }
                if let sum = cotangents[input - first] {
                    cotangents[input - first] = try sum + contribution
                } else {
                    cotangents[input - first] = contribution
                }
            }
            if !isVariable[current - first] { cotangents[current - first] = nil }
        }
        return variables.map { $0 <= last ? cotangents[$0 - first] : nil }
    }

    /// The cotangents of this node's inputs, nil where none flows or none is wanted.
    private func pullBack(
        _ cotangent: Tensor, wanted: [Bool]
    ) throws(TensorError) -> [Tensor?] {
        switch operation {
        case .primitive(let primitive):
            return try primitive.derivative(of: self, cotangent, wanted: wanted)
        case .reshape: return [try cotangent.reshaped(arguments[0].shape)]
        case .input, .constant, .fill, .detach, .part: return wanted.map { _ in nil }
        }
    }

    /// The same of a node with several values, of which some parts have a cotangent.
    private func pullBack(
        _ parts: [PartCotangent], wanted: [Bool]
    ) throws(TensorError) -> [Tensor?] {
        guard case .primitive(let primitive) = operation else { return wanted.map { _ in nil } }
        return try primitive.derivative(of: self, parts: parts)
    }
}
