internal import CKernels

/// Batch norm over rows of channels, with what is fused to it. Pointers hold as many floats as the
/// sizes say; `statistics` and `sums` hold two rows of channels.
public struct NormKernels: Sendable {
    /// What batch norm does besides normalising, in one pass over memory.
    public enum Fusion: UInt8, Hashable, Sendable {
        case none, relu
        /// ReLU, then 2×2 max-pooling with stride 2.
        case reluPool
    }

    private let fusion: Fusion
    private let rows: Int
    private let channels: Int
    private let image: (batch: Int, height: Int, width: Int)

    /// - Parameters:
    ///   - fusion: What is done besides normalising.
    ///   - rows: Elements of a channel.
    ///   - channels: C, the size of the last dimension.
    ///   - image: Sizes of the images, for the pooling fusion; their product is `rows`.
    public init(
        _ fusion: Fusion, rows: Int, channels: Int, image: (batch: Int, height: Int, width: Int)
    ) {
        self.fusion = fusion
        self.rows = rows
        self.channels = channels
        self.image = image
    }

    private var relu: Int32 { fusion == .relu ? 1 : 0 }

    /// [mean | inverse deviation] of each channel.
    public func statistics(
        _ x: UnsafePointer<Float>, epsilon: Float, _ y: UnsafeMutablePointer<Float>
    ) {
        ck_norm_statistics(rows, channels, x, epsilon, y)
    }

    /// The normalised, scaled and shifted values; `x(i)` are x, statistics, gamma, beta.
    public func apply(
        _ x: (Int) -> UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>
    ) {
        if fusion == .reluPool {
            ck_norm_relu_pool2(
                image.batch, image.height, image.width, channels, x(0), x(1), x(2), x(3), y)
        } else {
            ck_norm_apply(rows, channels, x(0), x(1), x(2), x(3), relu, y)
        }
    }

    /// The sum of a batch norm with another tensor, which is a batch norm too if `both`.
    ///
    /// - Parameters:
    ///   - x: By place: x, statistics, gamma, beta; then the other tensor, or its own four.
    ///   - both: Whether the other one is a batch norm.
    ///   - y: The sum.
    public func add(
        _ x: (Int) -> UnsafePointer<Float>, both: Bool, _ y: UnsafeMutablePointer<Float>
    ) {
        ck_norm_add(
            rows, channels, x(0), x(1), x(2), x(3), x(4), both ? x(5) : nil, both ? x(6) : nil,
            both ? x(7) : nil, y)
    }

    /// [dbeta | dgamma]; `x(i)` are x, statistics, gamma, beta, dy.
    public func sums(
        _ x: (Int) -> UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>
    ) {
        if fusion == .reluPool {
            ck_norm_relu_pool2_sums(
                image.batch, image.height, image.width, channels, x(0), x(1), x(2), x(3), x(4), y)
        } else {
            ck_norm_sums(rows, channels, x(0), x(1), x(2), x(3), relu, x(4), y)
        }
    }

    /// dx; `x(i)` are x, statistics, gamma, beta, dy, sums.
    public func backward(
        _ x: (Int) -> UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>
    ) {
        if fusion == .reluPool {
            ck_norm_relu_pool2_backward(
                image.batch, image.height, image.width, channels, x(0), x(1), x(2), x(3), x(4),
                x(5), y)
        } else {
            ck_norm_backward(rows, channels, x(0), x(1), x(2), x(3), relu, x(4), x(5), y)
        }
    }

    // MARK: Behind ReLU and pooling, for the derivative of the gradient

    /// Σu, Σu·x̂ and Σu·D of each channel, where D is dy as it arrives at the normalised values;
    /// `x(i)` are x, statistics, gamma, beta, dy, u.
    public func products(_ x: (Int) -> UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>) {
        ck_norm_relu_pool2_products(
            image.batch, image.height, image.width, channels, x(0), x(1), x(2), x(3), x(4), x(5), y)
    }

    /// k₀·u + k₁·D + k₂·x̂ + k₃; `x(i)` are x, statistics, gamma, beta, dy, k and, if `hasOther`, u.
    public func spread(
        _ x: (Int) -> UnsafePointer<Float>, hasOther: Bool, _ y: UnsafeMutablePointer<Float>
    ) {
        ck_norm_relu_pool2_spread(
            image.batch, image.height, image.width, channels, x(0), x(1), x(2), x(3), x(4), x(5),
            hasOther ? x(6) : nil, y)
    }

    /// k₀·u + k₁ + k₂·x̂ at each window's winner; `x(i)` are x, statistics, gamma, beta, k and, if
    /// `hasOther`, u.
    public func collect(
        _ x: (Int) -> UnsafePointer<Float>, hasOther: Bool, _ y: UnsafeMutablePointer<Float>
    ) {
        ck_norm_relu_pool2_collect(
            image.batch, image.height, image.width, channels, x(0), x(1), x(2), x(3), x(4),
            hasOther ? x(5) : nil, y)
    }
}
