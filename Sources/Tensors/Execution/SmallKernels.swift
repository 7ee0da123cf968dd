internal import Kernels
internal import Randomness

/// Folds over any set of axes.
enum Reducing {
    /// Folds one run of axes after another, through two scratch buffers in turn.
    static func run(
        _ reduction: Reduction, _ views: [FoldedView], _ x: UnsafePointer<Float>,
        _ y: UnsafeMutablePointer<Float>, _ scratch: UnsafeMutableRawPointer?
    ) {
        var source = x
        for (place, view) in views.enumerated() {
            var target = y
            if place < views.count - 1, let scratch {
                let half = MemoryPlan.rounded(views[0].outer * views[0].inner * 4)
                target = (scratch + (place % 2) * half).assumingMemoryBound(to: Float.self)
            }
            switch reduction {
            case .sum:
                VectorKernels.sum(
                    outer: view.outer, axis: view.axis, inner: view.inner, source, target)
            case .max:
                VectorKernels.max(
                    outer: view.outer, axis: view.axis, inner: view.inner, source, target)
            }
            source = UnsafePointer(target)
        }
    }
}

/// Gathers, scatters and sorts; every index is checked.
enum Indexing {
    static func check(
        _ value: Float, below size: Int, _ operation: String
    ) throws(TensorError) -> Int {
        guard value >= 0, value < Float(size), value == value.rounded(.down) else {
            throw .indexOutOfRange(operation: operation, index: value, size: size)
        }
        return Int(value)
    }

    static func gather(
        _ s: IndexedRows, _ x: UnsafePointer<Float>, _ index: UnsafePointer<Float>,
        _ y: UnsafeMutablePointer<Float>
    ) throws(TensorError) {
        for place in 0..<s.indexCount {
            let row = try check(index[place], below: s.sourceRows, "gatherRows")
            (y + place * s.rowLength).update(from: x + row * s.rowLength, count: s.rowLength)
        }
    }

    static func scatter(
        _ s: IndexedRows, _ x: UnsafePointer<Float>, _ index: UnsafePointer<Float>,
        _ y: UnsafeMutablePointer<Float>
    ) throws(TensorError) {
        y.update(repeating: 0, count: s.sourceRows * s.rowLength)
        for place in 0..<s.indexCount {
            let row = try check(index[place], below: s.sourceRows, "scatterAddRows")
            let (from, to) = (x + place * s.rowLength, y + row * s.rowLength)
            for element in 0..<s.rowLength { to[element] += from[element] }
        }
    }

    static func take(
        _ s: IndexedAxis, _ x: UnsafePointer<Float>, _ index: UnsafePointer<Float>,
        _ y: UnsafeMutablePointer<Float>
    ) throws(TensorError) {
        for outer in 0..<s.outer {
            for along in 0..<s.indexAxis {
                for inner in 0..<s.inner {
                    let place = (outer * s.indexAxis + along) * s.inner + inner
                    let from = try check(index[place], below: s.sourceAxis, "takeAlongAxis")
                    y[place] = x[(outer * s.sourceAxis + from) * s.inner + inner]
                }
            }
        }
    }

    static func scatterAlong(
        _ s: IndexedAxis, _ x: UnsafePointer<Float>, _ index: UnsafePointer<Float>,
        _ y: UnsafeMutablePointer<Float>
    ) throws(TensorError) {
        y.update(repeating: 0, count: s.outer * s.sourceAxis * s.inner)
        for outer in 0..<s.outer {
            for along in 0..<s.indexAxis {
                for inner in 0..<s.inner {
                    let place = (outer * s.indexAxis + along) * s.inner + inner
                    let to = try check(index[place], below: s.sourceAxis, "takeAlongAxis")
                    y[(outer * s.sourceAxis + to) * s.inner + inner] += x[place]
                }
            }
        }
    }

    /// Stable, so that equal values keep their order; NaN stands last.
    static func sort(
        _ view: FoldedView, descending: Bool, _ x: UnsafePointer<Float>,
        _ y: UnsafeMutablePointer<Float>
    ) {
        for outer in 0..<view.outer {
            for inner in 0..<view.inner {
                func value(_ place: Int) -> Float {
                    x[(outer * view.axis + place) * view.inner + inner]
                }
                let order = (0..<view.axis).sorted { a, b in
                    let (va, vb) = (value(a), value(b))
                    if va.isNaN || vb.isNaN {
                        return va.isNaN == vb.isNaN ? a < b : vb.isNaN
                    }
                    return va == vb ? a < b : descending ? va > vb : va < vb
                }
                for (place, from) in order.enumerated() {
                    y[(outer * view.axis + place) * view.inner + inner] = Float(from)
                }
            }
        }
    }

    static func oneHot(
        _ rows: Int, _ classes: Int, _ labels: UnsafePointer<Float>,
        _ y: UnsafeMutablePointer<Float>
    ) throws(TensorError) {
        y.update(repeating: 0, count: rows * classes)
        for row in 0..<rows {
            y[row * classes + (try check(labels[row], below: classes, "oneHot"))] = 1
        }
    }
}

/// Random tensors: element i of tensor `salt` depends on the run's seed alone.
enum RandomValues {
    static func draw(
        _ kind: RandomKind, seed: UInt64, salt: Int, count: Int, _ y: UnsafeMutablePointer<Float>
    ) {
        var rng = RandomStream(seed: seed).split(salt)
        for place in 0..<count {
            switch kind {
            case .uniform: y[place] = Float(rng.next() >> 40) * 0x1p-24
            case .normal: y[place] = Float(rng.normal())
            }
        }
    }
}
