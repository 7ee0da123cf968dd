public import Randomness
public import Tensors

/// The values of a network's parameters, in one flat buffer.
///
/// A set is passed to whoever needs it and never hidden in a layer. It shares its buffer when
/// assigned; `copy` makes one that can change by itself.
public struct ParameterSet: Sendable {
    /// Names, sizes and places.
    public let layout: ParameterLayout
    /// The values of all parameters, one after another.
    public let values: FloatBuffer

    /// Parameters with their first values. Each has a stream of its own, named after it, so that
    /// another layout with some of the same names starts them alike.
    public init(
        _ layout: ParameterLayout, weights: InitialWeights = .uniform, stream: RandomStream
    ) {
        self.layout = layout
        values = FloatBuffer(count: layout.count)
        for (entry, offset) in zip(layout.entries, layout.offsets) {
            entry.initializer.fill(
                UnsafeMutableBufferPointer(
                    start: values.pointer + offset, count: entry.shape.count),
                weights, stream.split(entry.name))
        }
    }

    /// Parameters that are all zero.
    public init(zeros layout: ParameterLayout) {
        self.init(layout, FloatBuffer(count: layout.count))
    }

    /// Parameters whose values are in a buffer of the layout's size.
    init(_ layout: ParameterLayout, _ values: FloatBuffer) {
        self.layout = layout
        self.values = values
    }

    /// A set of its own with the same values.
    public func copy() -> ParameterSet { ParameterSet(layout, values.copy()) }

    /// A set of its own with the same values, in memory of the caller's.
    ///
    /// - Parameter buffer: Of as many floats as the set has; of another size it is left alone and
    ///   the copy gets a buffer of its own.
    /// - Returns: The copy, whose values are in `buffer`.
    public func copy(into buffer: FloatBuffer) -> ParameterSet {
        guard buffer.count == values.count else { return copy() }
        buffer.pointer.update(from: values.pointer, count: values.count)
        return ParameterSet(layout, buffer)
    }

    /// The values of one parameter; nil if there is none of this name.
    public subscript(name: String) -> [Float]? {
        guard let index = layout.index(of: name) else { return nil }
        return Array(
            UnsafeBufferPointer(
                start: values.pointer + layout.offsets[index],
                count: layout.entries[index].shape.count))
    }

    /// Overwrites the parameters that another set has under the same name and shape.
    ///
    /// - Parameter other: As a supernet's, from which a stand-alone network inherits.
    /// - Returns: How many parameters were taken over.
    @discardableResult
    public func inherit(from other: ParameterSet) -> Int {
        var taken = 0
        for (index, entry) in layout.entries.enumerated() {
            guard let source = other.layout.index(of: entry.name),
                other.layout.entries[source].shape == entry.shape
            else { continue }
            (values.pointer + layout.offsets[index]).update(
                from: other.values.pointer + other.layout.offsets[source], count: entry.shape.count)
            taken += 1
        }
        return taken
    }

    /// Whether every value is a finite number.
    public var isFinite: Bool {
        UnsafeBufferPointer(start: values.pointer, count: values.count).allSatisfy(\.isFinite)
    }
}
