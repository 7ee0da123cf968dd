public import Randomness
public import Tensors

// Parameters as one value: what is computed with whole sets. Each call gives a set of its own.
extension ParameterSet {
    /// The same parameters some way towards others: self + amount · (other − self).
    ///
    /// - Parameters:
    ///   - other: With each of these parameters under the same name and shape.
    ///   - amount: 0 gives these, 1 the others up to rounding; any number may be given.
    /// - Returns: A set of its own.
    /// - Throws: `TensorError.shapeMismatch` for a parameter that the other set lacks.
    public func interpolated(
        to other: ParameterSet, by amount: Float
    ) throws(TensorError) -> ParameterSet {
        let result = copy()
        for (index, entry) in layout.entries.enumerated() {
            guard let place = other.layout.index(of: entry.name),
                other.layout.entries[place].shape == entry.shape
            else {
                throw .shapeMismatch(
                    operation: "interpolate", expected: "\(entry.name) of shape \(entry.shape)",
                    found: other.found(entry.name))
            }
            let own = result.values.pointer + layout.offsets[index]
            let far = other.values.pointer + other.layout.offsets[place]
            for element in 0..<entry.shape.count {
                own[element] += amount * (far[element] - own[element])
            }
        }
        return result
    }

    /// Independent normal noise added to every value. Each parameter has a stream of its own, named
    /// after it, so a path gets the noise that the whole supernet gets.
    ///
    /// - Parameters:
    ///   - stream: Split by the parameters' names.
    ///   - scale: The noise's standard deviation.
    /// - Returns: A set of its own.
    public func perturbed(_ stream: RandomStream, scale: Float) -> ParameterSet {
        let result = copy()
        for (entry, offset) in zip(layout.entries, layout.offsets) {
            var stream = stream.split(entry.name)
            for place in offset..<offset + entry.shape.count {
                result.values.pointer[place] += scale * Float(stream.normal())
            }
        }
        return result
    }

    /// All values one after another, in the order of the layout.
    public var flattened: [Float] { values.array }

    /// The same parameters with values from one list.
    ///
    /// - Parameter values: In the order of ``flattened``.
    /// - Returns: A set of its own.
    /// - Throws: `TensorError.shapeMismatch` for too few or too many.
    public func unflattened(_ values: [Float]) throws(TensorError) -> ParameterSet {
        guard values.count == layout.count else {
            throw .shapeMismatch(
                operation: "unflatten", expected: "\(layout.count) numbers",
                found: "\(values.count)")
        }
        return ParameterSet(layout, FloatBuffer(values))
    }

    /// The parameters times masks of 0 and 1, or of any numbers.
    ///
    /// - Parameter masks: As many numbers as the parameter has; parameters without one stay as they
    ///   are.
    /// - Returns: A set of its own.
    /// - Throws: `TensorError.shapeMismatch` for a mask of another parameter or of another size.
    public func masked(by masks: [String: [Float]]) throws(TensorError) -> ParameterSet {
        let result = copy()
        for (name, mask) in masks {
            guard let index = layout.index(of: name),
                layout.entries[index].shape.count == mask.count
            else {
                throw .shapeMismatch(
                    operation: "mask", expected: found(name), found: "\(mask.count) numbers")
            }
            let own = result.values.pointer + layout.offsets[index]
            for (place, factor) in mask.enumerated() { own[place] *= factor }
        }
        return result
    }

    /// Parts of the parameters under the same names.
    ///
    /// - Parameter parts: By parameter's name; parameters without one stay whole.
    /// - Returns: A set of its own, its layout the parts.
    /// - Throws: `TensorError.shapeMismatch` for a part that a parameter does not have.
    public func sliced(to parts: [String: ParameterPart]) throws(TensorError) -> ParameterSet {
        var entries: [ParameterSpecification] = []
        var values: [Float] = []
        for (index, entry) in layout.entries.enumerated() {
            let own = UnsafeBufferPointer(
                start: self.values.pointer + layout.offsets[index], count: entry.shape.count)
            guard let part = parts[entry.name] else {
                entries.append(entry)
                values += own
                continue
            }
            entries.append(
                ParameterSpecification(
                    entry.name, try part.shape(in: entry.shape), entry.initializer))
            for place in part.places(in: entry.shape) { values.append(own[place]) }
        }
        return ParameterSet(ParameterLayout(entries), FloatBuffer(values))
    }

    private func found(_ name: String) -> String {
        layout.index(of: name).map { "\(name) of shape \(layout.entries[$0].shape)" }
            ?? "no parameter \(name)"
    }
}
